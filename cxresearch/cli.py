"""The command line: check, parse, report, packet, agree, pseudonymise, rules."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cxresearch.corpus import Corpus, CorpusError, format_problem, read_corpus, refuse_overlap
from cxresearch.corpus.sources import decode
from cxresearch.errors import InputError
from cxresearch.reading.rules import RuleError

PACKET_HELP = """\
examples:
  cxresearch packet corpus --out packet                          everything, narratives included
  cxresearch packet corpus --out packet --derived-only           what may be shared where the texts may not
  cxresearch packet --verify packet                              is it whole?
  cxresearch packet packet --out again                           run a packet again and compare: equal, or what differs
  cxresearch packet --compare packet again                       compare only

Codings are looked for in the folder `codings` of the corpus. --verify, --compare and running again exit with 1
where something differs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 well, 1 something must be mended, 2 a wrong call."""
    options = _arguments().parse_args(arguments)
    try:
        return int(options.run(options))
    except InputError as error:
        print(f"cxresearch: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read along has read enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"cxresearch: {place}{error.strerror or error}; nothing was written there", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        again = "; the same command takes up where it was" if options.run is _parse else ""
        print(f"cxresearch: stopped{again}", file=sys.stderr)
        return 130


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cxresearch", description="Service-failure narratives to structured, explained events."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    def reads(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("path", type=Path, help="a folder of texts, a table with a text column, or one text file")
        sub.add_argument("--text-column", help="the column of a table that holds the texts (default: found)")
        sub.add_argument("--language", default="nl", help="of texts whose metadata name none (default: nl)")

    def jobs(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--jobs", type=_positive, default=1, metavar="N", help="processes (default: 1)")

    sub = command("check", _check, "Say what is wrong with a corpus, file and field named.")
    reads(sub)
    sub = command("parse", _parse, "Write the event table of a corpus: one row an event mention.")
    reads(sub)
    sub.add_argument("-o", "--output", type=Path, required=True, help=".csv, .parquet, .jsonl or .xlsx")
    jobs(sub)
    sub = command("report", _report, "Run the notebooks on a corpus; write report.html, tables, figures and manifest.")
    reads(sub)
    sub.add_argument("--out", type=Path, required=True, help="the folder to write to")
    sub.add_argument("--quick", action="store_true", help="counts and narratives only: the notebooks are not run")
    jobs(sub)
    sub = command("packet", _packet, "Write a replication packet for a data archive, check one, or run one again.")
    sub.formatter_class = argparse.RawDescriptionHelpFormatter
    sub.epilog = PACKET_HELP
    sub.set_defaults(wrong=sub.error)
    sub.add_argument("path", type=Path, nargs="?", help="a corpus, or a packet that is to be run again and compared")
    sub.add_argument("--out", type=Path, help="the folder to write: new, empty, or a packet of before")
    sub.add_argument(
        "--derived-only", action="store_true", help="offsets, codes and counts, no words of the narratives"
    )
    sub.add_argument("--no-notebooks", action="store_true", help="neither run the notebooks nor pack their results")
    sub.add_argument("--date", metavar="YYYY-MM-DD", help="of publication (default: today)")
    sub.add_argument("--text-column", help="the column of a table that holds the texts (default: found)")
    sub.add_argument("--language", default="nl", help="of texts whose metadata name none (default: nl)")
    sub.add_argument("--verify", type=Path, metavar="DIR", help="name every file that is not as it was written")
    sub.add_argument(
        "--compare", type=Path, nargs=2, metavar="DIR", help="name every result in which two packets differ"
    )
    sub = command(
        "agree", _agree, "How well the parser reads what people coded; with two files, how far two coders agree."
    )
    reads(sub)
    sub.add_argument(
        "codings", type=Path, nargs="+", help="codings as JSON lines (see corpus/codings), one file a coder"
    )
    sub.add_argument("--markdown", action="store_true", help="print the tables as in the README")
    sub = command("pseudonymise", _pseudonymise, "Write your own texts without names, addresses and numbers.")
    reads(sub)
    sub.add_argument("out", type=Path, help="a new folder")
    sub.add_argument("--salt-file", type=Path, help="holds the secret (default: the variable CXRESEARCH_SALT)")
    sub.add_argument("--mask", type=Path, help="names of firms that give way as well, one a line (default: firms stay)")
    sub.add_argument("--keep", type=Path, help="names that stay, one a line")
    sub = command("rules", _rules, "Show what the rules cover, or check them.")
    sub.add_argument("--check", action="store_true", help="load every rule and run it on its own examples")
    sub.add_argument("--folder", type=Path, help="a folder of rule files of your own (default: the package's)")
    sub.add_argument("--language", default="nl")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


def _read(options: argparse.Namespace) -> Corpus:
    corpus = read_corpus(options.path, text_column=options.text_column, language=options.language)
    for problem in corpus.problems:
        print(format_problem(problem), file=sys.stderr)
    if not len(corpus):
        raise CorpusError(f"{options.path}: no narrative could be read; see the problems above")
    return corpus


def _check(options: argparse.Namespace) -> int:
    corpus = read_corpus(options.path, text_column=options.text_column, language=options.language)
    for problem in corpus.problems:
        print(format_problem(problem))
    errors = sum(problem.severity == "error" for problem in corpus.problems)
    out = f" ({corpus.left_out} left out)" if corpus.left_out else ""
    print(f"{len(corpus)} narrative(s){out}, {errors} to mend, {len(corpus.problems) - errors} remark(s)")
    return 1 if errors else 0


def _parse(options: argparse.Namespace) -> int:
    from cxresearch.events import check_place
    from cxresearch.runs import parse_to_file

    refuse_overlap(options.path, options.output)
    check_place(options.output)
    corpus = _read(options)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    count = parse_to_file(corpus, options.output, jobs=options.jobs)
    print(f"{count} events of {len(corpus)} narratives in {options.output}")
    return 0


def _report(options: argparse.Namespace) -> int:
    from cxresearch.report import write_report

    refuse_overlap(options.path, options.out)
    source = None if options.quick else options.path
    corpus = _read(options)
    page = write_report(
        corpus,
        options.out,
        source=source,
        text_column=options.text_column,
        language=options.language,
        jobs=options.jobs,
    )
    print(f"The report is {page}")
    return 0


def _packet(options: argparse.Namespace) -> int:
    from cxresearch.packet import compare, verify, write_packet
    from cxresearch.packet.checking import is_packet

    asked = [name for name in ("path", "verify", "compare") if getattr(options, name) is not None]
    if len(asked) != 1 or (asked == ["path"]) != (options.out is not None):
        options.wrong("give a corpus and --out DIR, or --verify DIR, or --compare DIR DIR")
    if asked == ["verify"]:
        return _differences(verify(options.verify), f"{options.verify}: every file is as it was written")
    if asked == ["compare"]:
        return _differences(compare(*options.compare), "equal: every file of the two packets is the same")
    write_packet(
        options.path,
        options.out,
        derived_only=options.derived_only,
        date=options.date,
        run=not options.no_notebooks,
        text_column=options.text_column,
        language=options.language,
    )
    print(f"The packet is {options.out}; README.md in it says what it holds")
    if is_packet(options.path) and not options.derived_only:
        same = f"equal: every file is the same as in {options.path}"
        return _differences(compare(options.path, options.out), same)
    return 0


def _differences(found: Mapping[str, str], none: str) -> int:
    for name, what in found.items():
        print(f"{name}: {what}")
    print(f"{len(found)} differences" if found else none)
    return 1 if found else 0


def _agree(options: argparse.Namespace) -> int:
    from cxresearch.tables import to_markdown
    from cxresearch.validation import coder_tables, parser_tables, read_several

    codings = read_several(options.codings)
    corpus = _read(options)
    compare = parser_tables if len(options.codings) == 1 else coder_tables
    tables = compare(corpus, codings)
    print(f"{codings['narrative_id'].nunique()} narratives, {len(codings)} coded mentions")
    for table in tables:
        print()
        print(to_markdown(table) if options.markdown else table.to_string(index=False))
    return 0


def _pseudonymise(options: argparse.Namespace) -> int:
    from cxresearch.privacy import NOTICE, pseudonymise_corpus

    salt = os.environ.get("CXRESEARCH_SALT", "").encode()
    if options.salt_file:
        salt = options.salt_file.read_bytes().strip()
    if not salt:
        raise CorpusError("a secret is needed: --salt-file FILE, or the environment variable CXRESEARCH_SALT")
    names = [_lines(path) for path in (options.mask, options.keep)]
    refuse_overlap(options.path, options.out)
    count = pseudonymise_corpus(_read(options), options.out, salt, firms=names[0], keep=names[1])
    print(f"{count} names and numbers gave way; the texts are in {options.out}")
    print(NOTICE)
    return 0


def _lines(path: Path | None) -> list[str]:
    return [line.strip() for line in decode(path.read_bytes())[0].split("\n") if line.strip()] if path else []


def _rules(options: argparse.Namespace) -> int:
    from dataclasses import replace
    from importlib.resources import files

    from cxresearch.reading.parse import prove
    from cxresearch.reading.rules import coverage, own_rules, read_rules, rules_in

    language, shipped = options.language, files("cxresearch.codebook") / options.language
    own = own_rules(options.folder, language) if options.folder else None
    if shipped.is_dir():
        ruleset, problems = read_rules(shipped, language, own)
    elif own:
        ruleset, problems = read_rules(own, language)  # of a new language a folder stands alone
    else:
        raise RuleError(f"there are no rules for language {language!r}; --folder names a folder of your own")
    shown = rules_in(ruleset, own) if own and shipped.is_dir() else ruleset.rules
    if options.check:
        problems = sorted([*problems, *prove(ruleset, shown)])
    if not shown and not problems:
        problems = [f"{own or shipped}: there is no rule for language {language!r} in it"]
    print(coverage(replace(ruleset, rules=shown)).to_string(index=False))
    for problem in problems:
        print(problem)
    print(f"{len(shown)} rules, {len(problems)} to mend")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

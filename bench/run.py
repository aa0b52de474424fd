"""Measure the parser beside spaCy and clinlp, in one run on one core; then how time and memory grow.

Usage: python bench/run.py [--rounds 5] [--small] [--full]
    --small  leave out the 100 MB run
    --full   spaCy and clinlp over all 20 MB (hours), not over the first narratives of it
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy is imported

HERE = Path(__file__).parent
SIZES = (2, 20, 100)  # MB of text
SIDE_BY_SIDE = 20  # MB
OURS = 2_000_000  # bytes a round
PEER_SECONDS = 15.0  # a round
GOAL, MOST_MEMORY = 25, 1000


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run: bytes of text, CPU and wall seconds, and what was found."""

    size: int
    cpu: float
    wall: float
    found: int

    @property
    def speed(self) -> float:
        return self.size / 1e6 / self.cpu


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--small", action="store_true")
    options.add_argument("--full", action="store_true")
    options.add_argument("--grow", type=Path, help=argparse.SUPPRESS)
    wanted = options.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if wanted.grow:
        print(json.dumps(_grow(wanted.grow)))
        return
    with tempfile.TemporaryDirectory() as folder:
        sizes = SIZES[:2] if wanted.small else SIZES
        files = {size: _write(Path(folder) / f"{size}.jsonl", size) for size in sizes}
        _heading()
        _growth(files)  # first: a child of a large process counts as large itself
        _side_by_side(files[SIDE_BY_SIDE], wanted.rounds, wanted.full)


def _write(path: Path, size: int) -> Path:
    from narratives import corpus_lines

    from cxresearch.reading.rules import load_rules

    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in corpus_lines(size * 10**6, load_rules("nl"), HERE.parent / "corpus"))
    return path


def _heading() -> None:
    from cxresearch.reading.patterns import compile_patterns
    from cxresearch.reading.rules import load_rules

    ruleset = load_rules("nl")
    rules = ruleset.rules
    rows = sum(len(compile_patterns(rule.patterns, ruleset.classes)) for rule in rules)
    shown = [f"{name} {version(name)}" for name in ("cxresearch", "spacy", "clinlp", "pandas", "pyarrow")]
    print(f"{', '.join(shown)}; Python {platform.python_version()}; {platform.system()} on {_processor()}; one core")
    print(
        f"{sum(not rule.cue for rule in rules)} event rules and {sum(bool(rule.cue) for rule in rules)} cue rules, "
        f"{rows:,} rows of words, the same for all three\n",
        flush=True,
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _side_by_side(path: Path, rounds: int, full: bool) -> None:
    import peers

    from cxresearch.corpus import read_corpus
    from cxresearch.reading.parse import parser_for
    from cxresearch.reading.rules import load_rules
    from cxresearch.reading.text import read
    from cxresearch.runs import parse_batch

    narratives = list(read_corpus(path))
    texts = [narrative.text for narrative in narratives]
    sizes = [len(text.encode()) for text in texts]
    ruleset = load_rules("nl")
    parser_for("nl")
    vocabulary = frozenset(word for text in texts[: _first(sizes, OURS)] for word in read(text).words)
    translations = peers.translate(ruleset, vocabulary)
    spacy, clinlp = peers.Spacy(translations), peers.Clinlp(ruleset, translations)
    print(
        f"spaCy and clinlp get {sum(len(t.phrases) for t in translations.values()):,} phrases and "
        f"{sum(len(t.patterns) for t in translations.values()):,} token patterns for these rows, in their favour:\n"
        "  rows that differ in one word are one pattern; a gap is any number of words up to a punctuation mark;\n"
        "  of loose pieces only the order as written and its reverse; no `unless`, no `$`; overlaps stay.\n"
        "spaCy finds events and cues and stops there. clinlp's context algorithm takes our cues as context rules\n"
        "  (negation, condition, future ...); it has no speaker, actor, quantities or episodes.\n",
        flush=True,
    )
    gc.collect()
    gc.freeze()  # nobody pays for the objects of the others

    engines: dict[str, Callable[[int], int]] = {
        "cxresearch": lambda n: len(parse_batch(narratives[:n])),
        "spaCy": lambda n: len(spacy.parse(texts[:n])),
        "clinlp": lambda n: len(clinlp.parse(texts[:n])),
    }
    counts = {"cxresearch": _first(sizes, OURS)}
    for name in ("spaCy", "clinlp"):
        trial = _timed(engines[name], 4, sizes)
        counts[name] = len(texts) if full else max(4, _first(sizes, int(PEER_SECONDS * trial.speed * 1e6)))
    runs: dict[str, list[Run]] = {name: [] for name in engines}
    for _ in range(1 if full else rounds):
        for name, engine in engines.items():
            runs[name].append(_timed(engine, counts[name], sizes))
    halves = {name: _timed(engine, counts[name] // 2, sizes) for name, engine in engines.items()}
    _print_speeds(runs, halves)


def _first(sizes: Sequence[int], wanted: int) -> int:
    """Return how many narratives make up so many bytes."""
    made = 0
    for number, size in enumerate(sizes):
        if made >= wanted:
            return number
        made += size
    return len(sizes)


def _timed(engine: Callable[[int], int], count: int, sizes: Sequence[int]) -> Run:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    found = engine(count)
    return Run(sum(sizes[:count]), time.process_time() - cpu, time.perf_counter() - wall, found)


def _print_speeds(runs: dict[str, list[Run]], halves: dict[str, Run]) -> None:
    rounds = len(runs["cxresearch"])
    print(f"Text in memory to events with qualifiers, medians of {rounds} interleaved rounds (min..max)")
    titles = f"{'text kB':>9}{'MB/CPU-s':>26}{'MB/s wall':>11}{'half the text':>15}{'found/kB':>10}"
    print(f"{'':12}{titles}  cxresearch is x faster")
    for name, row in runs.items():
        speeds = [run.speed for run in row]
        wall = statistics.median(run.size / 1e6 / run.wall for run in row)
        ratios = [our.speed / run.speed for our, run in zip(runs["cxresearch"], row, strict=True)]
        speed = f"{statistics.median(speeds):.4f} ({min(speeds):.4f}..{max(speeds):.4f})"
        ratio = f"{statistics.median(ratios):.0f} ({min(ratios):.0f}..{max(ratios):.0f})"
        verdict = "" if name == "cxresearch" else f"  goal {GOAL}: {_yes(min(ratios) >= GOAL)}"
        print(
            f"{name:12}{row[0].size / 1e3:>9,.0f}{speed:>26}{wall:>11.4f}{halves[name].speed:>15.4f}"
            f"{row[0].found / row[0].size * 1e3:>10.1f}  {ratio}{verdict}",
            flush=True,
        )


def _growth(files: dict[int, Path]) -> None:
    """Measure each size in a process of its own, from file to file."""
    print("JSONL file to CSV file (read_corpus, parse_to_file), a fresh process each; MB/CPU-s without start-up")
    titles = f"{'narratives':>11}{'events':>11}{'CPU s':>9}{'wall s':>9}{'start-up':>10}{'reading':>9}"
    print(f"{'':7}{titles}{'MB/CPU-s':>10}{'peak MB':>9}")
    speeds, peak = [], 0.0
    for size, path in files.items():
        command = [sys.executable, str(Path(__file__).resolve()), "--grow", str(path)]
        done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        speeds.append(size / (done["cpu"] - done["start"]))
        peak = done["peak"]
        print(
            f"{size:>4} MB{done['narratives']:>11,}{done['events']:>11,}{done['cpu']:>9.1f}{done['wall']:>9.1f}"
            f"{done['start']:>10.1f}{done['reading']:>9.1f}{speeds[-1]:>10.3f}{peak:>9,.0f}",
            flush=True,
        )
    linear = min(speeds) >= 0.75 * max(speeds)
    print(f"linear (speeds within a quarter): {_yes(linear)}")
    print(f"under {MOST_MEMORY:,} MB of memory at {max(files)} MB of text: {_yes(peak < MOST_MEMORY)}\n")


def _grow(path: Path) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    from cxresearch.corpus import read_corpus
    from cxresearch.reading.parse import parser_for
    from cxresearch.runs import parse_to_file

    parser_for("nl")
    start = time.process_time() - cpu
    corpus = read_corpus(path)
    reading = time.process_time() - cpu - start
    events = parse_to_file(corpus, path.with_suffix(".csv"), progress=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    return {
        "narratives": len(corpus), "events": events, "start": start, "reading": reading, "peak": peak,
        "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall,
    }  # fmt: skip


def _yes(holds: bool) -> str:
    return "yes" if holds else "NO"


if __name__ == "__main__":
    main()

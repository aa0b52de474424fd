"""The corpus that comes with the project: what the datasheet says of it is so."""

import csv
import importlib.util
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from frictionless import Package

from cxresearch.codings import read_codings
from cxresearch.corpus import Corpus, read_corpus

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "corpus"
SHARED = ROOT.parent / "shared" / "seeds"
CODINGS = ("coder-a", "coder-b", "development", "test")
INDUSTRIES = (
    "banking insurance telecom energy retail_ecommerce delivery rail hospitality public_sector healthcare housing "
    "home_construction"
).split()
WORD = re.compile(r"\w+")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_corpus(FOLDER)


def planted() -> dict[str, dict[str, str]]:
    with (FOLDER / "codings" / "planted.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_it_reads_without_a_remark(corpus: Corpus) -> None:
    assert corpus.problems == ()


def test_it_has_the_size_and_the_spread_that_it_claims(corpus: Corpus) -> None:
    words = {n.id: len(WORD.findall(n.text)) for n in corpus}
    long_enough = [n for n in corpus if 150 <= words[n.id] <= 620]
    assert len(long_enough) >= 180 and sum(words.values()) >= 60_000
    industries = Counter(n.industry for n in long_enough)
    assert all(industries[name] >= 15 for name in INDUSTRIES)
    assert Counter(n.metadata["variety"] for n in corpus)["nl-BE"] >= 20
    assert len({n.metadata["genre"] for n in corpus}) >= 8
    assert max(Counter(n.metadata["author"] for n in corpus).values()) <= 5
    rows = planted().values()
    assert sum(int(row["organisations"]) > 1 for row in rows) * 3 >= len(rows)
    kinds = Counter(row["kind"] for row in rows)
    assert kinds["good"] >= 10 and kinds["none"] >= 7


def test_no_eight_words_stand_in_two_narratives_nor_in_the_seeds(corpus: Corpus) -> None:
    texts = {n.id: n.text for n in corpus}
    if SHARED.is_dir():
        texts |= {path.stem: path.read_text(encoding="utf-8") for path in SHARED.glob("*.txt")}
    seen: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for id, text in texts.items():
        words = WORD.findall(text.lower())
        for i in range(len(words) - 7):
            seen[tuple(words[i : i + 8])].add(id)
    ours = {n.id for n in corpus}
    assert [(" ".join(row), sorted(ids)) for row, ids in seen.items() if len(ids) > 1 and ids & ours] == []


@pytest.mark.parametrize("name", CODINGS)
def test_codings_name_words_of_their_narrative(name: str, corpus: Corpus) -> None:
    codings = read_codings(FOLDER / "codings" / f"{name}.jsonl")
    sources = {n.id: n.source for n in corpus}
    for mention in codings.itertuples():
        assert sources[mention.narrative_id][mention.start : mention.end] == mention.text


@pytest.mark.parametrize("part", ["development", "test"])
def test_codings_of_the_plain_texts_name_their_words(part: str) -> None:
    texts = {n.id: n for n in read_corpus(FOLDER / "codings" / "plain.jsonl")}
    codings = read_codings(FOLDER / "codings" / f"plain-{part}.jsonl")
    assert set(codings["narrative_id"]) == {n.id for n in texts.values() if n.metadata["split"] == part}
    for mention in codings.itertuples():
        assert texts[mention.narrative_id].source[mention.start : mention.end] == mention.text


def test_both_coders_coded_the_same_narratives_and_the_parts_do_not_overlap(corpus: Corpus) -> None:
    coded = {name: set(read_codings(FOLDER / "codings" / f"{name}.jsonl")["narrative_id"]) for name in CODINGS}
    assert coded["coder-a"] == coded["coder-b"] == coded["development"] | coded["test"]
    assert len(coded["coder-a"]) >= 60 and not coded["development"] & coded["test"]
    for part in ("development", "test"):
        assert coded[part] == {n.id for n in corpus if n.metadata.get("split") == part}


def test_the_data_package_describes_what_is_there() -> None:
    package = Package(str(FOLDER / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.to_summary()
    assert {resource.path for resource in package.resources} == {
        "metadata.csv",
        *(path.relative_to(FOLDER).as_posix() for path in (FOLDER / "codings").iterdir()),
    }


def planted_table() -> str:
    """What was planted, by industry, as the datasheet prints it."""
    rows = planted()
    with (FOLDER / "metadata.csv").open(encoding="utf-8", newline="") as file:
        industry = {row["id"]: row["industry"] for row in csv.DictReader(file)}
    lines = [
        "| industry | n | rule cited | apology given | promise broken | sent on | resolved |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name in sorted(INDUSTRIES):
        chosen = [row for id, row in rows.items() if industry[id] == name]
        cells = [
            sum(row[column] == value for row in chosen)
            for column, value in (
                ("rule_cited", "yes"),
                ("apology", "given"),
                ("broken_promise", "yes"),
                ("transferred", "yes"),
                ("outcome", "resolved"),
            )
        ]
        lines.append(f"| {name} | {len(chosen)} | " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def test_the_datasheet_says_what_was_planted() -> None:
    sheet = (FOLDER / "DATASHEET.md").read_text(encoding="utf-8")
    assert re.search(r"<!-- planted -->\n(.*?)\n<!-- /planted -->", sheet, re.DOTALL)[1] == planted_table()  # type: ignore[index]


def test_readme_and_datasheet_say_what_the_commands_give() -> None:
    spec = importlib.util.spec_from_file_location("accuracy", ROOT / "bench" / "accuracy.py")
    assert spec and spec.loader
    accuracy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(accuracy)
    assert accuracy.SHIPPED.read_text(encoding="utf-8") == accuracy.shipped(), "run `make accuracy`"
    for (page, name), text in accuracy.blocks().items():
        found = accuracy.pattern(name).search((ROOT / page).read_text(encoding="utf-8"))
        assert found and found.group().strip() == text.strip(), f"{page} is stale: run `make accuracy`"

"""Replication packets: whole, checkable, the same twice, and without a word where words may not go."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from frictionless import Package
from rocrate.rocrate import ROCrate

from cxresearch import read_corpus, read_events
from cxresearch.cli import main
from cxresearch.corpus import CorpusError
from cxresearch.packet import compare, verify, write_packet
from cxresearch.packet.verbatim import holds_rows, known_rows

DAY = "2026-01-31"
STORIES = {
    "bank": "Gisteren belde ik de bank over mijn pas. Niemand nam op. “Binnen vijf werkdagen hoort u van ons”, zeiden "
    "ze, maar na drie weken had ik nog niets. Geen excuses, helemaal geen excuses zelfs.",
    "trein": "Om 7.42 uur viel de trein naar Zwolle uit.\r\nDe conducteur bood zijn excuses aan & gaf ons koffie. Ik "
    "kreeg na twee dagen 12,50 euro terug.",
    "winkel/pakket": "Het pakket kwam niet aan en de chatbot begreep er geen woord van. Ik heb zes keer gemaild naar "
    "de winkel. Nooit meer bestel ik daar een lamp.",
}
CODING = {"doc": "bank", "type": "contact", "start": 0, "end": 25, "text": STORIES["bank"][:25], "note": "over de pas"}
QUOTING = """
import os, pathlib
out = pathlib.Path(os.environ["CXRESEARCH_RESULTS"])
told = pathlib.Path(os.environ["CXRESEARCH_CORPUS"], "bank.txt").read_text(encoding="utf-8")
print(os.environ["CXRESEARCH_CORPUS"], told)
(out / "words.csv").write_text("n,word\\n" + "".join(f"{i},{w}\\n" for i, w in enumerate(told.split())))
(out / "words.svg").write_text("<svg/>")
(out / "words.png").write_bytes(b"\\x89PNG")
(out / "wrapped.svg").write_text("<svg>" + "".join(f"<!-- {w} --><path d='M 0 0'/>" for w in told.split()) + "</svg>")
(out / "wrapped.pdf").write_bytes(b"\\xff")
(out / "lone.png").write_bytes(b"\\x89PNG")
(out / ".cache").write_text(told)
(out / "counts.csv").write_text("type,n\\ncontact,3\\n")
(out / "counts.svg").write_text("<svg><text>contact</text></svg>")
(out / "counts.pdf").write_bytes(b"\\xff")
"""
COUNTING = 'import os\nsorted(os.listdir(os.environ["CXRESEARCH_CORPUS"]))'


def notebook(path: Path, code: str, said: str = "# A question") -> None:
    cells = [nbformat.v4.new_markdown_cell(said, id="said"), nbformat.v4.new_code_cell(code, id="done")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "stories"
    (folder / "codings").mkdir(parents=True)
    (folder / "winkel").mkdir()
    for name, text in STORIES.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    (folder / "metadata.csv").write_text("id,industry,licence\nbank,banking,CC-BY-4.0\n", encoding="utf-8")
    (folder / "codings" / "anna.jsonl").write_text(json.dumps(CODING, ensure_ascii=False) + "\n", encoding="utf-8")
    sheet = f'id;kind;text;firm\nbank;failure;"{STORIES["bank"][:25]}";De Oude Bank\n'
    (folder / "codings" / "sheet.csv").write_text(sheet, encoding="utf-8")
    (folder / "codings" / "bank.ann").write_text("T1\tcontact 0 25\tGisteren belde ik\n", encoding="utf-8")
    return folder


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cells"
    folder.mkdir()
    notebook(folder / "01_counting.ipynb", COUNTING)
    notebook(folder / "02_quoting.ipynb", QUOTING)
    monkeypatch.setenv("CXRESEARCH_NOTEBOOKS", str(folder))
    return folder


def quick(source: Path, out: Path, **options: Any) -> Path:
    return write_packet(source, out, run=False, date=DAY, **options)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sequences(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return set(zip(*(words[i:] for i in range(6)), strict=False))


@pytest.mark.usefixtures("notebooks")
def test_a_packet_is_whole_and_runs_again_to_the_same_bytes(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet = write_packet(source, tmp_path / "new" / "packet", date=DAY)
    files = contents(packet)
    assert files.keys() >= {
        "README.md", "codings/anna.jsonl", "codings/bank.ann", "data/bank.txt", "data/metadata.csv",
        "data/winkel/pakket.txt", "datapackage.json", "derived/events.csv", "derived/profiles.csv", "manifest.json",
        "notebooks/01_counting.ipynb", "notebooks/02_quoting.ipynb", "requirements.lock", "results/counts.csv",
        "results/lone.png", "ro-crate-metadata.json",
    }  # fmt: skip
    assert not [name for name in files if "/." in name]
    manifest = json.loads(files["manifest.json"])
    unlisted = {"manifest.json", "ro-crate-metadata.json"}
    assert manifest["files"] == {n: hashlib.sha256(b).hexdigest() for n, b in files.items() if n not in unlisted}
    corpus = read_corpus(source)
    assert manifest["corpus"] == corpus.fingerprint == read_corpus(packet / "data").fingerprint
    assert manifest["rules"] and manifest["python"] and manifest["libraries"]["pandas"]
    assert files["data/trein.txt"].decode() == STORIES["trein"]
    events = read_events(packet / "derived" / "events.csv")
    for event in events.itertuples():
        assert corpus[event.narrative_id].text[event.start : event.end] == event.text
    places = [str(tmp_path).encode(), DAY.encode()]
    assert [n for n, b in files.items() if any(place in b for place in places)] == ["ro-crate-metadata.json"]

    assert "'codings'" in files["notebooks/01_counting.ipynb"].decode()  # a notebook finds them beside the texts

    monkeypatch.setenv("CXRESEARCH_NOTEBOOKS", str(tmp_path))  # a packet has its own
    again = write_packet(packet, tmp_path / "again", date=DAY)
    assert contents(again) == files
    assert verify(again) == compare(packet, again) == {}


@pytest.mark.usefixtures("notebooks")
def test_derived_data_hold_no_six_words_of_any_narrative(source: Path, tmp_path: Path) -> None:
    packet = write_packet(source, tmp_path / "packet", derived_only=True, date=DAY)
    files = contents(packet)
    theirs = set().union(*map(sequences, STORIES.values()))
    for content in files.values():
        assert not sequences(content.decode("utf-8", "replace")) & theirs
    assert {n for n in files if "/" in n} == {
        "codings/anna.jsonl", "codings/sheet.csv", "derived/events.csv", "derived/profiles.csv",
        "notebooks/01_counting.ipynb", "notebooks/02_quoting.ipynb",
        "results/counts.csv", "results/counts.pdf", "results/counts.svg",
    }  # fmt: skip
    left_out = json.loads(files["manifest.json"])["packet"]["left_out"]
    assert set(left_out) == {
        "codings/bank.ann", "results/lone.png", "results/words.csv", "results/words.png", "results/words.svg",
        "results/wrapped.pdf", "results/wrapped.svg",
    }  # fmt: skip
    assert all(f"`{name}`" in files["README.md"].decode() for name in left_out)
    coding = json.loads(files["codings/anna.jsonl"])
    assert coding == {key: CODING[key] for key in ("doc", "type", "start", "end")}
    assert files["codings/sheet.csv"] == b"id,kind\nbank,failure\n"
    head, *rows = files["derived/events.csv"].decode().splitlines()
    assert not {"text", "deadline"} & {*head.split(",")} and {"start", "end", "rule_id", "cues"} <= {*head.split(",")}
    assert rows and "vijf" not in "".join(rows) and '""polarity""' in "".join(rows)
    for name in ("01_counting", "02_quoting"):
        cells = json.loads(files[f"notebooks/{name}.ipynb"])["cells"]
        assert [cell.get("outputs") for cell in cells] == [None, []]
    assert verify(packet) == {}
    with pytest.raises(CorpusError, match="holds no narratives"):
        write_packet(packet, tmp_path / "again")


def test_a_notebook_that_quotes_in_what_it_asks_is_left_out(source: Path, notebooks: Path, tmp_path: Path) -> None:
    notebook(notebooks / "02_quoting.ipynb", "1", "> Gisteren belde\n> ik de *bank* over mijn pas.")
    packet = write_packet(source, tmp_path / "packet", derived_only=True, date=DAY)
    assert "notebooks/02_quoting.ipynb" in (packet / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in (packet / "notebooks").iterdir()] == ["01_counting.ipynb"]


def test_words_in_a_field_that_cannot_be_left_out_stop_a_packet_of_derived_data(source: Path, tmp_path: Path) -> None:
    (source / "metadata.csv").write_text(f'id,licence\nbank,"{STORIES["bank"][:40]}"\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"README\.md: 6 words in a row"):
        quick(source, tmp_path / "packet", derived_only=True)
    assert [path.name for path in tmp_path.iterdir()] == ["stories"]


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("Ik zei: drie weken, wachtte IK op de monteur!", ".txt"),
        ("<p>drie <b>wek</b>en wachtte<br/>ik op&nbsp;de</p>", ".html"),
        ("<tr><td>1</td><td>drie</td></tr><tr>2 weken 3 wachtte 4 ik 5 op 6 de", ".html"),
        ('<svg><text x="1">drie weken</text><path d="M 1 2"/><text>wachtte ik</text><text>op de</text></svg>', ".svg"),
        ('{"a": ["drie weken\\nwachtte", {"b": 3, "c": "ik"}], "d": "op de"}', ".json"),
        ('[{"w": "drie", "t": "x"}, {"w": "weken", "t": "x"}, {"w": "wachtte ik op de", "t": "x"}]', ".json"),
        ('{"w": "drie", "t": "x"}\n{"w": "weken wachtte ik", "t": "x"}\n{"w": "op de", "t": "x"}\n', ".jsonl"),
        ("a,b\ndrie weken,x\nwachtte ik,y\nop de,z\n", ".csv"),
        ("left,word,right\ndrie weken,wachtte,ik op de\n", ".csv"),
        (r"\textbf{drie} weken & wachtte \emph{ik} op \\ de", ".tex"),
        ("var x = 'drie\\u0020weken\\nwachtte ik op de'", ".html"),
        ('<a href="data:text/csv,drie%20weken%20wachtte%20ik%20op%20de">', ".html"),
        ("drie we\u00adken wachtte\u00a0ik op de", ".txt"),
    ],
)
def test_words_are_found_through_what_stands_between_them(text: str, suffix: str) -> None:
    assert holds_rows(text, suffix, known_rows(["Drie weken wachtte ik op de monteur."]))
    assert not holds_rows(text, suffix, known_rows(["Drie weken wachtte ik op een monteur. 1 2 3 4 5 6 7"]))


def test_verify_names_what_was_changed(source: Path, tmp_path: Path) -> None:
    packet = quick(source, tmp_path / "packet")
    assert verify(packet) == {}
    other_day = write_packet(source, tmp_path / "other", date="2026-02-01", run=False)
    assert compare(packet, other_day) == {} and contents(other_day) != contents(packet)
    story = packet / "data" / "bank.txt"
    story.write_bytes(story.read_bytes().replace(b"bank", b"Bank", 1))
    (packet / "derived" / "profiles.csv").unlink()
    (packet / "extra.txt").write_text("x", encoding="utf-8")
    (packet / ".DS_Store").write_bytes(b"")
    wrong = {"data/bank.txt": "changed", "derived/profiles.csv": "missing", "extra.txt": "not in the manifest"}
    assert verify(packet) == wrong
    with pytest.raises(CorpusError, match="no packet"):
        verify(source)


def test_compare_names_results_and_their_causes(source: Path, tmp_path: Path) -> None:
    packet = quick(source, tmp_path / "packet")
    (source / "bank.txt").write_text(STORIES["bank"] + " Ik stap over.", encoding="utf-8")
    other = quick(source, tmp_path / "other")
    wrong = compare(packet, other)
    assert wrong["data/bank.txt"] == wrong["derived/events.csv"] == "differs"
    assert "corpus" in wrong and "derived/nothing.csv" not in wrong and "data/trein.txt" not in wrong
    (other / "data" / "trein.txt").unlink()
    assert compare(packet, other)["data/trein.txt"] == f"only in {packet}"
    with pytest.raises(CorpusError, match="derived data only"):
        compare(packet, quick(source, tmp_path / "derived", derived_only=True))


@pytest.mark.parametrize("derived_only", [False, True])
def test_archives_can_read_it(source: Path, tmp_path: Path, derived_only: bool) -> None:
    (source / "codings" / "twice.csv").write_text("id,n,n\nbank,1,2\n", encoding="utf-8")
    packet = quick(source, tmp_path / "packet", derived_only=derived_only)
    package = Package(str(packet / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.to_summary()
    assert package.get_resource("codings-twice.csv").type == "file"
    tables = {name for name in contents(packet) if name.endswith((".csv", ".jsonl"))}
    assert {resource.path for resource in package.resources} == tables
    kinds = {field.name: field.type for field in package.get_resource("derived-events.csv").schema.fields}
    assert kinds["start"] == "integer" and kinds["type"] == "string"
    crate = ROCrate(str(packet))
    assert crate.root_dataset["datePublished"] == DAY
    assert crate.get("derived/events.csv").type == "File" and crate.get("derived/").type == "Dataset"
    assert crate.get("#cxresearch")["version"] and crate.get("#run")["instrument"] == crate.get("#cxresearch")
    missing = [e.id for e in crate.data_entities if not (packet / e.id).exists()]
    assert missing == []


def test_the_licence_stands_in_readme_package_and_crate(source: Path, tmp_path: Path) -> None:
    rows = "".join(f"{name},CC-BY-4.0\n" for name in STORIES)
    (source / "metadata.csv").write_text("id,licence\n" + rows, encoding="utf-8")
    packet = quick(source, tmp_path / "packet")
    assert "CC-BY-4.0: 3" in (packet / "README.md").read_text(encoding="utf-8")
    assert Package(str(packet / "datapackage.json")).licenses == [{"name": "CC-BY-4.0"}]
    assert ROCrate(str(packet)).root_dataset["license"].id == "https://spdx.org/licenses/CC-BY-4.0"


def test_a_packet_never_writes_over_anything_else(source: Path, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "thesis.docx").write_bytes(b"years")
    with pytest.raises(CorpusError, match="not empty"):
        quick(source, full)
    packet = quick(source, tmp_path / "packet")
    first = contents(packet)
    assert contents(quick(source, packet)) == first
    (packet / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"notes\.txt"):
        quick(source, packet)
    for corpus, out in ((source, source / "packet"), (packet, packet), (packet / "data", packet)):
        with pytest.raises(CorpusError, match="in one another"):
            quick(corpus, out)
    with pytest.raises(CorpusError, match="this is a file"):
        quick(source, full / "thesis.docx")
    assert (full / "thesis.docx").read_bytes() == b"years"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"id": "../../x"}, "letters, digits"),
        ({"id": "readme"}, "letters, digits"),
        ({"id": "a:b"}, "letters, digits"),
        ({"id": "x", "bestand": "x.txt"}, "column 'file'"),
        ({"id": "x", "text": "---\nauthor: n\n---\nDrie weken wachtte ik op de monteur."}, "line of dashes"),
        ({"id": "x", "text": "Drie weken wachtte ik \ud83d op de monteur."}, "half of a sign"),
    ],
)
def test_what_no_file_can_hold_is_said(row: dict[str, str], says: str, tmp_path: Path) -> None:
    row = {"text": "Drie weken wachtte ik op de monteur.", **row}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "table.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=says):
        quick(tmp_path / "in" / "table.jsonl", tmp_path / "packet")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_table_becomes_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    rows = [{"id": f"n{i}", "klacht": text, "stars": i, "taal": "nl"} for i, text in enumerate(STORIES.values())]
    table = tmp_path / "in" / "table.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    packet = quick(table, tmp_path / "packet", text_column="klacht")
    assert read_corpus(packet / "data").fingerprint == read_corpus(table).fingerprint
    assert not (packet / "codings").exists()


def test_errors_say_what_to_do(source: Path, notebooks: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="2026-03-31"):
        write_packet(source, tmp_path / "packet", date="31 maart")
    (notebooks / "01_counting.ipynb").unlink()
    notebook(notebooks / "02_quoting.ipynb", "1 / 0")
    with pytest.raises(CorpusError, match=r"no packet was written.*\n02_quoting\.ipynb: ZeroDivisionError") as told:
        write_packet(source, tmp_path / "packet")
    assert str(tmp_path) not in str(told.value)
    assert not (tmp_path / "packet").exists()
    (source / "codings" / "anna.jsonl").write_text('{"doc": "bank"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"^codings/anna\.jsonl, line 1: field 'type' is missing"):
        quick(source, tmp_path / "packet", derived_only=True)


def test_the_command(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str | Path) -> tuple[int, str]:
        code = main(["packet", *map(str, arguments)])
        said: Callable[[], Any] = capsys.readouterr
        return code, said().out

    packet, again = tmp_path / "packet", tmp_path / "again"
    assert run(source, "--out", packet, "--no-notebooks", "--date", DAY)[0] == 0
    code, said = run(packet, "--out", again)
    assert code == 0 and "equal" in said
    assert run("--verify", packet)[0] == run("--compare", packet, again)[0] == 0
    (again / "data" / "bank.txt").write_text("x", encoding="utf-8")
    assert run("--verify", again) == (1, "data/bank.txt: changed\n1 differences\n")
    assert run("--compare", packet, again) == (1, "data/bank.txt: differs\n1 differences\n")
    assert run(source, "--out", again, "--no-notebooks", "--derived-only")[0] == 0
    assert not (again / "data").exists()
    for wrong in ([source], ["--out", packet], [source, "--out", packet, "--verify", packet]):
        with pytest.raises(SystemExit, match="2"):
            run(*wrong)


def test_the_versions_of_an_installed_package_leave_installers_out(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxresearch.packet.writing.LOCK", tmp_path / "none")
    lock = (quick(source, tmp_path / "packet") / "requirements.lock").read_text(encoding="utf-8")
    names = {line.split("==")[0] for line in lock.splitlines()}
    assert "pandas" in names and not names & {"cxresearch", "pip", "setuptools", "uv"}

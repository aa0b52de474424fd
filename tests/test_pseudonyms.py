"""Pseudonyms: what gives way, what stays, and the way back."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.cli import main
from cxresearch.corpus import CorpusError, corpus_from_texts, read_corpus
from cxresearch.privacy import find_names, pseudonymise, pseudonymise_corpus

SALT = b"a secret of sixteen signs"
LETTERS = [Path(__file__).parent / name for name in ("pseudonyms.txt", "pseudonyms-2.txt")]
MARK = re.compile(r"\{(\w+)\|([^}]*)\}")
CHECKSUM = {"IBAN", "BSN", "RIJKSREGISTER"}


def marked() -> list[tuple[str, set[tuple[int, int, str]]]]:
    """The made-up letters: `{KIND|text}` marks what must give way; all else must stay."""
    letters = []
    for block in "\n---\n".join(path.read_text(encoding="utf-8") for path in LETTERS).split("\n---\n"):
        text, spans, at = "", set(), 0
        for hit in MARK.finditer(block):
            text += block[at : hit.start()]
            spans.add((len(text), len(text) + len(hit[2]), hit[1]))
            text += hit[2]
            at = hit.end()
        letters.append((text + block[at:], spans))
    return letters


def measured() -> dict[str, tuple[int, int]]:
    """Recall by kind (found, all) over the letters, and under `precision` what was found rightly, and all found."""
    counts: dict[str, list[int]] = {"precision": [0, 0]}
    for text, spans in marked():
        found = find_names(text)
        for start, end, kind in spans:
            cell = counts.setdefault(kind, [0, 0])
            cell[1] += 1
            # the whole must be covered: half a name is still a name
            cell[0] += all(any(f.start <= i < f.end for f in found) for i in range(start, end) if text[i].isalnum())
        for f in found:
            counts["precision"][1] += 1
            counts["precision"][0] += any(f.start < end and start < f.end for start, end, _ in spans)
    return {kind: (hits, total) for kind, (hits, total) in counts.items()}


def test_recall_and_precision_on_made_up_letters() -> None:
    """The rules know these letters: what they reach here is more than they reach in letters that they have not met.

    Recall on names when the rules first met each set of `pseudonyms-2.txt`, before they were mended by what they
    missed: 183 of 226 (0.81; 40 letters), 79 of 92 (0.86; 15), 54 of 78 (0.69; 12, rare names on purpose) and
    42 of 51 (0.82; 8). The last set, of everyday names, met the rules as they are: 83 of 88 (0.94; 12).
    On what has a checksum 39 of 39. Precision over all kinds 0.91, 0.96, 0.98, 1.00 and 0.99.
    """
    counts = measured()
    checked = [counts[kind] for kind in CHECKSUM if kind in counts]
    assert sum(n for _, n in checked) >= 20
    assert sum(hits for hits, _ in checked) / sum(n for _, n in checked) >= 0.98
    hits, people = counts["PERSOON"]
    assert people >= 80 and hits / people >= 0.90
    rightly, found = counts["precision"]
    assert rightly / found >= 0.90


@pytest.mark.parametrize(
    "text",
    [
        "Hij verdedigt als Jaap Stam en vecht als Don Quichot.",
        "We liepen door de Prins Hendrikstraat en de Jan van Galenstraat.",
        "Ik betaalde 81,50 euro op 12 mei 2024 om 10.30 uur.",
        "De roos bloeide en mark en bas zijn ook woorden.",
        "Beste klantenservice, dit kan niet.",
        "Maandag belde ik de bank in Antwerpen.",
    ],
)
def test_what_is_no_name_stays(text: str) -> None:
    assert find_names(text) == []


def test_a_number_with_a_wrong_checksum_is_no_iban() -> None:
    kinds = {f.kind for f in find_names("Mijn order NL91ABNA0417164301 en rekening NL91 ABNA 0417 1643 00.")}
    assert kinds == {"NUMMER", "IBAN"}


def test_the_same_person_is_the_same_surrogate_in_every_text_and_only_with_the_salt() -> None:
    one, _ = pseudonymise("Ik sprak Karin van den Berg. Later belde Karin terug, mevrouw Van den Berg dus.", SALT)
    other, _ = pseudonymise("Karin van den Berg nam niet op.", SALT)
    names = set(re.findall(r"PERSOON-\w+", one))
    assert len(names) == 1 and names == set(re.findall(r"PERSOON-\w+", other))
    again, _ = pseudonymise("Karin van den Berg nam niet op.", b"another secret of signs")
    assert names.isdisjoint(re.findall(r"PERSOON-\w+", again))


@given(st.text(max_size=200))
def test_the_offset_map_leads_back(text: str) -> None:
    new, offsets = pseudonymise(text, SALT)
    rebuilt, at = "", 0
    for start, end, new_start, new_end, surrogate in offsets:
        assert new[new_start:new_end] == surrogate
        rebuilt += new[at:new_start] + text[start:end]
        at = new_end
    assert rebuilt + new[at:] == text


def test_firms_stay_unless_they_are_to_be_masked() -> None:
    text = "Polderbank stuurde mij weg."
    assert pseudonymise(text, SALT)[0] == text
    assert "Polderbank" not in pseudonymise(text, SALT, firms=["Polderbank"])[0]


def test_a_corpus_is_written_without_its_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "jan-de-vries.txt").write_text(
        "Ik ben Jan de Vries en ik wacht al drie weken op mijn pas.", encoding="utf-8"
    )
    (source / "metadata.csv").write_text(
        "file,author,industry\njan-de-vries.txt,Jan de Vries,banking\n", encoding="utf-8"
    )
    (tmp_path / "salt").write_bytes(SALT)
    out = tmp_path / "out"
    assert main(["pseudonymise", str(source), str(out), "--salt-file", str(tmp_path / "salt")]) == 0
    assert "not anonymity" in capsys.readouterr().out.replace("\n", " ")
    for path in out.iterdir():
        assert "Vries" not in path.name + path.read_text(encoding="utf-8") and "vries" not in path.name
    (narrative,) = read_corpus(out)
    assert narrative.industry == "banking" and narrative.metadata["author"].startswith("AUTEUR-")
    with (out / "offsets.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert narrative.source[int(row["start"]) : int(row["end"])] == row["surrogate"]


def test_a_weak_salt_and_a_full_folder_are_refused(tmp_path: Path) -> None:
    corpus = corpus_from_texts(["Al drie weken wacht ik op mijn pas."])
    with pytest.raises(CorpusError, match="too short to be secret"):
        pseudonymise_corpus(corpus, tmp_path / "out", b"short")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").touch()
    with pytest.raises(CorpusError, match="not empty"):
        pseudonymise_corpus(corpus, tmp_path / "out", SALT)


def test_a_date_of_birth_goes_and_other_dates_stay() -> None:
    text = "Ik ben geboren op 3-5-1961 en belde op 12-05-2024. Geboortedatum: 3 mei 1961. Elke keer hetzelfde."
    assert [text[f.start : f.end] for f in find_names(text)] == ["3-5-1961", "3 mei 1961"]

"""Minimal pairs: the same core sentence told in every way that the codebook tells apart (minimal_pairs.toml)."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cxresearch.codebook import event_types
from cxresearch.reading.parse import mentions, parser_for
from cxresearch.reading.qualify import Mention

PAIRS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("minimal_pairs.toml").read_text(encoding="utf-8")
)
QUALIFIERS = {"polarity": "affirmed", "realis": "actual", "voice": "narrated", "speaker": None}
ATTRIBUTES = {"actor", "subtype", "valence", "channel", "count", "duration"}
ABOUT = {"kind", "text", "hit", "absent", "known_failure"}
KINDS = {
    "asserted", "negated", "hypothetical", "generic", "question", "by_customer", "by_organisation", "other_actor",
}  # fmt: skip


def cases() -> list[Any]:
    """Every pair as a test with a readable name; what is known to fail must fail."""
    found = []
    for kind, pairs in PAIRS.items():
        seen: Counter[str] = Counter()
        for pair in pairs:
            seen[pair["kind"]] += 1
            why = pair.get("known_failure")
            marks = [pytest.mark.xfail(reason=why, strict=True, raises=AssertionError)] if why else []
            found.append(pytest.param(kind, pair, id=f"{kind}-{pair['kind']}-{seen[pair['kind']]}", marks=marks))
    return found


def told(mention: Mention, names: set[str]) -> dict[str, Any]:
    return {name: getattr(mention, name) for name in sorted(names)}


@pytest.mark.parametrize(("kind", "pair"), cases())
def test_minimal_pair(kind: str, pair: dict[str, Any]) -> None:
    text = pair["text"]
    found = [m for m in mentions(text, parser_for("nl"))[1] if m.type == kind]
    if pair.get("absent"):
        assert not found, [text[m.start : m.end] for m in found]
        return
    start = text.index(pair["hit"])
    touching = [m for m in found if m.start < start + len(pair["hit"]) and start < m.end]
    assert touching, f"no {kind} at {pair['hit']!r}"
    expected = QUALIFIERS | {"actor": event_types()[kind].actor} | {k: v for k, v in pair.items() if k not in ABOUT}
    if expected["actor"] == "subject":  # worked out from the sentence, so every entry would have to say
        expected["actor"] = "customer"
    for mention in touching:
        assert told(mention, set(expected)) == dict(sorted(expected.items())), text[mention.start : mention.end]


def test_every_type_is_told_in_every_way() -> None:
    assert list(PAIRS) == list(event_types())
    for kind, pairs in PAIRS.items():
        assert len(pairs) >= 8, kind
        assert {pair["kind"] for pair in pairs} >= KINDS, kind


def test_every_pair_can_be_checked() -> None:
    allowed = ABOUT | set(QUALIFIERS) | ATTRIBUTES
    for kind, pairs in PAIRS.items():
        texts = [pair["text"] for pair in pairs]
        assert len(set(texts)) == len(texts), kind
        for pair in pairs:
            assert set(pair) <= allowed, pair
            assert pair.get("absent") or pair["hit"] in pair["text"], pair

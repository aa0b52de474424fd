"""Which texts are the same, or nearly: one story counted twice is two stories in every table."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator

import numpy as np

WORD = re.compile(r"\w+")


def duplicates(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, float]]:
    """Yield (id, id of an earlier one, share) for texts that are the same (1.0), or nearly (0.8 or more).

    Texts are the same where their words between white space are. For the rest MinHash over phrases of
    five words: texts that share 80 % of their phrases share at least one of 16 bands with p = 0.9998. Each
    text is compared with the first one in its band only, so that the time stays linear.

    Examples
    --------
    >>> list(duplicates([("a", "Zij belde  nooit terug."), ("b", "Zij belde nooit terug.")]))
    [('b', 'a', 1.0)]
    """
    generator = np.random.Generator(np.random.PCG64(0))
    factors = generator.integers(1, 2**63, 64, dtype=np.uint64) | np.uint64(1)
    exact: dict[bytes, str] = {}
    bands: dict[tuple[int, bytes], tuple[str, str]] = {}
    for id, text in texts:
        words = text.split()
        digest = hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).digest()
        if digest in exact:
            yield id, exact[digest], 1.0
            continue
        exact[digest] = id
        phrases = _phrases(text)
        lowest = np.full(64, np.iinfo(np.uint64).max)
        for at in range(0, len(phrases), 4096):
            lowest = np.minimum(lowest, (phrases[at : at + 4096, None] * factors).min(axis=0))
        rivals: dict[str, str] = {}
        for band in range(16):
            first = bands.setdefault((band, lowest[4 * band : 4 * band + 4].tobytes()), (id, text))
            if first[0] != id:
                rivals[first[0]] = first[1]
        for rival, other in rivals.items():
            others = _phrases(other)
            shared = len(np.intersect1d(phrases, others, assume_unique=True))
            share = shared / (len(phrases) + len(others) - shared)
            if share >= 0.8:
                yield id, rival, min(share, 0.999)
                break


def _phrases(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return the hashes of all phrases of five words, each once: the same under any PYTHONHASHSEED."""
    words = [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in WORD.findall(text.lower())]
    hashes = np.array(words or [0], dtype=np.uint64)
    wide = min(5, len(hashes))
    total = np.zeros(len(hashes) - wide + 1, dtype=np.uint64)
    for i in range(wide):
        total = total * np.uint64(0x9E3779B97F4A7C15) + hashes[i : len(hashes) - wide + 1 + i]
    return np.unique(total ^ (total >> np.uint64(29)))

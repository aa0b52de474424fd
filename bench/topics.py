"""What topics cost: seconds and memory for 2,500 to 20,000 sentences, as a ratio to something run side by side.

    .venv/bin/python bench/topics.py

Sentences are made by joining halves of those of the corpus, so that there are as many different ones as are asked for.
Each size runs in a process of its own, since memory is measured as its peak. Side by side: TF-IDF and truncated SVD
of the same sentences (scikit-learn), which any topic model needs at the least.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SIZES = (2500, 5000, 10000, 20000)
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


def sentences(number: int) -> list[str]:
    """Return different sentences: the first half of one with the second half of another."""
    from cxresearch import read_corpus
    from cxresearch.units import units

    own = [text.split() for text in units(read_corpus(ROOT / "corpus"), "sentence")["text"]]
    rng = np.random.default_rng(0)
    made: dict[str, None] = {}
    while len(made) < number:
        a, b = (own[i] for i in rng.integers(len(own), size=2))
        made[" ".join(a[: len(a) // 2] + b[len(b) // 2 :])] = None
    return list(made)


def measure(number: int) -> dict[str, float]:
    import pandas as pd
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    from cxresearch.analysis import topics

    texts = sentences(number)
    frame = pd.DataFrame(
        {"narrative_id": [f"n{i // 20:05}" for i in range(number)], "unit": range(number), "text": texts}
    )
    topics.embed(texts[:1])  # what is loaded once
    topics.fit_topics(frame.head(200), 5, topics.embed(texts[:200]))
    started = time.perf_counter()
    vectors = topics.embed(texts)
    encoded = time.perf_counter()
    topics.fit_topics(frame, 20, vectors)
    fitted = time.perf_counter()
    TruncatedSVD(50, random_state=0).fit_transform(TfidfVectorizer(min_df=2).fit_transform(texts))
    beside = time.perf_counter() - fitted
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "sentences": number,
        "encode_s": round(encoded - started, 1),
        "fit_s": round(fitted - encoded, 1),
        "tfidf_svd_s": round(beside, 2),
        "fit_ratio": round((fitted - encoded) / beside, 1),
        "peak_MiB": round(peak),
    }


def main() -> None:
    for size in SIZES:
        run = subprocess.run(
            [sys.executable, __file__, str(size)],
            env={**os.environ, **THREADS},
            capture_output=True,
            text=True,
            check=True,
        )
        print(json.loads(run.stdout.splitlines()[-1]), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        main()

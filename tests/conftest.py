"""What all tests share: one thread, a fixed hash seed, and the way to the shared material."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# For this process as far as its libraries are still to be imported, and for every process that a
# test starts (a hash seed counts only there: the property holds under any seed, see the laws).
os.environ.update(
    OMP_NUM_THREADS="1",
    OPENBLAS_NUM_THREADS="1",
    NUMBA_NUM_THREADS="1",
    PYTHONHASHSEED="0",
    TQDM_DISABLE="1",
    MPLBACKEND="agg",
)
# Machines are noisy: how long an example takes is no law. The same examples every time: a commit that passes here
# passes there; `pytest --hypothesis-profile search` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("same")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the seed narratives and their gold events, which is not part of the repository.

    It is $CXRESEARCH_SHARED, or `shared` beside the repository. A test that needs it is skipped
    where it is absent, and pytest lists it as skipped.
    """
    path = Path(os.environ.get("CXRESEARCH_SHARED", ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip(f"no shared material: {path} is absent (CXRESEARCH_SHARED names another place)")
    return path

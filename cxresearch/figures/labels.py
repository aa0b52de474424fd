"""The words of figures, in English or Dutch: types and industries from the codebook, the rest from labels.toml."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files

from cxresearch.codebook import event_types, industries
from cxresearch.errors import InputError

LANGUAGES = ("en", "nl")


@functools.cache
def _labels() -> Mapping[str, Mapping[str, str]]:
    pairs = tomllib.loads(files(__package__).joinpath("labels.toml").read_text(encoding="utf-8"))
    known = {key: dict(zip(LANGUAGES, pair, strict=True)) for key, pair in pairs.items()}
    known |= {name: {"en": kind.label_en, "nl": kind.label_nl} for name, kind in event_types().items()}
    return known | {name: dict(names) for name, names in industries().items()}


def word(key: str, language: str = "en", **values: object) -> str:
    """Return the label of a key; a key that has none is its own label, with spaces for underscores.

    Raises
    ------
    InputError
        Where the language is none of en and nl.

    Examples
    --------
    >>> word("rail"), word("rail", "nl"), word("short_of_time")
    ('Rail and public transport', 'Trein en openbaar vervoer', 'short of time')
    """
    if language not in LANGUAGES:
        raise InputError(f"language: '{language}' is none of {', '.join(LANGUAGES)}")
    label = _labels().get(key, {}).get(language) or str(key).replace("_", " ")
    return label.format(**values) if values else label

"""The codebook as data: event types (types.toml), rules, industries; and the loader of the types."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event; types.toml says what every field means."""

    name: str
    group: str
    label_en: str
    label_nl: str
    definition: str
    code_when: str
    not_when: str
    actor: str
    colour: str
    subtypes: tuple[str, ...] = ()
    valences: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    one_per: str = ""
    future: str = ""
    yields_to: tuple[str, ...] = ()


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath("types.toml").read_text(encoding="utf-8"))


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}


@functools.cache
def event_types() -> Mapping[str, EventType]:
    """Return the event types of the codebook by name, in its order.

    Examples
    --------
    >>> event_types()["wait"].takes
    ('duration',)
    >>> [name for name, kind in event_types().items() if kind.one_per == "sentence"]
    ['request', 'treatment']
    """
    return MappingProxyType(
        {name: EventType(name=name, **_tuples(values)) for name, values in _data()["types"].items()}
    )


VERSION: str = _data()["version"]

# The values that each qualifier and attribute may take. A speaker, valence or channel may be absent too.
QUALIFIERS: Mapping[str, tuple[str, ...]] = MappingProxyType(_tuples(_data()["qualifiers"]))
ATTRIBUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(_tuples(_data()["attributes"]))


@functools.cache
def names() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return the lists of nl/names.toml: by what names and numbers are known, folded.

    Examples
    --------
    >>> "karin" in names()["names"]["first"]
    True
    """
    data = tomllib.loads(files(__name__).joinpath("nl/names.toml").read_text(encoding="utf-8"))
    return {
        section: {name: frozenset(words if isinstance(words, list) else words.split()) for name, words in lists.items()}
        for section, lists in data.items()
    }


@functools.cache
def industries() -> Mapping[str, Mapping[str, str]]:
    """Return the names of the industries of the codebook, in its order: English (``en``) and Dutch (``nl``).

    Examples
    --------
    >>> industries()["banking"]["nl"]
    'Banken'
    """
    return MappingProxyType(tomllib.loads(files(__name__).joinpath("industries.toml").read_text(encoding="utf-8")))

"""Dutch verbs: from an infinitive to its forms, regular by rule, irregular from `codebook/nl/verbs.toml`.

Spelling mistakes that everybody makes (*gebelt*, *hij beld*) are forms as well: a parser of forum
posts that knows only correct Dutch is blind.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files

from cxresearch.reading.text import fold

GROUPS = ("pres", "past", "inf", "pp", "adj")
UNSTRESSED_PREFIX = ("be", "ge", "ver", "ont", "her", "er")
VOWELS = "aeiouy"
VOWEL_GROUP = re.compile(r"ij|[aeiouy]+")


@functools.cache
def irregular() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the irregular verbs: infinitive to form group to forms."""
    path = files("cxresearch.codebook") / "nl" / "verbs.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    for verb, parts in data["strong"].items():
        singular, plural, participle = parts.split()
        table[verb] = {"past": (singular, plural), "pp": (participle,)}
    for verb, groups in data["irregular"].items():
        table[verb] = {group: tuple(forms.split()) for group, forms in groups.items()}
    return table


def stems(infinitive: str) -> tuple[str, ...]:
    """Return the possible stems of a regular verb, before final devoicing (*leev*, *bel*).

    Examples
    --------
    >>> stems("bellen"), stems("maken"), stems("leven"), stems("annuleren")
    (('bel',), ('maak',), ('leev',), ('annuleer', 'annuler'))
    """
    bare = infinitive[:-2] if infinitive.endswith("en") else infinitive.removesuffix("n")
    if len(bare) > 2 and bare[-1] == bare[-2] and bare[-1] not in VOWELS:
        return (bare[:-1],)
    open_vowel = len(bare) > 2 and bare[-1] not in VOWELS + "jwx" and bare[-2] in "aeou" and bare[-3] not in VOWELS
    if not open_vowel:
        return (bare,)
    long = bare[:-1] + bare[-2] + bare[-1]
    # annuleer, but lever: stress decides and spelling does not show it, so both are forms.
    several = len(VOWEL_GROUP.findall(infinitive)) > 2
    return (long, bare) if several and bare[-2] == "e" else (long,)


def _is_prefixed(infinitive: str) -> bool:
    """Whether the participle goes without ge- (*betaald*, but *gebeld*: what is left must be a verb)."""
    return any(
        infinitive.startswith(prefix) and len(VOWEL_GROUP.findall(infinitive.removeprefix(prefix))) > 1
        for prefix in UNSTRESSED_PREFIX
    )


def _regular(infinitive: str) -> dict[str, set[str]]:
    forms: dict[str, set[str]] = {group: set() for group in GROUPS}
    for stem in stems(infinitive):
        end = "te" if stem[-1] in "tkfspxh" else "de"
        devoiced = stem[:-1] + {"v": "f", "z": "s"}.get(stem[-1], stem[-1])
        forms["pres"] |= {devoiced, devoiced if devoiced.endswith("t") else devoiced + "t"}
        forms["past"] |= {devoiced + end, devoiced + end + "n"}
        prefixed = _is_prefixed(infinitive)
        if devoiced[-1] not in "td" and not prefixed:
            forms["pres"].add(devoiced + "d")  # hij beld
        if devoiced[-1] == "t":
            forms["past"].add(devoiced + "e")  # ik wachte
        core = devoiced if devoiced[-1] in "td" else devoiced + end[0]
        prefix = "" if prefixed else "ge"
        forms["pp"] |= {prefix + core}
        if core[-1] in "td":
            forms["pp"].add(prefix + core[:-1] + ("d" if core[-1] == "t" else "t"))
        forms["adj"] |= {prefix + core + "e"}
    return forms


@functools.lru_cache(maxsize=20_000)
def conjugate(infinitive: str) -> Mapping[str, frozenset[str]]:
    """Return the folded forms of a simple verb by group.

    Parameters
    ----------
    infinitive : str
        Without a separable particle.

    Returns
    -------
    mapping of str to frozenset of str
        Keys `pres` (present, and the imperative), `past`, `inf`, `pp` (participle) and `adj` (the inflected
        participle).

    Examples
    --------
    >>> forms = conjugate("bellen")
    >>> sorted(forms["pres"]), sorted(forms["pp"])
    (['bel', 'beld', 'bellen', 'belt'], ['gebeld', 'gebelt'])
    >>> sorted(conjugate("krijgen")["past"])
    ['kreeg', 'kregen']
    """
    known = irregular().get(infinitive, {})
    forms = _regular(infinitive)
    for group, listed in known.items():
        forms[group] = set(listed)
    participles = known.get("pp", ())
    if participles:
        forms["adj"] = {p if p.endswith("en") else p + "e" for p in participles}
    forms["inf"] |= {infinitive}
    if "pres" not in known:
        forms["pres"] |= {infinitive}
    return {group: frozenset(fold(form) for form in forms[group]) for group in GROUPS}

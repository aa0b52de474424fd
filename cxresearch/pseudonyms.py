"""A researcher's own texts without names: people, addresses and numbers give way to stable surrogates.

This is mitigation and no anonymity. Rules find what looks like a name or a number; they miss some, and a story
can tell who somebody is without any name. Read what comes out before you share it (GDPR recital 26).

What has a checksum (IBAN, BSN, rijksregisternummer) is taken where the checksum holds (python-stdnum); the rest by its
shape, its label or the words of `codebook/nl/names.toml`. A surrogate is made of the value and a secret salt
(HMAC-SHA-256), so the same person is the same surrogate in every text, and nobody without the salt can tell who.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stdnum import iban
from stdnum.be import nn
from stdnum.nl import bsn

from cxresearch.codebook import names
from cxresearch.corpus import Corpus, Narrative
from cxresearch.corpus.sources import CorpusError

NOTICE = """These texts were pseudonymised by rules, which miss some names and numbers. This is mitigation,
not anonymity: a story can tell who somebody is without naming anybody. Read the texts before you share
them, keep the salt apart from them, and treat them as personal data (GDPR, recital 26)."""

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
URL = re.compile(r"(?:https?://|www\.|(?:[\w-]+\.)+[a-z]{2,7}/)[^\s<>\"”’)]+[^\s<>\"”’).,;:!?]", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z]\w*(?:\.\w+)*\w")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]{1,4}){3,8}\b|\b[a-z]{2}\d{2}(?: ?[a-z0-9]{2,4}){3,8}\b")
PHONE = re.compile(
    r"(?<![\w/+-])\(?(?:(?:\+|00)3[12][ -]?(?:\(0\))?[ -]?|0)"
    r"(?:[1-9]\d{0,2}(?:[ )/.-]| - ){0,2}(?:\d[ ./-]?){6,7}|[89]\d{2}(?:[ -]| - )?(?:\d[ -]?){3,6})\d(?![\w-])"
)
NATIONAL = re.compile(r"(?<![\w.-])\d{2}\.?\d{2}\.?\d{2}[- ]\d{3}[. ]\d{2}(?![\w-])|(?<![\w.,-])\d{11}(?![\w-])")
NINE = re.compile(r"(?<![\w.,-])(?:\d{4}[ .]?\d{2}[ .]?\d{3}|\d{3}[ .]\d{3}[ .]\d{3})(?![\w-]|[.,]\d)")
PLATE = re.compile(
    r"(?<![\w-])(?:[A-Z]{2}-\d{2}-\d{2}|\d{2}-\d{2}-[A-Z]{2}|\d{2}-[A-Z]{2}-\d{2}|[A-Z]{2}-\d{2}-[A-Z]{2}|[A-Z]{2}-[A-Z]{2}-\d{2}"
    r"|\d{2}-[A-Z]{2}-[A-Z]{2}|\d{2}-[A-Z]{3}-\d|\d-[A-Z]{3}-\d{2,3}|[A-Z]{2}-\d{3}-[A-Z]|[A-Z]-\d{3}-[A-Z]{2}"
    r"|[A-Z]{3}-\d{2}-[A-Z]|[A-Z]-\d{2}-[A-Z]{3}|\d-[A-Z]{2}-\d{3})(?![\w-])"
)
CODE = (
    r"[:#]?\s*(?:is|was|nr\.?|nummer|:|#)?\s*"
    r"((?=(?:[A-Za-z]{1,3} )?(?:[\w/.-]*\d){2})(?:[A-Za-z]{1,3} )?"
    r"[A-Za-z0-9][\w/.-]{2,}[A-Za-z0-9](?: \d{3,})*(?!\w|[,.]\d))"
)
SIGNATURE = re.compile(  # a line of its own with two to four words as a name has them, after a greeting or at the end
    r"(?:groet\w*|hoogacht\w*|vriendelijk|gegroet|mvg|[.!?])[,.]?\s*\n+\s*"
    r"((?:[A-Z]\.\s?)*[A-Z][\w'’-]+(?:\s(?:van|de|den|der|ter|ten|te|el|'t|baron|[A-Z][\w'’-]+)){1,5})(?=,[^\n]*\s*$|\s*$|\n)"
)
POSTCODE = re.compile(r"\b[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\b")


@dataclass(frozen=True, slots=True)
class Found:
    """A name or number in a source text: offsets, what it is, and what two spellings of it share."""

    start: int
    end: int
    kind: str
    value: str


def find_names(text: str, firms: Collection[str] = (), keep: Collection[str] = ()) -> list[Found]:
    """Return what should give way in a text, by place, none within another.

    Parameters
    ----------
    text : str
    firms : collection of str
        Names of organisations to be masked as well; by default firms stay, since the study is about them.
    keep : collection of str
        Names that stay (people of public life, a place that looks like a name).

    Examples
    --------
    >>> text = "Mevrouw Van den Akker belde 0612345678 over order AB-12345."
    >>> [(found.kind, text[found.start : found.end]) for found in find_names(text)]
    [('PERSOON', 'Van den Akker'), ('TELEFOON', '0612345678'), ('NUMMER', 'AB-12345')]
    """
    found: list[Found] = []
    taken = bytearray(len(text))
    for finder in (_firms(firms), _kept(keep), *_FINDERS):
        for hit in finder(text):
            if hit.start < hit.end and not any(taken[hit.start : hit.end]):
                taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
                found.append(hit)
    return sorted((hit for hit in found if hit.kind), key=lambda hit: hit.start)


def _fold(word: str) -> str:
    """Lower case without accents, the possessive s or full stop: *Özgür*, *Jan's* and *Karel.* as in the lists."""
    word = word.casefold().strip(".'’").translate(_LETTERS)
    word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return re.sub(r"['’]s$", "", word)


_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "ß": "ss"})


def _plain(value: str) -> str:
    return re.sub(r"[\s./()+-]", "", value).lower()


Finder = Callable[[str], Iterator[Found]]


def _shape(kind: str, pattern: re.Pattern[str], valid: Callable[[str], bool] = lambda value: True) -> Finder:
    def finder(text: str) -> Iterator[Found]:
        for hit in pattern.finditer(text):
            if valid(hit.group()):
                yield Found(*hit.span(), kind, _plain(hit.group()))

    return finder


def _ibans(text: str) -> Iterator[Found]:
    """An IBAN may be followed by a word that fits its shape: the longest part with a right checksum counts."""
    for hit in IBAN.finditer(text):
        value = hit.group()
        while len(value) > 14:
            if iban.is_valid(value.replace(".", "").upper()):
                yield Found(hit.start(), hit.start() + len(value), "IBAN", _plain(value))
                break
            value = value[: max(value.rfind(" "), value.rfind("."), value.rfind("-"), 0)]


def _labelled(text: str) -> Iterator[Found]:
    labels = "|".join(sorted(names()["numbers"]["labels"], key=len, reverse=True))
    for hit in re.finditer(rf"\b(?:{labels})\b{CODE}", text, re.IGNORECASE):
        yield Found(*hit.span(1), "NUMMER", _plain(hit[1]))


def _addresses(text: str) -> Iterator[Found]:
    streets = "|".join(sorted(names()["places"]["streets"], key=len, reverse=True))
    name = rf"(?:[A-Z][\w'’.-]*\s+(?:(?:van|de|den|der|het|ten|ter|'t)\s+)*)*[A-Z]?[\w'’-]*(?:{streets})"
    place = r"(?:,?\s+(?:bus|busnr\.?)\s*\w+)?(?:\s*,?\s*[1-9]\d{3}(?: ?[A-Z]{2})?\s+[A-Z][\w'’-]+)?"
    towards = r"(?:\s+(?:van|op|aan|in|naar)\s+[A-Z][\w'’-]+(?:\s[A-Z][\w'’-]+)?)?"  # Steenweg op Leuven
    number = r"\s+\d{1,4}(?:-\d{1,4}|\s?[A-Za-z]|[ -]?(?:bis|I{1,3}|hs|[A-Z]))?\b(?!\w)"
    for hit in re.finditer(rf"\b{name}{towards}{number}{place}", text):
        if hit.group()[0].isupper():
            yield Found(*hit.span(), "ADRES", _plain(hit.group()))
    called = (
        r"\b(?:[A-Z][\w'’.-]*\s+(?:(?:van|de|den|der|het)\s+)*)+"
        r"[\w'’-]{2,}(?:straat|laan|weg|plein|dreef|kade|gracht)\b"
    )
    for hit in re.finditer(called, text):
        yield Found(*hit.span(), "", "")  # a street that is called after somebody: Jan van Galenstraat
    for hit in POSTCODE.finditer(text):
        yield Found(*hit.span(), "POSTCODE", _plain(hit.group()))


def _people(text: str) -> Iterator[Found]:
    lists = names()["names"]
    public = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(lists["public"], key=len, reverse=True))
    kept = [hit.span() for hit in re.finditer(rf"\b(?:{public})\b", text, re.IGNORECASE)]
    words = [
        (hit.start(), hit.end(), hit.group())
        for hit in re.finditer(r"(?:[A-Z]\.){2,}|[^\W\d_][\w'’-]*\.?|'t\b|d'", text)
    ]
    signed = {hit.start(1) for hit in SIGNATURE.finditer(text)}
    known: dict[str, str] = {}  # the parts of full names that this text has told
    i = 0
    while i < len(words):
        last = _name(text, words, i)
        plain = _sentence_start(text, words[i][0]) and _fold(words[i][2]) not in lists["first"] - lists["doubtful"]
        if last == i and words[i][2][0].isupper() and _fold(words[i][2]) in known and not plain:
            last = i + 1  # told in full before
        if last == i and words[i][0] in signed:
            line = text.find("\n", words[i][0])
            stop = min(x for x in (line, text.find(",", words[i][0]), len(text)) if x >= 0)
            last = next((k for k in range(i, len(words)) if words[k][0] >= stop), len(words))
        if last > i and not any(start < words[last - 1][1] and words[i][0] < end for start, end in kept):
            start, end = words[i][0], words[last - 1][1]
            end -= text[end - 1] == "." and len(words[last - 1][2]) > 2
            parts = [_fold(word) for _, _, word in words[i:last]]
            own = [part for part in parts if part not in lists["prefixes"]] or parts
            whole = known.get(own[-1]) or known.get(own[0]) or " ".join(parts)
            for part in own:
                known.setdefault(part, whole)
            yield Found(start, end, "PERSOON", whole)
            i = last
        else:
            i += 1


def _name(text: str, words: list[tuple[int, int, str]], i: int) -> int:
    """Return where the name that begins at word `i` ends; `i` itself where none does."""
    lists = names()["names"]

    def folded(k: int) -> str:
        return _fold(words[k][2])

    def given(word: str) -> bool:
        """A first name, also a double one or with the s of possession: Pieter-Jan, Jeroens."""
        names = lists["first"]
        return word in names or word.removesuffix("s") in names or any(part in names for part in word.split("-"))

    def joined(k: int) -> bool:
        return k < len(words) and text[words[k - 1][1] : words[k][0]] in (" ", "\u00a0", ". ", "", " '")

    def surname(k: int, more: int = 2) -> int:
        """The end of a surname at `k`, with its prefixes: van den Berg, De Smet-Claes, Ait Ben Haddou."""
        at = k
        while joined(at) and folded(at) in lists["prefixes"] and at - k < 3:
            at += 1
        if joined(at) and words[at][2][0].isupper() and folded(at) not in lists["not_names"] and len(folded(at)) > 1:
            ended = words[at][2].endswith(".")
            return surname(at + 1, more - 1) if more and not ended and at + 1 < len(words) else at + 1
        return k

    word, capital = folded(i), words[i][2][0].isupper()
    before = folded(i - 1) if i and re.fullmatch(r"[ \u00a0,.:\n]*", text[words[i - 1][1] : words[i][0]]) else ""
    titled = before in lists["titles"]
    if word in lists["titles"] | (lists["not_names"] - lists["prefixes"]):
        return i
    opens = _sentence_start(text, words[i][0])
    role = before in lists["greetings"] or before in lists["roles"]
    if capital and (given(word) or word in lists["doubtful"]):
        end = surname(i + 1)
        sure = not opens or word in lists["first"] - lists["doubtful"]
        if end > i + 1 or sure or titled or role:
            return end
    if capital and word in lists["prefixes"] and not opens and (end := surname(i)) > i:
        return end  # met Van Damme; at the start of a sentence it is mostly a preposition
    if titled and (end := surname(i)) > i and (capital or word in lists["prefixes"]):
        return end
    if re.fullmatch(r"(?:[A-Z][a-z]?\.)+", words[i][2]) and (end := surname(i + 1)) > i + 1:
        return end  # J. de Boer, J.P. de Boer
    if capital and role and not opens and len(word) > 2 and word not in lists["prefixes"]:
        return surname(i + 1) if joined(i + 1) else i + 1
    return i


def _sentence_start(text: str, at: int) -> bool:
    return text[:at].rstrip(" \u00a0")[-1:] in (".", "!", "?", "")


def _firms(names: Collection[str]) -> Finder:
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))

    def finder(text: str) -> Iterator[Found]:
        if pattern:
            for hit in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
                yield Found(*hit.span(), "FIRMA", _plain(hit.group()))

    return finder


def _kept(names: Collection[str]) -> Finder:
    def finder(text: str) -> Iterator[Found]:
        for found in _firms(names)(text):
            yield Found(found.start, found.end, "", "")

    return finder


_FINDERS: tuple[Finder, ...] = (
    _shape("EMAIL", EMAIL),
    _shape("URL", URL),
    _ibans,
    _shape("RIJKSREGISTER", NATIONAL, nn.is_valid),
    _labelled,
    _shape("BSN", NINE, bsn.is_valid),
    _shape("KENTEKEN", PLATE),
    _shape("TELEFOON", PHONE),
    _shape("HANDLE", HANDLE),
    _addresses,
    _people,
)


def surrogate(found: Found, salt: bytes) -> str:
    """Return what stands for a name or number: its kind and six signs that only the salt can make.

    Examples
    --------
    >>> surrogate(Found(0, 3, "PERSOON", "jan"), b"secret")
    'PERSOON-DYQ45Z'
    """
    digest = hmac.new(salt, f"{found.kind}:{found.value}".encode(), hashlib.sha256).digest()
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return f"{found.kind}-{''.join(alphabet[byte % 32] for byte in digest[:6])}"


def pseudonymise(
    text: str, salt: bytes, *, firms: Collection[str] = (), keep: Collection[str] = ()
) -> tuple[str, list[tuple[int, int, int, int, str]]]:
    """Return a text with surrogates, and the map back: source start and end, new start and end, surrogate.

    Examples
    --------
    >>> pseudonymise("Ik mailde jan@post.be.", b"secret")
    ('Ik mailde EMAIL-TVT98L.', [(10, 21, 10, 22, 'EMAIL-TVT98L')])
    """
    pieces: list[str] = []
    offsets = []
    at = length = 0
    for found in find_names(text, firms, keep):
        name = surrogate(found, salt)
        pieces += [text[at : found.start], name]
        length += found.start - at
        offsets.append((found.start, found.end, length, length + len(name), name))
        length += len(name)
        at = found.end
    return "".join([*pieces, text[at:]]), offsets


def pseudonymise_corpus(
    corpus: Corpus, out: Path, salt: bytes, *, firms: Collection[str] = (), keep: Collection[str] = ()
) -> int:
    """Write a corpus with surrogates to a folder: a text file a narrative, metadata.csv and offsets.csv.

    The author and every other metadata field goes the same way; the author is always a surrogate.

    Returns
    -------
    int
        How many names and numbers gave way.

    Raises
    ------
    CorpusError
        Where the salt is too short to be secret, or the folder holds something already.
    """
    if len(salt) < 16:
        raise CorpusError("the salt is too short to be secret: give at least 16 characters and keep them apart")
    if out.exists() and any(out.iterdir()):
        raise CorpusError(f"{out}: this folder is not empty; name a new one, so that nothing is mixed up")
    out.mkdir(parents=True, exist_ok=True)
    rows, records = [], []
    for number, narrative in enumerate(corpus, start=1):
        id = f"narrative-{number:04d}"  # a file name can be a name
        text, offsets = pseudonymise(narrative.source, salt, firms=firms, keep=keep)
        (out / f"{id}.txt").write_text(text, encoding="utf-8", newline="")
        rows += [(id, *row) for row in offsets]
        records.append({"id": id, "file": f"{id}.txt", **_metadata(narrative, salt, firms, keep)})
    _write(out / "offsets.csv", ("id", "source_start", "source_end", "start", "end", "surrogate"), rows)
    head = list(dict.fromkeys(key for record in records for key in record))
    _write(out / "metadata.csv", head, ([record.get(key, "") for key in head] for record in records))
    (out / "README.md").write_text(f"# Pseudonymised texts\n\n{NOTICE}\n", encoding="utf-8")
    return len(rows)


def _metadata(narrative: Narrative, salt: bytes, firms: Collection[str], keep: Collection[str]) -> Mapping[str, str]:
    fields = {"language": narrative.language, "industry": narrative.industry or "", **narrative.metadata}
    for key, value in fields.items():
        if key == "author" and value:
            fields[key] = surrogate(Found(0, 0, "AUTEUR", value.casefold()), salt)
        elif key not in ("language", "industry", "date", "licence"):
            fields[key] = pseudonymise(str(value), salt, firms=firms, keep=keep)[0]
    return fields


def _write(path: Path, head: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)

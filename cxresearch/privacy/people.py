"""Where a text names people: by lists, by what stands before a name, and by what the same text tells elsewhere.

Every text is read twice. What is sure in one place (*monteur Duco*, *een meisje, Shanti, dat*) is known in the second
reading wherever it stands bare. Capital letters are evidence only where a writer uses them: not in a line that shouts
and not in a post without any; there a name needs a list or a title.
"""

from __future__ import annotations

import re

from cxresearch.codebook import names
from cxresearch.privacy.writing import firm_names, fold, shouted_lines, without_capitals

WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_][\w'’-]*\.?|'[tTsS]\b|d'")
INITIALS = re.compile(r"(?!P\.S\.)(?:[A-Z]\.|(?:Th|Ch|Chr|Ph|Fr|St|Yv|IJ)\.)+")
PLACING = frozenset("in op aan bij onder uit over".split())  # a prefix only before another one: in 't Veld
OFFICE = re.compile(
    r"(?:beheer|handeling|facturatie|dienst|service|zaken|afdeling|voorwaarden|administratie|verkoop|bode|post|net)$"
)
SIGNATURE = re.compile(  # a line of its own with two to four words as a name has them, after a greeting or at the end
    r"(?:groet\w*|hoogacht\w*|vriendelijk|gegroet|mvg|[.!?])[,.]?\s*\n+\s*"
    r"((?:[A-Z]\.\s?)*[A-Z][\w'’-]+(?:\s(?:van|de|den|der|ter|ten|te|el|'t|baron|[A-Z][\w'’-]+)){1,5})(?=,[^\n]*\s*$|\s*$|\n)"
)
SURNAME_ENDS = re.compile(
    r"(?:stra|sma|[nl]inga|[^i]ema|inck|ckx|aerts?|ssens|ssen|mans|nga|oglu|ska|ski|wicz|czyk|enko|ouzi|aoui)$"
)
AGENT = re.compile(r"(?:[^aou]er|aar|ster|ist|iste|ling|ent|ente|eur|euse|loog|loge|tor|trice|man|vrouw|wacht|genoot)$")
LATIN = re.compile(r"(?:anus|elmus|dorus|onius|elius|inus|icus|ardus|ertus)$")
PRONOUN = frozenset(
    "ik hij zij ze we wij je jij u men de het een er mijn onze ons hun haar zijn dat deze die dit".split()
)


def find_people(text: str) -> list[tuple[int, int, str]]:
    """Return the names of people in a text: start, end, and what two spellings of a name share.

    Examples
    --------
    >>> [text for _, _, text in find_people("Monteur Duco kwam. Later was Duco weg, zei mevrouw De Wit.")]
    ['duco', 'duco', 'de wit']
    """
    reader = _Reader(text)
    reader.read()
    return list(reader.read())


class _Reader:
    """One text as words, and the parts of names that it has told so far (`known`: part to whole)."""

    def __init__(self, text: str) -> None:
        lists = names()["names"]
        self.text = text
        self.lists = lists
        self.words = [(hit.start(), hit.end(), hit.group()) for hit in WORD.finditer(text)]
        self.folded = [fold(word) for _, _, word in self.words]
        self.sloppy = without_capitals(text)
        shouted = shouted_lines(text)
        self.capital = [
            word[0].isupper() and not any(a <= start < b for a, b in shouted) for start, _, word in self.words
        ]
        # where letters tell nothing: there a surname is one word behind its prefixes
        self.loose = [
            not capital and (self.sloppy or any(a <= start < b for a, b in shouted))
            for (start, _, _), capital in zip(self.words, self.capital, strict=True)
        ]
        public = "|".join(
            re.escape(name).replace(r"\ ", r"\s+") for name in sorted(lists["public"], key=len, reverse=True)
        )
        self.kept = [hit.span() for hit in re.finditer(rf"\b(?:{public})\b", text, re.IGNORECASE)]
        self.kept += [hit.span() for hit in firm_names(text)]
        self.signed = {hit.start(1) for hit in SIGNATURE.finditer(text)}
        self.named: set[str] = set()  # names that a post without capital letters has told of: ene marnick
        self.known: dict[str, str] = {}
        self.sure: set[str] = set()  # what stood behind a title or a role: known also where it is a word

    def read(self) -> list[tuple[int, int, str]]:
        found = []
        i = 0
        while i < len(self.words):
            last = self._end(i)
            start, end = self.words[i][0], self.words[last - 1][1] if last > i else self.words[i][0]
            if last > i and not any(a <= start and end <= b + 2 for a, b in self.kept):
                end -= self.text[end - 1] == "." and len(self.words[last - 1][2]) > 2
                found.append((start, end, self._remember(i, last)))
                i = last
            else:
                i += 1
        return found

    def _remember(self, i: int, last: int) -> str:
        parts = self.folded[i:last]
        own = [part for part in parts if part not in self.lists["prefixes"]] or parts
        whole = self.known.get(own[-1]) or self.known.get(own[0]) or " ".join(parts)
        van = len(parts) > 1 and parts[-2] == "van" and self.words[last - 2][2] == "van"
        for part in own:
            if van and part == own[-1] and not self._last_name(part):
                continue  # *Fenna van Voltura* can be who she works for: the firm stays elsewhere
            if len(part) > 1:
                self.known.setdefault(part, whole)
        if self._role(i) or (
            last < len(self.words) and self.folded[last] in self.lists["verbs"] and not self._opens(i)
        ):
            self.sure.update(own)
        return whole

    def _end(self, i: int) -> int:
        """Return where the name that begins at word `i` ends; `i` itself where none does."""
        last = self._name(i)
        if last > i:
            return last
        word = self.folded[i]
        if word in self.known and word not in self.lists["not_names"] | self.lists["titles"]:
            certain = word in self.lists["first"] - self.lists["doubtful"] or (word in self.sure and self._acts(i))
            plain = self._opens(i) and not certain
            if self.capital[i] and not plain:
                return i + 1  # told in full before
            if (
                not self.capital[i]
                and self.sloppy
                and word in self.sure - self.lists["openers"]
                and (self._given(word) or word in self.named)
            ):
                return i + 1
        if self._last_line(i):
            return len(self.words)
        if self.words[i][0] in self.signed:
            line, comma = (self.text.find(sign, self.words[i][0]) for sign in "\n,")
            stop = min(x for x in (line, comma, len(self.text)) if x >= 0)
            return next((k for k in range(i, len(self.words)) if self.words[k][0] >= stop), len(self.words))
        return i

    def _name(self, i: int) -> int:
        lists, word = self.lists, self.folded[i]
        titled, role, opens, capital = self._titled(i), self._role(i), self._opens(i), self.capital[i]
        if INITIALS.fullmatch(self.words[i][2]) and (end := self._surname(i + 1)) > i + 1:
            return end if self.folded[i + 1] not in lists["openers"] else i  # J. de Boer, J.P. de Boer
        if not capital:
            return self._uncapitalised(i)
        if role and word in lists["not_names"] - lists["titles"] and len(word) == 3 and self._surname(i + 1) > i + 1:
            return self._surname(i + 1)  # haar dochter, Mei Lan
        if word in lists["titles"] | lists["openers"] | (lists["not_names"] - lists["prefixes"]):
            return i
        if re.search(r"-[a-z]{3,}$", self.words[i][2]) and not self._given(word):
            return i  # de Bosch-oven
        if self._given(word) or word in lists["doubtful"]:
            end = self._surname(i + 1)
            certain = (not opens or word in lists["first"] - lists["doubtful"]) and not self._address(i)
            if end > i + 1 or certain or titled or role or self._told_after(i) or self._acts(i):
                return end
        if word in lists["prefixes"] and not opens and (end := self._surname(i)) > i:
            return end  # met Van Damme; at the start of a sentence it is mostly a preposition
        if titled and (end := self._surname(i)) > i:
            return end
        if word in lists["prefixes"] or len(word) < 3:
            return i
        end = self._surname(i + 1)
        if end > i + 1 and self._last_name(self.folded[end - 1]):
            return end  # an unknown first name before a known surname: Sjoukje Hoekstra
        if OFFICE.search(word):
            return i
        if (self._apposed(i) and not opens) or self._human(i) or self._speaker(i):
            return end
        if not opens and (LATIN.search(word) or set(self.words[i][2].lower()) & set("şğı")):
            return end
        if (role and not opens) or self._coordinated(i) or self._told_after(i) or self._introduced(i):
            return end
        if not opens and self._last_name(word):
            return end
        return i

    def _uncapitalised(self, i: int) -> int:
        """*henk heeft*, *ene van dijk*, MENEER DE BOER: what a list or a title tells without capital letters."""
        lists, word = self.lists, self.folded[i]
        if word in lists["first"] - lists["doubtful"] - lists["lower"]:
            return self._surname(i + 1)
        if not self.loose[i]:
            end = self._surname(i) if word in lists["prefixes"] else i
            told = self._titled(i) or (self._role(i) and end > i and self._last_name(self.folded[end - 1]))
            return end if told else i  # de chef van Vliet, but not de chef van Ziggo
        if self._before(i) in lists["closings"] and not self.text[self.words[i][1] :].split("\n")[0].strip(" .!x"):
            return i + 1  # groetjes jayden
        heard = i > 1 and self.folded[i - 1] in {"ene", "heet", "heette"}
        heard &= i > 1 and self.folded[i - 2] not in {"de", "het", "aan", "die"}
        if heard and len(word) > 3 and word not in lists["openers"] | lists["not_names"] | PRONOUN | lists["prefixes"]:
            self.sure.add(word)
            self.named.add(word)
            return i + 1  # ene marnick
        if (
            len(word) == 1
            and self.words[i][2].endswith(".")
            and i + 1 < len(self.words)
            and len(self.folded[i + 1]) > 4
            and self.loose[i + 1]
        ):
            if self.folded[i + 1] in lists["verbs"] | lists["openers"]:
                return i
            self.sure.add(self.folded[i + 1])
            self.named.add(self.folded[i + 1])
            return i + 2  # d. overbeek
        if (
            word in lists["doubtful"]
            and i > 1
            and self.folded[i - 1] in ("en", "of")
            and self._given(self.folded[i - 2])
        ):
            return i + 1
        called = self._titled(i) or (i > 0 and self.folded[i - 1] in {"ene", "zekere", "volgens", "heet", "heette"})
        if called and (end := self._surname(i)) > i:
            return end
        if word in lists["doubtful"] - lists["lower"] and (called or self._acts(i) or self._role(i)):
            self.sure.add(word)
            return i + 1
        return i

    def _surname(self, k: int, more: int = 2) -> int:
        """The end of a surname at `k`, with its prefixes: van den Berg, De Smet-Claes, Ait Ben Haddou."""
        at = k
        if not self._joined(at):
            return k
        if more < 2 and not self.capital[at] and not self._given(self.folded[at - 1]):
            return k  # De Vries in Sneek; but Jan Pieter de Ruijter
        if self.folded[at] in PLACING and (
            at + 1 == len(self.words) or self.folded[at + 1] not in self.lists["prefixes"]
        ):
            return k
        while self._joined(at) and self.folded[at] in self.lists["prefixes"] and at - k < 3:
            at += 1
        if not self._joined(at) or self.folded[at] in self.lists["not_names"] or len(self.folded[at]) < 2:
            return k
        if not self.capital[at]:
            return (
                at + 1
                if self.loose[at] and self._last_name(self.folded[at]) and self.folded[at] not in self.lists["openers"]
                else k
            )
        return self._surname(at + 1, more - 1) if more and at + 1 < len(self.words) else at + 1

    def _joined(self, k: int) -> bool:
        if not 0 < k < len(self.words):
            return k == 0 and bool(self.words)
        before = self.words[k - 1]
        between = self.text[before[1] : self.words[k][0]]
        ended = before[2].endswith(".") and not INITIALS.fullmatch(before[2]) and self.folded[k - 1] not in self._short
        return between in (" ", "\u00a0", "", " '") and not ended

    @property
    def _short(self) -> frozenset[str]:
        return self.lists["abbreviated"]

    def _given(self, word: str) -> bool:
        """A first name, also a double one or with the s of possession: Pieter-Jan, Jeroens."""
        first = self.lists["first"]
        double = any(word[:k] in first and word[k:] in first for k in range(3, len(word) - 2))  # Ceesjan, Annemarie
        return (
            double or word in first or word.removesuffix("s") in first or any(part in first for part in word.split("-"))
        )

    def _last_name(self, word: str) -> bool:
        known = self.lists["surnames"]
        return any(part in known or (len(part) > 5 and bool(SURNAME_ENDS.search(part))) for part in word.split("-"))

    def _before(self, i: int) -> str:
        if not i or not re.fullmatch(r"[ \u00a0,:\n]*", self.text[self.words[i - 1][1] : self.words[i][0]]):
            return ""
        if self.words[i - 1][2].endswith(".") and self.folded[i - 1] not in self._short:
            return ""  # naast de notaris. Nu wilt u
        return self.folded[i - 1]

    def _titled(self, i: int) -> bool:
        return self._before(i) in self.lists["titles"]

    def _role(self, i: int) -> bool:
        """Who it is stands before: monteur Duco, filiaalmanager Aksoy, Beste Karin, a meisje, Shanti, dat."""
        before = self._before(i)
        if before in self.lists["greetings"] | self.lists["titles"]:
            return True
        if ":" in self.text[self.words[i - 1][1] : self.words[i][0]]:
            return False  # Agent: Goedemiddag
        if {before, before.removesuffix("s")} & self.lists["roles"]:
            return True
        return any(before.endswith(role) for role in self.lists["roles"] if len(role) > 4)

    def _address(self, i: int) -> bool:
        """*Lieve mam*, *Lieve allemaal*: a form of address before a word without a capital letter."""
        opening = i == 0 or "\n" in self.text[self.words[i - 1][1] : self.words[i][0]]
        return opening and self.folded[i] in self.lists["greetings"] and i + 1 < len(self.words) and self._joined(i + 1)

    def _opens(self, i: int) -> bool:
        return self.text[: self.words[i][0]].rstrip(" \u00a0\"'“”‘’«-–—")[-1:] in (".", "!", "?", "")

    def _told_after(self, i: int) -> bool:
        """*Ton, de voorman*, *Duco van de winkel zei*: who it is stands behind the name."""
        after = self.text[self.words[i][1] : self.words[i][1] + 40]
        hit = re.match(r"(?:,| is| was) (?:de|een|mijn|onze|zijn|haar|hun|m'n|mn) ([\w-]+)", after)
        return bool(hit) and any(
            fold(hit[1]).endswith(role)
            for role in self.lists["roles"] | self.lists["greetings"]
            if hit and len(role) > 3
        )

    def _apposed(self, i: int) -> bool:
        """*de handhaver, Gürkan*, *zijn zoontje Moritz*, *ik, Karel,*: a noun for somebody before the name."""
        before, nouns = self._before(i), self.lists["firm_nouns"]
        if before in ("ik", "wij", "hij", "zij") and ", " in self.text[self.words[i - 1][1] : self.words[i][0]]:
            return True
        if not before or self.capital[i - 1] or i < 2 or any(before.endswith(noun) for noun in nouns):
            return False
        owned = self.folded[i - 2] in {
            "mijn",
            "zijn",
            "haar",
            "onze",
            "ons",
            "hun",
            "uw",
            "m'n",
            "mn",
            "z'n",
            "zn",
            "je",
        }
        owned &= len(before) > 3 and bool(re.search(r"(?:[^aeiou]je|ling|er|aar|ster|in|oot|iend|ent)$", before))
        agent = self.folded[i - 2] in {"de", "een", "die", "ex"} and len(before) > 5 and bool(AGENT.search(before))
        return owned or agent

    def _human(self, i: int) -> bool:
        """*Winter zuchtte*, *die Dieudonné heette*, *Ewout, 41,*: what only people do or are."""
        after = self.text[self.words[i][1] : self.words[i][1] + 30]
        if re.match(r" (?:heette|heet|genaamd)\b|, \d\d(?: jaar)?,", after):
            return True
        if re.match(r", (?:die|dat) ", after) and self.text[: self.words[i][0]].endswith(", "):
            return True  # er kwam een ander bij, Ronnie, die erop sloeg
        if i + 1 >= len(self.words) or not self._joined(i + 1) or self.folded[i + 1] not in self.lists["human"]:
            return False
        # *Gisteren zuchtte ik*: behind the verb stands who did it
        return self.words[i][2].istitle() and (i + 2 >= len(self.words) or self.folded[i + 2] not in PRONOUN)

    def _speaker(self, i: int) -> bool:
        """*[14:02] Ibrahima Sow: mijn pas*: who speaks in a chat, at the start of a line, more than once."""
        hit = re.match(r"[A-Z][\w'’-]+(?: [A-Z][\w'’.-]+){0,2}: ", self.text[self.words[i][0] :])
        starts = self.text[: self.words[i][0]].rsplit("\n", 1)[-1]
        if not hit or not re.fullmatch(r"(?:\[?[\d:. -]+\]?)?\s*", starts) or self.folded[i] in self.lists["speakers"]:
            return False
        return len(re.findall(r"(?m)^(?:\[?[\d:. -]+\]?)?\s*" + re.escape(hit.group()), self.text)) > 1

    def _last_line(self, i: int) -> bool:
        """The text ends on a line of its own with one to four words as a name has them."""
        start = self.words[i][0]
        line = self.text[start:].strip()
        named = re.fullmatch(r"(?:[\w'’.-]+ ){0,3}[A-Z][\w'’-]+", line) and self.capital[i] and i > 0
        rest = zip(self.folded[i:], self.capital[i:], strict=True)
        plain = self.lists["not_names"] | self.lists["openers"] | self.lists["greetings"]
        return (
            bool(named)
            and self.text[:start].endswith("\n")
            and all((capital and word not in plain) or word in self.lists["prefixes"] for word, capital in rest)
        )

    def _acts(self, i: int) -> bool:
        """*Bas zegt van niet*, but not *Bloem, suiker*: the next word is what people do."""
        return i + 1 < len(self.words) and self._joined(i + 1) and self.folded[i + 1] in self.lists["verbs"]

    def _coordinated(self, i: int) -> bool:
        """*Saskia of Saskya*, *Sanne, Jinthe, Noah*: a capital letter in a row of names."""
        between = self.text[self.words[i - 1][1] : self.words[i][0]]
        if i and between == ", " and self.text[self.words[i][1] :][:1] == "," and self.capital[i - 1]:
            return self._given(self.folded[i - 1])
        if i < 2 or self.folded[i - 1] not in ("en", "of") or not self._joined(i) or not self._joined(i - 1):
            return False
        return self.capital[i - 2] and (self._given(self.folded[i - 2]) or self.folded[i - 2] in self.sure)

    def _introduced(self, i: int) -> bool:
        """*Ik ben Priya Raghunathan*, *mijn naam is*, *in de persoon van*: what says that a name comes."""
        before = self.text[max(0, self.words[i][0] - 24) : self.words[i][0]]
        if re.search(r"\b(?:naam (?:is|was|:)|(?:ten|op) name? van|m'n naam|getekend,?) $", before, re.IGNORECASE):
            return True
        two = self._surname(i + 1) > i + 1
        return two and bool(
            re.search(
                r"\b(?:ik ben|dit is|persoon van|namens|t\.a\.v\.|t\.n\.v\.|op naam van) $", before, re.IGNORECASE
            )
        )

"""The words of topics: what counts as a word, which words are typical of a topic, and names that people give them."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import simplemma
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from cxresearch.analysis.resampling import require
from cxresearch.errors import InputError

WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]|[^\W\d_]{2,}")
SHORTEST = 3  # letters
WORDS = 10  # that are kept of a topic
ALIKE = 0.5  # share of its words that a topic must have in common with a named one to bear its name
LABEL_COLUMNS = ("label", "words")


@functools.cache
def stopwords(language: str = "nl") -> frozenset[str]:
    """Return the words of codebook/stopwords.toml, which name no topic.

    Examples
    --------
    >>> "omdat" in stopwords("nl"), "rekening" in stopwords("nl")
    (True, False)
    """
    data = tomllib.loads(files("cxresearch.codebook").joinpath("stopwords.toml").read_text(encoding="utf-8"))
    if language not in data:
        raise InputError(f"language: no stop words in '{language}', only in {', '.join(data)}; give your own")
    return frozenset(data[language].split())


@functools.lru_cache(maxsize=200_000)
def _lemma(word: str, language: str) -> str:
    return _plain(simplemma.lemmatize(word, lang=language).lower())


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.replace("’", "'"))
    return "".join(c for c in letters if not unicodedata.combining(c))


def analyzer(
    stop: Iterable[str] | None = None, language: str = "nl", bigrams: bool = True
) -> Callable[[str], list[str]]:
    """Return a function from a text to its words as topics are named by them: lemmas, and pairs of them.

    Stop words part pairs: *dubbel betaald* gives *dubbel*, *betalen* and *dubbel betalen*.

    Examples
    --------
    >>> analyzer()("De rekeningen van de bank werden dubbel betaald.")
    ['rekening', 'bank', 'dubbel', 'dubbel betalen', 'betalen']
    """
    # A lemma may be a stop word where the form was none, and the other way round.
    left_out = frozenset(map(_plain, stopwords(language) if stop is None else stop))

    def words(text: str) -> list[str]:
        found: list[str] = []
        previous = ""
        end = -1
        for hit in WORD.finditer(text.lower()):
            form = hit.group()
            lemma = _lemma(form, language)
            if len(lemma) < SHORTEST or _plain(form) in left_out or lemma in left_out:
                previous = ""
                continue
            if bigrams and previous and text[end : hit.start()].isspace():
                found.append(f"{previous} {lemma}")
            found.append(lemma)
            previous, end = lemma, hit.end()
        return found

    return words


def counts(
    texts: Sequence[str], analyze: Callable[[str], list[str]], least: int = 2
) -> tuple[sparse.csr_matrix, list[str]]:
    """Return how often each word stands in each text, and the words: those of at least `least` texts.

    Raises
    ------
    InputError
        Where no word is left.
    """
    try:
        vectorizer = CountVectorizer(analyzer=analyze, min_df=least)
        table = vectorizer.fit_transform(texts)
    except ValueError as error:
        raise InputError("units: no word stands in two of them; there is nothing to name topics by") from error
    return table.tocsr(), vectorizer.get_feature_names_out().tolist()


def topic_words(table: sparse.csr_matrix, names: Sequence[str], labels: np.ndarray, top: int = WORDS) -> pd.DataFrame:
    """Return the words that are typical of each topic, by class-based TF-IDF (c-TF-IDF, Grootendorst 2022).

    Parameters
    ----------
    table : sparse matrix, shape (units, words)
        Counts.
    names : sequence of str
        The words.
    labels : ndarray of int
        The topic of each unit; -1 is none.
    top : int
        Words a topic.

    Returns
    -------
    DataFrame
        `topic`, `rank` (from 1), `word`, `weight`. Equal weights go by the alphabet: the same on every processor.

    Examples
    --------
    >>> table, names = counts(["trein laat", "trein perron", "soep koud", "soep lauw"], str.split, least=1)
    >>> topic_words(table, names, np.array([0, 0, 1, 1]), top=1)[["topic", "word"]].to_numpy().tolist()
    [[0, 'trein'], [1, 'soep']]
    """
    topics = sorted(set(labels.tolist()) - {-1})
    members = sparse.csr_matrix(
        (
            np.ones(len(labels)),
            (np.searchsorted(topics, labels, side="left") % max(len(topics), 1), np.arange(len(labels))),
        ),
        shape=(len(topics), len(labels)),
    )
    inside = sparse.diags((labels != -1).astype(float))
    frequency = np.asarray((members @ inside @ table).todense())
    sizes = frequency.sum(axis=1, keepdims=True)
    weight = frequency / np.where(sizes == 0, 1, sizes)
    everywhere = frequency.sum(axis=0)
    weight = weight * np.log1p(frequency.sum() / len(topics) / np.where(everywhere == 0, 1, everywhere))
    rows = []
    for row, topic in enumerate(topics):
        ranked = sorted((-round(float(weight[row, j]), 9), names[int(j)]) for j in np.flatnonzero(weight[row]))
        rows += [(topic, rank, word, -minus) for rank, (minus, word) in enumerate(ranked[:top], 1)]
    return pd.DataFrame(rows, columns=["topic", "rank", "word", "weight"])


def spoken_forms(texts: Iterable[str], language: str = "nl") -> dict[str, str]:
    """Return for each lemma the form that people write most (the first by the alphabet of several).

    Examples
    --------
    >>> spoken_forms(["rekeningen en rekeningen", "een rekening"])["rekening"]
    'rekeningen'
    """
    seen: dict[str, Counter[str]] = {}
    for text in texts:
        for hit in WORD.finditer(text.lower()):
            seen.setdefault(_lemma(hit.group(), language), Counter())[hit.group()] += 1
    return {lemma: min(forms, key=lambda form: (-forms[form], form)) for lemma, forms in seen.items()}


def read_labels(path: str | Path) -> pd.DataFrame:
    """Read the names that people gave to topics: a CSV with the columns `label` and `words`.

    Raises
    ------
    InputError
        Names the column that is missing.
    """
    table = pd.read_csv(path, dtype="string", keep_default_na=False)
    require(table, LABEL_COLUMNS, Path(path).name)
    return table


def named(words: pd.DataFrame, labels: pd.DataFrame | None = None, forms: dict[str, str] | None = None) -> pd.DataFrame:
    """Return a label for each topic: the name that a person gave to one of the same words, else its first words.

    A topic bears a name where it shares at least half of the words with the one that was named; each name is given
    once, to the topic that shares most.

    Returns
    -------
    DataFrame
        `topic`, `label`, `words` (all, with commas), `named` (by a person).

    Examples
    --------
    >>> words = pd.DataFrame({"topic": [0, 0], "rank": [1, 2], "word": ["trein", "perron"]})
    >>> named(words)["label"].tolist()
    ['trein · perron']
    >>> named(words, pd.DataFrame({"label": ["Vertraging"], "words": ["perron, trein"]}))["label"].tolist()
    ['Vertraging']
    """
    forms = forms or {}
    lists: dict[int, list[str]] = {}
    for topic, word in words.sort_values(["topic", "rank"])[["topic", "word"]].itertuples(index=False):
        lists.setdefault(int(topic), []).append(str(word))
    given: dict[int, str] = {}
    if labels is not None and len(labels):
        require(labels, LABEL_COLUMNS, "labels")
        known = [(str(row["label"]), {w.strip() for w in str(row["words"]).split(",")}) for _, row in labels.iterrows()]
        pairs = sorted(
            (-len(set(own) & other) / max(len(own), 1), topic, number)
            for topic, own in lists.items()
            for number, (_, other) in enumerate(known)
        )
        used: set[int] = set()
        for share, topic, number in pairs:
            if -share >= ALIKE and topic not in given and number not in used and known[number][0].strip():
                given[topic] = known[number][0].strip()
                used.add(number)
    rows = [
        (
            topic,
            given.get(topic) or " · ".join(" ".join(forms.get(w, w) for w in term.split()) for term in _distinct(own)),
            ", ".join(own),
            topic in given,
        )
        for topic, own in sorted(lists.items())
    ]
    return pd.DataFrame(rows, columns=["topic", "label", "words", "named"])


def _distinct(words: Sequence[str], number: int = 3) -> list[str]:
    """The first words that do not say the same again (*gratis*, *gratis levering*)."""
    kept: list[str] = []
    for word in words:
        if not any(set(word.split()) & set(other.split()) for other in kept):
            kept.append(word)
    return kept[:number]

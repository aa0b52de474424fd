"""NMF and LDA beside the topics: they find what was planted, in the same table, the same twice."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from cxresearch.analysis.topics.baselines import MODELS, baseline, compare_models


def planted(topics: int = 3, each: int = 60, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    subject = [[f"s{t}w{i:02}" for i in range(15)] for t in range(topics)]
    labels = np.repeat(np.arange(topics), each)
    texts = [" ".join([*random.choice(subject[t], 8), *random.choice(["ook", "nog", "dan"], 2)]) for t in labels]
    units = pd.DataFrame({"narrative_id": [f"n{i % 30:02}" for i in range(len(labels))], "text": texts})
    units["unit"] = units.groupby("narrative_id").cumcount() + 1
    return units.assign(planted=labels)


def content(text: str) -> list[str]:
    return [word for word in text.split() if word not in ("ook", "nog", "dan")]


@pytest.mark.parametrize("model", MODELS)
def test_planted_topics_are_found_and_stable(model: str) -> None:
    units = planted()
    found = baseline(units, 3, model, analyzer=content, draws=4)
    both = found.assignments.merge(units, on=["narrative_id", "unit"])
    assert adjusted_rand_score(both["topic"], both["planted"]) > 0.9
    assert found.stability["stable"].all()
    sizes = found.assignments["topic"].value_counts().sort_index()
    assert sizes.index.tolist() == [0, 1, 2] and sizes.is_monotonic_decreasing
    for _, words in found.words.groupby("topic"):
        assert words["word"].iloc[:5].str[:2].nunique() == 1 and words["rank"].tolist() == list(
            range(1, len(words) + 1)
        )


def test_side_by_side() -> None:
    units = planted()
    assignments = units[["narrative_id", "unit"]].assign(topic=units["planted"])
    rows = [(t, rank, f"s{t}w{rank:02}") for t in range(3) for rank in range(1, 11)]
    words = pd.DataFrame(rows, columns=["topic", "rank", "word"])
    table = compare_models(units, assignments, words, analyzer=content, draws=3)
    assert table["model"].tolist() == ["BERTopic", "NMF", "LDA"] and (table["topics"] == 3).all()
    assert table["agreement"].iloc[0] == 1 and (table["agreement"].iloc[1:] > 0.9).all()
    assert (table["coherence"] > 0.2).all() and (table["coherence_low"] < table["coherence"]).all()
    assert (table["stability"].iloc[1:] > 0.9).all() and pd.isna(table["stability"].iloc[0])
    shuffled = compare_models(
        units.sample(frac=1, random_state=1), assignments.sample(frac=1, random_state=2), words,
        analyzer=content, draws=3,
    )  # fmt: skip
    pd.testing.assert_frame_equal(table, shuffled)


def test_units_without_words_have_no_topic() -> None:
    units = planted()
    units.loc[3, "text"] = ""
    found = baseline(units, 3, "LDA", analyzer=content, draws=2).assignments
    assert (found["topic"] == -1).sum() == 1


def test_what_is_wrong_is_named() -> None:
    units = planted()
    with pytest.raises(ValueError, match="model: 'LSA' is none of NMF, LDA"):
        baseline(units, 3, "LSA", analyzer=content)
    with pytest.raises(ValueError, match="topics: from 2"):
        baseline(units, 1, "NMF", analyzer=content)
    with pytest.raises(ValueError, match="no word is in two of them"):
        baseline(units.assign(text=[f"w{i}" for i in range(len(units))]), 3, "NMF", analyzer=content)

"""Intrusion tests: sheets that do not give themselves away, scores by hand, raters who see and raters who guess."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from cxresearch.analysis.topics.intrusion import topic_intrusion, topic_shares, word_intrusion, write_sheets
from cxresearch.analysis.topics.intrusion_scores import read_answers, score_topics, score_words


def as_words(topics: int = 8, number: int = 12) -> pd.DataFrame:
    rows = [(topic, rank, f"w{topic}x{rank}") for topic in range(-1, topics) for rank in range(1, number + 1)]
    return pd.DataFrame(rows, columns=["topic", "rank", "word"])


def assignments(narratives: int = 40, topics: int = 8) -> pd.DataFrame:
    random = np.random.default_rng(3)
    rows = [
        (f"n{n:03}", unit, int(topic))
        for n in range(narratives)
        for unit, topic in enumerate(random.choice(random.permutation(topics)[:4], 12, p=[0.4, 0.3, 0.2, 0.1]), start=1)
    ]
    return pd.DataFrame(rows, columns=["narrative_id", "unit", "topic"])


def test_a_word_sheet_has_one_word_of_another_topic_on_every_line_and_no_outliers() -> None:
    sheet, key = word_intrusion(as_words(), repeats=2)
    assert len(sheet) == len(key) == 16 and (sheet["answer"] == "").all() and "topic" not in sheet
    places = []
    for line, (_, topic, intruder, _) in zip(sheet.itertuples(index=False), key.itertuples(index=False), strict=True):
        options = list(line[1:-1])
        strange = [word for word in options if not word.startswith(f"w{topic}x")]
        assert strange == [intruder] and not intruder.startswith("w-1")
        places.append(options.index(intruder))
    assert len(set(places)) > 3 and key["topic"].tolist() != sorted(key["topic"])
    assert key.groupby("topic")["intruder"].nunique().eq(2).all()


def test_sheets_are_the_same_twice_and_another_with_another_seed() -> None:
    words = as_words()
    one, shuffled = word_intrusion(words)[0], word_intrusion(words.sample(frac=1, random_state=0))[0]
    pd.testing.assert_frame_equal(one, shuffled)
    assert not one.equals(word_intrusion(words, seed=1)[0])


def test_precision_by_hand_with_missing_answers() -> None:
    key = pd.DataFrame({"item": ["w001", "w002"], "topic": [0, 1], "intruder": ["pas", "bus"]})
    key["options"] = ["trein|pas|spoor", "geld|rente|bus"]
    rows = [("w001", "a", "Pas "), ("w001", "b", 2), ("w001", "c", "trein"), ("w001", "d", None)]
    rows += [("w002", "a", "3"), ("w002", "b", ""), ("w002", "c", "bus"), ("w002", "d", np.nan)]
    table = score_words(pd.DataFrame(rows, columns=["item", "rater", "answer"]), key)
    assert table[["scope", "n", "k", "missing"]].to_numpy().tolist() == [
        ["topic", 3, 2, 1],
        ["topic", 2, 2, 2],
        ["all", 5, 4, 3],
    ]
    assert table["estimate"].tolist() == pytest.approx([2 / 3, 1, 0.8])
    assert table.loc[0, ["low", "high"]].tolist() == pytest.approx(list(proportion_confint(2, 3, method="beta")))
    assert table["reason"].iloc[2] == "interval not estimable: 2 clusters (item), at least 5 are needed"
    assert table["chance"].tolist() == pytest.approx([1 / 3] * 3)
    none = score_words(pd.DataFrame({"item": ["w001"], "rater": ["a"], "answer": [None]}), key)
    assert (none["reason"] == "not estimable: no answers").all() and none["estimate"].isna().all()


def test_raters_who_see_it_are_told_from_raters_who_guess() -> None:
    sheet, key = word_intrusion(as_words(topics=20))
    random = np.random.default_rng(0)
    right = dict(zip(key["item"], key["intruder"], strict=True))
    for skill, low, high in ((0.9, 0.6, 1), (0.0, 0.05, 0.35)):
        rows = [
            (item, rater, right[item] if random.random() < skill else str(random.choice(options)))
            for item, *options in sheet.drop(columns="answer").itertuples(index=False)
            for rater in "abcd"
        ]
        overall = score_words(pd.DataFrame(rows, columns=["item", "rater", "answer"]), key).iloc[-1]
        assert low < overall["low"] < overall["estimate"] < overall["high"] < high + 1e-9
        assert (overall["low"] <= overall["chance"] <= overall["high"]) == (skill == 0)


def test_topic_log_odds_by_hand() -> None:
    # Chang et al., equation 2: mean over raters of log share(intruder) - log share(answer)
    shares = pd.DataFrame({"narrative_id": "n1", "topic": [0, 1, 2], "share": [0.6, 0.3, 0.1]})
    words = as_words(topics=3)
    texts = pd.DataFrame({"narrative_id": ["n1"], "text": ["Er was eens."]})
    sheet, key = topic_intrusion(shares, words, texts, shown=2)
    assert key["topic"].tolist() == [2] and sheet["text"].tolist() == ["Er was eens."]
    topics = [int(name) for name in key["topics"].iloc[0].split()]
    answers = pd.DataFrame({"item": "t001", "rater": list("abc")})
    answers["answer"] = [topics.index(2) + 1, topics.index(0) + 1, sheet[f"option_{topics.index(1) + 1}"].iloc[0]]
    table = score_topics(answers, key, shares)
    by_hand = np.mean([0, np.log(0.1 / 0.6), np.log(0.1 / 0.3)])
    assert table["estimate"].tolist() == pytest.approx([by_hand] * 2)
    assert table["chance"].tolist() == pytest.approx([by_hand] * 2)  # each option was given once
    assert table["precision"].tolist() == pytest.approx([1 / 3] * 2)


def test_topic_sheet_shows_the_main_topics_and_one_that_is_not_there() -> None:
    frame, words = assignments(), as_words()
    shares = topic_shares(frame)
    assert shares.groupby("narrative_id")["share"].sum().to_numpy() == pytest.approx(1)
    texts = pd.DataFrame({"narrative_id": sorted(set(frame["narrative_id"])), "text": "tekst"})
    sheet, key = topic_intrusion(shares, words, texts, items=20)
    assert len(sheet) == 20
    for narrative, topic, shown in key[["narrative_id", "topic", "topics"]].itertuples(index=False):
        counts = frame.loc[frame["narrative_id"] == narrative, "topic"].value_counts()
        assert counts.get(topic, 0) == 0
        own = [int(name) for name in shown.split() if int(name) != topic]
        assert min(counts[own]) >= counts.nlargest(3).min()
    right = pd.DataFrame({"item": key["item"], "rater": "a", "answer": key["intruder"]})
    overall = score_topics(right, key, shares).iloc[-1]
    assert overall["estimate"] == 0 and overall["precision"] == 1 and overall["chance"] < -1


def test_files_there_and_back_as_spreadsheets_save_them(tmp_path: Path) -> None:
    sheet, key = word_intrusion(as_words())
    *copies, key_file = write_sheets(sheet, key, tmp_path / "sheets", ["anna", "bob"])
    assert [path.name for path in copies] == ["intrusion_anna.csv", "intrusion_bob.csv"]
    assert "intruder" not in copies[0].read_text(encoding="utf-8-sig")
    filled = pd.read_csv(copies[0], dtype="string").assign(answer=key["intruder"])
    filled.to_csv(copies[0], sep=";", index=False)
    answers = read_answers(copies)
    table = score_words(answers, pd.read_csv(key_file))
    assert table.iloc[-1][["n", "k", "missing"]].tolist() == [8, 8, 8]
    with pytest.raises(ValueError, match="is there already and may hold answers"):
        write_sheets(sheet, key, tmp_path / "sheets", ["anna"])
    with pytest.raises(ValueError, match="no readable sheet"):
        read_answers([tmp_path / "none.csv"])


def test_what_is_wrong_is_named() -> None:
    _, key = word_intrusion(as_words())
    answers = pd.DataFrame({"item": ["w001"], "rater": ["a"], "answer": ["fiets"]})
    with pytest.raises(ValueError, match="'fiets' is no option of item w001"):
        score_words(answers, key)
    with pytest.raises(ValueError, match="item w999 is not in the key"):
        score_words(answers.assign(item="w999"), key)
    with pytest.raises(ValueError, match="rater a answered item w001 twice"):
        score_words(pd.concat([answers, answers]), key)
    with pytest.raises(ValueError, match="there is 1 topic"):
        word_intrusion(as_words(topics=1))
    with pytest.raises(ValueError, match="fewer than 20 words"):
        word_intrusion(as_words(), shown=20)
    with pytest.raises(ValueError, match="no narrative has 5 topics of its own"):
        topic_intrusion(
            topic_shares(assignments()), as_words(), pd.DataFrame({"narrative_id": ["n"], "text": ["a"]}), shown=5
        )

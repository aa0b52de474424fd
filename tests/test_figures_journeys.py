"""Figures of journeys, feelings and topics: nothing cut or overlapping, every mark in the data, what fails is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxresearch.analysis import arcs, distances, journeys, pathways
from cxresearch.codebook import event_types, industries
from cxresearch.figures import Picture, problems, render
from cxresearch.figures.arcs import emotion_over_time
from cxresearch.figures.clusters import cluster_medoids, silhouette_curve
from cxresearch.figures.journeys import MOST_ROWS, sequence_index, state_distribution
from cxresearch.figures.map_layout import from_early_to_late, lanes_of
from cxresearch.figures.process import process_map, process_maps
from cxresearch.figures.style import COLOURS
from cxresearch.figures.topic_maps import topic_map
from cxresearch.figures.topics import stability_curve, topic_groups, topic_hierarchy

GROUPS = [*list(industries())[:12], "an_industry_with_a_very_long_name_indeed"]
TYPES = list(event_types())
SEEN = [("en", "single"), ("nl", "single"), ("nl", "one-half"), ("en", "double")]
TOPICS = 14


def make_sequences(episodes: int = 90) -> pd.DataFrame:
    """Journeys of made-up episodes; the last group has two."""
    random = np.random.default_rng(0)
    rows = []
    for i in range(episodes):
        group = GROUPS[-1] if i < 2 else GROUPS[i % 12]
        state = int(random.integers(4))
        for j in range(int(random.integers(1, 14))):
            rows.append((f"a-narrative-with-a-long-name-{i:03}", 1, group, j + 1, TYPES[state]))
            state = int(min(len(TYPES) - 1, max(0, state + random.integers(-3, 5))))
    return pd.DataFrame(rows, columns=["narrative_id", "episode", "industry", "position", "state"])


def make_events() -> pd.DataFrame:
    table = make_sequences()
    feelings = ["anger", "joy", "surprise", "fear"]
    kinds = [feelings[i % 4] if state == "emotion" else None for i, state in enumerate(table["state"])]
    frame = table.rename(columns={"state": "type"}).assign(subtype=kinds, start=table["position"] * 50)
    return frame.assign(end=frame["start"] + 9, polarity="affirmed", realis="actual")


def make_topics() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """A map, merges, stability and rates of made-up topics: two on one spot, a third unstable, a group too small."""
    random = np.random.default_rng(1)
    places = pd.DataFrame(random.normal(size=(TOPICS, 2)).round(3), columns=["x", "y"])
    places.loc[1, ["x", "y"]] = places.loc[0, ["x", "y"]].to_numpy()
    labels = [f"wachten · telefoon · menu {i}" for i in range(TOPICS)]
    places = places.assign(topic=range(TOPICS), n=[300 // (i + 1) for i in range(TOPICS)], label=labels, shown=0.4)
    merges = [(0, 1, 0.1, 2)] + [(TOPICS + i, i + 2, 0.2 + 0.05 * i, i + 3) for i in range(TOPICS - 2)]
    stable = pd.DataFrame({"topic": [*range(TOPICS), pd.NA], "stable": [*(i % 3 > 0 for i in range(TOPICS)), pd.NA]})
    stable = stable.astype({"topic": "Int64", "stable": "boolean"})
    rates = []
    for topic in range(TOPICS):
        for j, group in enumerate(GROUPS):
            value = None if j == 12 else 0.05 * ((topic + j) % 13)
            rates.append((topic, group, "narrative", 20 + j, value, value, value, topic % 3 > 0))
    names = ["topic", "group", "level", "n", "estimate", "low", "high", "stable"]
    frame = pd.DataFrame(rates, columns=names).astype(dict.fromkeys(["estimate", "low", "high"], "Float64"))
    return places, pd.DataFrame(merges, columns=["left", "right", "distance", "n"]), stable, frame


def make_choice(chosen: int | None = 2) -> pd.DataFrame:
    k = np.arange(4, 31, 2)
    frame = pd.DataFrame({"topics": k, "n": 1774, "stability": 3 / k, "low": 2.5 / k, "high": 3.5 / k, "null": 1 / k})
    return frame.assign(coherence=0.1 - 0.01 * k, recommended=[i == chosen for i in range(len(k))])


PLACES, MERGES, STABLE, RATES = make_topics()
SEQUENCES = make_sequences()
FAMILIES = SEQUENCES.assign(state=pathways.families(SEQUENCES["state"]))
APART = distances.optimal_matching(SEQUENCES)
CLUSTERS = distances.clusters(APART, 4)
BY = {"by": "industry"}

DRAW: dict[str, Callable[..., Picture]] = {
    "map": lambda **look: process_map(*journeys.process_map(SEQUENCES), **look),
    "index": lambda **look: sequence_index(SEQUENCES, **look),
    "index of clusters": lambda **look: sequence_index(SEQUENCES, CLUSTERS, **look),
    "distribution": lambda **look: state_distribution(pathways.state_distribution(FAMILIES), **look),
    "medoids": lambda **look: cluster_medoids(CLUSTERS, SEQUENCES, **look),
    "silhouettes": lambda **look: silhouette_curve(distances.silhouettes(APART, [1, *range(2, 8)]), **look),
    "feelings": lambda **look: emotion_over_time(arcs.emotion_over_time(make_events()), **look),
    "feelings in ten": lambda **look: emotion_over_time(arcs.emotion_over_time(make_events(), parts=10), **look),
    "topics": lambda **look: topic_map(PLACES, STABLE, **look),
    "choice": lambda **look: stability_curve(make_choice(), **look),
    "tree": lambda **look: topic_hierarchy(MERGES, PLACES, STABLE, **look),
}
WIDE: dict[str, Callable[..., Picture]] = {
    "maps": lambda **look: process_maps(*pathways.maps_by(SEQUENCES), groups=[*GROUPS[:5], GROUPS[-1]], **look),
    "distributions": lambda **look: state_distribution(
        pathways.state_distribution(FAMILIES, by="industry", fewest=3), groups=[*GROUPS[:5], GROUPS[-1]], **BY, **look
    ),
    "feelings by group": lambda **look: emotion_over_time(
        arcs.emotion_over_time(make_events(), by="industry"), groups=[*GROUPS[:5], GROUPS[-1]], **BY, **look
    ),
    "topics by group": lambda **look: topic_groups(RATES, PLACES, intervals=look["language"] == "nl", **look),
}


def words(picture: Picture) -> list[str]:
    return [text.get_text() for axes in picture.figure.axes for text in axes.texts]


def sound(picture: Picture) -> None:
    assert problems(picture.figure) == []
    assert picture.caption.endswith(".")
    assert picture.alt.endswith(".")
    assert "{" not in picture.caption + picture.alt
    assert "nan" not in picture.caption + picture.alt
    assert "family_" not in picture.alt
    assert picture.n
    assert len(picture.data)


@pytest.mark.parametrize(("language", "width"), SEEN)
@pytest.mark.parametrize("name", DRAW)
def test_nothing_is_cut_or_overlaps(name: str, language: str, width: str) -> None:
    sound(DRAW[name](language=language, width=width))


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("name", WIDE)
def test_nothing_is_cut_or_overlaps_in_panels(name: str, language: str) -> None:
    picture = WIDE[name](language=language, width="double")
    sound(picture)
    if name != "topics by group":
        assert words(picture).count({"en": "not estimable", "nl": "niet te schatten"}[language]) == (
            name != "feelings by group"
        )
    assert picture.figure.get_figheight() * 25.4 < 300


@pytest.mark.parametrize("name", [*DRAW, *WIDE])
def test_same_frame_same_bytes(name: str) -> None:
    draw = (DRAW | WIDE)[name]
    first, second = (render(draw(language="en", width="double").figure, "svg") for _ in range(2))
    assert first == second


def test_map_has_a_box_a_state_and_an_arc_a_step() -> None:
    nodes, edges = journeys.process_map(SEQUENCES)
    picture = process_map(nodes, edges)
    arcs_drawn = sorted(patch.get_gid() for patch in picture.figure.axes[0].patches if patch.get_gid())
    onwards = edges[edges["source"] != edges["target"]]
    assert arcs_drawn == sorted(f"{s}→{t}" for s, t in zip(onwards["source"], onwards["target"], strict=True))
    shares = sorted(text for text in words(picture) if text.endswith("%"))
    inner = nodes[~nodes["state"].isin([journeys.START, journeys.END])]
    assert shares == sorted(f"{100 * share:.0f}%" for share in inner["share"])
    numbers = [text for text in words(picture) if text.isdigit()]
    assert sorted(numbers) == sorted(f"{100 * share:.0f}" for share in onwards["share"])
    assert picture.data["mark"].value_counts().to_dict() == {"step": len(edges), "state": len(nodes)}


def test_thicker_arcs_are_larger_shares() -> None:
    nodes, edges = journeys.process_map(SEQUENCES)
    thick = {p.get_gid(): p.get_linewidth() for p in process_map(nodes, edges).figure.axes[0].patches if p.get_gid()}
    shares = {f"{s}→{t}": share for s, t, share in zip(edges["source"], edges["target"], edges["share"], strict=True)}
    names = sorted(thick, key=lambda name: shares[name])
    assert [thick[name] for name in names] == sorted(thick.values())


def test_states_stand_from_early_to_late() -> None:
    steps = pd.DataFrame([("c", "b", 0.9), ("b", "a", 0.8), ("a", "b", 0.1)], columns=["source", "target", "share"])
    assert from_early_to_late(["a", "b", "c"], steps) == ["c", "b", "a"]


def test_arcs_within_each_other_have_lanes_of_their_own() -> None:
    y = {name: float(i) for i, name in enumerate("abcd")}
    spans = [(1.0, "a", "b", 0.1, ""), (1.0, "c", "d", 0.1, ""), (2.0, "a", "c", 0.1, ""), (3.0, "a", "d", 0.1, "")]
    assert list(lanes_of(spans, y).values()) == [1, 1, 2, 3]


def test_index_has_every_event_in_its_place() -> None:
    picture = sequence_index(SEQUENCES)
    boxes = picture.figure.axes[0].collections[0].get_paths()
    assert len(boxes) == len(SEQUENCES) == len(picture.data)
    corners = sorted((box.vertices[:, 0].min() + 0.5, box.vertices[:, 1].min()) for box in boxes)
    assert corners == sorted(zip(picture.data["position"], picture.data["row"].astype(float), strict=True))


def test_index_of_very_many_says_how_many_are_drawn() -> None:
    ids = [f"n{i:04}" for i in range(MOST_ROWS + 50)]
    many = pd.DataFrame({"narrative_id": ids, "episode": 1, "position": 1, "state": "wait"})
    picture = sequence_index(many)
    assert (picture.n["episodes"], len(picture.data)) == (450, 400)
    assert "400 of 450" in picture.caption
    assert any("(n = 450)" in axes.get_title("left") for axes in picture.figure.axes)


def test_bars_are_those_of_the_table() -> None:
    picture = state_distribution(pathways.state_distribution(FAMILIES))
    heights = sorted(patch.get_height() for patch in picture.figure.axes[0].patches)
    assert np.allclose(heights, sorted(picture.data["estimate"]))
    n = picture.data.groupby("position")["n"].max()
    assert words(picture) == [f"{value:.0f}" for value in n]


def test_medoids_are_told_event_by_event() -> None:
    picture = cluster_medoids(CLUSTERS, SEQUENCES)
    cells = [patch for patch in picture.figure.axes[0].patches if patch.get_height() > 5]
    assert len(cells) == len(picture.data)
    assert picture.data["cluster"].nunique() == CLUSTERS["cluster"].nunique()


def test_silhouettes_stand_where_the_table_says_and_the_best_is_filled() -> None:
    table = distances.silhouettes(APART, range(1, 8))
    picture = silhouette_curve(table)
    marks = [line for line in picture.figure.axes[0].lines if line.get_marker() == "o"]
    assert np.allclose([line.get_ydata()[0] for line in marks], table["estimate"].dropna())
    filled = [line.get_xdata()[0] for line in marks if line.get_markerfacecolor() != "white"]
    assert filled == table.loc[table["best"], "k"].tolist()
    assert words(picture).count("not estimable") == 1


def test_feelings_stand_where_the_table_says() -> None:
    table = arcs.emotion_over_time(make_events())
    axes = emotion_over_time(table).figure.axes[0]
    for valence in arcs.VALENCES:
        dots = next(line for line in axes.lines if line.get_gid() == valence)
        assert np.allclose(dots.get_ydata(), table.loc[table["valence"] == valence, "estimate"].astype(float))
    intervals = [line for line in axes.lines if len(set(line.get_xdata())) == 1 and len(line.get_xdata()) == 2]
    assert len(intervals) == table["low"].notna().sum()


def test_a_part_that_is_not_estimable_is_a_dash() -> None:
    table = arcs.emotion_over_time(make_events())
    table.loc[table["part"] == 3, ["estimate", "low", "high"]] = pd.NA
    picture = emotion_over_time(table)
    assert words(picture) == ["–", "–"]
    assert "not estimable" in picture.caption


def test_circles_are_as_large_as_n_and_dashed_where_not_stable() -> None:
    picture = topic_map(PLACES, STABLE)
    drawn = {c.get_gid(): c for c in picture.figure.axes[0].collections}
    areas = np.array([drawn[str(topic)].get_sizes()[0] for topic in PLACES["topic"]])
    assert np.allclose(areas / areas[0], PLACES["n"] / PLACES["n"][0])
    white = [t for t in PLACES["topic"] if np.allclose(drawn[str(t)].get_facecolor()[0][:3], 1)]
    assert white == STABLE.loc[STABLE["stable"].eq(False).fillna(False), "topic"].tolist()
    assert len({tuple(t.get_position()) for t in picture.figure.axes[0].texts}) == TOPICS
    assert picture.data["stable"].tolist() == [i % 3 > 0 for i in range(TOPICS)]


def test_curve_fills_the_number_that_is_recommended() -> None:
    axes = stability_curve(make_choice()).figure.axes
    for panel, column in zip(axes, ["stability", "coherence"], strict=False):
        dots = [line for line in panel.lines if len(line.get_xdata()) == 1]
        assert np.allclose([line.get_ydata()[0] for line in dots], make_choice()[column])
        assert [line.get_xdata()[0] for line in dots if line.get_markerfacecolor() != "white"] == [8]
    assert "None is recommended" in stability_curve(make_choice(None)).alt
    assert len(stability_curve(make_choice().assign(coherence=np.nan)).figure.axes) == 1


def test_tree_joins_topics_at_their_distances() -> None:
    picture = topic_hierarchy(MERGES, PLACES)
    heights = sorted(max(line.get_xdata()) for line in picture.figure.axes[0].lines)
    assert np.allclose(heights, sorted(MERGES["distance"]))
    leaves = [label.get_text() for label in picture.figure.axes[0].get_yticklabels()]
    assert len(leaves) == TOPICS
    assert "menu 0 and wachten · telefoon · menu 1" in picture.alt


def test_cells_of_topics_are_those_of_the_table() -> None:
    picture = topic_groups(RATES, PLACES)
    expected = ["–" if pd.isna(value) else f"{100 * value:.0f}" for value in RATES["estimate"]]
    assert sorted(words(picture)) == sorted(expected)
    assert picture.n == {"narratives": sum(20 + j for j in range(len(GROUPS)))}
    labels = [
        t.get_text() for t in (*picture.figure.axes[0].get_yticklabels(), *picture.figure.axes[0].get_xticklabels())
    ]
    assert sum("†" in label for label in labels) == 5


def test_topics_of_one_name_stay_apart() -> None:
    picture = topic_groups(RATES, PLACES.assign(label="wachten"))
    assert len(picture.data) == len(RATES)
    assert problems(picture.figure) == []


def one() -> dict[str, Callable[[], Picture]]:
    single = pd.DataFrame({"narrative_id": ["a"], "episode": 1, "position": 1, "state": "wait", "industry": "rail"})
    marks = pd.DataFrame({"narrative_id": ["a"], "episode": 1, "cluster": 1, "silhouette": 0.0, "medoid": True})
    event = make_events().iloc[:1]
    return {
        "map": lambda: process_map(*journeys.process_map(single), width="single"),
        "maps": lambda: process_maps(*pathways.maps_by(single), width="single"),
        "index": lambda: sequence_index(single, width="single"),
        "distribution": lambda: state_distribution(pathways.state_distribution(single), width="single"),
        "medoids": lambda: cluster_medoids(marks, single, width="single"),
        "silhouettes": lambda: silhouette_curve(distances.silhouettes(distances.optimal_matching(single))),
        "feelings": lambda: emotion_over_time(arcs.emotion_over_time(event), width="single"),
        "topics": lambda: topic_map(PLACES.iloc[:1], width="single"),
        "choice": lambda: stability_curve(make_choice().iloc[:1], width="single"),
        "topics by group": lambda: topic_groups(RATES.iloc[:1], PLACES, width="single"),
    }


@pytest.mark.parametrize("name", one())
def test_one_row(name: str) -> None:
    sound(one()[name]())


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: process_map(*(f.drop(columns="share") for f in journeys.process_map(SEQUENCES))), "share"),
        (lambda: process_map(*(f.assign(share="much") for f in journeys.process_map(SEQUENCES))), r"^share"),
        (lambda: process_map(*pathways.maps_by(SEQUENCES)), r"^state"),
        (
            lambda: process_map(journeys.process_map(SEQUENCES)[0].iloc[3:], journeys.process_map(SEQUENCES)[1]),
            r"^source",
        ),
        (lambda: process_maps(*pathways.maps_by(SEQUENCES), groups=["mine"]), r"^groups"),
        (lambda: process_maps(*pathways.maps_by(SEQUENCES), groups=GROUPS), r"^groups"),
        (lambda: sequence_index(SEQUENCES.drop(columns="state")), "state"),
        (lambda: sequence_index(SEQUENCES.iloc[:0]), "no rows"),
        (lambda: sequence_index(SEQUENCES, CLUSTERS.iloc[1:]), r"^cluster"),
        (lambda: state_distribution(pathways.state_distribution(SEQUENCES)), r"^state"),
        (lambda: state_distribution(pathways.state_distribution(FAMILIES, by="industry", fewest=3)), r"^position"),
        (lambda: cluster_medoids(CLUSTERS.assign(medoid=False), SEQUENCES), r"^medoid"),
        (lambda: silhouette_curve(pd.DataFrame({"k": [2]})), "estimate"),
        (lambda: emotion_over_time(arcs.emotion_over_time(make_events(), by="industry")), r"^part"),
        (lambda: emotion_over_time(arcs.emotion_over_time(make_events()).assign(valence="mild")), r"^valence"),
        (lambda: topic_map(PLACES.assign(x=np.nan)), r"^x"),
        (lambda: stability_curve(make_choice().drop(columns="null")), "null"),
        (lambda: topic_hierarchy(MERGES.iloc[1:], PLACES), r"^merges"),
        (lambda: topic_groups(RATES.drop(columns="group"), PLACES), "group"),
        (lambda: sequence_index(SEQUENCES, language="fr"), r"^language"),
        (lambda: topic_map(PLACES, width="broad"), r"^width"),
    ],
)
def test_bad_input_is_named(call: Callable[[], Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


def test_families_have_the_colours_of_the_house() -> None:
    picture = state_distribution(pathways.state_distribution(FAMILIES))
    handles = picture.figure.legends[0].get_patches()
    assert [patch.get_facecolor()[:3] for patch in handles] == [
        tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)) for colour in COLOURS
    ]

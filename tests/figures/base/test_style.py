from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ame_explore.data.sets.emoji.classes import CLASS_TEXTS
from ame_explore.figures.base.colors import OKABE_ITO
from ame_explore.figures.base.labels import palette, place_labels, short_names
from ame_explore.figures.base.style import TEMPLATE, arm_styles, f32, i32, log_axis, plain, scatter_class, wants_log


def test_arms_differ_in_more_than_colour() -> None:
    looks = arm_styles(["KD", "KD + AME", "feature KD", "label smoothing"])
    assert len({look.color for look in looks.values()}) == 4
    assert len({look.dash for look in looks.values()}) == 4
    assert len({look.symbol for look in looks.values()}) == 4
    assert looks["KD"].faint(0.25) == "rgba(0, 114, 178, 0.25)"
    assert len(arm_styles([str(i) for i in range(20)])) == 20


def test_arrays_travel_as_flat_binary() -> None:
    assert f32([[1.0, 2.0]]).dtype == np.float32 and f32([[1.0, 2.0]]).shape == (2,)
    assert i32(np.arange(3)).dtype == np.int32


def test_log_axes_where_values_span_decades() -> None:
    assert wants_log([1e-4, 1e-2]) and not wants_log([0.5, 1.0])
    assert not wants_log([0.0, 1.0]) and not wants_log([-1.0, 100.0]) and not wants_log([math.nan])
    ticks = log_axis(2e-4, 6e-3)
    assert ticks["type"] == "log" and {0.0002, 0.005} <= {float(f"{v:g}") for v in ticks["tickvals"]}
    assert dict(zip(ticks["ticktext"], ticks["tickvals"], strict=True))["0.001"] == pytest.approx(0.001)
    assert log_axis(1e-6, 10.0)["ticktext"][0] == "1e\u221206"


def test_few_points_are_drawn_in_svg_and_many_in_webgl() -> None:
    assert scatter_class(5000).__name__ == "Scatter" and scatter_class(5001).__name__ == "Scattergl"


def test_the_template_is_large_and_white() -> None:
    layout = TEMPLATE.layout
    assert layout.font.size >= 14 and layout.xaxis.tickfont.size >= 14 and layout.legend.font.size >= 14
    assert layout.paper_bgcolor == layout.plot_bgcolor == "white"
    assert tuple(layout.colorway) == OKABE_ITO


def test_text_of_users_is_drawn_as_it_stands() -> None:
    assert plain("<b>5 & 6</b>") == "&lt;\u200bb&gt;5 &amp; 6&lt;\u200b/b&gt;"
    assert "%{" not in plain("%{x}") and "\n" not in plain("a\nb")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a handwritten three", "a handwritten five"], ["three", "five"]),
        (["a photo of a cat, a pet", "a photo of a big dog, a pet"], ["cat,", "big dog,"]),
        (["one"], ["one"]),
        (["a cat", "a"], ["a cat", "a"]),
        (["a cat", "an owl", "the sun", "sports"], ["cat", "owl", "sun", "sports"]),
        (["a sun", "the sun", "an owl"], ["a sun", "the sun", "an owl"]),
        (["same", "same"], ["same", "same"]),
    ],
)
def test_short_names_drop_what_all_texts_share(texts: list[str], expected: list[str]) -> None:
    assert short_names(texts) == expected


def test_up_to_ten_classes_have_a_colour_each() -> None:
    for count in (2, 6, 7, 10):
        looks = palette([f"class {i}" for i in range(count)])
        assert len(set(looks.colors)) == count and looks.one_color_a_class


def test_many_classes_share_the_colour_of_a_shared_word() -> None:
    scenes = [
        f"a {paint} {shape}" for shape in ("circle", "square", "star") for paint in ("red", "blue", "green", "white")
    ]
    looks = palette(scenes)
    assert not looks.one_color_a_class and set(looks.groups) == {"red", "blue", "green", "white"}
    by_group = dict(zip(looks.groups, looks.colors, strict=True))
    assert len(set(by_group.values())) == 4 and by_group["blue"] == "#0072B2"
    assert looks.names[0] == "red circle"


def test_many_classes_without_a_shared_word_have_a_hue_each() -> None:
    emoji = palette(list(CLASS_TEXTS.values()))
    assert len(set(emoji.colors)) == len(CLASS_TEXTS) == 40 and set(emoji.groups) == {"all classes"}
    mostly = palette([f"a {word}" for word in ["big"] * 9 + ["red", "old"]])
    assert len(set(mostly.colors)) == 11  # "big" would paint nine of eleven alike


@given(st.integers(1, 12), st.integers(0, 1000))
@settings(deadline=None, max_examples=30)
def test_names_are_placed_inside_and_apart_where_there_is_room(count: int, seed: int) -> None:
    panel, size = 400.0, 15.0
    points = np.random.default_rng(seed).uniform(0, panel, (count, 2))
    sides = place_labels(points, ["seven"] * count, size=size, panel=panel)
    assert len(sides) == count and all(side for side in sides)
    # On the rim a name goes inward, since some side is always inside.
    corner = place_labels(np.array([[panel, panel]]), ["seven"], size=size, panel=panel)
    assert corner == ["bottom left"]


def test_two_names_at_one_place_take_different_sides() -> None:
    sides = place_labels(np.array([[200.0, 200.0], [202.0, 200.0]]), ["one", "two"], size=15.0, panel=400.0)
    assert sides[0] != sides[1]

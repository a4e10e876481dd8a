"""The figures: that they show what was recorded, and that all of them keep the house's rules."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.data import PairedFeatures
from ame_explore.figures import Drawing, comparison, entropy, losses, manifold
from ame_explore.figures.runs.comparison import changes
from ame_explore.figures.runs.entropy_curves import answer_entropies
from ame_explore.figures.runs.series import band, columns_of
from ame_explore.measures import alignment, modality_gap
from ame_explore.training import Run

MakeRuns = Callable[..., dict[str, list[Run]]]
MakeFeatures = Callable[..., PairedFeatures]


def named(figure: go.Figure, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


def font_sizes(node: Any, key: str = "") -> Iterator[float]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "size" and "font" in key:
                yield value
            yield from font_sizes(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from font_sizes(value, key)


@pytest.fixture(params=["manifold", "entropy", "losses", "comparison"])
def drawing(request: Any, make_runs: MakeRuns, summary: dict[str, Any]) -> Drawing:
    if request.param == "comparison":
        return comparison(summary["arms"], reference="KD", chance=summary["chance"])
    runs = make_runs()
    if request.param == "manifold":
        return manifold({arm: of[0].features(4) for arm, of in runs.items()}, base_classes=[0, 1])
    return {"entropy": entropy, "losses": losses}[request.param](runs)


def test_house_rules(drawing: Drawing) -> None:
    """Large type, a headline, a sentence, named axes, binary arrays, no WebGL for few points, nothing left at
    plotly's own.
    """
    figure = drawing.figure
    assert drawing.title and drawing.sentence.endswith(".")
    plain_json = json.loads(figure.to_json())
    assert min(font_sizes(plain_json)) >= 14
    assert all(int(size) >= 14 for size in re.findall(r"font-size: *(\d+)", str(plain_json)))
    assert plain_json["layout"]["template"]["layout"]["paper_bgcolor"] == "white"
    assert plotly.io.templates.default == "plotly"
    axes = list(figure.select_xaxes())
    assert axes and all(axis.title.text for axis in axes)
    assert any(axis.title.text or axis.ticktext for axis in figure.select_yaxes())
    for trace in plain_json["data"]:
        assert trace["type"] == "scatter"
        for axis in ("x", "y"):
            values = trace.get(axis)
            assert isinstance(values, dict) and values["dtype"] in ("f4", "i4") if values != [None] else True
    shown = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("renderer", ["plotly_mimetype", "plotly_mimetype+notebook"])
def test_a_drawing_shows_itself_in_a_notebook(drawing: Drawing, renderer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plotly.io.renderers, "default", renderer)
    bundle = drawing._repr_mimebundle_()
    assert "text/html" not in bundle
    assert bundle["application/vnd.plotly.v1+json"]["layout"]["title"]["text"] == drawing.title
    assert bundle["text/plain"] == drawing.sentence
    assert bundle["application/vnd.plotly.v1+json"]["config"]["showSendToCloud"] is False
    picture = ElementTree.fromstring(bundle["image/svg+xml"])
    assert picture.get("aria-label") == drawing.sentence
    texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert drawing.title in texts and "nan" not in bundle["image/svg+xml"].replace(drawing.sentence, "")
    assert len(bundle["image/svg+xml"]) < 100_000  # notebooks are saved with it


def test_showing_a_drawing_in_a_kernel_imports_nothing_slow() -> None:
    """Plotly's renderers import nbformat, which compiles grammars of addresses for seconds."""
    code = "import sys; from types import SimpleNamespace as Any_; from ame_explore import figures\n"
    code += "shell = type('Shell', (), {'__module__': 'ipykernel.zmqshell'})()\n"
    code += "sys.modules['IPython'] = Any_(get_ipython=lambda: shell)\n"
    code += "print(sorted(figures.simplex()._repr_mimebundle_()))\n"
    code += "print([name for name in ('plotly.io._renderers', 'nbformat', 'jsonschema') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    shown, slow = done.stdout.splitlines()
    assert shown == "['application/vnd.plotly.v1+json', 'image/svg+xml', 'text/plain']" and slow == "[]"


# --- series


def test_a_band_is_mean_and_range_over_the_steps_that_all_seeds_hold(make_runs: MakeRuns) -> None:
    tables = [run.losses for run in make_runs()["KD"]]
    found = band(tables, "kd")
    assert found is not None and found.seeds == 2
    assert found.steps.tolist() == [1, 2, 3, 4]
    assert np.allclose(found.mean, 1.55 - np.arange(1, 5) / 4)
    assert np.allclose(found.high - found.low, 0.1)
    cut = band([tables[0], tables[1].loc[:2]], "kd")
    assert cut is not None and cut.steps.tolist() == [1, 2]
    assert band(tables, "unknown") is None
    assert "H" in columns_of(tables)


# --- manifold


def test_manifold_draws_every_image_once_in_its_class_and_panel(features: MakeFeatures) -> None:
    snapshots = {"start": features(learned=0.2), "end": features()}
    figure = manifold(snapshots, base_classes=[0, 1]).figure
    for axis in ("x", "x2"):
        ids = np.concatenate([t.customdata for t in figure.data if t.customdata is not None and t.xaxis == axis])
        assert sorted(ids.tolist()) == sorted(snapshots["end"].ids.tolist())
    assert {t.marker.symbol for t in named(figure, "one")} == {"circle"}
    assert {t.marker.symbol for t in named(figure, "three")} == {"diamond-open"}
    assert "new class" in named(figure, "three")[0].hovertemplate
    stars = named(figure, "class text")
    assert [list(star.text) for star in stars] == [["zero", "one", "two", "three"]] * 2
    assert list(stars[0].marker.symbol) == ["star", "star", "star-open", "star-open"]


def test_manifold_keeps_one_basis_for_all_panels(features: MakeFeatures) -> None:
    """The same features in two panels lie at the same places, whatever a third panel holds."""
    figure = manifold({"a": features(), "b": features(), "c": features(learned=0.0)}).figure
    a, b = ([t.x.tolist() for t in figure.data if t.customdata is not None and t.xaxis == axis] for axis in ("x", "x2"))
    assert a == b
    ranges = {tuple(axis.range) for axis in figure.select_xaxes()}
    assert len(ranges) == 1
    without = manifold({"a": features(), "c": features(learned=0.0)}, fit_on=["a"])
    alone = manifold({"a": features()})
    for left, right in zip(named(without.figure, "one")[:1], named(alone.figure, "one"), strict=True):
        assert np.array_equal(left.x, right.x)
    assert "fitted without “c”" in without.figure.layout.title.subtitle.text


def test_manifold_tells_the_gap_and_the_cosine_of_the_whole_space(features: MakeFeatures) -> None:
    shown = features(learned=0.5)
    drawing = manifold({"end": shown})
    cosine = 1 - alignment(shown.image, shown.text[shown.pair_index]) / 2
    assert f"{cosine:.2f} (end)" in drawing.sentence
    assert f"gap {modality_gap(shown.image, shown.text):.2f}" in drawing.figure.layout.annotations[0].text


def test_manifold_takes_an_even_sample_and_leaves_ambiguous_images_out(features: MakeFeatures) -> None:
    many = features(images=400)
    drawing = manifold({"end": many}, max_images=40, ambiguous_from_id=1000)
    drawn = [len(t.x) for t in drawing.figure.data if t.customdata is not None]
    assert sum(drawn) == 40 and max(drawn) - min(drawn) <= 1
    assert "40 of 300 images drawn" in drawing.figure.layout.title.subtitle.text
    assert max(t.customdata.max() for t in drawing.figure.data if t.customdata is not None) < 1000


def test_manifold_of_many_classes_shares_colours_and_names_no_star() -> None:
    texts = tuple(f"a {paint} {shape}" for paint in ("red", "blue") for shape in "abcdefghi")
    text = torch.randn(18, 6, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(18)
    shown = PairedFeatures(image=text + 0.1, text=text, pair_index=labels, ids=labels, labels=labels, texts=texts)
    figure = manifold({"end": shown}, base_classes=range(9)).figure
    assert [t.name for t in figure.data if t.showlegend is not False and t.legend != "legend2"] == ["red", "blue"]
    assert named(figure, "class text")[0].mode == "markers"


def test_manifold_of_captions_colours_texts_by_their_images_class() -> None:
    generator = torch.Generator().manual_seed(0)
    shown = PairedFeatures(
        image=torch.randn(6, 4, generator=generator),
        text=torch.randn(7, 4, generator=generator),
        pair_index=torch.arange(6),
        ids=torch.arange(6),
        labels=torch.tensor([0, 0, 1, 1, 2, 2]),
        texts=tuple(f"caption {i}" for i in range(7)),
    )
    figure = manifold({"end": shown}).figure
    colors = {t.name: t.marker.color for t in figure.data if t.customdata is not None}
    texts = named(figure, "class text")[0]
    assert texts.marker.color[:4] == (colors["0"], colors["0"], colors["1"], colors["1"])
    assert len(texts.x) == 7  # the text without an image is drawn too


def test_a_class_text_is_never_read_as_html(features: MakeFeatures) -> None:
    drawing = manifold({"<i>end</i>": features(texts=("<b>x</b>", "%{y}", "c", "d"))})
    drawn = drawing.figure.to_json()
    assert "<b>x</b>" not in drawn and "%{y}" not in drawn and "<i>end" not in drawn


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"snapshots": {}}, "snapshots .*none"),
        ({"max_images": 0}, "max_images .*0"),
        ({"ambiguous_from_id": 0}, "ambiguous_from_id .*0"),
        ({"fit_on": ["middle"]}, "fit_on .*'middle'"),
    ],
)
def test_manifold_names_bad_input(options: dict[str, Any], words: str, features: MakeFeatures) -> None:
    with pytest.raises(AMEError, match=words):
        manifold(**{"snapshots": {"end": features()}, **options})


def test_manifold_needs_one_space(features: MakeFeatures) -> None:
    good = features()
    narrow = PairedFeatures(
        image=good.image[:, :5], text=good.text, pair_index=good.pair_index, ids=good.ids, texts=good.texts
    )
    with pytest.raises(AMEError, match=r"one space, got widths \[5, 8\]"):
        manifold({"end": narrow})


# --- entropy


def test_entropy_draws_deficits_and_a_distribution_for_every_group(make_runs: MakeRuns) -> None:
    runs = make_runs()
    drawing = entropy(runs)
    figure = drawing.figure
    lines = [t for t in named(figure, "KD + AME") if t.fill is None]
    assert len(lines) == 4  # the deficit, then base, new and ambiguous answers
    assert np.allclose(lines[0].y, 1e-4 * (1 + 90 * np.array([0, 0.5, 1])), rtol=1e-6)
    assert figure.layout.yaxis.type == "log"
    for line in lines[1:]:
        assert (np.diff(line.x) >= 0).all() and line.y[0] == 0 and line.y[-1] == 1
    assert "nats" in figure.layout.xaxis2.title.text
    assert "0.0091 (KD + AME)" in drawing.sentence


def test_answers_are_split_by_the_facts_and_pooled_over_seeds(make_runs: MakeRuns) -> None:
    groups = answer_entropies(make_runs()["KD"])
    assert {name: len(values) for name, values in groups.items()} == {"base": 32, "new": 28, "ambiguous": 20}
    assert all((values >= 0).all() and (values <= math.log(4) + 1e-12).all() for values in groups.values())


def test_entropy_of_a_foreign_run_without_facts_is_one_group(tmp_path: Any, features: MakeFeatures) -> None:
    with Run.recorder(tmp_path / "foreign") as record:
        record.log(losses={"loss": 1.0}, features=features())
    drawing = entropy({"mine": [Run.open(tmp_path / "foreign")]})
    assert "all images" in drawing.figure.layout.annotations[0].text
    with Run.recorder(tmp_path / "bare") as record:
        record.log(losses={"loss": 1.0})
    with pytest.raises(AMEError, match="H_deficit"):
        entropy({"mine": [Run.open(tmp_path / "bare")]})


def test_entropy_says_which_arms_have_no_largest_h(make_runs: MakeRuns, tmp_path: Any) -> None:
    runs = make_runs()
    with Run.recorder(tmp_path / "no largest", recipe={"reading": "mine"}) as record:
        record.log(losses={"total": 1.0}, metrics={"H": 0.5})
    assert "no largest value" not in entropy(runs).sentence
    drawing = entropy({**runs, "mine": [Run.open(tmp_path / "no largest")]})
    told = "No curve of H for mine: its reading has no largest value."
    assert drawing.sentence.endswith(told) and told in drawing.figure.layout.title.subtitle.text
    assert not named(drawing.figure, "mine")
    both = entropy({**runs, "mine": [Run.open(tmp_path / "no largest")], "other": [Run.open(tmp_path / "no largest")]})
    assert "No curve of H for mine and other: their readings have no largest value." in both.sentence


# --- losses


def test_losses_draw_terms_above_and_shares_below(make_runs: MakeRuns) -> None:
    drawing = losses(make_runs())
    titles = [a.text for a in drawing.figure.layout.annotations]
    assert titles[:3] == ["<b>total loss</b>", "<b>distillation loss (KD)</b>", "<b>entropy term \u03c9H</b>"]
    assert "share of the gradient" in titles[3] and len(titles) == 4
    share = [t for t in named(drawing.figure, "KD + AME") if t.yaxis == "y4" and t.fill is None]
    assert np.allclose(share[0].y, 0.2)
    # The arm without AME recorded a term of 0, which is not drawn over the other's.
    assert not [t for t in named(drawing.figure, "KD") if t.yaxis in ("y3", "y4")]
    assert "20% (KD + AME)" in drawing.sentence


def test_losses_of_a_single_foreign_run(tmp_path: Any) -> None:
    with Run.recorder(tmp_path / "foreign") as record:
        for step in range(3):
            record.log(losses={"total": 3.0 - step, "clip_loss": 3.0 - step})
    drawing = losses({"mine": [Run.open(tmp_path / "foreign")]})
    assert [a.text for a in drawing.figure.layout.annotations] == ["<b>clip loss</b>"]
    assert len(drawing.figure.data) == 1  # one seed has no band
    assert drawing.figure.layout.title.subtitle.text == "One seed."
    with Run.recorder(tmp_path / "none") as record:
        record.log(metrics={"harmonic_mean": 0.5})
    with pytest.raises(AMEError, match="recorded loss"):
        losses({"mine": [Run.open(tmp_path / "none")]})


# --- comparison


def test_changes_are_arm_minus_reference_by_seed(summary: dict[str, Any]) -> None:
    found = changes(summary["arms"], reference="KD")["KD + AME"]
    assert list(found) == ["harmonic_mean", "base_accuracy", "ece", "predictive_entropy", "H_deficit"]
    assert found["base_accuracy"].mean == pytest.approx(0.32 / 3)
    assert found["base_accuracy"].low > 0 and found["harmonic_mean"].low < 0 < found["harmonic_mean"].high
    broken = {arm: {**values, "ece": [0.1, math.nan, 0.1]} for arm, values in summary["arms"].items()}
    assert "ece" not in changes(broken, reference="KD")["KD + AME"]


def test_comparison_draws_means_whiskers_and_every_seed(summary: dict[str, Any]) -> None:
    drawing = comparison(summary["arms"], reference="KD", chance=summary["chance"])
    upper = [t for t in drawing.figure.data if t.yaxis == "y"]
    found = changes(summary["arms"], reference="KD")["KD + AME"]
    seeds, means = upper
    assert len(seeds.x) == 9 and np.allclose(seeds.x[:3], [0.02, -0.03, 0.02], atol=1e-7)
    assert means.x[1] == pytest.approx(found["base_accuracy"].mean, rel=1e-6)
    assert means.error_x.array[1] == pytest.approx(found["base_accuracy"].half_width, rel=1e-6)
    assert means.marker.color[0] == "white" and means.marker.color[1] != "white"
    assert "chance 0.20" in drawing.figure.layout.yaxis.ticktext[0]
    assert "lower is better" in drawing.figure.layout.yaxis.ticktext[2]
    assert list(drawing.figure.layout.yaxis2.ticktext) == ["predictive entropy"]
    assert "better: base accuracy" in drawing.sentence and "worse: calibration error" in drawing.sentence
    assert "no difference seen in the other 1" in drawing.sentence


def test_comparison_with_one_seed_says_so(summary: dict[str, Any]) -> None:
    arms = {arm: {name: values[:1] for name, values in of.items()} for arm, of in summary["arms"].items()}
    drawing = comparison(arms, reference="KD")
    assert "One seed" in drawing.figure.layout.title.subtitle.text
    assert "1 paired seed: not decided (no interval): harmonic mean" in drawing.sentence
    assert all(float(t.error_x.array.max()) == 0 for t in drawing.figure.data if t.error_x.array is not None)


def test_comparison_names_bad_input(summary: dict[str, Any]) -> None:
    with pytest.raises(AMEError, match=r"reference .*'AME'"):
        comparison(summary["arms"], reference="AME")
    with pytest.raises(AMEError, match="in common"):
        comparison({"KD": {"ece": [0.1]}, "other": {"harmonic_mean": [0.1]}}, reference="KD")
    with pytest.raises(AMEError, match=r"other than H and H_deficit .*'KD' has H; 'other' has H, ece"):
        comparison({"KD": {"H": [0.1]}, "other": {"H": [0.1], "ece": [0.1]}}, reference="KD")
    with pytest.raises(AMEError, match="paired"):
        comparison({"KD": {"ece": [0.1, 0.2]}, "other": {"ece": [0.1]}}, reference="KD")

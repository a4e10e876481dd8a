"""Figures of runs take a Run, a list of Runs or a dict of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ame_explore import figures
from ame_explore.ame import AMEError
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.runs.given import arms_of
from ame_explore.training import Run


def features(seed: int, texts: int = 3, images: int = 12) -> PairedFeatures:
    generator = torch.Generator().manual_seed(seed)
    pairs = torch.arange(images) % texts
    text = torch.randn(texts, 6, generator=generator)
    image = text[pairs] + torch.randn(images, 6, generator=generator)
    words = tuple(f"text {row}" for row in range(texts))
    return PairedFeatures(image=image, text=text, pair_index=pairs, ids=torch.arange(images), texts=words)


def recorded(path: Path, arm: str | None = None, **facts: object) -> Run:
    with Run.recorder(path) as record:
        if arm is not None:
            record.note(arm=arm, **facts)
        for step in range(3):
            metrics = {"harmonic_mean": 0.1 * step, "H_deficit": 0.5}
            record.log(losses={"total": 3.0 - step}, metrics=metrics, features=features(step))
    return Run.open(path)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return recorded(tmp_path_factory.mktemp("runs") / "mine")


@pytest.mark.parametrize("figure", [figures.losses, figures.entropy, figures.manifold, figures.gap_over])
@pytest.mark.parametrize("form", ["run", "list", "dict of one", "dict of lists"])
def test_a_run_in_any_form_is_drawn(run: Run, figure, form: str) -> None:
    given = {"run": run, "list": [run], "dict of one": {"mine": run}, "dict of lists": {"mine": [run]}}[form]
    drawing = figure(given)
    assert drawing.figure.data and drawing.figure == figure({"mine": [run]}).figure


def test_arms_go_by_their_fact_or_folder(run: Run, tmp_path: Path) -> None:
    seeds = [recorded(tmp_path / f"kd{seed}", "KD") for seed in range(2)]
    assert {arm: len(found) for arm, found in arms_of([*seeds, run]).items()} == {"KD": 2, "mine": 1}
    assert arms_of({"a": run, "b": seeds}) == {"a": [run], "b": seeds}


def test_one_metric_of_runs_is_compared(run: Run, tmp_path: Path) -> None:
    other = [recorded(tmp_path / f"kd{seed}", "KD") for seed in range(2)]
    drawing = figures.comparison({"KD": other, "mine": [run, run]}, reference="KD")
    assert drawing.sentence and drawing.figure.data
    values = {"a": {"harmonic_mean": [0.1, 0.2, 0.3]}, "b": {"harmonic_mean": [0.2, 0.3, 0.5]}}
    one = figures.comparison(values, reference="a")
    assert len(one.figure.data) == 2


def test_the_features_of_a_run_are_its_first_and_last(run: Run) -> None:
    titles = " ".join(note.text for note in figures.manifold(run).figure.layout.annotations)
    assert "step 0" in titles and "step 2" in titles and "step 1<" not in titles


def test_of_many_texts_only_those_of_the_images_drawn_are_stars() -> None:
    drawing = figures.manifold({"many": features(0, texts=50, images=50)}, max_images=20)
    stars = next(trace for trace in drawing.figure.data if trace.name == "class text")
    assert len(stars.x) == 20 and "20 of 50 images drawn, with their texts" in drawing.figure.layout.title.subtitle.text
    assert len(set(stars.text)) == 20


@pytest.mark.parametrize("given", [3, "runs/mine", [3], {"a": "b"}, [], {}, {"a": None}])
def test_what_holds_no_run_is_named(given: object) -> None:
    with pytest.raises(AMEError, match=r"runs.* must .* got"):
        figures.losses(given)  # type: ignore[arg-type]


def test_runs_without_features_or_entropy_say_what_to_record(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "bare") as record:
        record.log(losses={"total": 1.0})
    bare = Run.open(tmp_path / "bare")
    with pytest.raises(AMEError, match=r"features, got none in 'bare': record\.log"):
        figures.manifold(bare)
    with pytest.raises(AMEError, match=r"features, got none in 'bare': record\.log"):
        figures.gap_over(bare)
    with pytest.raises(AMEError, match=r"H_deficit.*record\.log"):
        figures.entropy(bare)

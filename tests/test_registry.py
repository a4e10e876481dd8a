"""Registries: parts from a cell that is run again, from other packages, and where they appear."""

import dataclasses
import importlib
import importlib.metadata
import json
import subprocess
import sys
import textwrap

import pytest
import torch

from ame_explore import figures, registry, settings
from ame_explore.ame import READINGS, AMEError, AMELoss, Reading, row_entropy
from ame_explore.analysis.landscapes.directions import random_slice
from ame_explore.analysis.landscapes.evaluators import Evaluator, Objective
from ame_explore.analysis.landscapes.feature_space import Surroundings, feature_field, geodesic
from ame_explore.analysis.landscapes.scan import Landscape
from ame_explore.analysis.landscapes.scan import landscape as evaluate
from ame_explore.figures.landscapes.entropy_fields import data_field, geodesics
from ame_explore.figures.runs.comparison import changes
from ame_explore.figures.runs.given import readings_of
from ame_explore.quantities import quantity, units
from ame_explore.registry import kd_losses, readings
from ame_explore.reports.demo_report import demo_report
from ame_explore.reports.demo_results import results_section
from ame_explore.training import Recipe, Step
from ame_explore.training.parts import session_parts
from ame_explore.training.recipe import Event
from ame_explore.widgets.lab.prediction import Prediction
from ame_explore.widgets.lab.timeline import Timeline


@pytest.fixture
def mine():
    @registry.reading(default_omega=2.5, temperature=0.3, largest=lambda rows, texts, width: 0.0, control=True)
    def my_reading(m):
        """The negative mean of squared scores."""
        return row_entropy(m.scores) - 100

    @registry.kd_loss(on="logits")
    def my_loss(student, teacher, tau):
        """Mean squared distance of logits."""
        return (student - teacher).div(tau).square().mean()

    yield readings["my_reading"], kd_losses["my_loss"]
    readings.remove("my_reading")
    kd_losses.remove("my_loss")


def test_a_part_is_a_choice_everywhere_by_being_registered(mine):
    recipe = Recipe(reading="my_reading", kd="my_loss")
    assert recipe.effective_omega == 2.5
    assert Recipe.from_token(recipe.token()) == recipe
    assert "my_reading" in settings.SETTINGS["reading"].names and "my_loss" in settings.SETTINGS["kd"].names
    assert "The negative mean of squared scores." in settings.table()
    assert settings.SETTINGS["tau"].acts(recipe) is None
    assert settings.SETTINGS["label_smoothing"].acts(recipe) == "“my loss” does not use it"
    ame = AMELoss(image_dim=4, text_dim=3, reading="my_reading")
    assert (ame.omega, ame.temperature) == (2.5, 0.3)
    image, text = torch.ones(2, 4), torch.ones(2, 3)
    assert ame(image=image, text=text).item() == pytest.approx(2.5 * ame.entropy(image=image, text=text).item())


def test_a_part_appears_in_the_dials_the_demo_and_the_command(mine):
    from ame_explore.apps.demo import demo_arms
    from ame_explore.widgets.lab.dials import described

    recipe = Recipe(reading="my_reading")
    dials = {one["field"]: one for one in described({"a": recipe}, {"a": recipe}, {}, [], [])}
    assert "my_reading" in dials["reading"]["choices"] and "my_loss" in dials["kd"]["choices"]
    assert dials["kd"]["labels"]["my_loss"] == "my loss"
    assert dials["kd"]["helps"]["my_loss"] == "Mean squared distance of logits."
    assert dials["text_tower"]["labels"] == {}
    arms = demo_arms(recipe, baselines=True)
    assert "KD + my reading (control)" in arms and "KD (my loss)" in arms


def test_a_cell_that_is_run_again_replaces_its_part():
    try:
        for value in (1.0, 2.0):
            # as a cell does: the same module and name, another function
            exec(
                textwrap.dedent(f"""
                from ame_explore.registry import reading
                @reading(default_omega={value})
                def from_a_cell(m):
                    "From a cell."
                    return m.scores.sum()
                """),
                {"__name__": "__main__"},
            )
        assert readings["from_a_cell"].default_omega == 2.0
        with pytest.raises(AMEError, match=r"taken by another reading, __main__\.from_a_cell"):
            registry.reading("from_a_cell")(lambda_with_help)
    finally:
        readings.remove("from_a_cell")


def test_a_label_that_another_part_has_is_refused(mine):
    with pytest.raises(AMEError, match=r"label .my loss. is taken by the KD loss .my_loss.: choose another"):
        registry.kd_loss("my_other_loss", label="my loss", help="x.")(lambda student, teacher: student.sum())
    assert "my_other_loss" not in kd_losses


def lambda_with_help(m):
    """Another."""
    return m


def test_an_unknown_name_says_what_there_is():
    with pytest.raises(AMEError, match=r"KD loss must be one of 'feature', .*got 'logit': did you mean 'logits'\?"):
        kd_losses["logit"]
    with pytest.raises(AMEError, match="reading must be one of"):
        readings.remove("nothing")
    assert "nothing" not in readings and readings.get("nothing") is None and 3 not in readings
    assert len(readings) == len(list(readings)) == len(READINGS)
    assert repr(kd_losses).startswith("<Registry of KD loss: feature, logits, promptkd")


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Two installed packages with entry points: one that registers a KD loss, and one that fails."""
    (tmp_path / "good_parts.py").write_text(
        textwrap.dedent('''
        from ame_explore.registry import kd_loss, kd_losses
        assert "logits" in kd_losses  # a module may look while it is loaded
        @kd_loss("from_a_package")
        def squared(student, teacher):
            """Squared distance."""
            return (student - teacher).square().mean()
        ''')
    )
    (tmp_path / "bad_parts.py").write_text("import a_module_that_is_not_there")
    for name in ("good", "bad"):
        info = tmp_path / f"{name}_package-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-package\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[ame_explore]\nparts = {name}_parts\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    monkeypatch.setattr(registry, "_asked", False)
    yield
    kd_losses._table.pop("from_a_package", None)  # without a look, which would load them


def test_parts_of_other_packages_are_found_and_a_broken_package_is_warned_of(packages):
    with pytest.warns(UserWarning, match="The package 'bad-package' could not register its parts") as told:
        assert "from_a_package" in kd_losses
    assert len(told) == 1 and "a_module_that_is_not_there" in str(told[0].message)
    assert Recipe(kd="from_a_package").kd == "from_a_package"


def test_looking_up_what_is_known_loads_no_other_package(packages):
    assert kd_losses["logits"].on == "logits"
    assert not registry._asked


def test_importing_the_registry_loads_no_room():
    code = "import sys, json, ame_explore.registry; print(json.dumps([m for m in sys.modules if 'ame_explore' in m]))"
    found = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    assert set(found) == {"ame_explore", "ame_explore.ame", "ame_explore.arguments", "ame_explore.registry"}


def test_a_part_of_this_session_alone_replaces_the_command_of_the_report(mine, tmp_path):
    assert session_parts([Recipe(), Recipe(reading="predictive", kd="feature")]) == []
    turned = Recipe(events=(Event(3, "reading", "my_reading"),))
    parts = session_parts([Recipe(kd="my_loss"), turned, Recipe(reading="my_reading")])
    assert parts == ["the KD loss 'my_loss'", "the reading 'my_reading'"]
    arms = {"KD": {"ece": [0.2, 0.1]}, "KD + AME": {"ece": [0.1, 0.3]}}
    summary = {"command": "ame-explore demo --seeds 2", "data": "digits", "seeds": [0, 1], "shots": 4, "arms": arms}
    summary |= {"reference": "KD", "recipes": {arm: Recipe().to_dict() for arm in arms}}
    pages = [
        demo_report(tmp_path / "r.html", summary=each, runs={}, who_has_seen_what=[]).read_text(encoding="utf-8")
        for each in (summary, {**summary, "only_in_session": parts})
    ]
    assert "ame-explore demo --seeds 2" in pages[0] and "No command repeats" not in pages[0]
    assert "ame-explore demo --seeds 2" not in pages[1]
    assert "because the KD loss &#39;my_loss&#39; and the reading &#39;my_reading&#39; were registered" in pages[1]


@pytest.fixture
def in_bits():
    @registry.reading(unit="bits", temperature=1.0)
    def bits(m):
        """H of the row scores, in bits."""
        return row_entropy(m.scores) / 0.6931471805599453

    yield "bits"
    readings.remove("bits")


def test_h_has_the_unit_of_its_reading(in_bits):
    assert [quantity("H", given).unit for given in (None, ["rows"], ["bits"], ["alignment"], ["gone"])] == [
        "nats", "nats", "bits", "", ""
    ]  # fmt: skip
    assert quantity("H", ["rows", "bits"]).unit == "units differ"
    assert quantity("predictive_entropy", ["bits"]).unit == "nats"
    assert units(["bits"], kds=["logits"]) == {
        "H": "bits", "H (this point)": "bits", "H (test)": "bits", "H_deficit": "bits", "kd": "nats"
    }  # fmt: skip
    assert [quantity("kd", kds=given).unit for given in (None, ["feature"], ["logits"], ["feature", "logits"])] == [
        "", "", "nats", "units differ"
    ]  # fmt: skip


def test_landscapes_and_fields_show_the_unit_of_the_reading(in_bits, tmp_path):
    module = torch.nn.Linear(3, 2)

    def measure(output):
        return {"loss": output.square().mean(), "H": output.abs().mean()}

    measure.reading = "bits"
    evaluator = Evaluator(Objective(module, torch.ones(4, 3), measure), random_slice(module, seed=0))
    scan_of_plane = evaluate(evaluator, grid=3)
    scan_of_plane.save(tmp_path / "kept")
    for picture in (scan_of_plane, Landscape.load(tmp_path / "kept")):
        titles = [note.text for note in figures.landscape(picture).figure.layout.annotations]
        assert any("Entropy H" in title and "(bits)" in title for title in titles)
        assert not any("nats" in title for title in titles)
    rows = torch.eye(5, 6, dtype=torch.float64)
    around = Surroundings(rows[:3], 20.0, AMELoss(image_dim=6, text_dim=6, reading="bits"))
    way = geodesics({"way": geodesic(rows[3], rows[4], around, points=5)})
    assert way.figure.layout.yaxis2.title.text == "bits" and way.figure.layout.yaxis.title.text == "nats"
    assert "H stays within" in way.sentence and " bits of" in way.sentence
    plane = data_field(feature_field(rows[0], rows[3], rows[4], around, grid=3), reading="H", clickable=True)
    assert "bits" in plane.sentence and "nats" not in plane.figure.to_json() + plane.sentence


def test_the_demos_table_and_the_prediction_show_the_unit_of_the_reading(in_bits):
    arms = {"KD": {"ece": [0.2, 0.1], "H": [2.0, 2.1]}, "KD + AME": {"ece": [0.1, 0.2], "H": [1.0, 1.3]}}
    recipes = {arm: Recipe(reading="bits").to_dict() for arm in arms}
    summary = {"arms": arms, "reference": "KD", "recipes": recipes}
    (table, *_) = results_section(summary, changes(arms, reference="KD"), 2).parts
    assert table.rows[1][0] == "entropy H (bits)"
    turned = Recipe(events=(Event(3, "reading", "bits"),)).to_dict()
    assert readings_of([turned, None]) == ["rows", "bits"] and readings_of([None]) is None

    asked, past = Prediction(["AME"]), Timeline(1)
    for step, value in ((0, 3.0), (1, 2.0)):
        past.record(Step(step, 0, {}, {}, {"H": value}, None, 0.1), {})
    asked.answer({"H": "falls"})
    assert "3.000 bits at the start and 2.000 bits" in asked.outcome({"AME": past}, {"AME": "bits"})["H"]["text"]


def test_a_reading_in_bits_has_a_largest_value_to_fall_short_of():
    facts = dict(name="bits", function=lambda m: m.scores.mean(), help="x.", largest=lambda rows, texts, width: 3.0)
    assert Reading(**facts, unit="bits").has_deficit
    assert not Reading(**facts, unit="").has_deficit  # such as a squared distance


def test_an_arm_is_named_after_a_reading_that_is_not_the_default():
    from ame_explore.apps.demo import demo_arms

    assert list(demo_arms(Recipe(reading="predictive"))) == ["KD", "KD + AME (predictive)"]
    assert list(demo_arms(Recipe())) == ["KD", "KD + AME"]


def test_a_data_set_brings_its_own_models():
    from ame_explore.data import digits
    from ame_explore.models import models_for

    given = []

    def make(data, *, seed, progress):
        given.append((data.name, seed))
        return "teacher", "backbone"

    @registry.data_set("with_models", help="Digits with models of their own.", models=make)
    def with_models(*, seed=0):
        return dataclasses.replace(digits(seed=seed), name="with_models")

    try:
        assert models_for(with_models(), seed=3) == ("teacher", "backbone")
        assert given == [("with_models", 3)]
    finally:
        registry.data_sets.remove("with_models")
    assert registry.data_sets["emoji"].own_models().__name__ == "emoji_models"
    with pytest.raises(AMEError, match=r"models of the data set .b. must be .module:function., got .nowhere"):
        registry.data_set("b", help="x.", models="nowhere")(with_models)


def test_options_of_settings_are_shown_by_the_labels_of_their_parts():
    kd = settings.SETTINGS["kd"]
    assert kd.label_of("logits") == "logit distance" and kd.told("logits") == "KD logit distance"
    assert "logits (logit distance): " in kd.parts and "digits: " in settings.SETTINGS["data"].parts
    assert settings.SETTINGS["omega"].told(0.5) == "ω 0.5"
    assert settings.SETTINGS["data"].label_of("my own") == "my own"

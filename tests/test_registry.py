"""Registries: parts from a cell that is run again, from other packages, and where they appear."""

import importlib
import importlib.metadata
import json
import subprocess
import sys
import textwrap

import pytest
import torch

from ame_explore import registry, settings
from ame_explore.ame import READINGS, AMEError, AMELoss, row_entropy
from ame_explore.registry import kd_losses, readings
from ame_explore.training import Recipe


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
    assert settings.SETTINGS["label_smoothing"].acts(recipe) == "my_loss KD has no label_smoothing"
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
    arms = demo_arms(recipe, baselines=True)
    assert "KD + my_reading (control)" in arms and "my_loss KD" in arms


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
    assert set(found) == {"ame_explore", "ame_explore.ame", "ame_explore.registry"}

"""Registered views: what they are sent, below a lab and of Runs."""

import numpy as np
import pytest

from ame_explore import registry
from ame_explore.ame import AMEError
from ame_explore.training import Recipe, Run
from ame_explore.widgets import ViewedArm, lab, show_view
from ame_explore.widgets.views.registered import sent

MODULE = "export default { render({ model, el }) { el.textContent = model.get('data').text; } };"
QUICK = {"host": "projector", "steps": 2, "shots": 2, "batch_size": 8}


@pytest.fixture
def steps_view():
    @registry.view("steps_of_a_test", module=MODULE, css=".steps { color: red; }")
    def steps(arms):
        """Steps of each arm."""
        return {"steps": {arm.name: arm.step for arm in arms}, "points": [arm.points is not None for arm in arms]}

    yield "steps_of_a_test"
    registry.views.remove("steps_of_a_test")


def test_a_lab_shows_registered_views_and_sends_them_where_it_is(steps_view, tmp_path):
    made = lab({"KD": Recipe(omega=0.0, **QUICK)}, record=tmp_path)
    assert set(made.views) == {steps_view}
    result = made.result(timeout=120)
    assert made.views[steps_view].data == {"steps": {"KD": 2}, "points": [True]}
    assert MODULE in made.views[steps_view]._esm and "color: red" in made.views[steps_view]._css
    _, heading, shown = made._shown.children
    assert heading.value == '<h4 class="ame-view-title" title="Steps of each arm.">steps of a test</h4>'
    assert shown is made.views[steps_view] and shown.tooltip == "steps of a test: Steps of each arm."
    assert "application/vnd.jupyter.widget-view+json" in str(made._repr_mimebundle_())
    of_runs = show_view(steps_view, {"a": result.arms["KD"].run, "b": Run.open(result.arms["KD"].folder)})
    assert of_runs.data == {"steps": {"a": 2, "b": 2}, "points": [False, False]}
    made.close()


def test_show_chooses_among_views_and_refuses_unknown_ones(steps_view):
    with lab(Recipe(**QUICK), show=["transport"]).live:
        pass
    assert lab(Recipe(**QUICK), show=["transport"]).views == {}
    assert set(lab(Recipe(**QUICK), show=["transport", steps_view]).views) == {steps_view}
    with pytest.raises(AMEError, match="show must be one of"):
        lab(Recipe(**QUICK), show=["steps_of"])


@pytest.mark.parametrize(("name", "what"), [("charts", "a panel of the lab"), ("omega", "a dial of the lab")])
def test_a_view_cannot_be_named_like_a_part_of_the_lab(name, what):
    with pytest.raises(AMEError, match=f"name of a view must not be '{name}', which is {what}: choose another name"):
        registry.view(name, help="x.", module=MODULE)(lambda arms: {})
    assert name not in registry.views


def test_a_view_that_fails_is_told_and_the_training_goes_on():
    @registry.view("failing_in_a_test", module=MODULE)
    def failing(arms):
        """Fails."""
        raise KeyError("nothing")

    try:
        made = lab({"KD": Recipe(omega=0.0, **QUICK)})
        assert made.result(timeout=120).finished
        made.live.settle(timeout=10)
        assert "The view 'failing_in_a_test' cannot be shown (KeyError: 'nothing')" in str(made.live.view())
    finally:
        registry.views.remove("failing_in_a_test")


def test_what_is_sent_is_plain(steps_view):
    view = registry.View(
        name="v",
        help="x.",
        module=MODULE,
        function=lambda arms: {"a": np.array([1.0, np.nan]), 2: (np.int64(3), np.float32(0.5)), "b": [None, True]},
    )
    assert sent(view, []) == {"a": [1.0, None], "2": [3, 0.5], "b": [None, True]}
    for function, words in ((lambda arms: 3, "must return a mapping"), (lambda arms: {"x": {1}}, "got set")):
        with pytest.raises(AMEError, match=words):
            sent(registry.View(name="v", help="x.", module=MODULE, function=function), [ViewedArm("a", 0, 1)])

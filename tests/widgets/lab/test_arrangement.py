"""Where the panels are: what `show` may say, what a page may send, and what a lab gives back."""

import pytest

from ame_explore.ame import AMEError
from ame_explore.widgets.lab.arrangement import DEFAULT, FIXED, arrangement_of, checked, names_of, opened_first
from ame_explore.widgets.lab.cockpit import Cockpit
from ame_explore.widgets.runtime.messages import PANELS


def test_every_panel_has_one_place():
    placed = [*FIXED, *DEFAULT["left"], *DEFAULT["below"], *DEFAULT["right"]]
    assert sorted(placed) == sorted(PANELS)


def test_names_and_places():
    assert names_of(None) is None and names_of(["dials", "charts"]) == ("dials", "charts")
    assert arrangement_of(["dials"]) == DEFAULT == arrangement_of(None)
    show = {"left": ["breaks", "dials"], "below": ["recipe"]}
    assert names_of(show) == ("breaks", "dials", "recipe", *FIXED)
    assert arrangement_of(show) == {"left": ["breaks", "dials"], "below": ["recipe"], "right": []}
    assert names_of({**show, "main": ["manifold"]}) == ("breaks", "dials", "recipe", "manifold")
    assert opened_first(arrangement_of(show), {"left": "dials", "below": "charts"})["left"] == ["dials", "breaks"]


@pytest.mark.parametrize(
    ("show", "words"),
    [
        ({"top": ["dials"]}, "show must be one of"),
        ({"left": "dials"}, r"show\['left'\] must be names of panels and dials, got 'dials'"),
        ({"left": ["dials"], "right": ["dials"]}, "each name once, got 'dials' in several places"),
    ],
)
def test_wrong_places_are_refused(show, words):
    with pytest.raises(AMEError, match=words):
        names_of(show)


def test_a_hostile_page_cannot_disarrange_it():
    cockpit = Cockpit(show={"left": ["dials"], "below": ["charts"]})
    before = dict(cockpit.arrangement)
    for wrong in (
        {"left": ["manifold"]},
        {"left": ["x"]},
        {"left": 3},
        {"up": []},
        {"left": ["dials"], "right": ["dials"]},
    ):
        cockpit.arrangement = wrong
        assert cockpit.arrangement == before
    cockpit.opened = {"left": 7, "below": ["x"]}
    assert cockpit.arranged == {"left": ["dials"], "below": ["charts"], "right": []}
    cockpit.arrangement = checked({"left": ["charts"], "below": ["dials"]})
    assert cockpit.arranged["left"] == ["charts"]

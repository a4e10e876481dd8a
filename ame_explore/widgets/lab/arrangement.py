"""The places of a cockpit's panels: three docks around the maps, with tabs that a reader can move."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast, get_type_hints

from ame_explore.ame import AMEError, check_choice, shown
from ame_explore.registry import views
from ame_explore.settings import DIALS
from ame_explore.widgets.runtime.messages import PANELS, Arrangement, Panel

PLACES: tuple[str, ...] = tuple(get_type_hints(Arrangement))
DEFAULT = Arrangement(
    left=["predict", "exercise", "dials", "breaks"],
    below=["charts"],
    right=["diagnosis", "delta", "one_step", "selection", "probe", "recipe"],
)
FIXED: tuple[Panel, ...] = tuple(
    name for name in PANELS if name not in (*DEFAULT["left"], *DEFAULT["below"], *DEFAULT["right"])
)

views.reserve(PANELS, "a panel of the lab")  # `lab(show=...)` takes names of panels, dials and views
views.reserve(DIALS, "a dial of the lab")

Show = Collection[str] | Mapping[str, Collection[str]]


def names_of(show: Show | None) -> tuple[str, ...] | None:
    """The names in an argument `show`, of all places; None if it is None.

    Args:
        show: names, or place -> names.

    Raises:
        AMEError: if a place is unknown, its value is not a collection of names, or a name is in two places.
    """
    if show is None or not isinstance(show, Mapping):
        return None if show is None else tuple(show)
    found: list[str] = []
    for place, names in show.items():
        check_choice("show", place, (*PLACES, "main"))
        if isinstance(names, str) or not isinstance(names, Iterable):
            raise AMEError(f"show[{place!r}] must be names of panels and dials, got {shown(names)}.")
        found += names
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        raise AMEError(f"show must hold each name once, got {twice[0]!r} in several places.")
    return tuple(found) if "main" in show else (*found, *FIXED)


def arrangement_of(show: Show | None) -> Arrangement:
    """The docks that an argument `show` asks for: those of a mapping as they are given, otherwise the usual ones.

    Args:
        show: names, or place -> names; None for all panels.
    """
    if not isinstance(show, Mapping):
        return Arrangement(left=[*DEFAULT["left"]], below=[*DEFAULT["below"]], right=[*DEFAULT["right"]])
    return checked({place: [name for name in show.get(place, ()) if name in PANELS] for place in PLACES})


def checked(arrangement: Mapping[str, Any]) -> Arrangement:
    """An arrangement as a page may send it.

    Args:
        arrangement: place -> names of panels.

    Raises:
        AMEError: if it has other places, or a name is unknown, cannot be moved, or is in two places.
    """
    names_of(arrangement)
    movable = [name for name in PANELS if name not in FIXED]
    for place, names in arrangement.items():
        check_choice("show", place, PLACES)
        for name in names:
            check_choice(f"show[{place!r}]", name, movable)
    return cast(Arrangement, {place: list(arrangement.get(place, ())) for place in PLACES})


def opened_first(arrangement: Mapping[str, Any], opened: Mapping[str, Any]) -> dict[str, list[str]]:
    """The arrangement with the open tab of each dock at its front, where a new lab opens it.

    Args:
        arrangement: the docks.
        opened: place -> name of the open panel.
    """
    found: dict[str, list[str]] = {}
    for place in PLACES:
        names: list[str] = list(arrangement[place])
        front = opened.get(place)
        found[place] = [front, *(name for name in names if name != front)] if front in names else names
    return found

"""A whole lab as one short string: its arms, what it shows and where, what is locked, its exercise and its probes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ame_explore.ame import AMEError
from ame_explore.tokens import packed, unpacked
from ame_explore.training import Recipe
from ame_explore.widgets.lab.engine import MOST_ARMS
from ame_explore.widgets.lab.exercise import Exercise, exercise_of
from ame_explore.widgets.lab.probe import PROBES_PREFIX, Probe, probes_token, split_token

LAB_PREFIX = "lab1:"


@dataclass(frozen=True, eq=False, kw_only=True)
class WholeLab:
    """What a token of a lab holds. Its fields are those of `lab`.

    Attributes:
        recipes: arm -> recipe, steering included; with an exercise, without its fault.
        show: place -> names; None: everything, in the usual places.
        lock: names that the reader cannot use.
        images: whether points are images.
        predict: whether a prediction is asked for.
        exercise: the exercise, or None.
        probes: the kept probes by name.
    """

    recipes: Mapping[str, Recipe]
    show: Mapping[str, list[str]] | None = None
    lock: tuple[str, ...] = ()
    images: bool | None = None
    predict: bool = False
    exercise: Exercise | None = None
    probes: Mapping[str, Probe]

    def token(self) -> str:
        """The lab as a string: "lab1:" and base64, followed by "+" and the probes."""
        body = {
            "arms": {name: recipe.token() for name, recipe in self.recipes.items()},
            "show": self.show,
            "lock": list(self.lock),
            "images": self.images,
            "predict": self.predict,
            "exercise": None if self.exercise is None else self.exercise.plain(),
        }
        whole, probes = packed(body, LAB_PREFIX), probes_token(self.probes)
        return f"{whole}+{probes}" if probes else whole


def is_lab_token(given: Any) -> bool:
    """Whether this is the token of a whole lab, rather than of a recipe."""
    return isinstance(given, str) and given.strip().startswith(LAB_PREFIX)


def lab_of(token: str) -> WholeLab:
    """The lab in a token.

    Args:
        token: what `WholeLab.token` returned.

    Raises:
        AMEError: if it is truncated, mistyped, or does not hold what a lab needs.
    """
    rest, probes = split_token(token) if PROBES_PREFIX in token else (token, {})
    body = unpacked(rest, LAB_PREFIX)
    try:
        arms, show, lock = body["arms"], body["show"], body["lock"]
        exercise = None if body["exercise"] is None else exercise_of(body["exercise"])
        whole = isinstance(arms, dict) and 0 < len(arms) <= MOST_ARMS and isinstance(lock, list)
        if not whole or not all(isinstance(name, str) for name in lock) or not isinstance(show, (dict, type(None))):
            raise TypeError
        return WholeLab(
            recipes={name: Recipe.from_token(each) for name, each in arms.items()},
            show=show,
            lock=tuple(lock),
            images=body["images"],
            predict=bool(body["predict"]),
            exercise=exercise,
            probes=probes,
        )
    except (KeyError, TypeError) as error:
        raise AMEError("token: this lab is damaged or incomplete; copy it again.") from error

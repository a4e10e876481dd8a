"""What can be turned in a lab, and what can be broken: names, ranges, and a word of help for each."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ame_explore.ame import READINGS, AMEError, check_choice
from ame_explore.models import HOSTS
from ame_explore.training import Recipe
from ame_explore.training.recipe import KD_LOSSES, STEERABLE
from ame_explore.widgets.messages import DialState

AME_FIELDS = ("omega", "reading", "temperature")  # of no concern to an arm of plain KD
WHOLE = ("shots", "seed", "steps", "batch_size", "duplicates", "data_seed", "teacher_seed", "manifold_dim")
LOCK_STEP = ("data", "data_seed", "data_digest", "shots", "protocol", "teacher_seed", "batch_size", "seed")


@dataclass(frozen=True)
class Dial:
    """One dial.

    Attributes:
        scale: of the slider of a number.
        step: between the values that the slider offers; None: as fine as the slider is.
    """

    field: str
    label: str
    kind: Literal["number", "choice", "switch"]
    help: str
    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log"] = "linear"
    step: float | None = None
    choices: tuple[str, ...] = ()


DIALS = (
    Dial(
        "data",
        "data",
        "choice",
        "Which images: handwritten digits, or scenes drawn by rule.",
        choices=("digits", "scenes"),
    ),
    Dial("shots", "shots a class", "number", "Images of each class that the student learns from.", 1, 24),
    Dial("ambiguity", "ambiguity", "number", "How far training images are on the way to another class.", 0, 1),
    Dial("noise", "noise", "number", "Standard deviation of noise on training images, in pixel values.", 0, 0.5),
    Dial(
        "omega",
        "ω, weight of H",
        "number",
        "How strongly AME lowers the entropy H; 0 is plain KD.",
        0,
        100,
        scale="log",
    ),
    Dial("reading", "reading of H", "choice", "Which entropy AME lowers: the sources leave it open.", choices=READINGS),
    Dial("tau", "τ of logits KD", "number", "Temperature of teacher and student in logits KD.", 0.25, 20, scale="log"),
    Dial(
        "temperature",
        "temperature of H",
        "number",
        "Divides the scores before the softmax of H.",
        0.01,
        20,
        scale="log",
    ),
    Dial("learning_rate", "learning rate", "number", "The peak of the schedule.", 1e-5, 0.1, scale="log"),
    Dial("kd", "KD loss", "choice", "What the student copies: features, or logits.", choices=KD_LOSSES),
    Dial(
        "host",
        "student",
        "choice",
        "Prompts and projector on a frozen backbone, a projector, or from scratch.",
        choices=HOSTS,
    ),
    Dial("steps", "steps", "number", "Length of the run.", 20, 2000),
    Dial("seed", "seed", "number", "Of weights, shots and batches.", 0, 99),
)

_UNTEMPERED = ("spectral", "alignment")  # readings without a softmax
_SCRATCH = "omega50_from_scratch"


@dataclass(frozen=True)
class Break:
    """One way to break a run. label, help: words. turns: field -> value while it is on."""

    switch: str
    label: str
    help: str
    turns: Mapping[str, Any] = field(default_factory=dict)

    @property
    def needs_reset(self) -> bool:
        """Whether the run must begin anew for it."""
        return any(name not in STEERABLE for name in self.turns)

    def turns_of(self, recipe: Recipe) -> dict[str, Any]:
        """What it turns in `recipe`; empty where it has nothing to act on."""
        plain = recipe.effective_omega == 0
        if self.switch == "wrong_temperature":
            found: dict[str, Any] = {} if recipe.kd == "feature" else {"student_tau": 20.0 * recipe.tau}
            return found if plain or recipe.reading in _UNTEMPERED else {**found, "temperature": WRONG_TEMPERATURE}
        if self.switch == _SCRATCH and plain:
            return {name: self.turns[name] for name in ("host", "learning_rate")}
        return dict(self.turns)


WRONG_TEMPERATURE = 0.02

BREAKS = (
    Break(
        "wrong_temperature",
        "wrong temperature",
        f"AME's softmax at {WRONG_TEMPERATURE}, not 1; in logits KD the student's τ 20 times the teacher's. "
        "Feature KD alone stays whole, and so do readings without a softmax.",
        {"temperature": WRONG_TEMPERATURE, "student_tau": 20.0},
    ),
    Break(
        "shuffled_pairs",
        "shuffled pairs",
        "Each image is taught the answer to another one of its batch.",
        {"shuffled_pairs": True},
    ),
    Break(
        "missing_normalization",
        "missing normalization",
        "The student's features keep their length, in KD and in AME.",
        {"normalized": False},
    ),
    Break(
        _SCRATCH,
        "ω = 50 from scratch",
        "Resets: no pretrained backbone, raw output, learning rate 0.01.",
        {"host": "scratch", "omega": 50.0, "reading": "rows", "ame_input": "raw", "learning_rate": 0.01},
    ),
    Break(
        "duplicated_rows",
        "duplicated rows",
        "Every image stands twice in its batch, so no row of M can win alone: H stays above log 2.",
        {"duplicates": 2},
    ),
    Break(
        "teacher_noise",
        "label noise in the teacher",
        "For 40 % of the shots the teacher answers as for another class.",
        {"teacher_noise": 0.4},
    ),
)
BREAK_OF = {one.switch: one for one in BREAKS}


def concerned(field: str, recipes: Mapping[str, Recipe], arm: str | None) -> list[str]:
    """The arms whose dial is meant: the one named; or for AME's dials those that began with AME; or else all.

    Raises `AMEError` for an unknown arm.
    """
    if arm is not None:
        check_choice("arm", arm, recipes)
        return [arm]
    if field in AME_FIELDS:
        with_ame = [name for name, recipe in recipes.items() if recipe.effective_omega > 0]
        return with_ame or list(recipes)
    return list(recipes)


def checked(recipe: Recipe, step: int, field: str, value: Any) -> Any:
    """`value` as `recipe` takes it for `field`, whole where it must be. Raises `AMEError` for what it refuses."""
    names = [one.name for one in dataclasses.fields(Recipe) if one.name not in ("events", "data_digest")]
    check_choice("field", field, names)
    if field in WHOLE and isinstance(value, float) and value.is_integer():
        value = int(value)
    if field in STEERABLE:
        recipe.with_event(min(step, recipe.steps), field, value)
    else:
        replaced(recipe, {field: value})
    return value


def turned(field: str, value: Any) -> str:
    """A dial and its value in few words, as "ω 0.5"."""
    short = {"omega": "ω", "tau": "τ"}.get(field, field.replace("_", " "))
    return (
        f"{short} {value:g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else f"{short} {value}"
    )


def replaced(recipe: Recipe, fields: Mapping[str, Any]) -> Recipe:
    """`recipe` with other fields; events beyond a shorter run are left out, as is the digest of other data."""
    if "data" in fields or "data_seed" in fields:
        fields = {"data_digest": None, **fields}
    steps = fields.get("steps", recipe.steps)
    events = tuple(event for event in recipe.events if not isinstance(steps, int) or event.step <= steps)
    return dataclasses.replace(recipe, **{"events": events, **fields})


def lock_step(recipes: Mapping[str, Recipe]) -> None:
    """Raise `AMEError` unless all learn from the same minibatches."""
    first, *others = recipes.items()
    for name, recipe in others:
        for each in LOCK_STEP:
            if getattr(recipe, each) != getattr(first[1], each):
                raise AMEError(
                    f"arms must learn from the same minibatches, but {each} is {getattr(first[1], each)!r} in "
                    f"{first[0]!r} and {getattr(recipe, each)!r} in {name!r}: make them equal, or open two labs."
                )


def described(
    recipes: Mapping[str, Recipe],
    begun: Mapping[str, Recipe],
    pending: Mapping[str, Mapping[str, Any]],
    data: Sequence[str],
    lock: Sequence[str],
) -> list[DialState]:
    """The dials for the cockpit.

    Args:
        recipes: arm -> settings that are shown. begun: arm -> the recipe it began with.
        pending: arm -> field -> what waits for a reset. data: names of data beside our own. lock: locked dials.
    """
    found = []
    for dial in DIALS:
        concerns = concerned(dial.field, begun, None)
        values = {name: _value(recipe, dial.field, pending.get(name, {})) for name, recipe in recipes.items()}
        choices = dial.choices
        if dial.field == "data":
            choices = tuple(dict.fromkeys([*data, *choices])) if data else choices
        found.append(
            DialState(
                field=dial.field,
                label=dial.label,
                kind=dial.kind,
                help=dial.help,
                low=dial.low,
                high=dial.high,
                scale=dial.scale,
                whole=dial.field in WHOLE,
                step=dial.step,
                optional=dial.kind == "number" and getattr(Recipe(), dial.field) is None,
                choices=list(choices),
                value=values[concerns[0]],
                values=values,
                concerns=concerns,
                steerable=dial.field in STEERABLE,
                pending=any(dial.field in pending.get(name, {}) for name in concerns),
                locked=dial.field in lock or "dials" in lock,
            )
        )
    return found


def _value(recipe: Recipe, field: str, waiting: Mapping[str, Any]) -> Any:
    value = waiting.get(field, getattr(recipe, field))
    return recipe.effective_omega if field == "omega" and value is None else value

"""Every setting of a run, declared once: what it is, what it may be, how it is shown, and when it takes effect.

A field of `Settings` is one declaration. Recipe's fields, defaults and checks, the dials of the lab, the options of
`ame-explore demo`, the axes of a sweep and the table in the documentation are all derived from it. To add a setting,
add a field here and read it in the training code.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import NoneType
from typing import Any, Literal, get_args, get_type_hints

from ame_explore.ame import (
    AMEError,
    check_options,
    python_number,
    shown,
)
from ame_explore.arguments import checked
from ame_explore.registry import OMEGA_DIAL, data_sets, hosts, kd_losses, readings

Value = int | float | str | bool | None
Group = Literal["data", "models", "ame", "kd", "schedule", "faults"]
GROUPS: Mapping[Group, str] = {
    "data": "Data",
    "models": "Models",
    "ame": "AME (see AMELoss)",
    "kd": "Distillation loss",
    "schedule": "Schedule",
    "faults": "Faults: mistakes that are made in practice, to be shown on purpose",
}

# Our choice: squares and products of two such numbers, and 1 over one of them, stay within float32's range.
LARGEST, SMALLEST = 1e15, 1e-15
MOST = 1_000_000  # of whatever is counted: steps, images
WIDEST = 16_384  # rows of M: AME's projections then take 84 MB with their gradients and moments
FIRST_DATA = "emoji"  # what demo and lab show if no data is named
LARGEST_SEED = 2**62 - 1  # torch seeds have 64 bits, and a recipe has four streams


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting.

    Attributes:
        name: the field of `Recipe`.
        kind: bool, int, float or str.
        optional: whether it may be None.
        default: its default value; for a fault, the value that switches it off.
        group: one of `GROUPS`.
        label: two or three words for a dial.
        help: one sentence.
        details: further sentences for the documentation.
        none: what None means.
        unit: the unit of a number; empty if it has none.
        symbol: its name in formulas; empty if it has none.
        short: its name before a value, as in "ω 0.5"; by default the symbol, or else the name.
        low: the smallest allowed number, inclusive.
        high: the largest allowed number, inclusive.
        above: an exclusive lower bound.
        choices: the names allowed for a string, or a function that returns them.
        open: whether names outside `choices` are allowed, such as a user's own data.
        slider: the smallest and largest values of the dial's slider.
        scale: the scale of the slider.
        dial: whether the lab has a dial for it.
        steerable: whether it can be changed during a run.
        shared: whether the arms of a lab must agree on it to see the same minibatches.
        redefines: whether changing it changes the definition of H.
        acts: given a recipe, says why the setting has no effect in it, or returns None if it has an effect.
    """

    name: str
    kind: type
    optional: bool
    default: Value
    group: Group
    label: str
    help: str
    details: str = ""
    none: str = ""
    unit: str = ""
    symbol: str = ""
    short: str = ""
    low: float | None = None
    high: float | None = None
    above: float | None = None
    choices: tuple[str, ...] | Callable[[], Iterable[str]] | None = None
    open: bool = False
    slider: tuple[float, float] | None = None
    scale: Literal["linear", "log"] = "linear"
    dial: bool = False
    steerable: bool = False
    shared: bool = False
    redefines: bool = False
    acts: Callable[[Settings], str | None] = lambda recipe: None

    def __post_init__(self) -> None:
        if not self.short:
            object.__setattr__(self, "short", self.symbol or self.name.replace("_", " "))

    @property
    def whole(self) -> bool:
        """Whether it is a whole number."""
        return self.kind is int

    @property
    def takes_effect(self) -> str:
        """When a change takes effect in a lab: "next step" or "reset"."""
        return "next step" if self.steerable else "reset"

    @property
    def names(self) -> tuple[str, ...]:
        """The current choices; empty if the setting has none."""
        return tuple(self.choices() if callable(self.choices) else self.choices or ())

    @property
    def registered(self) -> Mapping[str, Any]:
        """The registered parts that can be chosen, by name; empty for other settings."""
        found = self.choices() if callable(self.choices) else ()
        return found if isinstance(found, Mapping) else {}

    @property
    def parts(self) -> str:
        """Each registered part as "name (label): a sentence", without a label that is the name; empty if none are."""
        told = []
        for name, part in self.registered.items():
            label = "" if part.label == name.replace("_", " ") else f" ({part.label})"
            told.append(f"{name}{label}: {part.help}")
        return " ".join(told)

    def label_of(self, value: object) -> str:
        """A value as readers see it: the label of a registered part, a number in short, what None means.

        Args:
            value: the value.
        """
        part = self.registered.get(value) if isinstance(value, str) else None
        if part is not None:
            return str(part.label)
        if value is None and self.none:
            return self.none
        return f"{value:g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)

    def told(self, value: object) -> str:
        """The setting and its value in short, such as "ω 0.5".

        Args:
            value: the value.
        """
        return f"{self.short} {self.label_of(value)}"

    @property
    def expected(self) -> str:
        """What a value must be, as "a whole number from 1 to 100, or None"."""
        if self.kind is bool:
            found = "True or False"
        elif self.kind is str:
            named = self.choices is not None and not self.open
            found = f"one of {', '.join(map(repr, self.names))}" if named else "a non-empty text"
        else:
            found = f"{'a whole number' if self.whole else 'a number'} {self.range}".strip()
        return f"{found}, or None" if self.optional else found

    @property
    def range(self) -> str:
        """The range of a number, as "from 0 to 1" or "> 0"; empty if it has none."""
        ends = [f"> {self.above:g}"] if self.above is not None else []
        if self.low is not None and self.high is not None and self.high != LARGEST:
            return f"from {_number(self.low)} to {_number(self.high)}"
        ends += [f">= {_number(self.low)}"] if self.low is not None else []
        return " and ".join(ends)

    def problem(self, value: Any) -> tuple[Value, str | None]:
        """Convert a value to the form that a recipe stores, and check it.

        NumPy numbers and zero-dimensional tensors become Python numbers, and 4.0 becomes 4 for a whole number.

        Args:
            value: the value.

        Returns:
            The converted value, and a sentence that says what is wrong with it, or None.
        """
        value = python_number(value)
        if value is None and self.optional:
            return None, None
        if self.kind is bool and isinstance(value, bool):
            return value, None
        if self.kind is str and isinstance(value, str) and value:
            names = () if self.open else self.names
            if not names or value in names:
                return value, None
            near = difflib.get_close_matches(value[:40].lower(), names, n=1)
            hint = f": did you mean {near[0]!r}?" if near else "."
            return value, f"{self.name} must be {self.expected}, got {shown(value)}{hint}"
        if self.kind in (int, float) and isinstance(value, (int, float)) and not isinstance(value, bool):
            if self.whole and isinstance(value, float) and value.is_integer():
                value = int(value)
            if (isinstance(value, int) or not self.whole) and self._in_range(value):
                return value, None
            if not self.whole and self._in_range(value, any_size=True):
                low = "0" if self.above is None else f"{SMALLEST:g}"
                return value, f"{self.name} must be a number from {low} to {LARGEST:g}, got {shown(value)}."
        return value, f"{self.name} must be {self.expected}, got {shown(value)}."

    def _in_range(self, value: float, *, any_size: bool = False) -> bool:
        # Python compares whole numbers of any size exactly; float(value) would overflow
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None or (any_size and self.high == LARGEST) else self.high
        above = -math.inf if self.above is None else self.above
        fits = low <= value <= high and value > above
        if self.kind is float and not any_size:
            fits = fits and value <= LARGEST and (self.above is None or value >= SMALLEST)  # tau divides
        return fits and (isinstance(value, int) or math.isfinite(value))


def setting(default: Value, *, group: Group, label: str, help: str, **facts: Any) -> Any:
    """A field of `Settings` that carries the attributes of its `Setting`.

    Args:
        default: its default value.
        group: one of `GROUPS`.
        label: two or three words for a dial.
        help: one sentence.
        **facts: further attributes of `Setting`.
    """
    return field(default=default, metadata={"group": group, "label": label, "help": help, **facts})


def _of_logits(recipe: Settings) -> str | None:
    kd = kd_losses[recipe.kd]
    return None if kd.on == "logits" else f"“{kd.label}” compares features, not logits"


def _of_classes(recipe: Settings) -> str | None:
    return _of_logits(recipe) or ("the captions of a batch replace the classes" if recipe.learns_text else None)


def _asked_by_kd(option: str) -> Callable[[Settings], str | None]:
    """Says why an option of KD losses has no effect: the chosen loss does not take it."""

    def of(recipe: Settings) -> str | None:
        kd = kd_losses[recipe.kd]
        return None if kd.uses(option) else _of_logits(recipe) or f"“{kd.label}” does not use it"

    return of


def _of_ame(recipe: Settings) -> str | None:
    return None if recipe.effective_omega > 0 else "ω is 0, so it changes the measured H but not the training"


def _of_softmax(recipe: Settings) -> str | None:
    reading = readings[recipe.reading]
    if not reading.tempered:
        return f"the reading “{reading.label}” has no softmax"
    return _of_ame(recipe)


def _of_projection(recipe: Settings) -> str | None:
    return "AME has no projection of its own" if recipe.projection == "host" else _of_ame(recipe)


def _of_pretrained(recipe: Settings) -> str | None:
    host = hosts[recipe.host]
    return None if host.pretrained else f"“{host.label}” learns from random weights alone"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a run. `Recipe` adds the checks and the changes made during the run."""

    data: str = setting(
        "digits",
        group="data",
        label="data",
        help="The images to train and test on.",
        details="The name of your own PairedData works too.",
        choices=lambda: data_sets,
        open=True,
        dial=True,
        shared=True,
    )
    data_seed: int = setting(
        0, group="data", label="data seed", help="Seed of the splits.", low=0, high=LARGEST_SEED, shared=True
    )
    data_digest: str | None = setting(
        None,
        group="data",
        label="digest of the data",
        help="The first 16 hex digits of the SHA-256 of the data's content, checked when given.",
        details="Distillation fills it in.",
        none="not checked",
        shared=True,
    )
    shots: int | None = setting(
        4,
        group="data",
        label="shots a class",
        help="Training images per class.",
        none="all",
        low=1,
        high=MOST,
        slider=(1, 24),
        dial=True,
        shared=True,
    )
    protocol: str = setting(
        "clean",
        group="data",
        label="protocol",
        help="Images the student trains on: shots of the base classes only, of all classes, or also its backbone's.",
        details="transductive, as in PromptKD, adds unlabelled shots of the new classes, which flatters new-class "
        "accuracy. rehearsal adds the base-class images that the backbone was trained on: they cost no new shots, and "
        "the teacher answers them too.",
        choices=("clean", "transductive", "rehearsal"),
        shared=True,
    )
    ambiguity: float = setting(
        0.0,
        group="data",
        label="ambiguity",
        help="How far training images are moved towards another class.",
        details="See PairedData.images_at.",
        low=0,
        high=1,
        slider=(0, 1),
        dial=True,
        steerable=True,
    )
    noise: float = setting(
        0.0,
        group="data",
        label="noise",
        help="Standard deviation of the noise added to training images, in pixel values.",
        unit="pixel values",
        low=0,
        high=LARGEST,
        slider=(0, 0.5),
        dial=True,
        steerable=True,
    )
    augment: float = setting(
        0.0,
        group="data",
        label="augmentation",
        help="How far up to 16 views of each shot are changed, seen alike by teacher and student.",
        details="1: turned, bent, coloured and blurred as the emoji teacher's pictures are.",
        low=0,
        high=4,
        slider=(0, 3),
        dial=True,
        steerable=True,
    )
    teacher_seed: int = setting(
        0,
        group="models",
        label="teacher seed",
        help="Seed of the teacher and of the student's backbone.",
        low=0,
        high=LARGEST_SEED,
        shared=True,
    )
    host: str = setting(
        "promptkd",
        group="models",
        label="student",
        help="The kind of student that is trained.",
        choices=lambda: hosts,
        dial=True,
    )
    mixing: float = setting(
        1.0,
        group="models",
        label="weight mixing",
        help="Where the student's weights lie between the pretrained (0) and the trained ones (1) when it is tested.",
        details="WiSE-FT: below 1, the student keeps more of what its backbone knew. Training does not change.",
        symbol="α",
        low=0,
        high=1,
        slider=(0, 1),
        dial=True,
        steerable=True,
        acts=_of_pretrained,
    )
    text_tower: str = setting(
        "teacher",
        group="models",
        label="text tower",
        help="Whose text features the student is trained and tested with: the teacher's, or its own tower's.",
        details="teacher: fixed class vectors, as in PromptKD. student: its text tower learns too, from its images' "
        "captions, as in CLIP-KD (Yang et al. 2024); this needs data with captions. The losses and M then see the "
        "captions of a batch in place of the class texts.",
        choices=("teacher", "student"),
        dial=True,
    )
    omega: float | None = setting(
        None,
        group="ame",
        label="ω, weight of H",
        help="How strongly AME lowers the entropy H; 0 is plain KD.",
        none="the reading's default",
        symbol="ω",
        low=0,
        high=LARGEST,
        slider=OMEGA_DIAL,
        scale="log",
        dial=True,
        steerable=True,
    )
    reading: str = setting(
        "rows",
        group="ame",
        label="reading of H",
        help="Which entropy AME lowers; the sources leave this open.",
        choices=lambda: readings,
        dial=True,
        steerable=True,
        redefines=True,
        acts=_of_ame,
    )
    temperature: float | None = setting(
        None,
        group="ame",
        label="temperature of H",
        help="Divides the scores before the softmax of H.",
        none="the teacher's temperature for a softmax over cosines, otherwise the reading's default",
        above=0,
        high=LARGEST,
        slider=(0.01, 20),
        scale="log",
        dial=True,
        steerable=True,
        redefines=True,
        acts=_of_softmax,
    )
    projection: str = setting(
        "own",
        group="ame",
        label="projection",
        help="Features that the entropy is computed from: AME's own projections, or the host's features.",
        choices=("own", "host"),
        acts=_of_ame,
    )
    manifold_dim: int = setting(
        64,
        group="ame",
        label="width of M",
        help="Features per row of M, if AME projects.",
        low=1,
        high=WIDEST,
        acts=_of_projection,
    )
    normalize: str = setting(
        "none",
        group="ame",
        label="normalization of M",
        help="Normalization of the rows of M: none, unit length, or LayerNorm.",
        choices=("none", "unit", "layer"),
        acts=_of_ame,
    )
    gradient: str = setting(
        "both",
        group="ame",
        label="who learns from H",
        help="What learns from the entropy: the student and the projections, or only one of them.",
        choices=("both", "student", "projections"),
        acts=_of_ame,
    )
    random_texts: bool = setting(
        False,
        group="ame",
        label="random texts",
        help="Replace the class texts in M by fixed random vectors (a control).",
        acts=_of_ame,
    )
    text_rows: str = setting(
        "all",
        group="ame",
        label="texts in M",
        help="Texts in M: those of all classes, or one per image.",
        choices=("all", "paired"),
        acts=_of_ame,
    )
    scope: str = setting(
        "batch",
        group="ame",
        label="images in M",
        help="Images in M: the whole batch, or a single image, with H averaged over the batch.",
        choices=("batch", "image"),
        acts=_of_ame,
    )
    ame_input: str = setting(
        "unit",
        group="ame",
        label="features for AME",
        short="input of AME",
        help="Input of AME: unit-length features, as the host uses them, or the projector's raw output.",
        choices=("unit", "raw"),
        acts=_of_ame,
    )
    kd: str = setting(
        "feature",
        group="kd",
        label="KD loss",
        short="KD",
        help="What the student matches: the teacher's features or logits.",
        details="Our default is feature: with so few base images, logits teach almost nothing about new classes.",
        choices=lambda: kd_losses,
        dial=True,
    )
    kd_weight: float = setting(
        1.0,
        group="kd",
        label="weight of KD",
        short="KD ×",
        help="Multiplies the distillation loss.",
        low=0,
        high=LARGEST,
        slider=(0, 100),
        scale="log",
        steerable=True,
    )
    kd_classes: str = setting(
        "all",
        group="kd",
        label="classes of logits KD",
        help="Classes of the logits: all classes, or only the base classes.",
        choices=("all", "base"),
        acts=_of_classes,
    )
    tau: float = setting(
        1.0,
        group="kd",
        label="τ of logits KD",
        help="Temperature of teacher and student in logits KD.",
        symbol="τ",
        above=0,
        high=LARGEST,
        slider=(0.25, 20),
        scale="log",
        dial=True,
        steerable=True,
        acts=_asked_by_kd("tau"),
    )
    label_smoothing: float = setting(
        0.0,
        group="kd",
        label="label smoothing",
        help="Share of the teacher's target that is spread over all classes.",
        low=0,
        high=1,
        slider=(0, 1),
        steerable=True,
        acts=_asked_by_kd("label_smoothing"),
    )
    steps: int = setting(
        200,
        group="schedule",
        label="steps",
        help="Training steps.",
        low=1,
        high=MOST,
        slider=(20, 2000),
        dial=True,
    )
    batch_size: int = setting(
        16,
        group="schedule",
        label="batch size",
        help="Images per minibatch, drawn without replacement within an epoch.",
        details="At most the number of shots; batch norm needs at least two.",
        low=2,
        high=MOST,
        shared=True,
    )
    optimizer: str = setting(
        "adamw",
        group="schedule",
        label="optimizer",
        help="AdamW, or SGD with momentum 0.9.",
        choices=("adamw", "sgd"),
    )
    learning_rate: float = setting(
        1e-3,
        group="schedule",
        label="learning rate",
        help="Peak learning rate of the schedule.",
        above=0,
        high=LARGEST,
        slider=(1e-5, 0.1),
        scale="log",
        dial=True,
        steerable=True,
    )
    weight_decay: float = setting(
        0.01, group="schedule", label="weight decay", help="Weight decay of the optimizer.", low=0, high=LARGEST
    )
    schedule: str = setting(
        "cosine",
        group="schedule",
        label="schedule",
        help="The learning rate falls to zero along a cosine, or stays constant.",
        choices=("cosine", "constant"),
    )
    seed: int = setting(
        0,
        group="schedule",
        label="seed",
        help="Seed of weights, shots and batches.",
        low=0,
        high=LARGEST_SEED,
        slider=(0, 99),
        dial=True,
        shared=True,
    )
    student_tau: float | None = setting(
        None,
        group="faults",
        label="the student's own τ",
        help="The student's temperature in logits KD, if it differs from the teacher's.",
        none="the teacher's tau",
        above=0,
        high=LARGEST,
        slider=(0.25, 400),
        scale="log",
        steerable=True,
        acts=_asked_by_kd("student_tau"),
    )
    normalized: bool = setting(
        True,
        group="faults",
        label="normalized features",
        help="If off, the student's features are not scaled to unit length, in KD or in AME.",
        steerable=True,
        redefines=True,
    )
    shuffled_pairs: bool = setting(
        False,
        group="faults",
        label="shuffled pairs",
        help="Each image gets the teacher's answer to the next image in its batch.",
        steerable=True,
    )
    duplicates: int = setting(
        1,
        group="faults",
        label="duplicates",
        help="Copies of each image in a batch, which then holds correspondingly fewer different images.",
        low=1,
        high=MOST,
        slider=(1, 16),
        steerable=True,
    )
    teacher_noise: float = setting(
        0.0,
        group="faults",
        label="noise of the teacher",
        help="Share of the shots that the teacher answers as if they were images of another class.",
        low=0,
        high=1,
        slider=(0, 1),
        steerable=True,
    )

    @property
    def effective_omega(self) -> float:
        """omega, or the reading's default if omega is None."""
        return readings[self.reading].default_omega if self.omega is None else self.omega

    @property
    def learns_text(self) -> bool:
        """Whether the student has a text tower of its own."""
        return self.text_tower == "student"

    @property
    def faults(self) -> tuple[str, ...]:
        """The names in `FAULTS` that are switched on."""
        return tuple(name for name, whole in FAULTS.items() if getattr(self, name) != whole)


def _declared() -> dict[str, Setting]:
    hints, found = get_type_hints(Settings), {}
    for one in fields(Settings):
        kinds = get_args(hints[one.name]) or (hints[one.name],)
        (kind,) = (each for each in kinds if each is not NoneType)
        default: Any = one.default  # every field has one
        found[one.name] = Setting(name=one.name, kind=kind, optional=NoneType in kinds, default=default, **one.metadata)
    return found


SETTINGS: Mapping[str, Setting] = _declared()
STEERABLE = tuple(name for name, one in SETTINGS.items() if one.steerable)
DIALS = tuple(name for name, one in SETTINGS.items() if one.dial)
# Each fault, and the value that switches it off.
FAULTS: Mapping[str, Value] = {name: one.default for name, one in SETTINGS.items() if one.group == "faults"}
TOGETHER = ("reading", "projection", "gradient", "text_rows", "scope")  # not every combination has a meaning
_NONE_WORDS = ("", "none", "null", "default")
_SWITCH_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_MOST_PROBLEMS = 20  # that an error lists


def of(name: object) -> Setting:
    """Look a setting up.

    Args:
        name: its name.

    Raises:
        AMEError: if there is none.
    """
    if isinstance(name, str) and name in SETTINGS:
        return SETTINGS[name]
    raise AMEError(_unknown(name))


def check(name: object, value: object) -> Value:
    """Convert a value to the form that a recipe stores for this setting.

    Args:
        name: the setting.
        value: the value.

    Raises:
        AMEError: if the setting is unknown or cannot have this value.
    """
    kept, problem = of(name).problem(value)
    refuse([problem] if problem else [])
    return kept


@checked
def examine(values: Mapping[str, Any]) -> tuple[dict[str, Value], list[str]]:
    """Convert values to the form that a recipe stores, and collect what is wrong with them.

    Combinations of settings are checked only if each value is valid by itself.

    Args:
        values: setting -> value.

    Returns:
        The converted values, and a sentence for each problem.
    """
    found: dict[str, Value] = {}
    problems = []
    for name, value in values.items():
        if name not in SETTINGS:
            problems.append(_unknown(name))
            continue
        found[name], problem = SETTINGS[name].problem(value)
        if problem:
            problems.append(problem)
    if not problems and (contradiction := contradicting(found)):
        problems.append(contradiction)
    return found, problems


@checked
def contradicting(values: Mapping[str, Any]) -> str | None:
    """Why these settings cannot be combined, or None if they can; settings that are not given have their defaults."""
    for name in TOGETHER:
        if name in values and (problem := SETTINGS[name].problem(values[name])[1]):
            return problem
    try:
        check_options(**{name: values.get(name, SETTINGS[name].default) for name in TOGETHER})
    except AMEError as error:
        return str(error)
    return None


def refuse(problems: Sequence[str]) -> None:
    """Raise one error for all problems, if there are any.

    Args:
        problems: a sentence for each.

    Raises:
        AMEError: if `problems` is not empty; it lists them.
    """
    if len(problems) == 1:
        raise AMEError(problems[0])
    if problems:
        more = len(problems) - _MOST_PROBLEMS
        listed = [*problems[:_MOST_PROBLEMS], *([f"and {more} more."] if more > 0 else [])]
        raise AMEError("\n- ".join([f"{len(problems)} settings cannot be used:", *listed]))


def parse(name: object, value: object) -> Value:
    """Read a setting's value from text, as a command line or a TOML file gives it.

    "none" means None for an optional setting. Switches may be "on", "true", "no" and so on.

    Args:
        name: the setting.
        value: the text; other values are only checked.

    Raises:
        AMEError: if the setting is unknown or cannot have this value.
    """
    kept, problem = _parsed(of(name), value)
    refuse([problem] if problem else [])
    return kept


@checked
def parse_all(values: Mapping[str, object]) -> dict[str, Value]:
    """Read many settings with `parse`.

    Args:
        values: setting -> text or value.

    Raises:
        AMEError: if a setting is unknown or cannot have its value; one error lists all problems.
    """
    found: dict[str, Value] = {}
    problems = []
    for name, value in values.items():
        if name not in SETTINGS:
            problems.append(_unknown(name))
            continue
        found[name], problem = _parsed(SETTINGS[name], value)
        problems += [problem] if problem else []
    refuse(problems)
    return found


@checked
def grid(axes: Mapping[str, object]) -> dict[str, tuple[Value, ...]]:
    """The axes of a sweep: setting -> its values, each checked.

    >>> grid({"omega": "0, 1, none", "kd": ["feature", "logits"]})
    {'omega': (0, 1, None), 'kd': ('feature', 'logits')}

    Args:
        axes: setting -> its values: a sequence of inputs to `parse`, or one text with commas.

    Raises:
        AMEError: if a setting is unknown, a value is invalid or occurs twice, or an axis is empty; one error lists all.
    """
    found: dict[str, tuple[Value, ...]] = {}
    problems = []
    for name, values in axes.items():
        if name not in SETTINGS:
            problems.append(_unknown(name))
            continue
        several = [part.strip() for part in values.split(",")] if isinstance(values, str) else values
        if not isinstance(several, Iterable):
            several = [several]
        read = [_parsed(SETTINGS[name], value) for value in several]
        problems += [problem for _, problem in read if problem]
        found[name] = tuple(value for value, problem in read if not problem)
        if not read:
            problems.append(f"{name} must have at least one value to sweep over, got none.")
        elif len(set(found[name])) < len(found[name]):
            problems.append(f"{name} must have each value once, got {', '.join(map(str, found[name]))}.")
    refuse(problems)
    return found


def table() -> str:
    """All settings in Markdown, one table per group."""
    lines = []
    for group, title in GROUPS.items():
        lines += [f"### {title}", "", "| setting | default | values | takes effect | |", "|---|---|---|---|---|"]
        for one in SETTINGS.values():
            if one.group == group:
                name = f"`{one.name}`" + (f" ({one.symbol})" if one.symbol else "")
                values = f"{_values(one)}; none: {one.none}" if one.optional else _values(one)
                words = " ".join(filter(None, [one.help, one.details, one.parts]))
                cells = [name, f"`{one.default}`", values, one.takes_effect, words]
                lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
        lines.append("")
    return "\n".join(lines)


def docs() -> str:
    """All settings in the form of a docstring, one paragraph per group."""
    lines = []
    for group, title in GROUPS.items():
        lines += ["", f"{title}:"]
        for one in SETTINGS.values():
            if one.group == group:
                none = f" None: {one.none}." if one.optional else ""
                limits = f" A number {one.range}." if one.range else ""
                lines.append(f"    {one.name}: {one.help} {one.details}".rstrip() + none + limits)
    return "\n".join(lines).strip("\n")


def _values(one: Setting) -> str:
    if one.kind is bool:
        return "true, false"
    if one.kind is str:
        return ", ".join([*one.names, *(["the name of your own data"] if one.open else [])]) or "a text"
    return f"{'whole, ' if one.whole else ''}{one.range}" + (f", {one.unit}" if one.unit else "")


def _parsed(one: Setting, value: object) -> tuple[Value, str | None]:
    if not isinstance(value, str):
        return one.problem(value)
    text = value.strip()
    if one.optional and text.lower() in _NONE_WORDS:
        return None, None
    read: Any = text
    if one.kind is bool:
        read = _SWITCH_WORDS.get(text.lower(), text)
    elif one.kind in (int, float):
        for kind in (int, float):
            try:
                read = kind(text)
                break
            except ValueError:  # also a number of more digits than Python reads
                continue
    return one.problem(read)


def _unknown(name: object) -> str:
    near = difflib.get_close_matches(str(name)[:40], SETTINGS, n=1) if isinstance(name, str) else []
    hint = f": did you mean {near[0]!r}?" if near else f": there are {', '.join(SETTINGS)}."
    return f"{shown(name)} is not a setting of a run{hint}"


def _number(value: float) -> str:
    if value == LARGEST_SEED:
        return "2**62 - 1"
    return f"{value:d}" if isinstance(value, int) else f"{value:g}"

"""What a page and Python send each other, declared once: `js/src/messages.d.ts` is generated from this module.

Arrays travel as binary buffers (`channel.pack`): float32, int32 or uint8. After a change here, run
`python ame_explore/widgets/js/generate_messages.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypedDict, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Value = float | int | str | bool | None  # of a setting; None leaves it to the recipe
Id = int  # of an image or a pair

State = Literal["preparing", "paused", "playing", "finished", "failed", "closed"]
STATES: tuple[State, ...] = get_args(State)
Panel = Literal[
    "transport",
    "timeline",
    "manifold",
    "charts",
    "dials",
    "breaks",
    "diagnosis",
    "delta",
    "predict",
    "selection",
    "recipe",
]
PANELS: tuple[Panel, ...] = get_args(Panel)


# The channel's own: what surrounds every message


class FrameHeader(TypedDict):
    """n: its number. time: when it was made, seconds. moving: whether another follows by itself. heard: page -> its
    clock and ours when it last spoke. ask: whether it is to be acknowledged.
    """

    type: Literal["frame"]
    n: int
    time: float
    moving: bool
    heard: dict[str, tuple[float, float]]
    ask: bool


class Hello(TypedDict):
    """The answer to a page that spoke: its own clock (t) then, and ours."""

    type: Literal["hello"]
    page: str
    t: float
    time: float


class Retained(TypedDict):
    """What stays until another of its type comes; retained: how many there were."""

    type: str
    retained: int


class Stamp(TypedDict):
    """What every message of a page carries. t: the page's clock, seconds."""

    page: str
    t: float


class Ready(TypedDict):
    """A page can be sent frames. have: name -> number of what it has retained."""

    type: Literal["ready"]
    have: dict[str, int]


class Ping(TypedDict):
    """It has heard nothing for a while."""

    type: Literal["ping"]
    have: dict[str, int]


class Ack(TypedDict):
    """Frame n was drawn, or came too late to be (stale). age_ms: its age when its drawing began, milliseconds."""

    type: Literal["ack"]
    n: int
    age_ms: float
    stale: bool


class Away(TypedDict):
    """Nobody looks. left: no view is in the page any more, not even scrolled away."""

    type: Literal["away"]
    left: bool


# The cockpit: what Python sends


class Scene(TypedDict):
    """What stays while a run goes on, of N drawn images and C classes.

    ids, labels: (N,). base: (C,) whether a class is one of the base classes; None where there are no others. captions:
    N, or none. thumbnails: (N, height, width, channels of 1 or 3). extent: x0, x1, y0, y1 of the frozen axes; None
    takes them from the first frame. chance: term -> what guessing would score. short, colors: C, of the figures.
    """

    ids: Ints
    labels: Ints
    class_names: list[str]
    short: list[str]
    colors: list[str]
    base: Bytes | None
    captions: list[str]
    thumbnails: Bytes | None
    extent: tuple[float, float, float, float] | None
    chance: dict[str, float]


class QuantityFacts(TypedDict):
    """A quantity as `quantities.for_browser` gives it; the cockpit's trait "quantities" has them by name.

    decimals: of its values. fine: whether small values get two significant digits instead. limits: of its axis; None
    follows the values. group: of charts. per_reading: whether its curve breaks where the reading changes.
    """

    label: str
    short: str
    definition: str
    unit: str
    decimals: int
    fine: bool
    limits: tuple[float, float] | None
    group: Literal["accuracy", "entropy", "loss", ""]
    per_reading: bool


class Series(TypedDict):
    """A curve: x are steps."""

    x: Ints
    y: Floats


class Manifold(TypedDict):
    """A student at one step. points: (n, 2), n <= N. anchors: (C, 2), the class texts. prediction, entropy: (n,)."""

    step: int
    points: Floats
    anchors: Floats
    prediction: Ints
    entropy: Floats


class Turn(TypedDict):
    """A dial that was turned. text: as "ω 0.5". redefines: whether H is another quantity from there on."""

    step: int
    field: str
    text: str
    redefines: bool


@dataclass(frozen=True)
class ArmState:
    """One arm; manifold: None before the first picture. fork_step, parent: None unless it is a fork."""

    name: str
    label: str
    step: int
    recipe_token: str = ""
    finished: bool = False
    parent: str | None = None
    fork_step: int | None = None
    error: str | None = None
    manifold: Manifold | None = None
    series: dict[str, Series] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)


class DialFacts(TypedDict):
    """What a dial is: the same for every arm and at every step.

    low, high: ends of a number's slider. step: between the values that it offers; None: any value. optional: whether
    the value may be None, and none: what that means.
    """

    field: str
    label: str
    kind: Literal["number", "choice", "switch"]
    help: str
    low: float | None
    high: float | None
    scale: Literal["linear", "log"]
    whole: bool
    step: float | None
    unit: str
    optional: bool
    none: str
    steerable: bool


class DialState(DialFacts):
    """A dial as it stands. values: arm -> value. concerns: the arms that it turns unless told which; value: of the
    first of them. idle: why turning it would do nothing; None where it does something. pending: whether it waits for a
    reset.
    """

    choices: list[str]
    value: Value
    values: dict[str, Value]
    concerns: list[str]
    idle: str | None
    pending: bool
    locked: bool


class BreakState(TypedDict):
    """A switch that breaks a run on purpose. resets: whether the run begins anew for it."""

    switch: str
    label: str
    help: str
    on: bool
    resets: bool


class Change(TypedDict):
    """A value now, as text; how much more or less it is than a step before ("" for the same)."""

    value: str
    trend: Literal["up", "down", "same"]
    by: str


class Delta(TypedDict):
    """What the last step changed: rows of a name and a cell an arm; a row of a name alone says since when."""

    columns: list[str]
    rows: list[list[str | Change]]


class Finding(TypedDict):
    level: Literal["ok", "warn", "alarm"]
    text: str


class SketchOf(TypedDict):
    """A curve to be drawn by hand over the run."""

    term: str
    low: float
    high: float


class Question(TypedDict):
    """Of options to choose from, or a sketch."""

    id: str
    text: str
    options: NotRequired[list[str]]
    sketch: NotRequired[SketchOf]


class Outcome(TypedDict):
    """right: None where an answer is neither."""

    text: str
    right: bool | None


Answer = str | list[float]


class PredictionState(TypedDict):
    """Questions before the run. waiting: whether play is locked until they are answered."""

    questions: list[Question]
    answers: dict[str, Answer]
    outcome: dict[str, Outcome]
    waiting: bool


class Progress(TypedDict):
    """of: 0 where the end is not known."""

    text: str
    done: int
    of: int


class Said(TypedDict):
    """A sentence for who cannot see the curves."""

    id: int
    text: str


@dataclass(frozen=True)
class LabState:
    """A consistent snapshot of a LiveRun; the fields are those of a frame for the browser.

    Attributes:
        state: one of `STATES`. error: what stopped it. note: the last command that could not be followed, and the like.
        progress: while preparing.
        step: of the slowest arm, or the scrubbed one. steps: of the whole run.
        epoch, steps_per_epoch: passes over the shots; None before anything is prepared.
        speed: steps a second at most, None for as fast as it goes.
        scrubbed: the recorded step that is looked at, None at the head. recorded_steps: those that can be gone back to.
        selection: ids. said: the newest sentences. show: panels, None for all. locked: commands and dials.
        explained: what the two axes are. caption: of the step that is looked back at; None at the head, where the last
            of `said` is it. to_lose: what a reset would drop, in words; empty for nothing.
    """

    state: State
    error: str | None = None
    note: str | None = None
    progress: Progress | None = None
    step: int = 0
    steps: int = 0
    epoch: int = 0
    steps_per_epoch: int | None = None
    speed: float | None = None
    scrubbed: int | None = None
    recorded_steps: list[int] = field(default_factory=list)
    arms: list[ArmState] = field(default_factory=list)
    dials: list[DialState] = field(default_factory=list)
    delta: Delta = field(default_factory=lambda: Delta(columns=[], rows=[]))
    diagnosis: list[Finding] = field(default_factory=list)
    breaks: list[BreakState] = field(default_factory=list)
    prediction: PredictionState | None = None
    selection: list[Id] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    show: list[Panel] | None = None
    locked: list[str] = field(default_factory=list)
    explained: str = ""
    caption: str | None = None
    to_lose: str = ""


# The cockpit: what the reader asks for


class NoArgs(TypedDict):
    pass


class SpeedArgs(TypedDict):
    """Steps a second; None: as fast as it goes."""

    value: float | None


class SetArgs(TypedDict):
    """arm: None for all that the dial concerns."""

    field: str
    value: Value
    arm: str | None


class ScrubArgs(TypedDict):
    """step: None goes back to the head."""

    step: int | None


class ForkArgs(TypedDict):
    """field: None changes nothing."""

    step: int
    field: str | None
    value: Value
    arm: str
    play: bool


class SelectArgs(TypedDict):
    ids: list[Id]


class PredictArgs(TypedDict):
    answers: dict[str, Answer]


class BreakArgs(TypedDict):
    switch: str
    on: bool


class RestoreArgs(TypedDict):
    token: str


Commands = TypedDict(
    "Commands",
    {
        "play": NoArgs,
        "pause": NoArgs,
        "step": NoArgs,
        "epoch": NoArgs,
        "reset": NoArgs,
        "speed": SpeedArgs,
        "set": SetArgs,
        "scrub": ScrubArgs,
        "fork": ForkArgs,
        "select": SelectArgs,
        "predict": PredictArgs,
        "break": BreakArgs,
        "restore": RestoreArgs,
    },
)
COMMANDS: tuple[str, ...] = tuple(Commands.__annotations__)


# A figure


class FigureFrame(TypedDict):
    """A Plotly figure, its flat arrays of numbers as arrays. height: CSS pixels."""

    figure: dict[str, Any]
    sentence: str
    height: float


class SelectionBody(TypedDict):
    selection: list[Id]


class Need(TypedDict):
    """Asks for plotly.js, which comes as a "library" in one buffer."""

    type: Literal["need"]


class Select(TypedDict):
    """The reader selected points: the ids that they stand for."""

    type: Literal["select"]
    ids: list[Id]


class PlaceClicked(TypedDict):
    """The reader clicked into a trace whose role is "places": the number of the place."""

    type: Literal["place"]
    place: int


# A report


class LinkedData(TypedDict):
    """What a report's figures and tables have in common; see `reports.page.Linked`."""

    ids: list[Id]
    columns: dict[str, list[str | float | None]]
    what: tuple[str, str]
    pictures: dict[str, str]
    of: str
    others: str
    called: dict[str, str]


SENT = (
    *(FrameHeader, Hello, Retained, Stamp, Ready, Ping, Ack, Away),
    *(Scene, QuantityFacts, Series, Manifold, Turn, ArmState, DialFacts, DialState, BreakState, Change, Delta, Finding),
    *(SketchOf, Question, Outcome, PredictionState, Progress, Said, LabState),
    *(NoArgs, SpeedArgs, SetArgs, ScrubArgs, ForkArgs, SelectArgs, PredictArgs, BreakArgs, RestoreArgs, Commands),
    *(FigureFrame, SelectionBody, Need, Select, PlaceClicked, LinkedData),
)

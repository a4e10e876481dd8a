"""The messages between Python and a page, declared once: `js/src/messages.d.ts` is generated from this module.

Arrays are sent as binary buffers (`channel.pack`): float32, int32 or uint8. After a change here, run
`python ame_explore/widgets/js/generate_messages.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypedDict, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Shorts = NDArray[np.int16]
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
    "exercise",
    "selection",
    "recipe",
    "probe",
    "one_step",
]
PANELS: tuple[Panel, ...] = get_args(Panel)


# The channel's own messages and headers


class FrameHeader(TypedDict):
    """The header of a frame. n: its number. time: when it was made, seconds. moving: whether another follows by
    itself. heard: page -> its clock and Python's at its last message. ask: whether the page must acknowledge it.
    """

    type: Literal["frame"]
    n: int
    time: float
    moving: bool
    heard: dict[str, tuple[float, float]]
    ask: bool


class Hello(TypedDict):
    """The answer to a message of a page. t: the page's clock at that message. time: Python's clock."""

    type: Literal["hello"]
    page: str
    t: float
    time: float


class Retained(TypedDict):
    """A message that is valid until the next one of its type. retained: its number."""

    type: str
    retained: int


class Stamp(TypedDict):
    """The part that all messages of a page have. t: the page's clock, seconds."""

    page: str
    t: float


class Ready(TypedDict):
    """The page can receive frames. have: name -> number of the retained messages that it has."""

    type: Literal["ready"]
    have: dict[str, int]


class Ping(TypedDict):
    """The page has received nothing for a while."""

    type: Literal["ping"]
    have: dict[str, int]


class Ack(TypedDict):
    """Frame n was drawn, or arrived too late to be drawn (stale). age_ms: its age when drawing began, milliseconds."""

    type: Literal["ack"]
    n: int
    age_ms: float
    stale: bool


class Away(TypedDict):
    """The page is hidden. left: it has no view any more, not even one that is scrolled away."""

    type: Literal["away"]
    left: bool


# The cockpit: what Python sends


class Atlas(TypedDict):
    """Small pictures in one lossless WebP file, row by row.

    count: how many. columns: in a row. width, height: pixels of each.
    """

    file: Bytes
    count: int
    columns: int
    width: int
    height: int


class Scene(TypedDict):
    """The part of the view that stays the same during a run, with N drawn images and C classes.

    ids, labels: (N,). base: (C,), whether a class is a base class; None if all are. captions: N, or none. thumbnails:
    of the first images, or None. show_images: whether points are drawn as these until the reader decides. extent: x0,
    x1, y0, y1 of the frozen axes; None takes them from the first frame. sampled: which test images
    the scores are of, or "" for all of them. references: term -> name of a line to compare with ("teacher",
    "backbone", "chance") -> its value. short, colors: C names and colours of the classes in figures.
    """

    ids: Ints
    labels: Ints
    class_names: list[str]
    short: list[str]
    colors: list[str]
    base: Bytes | None
    captions: list[str]
    thumbnails: Atlas | None
    show_images: bool
    extent: tuple[float, float, float, float] | None
    sampled: str
    references: dict[str, dict[str, float]]


class QuantityFacts(TypedDict):
    """A quantity as `quantities.for_browser` returns it; the cockpit's trait "quantities" has them by name.

    decimals: of its values. fine: whether small values get two significant digits instead. limits: of its axis, which
    otherwise follows the values. group: the chart that it belongs to. per_reading: whether its curve breaks when the
    reading changes. ame_only: whether arms without AME lack it. headline: whether its curve is shown first. always:
    whether every evaluation measures it.
    """

    label: str
    short: str
    definition: str
    unit: NotRequired[str]
    decimals: int
    fine: NotRequired[bool]
    limits: NotRequired[tuple[float, float]]
    group: NotRequired[Literal["accuracy", "entropy", "loss"]]
    per_reading: NotRequired[bool]
    ame_only: NotRequired[bool]
    headline: NotRequired[bool]
    always: NotRequired[bool]


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
    """A dial that was turned. text: such as "ω 0.5". redefines: whether H is a different quantity afterwards."""

    step: int
    field: str
    text: str
    redefines: bool


@dataclass(frozen=True)
class ArmState:
    """One arm of a lab.

    Attributes:
        name: its name.
        label: its name, and for a fork where it came from.
        step: the step that is shown.
        recipe_token: the recipe, including the steering.
        finished: whether all steps are done.
        parent: the arm that it is a fork of, or None.
        fork_step: the step at which it was forked, or None.
        family: the arms that differ in nothing but their seed have the same; "" if all arms have one seed.
        error: what stopped it.
        manifold: the picture; None before the first.
        series: the curves by name.
        turns: the dials that were turned.
    """

    name: str
    label: str
    step: int
    recipe_token: str = ""
    finished: bool = False
    parent: str | None = None
    fork_step: int | None = None
    family: str = ""
    error: str | None = None
    manifold: Manifold | None = None
    series: dict[str, Series] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)


class DialFacts(TypedDict):
    """The properties of a dial that are the same for every arm and at every step.

    low, high: limits of a number's slider. step: between the values of the slider; None: any value. optional: whether
    the value may be None. none: what None means.
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
    """The current state of a dial. choices: names. labels, helps: of the choices that are registered parts, by name.
    values: arm -> value. concerns: the arms that it changes by default. value: that of
    the first of them. idle: why it has no effect on training; None if it has one. inert: whether it has no effect at
    all, not even on what is measured. pending: whether it waits for a reset.
    """

    choices: list[str]
    labels: dict[str, str]
    helps: dict[str, str]
    value: Value
    values: dict[str, Value]
    concerns: list[str]
    idle: str | None
    inert: bool
    pending: bool
    locked: bool


class BreakState(TypedDict):
    """A switch that breaks a run on purpose. resets: whether it restarts the run."""

    switch: str
    label: str
    help: str
    on: bool
    resets: bool


class Change(TypedDict):
    """A current value as text, and by how much it has changed since the step before ("" if it has not)."""

    value: str
    trend: Literal["up", "down", "same"]
    by: str


class Delta(TypedDict):
    """What the last step changed. A row is a name and one cell per arm; a row of a name alone gives the steps."""

    columns: list[str]
    rows: list[list[str | Change]]


class Finding(TypedDict):
    """A finding of the diagnosis. text: what was seen. advice: what to try. sensitivity: what such a finding can miss
    and mistake. The last two may be empty.
    """

    level: Literal["ok", "warn", "alarm"]
    text: str
    advice: str
    sensitivity: str


class Arrangement(TypedDict):
    """The panels of each dock, in the order of their tabs; "right" needs a wide page, else its panels are below."""

    left: list[Panel]
    below: list[Panel]
    right: list[Panel]


class Verdict(TypedDict):
    """What the difference between the first two arms amounts to. term: of which curve. short: without its numbers, for
    little room. details: how it was found.
    """

    term: str
    short: str
    text: str
    details: str


class SketchOf(TypedDict):
    """A curve that the reader draws by hand over the run."""

    term: str
    low: float
    high: float


class Question(TypedDict):
    """A question that is answered by one of its options, by a sketch, or, if it has neither, by free text."""

    id: str
    text: str
    options: NotRequired[list[str]]
    sketch: NotRequired[SketchOf]


class Outcome(TypedDict):
    """The result of an answer. right: None if it can be neither right nor wrong."""

    text: str
    right: bool | None


Answer = str | list[float]


class PredictionState(TypedDict):
    """Questions before the run. waiting: whether play is locked until they are answered."""

    questions: list[Question]
    answers: dict[str, Answer]
    outcome: dict[str, Outcome]
    waiting: bool


class ExerciseState(TypedDict):
    """An exercise with a hidden fault. questions: all may be left open. answers: those that were given. outcome: of
    those that are right or wrong, once revealed. hidden: whether fault, recipes and diagnosis are hidden. given:
    whether there are answers. told: the fault, once revealed. token: the answers. seconds: on the clock, which is
    running or not. limit: seconds that there are, or None.
    """

    questions: list[Question]
    answers: dict[str, str]
    outcome: dict[str, Outcome]
    hidden: bool
    given: bool
    told: str
    token: str
    seconds: float
    limit: float | None
    running: bool


class Progress(TypedDict):
    """The progress of a task. of: 0 if the end is not known."""

    text: str
    done: int
    of: int


class Said(TypedDict):
    """A sentence for readers who cannot see the curves."""

    id: int
    text: str


@dataclass(frozen=True)
class LabState:
    """A consistent snapshot of a LiveRun; its fields are those of a frame for the browser.

    Attributes:
        state: one of `STATES`.
        error: what stopped the lab.
        note: why the last command was refused.
        progress: while preparing.
        step: of the slowest arm, or the one that is being looked at.
        steps: of the whole run.
        epoch: passes over the shots.
        steps_per_epoch: None before anything is prepared.
        speed: the most steps per second; None: full speed.
        scrubbed: the recorded step that is being looked at; None at the newest.
        recorded_steps: the steps that a reader can go back to.
        units: the units that the arms' readings decide, by quantity.
        arms: the arms.
        dials: the dials.
        delta: what the last step changed.
        diagnosis: its findings.
        verdict: on the difference between the first two arms; None if there is none to judge.
        breaks: the break-it switches.
        prediction: the questions before the run, or None.
        exercise: the exercise, or None.
        selection: ids of the selected images.
        said: the newest sentences.
        show: the panels to show; None: all.
        locked: commands and dials that the reader cannot use.
        explained: what the two axes are.
        caption: the sentence of the step that is being looked at; None at the newest, for which the last of `said`
            applies.
        to_lose: what a reset would lose, in words; empty if nothing.
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
    units: dict[str, str] = field(default_factory=dict)
    arms: list[ArmState] = field(default_factory=list)
    dials: list[DialState] = field(default_factory=list)
    delta: Delta = field(default_factory=lambda: Delta(columns=[], rows=[]))
    diagnosis: list[Finding] = field(default_factory=list)
    verdict: Verdict | None = None
    breaks: list[BreakState] = field(default_factory=list)
    prediction: PredictionState | None = None
    exercise: ExerciseState | None = None
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
    """Steps per second; None: full speed."""

    value: float | None


class SetArgs(TypedDict):
    """A new value of a dial. arm: None for all arms that the dial concerns."""

    field: str
    value: Value
    arm: str | None


class ScrubArgs(TypedDict):
    """The step to look at; None returns to the newest."""

    step: int | None


class ForkArgs(TypedDict):
    """A fork. field: the dial to turn; None: none."""

    step: int
    field: str | None
    value: Value
    arm: str
    play: bool


class SelectArgs(TypedDict):
    ids: list[Id]


class PredictArgs(TypedDict):
    answers: dict[str, Answer]


class AnswerArgs(TypedDict):
    """Answers to the questions of an exercise: id -> answer."""

    answers: dict[str, str]


class BreakArgs(TypedDict):
    switch: str
    on: bool


class RestoreArgs(TypedDict):
    token: str


class TakeApartArgs(TypedDict):
    """Asks for the next step. place: of the chosen image in the minibatch; None: the first. key: of what the page shows
    now, which the answer repeats.
    """

    place: int | None
    key: str


class GivenProbe(TypedDict):
    """A probe. kind "image": width, height, and pixels as base64 of RGB bytes. "text": text. "row": an image of the
    data by its id, blended with another by a share from 0 to 1; other: None for no blend.
    """

    kind: Literal["image", "text", "row"]
    width: NotRequired[int]
    height: NotRequired[int]
    pixels: NotRequired[str]
    text: NotRequired[str]
    id: NotRequired[Id]
    other: NotRequired[Id | None]
    share: NotRequired[float]


class ProbeArgs(TypedDict):
    """What to do with a probe. by, n: the page and the number of its request, which the answer repeats.

    "ask" and "keep": probe. "keep" and "forget": name. "rename": name and to. "walk": between, two names, "" being the
    current probe; None ends the walk. "add": token. "pick": id and role of an image whose pixels the page wants.
    """

    action: Literal["ask", "clear", "keep", "forget", "rename", "walk", "add", "pick"]
    by: str
    n: int
    probe: NotRequired[GivenProbe]
    name: NotRequired[str]
    to: NotRequired[str]
    between: NotRequired[list[str] | None]
    token: NotRequired[str]
    id: NotRequired[Id]
    role: NotRequired[Literal["first", "second"]]


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
        "answer": AnswerArgs,
        "break": BreakArgs,
        "restore": RestoreArgs,
        "probe": ProbeArgs,
        "take_apart": TakeApartArgs,
        "share": NoArgs,
    },
)
COMMANDS: tuple[str, ...] = tuple(Commands.__annotations__)


class Shared(TypedDict):
    """Answers "share": the whole lab as a token."""

    token: str


# Probes, in messages of their own: "probe_world", "probe" and "picked"


class ProbeWorld(TypedDict):
    """What probes this run accepts. shape: (channels, height, width) of images; None if none can be drawn. ground: RGB
    of an empty image. cannot: what is missing, and what is possible instead.
    """

    shape: list[int] | None
    ground: list[int]
    reads_text: bool
    cannot: str


class Named(TypedDict):
    """A text near a probe, and the cosine between both."""

    text: str
    cosine: float


class ProbeAnswer(TypedDict):
    """What a model says of the current probe. step: None for the teacher. point: (2,), on the map. shares: (C,), of the
    classes. entropy: nats, of the shares. texts, images: the nearest, first the nearest. claims: ids of the images
    that a text wins from all class texts; None for an image. claimed: how many these are, of so many.
    """

    name: str
    step: int | None
    point: Floats
    shares: Floats
    entropy: float
    texts: list[Named]
    images: Ints
    claims: Ints | None
    claimed: int
    of: int


class ProbeMark(TypedDict):
    """Where a model puts a kept probe, and its best answer. point: (2,). share: of that answer. entropy: nats."""

    name: str
    step: int | None
    point: Floats
    answer: int
    share: float
    entropy: float


class KeptProbe(TypedDict):
    """A kept probe. text: of a text. id: of a row. pixels: (height, width, 3), of an image."""

    name: str
    kind: Literal["image", "text", "row"]
    text: str
    id: Id
    pixels: Bytes | None
    marks: list[ProbeMark]


class WalkPath(TypedDict):
    """A model's walk of K points. points: (K, 2). answers, shares: (K,), the best class. entropy: (K,), nats."""

    name: str
    points: Floats
    answers: Ints
    shares: Floats
    entropy: Floats


class Walk(TypedDict):
    """A walk between two probes; "" names the current one."""

    first: str
    second: str
    paths: list[WalkPath]


class ProbeState(TypedDict):
    """The probes now. by, n: the last request that this includes. error: why it was refused. remark: what to know about
    the current probe. kind: of the current probe; None without one. token: the kept probes.
    """

    by: str
    n: int
    error: str | None
    remark: str
    kind: Literal["image", "text", "row"] | None
    answers: list[ProbeAnswer]
    kept: list[KeptProbe]
    walk: Walk | None
    token: str


class Picked(TypedDict):
    """The pixels of an image of the data, (height, width, 3), for the page that asked."""

    by: str
    id: Id
    role: Literal["first", "second"]
    pixels: Bytes


# One step taken apart, in a message of its own: "one_step"


class CompetingRows(TypedDict):
    """The softmax whose entropy AME lowers. over: of what it is. p, after: (n,) probabilities before and after the
    step. push: (n,) minus the gradient of omega H by the scores. texts: how many of the n entries are texts, which come
    first. mine: the entries that belong to the chosen image. level: exp(-H), above which entries are pushed up.
    """

    over: str
    p: Floats
    after: Floats
    push: Floats
    texts: int
    mine: list[int]
    level: float


class OneStepArm(TypedDict):
    """The step of one arm, for the chosen image. before, after, teacher: (2,) on the map. pull, push: (2,) the
    direction in which KD and AME alone would turn the image's features, on the map and in one scale. seen_pull,
    seen_push: the share of their squared length that the map shows. shares: (C,) class probabilities of the "teacher"
    and of the student "before" and "after". norms: of the gradients at the features of the chosen image ("kd", "ame")
    and of the minibatch ("kd_all", "ame_all"). cosines: of pull and push ("kd_ame"), and of what the step did with each
    ("step_kd", "step_ame"); None where one is 0. said: part -> sentence.
    """

    name: str
    step: int
    before: Floats
    after: Floats
    teacher: Floats
    pull: Floats
    push: Floats
    seen_pull: float
    seen_push: float
    shares: dict[str, Floats]
    norms: dict[str, float]
    cosines: dict[str, float | None]
    rows: CompetingRows | None
    said: dict[str, str]


class OneStepState(TypedDict):
    """The next step, taken apart. key: that of the request. error: why there is none. ids, labels, captions: of the B
    images of the minibatch. pictures: of them, or None. place: of the chosen image among them.
    """

    key: str
    error: str | None
    ids: Ints
    labels: Ints
    captions: list[str]
    pictures: Atlas | None
    place: int
    arms: list[OneStepArm]


# A recording


class RecordedPicture(TypedDict):
    """A student at a step whose features were recorded. points: (n, 2); anchors: (C, 2); entropy: (n,): shares of the
    recording's box and of its largest entropy, from -32767 for 0 to 32767 for 1. prediction: (n,), or none.
    """

    step: int
    points: Shorts
    anchors: Shorts
    prediction: Shorts
    entropy: Shorts


class Moment(TypedDict):
    """What is said at a recorded step. findings: place in the recording's list. rows: of the delta."""

    caption: str
    findings: int
    rows: list[list[str | Change]]


class Recording(TypedDict):
    """Recorded runs as a page plays them. pictures: of each arm. moments: the steps that a reader can go to. told: at
    each of them. findings: the different lists of findings. columns: of the delta. box: x0, x1, y0, y1 around all
    pictures. most_entropy: nats. The other fields are those of a frame or of the cockpit.
    """

    scene: Scene
    quantities: dict[str, QuantityFacts]
    arrangement: Arrangement
    arms: list[ArmState]
    pictures: list[list[RecordedPicture]]
    moments: list[int]
    told: list[Moment]
    findings: list[list[Finding]]
    columns: list[str]
    box: tuple[float, float, float, float]
    most_entropy: float
    steps: int
    units: dict[str, str]
    explained: str
    show: list[Panel]
    locked: list[str]


# A figure


class FigureFrame(TypedDict):
    """A Plotly figure whose large numeric arrays stay arrays. height: CSS pixels."""

    figure: dict[str, Any]
    sentence: str
    height: float


class SelectionBody(TypedDict):
    selection: list[Id]


class Need(TypedDict):
    """Asks for plotly.js, which comes as a "library" in one buffer."""

    type: Literal["need"]


class Select(TypedDict):
    """The reader selected points. ids: the ids of these points."""

    type: Literal["select"]
    ids: list[Id]


class PlaceClicked(TypedDict):
    """The reader clicked into a trace whose role is "places": the number of the place."""

    type: Literal["place"]
    place: int


# The explorer


class ColumnFacts(TypedDict):
    """A column of the pairs. low, high: of the known values, for a range. words, counts: the commonest categories."""

    name: str
    title: str
    kind: Literal["number", "date", "category", "text"]
    colorable: bool
    low: float | None
    high: float | None
    words: list[str]
    counts: list[int]


class PairFacts(TypedDict):
    """What stays the same for all pairs. image, text: the row of each pair's image and text. meaning: whether a text
    can be encoded.
    """

    name: str
    pairs: int
    image: Ints
    text: Ints
    columns: list[ColumnFacts]
    meaning: bool


class PictureChoice(TypedDict):
    name: str
    label: str


class PairsBeside(TypedDict):
    """A second model's map of the same pairs, by the rows of the first."""

    model: str
    image: Floats
    text: Floats


class PairPlaces(TypedDict):
    """The map that is shown: x and y of all images, then of all texts; NaN where not drawn. words: what it is.

    model: its name; "" if two models are shown side by side. shared: whether both maps have the same axes.
    """

    picture: str
    pictures: list[PictureChoice]
    models: list[str]
    model: str
    image: Floats
    text: Floats
    beside: PairsBeside | None
    shared: bool
    words: str


class PairColors(TypedDict):
    """One code per pair: the place in `colors`; of a scale 0 ... 254, and 255 where the value is unknown."""

    column: str
    title: str
    scale: bool
    codes: Bytes
    colors: list[str]
    names: list[str]
    counts: list[int]
    low: str
    high: str
    unknown: int


class Chip(TypedDict):
    words: str
    count: int


class TableRow(TypedDict):
    row: int
    cells: list[str]


class PairsShown(TypedDict):
    """Which pairs are shown, and in which order. turn: changes with the order, so that old rows are not mixed in.
    rows: the first of the table.
    """

    turn: int
    mask: Bytes
    count: int
    chips: list[Chip]
    sort: str
    descending: bool
    rows: list[TableRow]


class RowsSelected(TypedDict):
    rows: Ints


class RegionName(TypedDict):
    """The name of a region and where it is written on the map."""

    name: str
    count: int
    x: float
    y: float


class RegionNames(TypedDict):
    regions: list[RegionName]


class NearPair(TypedDict):
    row: int
    caption: str
    figures: str
    warn: bool
    picture: str | None


class NearGroup(TypedDict):
    title: str
    pairs: list[NearPair]


class PairFace(TypedDict):
    """The pair that is looked at. place: in the order of the table; -1 if it is not shown there."""

    row: int
    id: Id
    place: int
    count: int
    picture: str | None
    captions: list[str]
    figures: list[tuple[str, str]]
    note: str
    groups: list[NearGroup]


class PairGrid(TypedDict):
    """The pictures of a selection. count: how many pairs are selected."""

    count: int
    pairs: list[NearPair]


class TableRows(TypedDict):
    turn: int
    start: int
    rows: list[TableRow]


class Told(TypedDict):
    """A sentence for the reader. bad: whether something went wrong."""

    text: str
    bad: bool


class CrossTable(TypedDict):
    """Counts of pairs by true (rows) and predicted class (columns). words: the measures of each class."""

    title: str
    names: list[str]
    counts: Ints
    words: list[str]


class SheetCell(TypedDict):
    """act: whether a click shows the pairs behind it. warn: whether it is a finding to look at."""

    text: str
    act: bool
    warn: bool


class SheetInput(TypedDict):
    """An input of a sheet. name: in the message that it is sent with. value: what it holds at first."""

    name: str
    label: str
    value: str


class SheetFacts(TypedDict):
    """A small table of findings. choosing: what the choices are of. asks: inputs. code: Python to copy."""

    name: str
    words: list[str]
    head: list[str]
    lines: list[list[SheetCell]]
    choosing: str
    choices: list[PictureChoice]
    choice: str
    asks: list[SheetInput]
    code: str


class Tab(TypedDict):
    name: str
    title: str


class Sheets(TypedDict):
    """The tabs, and the sheet that is open; None: the table of all pairs."""

    tabs: list[Tab]
    open: SheetFacts | None


# A report


class Format(TypedDict):
    """How the values of a quantity are written, see `quantities.Quantity`."""

    decimals: int
    fine: bool


class LinkedData(TypedDict):
    """The data that a report's figures and tables share; see `reports.page.Linked`."""

    ids: list[Id]
    columns: dict[str, list[str | float | None]]
    formats: dict[str, Format]
    what: tuple[str, str]
    pictures: dict[str, str]
    of: str
    others: str
    called: dict[str, str]


SENT = (
    *(FrameHeader, Hello, Retained, Stamp, Ready, Ping, Ack, Away),
    *(Atlas, Scene, QuantityFacts, Series, Manifold, Turn, ArmState),
    *(DialFacts, DialState, BreakState, Change, Delta, Finding, Arrangement, Verdict),
    *(SketchOf, Question, Outcome, PredictionState, ExerciseState, Progress, Said, LabState),
    *(NoArgs, SpeedArgs, SetArgs, ScrubArgs, ForkArgs, SelectArgs, PredictArgs, BreakArgs, RestoreArgs),
    *(AnswerArgs, TakeApartArgs, Shared),
    *(GivenProbe, ProbeArgs, Commands),
    *(ProbeWorld, Named, ProbeAnswer, ProbeMark, KeptProbe, WalkPath, Walk, ProbeState, Picked),
    *(CompetingRows, OneStepArm, OneStepState),
    *(RecordedPicture, Moment, Recording),
    *(FigureFrame, SelectionBody, Need, Select, PlaceClicked, Format, LinkedData),
    *(ColumnFacts, PairFacts, PictureChoice, PairsBeside, PairPlaces, PairColors, Chip, PairsShown, RowsSelected),
    *(RegionName, RegionNames, NearPair, NearGroup, PairFace, PairGrid, TableRow, TableRows, Told, CrossTable),
    *(SheetCell, SheetInput, SheetFacts, Tab, Sheets),
)

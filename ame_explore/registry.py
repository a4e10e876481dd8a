"""Parts of a run: readings, KD losses, data sets, hosts, bounds and views, each added by one decorator.

::

    from ame_explore.registry import kd_loss

    @kd_loss(on="logits")
    def reverse_kl(student, teacher, tau):
        "KL(student || teacher) at temperature tau, mean over images, in nats."
        p = (student / tau).softmax(1)
        return (p * (p.log() - (teacher / tau).log_softmax(1))).sum(1).mean()

A registered part can be chosen in `Recipe(kd=...)`, on the dials and on the command line. Landscapes, diagnosis, bounds
and figures read its properties here and nowhere else. Parts come from this package, from a notebook cell (running the
cell again replaces its parts), or from another package that declares a module as an entry point:

    [project.entry-points.ame_explore]
    my_parts = "my_package.parts"

The module is imported when a part is first looked up. If the import fails, a warning says so and its parts are missing.
`ame_explore.testing` checks what a part promises.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import math
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from ame_explore.ame import READINGS, AMEError, Reading, check_choice, check_number, introduce, shown
from ame_explore.arguments import checked_init

GROUP = "ame_explore"  # of the entry points

OMEGA_DIAL = (0, 100)  # ends of the dial of omega
ON_THE_DIAL = "its default omega lies on the dial"  # what a reading promises

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Part:
    """What every part declares.

    Attributes:
        name: its name in recipes, tokens and commands: letters, digits, - and _.
        function: the function or class that implements it.
        label: its name in text; defaults to the name with spaces.
        help: one sentence; defaults to the first line of the function's docstring.
    """

    name: str
    function: Callable[..., Any]
    label: str = ""
    help: str = ""
    free_name: ClassVar[bool] = False  # whether the name may be any text, because nobody has to type it

    def __post_init__(self) -> None:
        introduce(self, free=self.free_name)


KD_ROLES = ("student", "teacher")
KD_OPTIONS = ("tau", "student_tau", "label_smoothing", "normalized", "texts", "logit_scale")


@checked_init
@dataclass(frozen=True, kw_only=True)
class KDLoss(Part):
    """A distillation loss, function(*, student, teacher, ...) -> scalar; a run multiplies it by `kd_weight`.

    `student` and `teacher` are (B, D) unit image features or (B, C) logits at the teacher's logit scale. Everything is
    passed by name. The function may have further parameters: tau, student_tau (None: it is tau), label_smoothing,
    normalized (False: the student's features keep their length, a deliberate fault), texts ((C, D) the
    teacher's class vectors), logit_scale.

    Attributes:
        on: "features" or "logits".
        unit: the unit of its value: "nats", or "" for a pure number.
        least: its smallest possible value.
    """

    on: str = "features"
    unit: str = ""
    least: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(f"on of the KD loss {self.name!r}", self.on, ("features", "logits"))
        check_least(self.name, self.least)
        object.__setattr__(self, "_options", _kd_options(self.name, self.function))

    @property
    def options(self) -> tuple[str, ...]:
        """The names in `KD_OPTIONS` that are parameters of the function."""
        options: tuple[str, ...] = self._options  # type: ignore[attr-defined]
        return options

    def uses(self, option: str) -> bool:
        """Whether the option is a parameter of the function."""
        return option in self.options


@checked_init
@dataclass(frozen=True, kw_only=True)
class DataSet(Part):
    """Data that a recipe can name: function(*, seed, ...) -> PairedData. Parameters other than seed are its options.

    Attributes:
        defaults: maps settings to the values that `Recipe.for_data` gives them on this data, where they differ from
            the settings' own defaults.
        models: function(data, *, seed, progress) -> (teacher, student's backbone), both frozen `TwoTowers`, or where to
            import it from, as "module:function". None: two `SmallCLIP` are trained on the data.
    """

    defaults: Mapping[str, Any] = dataclasses.field(default_factory=dict, hash=False)
    models: Callable[..., Any] | str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if "seed" not in _parameters(self.name, self.function):
            raise AMEError(f"the data set {self.name!r} must take a seed: def {self.name}(*, seed=0).")
        if "data" in self.defaults:
            raise AMEError(f"defaults of the data set {self.name!r} must not hold data, which is its own name.")
        if isinstance(self.models, str) and not re.fullmatch(r"[\w.]+:\w+", self.models):
            raise AMEError(f'models of the data set {self.name!r} must be "module:function", got {self.models!r}.')

    def own_models(self) -> Callable[..., Any] | None:
        """The function that makes its models; None if it brings none."""
        if isinstance(self.models, str):
            module, _, name = self.models.partition(":")
            made: Callable[..., Any] = getattr(importlib.import_module(module), name)
            return made
        return self.models

    @property
    def options(self) -> tuple[str, ...]:
        """The names of its options."""
        return tuple(name for name in inspect.signature(self.function).parameters if name != "seed")


@checked_init
@dataclass(frozen=True, kw_only=True)
class Host(Part):
    """A form of the student: function(tower, output_dim, *, generator) -> a `models.Student`.

    Attributes:
        frozen: prefixes of the names in the student's state that training does not change; they are not recorded.
        folds: whether the trained part is a `Projector` on fixed features, which Gaussian PAC-Bayes bounds need.
        pretrained: whether training starts from weights worth keeping, and the student's `mix` can mix them in.
        batched: whether training many students at once saves time; it does not if one of them keeps the machine busy.
    """

    frozen: tuple[str, ...] = ("backbone.",)
    folds: bool = False
    pretrained: bool = False
    batched: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not all(self.frozen):
            raise AMEError(f"frozen of the host {self.name!r} must be prefixes of names, got {self.frozen!r}.")

    def is_frozen(self, name: str) -> bool:
        """Whether training leaves the tensor of this name in the student's state as it is."""
        return name.startswith(self.frozen)


@checked_init
@dataclass(frozen=True, kw_only=True)
class BoundRule(Part):
    """A way to bound the loss or the gap of a distilled student.

    Attributes:
        per: what the function is given. "student": function(evidence) -> `Bound`, or None where it does not apply.
            "posterior": function(posterior) -> `Bound`; it is called for each prior and spread, and the best bound
            of each prior is shown. "supersamples": function(coin draws) -> `Bound`, or None where it does not apply.
            See `analysis.bounds.bound_inputs`.
    """

    per: str = "student"
    free_name: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(f"per of the bound {self.name!r}", self.per, ("student", "posterior", "supersamples"))


@checked_init
@dataclass(frozen=True, kw_only=True)
class View(Part):
    """A view of your own: function(arms) -> what is sent to the browser, and the ES module that draws it.

    Attributes:
        module: the text of an ES module as anywidget takes it, `export default { render({ model, el }) { ... } }`, or a
            `Path` to one. `model.get("data")` is what the function returned, and "change:data" says that it is new.
        css: a style sheet, or "".
    """

    module: str | Path = ""
    css: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.module, Path):
            try:
                object.__setattr__(self, "module", self.module.read_text(encoding="utf-8"))
            except (OSError, UnicodeError) as error:
                raise AMEError(f"module of the view {self.name!r} cannot be read: {error}.") from error
        if not re.search(r"^\s*export\s+(default|\{)", str(self.module), re.MULTILINE):
            raise AMEError(
                f"module of the view {self.name!r} must be an ES module with a default export: "
                "export default { render({ model, el }) { ... } }."
            )


def check_default_omega(reading: Reading) -> None:
    """Check that a reading's default weight can be shown and reached on the dial of omega.

    Args:
        reading: the reading.

    Raises:
        AMEError: if it lies outside `OMEGA_DIAL`.
    """
    low, high = OMEGA_DIAL
    if not low <= reading.default_omega <= high:
        raise AMEError(
            f"the reading {reading.name!r} breaks the promise {ON_THE_DIAL!r}: default_omega must be between {low} and "
            f"{high}, got {reading.default_omega:g}. Scale what the reading returns instead."
        )


def check_least(name: str, least: object) -> None:
    """Check the smallest value that a part declares.

    Args:
        name: the part.
        least: a number or minus infinity.

    Raises:
        AMEError: if it is neither.
    """
    if not isinstance(least, float) or least != -math.inf:
        check_number(f"least of {name!r}", least)


def _parameters(name: str, function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function).parameters
    except ValueError as error:
        raise AMEError(f"function of {name!r} must be written in Python, got {shown(function)}: wrap it.") from error


def _kd_options(name: str, function: Callable[..., Any]) -> tuple[str, ...]:
    """The options that a KD loss takes: refuses one without student and teacher, or with other parameters."""
    found = _parameters(name, function)
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    if any(role not in found or found[role].kind not in by_name for role in KD_ROLES):
        raise AMEError(
            f"{name!r} must have the parameters {' and '.join(KD_ROLES)}, which are passed by name, got "
            f"({', '.join(found)})."
        )
    others = [each for each in found.values() if each.name not in KD_ROLES]
    strange = [each.name for each in others if each.name not in KD_OPTIONS and each.default is each.empty]
    if strange:
        raise AMEError(
            f"{name!r} has the unknown parameters {', '.join(strange)}: besides {' and '.join(KD_ROLES)}, there are "
            f"{', '.join(KD_OPTIONS)}. Give others a default."
        )
    return tuple(each.name for each in others if each.name in KD_OPTIONS)


P = TypeVar("P")


class Registry(Mapping[str, P], Generic[P]):
    """The parts of one kind by name, in order of registration.

    Args:
        kind: the kind, in words.
        part: the class of such parts.
        modules: modules of this package that register such parts, imported at the first lookup.
        table: the dict that holds the parts; None for a new one.
        check: raises `AMEError` for a part that breaks a promise which the part itself cannot check.
    """

    def __init__(
        self,
        kind: str,
        part: type[P],
        modules: Sequence[str] = (),
        *,
        table: dict[str, P] | None = None,
        check: Callable[[P], None] = lambda part: None,
    ) -> None:
        self.kind = kind
        self.part: type[Any] = part
        self._modules = list(modules)
        self._check = check
        self._table: dict[str, P] = {} if table is None else table
        self._reserved: dict[str, str] = {}

    def register(self, name: str | None = None, **facts: Any) -> Callable[[F], F]:
        """A decorator that registers a function or class as a part, and returns it unchanged.

        Args:
            name: the name of the part; None for that of the function.
            **facts: further attributes of the part.

        Raises:
            AMEError: if an attribute is unknown or invalid, or a part from elsewhere has this name.
        """
        if callable(name):
            raise AMEError(f"write @{self.kind.replace(' ', '_')}(...), with parentheses, above {name.__name__}.")

        def decorate(function: F) -> F:
            known = {field.name for field in dataclasses.fields(self.part)} - {"name", "function"}
            for fact in facts:
                check_choice(f"facts of a {self.kind}", fact, sorted(known))
            own = getattr(function, "__name__", "") if name is None else name
            self.add(self.part(name=own, function=function, **facts))
            return function

        return decorate

    def add(self, part: P) -> P:
        """Register an existing part, and return it.

        Args:
            part: the part.

        Raises:
            AMEError: if it is of another kind, breaks a promise, its name is reserved or that of a part from elsewhere,
                or another part has its label.
        """
        if not isinstance(part, self.part):
            raise AMEError(f"a {self.kind} must be a {self.part.__name__}, got {type(part).__name__}.")
        self._check(part)
        name, function = part.name, part.function
        if _home(function)[0].partition(".")[0] != _OWN:
            self._load_own()  # not those of other packages: one of them may be registering right now
        if name in self._reserved:
            raise AMEError(
                f"name of a {self.kind} must not be {name!r}, which is {self._reserved[name]}: choose another name."
            )
        earlier = self._table.get(name)
        if earlier is not None and _home(earlier.function) != _home(function):  # type: ignore[attr-defined]
            where = ".".join(_home(earlier.function))  # type: ignore[attr-defined]
            raise AMEError(f"the name {name!r} is taken by another {self.kind}, {where}: choose another name.")
        label = getattr(part, "label", None)
        if label is not None:
            twins = [other for other in self._table if other != name and self._table[other].label == label]  # type: ignore[attr-defined]
            if twins:
                raise AMEError(
                    f"the label {label!r} is taken by the {self.kind} {twins[0]!r}: choose another, since readers see "
                    "labels alone."
                )
        self._table[name] = part
        return part

    def reserve(self, names: Iterable[str], what: str) -> None:
        """Keep names from being given to a part, because they mean something else where parts are named.

        Args:
            names: the names.
            what: what they name, such as "a panel of the lab".
        """
        self._reserved |= dict.fromkeys(names, what)

    def remove(self, name: str) -> P:
        """Remove a part, and return it.

        Args:
            name: the name of the part.

        Raises:
            AMEError: if there is none of that name.
        """
        self[name]
        return self._table.pop(name)

    def names(self) -> tuple[str, ...]:
        """All names."""
        return tuple(self)

    def __getitem__(self, name: str) -> P:
        found = self._table.get(name) if isinstance(name, str) else None
        if found is None:
            self._load()
            check_choice(self.kind, name, tuple(self._table))
            found = self._table[name]
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """The part of that name.

        Args:
            name: the name.
            default: what to return if there is no such part.
        """
        self._load()
        return self._table.get(name, default)

    def __contains__(self, name: object) -> bool:
        self._load()
        return isinstance(name, str) and name in self._table

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(tuple(self._table))

    def __len__(self) -> int:
        self._load()
        return len(self._table)

    def __repr__(self) -> str:
        return f"<Registry of {self.kind}: {', '.join(self)}>"

    def _load(self) -> None:
        self._load_own()
        _load_foreign()

    def _load_own(self) -> None:
        for module in self._modules:
            importlib.import_module(module)
        self._modules.clear()


def _load_foreign() -> None:
    """Import the modules that other packages declare, once; a warning reports those that fail."""
    global _asked
    with _LOCK:
        if _asked:
            return
        _asked = True  # before the imports, since a module may look up parts while it registers its own
        for entry in entry_points(group=GROUP):
            package = entry.dist.name if entry.dist is not None else entry.module
            try:
                entry.load()
            except Exception as error:
                warnings.warn(
                    f"The package {package!r} could not register its parts ({entry.value}: {type(error).__name__}: "
                    f"{error}): they are left out.",
                    stacklevel=4,
                )


def only_in_this_session(part: Any) -> bool:
    """Whether a new process would not know a part: neither this package nor an installed one registers it.

    Args:
        part: a registered part.
    """
    packages = {_OWN, *(entry.module.partition(".")[0] for entry in entry_points(group=GROUP))}
    return _home(part.function)[0].partition(".")[0] not in packages


def _home(function: Callable[..., Any]) -> tuple[str, str]:
    """Where a function was defined; a later definition at the same place replaces it."""
    return getattr(function, "__module__", "") or "", getattr(function, "__qualname__", repr(function))


_OWN = __name__.partition(".")[0]
_LOCK = threading.RLock()
_asked = False

readings: Registry[Reading] = Registry("reading", Reading, table=READINGS, check=check_default_omega)
kd_losses: Registry[KDLoss] = Registry(
    "KD loss", KDLoss, [f"ame_explore.training.{module}" for module in ("losses", "baselines")]
)
data_sets: Registry[DataSet] = Registry("data set", DataSet, ["ame_explore.data"])
hosts: Registry[Host] = Registry("host", Host, ["ame_explore.models.hosts"])
bounds: Registry[BoundRule] = Registry("bound", BoundRule, ["ame_explore.analysis.bounds.students"])
views: Registry[View] = Registry("view", View, ["ame_explore.widgets.lab.arrangement"])  # which reserves names

reading, kd_loss, data_set, host, bound, view = (
    each.register for each in (readings, kd_losses, data_sets, hosts, bounds, views)
)

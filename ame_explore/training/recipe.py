"""A run as one value, and as one short string."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ame_explore.ame import DEFAULT_OMEGA, READINGS, AMEError, check_choice, check_number
from ame_explore.registry import hosts, kd_losses

TOKEN_PREFIX = "ame1:"  # raised with every change of a default: a token leaves defaults out
_LONGEST_RECIPE = 1 << 20  # bytes; a token may not unpack to more

PROTOCOLS = ("clean", "transductive")
STEERABLE = (
    "omega",
    "reading",
    "temperature",
    "kd_weight",
    "tau",
    "label_smoothing",
    "learning_rate",
    "ambiguity",
    "noise",
    "student_tau",
    "normalized",
    "shuffled_pairs",
    "duplicates",
    "teacher_noise",
)
# what breaks a run on purpose, and the value that leaves it whole
FAULTS: Mapping[str, float | bool | None] = {
    "student_tau": None,
    "normalized": True,
    "shuffled_pairs": False,
    "duplicates": 1,
    "teacher_noise": 0.0,
}


@dataclass(frozen=True)
class Event:
    """A dial that was turned: after `step` optimizer steps, `field` became `value`."""

    step: int
    field: str
    value: float | str | None


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """All that decides a distillation: two equal recipes give the same run, bit for bit, on one machine.

    Data
        data, data_seed: which data, and the seed of its splits. data_digest: the first 16 hex digits of its content's
            SHA-256, checked when given and filled in by `Distillation`.
        shots: images a class to distil from; None for all there are.
        protocol: "clean" (images of base classes only) or "transductive" (PromptKD's: unlabelled images of all classes,
            the new ones too, which flatters new-class accuracy).
        ambiguity, noise: dials of the training images, see `PairedData.images_at`.
    Models
        teacher_seed: of the teacher and of the student's backbone. host: "promptkd" (frozen backbone, visual prompts,
            projector), "projector" or "scratch".
    Distillation loss, times kd_weight
        kd: "feature" (1 - cosine of student and teacher image features), "logits" (tau^2 KL(teacher || student), Hinton
            et al. 2015) or "promptkd" (1000 times that, divided by the number of classes, as PromptKD's code weighs
            it). Our default is "feature": over so few base images logits teach next to nothing about new classes.
        kd_classes: the logits are over "all" class texts or those of the "base" classes.
        tau: temperature of teacher and student. label_smoothing: share of the teacher's target spread over all classes.
    AME (see `AMELoss`)
        reading, omega (None: the reading's default; 0: plain KD), projection, manifold_dim, normalize, temperature
            (None: for `predictive` the teacher's own, else 1), gradient, random_texts, text_rows, scope.
        ame_input: "unit" features, as the host uses them, or the projector's "raw" output.
    Schedule
        steps, batch_size (without replacement within an epoch), optimizer ("adamw", or "sgd" with momentum 0.9),
        learning_rate, weight_decay, schedule ("cosine" to zero, or "constant"), seed (weights, shots and batches).
    Faults, to be shown: each is a mistake that is made in practice (see `ame_explore.training.faults`)
        student_tau: the student's temperature where it is not the teacher's `tau`; logits KD alone has one.
        normalized: False leaves the student's features at the length they come in, in KD and in AME alike.
        shuffled_pairs: each image is taught the teacher's answer to the next one of its batch.
        duplicates: how often each image stands in a batch, which then holds so many times fewer images.
        teacher_noise: share of the shots to which the teacher answers as if they were an image of another class.
    events: the dials that were turned while it ran.

    Raises `AMEError` for unknown names, values out of range, and settings that contradict each other.
    """

    data: str = "digits"
    data_seed: int = 0
    data_digest: str | None = None
    shots: int | None = 4
    protocol: str = "clean"
    ambiguity: float = 0.0
    noise: float = 0.0
    teacher_seed: int = 0
    host: str = "promptkd"
    kd: str = "feature"
    kd_weight: float = 1.0
    kd_classes: str = "all"
    tau: float = 1.0
    label_smoothing: float = 0.0
    reading: str = "rows"
    omega: float | None = None
    projection: str = "own"
    manifold_dim: int = 64
    normalize: str = "none"
    temperature: float | None = None
    gradient: str = "both"
    random_texts: bool = False
    text_rows: str = "all"
    scope: str = "batch"
    ame_input: str = "unit"
    steps: int = 200
    batch_size: int = 16
    optimizer: str = "adamw"
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    schedule: str = "cosine"
    seed: int = 0
    student_tau: float | None = None
    normalized: bool = True
    shuffled_pairs: bool = False
    duplicates: int = 1
    teacher_noise: float = 0.0
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.data, str) or not self.data:
            raise AMEError(f"data must be the name of a data set, got {self.data!r}.")
        for name in ("data_seed", "teacher_seed", "seed"):
            check_number(name, getattr(self, name), low=0, whole=True)
        if self.shots is not None:
            check_number("shots", self.shots, low=1, whole=True)
        for name in ("manifold_dim", "steps", "duplicates"):
            check_number(name, getattr(self, name), low=1, whole=True)
        check_number("batch_size", self.batch_size, low=2, whole=True)  # batch norm needs two
        check_number("ambiguity", self.ambiguity, low=0, high=1)
        check_number("label_smoothing", self.label_smoothing, low=0, high=1)
        check_number("teacher_noise", self.teacher_noise, low=0, high=1)
        for name in ("noise", "kd_weight", "weight_decay"):
            check_number(name, getattr(self, name), low=0)
        for name in ("tau", "learning_rate"):
            check_number(name, getattr(self, name), above=0)
        if self.omega is not None:
            check_number("omega", self.omega, low=0)
        for name in ("temperature", "student_tau"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), above=0)
        for name, choices in _CHOICES.items():
            check_choice(name, getattr(self, name), choices)
        for name in ("random_texts", "normalized", "shuffled_pairs"):
            if not isinstance(getattr(self, name), bool):
                raise AMEError(f"{name} must be True or False, got {getattr(self, name)!r}.")
        self._check_events()

    def _check_events(self) -> None:
        if not isinstance(self.events, tuple) or not all(isinstance(event, Event) for event in self.events):
            raise AMEError(f"events must be a tuple of Event, got {self.events!r}.")
        settings, last = dataclasses.replace(self, events=()) if self.events else self, 0
        for event in self.events:
            check_number("events: step", event.step, low=last, high=self.steps, whole=True)
            settings, last = settings.turned(event.field, event.value), event.step

    @property
    def effective_omega(self) -> float:
        """omega, or the reading's default where omega is None."""
        return DEFAULT_OMEGA[self.reading] if self.omega is None else self.omega

    @property
    def faults(self) -> tuple[str, ...]:
        """The names in `FAULTS` that are in force from the start."""
        return tuple(name for name, whole in FAULTS.items() if getattr(self, name) != whole)

    def turned(self, field: str, value: float | str | None) -> Recipe:
        """These settings with one dial turned. Raises `AMEError` for a dial that cannot be turned mid-run."""
        if field not in STEERABLE:
            raise AMEError(
                f"field must be a dial that can be turned mid-run, one of {', '.join(STEERABLE)}; got {field!r}."
            )
        return dataclasses.replace(self, **{field: value})  # type: ignore[arg-type]

    def with_event(self, step: int, field: str, value: float | str | None) -> Recipe:
        """This recipe with a dial turned after `step` steps (after those turned at the same step already)."""
        earlier = [event for event in self.events if event.step <= step]
        later = [event for event in self.events if event.step > step]
        return dataclasses.replace(self, events=(*earlier, Event(step, field, value), *later))

    def at(self, step: int) -> Recipe:
        """The settings in force for optimizer step `step` + 1, without events."""
        settings = dataclasses.replace(self, events=())
        for event in self.events:
            if event.step <= step:
                settings = settings.turned(event.field, event.value)
        return settings

    def to_dict(self) -> dict[str, Any]:
        """Every field, as JSON takes it."""
        fields = dataclasses.asdict(self)
        fields["events"] = [[event.step, event.field, event.value] for event in self.events]
        return fields

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Recipe:
        """The recipe that `to_dict` wrote; fields left out have their defaults. Raises `AMEError` for unknown ones."""
        known = {field.name for field in dataclasses.fields(cls)}
        unknown = sorted(set(fields) - known)
        if unknown:
            raise AMEError(
                f"recipe must have known fields only, got {', '.join(unknown)}: it may come from a newer version."
            )
        try:
            events = tuple(Event(*event) for event in fields.get("events", ()))
        except TypeError as error:
            raise AMEError(f"events must be [step, field, value] each, got {fields['events']!r}.") from error
        return cls(**{**fields, "events": events})

    def token(self) -> str:
        """A short string that holds the whole recipe, steering included: 'ame1:' and base64 of what is not default."""
        default = Recipe().to_dict()
        changed = {name: value for name, value in self.to_dict().items() if value != default[name]}
        packed = zlib.compress(json.dumps(changed, separators=(",", ":"), sort_keys=True).encode(), 9)
        return TOKEN_PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def from_token(cls, token: str) -> Recipe:
        """The recipe in `token`. Raises `AMEError` for a token that is cut, mistyped, or of another version."""
        if not isinstance(token, str) or not token.strip().startswith(TOKEN_PREFIX):
            raise AMEError(f"token must begin with {TOKEN_PREFIX!r}, got {str(token)[:40]!r}.")
        body = token.strip()[len(TOKEN_PREFIX) :]
        try:
            unpacker = zlib.decompressobj()
            packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
            text = unpacker.decompress(packed, _LONGEST_RECIPE)
            if not unpacker.eof:
                raise ValueError("incomplete")
            fields = json.loads(text)
        except (ValueError, zlib.error, binascii.Error) as error:
            raise AMEError(
                f"token must be whole, got {token[:40]!r}...: a part is missing or mistyped; copy it again."
            ) from error
        if not isinstance(fields, dict):
            raise AMEError(f"token must hold a recipe, got {token[:40]!r}.")
        return cls.from_dict(fields)


_CHOICES = {
    "protocol": PROTOCOLS,
    "host": hosts,
    "kd": kd_losses,
    "kd_classes": ("all", "base"),
    "reading": READINGS,
    "projection": ("own", "host"),
    "normalize": ("none", "unit", "layer"),
    "gradient": ("both", "student", "projections"),
    "text_rows": ("all", "paired"),
    "scope": ("batch", "image"),
    "ame_input": ("unit", "raw"),
    "optimizer": ("adamw", "sgd"),
    "schedule": ("cosine", "constant"),
}

"""`replay_page`: recorded runs in one HTML file that plays them in the lab's panels, without a kernel or a network."""

from __future__ import annotations

import base64
import json
import os
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jinja2 import Environment, StrictUndefined
from numpy.typing import NDArray

from ame_explore.ame import AMEError
from ame_explore.analysis.diagnosis.diagnose import together
from ame_explore.analysis.landscapes.scan import Landscape
from ame_explore.data import PairedData, load
from ame_explore.data.atomic_files import write_atomically
from ame_explore.figures import Drawing, entropy, landscape, landscape_line, losses, manifold
from ame_explore.figures.base.labels import palette
from ame_explore.figures.base.still import still
from ame_explore.quantities import for_browser, number, quantity, units
from ame_explore.tasks import Progress
from ame_explore.training import Run
from ame_explore.training.record.layout import HEAD
from ame_explore.widgets.lab.atlas import MOST_TILES, atlas
from ame_explore.widgets.lab.state import arm_state, delta
from ame_explore.widgets.lab.student_picture import Picture
from ame_explore.widgets.lab.timeline import POINTS
from ame_explore.widgets.replay.recorded import Drawn, RecordedArm, chosen, common_axes
from ame_explore.widgets.runtime.channel import bundle, pack
from ame_explore.widgets.runtime.messages import (
    COMMANDS,
    Arrangement,
    Atlas,
    Finding,
    Moment,
    Panel,
    RecordedPicture,
    Recording,
    Scene,
)

MOST_ARMS = 6  # as many as a lab shows
_MARGIN = 0.04  # around the points, as a share of their range
_WHOLE = 32767  # the largest int16 that is used
_HEADLINE = ("harmonic_mean", "H")  # of a caption
_SHOWN: list[Panel] = ["transport", "timeline", "manifold", "charts", "diagnosis", "delta", "selection", "recipe"]
_ARRANGEMENT = Arrangement(left=[], below=["charts", "recipe"], right=["diagnosis", "delta", "selection"])
_FOLLOWED = ("play", "pause", "step", "reset", "speed", "scrub", "select")  # commands that a record can follow

Runs = str | os.PathLike[str] | Run | Sequence[str | os.PathLike[str] | Run] | Mapping[str, Any]


@dataclass(frozen=True)
class Replayed:
    """What `replay_page` wrote.

    Attributes:
        path: the page.
        arms: names of the runs in it.
        left_out: a sentence for each run that could not be used.
    """

    path: Path
    arms: tuple[str, ...]
    left_out: tuple[str, ...]


def replay_page(
    path: str | os.PathLike[str],
    runs: Runs,
    *,
    data: PairedData | None = None,
    title: str | None = None,
    progress: Progress | None = None,
) -> Replayed:
    """Write one HTML file that plays recorded runs side by side in the panels of the lab.

    It shows what was recorded: maps at the steps with features, curves, the diagnosis, the last step's changes and the
    recipes. Below them are stills of the figures over all steps and of the landscapes stored with the runs. Faults that
    only minibatches show are not diagnosed, since minibatches are not recorded. The page needs neither a kernel nor a
    network, and opens from a folder; all text in it is escaped.

    Args:
        path: the file, replaced if it exists.
        runs: a Run, or a path to one (its folder, its packed file, or a folder of several, such as a lab's `record`);
            or several of them, at most 6; a mapping gives their names. They must be of the same data. Those that
            cannot be used are left out.
        data: the data that the runs were recorded with, for pictures and captions; None: what the recipe names, if it
            can be loaded.
        title: the heading; None: the names of the runs.
        progress: called with what is being read.

    Returns:
        What was written, and what was left out.

    Raises:
        AMEError: if no run can be used, or there are more than 6.
        OSError: if the file cannot be written.
    """
    arms, left_out = _arms(runs, progress)
    all_images = arms[0].drawn
    used: list[RecordedArm] = []
    for arm in arms:
        if difference := all_images.differs_from(arm.drawn):
            left_out.append(f"{arm.name} has {difference} than {arms[0].name}: replay it in a separate file.")
        else:
            used.append(arm)
    drawn = chosen(all_images)
    basis, explained = common_axes(used)
    pictures: dict[str, list[Picture]] = {}
    for place, arm in enumerate(used):
        if progress is not None:
            progress("drawing", place, len(used))
        try:
            pictures[arm.name] = arm.pictures(basis, drawn)
        except AMEError as error:
            left_out.append(f"{arm.name}: {error}")
    used = [arm for arm in used if arm.name in pictures]
    if not used:
        raise AMEError(_none_left(left_out))
    recording = _recording(used, pictures, drawn, data, explained)
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        files("ame_explore.widgets.replay").joinpath("replay.html.j2").read_text(encoding="utf-8")
    )
    names = " · ".join(arm.name for arm in used)
    text = page.render(
        title=title or names,
        facts=_facts(used),
        notes=left_out,
        figures=[(one.sentence, still(one.figure, one.sentence)) for one in _figures(used)],
        style=bundle("replay.css"),
        script=bundle("replay.js"),
        recorded=packed(recording),
    )
    target = Path(path)
    write_atomically(target, text.encode("utf-8", "replace"))
    return Replayed(target, tuple(arm.name for arm in used), tuple(left_out))


def packed(tree: Any) -> str:
    """Plain values and arrays, compressed, as base64; `read` in js/src/replay.js unpacks them.

    Args:
        tree: anything that `channel.pack` takes.
    """
    plain, buffers = pack(tree)
    header = json.dumps({"tree": plain, "sizes": [len(one) for one in buffers]}, allow_nan=False).encode()
    whole = b"".join([struct.pack("<I", len(header)), header, *buffers])
    return base64.b64encode(zlib.compress(whole, 9)).decode()


# Which runs


def _arms(runs: Runs, progress: Progress | None) -> tuple[list[RecordedArm], list[str]]:
    """The runs that can be opened, each with a unique name, and what is wrong with the others."""
    found: list[RecordedArm] = []
    left_out: list[str] = []
    given = _listed(runs)
    for place, (name, one) in enumerate(given):
        if progress is not None:
            progress("reading", place, len(given))
        try:
            run = one if isinstance(one, Run) else Run.open(one)
            told = str(name or run.facts.get("arm") or run.path.stem)
            taken = {arm.name for arm in found}
            told = told if told not in taken else f"{told} ({run.path.stem})"
            number = 2
            while told in taken:
                told, number = f"{told} {number}", number + 1
            found.append(RecordedArm(told, run))
        except AMEError as error:
            left_out.append(str(error))
    if not found:
        raise AMEError(_none_left(left_out))
    if len(found) > MOST_ARMS:
        raise AMEError(f"runs must be at most {MOST_ARMS} to fit side by side, got {len(found)}: name fewer.")
    return found, left_out


def _none_left(problems: Sequence[str]) -> str:
    return problems[0] if len(problems) == 1 else f"runs must hold one that can be replayed. {' '.join(problems)}"


def _listed(runs: Runs) -> list[tuple[str | None, Any]]:
    """(name or None, a Run or a path) of each run; a folder of runs stands for the runs in it."""
    if isinstance(runs, Mapping):
        pairs: Iterable[tuple[str | None, Any]] = [(str(name), one) for name, one in runs.items()]
    elif isinstance(runs, (str, os.PathLike, Run)):
        pairs = [(None, runs)]
    elif isinstance(runs, Sequence):
        pairs = [(None, one) for one in runs]
    else:
        raise AMEError(f"runs must be Runs or paths to them, got {type(runs).__name__}.")
    found: list[tuple[str | None, Any]] = []
    for name, one in pairs:
        if not isinstance(one, (str, os.PathLike, Run)):
            raise AMEError(f"runs must hold Runs or paths to them, got {type(one).__name__}: use Run.open.")
        inside = [] if isinstance(one, Run) or name is not None else _inside(Path(one))
        found += [(None, each) for each in inside] or [(name, one)]
    if not found:
        raise AMEError("runs must hold at least one Run, got none.")
    return found


def _inside(folder: Path) -> list[Path]:
    """The runs in a folder that is not a run itself."""
    try:
        if not folder.is_dir() or (folder / HEAD).exists():
            return []
        return sorted(path.parent for path in folder.glob(f"*/{HEAD}"))
    except OSError:
        return []


def _figures(arms: Sequence[RecordedArm]) -> list[Drawing]:
    """The figures over all steps, and the landscapes stored with the runs; those without recorded data are left out."""
    runs = {arm.name: arm.run for arm in arms}
    makers = [partial(draw, runs) for draw in (losses, entropy, manifold)]
    for arm in arms:
        makers += [partial(_landscape, arm, name) for name in arm.run.landscape_names]
    found = []
    for make in makers:
        with suppress(AMEError):
            found.append(make())
    return found


def _landscape(arm: RecordedArm, name: str) -> Drawing:
    picture = Landscape.of(arm.run, name)
    title = f"{arm.name}: {name}"
    return landscape(picture, title=title) if len(picture.coordinates) == 2 else landscape_line(picture, title=title)


# What the page plays


def _recording(
    arms: Sequence[RecordedArm],
    pictures: Mapping[str, Sequence[Picture]],
    drawn: Drawn,
    data: PairedData | None,
    explained: str,
) -> Recording:
    box = _box([part for each in pictures.values() for one in each for part in (one.points, one.anchors)])
    most = max(
        (float(one.entropy.max()) for each in pictures.values() for one in each if len(one.entropy)), default=0.0
    )
    moments = _moments(arms)
    findings: dict[str, int] = {}
    told: list[Moment] = []
    texts: list[list[Finding]] = []
    columns = ["", *(arm.name for arm in arms)]
    for step in moments:
        found = [
            Finding(level=one.level, text=one.text, advice=one.advice, sensitivity=one.sensitivity)
            for one in together({arm.name: arm.findings(step) for arm in arms})
        ]
        key = json.dumps(found)
        if key not in findings:
            findings[key] = len(texts)
            texts.append(found)
        rows = delta(arms, step, {})["rows"]
        told.append(Moment(caption=_caption(arms, step), findings=findings[key], rows=rows))
    return Recording(
        scene=_scene(arms, drawn, data, box),
        quantities=for_browser(),  # type: ignore[typeddict-item]
        arrangement=_ARRANGEMENT,
        arms=[arm_state(arm, None, None) for arm in arms],
        pictures=[[_stored(one, box, most) for one in pictures[arm.name]] for arm in arms],
        moments=moments,
        told=told,
        findings=texts,
        columns=columns,
        box=box,
        most_entropy=most or 1.0,
        steps=max((arm.timeline.steps for arm in arms), default=0),
        units=units(reading for arm in arms for reading in arm.readings),
        explained=explained,
        show=_SHOWN,
        locked=[name for name in COMMANDS if name not in _FOLLOWED],
    )


def _moments(arms: Sequence[RecordedArm]) -> list[int]:
    """The steps that a reader can go to: those with features, and as many others as a slider can show."""
    logged = sorted({step for arm in arms for step in arm.run.steps})
    stride = -(-len(logged) // POINTS) or 1
    return sorted({*logged[::stride], *logged[-1:], *(step for arm in arms for step in arm.run.feature_steps)})


def _caption(arms: Sequence[RecordedArm], step: int) -> str:
    """The headline metrics at their last measurement up to a step, in a sentence."""
    parts = []
    for arm in arms:
        words = []
        for name in _HEADLINE:
            _, values = arm.timeline.last(name, step)
            if len(values):
                what = quantity(name, [arm.reading_at(step)] if arm.readings else None)
                words.append(f"{what.label} {what.text(float(values[-1]))}")
        if words:
            parts.append(f"{arm.name}: {', '.join(words)}")
    steps = max((arm.timeline.steps for arm in arms), default=0)
    return f"Step {step} of {steps}. " + "; ".join(parts) + ("." if parts else "")


def _box(parts: Sequence[NDArray[np.float32]]) -> tuple[float, float, float, float]:
    points = np.concatenate(parts).astype(np.float64)
    low, high = points.min(0), points.max(0)
    margin = _MARGIN * np.maximum(high - low, 1e-9)
    (x0, y0), (x1, y1) = (low - margin).tolist(), (high + margin).tolist()
    return x0, x1, y0, y1


def _stored(picture: Picture, box: tuple[float, float, float, float], most: float) -> RecordedPicture:
    x0, x1, y0, y1 = box

    def shares(values: NDArray[Any]) -> NDArray[np.int16]:
        return (np.rint(2 * _WHOLE * values.astype(np.float64)) - _WHOLE).astype(np.int16)

    def placed(points: NDArray[np.float32]) -> NDArray[np.int16]:
        return shares((points - [x0, y0]) / [x1 - x0, y1 - y0])

    return RecordedPicture(
        step=picture.step,
        points=placed(picture.points),
        anchors=placed(picture.anchors),
        prediction=picture.prediction.astype(np.int16),
        entropy=shares(np.clip(picture.entropy, 0, None) / (most or 1.0)),
    )


def _scene(
    arms: Sequence[RecordedArm], drawn: Drawn, data: PairedData | None, box: tuple[float, float, float, float]
) -> Scene:
    facts = arms[0].run.facts
    base, references = facts.get("base_classes"), facts.get("references")
    look = palette(drawn.names)
    thumbnails, captions, as_images = _pictures(arms[0], drawn, data)
    known = references if isinstance(references, dict) else _from_older(facts)
    return Scene(
        ids=drawn.ids,  # type: ignore[typeddict-item]  # `pack` makes a list of ids that are too large
        labels=drawn.labels.astype(np.int32),
        class_names=list(drawn.names),
        short=list(look.names),
        colors=list(look.colors),
        base=np.isin(np.arange(len(drawn.names)), base).astype(np.uint8) if isinstance(base, list) else None,
        captions=captions,
        thumbnails=thumbnails,
        show_images=as_images,
        extent=box,
        sampled=str(facts.get("sampled", "")),
        references={str(name): dict(lines) for name, lines in known.items() if isinstance(lines, dict)},
    )


def _from_older(facts: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Reference lines from the facts of older runs: chance, and the backbone's and the teacher's scores."""
    found: dict[str, dict[str, float]] = {}
    for name, value in dict(facts.get("chance") or {}).items():
        found[name] = {"chance": value}
    for name, value in dict(facts.get("reference_scores") or {}).items():
        for who in ("teacher", "backbone"):
            term = name.removeprefix(f"{who}_")
            if term != name and term in found:
                found[term][who] = value
    return found


def _pictures(arm: RecordedArm, drawn: Drawn, data: PairedData | None) -> tuple[Atlas | None, list[str], bool]:
    """Small pictures and captions of the drawn images, and whether points begin as pictures; nothing if the data cannot
    be loaded, or is not the data that the run was recorded with."""
    nothing = None, list[str](), False
    if data is None:
        if arm.run.recipe is None:
            return nothing
        recipe = arm.recipe
        try:
            data = load(recipe.data, seed=recipe.data_seed)
        except AMEError:
            return nothing
        if recipe.data_digest not in (None, data.digest[:16]):
            return nothing
    ids = torch.from_numpy(drawn.ids)
    if tuple(data.class_texts) != drawn.names or int(ids.max()) >= len(data.labels):
        return nothing
    if not np.array_equal(data.labels[ids].numpy(), drawn.labels):
        return nothing
    captions = [data.captions[one] for one in ids.tolist()] if data.captions else []
    found = data.pictures(ids[:MOST_TILES])
    if found is None:
        return None, captions, False
    pixels = (found.movedim(1, -1) * 255).round().to(torch.uint8).numpy()
    return atlas(pixels), captions, data.show_images


def _facts(arms: Sequence[RecordedArm]) -> str:
    """The heading's second line."""
    recipe = arms[0].run.recipe
    parts = [] if recipe is None else [f"data: {arms[0].recipe.data}"]
    parts.append(f"{number(len(arms[0].drawn.ids), 0)} test images")
    for arm in arms:
        if not arm.finished or arm.run.status != "finished":
            parts.append(f"{arm.name}: {arm.run.status} at step {max(arm.timeline.head, 0)} of {arm.timeline.steps}")
    return " · ".join(parts)

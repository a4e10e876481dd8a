"""`lab`: a live run and its cockpit, in one call."""

from __future__ import annotations

import dataclasses
import html
import os
import sys
import threading
import weakref
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, VBox

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.projection.teacher_axes import MOST_IMAGES
from ame_explore.data import PairedData
from ame_explore.registry import View, views
from ame_explore.settings import DIALS
from ame_explore.tasks import headless, weakly
from ame_explore.training import Stage
from ame_explore.widgets.lab.arrangement import FIXED, PLACES, Show, arrangement_of, names_of
from ame_explore.widgets.lab.cockpit import Cockpit, check_images
from ame_explore.widgets.lab.exercise import REFUSED, Exercise
from ame_explore.widgets.lab.lab_token import WholeLab, is_lab_token, lab_of
from ame_explore.widgets.lab.live import LiveRun
from ame_explore.widgets.lab.live_result import LiveResult, Recipes
from ame_explore.widgets.lab.still_picture import lab_still
from ame_explore.widgets.runtime.in_marimo import stacked
from ame_explore.widgets.runtime.lifetime import UNSEEN, close_widgets, hold_while_shown, let_go
from ame_explore.widgets.runtime.messages import COMMANDS, PANELS, LabState
from ame_explore.widgets.runtime.stills import show, still_bundle
from ame_explore.widgets.views.registered import RegisteredView, arms_of_lab

if TYPE_CHECKING:
    import pandas as pd

ASKING = ("predict", "exercise")  # panels with questions, which come first
STILL_AFTER = 1.0  # seconds after which a lab that has come to rest draws its still
_MADE_BY: dict[str, tuple[str, list[weakref.ref[Lab]]]] = {}  # cell id -> its execution's id, and the labs it made


def lab(
    recipe: Recipes = None,
    *,
    show: Show | None = None,
    lock: Collection[str] | None = None,
    predict: bool = False,
    exercise: Exercise | str | None = None,
    seeds: int = 1,
    images: bool | None = None,
    data: PairedData | str | None = None,
    stage: Stage | None = None,
    record: str | os.PathLike[str] | None = None,
    drawn: int = MOST_IMAGES,
) -> Lab:
    """Open a live lab: press play and watch students learn. Jupyter displays the result as a cockpit.

    With AME_HEADLESS=1 the lab plays by itself, and `result` waits for the end. Otherwise a lab whose last view was
    removed from the page (its output cleared, its notebook closed) pauses after a minute; play continues from there.
    When a cell of JupyterLab or Notebook is run again, the labs that it made before are closed; their results can still
    be read.

    Args:
        recipe: A Recipe or a token (steering included) makes one arm. A mapping of names to recipes or tokens makes
            several arms, trained side by side on the same minibatches. None makes KD and KD + AME. A token of a whole
            lab (`Lab.token`) gives everything that the lab showed; other arguments replace what it holds.
        show: names of the panels and dials to show; None shows everything. A mapping of places to names also arranges
            them: "left", "below" and "right" of the maps are docks of tabs, the first of which is open. "main" names
            what else is shown: "transport", "timeline" and "manifold", all three if it is left out. `Lab.arrangement`
            is such a mapping.
        lock: names of commands ("play", "set", "break", "restore", ...) and of dials that the reader cannot use;
            "dials" locks all dials. Code can still use them.
        predict: ask for a prediction before play unlocks.
        exercise: "sabotage", or an `Exercise` with questions, a clock or a fault of your choice. One student is
            sabotaged; recipes, dials and diagnosis stay hidden until the learner has answered.
        seeds: how many seeds of each arm to train side by side, at most six arms in all. The curves then show the range
            of an arm's seeds as a band, and its best seed so far as a line.
        images: whether the maps begin with points drawn as their images. None: yes where the data says so
            (`PairedData.show_images`: emoji, scenes, and your own features with image files), else as dots. The button
            "Images" of the maps, or the key I, switches. A map with more than 2,000 points in view, or too far zoomed
            out for images of 8 pixels, draws dots.
        data: your own data, or the name of a data set such as "digits"; None takes the emoji.
        stage: data and models made before; None: they are made or read from the cache. If your own
            data has a large test split, the lab then scores students on a sample, and says so; see `LiveRun`.
        record: a folder in which each arm records a Run; None: a temporary folder.
        drawn: the most test images that the maps draw. While training at full speed they draw fewer if all of them
            would slow it down.

    Returns:
        The lab.

    Raises:
        AMEError: if a token is damaged, arms do not share their minibatches, a name is unknown, or `images` is neither
            a bool nor None.
    """
    if is_lab_token(recipe):
        assert isinstance(recipe, str)  # for the type checker
        whole = lab_of(recipe)
        show, lock = whole.show if show is None else show, whole.lock if lock is None else lock
        predict, images = predict or whole.predict, whole.images if images is None else images
        exercise = whole.exercise if exercise is None else exercise
        made = lab(
            whole.recipes,
            show=show,
            lock=lock,
            predict=predict,
            exercise=exercise,
            images=images,
            data=data,
            stage=stage,
            record=record,
            drawn=drawn,
        )
        made.live.keep_probes(whole.probes)
        return made
    shown = names_of(show)
    locked = () if lock is None else tuple(lock)
    for name in shown or ():
        check_choice("show", name, (*PANELS, *DIALS, *views))
    for name in locked:
        check_choice("lock", name, (*COMMANDS, *DIALS, "dials"))
    check_images(images)
    live = LiveRun(
        recipe,
        data=data,
        stage=stage,
        record=record,
        drawn=drawn,
        predict=predict,
        exercise=exercise,
        seeds=seeds,
    )
    made = Lab(live, show=show, lock=locked, images=images)
    _close_earlier(made)
    return made


def _close_earlier(made: Lab) -> None:
    """Close the labs of an earlier run of this cell: their views are gone, but IPython's Out keeps them alive."""
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell, run = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
    if cell is None:
        return
    before, labs = _MADE_BY.get(cell, (run, []))
    if before != run:
        for one in labs:
            if (old := one()) is not None:
                old.close()
        labs = []
    _MADE_BY[cell] = run, [*labs, weakref.ref(made)]


class Lab:
    """A `LiveRun` and a `Cockpit` that shows and steers it; made by `lab`.

    When no variable holds the lab and no page shows it, its thread, its temporary folder and its memory are freed.

    Args:
        live: the run.
        show: see `lab`.
        lock: see `lab`.
        images: see `lab`.

    Attributes:
        live: the run.
        cockpit: the widget.
        views: the registered views by name; they stand below the cockpit.
    """

    def __init__(
        self,
        live: LiveRun,
        *,
        show: Show | None = None,
        lock: Collection[str] = (),
        images: bool | None = None,
    ) -> None:
        let_go()
        self.live = live
        names = names_of(show)
        self._dials = None if names is None else [name for name in names if name in DIALS]
        self._names = names
        panels = _panels(
            show,
            [
                name
                for name, wanted in (
                    ("dials", self._dials),
                    ("predict", live.asks),
                    ("exercise", live.exercise is not None),
                )
                if wanted
            ],
        )
        self._locked = tuple(lock)
        self._scene = 0
        self._still: Any = None  # the display of the still, once a notebook shows the lab
        self._was: tuple[str, int] = ("", -1)  # state and step at the last still
        self.cockpit = Cockpit(show=panels, lock=[name for name in lock if name in COMMANDS], images=images)
        self.views = {name: RegisteredView(name) for name in views if names is None or name in names}
        titled = [part for each in self.views.values() for part in (_heading(each.view), each)]
        self._shown = VBox([self.cockpit, *titled]) if titled else self.cockpit
        weakref.finalize(self, close_widgets, self._shown).atexit = False
        self._changed()
        self.cockpit.on_demand(weakly(live.wake))
        self.cockpit.on_command(weakly(self._command))
        live.on_probe(weakly(self._probed), weakly(self._picked))
        live.on_one_step(weakly(self._taken_apart))
        live.subscribe(self._changed, wants=self._wants)
        if headless():
            live.play(unasked=True)

    def __repr__(self) -> str:
        return f"<Lab of {self.live!r}>"

    def _display_(self) -> Any:
        """What marimo shows."""
        hold_while_shown(self, [self.cockpit])
        return stacked([self.cockpit, *self.views.values()])

    def _ipython_display_(self) -> None:
        self._still = show(self._repr_mimebundle_(), self._drawn_still)

    def _drawn_still(self) -> tuple[str, str]:
        """A picture of the lab as it is now, and its sentence."""
        return lab_still(self.live.scene(), self.live.view())

    def _renew_still(self) -> None:
        """Draw the still below the cell again; a page with the live cockpit hides it, and a saved notebook keeps it."""
        if self._still is not None:
            with suppress(Exception):  # a failed still must not end the run
                self._still.update(still_bundle(*self._drawn_still()), raw=True)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        hold_while_shown(self, [self.cockpit])
        return self._shown._repr_mimebundle_(include=include, exclude=exclude)

    @property
    def arrangement(self) -> dict[str, list[str]]:
        """What the lab shows and where, as the reader has arranged it, for `lab(..., show=...)`."""
        names = self._names
        found = self.cockpit.arranged
        if names is None:
            return found
        panels = {place: [name for name in found[place] if name in (self.cockpit.shown or ())] for place in PLACES}
        rest = [name for name in names if name not in PANELS]
        return {**panels, "main": [name for name in names if name in FIXED] + rest}

    @property
    def token(self) -> str:
        """The whole lab as one string, for `lab(...)`: all arms with their steering, the arrangement, what is hidden
        and locked, the exercise and the kept probes. It does not hold the fault of an exercise."""
        return WholeLab(
            recipes=self.live.recipes if self.live.exercise is None else self.live.healthy,
            show=self.arrangement,
            lock=self._locked,
            images=self.cockpit.images,
            predict=self.live.asks,
            exercise=self.live.exercise,
            probes=self.live.kept_probes,
        ).token()

    def reveal(self) -> None:
        """See `LiveRun.reveal`."""
        self.live.reveal()

    @property
    def selection(self) -> pd.DataFrame:
        """See `LiveRun.selection`."""
        return self.live.selection

    def probe(self, what: Any, name: str | None = None) -> None:
        """See `LiveRun.probe`.

        Args:
            what: a text, an image or the index of an image in the data.
            name: keep it under this name; None: it is the current probe until the next one.

        Raises:
            AMEError: as in `LiveRun.probe`.
        """
        self.live.probe(what, name)

    @property
    def probes(self) -> pd.DataFrame:
        """See `LiveRun.probes`."""
        return self.live.probes

    def result(self, timeout: float | None = None) -> LiveResult:
        """See `LiveRun.result`."""
        found = self.live.result(timeout)
        self._show_views(self.live.view())
        self._renew_still()
        return found

    def close(self) -> None:
        """End the thread; the cockpit keeps its last picture."""
        self.live.close()

    # In the worker's thread

    def _wants(self) -> bool:
        if self.cockpit.left_for > UNSEEN and self.live.state == "playing" and not headless():
            self.live.pause()
        return self.cockpit.wants_frame

    def _changed(self) -> None:
        if self.live.scene_number != self._scene and (scene := self.live.scene()) is not None:
            self._scene = self.live.scene_number
            self.cockpit.scene(scene)
            self.cockpit.retain("probe_world", self.live.probe_world())
        self.live.follow_probes()
        state = self.live.view(lock=[name for name in self._locked if name not in COMMANDS])
        shown = [dial for dial in state.dials if not self._dials or dial["field"] in self._dials]
        locked = list(REFUSED) if self.live.hides else []  # locked dials are marked in `state.dials`
        self.cockpit.frame(dataclasses.replace(state, dials=shown, locked=locked), paced=True)
        if self.views:
            self._show_views(state)
        at = (state.state, state.step)
        if self._still is not None and state.state in ("paused", "finished", "failed") and at != self._was:
            self._was = at
            later = threading.Timer(STILL_AFTER, weakly(self._renew_still))
            later.daemon = True
            later.start()

    def _probed(self, state: Mapping[str, Any]) -> None:
        self.cockpit.retain("probe", state)

    def _taken_apart(self, state: Mapping[str, Any]) -> None:
        self.cockpit.retain("one_step", state)

    def _picked(self, picked: Mapping[str, Any]) -> None:
        self.cockpit.retain("picked", picked)

    def _show_views(self, state: LabState) -> None:
        for name, view in self.views.items():
            try:
                view.show(arms_of_lab(state))
            except Exception as error:  # an error in a user's own view must not end the training
                self.live.complain(f"The view {name!r} cannot be shown ({type(error).__name__}: {error}).")

    # In the thread that receives the page's messages

    def _command(self, name: str, args: Mapping[str, Any]) -> None:
        try:
            self._follow(name, args)
        except Exception as error:  # a page can send anything: the panel shows the error
            self.live.complain(str(error) if isinstance(error, AMEError) else f"{name} cannot be done with {args!r}.")

    def _follow(self, name: str, args: Mapping[str, Any]) -> None:
        live = self.live
        if name in ("play", "pause", "reset"):
            getattr(live, name)()
        elif name in ("step", "epoch"):
            live.step(unit=name)
        elif name == "speed":
            live.speed(args.get("value"))
        elif name == "set":
            self._check_free(args["field"])
            live.set(args["field"], args["value"], args.get("arm"))
        elif name == "scrub":
            live.scrub(_whole(args.get("step")))
        elif name == "fork":
            if args.get("field") is not None:
                self._check_free(args["field"])
            change = args.get("field"), args.get("value"), args.get("arm")
            live.fork(_whole(args.get("step")), *change, play=bool(args.get("play")))
        elif name == "select":
            live.select(args["ids"])
        elif name == "predict":
            live.predict(args["answers"])
        elif name == "answer":
            live.answer(args["answers"])
        elif name == "break":
            live.break_it(args["switch"], args["on"])
        elif name == "probe":
            live.ask_probe(args)
        elif name == "take_apart":
            live.take_apart(_whole(args.get("place")), key=args.get("key", ""))
        elif name == "restore":
            self._restore(args["token"])
        elif name == "share":
            self.cockpit.tell("shared", {"token": self.token})

    def _restore(self, token: Any) -> None:
        """Start over with the run in a token; the token of a whole lab also brings its arrangement and its probes.

        Raises:
            AMEError: if the token is damaged, or its lab locks, hides or asks something.
        """
        if not is_lab_token(token):
            self.live.restore(token)
            return
        whole = lab_of(token)
        if whole.lock or whole.predict or whole.exercise is not None or "main" in (whole.show or {}):
            raise AMEError(
                'token: this lab locks, hides or asks something: open it in a cell of its own, with lab("lab1:…").'
            )
        self.live.restore(whole.recipes)
        self.live.keep_probes(whole.probes)
        self.cockpit.arrangement, self.cockpit.opened = dict(arrangement_of(whole.show)), {}
        self.cockpit.images = whole.images

    def _check_free(self, field: Any) -> None:
        if field in self._locked or "dials" in self._locked:
            raise AMEError(f"{field} is locked in this lab.")


def _panels(show: Show | None, needed: Collection[str]) -> Show | None:
    """The panels of an argument `show`, with others that it needs: its dials, or the form that unlocks play.

    Args:
        show: names of panels, dials and views, or place -> names.
        needed: names of panels that must be shown.
    """
    if show is None:
        return None
    named = names_of(show) or ()
    missing = [name for name in needed if name not in named]
    if not isinstance(show, Mapping):
        return [name for name in (*show, *missing) if name in PANELS]
    places = {place: [name for name in names if name in PANELS] for place, names in show.items()}
    return {
        **places,
        "left": [
            *(name for name in missing if name in ASKING),
            *places.get("left", []),
            *(name for name in missing if name not in ASKING),
        ],
    }


def _heading(view: View) -> HTML:
    words, help_ = html.escape(view.label), html.escape(view.help)
    return HTML(f'<h4 class="ame-view-title" title="{help_}">{words}</h4>')


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value

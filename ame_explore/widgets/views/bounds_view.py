"""The bound inspector, live: move n and omega, and see whether each bound follows the measured value."""

from __future__ import annotations

import dataclasses
import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ipywidgets import HTML, Layout, SelectionSlider, VBox

from ame_explore.ame import AMEError
from ame_explore.analysis.bounds import (
    Bound,
    CoinStudents,
    StudentBounds,
    coin_students,
    draw_sample,
    largest_sample,
    students_bounds,
)
from ame_explore.figures import bound_inspector, bounds_over
from ame_explore.quantities import number
from ame_explore.tasks import Progress, Task, Worker
from ame_explore.training import Recipe, Stage
from ame_explore.training.recipe import AME_ARM, KD_ARM, arms_with_and_without_ame
from ame_explore.widgets.runtime.figure_view import FigureView, with_still
from ame_explore.widgets.runtime.lifetime import close_widgets, parts

SIZES = (16, 32, 64, 128, 256)
OMEGAS = (0.0, 1.0, 5.0, 10.0, 25.0, 50.0, 100.0)
_WIDE = {"description_width": "170px"}


@dataclass(frozen=True, eq=False)
class BoundsAt:
    """The results for one position of the sliders.

    Attributes:
        n: training images.
        omega: weight of AME.
        kd: a student trained without AME.
        ame: a student trained with AME, on the same sample and from the same initial weights.
        coins: the students of coin draws, trained with AME; None until they are trained.
    """

    n: int
    omega: float
    kd: StudentBounds
    ame: StudentBounds
    coins: CoinStudents | None

    @property
    def bounds(self) -> list[Bound]:
        """The bounds of the student with AME, and those over supersamples once their students are trained."""
        return [*self.ame.bounds.values(), *(self.coins.bounds.values() if self.coins else ())]


class BoundsView(VBox):  # type: ignore[misc]
    """Two sliders, the inspector of one student, and the bounds over all n that were visited at this omega.

    Students are trained in a worker thread, so cells never wait. Moving a slider cancels the training for its old
    position, and results are kept. The bars are those of KD + AME, the diamonds those of plain KD.

    Args:
        stage: data and models; None: those of the recipe.
        recipe: with host "projector"; None: the default with 200 steps.
        sizes: values of n; those too large for the data are left out.
        omegas: values of omega.
        coins: (supersamples, draws) of f-CMI; None leaves it out.
        draws: of weights, for PAC-Bayes.
        seed: of sample and students.
        n: the first n.
        omega: the first omega.

    Attributes:
        n: the slider of n.
        omega: the slider of omega.
        status: what is being trained, or a summary of the results.
        inspector: the bounds of one student.
        over_n: the bounds over n.

    Raises:
        AMEError: if `n` or `omega` is not on its slider.
    """

    def __init__(
        self,
        stage: Stage | None = None,
        recipe: Recipe | None = None,
        *,
        sizes: Sequence[int] = SIZES,
        omegas: Sequence[float] = OMEGAS,
        coins: tuple[int, int] | None = (2, 100),
        draws: int = 200,
        seed: int = 0,
        n: int = 64,
        omega: float = 50.0,
    ) -> None:
        own = Recipe().data if stage is None else stage.data
        self._recipe = Recipe.for_data(own, host="projector", steps=200) if recipe is None else recipe
        self._stage = Stage.for_recipe(self._recipe) if stage is None else stage
        self._coins, self._draws, self._seed = coins, draws, seed
        fitting = [size for size in sizes if size <= largest_sample(self._stage)]
        for name, value, values in (("n", n, fitting), ("omega", omega, list(omegas))):
            if value not in values:
                raise AMEError(f"{name} must be one of {', '.join(f'{each:g}' for each in values)}, got {value!r}.")
        self._known: dict[tuple[int, float], BoundsAt] = {}
        self._now: BoundsAt | None = None
        options: dict[str, Any] = {"continuous_update": False, "style": _WIDE, "layout": Layout(width="560px")}
        self.n = SelectionSlider(options=fitting, value=n, description="training images n", **options)
        labels = [(f"{each:g}", each) for each in omegas]
        self.omega = SelectionSlider(options=labels, value=omega, description="omega of AME", **options)
        self.status = HTML()
        self.inspector, self.over_n = FigureView(), FigureView()
        self._worker = Worker("ame_explore bounds", latest=True)
        for slider in (self.n, self.omega):
            slider.observe(self._moved, names="value")
        super().__init__([self.n, self.omega, self.status, self.inspector, self.over_n])
        self._moved()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return with_still(super()._repr_mimebundle_(**options), self.inspector)

    def _ipython_display_(self) -> None:
        self.inspector.display_in(super()._repr_mimebundle_())

    def result(self, timeout: float = 60.0) -> BoundsAt | None:
        """The newest results; None if there are none yet.

        With AME_HEADLESS=1 this waits until the training for the current position has finished.

        Args:
            timeout: the most seconds to wait.

        Raises:
            TimedOut: if it is not finished within `timeout` seconds.
            Exception: the error that stopped the training, if there was one.
        """
        self._task.settle(timeout)
        return self._now

    @property
    def busy(self) -> bool:
        """Whether students are being trained."""
        return self._worker.busy

    def close(self) -> None:
        """End the thread and the view."""
        if hasattr(self, "_worker"):  # ipywidgets also closes a widget whose __init__ raised an error
            self._worker.close()
            close_widgets(*parts(self))
        super().close()

    def _moved(self, _change: Any = None) -> None:
        place = int(self.n.value), float(self.omega.value)
        task = Task(lambda task: self._work(place, task), name="the training", on_end=self._ended)
        self._task: Task[None] = self._worker.submit(task)

    def _work(self, place: tuple[int, float], task: Task[None]) -> None:
        n, omega = place
        arms = [*arms_with_and_without_ame(dataclasses.replace(self._recipe, omega=omega, seed=self._seed)).values()]
        if place not in self._known:
            self._say(f"training a student with and one without AME on {n} images \u2026")
            sample = draw_sample(self._stage, n, seed=self._seed)
            kd, ame = students_bounds(
                self._stage,
                arms,
                [sample, sample],
                draws=self._draws,
                progress=self._progress("two students", task),
            )
            task.check()
            self._known[place] = BoundsAt(n, omega, kd, ame, None)
        self._show(place)
        if self._coins is not None and self._known[place].coins is None:
            supersamples, draws = self._coins
            coins = coin_students(
                self._stage,
                arms[1],
                n=n,
                supersamples=supersamples,
                draws=draws,
                seed=self._seed,
                progress=self._progress(f"{supersamples * draws} students for f-CMI", task),
            )
            task.check()
            self._known[place] = dataclasses.replace(self._known[place], coins=coins)
            self._show(place)
        self._say(_summary(self._known[place]))

    def _progress(self, what: str, task: Task[None]) -> Progress:
        said = [-1]

        def tell(_what: str, done: int, of: int) -> None:
            task(what, done, of)
            tenth = 10 * done // max(of, 1)
            if tenth > said[0]:  # one message per step would be hundreds
                said[0] = tenth
                self._say(f"training {what}: {10 * tenth}%")

        return tell

    def _show(self, place: tuple[int, float]) -> None:
        at = self._known[place]
        self._now = at
        measured = {str(quantity): interval for quantity, interval in at.ame.gap.measured.items()}
        self.inspector.show(
            bound_inspector(
                at.bounds,
                measured=measured,
                beside=(KD_ARM, {name: bound.value for name, bound in at.kd.bounds.items()}),
                title=f"{AME_ARM}: n = {at.n}, omega = {at.omega:g}",
            )
        )
        self.inspector.renew_still()
        visited = sorted((each for each in self._known.values() if each.omega == at.omega), key=lambda each: each.n)
        forms = {bound.form for bound in at.ame.bounds.values()}
        names = [
            name
            for name, bound in at.ame.bounds.items()
            if bound.quantity == "loss" and bound.dominated_by not in forms
        ]
        self.over_n.show(
            bounds_over(
                [each.n for each in visited],
                {name: [each.ame.bounds[name] for each in visited] for name in names},
                over="training images n",
                measured=[each.ame.gap.measured["loss"] for each in visited],
                title=f"{AME_ARM} at omega = {at.omega:g}: every n that you have visited",
            )
        )

    def _say(self, text: str) -> None:
        self.status.value = f'<div role="status" aria-live="polite">{html.escape(text)}</div>'

    def _ended(self, task: Task[None]) -> None:
        if task.state == "failed":
            self._say(f"The training failed: {task.error} Move a slider to go on.")


def _summary(at: BoundsAt) -> str:
    loss = {arm: student.gap.test_loss for arm, student in ((KD_ARM, at.kd), (AME_ARM, at.ame))}
    words = [f"Measured loss: {number(loss[KD_ARM])} for {KD_ARM}, {number(loss[AME_ARM])} for {AME_ARM}."]
    words.append(
        f"The paper's delta: {number(at.kd.trained_entropy)} and {number(at.ame.trained_entropy)} nats."
        if math.isfinite(at.ame.trained_entropy)
        else ""
    )
    sound = [each for each in at.bounds if each.quantity == "loss" and each.applies]
    if sound:
        best = min(sound, key=lambda each: each.value)
        words.append(f"The tightest bound of the loss that applies: {best.name}, {number(best.value)}.")
    empty = sum(each.vacuous for each in at.bounds)
    words.append(f"{empty} of {len(at.bounds)} bounds are vacuous.")
    return " ".join(word for word in words if word)

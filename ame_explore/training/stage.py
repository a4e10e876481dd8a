"""What exists before training: the data, the teacher, and the student's backbone."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from functools import lru_cache
from typing import Any, TypeVar

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import checked, checked_init, usable_device
from ame_explore.data import PairedData, load
from ame_explore.data.pairs import check_data, check_plain
from ame_explore.data.splits import spread_over_classes
from ame_explore.measures.calibration import predictive_entropy
from ame_explore.models import models_for, usual_torch
from ame_explore.models.convolutional import TwoTowers
from ame_explore.registry import DataSet, data_sets
from ame_explore.tasks import Progress
from ame_explore.training.captions import Captions, captions_of
from ame_explore.training.recipe import Recipe

T = TypeVar("T")
KEPT = 5  # results of `Stage.kept`: the views of five seeds; of 320 emoji a seed has 30 MB
TEST_AMBIGUITY = 0.8  # of the ambiguous test set (our choice): near halfway, but the label is still the nearer class


@checked_init
class Stage:
    """The frozen data and models that runs with one data set and teacher share.

    Args:
        data: images, labels and splits.
        teacher: the teacher.
        backbone: the backbone of the student.
        device: where the models run.
        most_test: the most test images to score students on, taken evenly over the classes; None: all of the test
            split. Teacher and backbone are scored on the same images.

    Attributes:
        data: the `PairedData`.
        teacher: a frozen `SmallCLIP`, a `ConvCLIP` for emoji, or a `StoredCLIP` for stored features.
        backbone: likewise.
        text_features: (C, D) unit features of the class texts by the teacher.
        logit_scale: the teacher's factor on cosines.
        captions: the images' captions as both models read them; None where no text tower can learn from them.
        test: (n,) indices of the test images: the test split, or `most_test` of it.
        test_labels: (n,) their labels.
        teacher_test_logits: (n, C) over all classes.
        unsure: (n,) bool, the test images that the teacher is least sure of, before any student is trained: a quarter
            of the base and a quarter of the new classes' images, those with the largest predictive entropy (our
            choice).

    Raises:
        AMEError: if the test split, or what `most_test` leaves of it, has no image of base or of new classes.
    """

    @usual_torch()
    def __init__(
        self,
        data: PairedData,
        teacher: TwoTowers,
        backbone: TwoTowers,
        device: str | torch.device = "cpu",
        *,
        most_test: int | None = None,
    ) -> None:
        for side in ("base", "new"):  # both sides are scored
            data.indices("test", side)
        self.test = data.indices("test")
        if most_test is not None:
            check_number("most_test", most_test, low=1, whole=True)
            self.test = spread_over_classes(self.test, data.labels[self.test], most_test)
            _check_sides(data, self.test)
        self.data, self.device = data, usable_device(device)
        self._kept: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._lock = threading.Lock()
        self.teacher, self.backbone = teacher.to(self.device), backbone.to(self.device)
        with torch.no_grad():
            self.text_features = self.teacher.encode_text(data.class_texts)
            self.logit_scale = float(self.teacher.logit_scale)
        self.captions: Captions | None = captions_of(data, self.teacher, self.backbone)
        self.test_labels = data.labels[self.test].to(self.device)
        self.teacher_test_logits = self.logits(self.teacher_features(data.images[self.test]))
        self.unsure = self._unsure()

    @classmethod
    @checked
    @usual_torch()
    def for_recipe(
        cls,
        recipe: Recipe,
        *,
        data: PairedData | None = None,
        device: str | torch.device = "cpu",
        most_test: int | None = None,
        progress: Progress | None = None,
    ) -> Stage:
        """The stage for a recipe. Its models are read from the cache, or trained and then cached.

        Args:
            recipe: names the data and the seeds.
            data: your own data; None loads `recipe.data`.
            device: where the models run.
            most_test: see `Stage`.
            progress: called while a model trains; without it, a line on stderr announces the training.

        Raises:
            AMEError: if the recipe was made with other data.
        """
        check_data(data)
        if data is None:
            data = _load(recipe.data, recipe.data_seed, data_sets.get(recipe.data))
        elif data.name != recipe.data:
            raise AMEError(
                f"recipe.data must be the name of the given data, {data.name!r}, got {recipe.data!r}: "
                f"write Recipe(data={data.name!r}, ...)."
            )
        if recipe.data_digest not in (None, data.digest[:16]):
            raise AMEError(
                f"recipe.data_digest is {recipe.data_digest}, but data {data.name!r} has {data.digest[:16]}: the "
                "recipe was made with other data; set data_digest=None to run it on this data."
            )
        models = models_for(data, seed=recipe.teacher_seed, progress=progress or _say_once)
        return cls(data, *models, device, most_test=most_test)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returns; the last few results are kept, since arms with one seed need the same.

        Threads that ask for one key wait for the first of them; those that ask for different keys do not wait.

        Args:
            key: what the result depends on, besides the stage.
            make: makes the result, which nobody may change.
        """
        with self._lock:
            mine = key not in self._kept
            found: Future[T] = self._kept.setdefault(key, Future())
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        if mine:
            try:
                found.set_result(make())
            except BaseException as error:
                with self._lock:
                    if self._kept.get(key) is found:
                        del self._kept[key]  # so that the next one tries again
                found.set_exception(error)
        return found.result()

    @property
    def base(self) -> Tensor:
        """The base classes (K,) int64, ascending."""
        return torch.tensor(sorted(self.data.base_classes), device=self.device)

    @property
    def new(self) -> Tensor:
        """The new classes (C - K,) int64, ascending."""
        return torch.tensor(self.data.new_classes, device=self.device)

    @property
    def sampled(self) -> str:
        """Which test images count: "2,000 of 25,000 test images"; "" for all of them."""
        of = len(self.data.splits["test"])
        if len(self.test) == of:
            return ""
        return f"{len(self.test):,} of {of:,} test images"

    @property
    def cannot(self) -> Mapping[str, str]:
        """Settings of a recipe that must keep their default here, and why."""
        found = self.data.cannot
        if self.captions is not None or "text_tower" in found:
            return found
        return {**found, "text_tower": "its teacher and backbone read class texts only, not captions"}

    def check_settings(self, **settings: Any) -> None:
        """Check that data and models can do what some settings of a recipe ask for.

        Args:
            settings: as for `PairedData.check_settings`.

        Raises:
            AMEError: if they cannot.
        """
        check_plain(self.data.name, self.cannot, settings)

    @torch.no_grad()
    def teacher_features(self, images: Tensor) -> Tensor:
        """The teacher's unit image features (B, D)."""
        return self.teacher.encode_image(images.to(self.device))

    def logits(self, features: Tensor, *, texts: Tensor | None = None) -> Tensor:
        """Logits over texts at the teacher's scale.

        Args:
            features: (..., B, D) unit image features.
            texts: (..., T, D) unit text features; None for the teacher's of the class texts.

        Returns:
            (..., B, T).
        """
        texts = self.text_features if texts is None else texts
        return self.logit_scale * features @ texts.to(features.dtype).mT

    def _unsure(self) -> Tensor:
        entropy = predictive_entropy(self.teacher_test_logits)
        found = torch.zeros(len(self.test), dtype=torch.bool, device=self.device)
        for classes in (self.base, self.new):
            rows = torch.isin(self.test_labels, classes).nonzero()[:, 0]
            found[rows[entropy[rows].argsort(descending=True, stable=True)[: -(-len(rows) // 4)]]] = True
        return found

    def ambiguous_test_images(self) -> Tensor | None:
        """The test images at ambiguity 0.8, or None for data that cannot draw them."""
        return None if self.data.draw is None else self.data.images_at(self.test, ambiguity=TEST_AMBIGUITY)


def _check_sides(data: PairedData, test: Tensor) -> None:
    base = torch.isin(data.labels[test], torch.tensor(sorted(data.base_classes)))
    if bool(base.all()) or not bool(base.any()):
        raise AMEError(
            f"most_test must leave test images of base and of new classes, got {len(test)}: raise it, or leave it out."
        )


@lru_cache(maxsize=4)
def _load(name: str, seed: int, source: DataSet | None) -> PairedData:
    """Load data; `source` is part of the cache's key, so that a data set registered again is loaded again."""
    return load(name, seed=seed)


def _say_once(what: str, done: int, of: int) -> None:
    """Announce the training, since a silent minute looks like a hang."""
    if done == 1:
        print(f"ame_explore: {what}, {of} steps", file=sys.stderr)

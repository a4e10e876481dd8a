"""Two models of the same pairs in one frozen basis: a difference between the pictures is one between the models."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis.projection.pca import PCAProjection
from ame_explore.analysis.projection.procrustes import Procrustes, procrustes
from ame_explore.analysis.projection.projection import Array
from ame_explore.analysis.projection.rows import pair_rows
from ame_explore.arguments import checked
from ame_explore.data.files.match import pair_names
from ame_explore.data.pairs import PairedFeatures
from ame_explore.measures import modality_gap


@dataclass(frozen=True, eq=False)
class MatchedModels:
    """Teacher and student over their common pairs, drawn in one plane.

    Attributes:
        teacher: features of the matched pairs, one text per pair.
        student: features of the same pairs in the same order.
        teacher_points: (2n, 2) positions, images first, then their texts.
        student_points: (2n, 2) positions, images first, then their texts.
        basis: the frozen PCA basis, fitted to the teacher's unit rows.
        turn: the rotation of the student's space onto the teacher's; None if both share one space.
        moved: (2n,) distance of each student row from the teacher's in the original space, in [0, 2].
        gaps: the modality gap of the teacher and of the student; an image or text in several pairs counts once.
        dropped: number of pairs that only one of the two has.
    """

    teacher: PairedFeatures
    student: PairedFeatures
    teacher_points: Array
    student_points: Array
    basis: PCAProjection
    turn: Procrustes | None
    moved: Tensor
    gaps: tuple[float, float]
    dropped: int

    @property
    def words(self) -> str:
        """How the two were aligned, with the residuals, as a caption."""
        shared = f"One frozen PCA basis ({self.basis.explained_variance_ratio.sum():.0%} of the first model's variance)"
        if self.turn is None:
            return f"{shared}; both models share one space, so nothing was rotated."
        return (
            f"{shared}; the second model's space is rotated onto the first's (orthogonal Procrustes), with a residual "
            f"of {self.turn.residual:.0%}, and of {self.turn.residual_held_out:.0%} on held-out pairs."
        )


@checked
def match_models(*, teacher: PairedFeatures, student: PairedFeatures, align: bool = True) -> MatchedModels:
    """Match two models' pairs by id and draw both in the teacher's PCA basis.

    Args:
        teacher: features with ids; the basis is fitted to its unit rows.
        student: features of the same pairs, or some of them, in any order. Its width may differ with `align`.
        align: rotate the student's space onto the teacher's by orthogonal Procrustes over the unit rows of images and
            texts. Without it, both must share one space, as after distillation into the teacher's.

    Returns:
        Both models in one plane.

    Raises:
        AMEError: if fewer than two ids are shared, `pair_names` rejects the ids, images and texts of a model differ in
            width, the models differ in width without `align`, or a row is all zeros.
    """
    rows_of = [
        {pair: row for row, pair in enumerate(pair_names(name, features))}
        for name, features in (("teacher", teacher), ("student", student))
    ]
    common = [key for key in rows_of[0] if key in rows_of[1]]
    if len(common) < 2:
        raise AMEError(
            f"teacher and student must share at least 2 ids, got {len(common)} of {len(rows_of[0])} and "
            f"{len(rows_of[1])}: give both the same ids."
        )
    taken = [torch.tensor([rows[key] for key in common]) for rows in rows_of]
    first, second = _take(teacher, taken[0]), _take(student, taken[1])
    target, source = pair_rows(first).double(), pair_rows(second).double()
    turn = None
    if align:
        turn = procrustes(source=source, target=target)
        source = turn.transform(source)
    elif source.shape[1] != target.shape[1]:
        raise AMEError(
            f"teacher and student must have equal widths without align, got {target.shape[1]} and {source.shape[1]}."
        )
    basis = PCAProjection.fit(target, dims=2)
    return MatchedModels(
        teacher=first,
        student=second,
        teacher_points=basis.transform(target),
        student_points=basis.transform(source),
        basis=basis,
        turn=turn,
        moved=(source - target).norm(dim=1),
        gaps=(_gap(teacher, taken[0]), _gap(student, taken[1])),
        dropped=len(rows_of[0]) + len(rows_of[1]) - 2 * len(common),
    )


def _gap(features: PairedFeatures, rows: Tensor) -> float:
    """The modality gap between the images and the texts of some pairs."""
    images, texts = features.image_index[rows].unique(), features.pair_index[rows].unique()
    return modality_gap(features.image[images], features.text[texts])


def _take(features: PairedFeatures, rows: Tensor) -> PairedFeatures:
    """The features of some pairs, with one image row and one text row each."""
    pairs, places = features.pair_index[rows], rows.tolist()
    return replace(
        features,
        image=features.image[features.image_index[rows]],
        image_index=torch.arange(len(rows)),
        text=features.text[pairs],
        pair_index=torch.arange(len(rows)),
        ids=features.ids[rows],
        labels=None if features.labels is None else features.labels[rows],
        texts=tuple(features.texts[pair] for pair in pairs.tolist()),
        metadata={name: tuple(values[place] for place in places) for name, values in features.metadata.items()},
        image_paths=features.image_paths and tuple(features.image_paths[place] for place in places),
    )

"""Two models of the same pairs in one frozen basis: what differs between the pictures differs between the models."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis.projection.pca import PCAProjection
from ame_explore.analysis.projection.procrustes import Procrustes, procrustes
from ame_explore.analysis.projection.projection import Array
from ame_explore.analysis.projection.rows import pair_rows
from ame_explore.data.files.match import pair_names

if TYPE_CHECKING:
    from ame_explore.data.pairs import PairedFeatures


@dataclass(frozen=True, eq=False)
class MatchedModels:
    """Teacher and student over the pairs that both hold, in one plane.

    Attributes:
        teacher, student: the features of the matched pairs, row i of one being row i of the other; one text a pair.
        teacher_points, student_points: (2n, 2) places, images first, then their texts.
        basis: the frozen PCA basis, fitted on the teacher's unit rows.
        turn: the rotation that laid the student's space on the teacher's, or None where both are one space.
        moved: (2n,) distance of each row of the student from the teacher's, in all dimensions, in [0, 2].
        dropped: pairs that only one of the two holds.
    """

    teacher: PairedFeatures
    student: PairedFeatures
    teacher_points: Array
    student_points: Array
    basis: PCAProjection
    turn: Procrustes | None
    moved: Tensor
    dropped: int

    @property
    def words(self) -> str:
        """How the two were brought together, with what is left over."""
        shared = f"One frozen PCA basis ({self.basis.explained_variance_ratio.sum():.0%} of the first model's variance)"
        if self.turn is None:
            return f"{shared}; both models give features of one space, nothing was turned."
        return (
            f"{shared}; the second model's space is turned onto the first's (orthogonal Procrustes): "
            f"{self.turn.residual:.0%} is left over, {self.turn.residual_held_out:.0%} on pairs that the turn has not "
            "seen."
        )


def match_models(teacher: PairedFeatures, student: PairedFeatures, *, align: bool = True) -> MatchedModels:
    """Match two models' pairs by id and draw both in the PCA basis of the teacher.

    Args:
        teacher: features with ids; its unit rows set the basis.
        student: features of the same pairs, or some of them, in any order; its width may differ if aligned.
        align: turn the student's space onto the teacher's by orthogonal Procrustes over unit rows of images and texts.
            Without it, both must be of one width and one space, as a student is that was distilled into its teacher's.

    Raises:
        AMEError: fewer than two ids in common, ids that `pair_names` refuses, images and texts of unequal widths within
            a model, unequal widths without `align`, a row of zeros.
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
    first, second = (
        _take(features, torch.tensor([rows[key] for key in common]))
        for features, rows in zip((teacher, student), rows_of, strict=True)
    )
    target, source = pair_rows(first).double(), pair_rows(second).double()
    turn = None
    if align:
        turn = procrustes(source, target)
        source = turn.transform(source)
    elif source.shape[1] != target.shape[1]:
        raise AMEError(
            f"teacher and student must have one width without align, got {target.shape[1]} and {source.shape[1]}."
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
        dropped=len(rows_of[0]) + len(rows_of[1]) - 2 * len(common),
    )


def _take(features: PairedFeatures, rows: Tensor) -> PairedFeatures:
    """Those pairs, with an image row and a text row for each."""
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

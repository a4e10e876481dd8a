"""Distillation losses, which compare the student with the teacher."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from ame_explore.registry import kd_loss

PROMPTKD_WEIGHT = 1000.0  # KD_WEIGHT in PromptKD's code (200 on three of its data sets)


@kd_loss("feature", on="features", label="feature distance", help="1 - cosine of student and teacher image features.")
def feature_kd(*, student: Tensor, teacher: Tensor, normalized: bool = True) -> Tensor:
    """1 - cosine of student and teacher image features, mean over images.

    Args:
        student: (B, D) features of the images.
        teacher: (B, D) features of the same images.
        normalized: False uses the scalar product of the rows as they are, the mistake of forgetting to normalize.
    """
    if not normalized:
        return 1 - (student * teacher).sum(1).mean()
    return 1 - F.cosine_similarity(student, teacher, dim=1).mean()


@kd_loss(
    "logits",
    on="logits",
    unit="nats",
    label="logit distance",
    help="tau^2 KL(teacher || student) at temperature tau (Hinton et al. 2015).",
)
def logits_kd(
    *,
    student: Tensor,
    teacher: Tensor,
    tau: float = 1.0,
    label_smoothing: float = 0.0,
    student_tau: float | None = None,
) -> Tensor:
    """tau^2 KL(teacher || student) at temperature tau, mean over images, in nats (Hinton et al. 2015).

    Args:
        student: (B, C) logits.
        teacher: (B, C) logits.
        tau: temperature.
        label_smoothing: e replaces the teacher's p by (1 - e) p + e / C.
        student_tau: another temperature for the student's logits, a mistake to demonstrate; None for `tau`.
    """
    # Written as a sum, since F.kl_div has no batching rule under vmap.
    target = (teacher / tau).softmax(1)
    if label_smoothing:
        target = (1 - label_smoothing) * target + label_smoothing / target.shape[1]
    log_student = (student / (tau if student_tau is None else student_tau)).log_softmax(1)
    # xlogy, since 0 log 0 must be 0 if the target underflowed
    return tau**2 * (target.xlogy(target) - target * log_student).sum(1).mean()


@kd_loss(
    "promptkd",
    on="logits",
    unit="nats",
    label="PromptKD's logit distance",
    help="1000 / classes times the logit distance, as weighted in PromptKD's code.",
)
def promptkd_loss(
    *,
    student: Tensor,
    teacher: Tensor,
    tau: float = 1.0,
    label_smoothing: float = 0.0,
    student_tau: float | None = None,
) -> Tensor:
    """PromptKD's loss as weighted in its code: KD_WEIGHT tau^2 KL_sum / (B C), which is 1000 / C times `logits_kd`.

    Args:
        student: (B, C) logits.
        teacher: (B, C) logits.
        tau: temperature.
        label_smoothing: as in `logits_kd`.
        student_tau: as in `logits_kd`.
    """
    loss = logits_kd(
        student=student, teacher=teacher, tau=tau, label_smoothing=label_smoothing, student_tau=student_tau
    )
    return PROMPTKD_WEIGHT / student.shape[1] * loss

"""Distillation losses: what the student is told by the teacher."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

PROMPTKD_WEIGHT = 1000.0  # KD_WEIGHT in PromptKD's code (200 on three of its data sets)


def logits_kd(
    student_logits: Tensor,
    teacher_logits: Tensor,
    tau: float = 1.0,
    label_smoothing: float = 0.0,
    student_tau: float | None = None,
) -> Tensor:
    """tau^2 KL(teacher || student) at temperature tau, mean over images, in nats (Hinton et al. 2015).

    Shapes: both (B, C). `label_smoothing` e replaces the teacher's p by (1 - e) p + e / C. `student_tau`
    divides the student's logits in place of `tau`: a mistake, to be shown. Written as a sum, since `F.kl_div` has no
    batching rule under vmap.
    """
    target = (teacher_logits / tau).softmax(1)
    if label_smoothing:
        target = (1 - label_smoothing) * target + label_smoothing / target.shape[1]
    log_student = (student_logits / (tau if student_tau is None else student_tau)).log_softmax(1)
    # entr-like form: 0 log 0 is 0 for a target that underflowed
    return tau**2 * (target.xlogy(target) - target * log_student).sum(1).mean()


def promptkd_loss(
    student_logits: Tensor,
    teacher_logits: Tensor,
    tau: float = 1.0,
    label_smoothing: float = 0.0,
    student_tau: float | None = None,
) -> Tensor:
    """PromptKD's loss as its code weighs it: KD_WEIGHT tau^2 KL_sum / (B C), that is 1000 / C times `logits_kd`."""
    loss = logits_kd(student_logits, teacher_logits, tau, label_smoothing, student_tau)
    return PROMPTKD_WEIGHT / student_logits.shape[1] * loss


def feature_kd(student_features: Tensor, teacher_features: Tensor) -> Tensor:
    """1 - cosine of student and teacher image features (B, D), mean over images."""
    return 1 - F.cosine_similarity(student_features, teacher_features, dim=1).mean()

"""Distillation losses from the literature, to compare AME with.

Each has the constants named below; `kd_weight` scales it. Students here learn from unlabelled images, so where a method
needs a label, the class that the teacher finds likeliest takes its place.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import row_entropy_deficit
from ame_explore.registry import kd_loss
from ame_explore.training.losses import logits_kd

_EPS = 1e-7
DKD_ALPHA, DKD_BETA = 1.0, 8.0  # the defaults of mdistiller, the authors' code
RKD_DISTANCE, RKD_ANGLE = 1.0, 2.0  # dist_ratio and angle_ratio in the authors' code
CC_GAMMA, CC_ORDER = 0.4, 2  # as in the usual implementations (Knowledge-Distillation-Zoo, torchdistill)
SMOOTHING = 0.1  # Szegedy et al.
PENALTY = 0.1  # our choice


def _likeliest(logits: Tensor) -> Tensor:
    """(B, C) bool, True at the largest logit of each row."""
    return torch.arange(logits.shape[1], device=logits.device) == logits.argmax(1, keepdim=True)


def _kl(target_logits: Tensor, logits: Tensor, dim: int = 1) -> Tensor:
    """KL(softmax of the target || softmax) along `dim`, in nats."""
    log_target, log_p = target_logits.log_softmax(dim), logits.log_softmax(dim)
    return (log_target.exp() * (log_target - log_p)).sum(dim)


def _cross_entropy(target: Tensor, logits: Tensor) -> Tensor:
    """-sum target log softmax, mean over rows."""
    return -(target * logits.log_softmax(1)).sum(1).mean()


@kd_loss(
    "logit_std",
    on="logits",
    unit="nats",
    label="standardized logits",
    help="The logit distance between standardized logits (Sun et al. 2024).",
)
def standardized_kd(*, student: Tensor, teacher: Tensor, tau: float = 1.0) -> Tensor:
    """tau^2 KL between logits of mean 0 and standard deviation 1 a row, mean over images.

    Source: Sun et al., "Logit Standardization in Knowledge Distillation", CVPR 2024. The 1e-7 added to the standard
    deviation is that of the authors' code.

    Args:
        student: (B, C) logits.
        teacher: (B, C) logits.
        tau: temperature, after standardization.
    """

    def standardized(z: Tensor) -> Tensor:
        return (z - z.mean(1, keepdim=True)) / (_EPS + z.std(1, keepdim=True))

    return logits_kd(student=standardized(student), teacher=standardized(teacher), tau=tau)


@kd_loss(
    "dist",
    on="logits",
    label="correlation of predictions",
    help="1 - Pearson correlation of the predictions, over classes plus over images (DIST, Huang et al. 2022).",
)
def dist_kd(*, student: Tensor, teacher: Tensor, tau: float = 1.0) -> Tensor:
    """tau^2 times (1 - mean correlation of each image's probabilities + 1 - mean correlation of each class's).

    Correlations are Pearson's, between student and teacher.

    Source: Huang et al., "Knowledge Distillation from A Stronger Teacher", NeurIPS 2022: the inter-class and the
    intra-class relation, both with weight 1.

    Args:
        student: (B, C) logits.
        teacher: (B, C) logits.
        tau: temperature.
    """
    student, teacher = (student / tau).softmax(1), (teacher / tau).softmax(1)

    def apart(a: Tensor, b: Tensor, dim: int) -> Tensor:
        a, b = a - a.mean(dim, keepdim=True), b - b.mean(dim, keepdim=True)
        return 1 - F.cosine_similarity(a, b, dim=dim).mean()

    return tau**2 * (apart(student, teacher, 1) + apart(student, teacher, 0))


@kd_loss(
    "dkd",
    on="logits",
    unit="nats",
    label="decoupled logit distance",
    help="The logit distance, with eight times the weight on the unlikely classes (DKD, Zhao et al. 2022).",
)
def decoupled_kd(*, student: Tensor, teacher: Tensor, tau: float = 1.0) -> Tensor:
    """tau^2 (alpha TCKD + beta NCKD): KL of the target class against the rest, and KL among the rest; mean over images.

    Source: Zhao et al., "Decoupled Knowledge Distillation", CVPR 2022, with alpha 1 and beta 8 as in the authors'
    code. The target class is the teacher's likeliest.

    Args:
        student: (B, C) logits, C >= 2.
        teacher: (B, C) logits.
        tau: temperature.
    """
    target = _likeliest(teacher)

    def parts(logits: Tensor) -> tuple[Tensor, Tensor]:
        scaled = logits / tau
        rest = scaled.masked_fill(target, -math.inf)
        of_target = scaled.masked_fill(~target, -math.inf).logsumexp(1)
        binary = torch.stack([of_target, rest.logsumexp(1)], dim=1)
        return binary, scaled.masked_fill(target, -1000.0)  # so low that its probability is 0

    (student_binary, student_rest), (teacher_binary, teacher_rest) = parts(student), parts(teacher)
    tckd, nckd = _kl(teacher_binary, student_binary), _kl(teacher_rest, student_rest)
    return tau**2 * (DKD_ALPHA * tckd + DKD_BETA * nckd).mean()


@kd_loss(
    "rkd",
    on="features",
    label="relations",
    help="Distances and angles between the images of a batch (RKD, Park et al. 2019).",
)
def relational_kd(*, student: Tensor, teacher: Tensor) -> Tensor:
    """Huber distance of the batch's pairwise distances (each over their mean) plus 2 times that of its angles.

    Source: Park et al., "Relational Knowledge Distillation", CVPR 2019: the distance-wise and the angle-wise loss, with
    weights 1 and 2.

    Args:
        student: (B, D) unit features of the images.
        teacher: (B, D) unit features of the same images.
    """

    def huber(difference: Tensor) -> Tensor:
        size = difference.abs()
        return torch.where(size < 1, size.square() / 2, size - 0.5).mean()

    def distances(x: Tensor) -> Tensor:
        squared = (x[:, None] - x).square().sum(2)
        others = squared > 1e-12  # neither an image and itself, nor two copies, where the root has no gradient
        found = torch.where(others, torch.where(others, squared, 1.0).sqrt(), 0.0)
        return found / (found.sum() / others.sum().clamp_min(1)).clamp_min(1e-12)

    def angles(x: Tensor) -> Tensor:
        sides = F.normalize(x - x[:, None], dim=2)
        return sides @ sides.mT

    apart = huber(distances(student) - distances(teacher))
    return RKD_DISTANCE * apart + RKD_ANGLE * huber(angles(student) - angles(teacher))


@kd_loss(
    "pkt",
    on="features",
    unit="nats",
    label="neighbour probabilities",
    help="KL of the probabilities that images are neighbours in a batch (PKT, Passalis and Tefas 2018).",
)
def probabilistic_kd(*, student: Tensor, teacher: Tensor) -> Tensor:
    """KL(teacher || student) of p(j | i) in proportion to (1 + cosine) / 2, mean over the B^2 pairs.

    Source: Passalis and Tefas, "Learning Deep Representations with Probabilistic Knowledge Transfer", ECCV 2018,
    with its cosine kernel; the mean over pairs is that of the authors' code.

    Args:
        student: (B, D) unit features of the images.
        teacher: (B, D) unit features of the same images.
    """

    def probabilities(x: Tensor) -> Tensor:
        unit = F.normalize(x, dim=1)
        near = (unit @ unit.mT + 1) / 2
        return near / near.sum(1, keepdim=True)

    student, teacher = probabilities(student), probabilities(teacher)
    return (teacher * ((teacher + _EPS) / (student + _EPS)).log()).mean()


@kd_loss(
    "sp",
    on="features",
    label="similarities",
    help="Squared distance of the similarity matrices of a batch (Tung and Mori 2019).",
)
def similarity_kd(*, student: Tensor, teacher: Tensor) -> Tensor:
    """||G_teacher - G_student||_F^2 / B^2, G the Gram matrix of the batch with rows of length 1.

    Source: Tung and Mori, "Similarity-Preserving Knowledge Distillation", ICCV 2019, the
    similarity-preserving loss.

    Args:
        student: (B, D) unit features of the images.
        teacher: (B, D) unit features of the same images.
    """
    student, teacher = (F.normalize(x @ x.mT, dim=1) for x in (student, teacher))
    return (teacher - student).square().mean()


@kd_loss(
    "cc",
    on="features",
    label="correlation congruence",
    help="Squared distance of the Gaussian kernel matrices of a batch (Peng et al. 2019).",
)
def congruence_kd(*, student: Tensor, teacher: Tensor) -> Tensor:
    """||K_teacher - K_student||_F^2 / B^2, K the Gaussian kernel by its Taylor series of order 2 with gamma 0.4.

    Source: Peng et al., "Correlation Congruence for Knowledge Distillation", ICCV 2019: the congruence loss, for unit
    rows, as the paper assumes.

    Args:
        student: (B, D) unit features of the images.
        teacher: (B, D) unit features of the same images.
    """

    def kernel(x: Tensor) -> Tensor:
        cosines = x @ x.mT
        series = [(2 * CC_GAMMA) ** p / math.factorial(p) * cosines**p for p in range(CC_ORDER + 1)]
        return math.exp(-2 * CC_GAMMA) * torch.stack(series).sum(0)

    return (kernel(teacher) - kernel(student)).square().mean()


@kd_loss(
    "clip_fd",
    on="features",
    label="squared feature distance",
    help="Squared distance of student and teacher image features (CLIP-KD's FD, Yang et al. 2024).",
)
def clip_feature_kd(*, student: Tensor, teacher: Tensor) -> Tensor:
    """||teacher - student||^2, mean over images; twice `feature_kd` for unit rows.

    Source: Yang et al., "CLIP-KD", CVPR 2024: feature distillation, of images alone, since the student
    has the teacher's texts.

    Args:
        student: (B, D) unit features of the images.
        teacher: (B, D) unit features of the same images.
    """
    return (teacher - student).square().sum(1).mean()


@kd_loss(
    "clip_icl",
    on="features",
    unit="nats",
    label="interactive contrast",
    help="Contrastive loss of the student's images and the teacher's texts (CLIP-KD's ICL, Yang et al. 2024).",
)
def clip_interactive_kd(*, student: Tensor, teacher: Tensor, texts: Tensor, logit_scale: float) -> Tensor:
    """-log p(the image's text | the student's image) over the teacher's texts, mean over images.

    Source: Yang et al., "CLIP-KD", CVPR 2024: interactive contrastive learning, image to text. An image's text is
    that of the class that the teacher finds likeliest; the class texts stand for a batch's captions.

    Args:
        student: (B, D) unit features of the images.
        teacher: (B, D) unit features of the same images.
        texts: (C, D) the teacher's class vectors.
        logit_scale: factor on cosines.
    """
    paired = _likeliest(teacher @ texts.mT).to(student.dtype)
    return _cross_entropy(paired, logit_scale * student @ texts.mT)


@kd_loss(
    "clip_afd",
    on="features",
    unit="nats",
    label="augmented contrast",
    help="Contrastive loss of the mean of both image features (CLIP-KD's AFD with a fixed fusion, Yang et al. 2024).",
)
def clip_augmented_kd(*, student: Tensor, teacher: Tensor, texts: Tensor, logit_scale: float) -> Tensor:
    """As `clip_interactive_kd`, for student and teacher features fused into one.

    Source: Yang et al., "CLIP-KD", CVPR 2024: augmented feature distillation. There a linear layer learns the fusion;
    here it is the mean, scaled to length 1 (our choice, since a KD loss has no weights).

    Args:
        student: (B, D) unit features of the images.
        teacher: (B, D) unit features of the same images.
        texts: (C, D) the teacher's class vectors.
        logit_scale: factor on cosines.
    """
    fused = F.normalize(student + teacher, dim=1)
    return clip_interactive_kd(student=fused, teacher=teacher, texts=texts, logit_scale=logit_scale)


@kd_loss(
    "clip_crd",
    on="logits",
    unit="nats",
    label="contrastive relations",
    help="KL over the texts of each image plus KL over the images of each text (CLIP-KD's CRD, Yang et al. 2024).",
)
def clip_relational_kd(*, student: Tensor, teacher: Tensor) -> Tensor:
    """KL(teacher || student) of image-to-text and of text-to-image softmaxes, each a mean, added.

    Source: Yang et al., "CLIP-KD", CVPR 2024: contrastive relational distillation. open_clip's
    `DistillClipLoss` is half of it, with cross entropy in place of KL.

    Args:
        student: (B, C) logits.
        teacher: (B, C) logits.
    """
    return _kl(teacher, student, 1).mean() + _kl(teacher, student, 0).mean()


@kd_loss(
    "smoothed_labels",
    on="logits",
    unit="nats",
    label="smoothed labels",
    help=f"Cross entropy with the teacher's likeliest class, smoothed by {SMOOTHING:g}: a regularizer alone, for "
    "comparison.",
)
def smoothed_labels(*, student: Tensor, teacher: Tensor) -> Tensor:
    """Cross entropy with (1 - e) one-hot + e / C, e = 0.1, mean over images.

    Source: Szegedy et al., "Rethinking the Inception Architecture", CVPR 2016: label smoothing.

    Args:
        student: (B, C) logits.
        teacher: (B, C) logits.
    """
    hard = _likeliest(teacher).to(student.dtype)
    return _cross_entropy((1 - SMOOTHING) * hard + SMOOTHING / hard.shape[1], student)


@kd_loss(
    "confidence_penalty",
    on="logits",
    unit="nats",
    label="confidence penalty",
    help=f"The logit distance plus {PENALTY:g} times the student's lack of entropy: the opposite of AME's predictive "
    "reading.",
)
def confidence_penalty(*, student: Tensor, teacher: Tensor, tau: float = 1.0) -> Tensor:
    """`logits_kd` + beta (log C - H(student's softmax)), beta = 0.1, mean over images.

    Source: Pereyra et al., "Regularizing Neural Networks by Penalizing Confident Output Distributions", ICLR 2017
    workshop; beta is our choice. log C, a constant, keeps the term above 0.

    Args:
        student: (B, C) logits.
        teacher: (B, C) logits.
        tau: temperature of the logit distance.
    """
    lack = row_entropy_deficit(student, dim=1).mean()
    return logits_kd(student=student, teacher=teacher, tau=tau) + PENALTY * lack

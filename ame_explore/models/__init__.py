"""Models: a small CLIP in teacher and student sizes, and the hosts that distillation trains."""

from ame_explore.models.cache import cache_folder, pretrained
from ame_explore.models.choice import models_for
from ame_explore.models.clip import SIZES, SmallCLIP
from ame_explore.models.encoders import Encoder, encode
from ame_explore.models.feature_encoding import encode_features
from ame_explore.models.hosts import Projector, Student
from ame_explore.models.pretraining import Pretraining, check_default_dtype, one_thread, pretrain, usual_torch
from ame_explore.models.tokenizer import WordTokenizer

__all__ = [
    "SIZES",
    "Encoder",
    "Pretraining",
    "Projector",
    "SmallCLIP",
    "Student",
    "WordTokenizer",
    "cache_folder",
    "check_default_dtype",
    "encode",
    "encode_features",
    "models_for",
    "one_thread",
    "pretrain",
    "pretrained",
    "usual_torch",
]

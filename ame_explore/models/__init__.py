"""Models: a small CLIP in teacher and student sizes, and the hosts that distillation trains."""

from ame_explore.models.cache import cache_folder, pretrained
from ame_explore.models.clip import SIZES, SmallCLIP
from ame_explore.models.encoders import Encoder, encode
from ame_explore.models.hosts import Projector, Student
from ame_explore.models.pretraining import Pretraining, one_thread, pretrain
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
    "encode",
    "one_thread",
    "pretrain",
    "pretrained",
]

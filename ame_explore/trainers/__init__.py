"""AME in other training code: in a model's forward, in open_clip's losses, over micro-batches, and in torchdistill.

These modules need torch and `ame_explore.ame` alone.
"""

from ame_explore.trainers.attach import attach
from ame_explore.trainers.micro_batches import WholeBatch
from ame_explore.trainers.open_clip import WithAME

__all__ = ["WholeBatch", "WithAME", "attach"]

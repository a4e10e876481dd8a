"""Training: a recipe, the loop that follows it, and the record that it leaves."""

from ame_explore.training.distill import Distillation, Step
from ame_explore.training.evaluate import Evaluation, chance, facts, reference_scores, references
from ame_explore.training.one_step import Competition, OneStep, take_apart
from ame_explore.training.recipe import Event, Recipe
from ame_explore.training.record.recorder import RecordWarning
from ame_explore.training.record.run import Recorder, Run
from ame_explore.training.record.steering import Knob, Remote, Steering
from ame_explore.training.replicas.recipes import DistilledReplicas, distill_replicas
from ame_explore.training.replicas.train import Replicas, train_replicas
from ame_explore.training.stage import Stage

__all__ = [
    "Competition",
    "Distillation",
    "DistilledReplicas",
    "Evaluation",
    "Event",
    "Knob",
    "OneStep",
    "Recipe",
    "RecordWarning",
    "Recorder",
    "Remote",
    "Replicas",
    "Run",
    "Stage",
    "Steering",
    "Step",
    "chance",
    "distill_replicas",
    "facts",
    "reference_scores",
    "references",
    "take_apart",
    "train_replicas",
]

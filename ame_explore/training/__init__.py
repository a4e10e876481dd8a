"""Training: a recipe, the loop that follows it, and the record that it leaves."""

from ame_explore.training.distill import Distillation, Step
from ame_explore.training.evaluation import Evaluation, chance, facts, reference_scores
from ame_explore.training.recipe import Event, Recipe
from ame_explore.training.run import Recorder, Run
from ame_explore.training.stage import Stage

__all__ = [
    "Distillation",
    "Evaluation",
    "Event",
    "Recipe",
    "Recorder",
    "Run",
    "Stage",
    "Step",
    "chance",
    "facts",
    "reference_scores",
]

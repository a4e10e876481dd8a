"""A landscape of the loss between two students"""

from ame_explore import Distillation
from ame_explore.analysis import Evaluator, distillation_objective, line_between
from ame_explore.analysis.landscapes.scan import landscape

trained = Distillation(recipe, stage=stage)
*_, last = trained
objective = distillation_objective(trained, indices=stage.test[:64])
ends = [runs[arm][0].state(10) for arm in ("KD", "KD + AME")]
line = line_between(objective.module, *ends, prefix="student.")
drawing = figures.landscape_line(
    landscape(Evaluator(objective, line), grid=15, low=0.0), ends=("KD", "KD + AME"), names=["kd", "H"]
)

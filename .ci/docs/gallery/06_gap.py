"""The modality gap, taken apart"""

from ame_explore.analysis.pairs.gap import gap_measures

models = {arm: gap_measures(of[0].features(10)) for arm, of in runs.items()}
drawing = figures.gap_decomposition(models)

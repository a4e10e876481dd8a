"""Images and texts before and after"""

before = runs["KD"][0].features(0)
snapshots = {"before": before, "KD": features, "KD + AME": runs["KD + AME"][0].features(10)}
drawing = figures.manifold(snapshots, fit_on=["before"], base_classes=stage.data.base_classes)

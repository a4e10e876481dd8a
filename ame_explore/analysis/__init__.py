"""Analysis: recorded arrays in, results out. Nothing here draws, and scipy and scikit-learn are imported where they
are used.
"""

from __future__ import annotations

from ame_explore.analysis.projection import PCAProjection
from ame_explore.analysis.statistics import MeanInterval, PairedInterval, mean_interval, paired_interval

__all__ = ["MeanInterval", "PCAProjection", "PairedInterval", "mean_interval", "paired_interval"]

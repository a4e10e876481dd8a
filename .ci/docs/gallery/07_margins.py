"""Which pairs to look at first"""

from ame_explore.analysis.pairs.exploration import explore_features
from ame_explore.figures.pairs.overview import margins

drawing = margins(explore_features(features))

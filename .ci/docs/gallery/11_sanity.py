"""Can an estimator of entropy be believed?"""

from ame_explore.analysis import sanity_strip

strip = sanity_strip(features.image, estimator="matrix-renyi", settings=[50, 100, 200], repeats=2)
drawing = figures.sanity([strip])

"""Does the difference exceed the noise?"""

drawing = figures.comparison(runs, reference="KD")

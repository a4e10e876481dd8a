"""Entropy over training"""

drawing = figures.entropy(runs)

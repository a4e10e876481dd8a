"""Losses over training"""

drawing = figures.losses(runs)

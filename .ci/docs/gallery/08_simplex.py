"""Entropy over three scores"""

drawing = figures.simplex()

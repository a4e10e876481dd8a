"""Measures of paired image and text features: each pair, each set, and the pairs that deserve a look."""

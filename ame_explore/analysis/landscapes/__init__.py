"""Landscapes: loss and entropy over a model's weights, over row scores, and over the shared feature space."""

"""Sweeps: a grid of settings, crossed with teachers, splits and seeds, run to a table that survives a kill."""

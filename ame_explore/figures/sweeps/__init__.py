"""Figures of a sweep: where AME helps, does nothing, harms or collapses."""

"""Figures of generalization bounds."""

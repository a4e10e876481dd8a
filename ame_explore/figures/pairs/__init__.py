"""Figures of paired features."""

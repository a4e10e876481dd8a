"""Figures of landscapes."""

"""Recorded runs in the lab's panels, without a kernel: one HTML file."""

"""Data sets that the package can load by name."""

"""The explorer: a map, lists and pairs of features that share one selection."""

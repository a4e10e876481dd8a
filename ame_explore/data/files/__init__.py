"""Features from files: read the arrays, match the pairs of two models, load both as `PairedFeatures`."""

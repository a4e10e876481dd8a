"""The diagnosis of a run: findings on its losses, metrics and minibatches."""

"""What a run suffers from: findings on its losses, metrics and minibatches."""

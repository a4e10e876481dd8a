"""Estimators of entropy and information, each beside a control whose answer is known."""

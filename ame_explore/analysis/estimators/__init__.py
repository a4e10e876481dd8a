"""Estimators of entropy and information, each compared with a control whose true value is known."""

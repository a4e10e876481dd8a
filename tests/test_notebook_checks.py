"""A guess in a notebook is answered in words, whatever it is, never with a traceback."""

import math

import pytest

from ame_explore.widgets.notebook import compare_guess


@pytest.mark.parametrize(
    ("guess", "words"),
    [
        (None, "No guess yet"),
        (2.3, "Right"),
        (2, "Not this time"),
        ("2.3", "one number"),
        ([2.3], "one number"),
        (True, "one number"),
        (math.nan, "Not this time"),
    ],
)
def test_a_guess_of_any_kind(capsys, guess, words):
    compare_guess(guess, 2.31, close=0.1)
    assert words in capsys.readouterr().out

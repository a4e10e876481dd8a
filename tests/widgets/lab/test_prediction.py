"""What a prediction's outcome says, in words and numbers."""

import pytest

from ame_explore.analysis.statistics import PairedInterval
from ame_explore.training import Step
from ame_explore.widgets.lab.prediction import Prediction
from ame_explore.widgets.lab.timeline import Timeline


def finished(before, after):
    past = Timeline(2)
    for index, metrics in ((0, before), (1, {}), (2, after)):
        past.record(Step(index, 0, {}, {}, metrics, None, 0.1), {})
    return past


@pytest.mark.parametrize(
    ("answer", "after", "told", "right"),
    [
        ("stays", 3.2, "You said: it stays. The entropy H over all test rows was 3.258 nats at the "
         "start and 3.200 nats at the end: "
         "it stayed within 0.1 nats of that.", True),
        ("falls", 2.5, "You said: it falls. The entropy H over all test rows was 3.258 nats at the "
         "start and 2.500 nats at the end: "
         "it fell.", True),
        ("falls", 3.9, "You said: it falls. The entropy H over all test rows was 3.258 nats at the "
         "start and 3.900 nats at the end: "
         "it rose.", False),
    ],
)  # fmt: skip
def test_an_outcome_is_one_plain_sentence(answer, after, told, right):
    asked = Prediction(["KD + AME"])
    asked.answer({"H": answer})
    assert asked.outcome({"KD + AME": finished({"H": 3.258}, {"H": after})}) == {"H": {"text": told, "right": right}}


@pytest.mark.parametrize(("low", "right"), [(-0.01, "no difference"), (0.002, "KD + AME")])
def test_an_interval_over_the_test_images_decides_where_there_is_one(low, right):
    """0.02 is more than the 0.01 that counts without an interval, and no difference where the interval holds 0."""
    arms = {"KD": 0.40, "KD + AME": 0.42}
    ends = {name: finished({"harmonic_mean": 0.1}, {"harmonic_mean": value}) for name, value in arms.items()}
    difference = PairedInterval(0.02, low, 0.04 - low, 500, 0.95)
    for answer in ("no difference", "KD + AME"):
        asked = Prediction(list(arms))
        asked.answer({"better": answer})
        found = asked.outcome(ends, None, difference)["better"]
        assert found["right"] == (answer == right)
        assert ("contains 0" in found["text"]) == (right == "no difference")

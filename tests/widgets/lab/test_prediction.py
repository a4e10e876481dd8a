"""What a prediction's outcome says, in words and numbers."""

import pytest

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

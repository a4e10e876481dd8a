"""The check functions of the notebooks answer any guess in words, never with a traceback."""

import ast
import math
from pathlib import Path

import pytest
import torch

from ame_explore.training.losses import logits_kd

SCRIPT = Path(__file__).parents[1] / "notebooks" / "01_distillation.py"
SCORES = torch.randn(2, 6, 10, generator=torch.Generator().manual_seed(0)) * 3


@pytest.fixture(scope="module")
def checks() -> dict[str, object]:
    kept = {"check", "check_kd"}
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in kept]
    names = {"math": math, "logits_kd": logits_kd, "TAUS": (1.0, 4.0)}
    names |= {"some_student": SCORES[0], "some_teacher": SCORES[1]}
    exec(compile(tree, str(SCRIPT), "exec"), names)  # only the functions: the cells around them train
    return names


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
def test_a_guess_of_any_kind(checks, capsys, guess, words):
    checks["check"](guess, 2.31, close=0.1)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kd", "words"),
    [
        (lambda s, t, tau: None, "Nothing yet"),
        (lambda s, t, tau: s - t, r"shape (6, 10): is the mean over images missing?"),
        (lambda s, t, tau: (s - t).sum(1), "mean over images missing"),
        (lambda s, t, tau: "loss", "must be one number"),
        (lambda s, t, tau: 3, "instead of"),
        (lambda s, t, tau: logits_kd(student=s, teacher=t, tau=tau) / tau**2, "factor tau^2"),
        (lambda s, t, tau: logits_kd(student=s, teacher=t, tau=tau), "Right"),
    ],
)
def test_a_loss_of_any_kind(checks, capsys, kd, words):
    checks["check_kd"](kd)
    assert words in capsys.readouterr().out

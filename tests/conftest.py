"""What all tests share: hypothesis draws the same examples in every run, and some features and runs to draw."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import settings

from ame_explore.data import FeatureData, PairedFeatures
from ame_explore.training import Run

sys.path.insert(0, str(Path(__file__).parent))  # for random_calls

settings.register_profile("ame_explore", deadline=None, derandomize=True)
settings.load_profile("ame_explore")

DIGITS = ("a handwritten zero", "a handwritten one", "a handwritten two", "a handwritten three")
AMBIGUOUS_FROM = 1000


def some_features(
    seed: int = 0, *, images: int = 40, texts: tuple[str, ...] = DIGITS, learned: float = 1.0
) -> PairedFeatures:
    """Images near their class texts where `learned` is 1, anywhere where it is 0; the last quarter are ambiguous."""
    generator = torch.Generator().manual_seed(seed)
    text = torch.randn(len(texts), 8, generator=torch.Generator().manual_seed(99))
    labels = torch.arange(images) % len(texts)
    image = learned * text[labels] + (1.1 - learned) * torch.randn(images, 8, generator=generator)
    ids = torch.arange(images)
    ids[-images // 4 :] += AMBIGUOUS_FROM
    return PairedFeatures(
        image=image, text=text, pair_index=labels, ids=ids, labels=labels, texts=texts, logit_scale=20.0
    )


def make_small_data() -> FeatureData:
    """Stored features of six classes, of which a student of eight features learns from a teacher of twelve."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(240) % 6
    text, other = torch.randn(6, 12, generator=generator), torch.randn(6, 8, generator=generator)
    parts = {
        "teacher_image": text[labels] + 0.5 * torch.randn(240, 12, generator=generator),
        "student_image": other[labels] + 0.8 * torch.randn(240, 8, generator=generator),
        "class_text": text,
        "student_text": other,
        "labels": labels,
        "logit_scale": 20.0,
    }
    return FeatureData.of(parts, name="mine")


@pytest.fixture(scope="session")
def small_data() -> FeatureData:
    return make_small_data()


@pytest.fixture
def features() -> Callable[..., PairedFeatures]:
    return some_features


@pytest.fixture
def make_runs(tmp_path: Path) -> Callable[..., dict[str, list[Run]]]:
    """Runs as a demo writes them: arm -> one a seed, through the real recorder."""

    def make(arms: tuple[str, ...] = ("KD", "KD + AME"), seeds: int = 2, steps: int = 4) -> dict[str, list[Run]]:
        runs: dict[str, list[Run]] = {}
        for place, arm in enumerate(arms):
            for seed in range(seeds):
                path = tmp_path / f"{place}-{seed}"
                with Run.recorder(path, recipe={"omega": 50.0 * place, "kd": {"tau": 1.0}, "seed": seed}) as record:
                    record.note(base_classes=[0, 1], ambiguous_from_id=AMBIGUOUS_FROM)
                    for step in range(steps + 1):
                        learned = step / steps
                        kd, ame = 1.5 - learned + 0.1 * seed, 50.0 * place * (math.log(8) - 0.01 * step)
                        losses = {"total": kd + ame, "kd": kd, "ame": ame, "H": 2.0, "share.kd": 1 - 0.2 * place}
                        losses |= {"share.ame": 0.2 * place, "push.kd": 3.0}
                        metrics = {"H_deficit": 1e-4 * (1 + 90 * place * learned), "harmonic_mean": 0.5 + 0.1 * seed}
                        due = step in (0, steps)
                        record.log(
                            step,
                            losses=losses if step else {},
                            metrics=metrics if step % 2 == 0 else {},
                            features=some_features(seed, learned=learned) if due else None,
                        )
                runs.setdefault(arm, []).append(Run.open(path))
        return runs

    return make


@pytest.fixture
def summary() -> dict[str, object]:
    """As the demo hands it over: in base accuracy better beyond the noise, in harmonic mean not; ECE worse."""
    return {
        "command": "ame-explore demo --seeds 3",
        "data": "digits",
        "seeds": [0, 1, 2],
        "shots": 4,
        "reference": "KD",
        "arms": {
            "KD": {
                "predictive_entropy": [0.5, 0.6, 0.4],
                "harmonic_mean": [0.50, 0.60, 0.55],
                "base_accuracy": [0.80, 0.81, 0.79],
                "ece": [0.02, 0.03, 0.02],
                "H_deficit": [0.0001, 0.0001, 0.0002],
            },
            "KD + AME": {
                "predictive_entropy": [0.4, 0.5, 0.3],
                "harmonic_mean": [0.52, 0.57, 0.57],
                "base_accuracy": [0.90, 0.92, 0.90],
                "ece": [0.05, 0.07, 0.06],
                "H_deficit": [0.006, 0.006, 0.005],
            },
        },
        "chance": {"harmonic_mean": 0.2, "base_accuracy": 0.2},
        "teacher": {"test_accuracy": 0.987, "parameters": 21000},
        "recipes": {"KD": {"omega": 0.0, "kd": {"tau": 1.0}}, "KD + AME": {"omega": 50.0, "kd": {"tau": 1.0}}},
    }

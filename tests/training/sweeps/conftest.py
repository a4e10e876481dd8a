"""Stored features small enough for sweeps that take no time."""

from __future__ import annotations

import pytest
import torch

from ame_explore.data import FeatureData


def small_data() -> FeatureData:
    """Six classes, of which a student of eight features learns from a teacher of twelve."""
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
def data() -> FeatureData:
    return small_data()

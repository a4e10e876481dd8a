from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.measures import (
    alignment,
    effective_rank,
    linear_cka,
    modality_gap,
    retrieval_at_k,
    uniformity,
    von_neumann_entropy,
)


def rows(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def rotation(d: int, seed: int = 9) -> torch.Tensor:
    return torch.linalg.qr(rows(d, d, seed)).Q


@pytest.fixture(scope="module")
def clip_features() -> tuple[torch.Tensor, torch.Tensor]:
    """500 real image-caption pairs of CLIP ViT-B/16, with values known from an independent computation."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "clip_coco500.npy"
    path = Path(os.environ.get("AME_CLIP_FEATURES") or beside)
    if not path.is_file():
        pytest.skip("the file of real CLIP features is not here: name clip_coco500.npy in AME_CLIP_FEATURES")
    image, text = torch.from_numpy(np.load(path, allow_pickle=False))
    return image, text


def test_known_values_on_real_clip_features(clip_features: tuple[torch.Tensor, torch.Tensor]) -> None:
    """Half a unit of the last printed digit is the tolerance."""
    image, text = clip_features
    assert modality_gap(image, text) == pytest.approx(0.85135, abs=5e-6)
    assert alignment(image, text) == pytest.approx(1.38016, abs=5e-6)
    assert 1 - alignment(image, text) / 2 == pytest.approx(0.30992, abs=5e-6)  # the mean cosine of pairs
    assert uniformity(image) == pytest.approx(-1.79453, abs=5e-6)
    assert uniformity(text) == pytest.approx(-1.84091, abs=5e-6)
    assert von_neumann_entropy(torch.cat([image, text])) == pytest.approx(3.3901, abs=5e-5)
    assert linear_cka(image, text) == pytest.approx(0.6362, abs=5e-5)
    found = retrieval_at_k(image=image, text=text, pair_index=torch.arange(500))
    assert found.image_to_text == pytest.approx({1: 0.552, 5: 0.808, 10: 0.892}, abs=1e-12)
    assert found.text_to_image == pytest.approx({1: 0.506, 5: 0.766, 10: 0.862}, abs=1e-12)


def test_modality_gap_known_values() -> None:
    x = torch.tensor([[3.0, 0.0], [0.1, 0.0]])
    assert modality_gap(x, torch.tensor([[-5.0, 0.0]])) == 2.0
    assert modality_gap(x, torch.tensor([[0.0, 7.0]])) == pytest.approx(math.sqrt(2), abs=1e-15)
    assert modality_gap(x, x) == 0.0


def test_alignment_is_two_minus_twice_the_cosine() -> None:
    x, y = rows(30, 8, 1), rows(30, 8, 2)
    cosine = torch.nn.functional.cosine_similarity(x, y).mean()
    assert alignment(x, y) == pytest.approx(2 - 2 * float(cosine), abs=1e-14)
    assert alignment(x, -x) == pytest.approx(4.0, abs=1e-14)
    assert alignment(5 * x, x) == pytest.approx(0.0, abs=1e-30)


def test_uniformity_against_pdist_over_several_blocks() -> None:
    x = rows(1025, 5)  # 1,024 rows and a last block of one row, which holds no pair
    units = torch.nn.functional.normalize(x)
    expected = torch.pdist(units).square().mul(-2).exp().mean().log()
    assert uniformity(x) == pytest.approx(float(expected), abs=1e-12)


def test_uniformity_brings_rows_to_unit_length() -> None:
    """On long rows the bare formula is -inf, which other implementations give."""
    x = rows(20, 6)
    assert uniformity(1e4 * x) == pytest.approx(uniformity(x), abs=1e-12)
    assert uniformity(torch.ones(4, 3)) == pytest.approx(0.0, abs=1e-14)
    assert uniformity(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), t=1000.0) == pytest.approx(-4000.0)


@pytest.mark.parametrize(("n", "dx", "dy"), [(2, 3, 5), (3, 2, 2), (4, 40, 30), (50, 6, 9), (9, 9, 2)])
def test_cka_against_the_definition_with_a_centring_matrix(n: int, dx: int, dy: int) -> None:
    """Small batches included: 2 and 3 rows give a number, not NaN."""
    x, y = rows(n, dx, 1), rows(n, dy, 2)
    centring = torch.eye(n, dtype=torch.float64) - 1 / n
    k, m = centring @ x @ x.T @ centring, centring @ y @ y.T @ centring
    expected = float((k * m).sum() / (k.norm() * m.norm()))
    assert linear_cka(x, y) == pytest.approx(expected, abs=1e-12)
    assert 0 <= expected <= 1 + 1e-12


def test_cka_ignores_rotation_scale_and_offset() -> None:
    x, y = rows(40, 6, 1), rows(40, 5, 2)
    value = linear_cka(x, y)
    assert linear_cka(3.5 * x @ rotation(6) + 100, y) == pytest.approx(value, abs=1e-12)
    assert linear_cka(x, 2 * x @ rotation(6)) == pytest.approx(1.0, abs=1e-12)
    assert linear_cka(1e-200 * x, y) == pytest.approx(value, abs=1e-12)


def test_retrieval_by_hand() -> None:
    """Two texts, three images: image 2 belongs to text 0 but is nearer to text 1."""
    text = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    image = torch.tensor([[1.0, 0.1], [0.1, 1.0], [0.4, 0.9]])
    found = retrieval_at_k(image=image, text=text, pair_index=torch.tensor([0, 1, 0]), ks=(1, 2, 99))
    assert found.image_to_text == pytest.approx({1: 2 / 3, 2: 1.0, 99: 1.0})
    assert found.text_to_image == {1: 1.0, 2: 1.0, 99: 1.0}  # the nearest partner of a text counts


def test_a_text_without_an_image_is_no_query_but_still_distracts() -> None:
    text = torch.tensor([[1.0, 0.0], [0.8, 0.6]])
    found = retrieval_at_k(image=torch.tensor([[0.8, 0.6]]), text=text, pair_index=torch.tensor([0]), ks=(1, 2))
    assert found.image_to_text == {1: 0.0, 2: 1.0}
    assert found.text_to_image == {1: 1.0, 2: 1.0}


def test_a_collapsed_model_scores_chance_unless_ties_are_strict() -> None:
    same = torch.ones(8, 4)
    pairs = torch.arange(8)
    strict = retrieval_at_k(image=same, text=same, pair_index=pairs, ks=(1,), ties="strict")
    assert strict.image_to_text == {1: 1.0}
    fair = retrieval_at_k(image=same, text=same, pair_index=pairs, ks=(1, 3, 8))
    assert fair.image_to_text == pytest.approx({1: 1 / 8, 3: 3 / 8, 8: 1.0}, abs=1e-12)
    # Two of eight tied rows are right: a miss at 3 is C(6, 3) / C(8, 3) = 20 / 56.
    fair = retrieval_at_k(image=same, text=same[:4], pair_index=torch.arange(8) % 4, ks=(3,), ties="expected")
    assert fair.text_to_image == pytest.approx({3: 36 / 56}, abs=1e-12)


@given(st.integers(1, 30), st.integers(1, 10), st.integers(2, 6), st.integers(0, 2**31 - 1))
@settings(deadline=None, max_examples=40)
def test_retrieval_agrees_with_counting_one_by_one(n: int, m: int, d: int, seed: int) -> None:
    image, text = rows(n, d, seed), rows(m, d, seed + 1)
    pairs = torch.randint(m, (n,), generator=torch.Generator().manual_seed(seed))
    similarity = torch.nn.functional.normalize(image) @ torch.nn.functional.normalize(text).T
    hits = [int((similarity[i] > similarity[i, pairs[i]] + 1e-12).sum() < 2) for i in range(n)]
    found = retrieval_at_k(image=image, text=text, pair_index=pairs, ks=(1, 2, 50))
    assert found.image_to_text[2] == pytest.approx(sum(hits) / n)
    for direction in (found.image_to_text, found.text_to_image):
        assert direction[1] <= direction[2] <= direction[50] == 1.0
    again = retrieval_at_k(image=image, text=text, pair_index=pairs, ks=(1, 2, 50), ties="expected")
    for strict, expected in ((found.image_to_text, again.image_to_text), (found.text_to_image, again.text_to_image)):
        assert all(expected[k] <= strict[k] + 1e-12 for k in strict)


def test_effective_rank_known_values() -> None:
    assert effective_rank(torch.eye(5)) == pytest.approx(5.0, abs=1e-12)
    assert effective_rank(torch.ones(7, 3)) == pytest.approx(1.0, abs=1e-6)  # rounding in the other singular values
    x = torch.diag(torch.tensor([3.0, 1.0]))
    assert effective_rank(x) == pytest.approx(math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25)), abs=1e-12)
    expected = math.exp(-0.9 * math.log(0.9) - 0.1 * math.log(0.1))
    assert effective_rank(x, of="squared") == pytest.approx(expected, abs=1e-12)


def test_von_neumann_entropy_of_r_equal_eigenvalues_is_log_r() -> None:
    frame = rotation(10)[:4]
    assert von_neumann_entropy(frame.repeat(6, 1)) == pytest.approx(math.log(4), abs=1e-12)
    assert von_neumann_entropy(torch.ones(6, 3)) == pytest.approx(0.0, abs=1e-12)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**31 - 1))
@settings(deadline=None)
def test_von_neumann_entropy_is_the_log_of_the_squared_effective_rank(n: int, d: int, seed: int) -> None:
    x = rows(n, d, seed)
    units = torch.nn.functional.normalize(x)
    entropy = von_neumann_entropy(x)
    assert 0 <= entropy <= math.log(min(n, d)) + 1e-12
    # Eigenvalues err by about 1e-16 each, entr by 1e-16 * 37 nats near 0.
    assert entropy == pytest.approx(math.log(effective_rank(units, of="squared")), abs=1e-12)
    assert von_neumann_entropy(3 * x @ rotation(d)) == pytest.approx(entropy, abs=1e-12)


@pytest.mark.parametrize(
    "measure", [uniformity, von_neumann_entropy, lambda x: modality_gap(x, x), lambda x: alignment(x, -x)]
)
@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_lengths_of_any_size_and_any_float_type(measure, size: float) -> None:  # type: ignore[no-untyped-def]
    x = rows(6, 4)
    assert measure(size * x) == pytest.approx(measure(x), abs=1e-12)
    single = x.float()
    assert measure(single * size) == pytest.approx(measure(single), abs=1e-5)  # scaling rounds in float32


bad = torch.ones(3, 2)
holed = torch.tensor([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: modality_gap(bad, torch.ones(2, 5)), r"image and text .*columns, got 2 and 5"),
        (lambda: modality_gap(torch.ones(2, 5), bad), r"image and text .*columns, got 5 and 2"),
        (lambda: modality_gap(bad, holed), r"text .*row of zeros.*row 1"),
        (lambda: modality_gap(torch.zeros(0, 2), bad), r"image .*\(0, 2\)"),
        (lambda: modality_gap(bad.to(torch.complex64), bad), r"image .*complex"),
        (lambda: alignment(torch.ones(2, 2), bad), r"x and y .*rows, got .2, 2. and .3, 2."),
        (lambda: alignment(bad, torch.ones(2, 2)), r"x and y .*rows, got .3, 2. and .2, 2."),
        (lambda: uniformity(bad[:1]), r"at least 2 rows.*\(1, 2\)"),
        (lambda: uniformity(bad, t=0.0), r"t must be .*0"),
        (lambda: linear_cka(bad, rows(3, 2)), r"x .*rows that differ.*3 equal"),
        (lambda: linear_cka(rows(1, 2), rows(1, 2)), r"at least 2 rows"),
        (lambda: retrieval_at_k(image=bad, text=bad, pair_index=torch.tensor([0, 1, 3])), r"pair_index .*3 texts"),
        (lambda: retrieval_at_k(image=bad, text=bad, pair_index=torch.arange(3), ks=()), r"ks .*none"),
        (lambda: retrieval_at_k(image=bad, text=bad, pair_index=torch.arange(3), ks=(0,)), r"ks .*0"),
        (lambda: retrieval_at_k(image=bad, text=bad, pair_index=torch.arange(3), ties="lucky"), r"ties .*'lucky'"),
        (lambda: effective_rank(torch.zeros(2, 2)), r"x .*all zeros"),
        (lambda: effective_rank(bad, of="cubed"), r"of .*'cubed'"),
        (lambda: von_neumann_entropy(torch.tensor([[1.0, math.inf]])), r"rows .*1 NaN or infinite"),
    ],
)
def test_bad_input_is_named(call, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(AMEError, match=words):
        call()

"""Random streams: their seeds never change, and no two purposes draw the same numbers."""

import pytest
import torch

from ame_explore.streams import stream_seed, torch_stream
from ame_explore.training import Recipe
from ame_explore.training.parts import STREAMS, stream


def test_a_recipes_own_streams_keep_their_seeds():
    assert STREAMS == ("weights", "ame", "batches", "noise")
    for seed in (0, 1, 7):
        found = [stream(Recipe(seed=seed), purpose).initial_seed() for purpose in STREAMS]
        assert found == [4 * seed, 4 * seed + 1, 4 * seed + 2, 4 * seed + 3]


def test_named_streams_are_the_same_on_every_machine():
    assert stream_seed("PAC-Bayes noise", 0) == 2036362925770210999
    assert stream_seed("landscape directions", 12) == 2513239429393211413
    assert torch_stream("dropout", 3).initial_seed() == stream_seed("dropout", 3)


def test_names_and_seeds_part_streams():
    names = ("a", "b", "ab", "ba", "PAC-Bayes noise", "dropout", "coin draws", "samples of bounds")
    seeds = {stream_seed(name, seed) for name in names for seed in range(100)}
    assert len(seeds) == len(names) * 100 and all(0 <= seed < 2**63 for seed in seeds)
    assert not seeds & set(range(1000)), "nor are they seeds that a user counts up"


@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_the_draw_of_shots_does_not_follow_the_initial_weights(kind):
    """Both generators have the seed 0 in a recipe with seed 0."""
    n = 8192
    order = torch.randperm(n, generator=torch.Generator().manual_seed(0)).double()
    weights = torch.empty(n, dtype=torch.float32)
    generator = stream(Recipe(seed=0), "weights")
    weights = weights.uniform_(generator=generator) if kind == "uniform" else weights.normal_(generator=generator)
    for drawn in (order, order.argsort().double()):
        assert abs(torch.corrcoef(torch.stack([weights.double(), drawn]))[0, 1]) < 4 / n**0.5


@pytest.mark.parametrize("purpose", ["PAC-Bayes noise", "landscape directions", "dropout", "image noise"])
@pytest.mark.parametrize("seed", [0, 1, 5])
def test_no_named_stream_follows_the_initial_weights(purpose, seed):
    """Drawn with one plain seed, noise and the first weights correlated by -0.34 at seed 0."""
    n = 8192
    weights = torch.nn.init.kaiming_uniform_(torch.empty(n // 64, 64), generator=stream(Recipe(seed=seed), "weights"))
    noise = torch.randn(n, generator=torch_stream(purpose, seed))
    found = torch.corrcoef(torch.stack([weights.flatten(), noise]))[0, 1]
    assert abs(found) < 4 / n**0.5

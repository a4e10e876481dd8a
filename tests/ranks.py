"""What tests/test_ranks.py runs in each of three processes of a gloo group: `python ranks.py RANK STORE ANSWERS`.

One process with the whole batch is the reference; each rank compares what it got with that, and writes the differences.
"""

from __future__ import annotations

import copy
import json
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from ame_explore.ame import READINGS, AMEError, AMELoss, Reading
from ame_explore.trainers import attach

WIDTH = 6
IMAGES, TEXTS = (3, 2, 4), (2, 4, 3)  # of each rank: uneven, as the last batch of an epoch is
SHAPES = {"vectors": (WIDTH,), "tokens": (4, WIDTH)}


def randn(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def ame(**options: Any) -> AMELoss:
    sizes = {"image_dim": WIDTH, "text_dim": WIDTH, "manifold_dim": 5, "hidden_dim": 4}
    return AMELoss(**sizes, generator=torch.Generator().manual_seed(1), **options).double()


class Towers(nn.Module):
    """An image and a text encoder of one layer each, and the term."""

    def __init__(self, term: AMELoss) -> None:
        super().__init__()
        self.image, self.text, self.ame = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH), term
        for place, weight in enumerate((*self.image.parameters(), *self.text.parameters())):
            weight.data = randn(*weight.shape, seed=place)

    def forward(self, image: Tensor, text: Tensor, **more: Any) -> Tensor:
        return self.ame(image=self.image(image), text=self.text(text), **more)


class Batch:
    """The batch of all ranks, and the part of it that one rank has."""

    def __init__(self, rank: int, world: int, gather: str, shape: str) -> None:
        images, texts = IMAGES[:world], TEXTS[:world]
        self.image, self.text = randn(sum(images), *SHAPES[shape], seed=10), randn(sum(texts), WIDTH, seed=11)
        self.ids = torch.tensor([0, 1, 2, 1, 0, 3, 3, 4, 1])[: sum(texts)]  # captions that ranks have in common
        own = [torch.arange(count) % texts[place] for place, count in enumerate(images)]
        before = [sum(texts[:place]) for place in range(world)]
        if gather == "images":
            self.pairs = torch.arange(sum(images)) % sum(texts)
            parts = self.pairs.split(images)
        else:
            self.pairs = torch.cat([one + start for one, start in zip(own, before, strict=True)])
            parts = tuple(own)
        everywhere = gather == "images"
        self.part = {
            "image": self.image.split(images)[rank],
            "text": self.text if everywhere else self.text.split(texts)[rank],
            "pairs": parts[rank],
        }
        self.part_ids = self.ids if everywhere else self.ids.split(texts)[rank]

    @property
    def whole(self) -> dict[str, Tensor]:
        return {"image": self.image, "text": self.text, "pairs": self.pairs}


def compared(rank: int, group: Any, *, gather: str, shape: str = "vectors", ids: bool = False, **options: Any) -> float:
    """The largest difference from one process in value and averaged gradients, relative to the largest of them."""
    world = distributed.get_world_size(group)
    batch = Batch(rank, world, gather, shape)
    alone, here = Towers(ame(**options)).eval(), Towers(ame(**options, gather=gather, group=group))
    temperature = torch.tensor(0.5, dtype=torch.float64)
    wanted = alone(**batch.whole, temperature=temperature, **({"text_ids": batch.ids} if ids else {}))
    wanted.backward()
    got = here(**batch.part, temperature=temperature, **({"text_ids": batch.part_ids} if ids else {}))
    got.backward()
    differences, largest = [abs(float(got.detach() - wanted.detach()))], 1e-12
    for one, other in zip(alone.parameters(), here.parameters(), strict=True):
        if one.grad is None:
            assert other.grad is None
            continue
        distributed.all_reduce(other.grad, group=group)
        differences.append(float((other.grad / world - one.grad).abs().max()))
        largest = max(largest, float(one.grad.abs().max()))
    if READINGS[options["reading"]].has_deficit and len(options) == 1:
        with torch.no_grad():
            deficits = (float(alone.ame.deficit(**batch.whole)), float(here.ame.deficit(**batch.part)))
        differences.append(abs(deficits[0] - deficits[1]))
    return max(differences) / max(largest, abs(float(wanted.detach())))


def cases(world: int) -> dict[str, dict[str, Any]]:
    """What is compared: every reading with every option on 2 ranks, and with fewer options on 3."""
    found: dict[str, dict[str, Any]] = {}
    for reading, one in READINGS.items():
        for gather in ("images", "pairs"):
            ways: list[dict[str, Any]] = [{}, {"ids": True}]
            if not one.per_image:
                ways += [{"text_rows": "paired"}]
            if world == 2 and gather == "pairs":
                ways += [{"projection": "host"}, {"random_texts": True}, {"image_rows": "patches", "shape": "tokens"}]
                if not one.per_image:
                    ways += [{"text_rows": "paired", "ids": True}]
                if not one.per_image and reading != "centred":  # which is no mean over images, and so has no such scope
                    ways += [{"scope": "image"}, {"scope": "image", "text_rows": "paired"}]
            base = {"reading": reading, "gather": gather}
            found |= {" ".join(map(str, {**base, **way}.values())): {**base, **way} for way in ways}
    return found


def own_reading() -> Reading:
    """A reading that knows nothing of ranks, reads pairs, and is no mean over images."""
    return Reading(
        name="centred",
        function=lambda m: (m.image.mean(1) - m.text[m.pairs]).mean(0).square().sum() + m.logits.logsumexp((0, 1, 2)),
        help="Distance of the centroids of images and of their texts.",
        needs_pairs=True,
        temperature=1.0,
        unit="",
    )


class Classifier(nn.Module):
    """A student as trainers have them: its forward gives a loss and features, and one layer is never used."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.unused = nn.Linear(WIDTH, WIDTH).double(), nn.Linear(2, 2).double()
        for place, weight in enumerate(self.parameters()):
            weight.data = randn(*weight.shape, seed=place)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        features = self.layer(image)
        return {"loss": features.square().mean(), "features": features}


def attached_under_ddp(rank: int, world: int) -> float:
    """Three steps of SGD on even batches: weights on ranks against those of one process."""
    text, images = randn(4, WIDTH, seed=3), randn(3, 4 * world, WIDTH, seed=4)
    models = []
    for gather in ("none", "images"):
        model = Classifier()
        attach(model, ame(reading="spectral", gather=gather), text=text, image="features")
        models.append(model)
    alone, here = models[0].eval(), models[1]
    parallel = DistributedDataParallel(here, find_unused_parameters=True)
    for model, step in ((alone, alone), (here, parallel)):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        for batch in images:
            optimizer.zero_grad()
            step(batch if model is alone else batch.chunk(world)[rank])["loss"].backward()
            optimizer.step()
    pairs = zip(alone.state_dict().values(), here.state_dict().values(), strict=True)
    return max(float((one - other).abs().max()) for one, other in pairs if one.is_floating_point())


def refused(rank: int, world: int) -> dict[str, str]:
    """What ranks are told that do not fit together."""
    found = {}
    image, text = randn(3, WIDTH, seed=1), randn(4, WIDTH, seed=2)
    tries = {
        "texts": lambda: ame(gather="images").entropy(image=image, text=text[: 2 + rank]),
        "readings": lambda: ame(gather="images", reading="rows" if rank else "spectral").entropy(
            image=image, text=text
        ),
        "positions": lambda: ame(gather="images", image_rows="patches").entropy(
            image=randn(2, 3 + rank, WIDTH, seed=1), text=text
        ),
    }
    for name, call in tries.items():
        try:
            call()
            found[name] = "nothing"
        except AMEError as error:
            found[name] = str(error)
    return found


def warned() -> list[str]:
    image, text = randn(3, WIDTH, seed=1), randn(4, WIDTH, seed=2)
    found = []
    for gather in ("none", "images"):
        term = ame(gather=gather)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for _ in range(2):
                term(image=image, text=text)
        found.append([str(each.message) for each in told if "rank" in str(each.message)])
    return found


def copied(rank: int, group: Any) -> float:
    """A copy of a loss with a group of its own keeps it: the difference from one process."""
    image, text = randn(4, WIDTH, seed=1), randn(4, WIDTH, seed=2)
    again = copy.deepcopy(ame(gather="images", group=group))
    with torch.no_grad():
        wanted, got = ame().entropy(image=image, text=text), again.entropy(image=image.chunk(2)[rank], text=text)
    return abs(wanted.item() - got.item())


def main(rank: int, store: str, answers: Path) -> None:
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=3)
    pair = distributed.new_group([0, 1])
    READINGS["centred"] = own_reading()
    answer: dict[str, Any] = {"cases": {"3": {name: compared(rank, None, **case) for name, case in cases(3).items()}}}
    if rank < 2:
        answer["cases"]["2"] = {name: compared(rank, pair, **case) for name, case in cases(2).items()}
        answer["copied"] = copied(rank, pair)
    answer |= {"attached": attached_under_ddp(rank, 3), "refused": refused(rank, 3), "warned": warned()}
    answers.write_text(json.dumps(answer))
    distributed.barrier()
    distributed.destroy_process_group()


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
    except BaseException:
        Path(sys.argv[3]).write_text(json.dumps({"error": traceback.format_exc()}))
        raise

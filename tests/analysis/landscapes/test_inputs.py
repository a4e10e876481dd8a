"""Modules and batches as people have them: repeated layers, tied weights, dicts, tuples, output objects."""

import copy
from collections import OrderedDict, UserDict

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from ame_explore.ame import AMEError, initialize
from ame_explore.analysis.landscapes.directions import random_slice
from ame_explore.analysis.landscapes.evaluators import Evaluator, Objective

POINTS = torch.tensor([[0.0, 0.0], [0.5, -0.25], [-1.0, 1.0]], dtype=torch.float64)
LABELS = torch.tensor([0, 1, 2, 3, 0, 1])


def drawn(module):
    initialize(module, torch.Generator().manual_seed(3))
    return module.double()


def inputs(width=4):
    return torch.randn(len(LABELS), width, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def loss(logits):
    return {"loss": F.cross_entropy(logits, LABELS)}


def by_hand(module, batch, plane, measure):
    """The values with the weights of each point put into a copy, one by one."""
    found = []
    for x, y in POINTS.tolist():
        state = plane.state(x, y)
        args, kwargs = ((), dict(batch)) if isinstance(batch, (dict, UserDict)) else (batch, {})
        args = (batch,) if isinstance(batch, torch.Tensor) else args
        there = copy.deepcopy(module)
        for name, parameter in there.named_parameters():
            parameter.data = state[name]
        with torch.no_grad():
            output = there(*args, **kwargs)
        found.append(measure(output)["loss"])
    return torch.stack(found)


def repeated():
    layer = nn.Linear(4, 4)
    return nn.Sequential(layer, nn.ReLU(), layer, nn.Tanh(), layer)


def tied():
    module = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4))
    module[2].weight = module[0].weight
    return module


@pytest.mark.parametrize("method", ["auto", "vmap", "loop"])
@pytest.mark.parametrize("make", [repeated, tied])
def test_a_layer_or_weights_may_stand_twice(make, method):
    module = drawn(make())
    plane = random_slice(module, seed=0)
    found = Evaluator(Objective(module, inputs(), loss), plane, method=method, chunk=2)(POINTS)["loss"]
    assert torch.allclose(found, by_hand(module, inputs(), plane, loss), rtol=1e-10, atol=1e-12)


class TakesWords(nn.Module):
    def __init__(self, how):
        super().__init__()
        self.embedding, self.head, self.how = nn.Embedding(7, 4), nn.Linear(4, 4), how

    def forward(self, input_ids, attention_mask=None):
        rows = self.embedding(input_ids)
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        logits = self.head((rows * mask[..., None]).sum(1))
        return {"logits": OrderedDict(logits=logits, rows=rows), "pair": (logits, rows)}[self.how]


IDS = torch.arange(18).view(6, 3) % 7
MASK = torch.ones(6, 3, dtype=torch.long).index_fill(1, torch.tensor([2]), 0)
BATCHES = {
    "dict": {"input_ids": IDS, "attention_mask": MASK},
    "tokenizer's": UserDict(input_ids=IDS, attention_mask=MASK),
    "tuple": (IDS, MASK),
    "list": [IDS],
}


@pytest.mark.parametrize("method", ["auto", "vmap", "loop"])
@pytest.mark.parametrize("how", ["logits", "pair"])
@pytest.mark.parametrize("batch", BATCHES.values(), ids=BATCHES)
def test_batches_and_outputs_of_any_form(batch, how, method):
    module = drawn(TakesWords(how))
    plane = random_slice(module, seed=0)

    def measure(output):
        return loss(output["logits"] if how == "logits" else output[0])

    found = Evaluator(Objective(module, batch, measure), plane, method=method, chunk=2)(POINTS)["loss"]
    assert torch.allclose(found, by_hand(module, batch, plane, measure), rtol=1e-10, atol=1e-12)


def test_a_real_output_object_is_read_as_it_is():
    transformers = pytest.importorskip("transformers")
    config = transformers.BertConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, num_labels=4
    )
    torch.manual_seed(0)
    module = transformers.BertForSequenceClassification(config).eval()
    batch = {"input_ids": IDS, "attention_mask": MASK}
    evaluator = Evaluator(Objective(module, batch, lambda o: loss(o.logits)), random_slice(module, seed=0))
    with torch.no_grad():
        assert evaluator.origin["loss"] == pytest.approx(float(loss(module(**batch).logits)["loss"]), rel=1e-5)
    assert evaluator(POINTS)["loss"].isfinite().all()


@pytest.mark.parametrize("batch", [{"input_ids": "text"}, [], None, {"x": torch.tensor([float("nan")])}])
def test_what_is_no_batch_is_refused(batch):
    module = drawn(nn.Sequential(nn.Linear(4, 4)))
    with pytest.raises(AMEError, match="inputs must be"):
        Evaluator(Objective(module, batch, loss), random_slice(module, seed=0))

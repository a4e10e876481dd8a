"""Exercises of 04_landscapes: filter normalization, sharpness and scale, the barrier, and the way along a sphere."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.teach.answers import array, function, number, require
from ame_explore.teach.declare import exercise

NOTEBOOK = "04_landscapes"
PLANES = ("the raw plane", "the normalized plane", "both", "neither")


@exercise(
    "filter_direction",
    notebook=NOTEBOOK,
    title="Scale a direction, filter by filter",
    kind="write the missing line",
    minutes=8,
    difficulty=2,
    prompt=r"""
Random directions only show the width of a valley if their size fits the weights. **Filter normalization** (Li et al.
2018) scales each filter of the direction to the length of the same filter of the weights. Write it for the weights of a
convolution, where dimension 0 counts the filters.
""",
    stub='''
def filter_direction(weights, direction):
    """direction with the filters' lengths of weights; both (filters, inputs, height, width)."""
    wanted = weights.flatten(1).norm(dim=1)
    has = direction.flatten(1).norm(dim=1)
    return ...  # your line
''',
    solution="direction * (wanted / has)[:, None, None, None]",
    why="""Each filter of the direction keeps where it points and gets a new length. Weights that are ten times as large
then get steps that are ten times as large.""",
    also=[
        'torch.einsum("f,f...->f...", wanted / has, direction)',
        """
def filter_direction(weights, direction):
    scaled = [d / d.norm() * w.norm() for w, d in zip(weights, direction, strict=True)]
    return torch.stack(scaled)
""",
    ],
    wrong=[
        ("direction * weights.norm() / direction.norm()", "filter 0"),
        ("direction * wanted[:, None, None, None]", "ten times as long"),
        ("direction / has[:, None, None, None]", "filter 0"),
        ("weights * (has / wanted)[:, None, None, None]", "ten times as long"),
        ("weights", "must point where"),
        ("direction * wanted / has", "a RuntimeError"),
    ],
    hints=[
        "By which number must each filter be multiplied, so that its length becomes the wanted one?",
        "You have one factor for each filter; `[:, None, None, None]` adds the three dimensions that it lacks.",
    ],
    notes="""Scaling the whole layer at once passes any look at the total length: the check looks at single filters. Ask
what happens to a bias, and to the weights of a normalization layer, which have one number for each filter.""",
)
def filter_direction(answer: object) -> str:
    scale = function(answer, "filter_direction")
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(3, 2, 4, 4, generator=generator) * torch.tensor([0.2, 1.0, 5.0])[:, None, None, None]
    direction = torch.randn(3, 2, 4, 4, generator=generator)

    def at(weights: Tensor, direction: Tensor) -> Tensor:
        return array(scale(weights, direction), (3, 2, 4, 4), "the scaled direction")

    found, longer = at(weights, direction), at(weights, 10 * direction)
    require(
        bool((found - longer).abs().max() < 1e-3 * float(found.abs().max())),
        "a random direction that is ten times as long must give the same result.",
    )
    wanted, has = (x.flatten(1).double().norm(dim=1) for x in (weights, found))
    for place in range(3):
        require(
            math.isclose(float(wanted[place]), float(has[place]), rel_tol=1e-3),
            f"filter {place} of the weights has length {float(wanted[place]):.2f}, that of the result "
            f"{float(has[place]):.2f}: they must be equal.",
        )
    cosines = F.cosine_similarity(found.flatten(1), direction.flatten(1).double(), dim=1)
    require(
        bool((cosines > 0.999).all()), "each filter must point where it pointed before: only its length may change."
    )
    return "every filter has the length of its weights, and its own direction."


@exercise(
    "sharper",
    notebook=NOTEBOOK,
    title="Is a sharp valley sharp?",
    kind="predict, then run",
    minutes=5,
    difficulty=2,
    prompt=r"""
In a network of two layers with ReLU and no biases, multiply the first layer's weights by 10 and divide the second
layer's by 10. The outputs stay the same for every input. Now take a random step away from the weights, first a *raw*
one (random numbers of a fixed size), then one that is *normalized* filter by filter. In which plane does the valley
look different from before?
""",
    stub='sharper = ...  # "the raw plane", "the normalized plane", "both" or "neither"',
    solution='"the raw plane"',
    why="""The function is the same, so nothing about how well it generalizes can have changed. But a raw step of
fixed size is now large for the second layer and small for the first (Dinh et al. 2017). A normalized step grows and
shrinks with the weights. So widths of valleys can be compared between networks after normalization only, and then
with care.""",
    also=['"The raw plane"'],
    wrong=[
        ('"the normalized plane"', "how large a step is beside the weights"),
        ('"both"', "how large a step is beside the weights"),
        ('"neither"', "how large a step is beside the weights"),
        ('"first"', "must be one of"),
    ],
    hints=[
        "How large is a step of size 0.1 beside weights of 1? Beside weights of 0.1?",
        "What does filter normalization do to a step if the weights are multiplied by 10?",
    ],
    notes="""The point is that sharpness by itself says nothing about a function. Ask whether the barrier between two
students has the same weakness.""",
    run="""
import torch


def experiment():
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(64, 8, generator=generator), torch.randn(64, 3, generator=generator)
    first, second = torch.randn(16, 8, generator=generator), torch.randn(3, 16, generator=generator)
    steps = [torch.randn(layer.shape, generator=generator) for layer in (first, second)]

    def loss(layers, normalized=None):
        moved = list(layers)
        if normalized is not None:
            for i, (layer, step) in enumerate(zip(layers, steps, strict=True)):
                lengths = layer.norm(dim=1, keepdim=True) / step.norm(dim=1, keepdim=True) if normalized else 1.0
                moved[i] = layer + 0.2 * lengths * step
        return float(((x @ moved[0].T).relu() @ moved[1].T - y).square().mean())

    networks = {"before": (first, second), "rescaled": (10 * first, second / 10)}
    different = []
    for plane, normalized in {"no step": None, "the raw plane": False, "the normalized plane": True}.items():
        found = {name: loss(layers, normalized) for name, layers in networks.items()}
        print(f"loss, {plane}: {', '.join(f'{name} {value:.3f}' for name, value in found.items())}")
        if abs(found["before"] - found["rescaled"]) > 0.01 * found["before"]:
            different.append(plane)
    return "both" if len(different) == 2 else different[0] if different else "neither"


happened = experiment()
print("different:", happened)
""",
    choices=PLANES,
)
def sharper(answer: str, outcome: str) -> str:
    require(answer == outcome, "think of how large a step is beside the weights, in each layer, before and after.")
    return "the same function, and only one of the two pictures knows it."


@exercise(
    "barrier_height",
    notebook=NOTEBOOK,
    title="A barrier where there is none",
    kind="find the fault",
    minutes=6,
    difficulty=2,
    prompt=r"""
The barrier on the way between two students is how far the loss rises *above the straight line between its values at the
two ends*. This function finds a barrier even on a way that only goes steadily uphill. Mend it.
""",
    stub='''
def barrier_height(values):
    """Barrier of a loss on a way between two students; values (n,), at equal steps, both ends included."""
    return values.max() - values[0]
''',
    solution='''
def barrier_height(values):
    """Barrier of a loss on a way between two students; values (n,), at equal steps, both ends included."""
    line = values[0] + (values[-1] - values[0]) * torch.linspace(0, 1, len(values))
    return (values - line).max()
''',
    why="""One end may simply be the better student. Measured from the line between both, a steady slope has no
barrier, a valley has none either (the line is reached at the ends), and the result is the same in both directions.""",
    also=[
        """
def barrier_height(values):
    n = len(values) - 1
    return max(float(v) - ((n - i) * float(values[0]) + i * float(values[-1])) / n for i, v in enumerate(values))
""",
    ],
    wrong=[
        ("def barrier_height(values):\n    return values.max() - values.min()", "steady slope"),
        (
            "def barrier_height(values):\n    return values.max() - torch.maximum(values[0], values[-1])",
            "on a slope",
        ),
        (
            "def barrier_height(values):\n    return values[len(values) // 2] - (values[0] + values[-1]) / 2",
            "valley",
        ),
        (
            "def barrier_height(values):\n    line = torch.linspace(0, 1, len(values)) * values[-1]\n"
            "    return (values - line).max()",
            "steady slope",
        ),
        (
            "def barrier_height(values):\n    line = torch.linspace(0, 1, len(values)) * (values[-1] - values[0])\n"
            "    return (values - values[0] - line).mean()",
            "valley",
        ),
        ("def barrier_height(values):\n    return values - values[0]", "must be one number"),
    ],
    hints=[
        "What should come out for the values 1, 2, 3, 4?",
        "What is the value of the straight line at step i of n?",
        "`torch.linspace(0, 1, len(values))` goes from one end to the other in equal steps.",
    ],
    notes="""Subtracting the higher end is a definition that some papers use; it is smaller on slopes. Both are fine
if one says which. Here the notebook's own is asked for.""",
)
def barrier_height(answer: object) -> str:
    barrier = function(answer, "barrier_height")

    def at(*values: float) -> float:
        return number(barrier(torch.tensor(values)), "the barrier")

    slope = at(1.0, 2.0, 3.0, 4.0, 5.0)
    require(abs(slope) < 1e-4, f"a steady slope has no barrier, but {slope:.3f} comes out.")
    down = at(5.0, 4.0, 3.0, 2.0, 1.0)
    require(abs(down) < 1e-4, f"a steady slope has no barrier downhill either, but {down:.3f} comes out.")
    valley = at(2.0, 1.0, 0.5, 1.0, 2.0)
    require(abs(valley) < 1e-4, f"a valley between two equal ends has no barrier, but {valley:.3f} comes out.")
    hump, back = at(0.0, 4.0, 2.0, 3.0, 4.0), at(4.0, 3.0, 2.0, 4.0, 0.0)
    require(
        math.isclose(hump, 3.0, rel_tol=1e-3),
        f"a hump that rises 3 above the line, on a slope, must give 3, but {hump:.3f} comes out.",
    )
    require(math.isclose(hump, back, rel_tol=1e-3), "both directions of the way must give the same barrier.")
    return "measured from the line between both ends, in either direction."


@exercise(
    "great_circle",
    notebook=NOTEBOOK,
    title="Walk on the sphere, at a steady pace",
    kind="write the missing line",
    minutes=8,
    difficulty=3,
    prompt=r"""
Features lie on a sphere, so the way from an image to its caption should, too. Write the point that lies a share $t$
of the way along the great circle from $a$ to $b$, both of length 1 and at an angle $\theta$ between them. The pace
must be steady: half of the way is half of the angle.
""",
    stub='''
def great_circle(a, b, t):
    """The point a share t of the way from a to b along the sphere; a and b (d,), of length 1."""
    theta = (a @ b).arccos()
    return ...  # your line
''',
    solution="((1 - t) * theta).sin() / theta.sin() * a + (t * theta).sin() / theta.sin() * b",
    why="""This is spherical interpolation (Shoemake 1985). A straight line leaves the sphere. Bringing its points
back to length 1 stays on the great circle, but is slow near the ends and fast in the middle.""",
    also=[
        """
def great_circle(a, b, t):
    theta = torch.arccos(torch.dot(a, b))
    across = F.normalize(b - (a @ b) * a, dim=0)
    return torch.cos(t * theta) * a + torch.sin(t * theta) * across
""",
    ],
    wrong=[
        ("(1 - t) * a + t * b", "leaves the sphere"),
        ("F.normalize((1 - t) * a + t * b, dim=0)", "a quarter of the way"),
        ("((1 - t) * theta).sin() / theta.sin() * b + (t * theta).sin() / theta.sin() * a", "must begin at a"),
        ("(1 - t) * theta.sin() * a + t * theta.sin() * b", "must begin at a"),
        ("(t * theta).cos() * a + (t * theta).sin() * b", "must end at b"),
        ("theta * t", "must have the shape"),
    ],
    hints=[
        "The point is a mixture of a and b; the two factors are ratios of sines.",
        "At t = 0 the factor of a must be 1 and that of b 0; at t = 1 the other way round.",
        "The factor of b is sin(t theta) / sin(theta). What is that of a?",
    ],
    notes="""The normalized straight line is nearly right for small angles and badly off for large ones (the check
uses 140 degrees). Ask where the ridge of the geodesic figure would move with it.""",
)
def great_circle(answer: object) -> str:
    point = function(answer, "great_circle")
    angle = math.radians(140)
    a = torch.tensor([1.0, 0.0, 0.0])
    b = torch.tensor([math.cos(angle), math.sin(angle), 0.0])

    def at(t: float) -> Tensor:
        return array(point(a, b, t), (3,), "the point")

    first, last = at(0.0), at(1.0)
    require(bool((first - a).abs().max() < 1e-3), "at t = 0 the way must begin at a.")
    require(bool((last - b).abs().max() < 1e-3), "at t = 1 the way must end at b.")
    for t, words in ((0.5, "half"), (0.25, "a quarter")):
        here = at(t)
        length = float(here.norm())
        require(
            abs(length - 1) < 1e-3, f"at {words} of the way the point leaves the sphere: its length is {length:.3f}."
        )
        turned = math.degrees(math.atan2(float(here[1]), float(here[0])))
        require(
            abs(turned - 140 * t) < 0.2,
            f"at {words} of the way, {words} of the 140 degrees must be behind, {140 * t:g}, but it is {turned:.1f}.",
        )
    return "on the sphere all the way, at a steady pace."

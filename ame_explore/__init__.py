"""See a small vision-language student learn from its teacher, with and without Aligned Manifold Entropy.

The public names below are loaded on first use, so `import ame_explore` is fast: it imports
neither torch nor anything larger. `ame_explore.AMELoss` and `from ame_explore import AMELoss` both work.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ame_explore.ame import AMEError, AMELoss, SharedManifold, row_entropy
    from ame_explore.apps.preflight import check
    from ame_explore.data import FeatureData, PairedData, PairedFeatures, digits, scenes
    from ame_explore.models import encode, encode_features
    from ame_explore.trainers import WithAME, attach
    from ame_explore.training import Distillation, Recipe, Run, Step
    from ame_explore.widgets import explore
    from ame_explore.widgets.lab.lab import lab

__version__ = "0.1.0"

_MODULE_OF = {
    "AMEError": "ame",
    "AMELoss": "ame",
    "SharedManifold": "ame",
    "row_entropy": "ame",
    "FeatureData": "data",
    "PairedData": "data",
    "PairedFeatures": "data",
    "digits": "data",
    "scenes": "data",
    "encode": "models",
    "encode_features": "models",
    "check": "apps.preflight",
    "Distillation": "training",
    "Recipe": "training",
    "Run": "training",
    "Step": "training",
    "WithAME": "trainers",
    "attach": "trainers",
    "explore": "widgets",
    "lab": "widgets",
}

__all__ = [
    "AMEError",
    "AMELoss",
    "Distillation",
    "FeatureData",
    "PairedData",
    "PairedFeatures",
    "Recipe",
    "Run",
    "SharedManifold",
    "Step",
    "WithAME",
    "__version__",
    "attach",
    "check",
    "digits",
    "encode",
    "encode_features",
    "explore",
    "lab",
    "row_entropy",
    "scenes",
]


def __getattr__(name: str) -> object:
    """Import the module that holds a public name, once, when the name is first asked for."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """All public names, loaded or not, so that tab completion shows them."""
    return sorted({*globals(), *_MODULE_OF})

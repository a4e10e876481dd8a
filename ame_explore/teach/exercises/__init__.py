"""The exercises of the notebooks, one module a notebook; importing this package registers them."""

from ame_explore.teach.exercises import bounds, distillation, entropy, landscapes, manifold, tour

__all__ = ["bounds", "distillation", "entropy", "landscapes", "manifold", "tour"]

"""Features from pretrained models: a CLIP or SigLIP from transformers, or any model of open_clip.

Both libraries are optional (`pip install "ame_explore[clip]"`) and imported only when needed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.data.files.raster import open_raster
from ame_explore.data.pairs import PairedFeatures
from ame_explore.progress_bars import progress_bars
from ame_explore.tasks import Progress

if TYPE_CHECKING:
    from PIL.Image import Image

Images = Sequence["str | os.PathLike[str] | Image"]
LIBRARIES = ("transformers", "open_clip")
_OPEN_CLIP_FILE = "open_clip_config.json"
_INSTALL = '`python -m pip install "ame_explore[clip]"`'


class Encoder(Protocol):
    """What `encode` needs of a model.

    Attributes:
        logit_scale: the learned factor on cosines, None if there is none.
    """

    logit_scale: float | None

    def images(self, batch: list[Image]) -> Tensor:
        """(n, D) features of n RGB pictures."""
        ...

    def texts(self, batch: list[str]) -> Tensor:
        """(n, D) features of n texts."""
        ...


def encode(
    model: str | os.PathLike[str] | Encoder,
    images: Images,
    texts: Sequence[str],
    *,
    pair_index: Sequence[int] | Tensor | None = None,
    labels: Sequence[int] | Tensor | None = None,
    metadata: Mapping[str, Sequence[Any]] | None = None,
    library: str | None = None,
    batch_size: int = 32,
    device: str | None = None,
    local_only: bool = False,
    progress: Progress | bool = True,
) -> PairedFeatures:
    """Compute features of images and texts with a pretrained model, in batches.

    Args:
        model: the folder of a saved model; or a name on the hub, of transformers ("openai/clip-vit-base-patch32",
            "google/siglip-base-patch16-224") or, with `library="open_clip"`, of open_clip ("ViT-B-32", with the tag of
            its weights "ViT-B-32/laion2b_s34b_b79k", or "hf-hub:..."); or your own `Encoder`.
        images: N PIL images or file paths. A path or object that stands several times is one image with several
            captions: it is encoded once.
        texts: M texts.
        pair_index: the text row of each image; None: image i is paired with text i.
        labels: N whole numbers, or None.
        metadata: columns of N values, used to form slices.
        library: "transformers" or "open_clip"; None chooses open_clip for names that start with "hf-hub:" and folders
            with its configuration, else transformers.
        batch_size: number of images or texts at a time.
        device: None for cuda if available, else mps, else cpu.
        local_only: use only local files, never the hub.
        progress: True shows bars in the terminal or notebook; or a function called as (what, done, of).

    Returns:
        Features as the model gives them (float32 on the CPU, not normalized), with its logit scale.

    Raises:
        AMEError: if the library or model is not available, an image cannot be read, counts do not fit together, or
            features are not finite.
    """
    check_number("batch_size", batch_size, low=1, whole=True)
    words, pictures = list(texts), list(images)
    if not words or not pictures:
        raise AMEError(f"images and texts must not be empty, got {len(pictures)} and {len(words)}.")
    if not all(isinstance(text, str) for text in words):
        raise AMEError("texts must be strings.")
    pairs = _pairs(pair_index, len(pictures), len(words))
    paths = tuple(str(picture) for picture in pictures if isinstance(picture, str | os.PathLike))
    missing = [path for path in paths if not Path(path).is_file()]
    if missing:
        raise AMEError(f"images: {len(missing)} of {len(pictures)} files are missing, first {missing[0]}.")
    encoder = _load(model, library, device, local_only) if isinstance(model, str | os.PathLike) else model
    with _telling(progress) as tell, torch.no_grad():
        once = {_identity(picture): picture for picture in pictures}
        places = {key: place for place, key in enumerate(once)}
        distinct, at = list(once.values()), [places[_identity(picture)] for picture in pictures]
        image = _batched("images", distinct, lambda batch: encoder.images(list(map(_picture, batch))), batch_size, tell)
        text = _batched("texts", words, encoder.texts, batch_size, tell)
    features = PairedFeatures(
        image=image,
        text=text,
        pair_index=pairs,
        image_index=torch.tensor(at),
        ids=torch.arange(len(pictures)),
        labels=None if labels is None else torch.as_tensor(labels, dtype=torch.int64),
        texts=tuple(word if word.strip() else "(blank)" for word in words),
        metadata={name: tuple(values) for name, values in (metadata or {}).items()},
        image_paths=paths if len(paths) == len(pictures) else None,
    )
    scale = encoder.logit_scale
    if scale is not None and math.isfinite(scale) and scale > 0:
        return dataclasses.replace(features, logit_scale=scale)
    return dataclasses.replace(features, notes=("logit_scale was not given: 100 is assumed, CLIP's upper limit.",))


def _pairs(given: Sequence[int] | Tensor | None, images: int, texts: int) -> Tensor:
    if given is not None:
        return torch.as_tensor(given, dtype=torch.int64)
    if images != texts:
        raise AMEError(
            f"there must be as many images as texts, got {images} and {texts}, because image i is paired with text i: "
            "otherwise give pair_index."
        )
    return torch.arange(images)


def _batched(name: str, items: Sequence[Any], of: Callable[[list[Any]], Tensor], size: int, tell: Progress) -> Tensor:
    parts = []
    for start in range(0, len(items), size):
        made = of(list(items[start : start + size]))
        if made.dim() != 2 or len(made) != len(items[start : start + size]):
            raise AMEError(f"{name}: the model must give one row each, got shape {tuple(made.shape)}.")
        parts.append(made.detach().float().cpu())
        tell(f"encoding {name}", min(start + size, len(items)), len(items))
    return torch.cat(parts)


def _identity(picture: Any) -> Any:
    """What equal pictures share: their path, or that they are one object."""
    return os.path.abspath(picture) if isinstance(picture, str | os.PathLike) else id(picture)


def _picture(given: str | os.PathLike[str] | Image) -> Image:
    """An RGB picture, read if it is a path."""
    from PIL import Image as pil

    if not isinstance(given, str | os.PathLike):
        if not isinstance(given, pil.Image):
            raise AMEError(f"images must be PIL images or paths, got {type(given).__name__}.")
        return given.convert("RGB")
    try:
        with open_raster(given) as file:
            return file.convert("RGB")
    except (OSError, ValueError, pil.DecompressionBombError) as error:
        raise AMEError(f"{given} cannot be read as a picture ({error}).") from error


def _telling(progress: Progress | bool) -> contextlib.AbstractContextManager[Progress]:
    if callable(progress):
        return contextlib.nullcontext(progress)
    return progress_bars() if progress else contextlib.nullcontext(lambda what, done, of: None)


def _load(model: str | os.PathLike[str], library: str | None, device: str | None, local_only: bool) -> Encoder:
    name, folder = str(model), Path(model)
    if library is None:
        ours = name.startswith("hf-hub:") or (folder.is_dir() and (folder / _OPEN_CLIP_FILE).is_file())
        library = "open_clip" if ours else "transformers"
    check_choice("library", library, LIBRARIES)
    where = torch.device(device or _best_device())
    if library == "open_clip":
        return OpenCLIPEncoder(name, where, local_only=local_only)
    return TransformersEncoder(name, where, local_only=local_only)


def _best_device() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


class TransformersEncoder:
    """A CLIP or SigLIP model of transformers with its tokenizer and image processor.

    Args:
        name: folder, or name on the hub.
        device: where the model runs.
        local_only: use only local files.

    Raises:
        AMEError: if the library or model cannot be loaded, or does not encode both images and texts.
    """

    def __init__(self, name: str, device: torch.device, *, local_only: bool = False) -> None:
        try:
            from transformers import AutoImageProcessor, AutoModel, AutoTokenizer
        except ImportError as error:
            raise AMEError(f"transformers cannot be loaded ({error}): run {_INSTALL}.") from error
        try:
            options = {"local_files_only": local_only}
            self.model = AutoModel.from_pretrained(name, **options).to(device).eval()
            self.tokenizer = AutoTokenizer.from_pretrained(name, **options)
            self.processor = AutoImageProcessor.from_pretrained(name, **options)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise AMEError(
                f"model {name!r} cannot be loaded by transformers ({_first_line(error)}): give the folder of a saved "
                'model, a name on the hub (with network access), or library="open_clip".'
            ) from error
        if not all(hasattr(self.model, f"get_{side}_features") for side in ("image", "text")):
            raise AMEError(
                f"model {name!r} must encode images and texts into one space, got a {type(self.model).__name__}."
            )
        self.device = device
        scale = getattr(self.model, "logit_scale", None)
        self.logit_scale = None if scale is None else float(scale.detach().exp())
        text_config = getattr(self.model.config, "text_config", None)
        self.length = getattr(text_config, "max_position_embeddings", None)
        # SigLIP was trained with every text padded to the full length, CLIP with the longest of a batch.
        self.padding = "max_length" if "siglip" in str(getattr(self.model.config, "model_type", "")) else "longest"

    def images(self, batch: list[Image]) -> Tensor:
        """(n, D) features of n pictures."""
        inputs = self.processor(images=batch, return_tensors="pt").to(self.device)
        return _tensor(self.model.get_image_features(**inputs))

    def texts(self, batch: list[str]) -> Tensor:
        """(n, D) features of n texts; longer texts than the model's context are truncated."""
        inputs = self.tokenizer(
            batch, padding=self.padding, truncation=True, max_length=self.length, return_tensors="pt"
        ).to(self.device)
        return _tensor(self.model.get_text_features(**inputs))


class OpenCLIPEncoder:
    """A model of open_clip with its tokenizer and preprocessing.

    Args:
        name: folder, or name on the hub.
        device: where the model runs.
        local_only: use only local files.

    Raises:
        AMEError: if the library or model cannot be loaded.
    """

    def __init__(self, name: str, device: torch.device, *, local_only: bool = False) -> None:
        try:
            import open_clip
        except (ImportError, RuntimeError) as error:
            raise AMEError(
                f"open_clip cannot be loaded ({_first_line(error)}): run {_INSTALL}, with the torchvision that matches "
                "your torch."
            ) from error
        architecture, _, weights = name.partition("/")
        if Path(name).is_dir():
            architecture, weights = f"local-dir:{name}", ""
        elif name.startswith("hf-hub:"):
            architecture, weights = name, ""
        if local_only and not Path(name).is_dir() and not Path(weights).is_file():
            raise AMEError(f"model {name!r} is not a local file: give a folder, or leave out local_only.")
        try:
            self.model, _, self.transform = open_clip.create_model_and_transforms(
                architecture, pretrained=weights or None, device=device
            )
            self.tokenizer = open_clip.get_tokenizer(architecture)
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise AMEError(f"model {name!r} cannot be loaded by open_clip ({_first_line(error)}).") from error
        self.model.eval()
        self.device = device
        scale = getattr(self.model, "logit_scale", None)
        self.logit_scale = None if scale is None else float(scale.detach().exp())

    def images(self, batch: list[Image]) -> Tensor:
        """(n, D) features of n pictures."""
        return _tensor(self.model.encode_image(torch.stack([self.transform(image) for image in batch]).to(self.device)))

    def texts(self, batch: list[str]) -> Tensor:
        """(n, D) features of n texts."""
        return _tensor(self.model.encode_text(self.tokenizer(batch).to(self.device)))


def _tensor(output: Any) -> Tensor:
    """The features in a model's output; transformers 5 returns them as `pooler_output`."""
    made = output if isinstance(output, Tensor) else getattr(output, "pooler_output", None)
    if not isinstance(made, Tensor):
        raise AMEError(f"the model must give a tensor or an output with pooler_output, got {type(output).__name__}.")
    return made


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]

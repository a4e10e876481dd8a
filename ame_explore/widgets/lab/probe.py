"""A probe: a drawing, a text or an image of the data that a learner puts into the shared space; probes as a token."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, python_number, shown
from ame_explore.models import WordTokenizer
from ame_explore.tokens import packed, unpacked
from ame_explore.training import Stage

MOST_CHARACTERS = 200  # of a text
MOST_KEPT = 12
MOST_NAME = 40  # characters
_APART = 12  # of 255: a pixel that differs by no more from the ground counts as empty
_MOST_PIXELS = 1 << 16  # of a drawing
_LONGEST = 1 << 22  # bytes that a token may unpack to
_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
_KNOWN_NAMED = 6
PROBES_PREFIX = "probes1:"

Kind = Literal["image", "text", "row"]


@dataclass(frozen=True, eq=False)
class Probe:
    """What a learner puts into the space; compared by identity.

    Attributes:
        kind: "image" for pixels, "text", or "row" for an image of the data as it is.
        name: the name under which it is kept; "" if it is not kept.
        pixels: for an image: (height, width, 3) uint8.
        text: for a text: the text.
        id: for a row: its index in the data.
        other: for a row: the index of the row that it is blended with; None: no blend.
        share: for a row: the weight of `other`, in [0, 1].
    """

    kind: Kind
    name: str = ""
    pixels: NDArray[np.uint8] | None = None
    text: str = ""
    id: int = 0
    other: int | None = None
    share: float = 0.0

    def plain(self) -> dict[str, Any]:
        """The probe as plain values, from which `probe_of` makes it again."""
        if self.kind == "text":
            return {"kind": "text", "text": self.text}
        if self.kind == "row":
            return {"kind": "row", "id": self.id, "other": self.other, "share": self.share}
        assert self.pixels is not None
        height, width = self.pixels.shape[:2]
        body = base64.b64encode(self.pixels.tobytes()).decode()
        return {"kind": "image", "width": width, "height": height, "pixels": body}

    def named(self, name: str) -> Probe:
        """The same under another name."""
        return replace(self, name=name)


@dataclass(frozen=True, eq=False)
class World:
    """The kinds of probe that some data and its teacher accept.

    Attributes:
        stage: data and models.
        ground: (3,) uint8, the usual colour of the images' corners, as the ground to draw on.
        tokenizer: the teacher's; None if it does not read free text, so that only the class texts have features.
        image_shape: (channels, height, width); None if there are no images to draw on.
    """

    stage: Stage
    ground: NDArray[np.uint8]
    tokenizer: WordTokenizer | None
    image_shape: tuple[int, int, int] | None

    @classmethod
    def of(cls, stage: Stage) -> World:
        """The world of a stage."""
        data = stage.data
        drawable = data.feature_widths is None and data.image_shape[0] in (1, 3)
        ground = np.full(3, 255, dtype=np.uint8)
        if drawable:
            corners = data.images[stage.test][:, :, [0, 0, -1, -1], [0, -1, 0, -1]]
            middle = (corners.movedim(1, 2).flatten(0, 1).median(0).values * 255).round().to(torch.uint8)
            ground = np.broadcast_to(middle.numpy(), (3,)).copy()
        tokenizer = getattr(stage.teacher, "tokenizer", None)
        known = tokenizer if isinstance(tokenizer, WordTokenizer) else None
        return cls(stage, ground, known, data.image_shape if drawable else None)

    @property
    def reads_text(self) -> bool:
        """Whether a learner can type any text."""
        return self.tokenizer is not None

    @property
    def cannot(self) -> str:
        """What this data does not offer, and what is possible instead; "" if it offers everything."""
        if self.image_shape is None and not self.reads_text:
            return (
                "This run has stored features and no models, so it cannot encode drawings or new texts: "
                "pick an image, blend it with another, or choose a class text."
            )
        if self.image_shape is None:
            return "These images cannot be drawn: pick an image, blend it with another, or type a text."
        return "" if self.reads_text else "The teacher reads only the class texts: choose one of them."

    def unknown(self, text: str) -> tuple[str, ...]:
        """The words of `text` that the teacher does not know."""
        return () if self.tokenizer is None else self.tokenizer.unknown([text])

    def remark(self, probe: Probe) -> str:
        """What a reader should know about a probe; "" if nothing."""
        if probe.kind == "text" and (words := self.unknown(probe.text)):
            return f"{_listed(words)} {'is' if len(words) == 1 else 'are'} unknown to the teacher and ignored."
        if probe.pixels is not None and self._marked(probe.pixels) == 1:
            return "Only one pixel is drawn: from so little, the models can only guess."
        return ""

    def picture(self, probe: Probe) -> Tensor:
        """(1, channels, height, width) float32: a probe that is not a text, as the models take it."""
        data = self.stage.data
        if probe.kind == "row":
            first = data.images[probe.id : probe.id + 1]
            if probe.other is None:
                return first
            return torch.lerp(first, data.images[probe.other : probe.other + 1], probe.share)
        assert probe.pixels is not None
        pixels = torch.from_numpy(probe.pixels).movedim(-1, 0).float() / 255
        if data.image_shape[0] == 1:
            pixels = (pixels * torch.tensor(_LUMA)[:, None, None]).sum(0, keepdim=True)
        return pixels[None]

    def check(self, probe: Probe) -> Probe:
        """Check a probe, and return it.

        Raises:
            AMEError: if it does not fit this world; the message is a sentence for the reader.
        """
        {"image": self._check_image, "text": self._check_text, "row": self._check_row}[probe.kind](probe)
        return probe

    def _check_image(self, probe: Probe) -> None:
        if self.image_shape is None:
            raise AMEError(self.cannot)
        _, height, width = self.image_shape
        assert probe.pixels is not None
        if probe.pixels.shape != (height, width, 3):
            got = " x ".join(map(str, probe.pixels.shape[:2]))
            raise AMEError(f"The image must have {height} x {width} pixels, got {got}: scale it to that size.")
        if not self._marked(probe.pixels):
            raise AMEError("Nothing is drawn yet: draw something, pick an image or type a text.")

    def _marked(self, pixels: NDArray[np.uint8]) -> int:
        """The number of pixels that differ from the ground."""
        return int((np.abs(pixels.astype(np.int16) - self.ground).max(-1) > _APART).sum())

    def _check_row(self, probe: Probe) -> None:
        count = len(self.stage.data.images)
        for id_ in (probe.id, probe.other):
            if id_ is not None and not 0 <= id_ < count:
                raise AMEError(f"The image must be one of 0 to {count - 1}, got {id_}.")

    def _check_text(self, probe: Probe) -> None:
        text = probe.text.strip()
        if not text:
            raise AMEError("No text yet: type at least one word.")
        if len(text) > MOST_CHARACTERS:
            raise AMEError(f"The text must have at most {MOST_CHARACTERS} characters, got {len(text):,}: shorten it.")
        if self.tokenizer is None:
            if text not in self.stage.data.class_texts:
                raise AMEError(f"{self.cannot} Got {shown(text)}.")
            return
        tokens = self.tokenizer.encode([text])
        if not bool((tokens > 1).any()):
            raise AMEError(
                f"The teacher knows none of these words: {_listed(self.unknown(text))}. Try the words of a class, such "
                f"as {shown(self.stage.data.class_texts[0])}."
            )


def probe_of(given: Any) -> Probe:
    """A probe from plain values, which may come from anywhere.

    Args:
        given: what `Probe.plain` returns, with an optional "name".

    Raises:
        AMEError: if it is not of this form.
    """
    if not isinstance(given, Mapping):
        raise AMEError("A probe must be a drawing, a text or an image of the data.")
    kind, name = given.get("kind"), given.get("name", "")
    if not isinstance(name, str) or len(name) > MOST_NAME:
        raise AMEError(f"The name must have at most {MOST_NAME} characters.")
    if kind == "text":
        text = given.get("text")
        if not isinstance(text, str):
            raise AMEError("The text must be a string.")
        return Probe("text", name, text=text)
    if kind == "row":
        id_, other, share = (python_number(given.get(key)) for key in ("id", "other", "share"))
        if type(id_) is not int or not (other is None or type(other) is int):
            raise AMEError("The image must be named by its whole number in the data.")
        share = 0.0 if other is None else share
        if type(share) not in (int, float) or not 0 <= share <= 1:
            raise AMEError("The share of the second image must be a number from 0 to 1.")
        return Probe("row", name, id=id_, other=other, share=float(share))
    if kind == "image":
        return Probe("image", name, pixels=_decoded(given))
    raise AMEError("A probe must be a drawing, a text or an image of the data.")


def probe_from(what: Any, name: str = "") -> Probe:
    """A probe from what a person writes in Python.

    Args:
        what: a text; the index of an image in the data; or an image (channels, height, width) of 1 or 3 channels with
            values in [0, 1], as an array or tensor.
        name: the name under which it is kept.

    Raises:
        AMEError: if it is none of these, or holds NaN or values outside [0, 1].
    """
    number = python_number(what)
    if isinstance(what, str):
        return probe_of({"kind": "text", "text": what, "name": name})
    if type(number) is int:
        return probe_of({"kind": "row", "id": number, "name": name})
    try:
        image = torch.as_tensor(what).detach().cpu().double()
    except (TypeError, ValueError, RuntimeError):
        raise AMEError(
            f"what must be a text, the index of an image or an image (channels, height, width), got {shown(what)}."
        ) from None
    if image.ndim != 3 or image.shape[0] not in (1, 3) or 0 in image.shape:
        raise AMEError(f"what must be an image (1 or 3, height, width), got shape {tuple(image.shape)}.")
    if not bool(torch.isfinite(image).all()):
        raise AMEError("what must hold finite values, got NaN or infinity.")
    if float(image.min()) < 0 or float(image.max()) > 1:
        raise AMEError(
            f"what must hold values in [0, 1], got {float(image.min()):g} to {float(image.max()):g}: divide by 255?"
        )
    pixels = (image.expand(3, -1, -1).movedim(0, -1) * 255).round().to(torch.uint8)
    return Probe("image", name, pixels=pixels.numpy())


def _decoded(given: Mapping[str, Any]) -> NDArray[np.uint8]:
    width, height = (python_number(given.get(key)) for key in ("width", "height"))
    body = given.get("pixels")
    if type(width) is not int or type(height) is not int or min(width, height) < 1 or width * height > _MOST_PIXELS:
        raise AMEError(f"The image must have 1 to {_MOST_PIXELS:,} pixels.")
    try:
        raw = base64.b64decode(body, validate=True) if isinstance(body, str) else b""
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != width * height * 3:
        raise AMEError(f"The image must hold {width} x {height} pixels with three bytes each.")
    return np.frombuffer(raw, dtype=np.uint8).reshape(height, width, 3).copy()  # torch wants it writable


def _listed(words: Any) -> str:
    words = list(words)
    quoted = [f"“{word[:MOST_NAME]}”" for word in words[:_KNOWN_NAMED]]
    if len(words) > _KNOWN_NAMED:
        quoted.append(f"{len(words) - _KNOWN_NAMED} more")
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


# Probes as a token


def probes_token(probes: Mapping[str, Probe]) -> str:
    """Kept probes as a short string: "probes1:" and base64; "" without any."""
    if not probes:
        return ""
    plain = [{"name": name, **probe.plain()} for name, probe in probes.items()]
    return packed(plain, PROBES_PREFIX)


def split_token(token: str) -> tuple[str, dict[str, Probe]]:
    """The recipe's part of a token, and its probes.

    Args:
        token: a recipe's token, a recipe's and probes' token joined by "+", or probes alone.

    Returns:
        The recipe's token ("" if there is none), and the probes by name.

    Raises:
        AMEError: if the part with the probes is damaged.
    """
    recipe, found, rest = token.strip().partition(PROBES_PREFIX)
    if not found:
        return token, {}
    given = unpacked(found + rest, PROBES_PREFIX, most=_LONGEST, what="the part of a token with the probes")
    if not isinstance(given, list) or len(given) > MOST_KEPT:
        raise AMEError(f"token must hold at most {MOST_KEPT} probes.")
    probes = [probe_of(one) for one in given]
    if any(not probe.name.strip() for probe in probes):
        raise AMEError("token: each probe must have a name.")
    return recipe.rstrip("+").strip(), {probe.name: probe for probe in probes}

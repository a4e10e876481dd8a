"""A word-level tokenizer with the vocabulary of a data set's texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import AMEError

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
PADDING, UNKNOWN = "<pad>", "<unk>"


@dataclass(frozen=True)
class WordTokenizer:
    """Maps lower-case words to indices into a vocabulary.

    It works on words (our choice), so that a text tower that has seen "a red circle" recognizes "red" in "a red star".

    Attributes:
        vocabulary: all words, after the entries for padding and for unknown words.

    Raises:
        AMEError: if the vocabulary does not start with these two entries, or has repeated words.
    """

    vocabulary: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.vocabulary[:2] != (PADDING, UNKNOWN) or len(set(self.vocabulary)) != len(self.vocabulary):
            raise AMEError(
                f"vocabulary must hold distinct words after {PADDING!r} and {UNKNOWN!r}, got {self.vocabulary[:4]}...: "
                "make it with WordTokenizer.from_texts."
            )

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> WordTokenizer:
        """A tokenizer for all words in `texts`, in alphabetical order."""
        words = sorted({word for text in texts for word in _words(text)})
        return cls((PADDING, UNKNOWN, *words))

    def encode(self, texts: Sequence[str]) -> Tensor:
        """Convert texts to word indices.

        Args:
            texts: N texts.

        Returns:
            (N, L) int64, padded with 0 to the longest text.

        Raises:
            AMEError: if a text has no words.
        """
        known = {word: index for index, word in enumerate(self.vocabulary)}
        rows = [[known.get(word, 1) for word in _words(text)] for text in texts]
        if not rows or not all(rows):
            raise AMEError(f"texts must hold at least one word each, got {list(texts)[:4]!r}.")
        longest = max(map(len, rows))
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows])

    def unknown(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The words of `texts` that are not in the vocabulary, each once, in order of appearance."""
        known = set(self.vocabulary)
        return tuple(dict.fromkeys(word for text in texts for word in _words(text) if word not in known))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())

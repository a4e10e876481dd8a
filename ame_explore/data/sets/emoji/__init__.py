"""Emoji: 1,594 concepts, each drawn by three designers, with names and keywords of CLDR.

`emoji_set()` gives the pictures and words; `emoji()` is the data set of 40 classes that a student distils on.
NOTICES.md beside this file says whose work it is and under which licences.
"""

from ame_explore.data.sets.emoji.classes import CLASS_TEXTS, NEW_TEXTS, emoji
from ame_explore.data.sets.emoji.pictures import DESIGNERS, GROUND, EmojiSet, emoji_set

__all__ = ["CLASS_TEXTS", "DESIGNERS", "GROUND", "NEW_TEXTS", "EmojiSet", "emoji", "emoji_set"]

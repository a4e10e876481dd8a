"""Tokens: a value as one string that can be mailed, or put into a link: a prefix, then compressed JSON as base64."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

from ame_explore.ame import AMEError, shown


def packed(value: Any, prefix: str, *, sort_keys: bool = False) -> str:
    """A value as a token.

    Args:
        value: anything that JSON allows.
        prefix: names the kind of token and its version, such as "ame1:".
        sort_keys: whether the order of keys is left out, so that equal dicts give equal tokens.
    """
    text = json.dumps(value, separators=(",", ":"), sort_keys=sort_keys)
    return prefix + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpacked(token: str, prefix: str, *, most: int = 1 << 20, what: str = "token") -> Any:
    """The value in a token. White space is ignored, since mails break long lines.

    Args:
        token: what `packed` returned.
        prefix: the prefix that it must have.
        most: the most bytes of JSON, so that a small token cannot fill the memory.
        what: what it is called in errors.

    Raises:
        AMEError: if it is truncated, mistyped, too long or of another kind.
    """
    if not isinstance(token, str) or not token.strip().startswith(prefix):
        raise AMEError(f"{what} must begin with {prefix!r}, got {shown(token)}.")
    body = "".join(token.strip()[len(prefix) :].split())
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True), most)
        if not unpacker.eof:
            raise ValueError("incomplete, or too long")
        return json.loads(text)
    except (ValueError, RecursionError, zlib.error, binascii.Error) as error:
        raise AMEError(
            f"{what} must be complete, got {shown(token)}: a part is missing or mistyped; copy it again."
        ) from error

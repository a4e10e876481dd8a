"""Tokens: the value comes back, and a token that is cut, mistyped, too long or of another kind is refused in words."""

import base64
import zlib

import pytest

from ame_explore.ame import AMEError
from ame_explore.tokens import packed, unpacked

VALUE = {"b": [1, 2.5, None], "a": "ω “words”"}


def test_the_value_comes_back_from_a_token_that_a_mail_has_broken():
    token = packed(VALUE, "x1:")
    assert unpacked(f"  {token[:9]}\n {token[9:]}\n", "x1:") == VALUE
    assert token.removeprefix("x1:").replace("-", "").replace("_", "").isalnum()
    assert packed({"a": 1, "b": 2}, "x1:", sort_keys=True) == packed({"b": 2, "a": 1}, "x1:", sort_keys=True)
    assert list(unpacked(packed(VALUE, "x1:"), "x1:")) == ["b", "a"]


@pytest.mark.parametrize("token", [None, 3, "", "y1:abc", packed(VALUE, "y1:")])
def test_another_kind_is_named(token):
    with pytest.raises(AMEError, match="sign must begin with 'x1:', got"):
        unpacked(token, "x1:", what="sign")


def test_every_token_that_is_cut_or_mistyped_is_refused():
    token = packed(VALUE, "x1:")
    bomb = "x1:" + base64.urlsafe_b64encode(zlib.compress(b"[" * 5000)).decode()  # deeper than Python recurses
    wrong = [token[:end] for end in range(3, len(token))] + [token[:9] + "*" + token[10:], "x1:ä", bomb]
    for one in wrong:
        with pytest.raises(AMEError, match=r"token must be complete, got .*copy it again"):
            unpacked(one, "x1:")


def test_a_small_token_cannot_fill_the_memory():
    token = packed("a" * 10_000, "x1:")
    assert len(token) < 100
    assert unpacked(token, "x1:") == "a" * 10_000
    with pytest.raises(AMEError, match="must be complete"):
        unpacked(token, "x1:", most=1000)

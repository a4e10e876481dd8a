"""One pass over all similarities of images and texts, in strips, so that no n x n matrix is ever held.

Ranks, best wrong partners, entropies and k-occurrences all come from the same products; 100,000 pairs of 512 numbers
are 10^13 operations, which is why they are computed once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.measures._checks import as_matrix, as_unit_rows
from ame_explore.tasks import Progress

WHAT = "comparing every image with every text"
_EXACT_BELOW = 10**8  # similarities up to which float64 is used throughout: 10,000 pairs
_TIE = 1e-12  # as in measures.alignment: float64 rounding of a product over 4,096 features stays below
_STRIP, _TILE = 512, 4096  # rows and columns at once: a tile of float32 is 8 MB, a strip of 100,000 columns 200 MB
_CHUNK = 64  # columns whose maximum is taken first when the k largest are looked for
_LOG_TINY = 80.0  # exp(-80) is still a normal float32


@dataclass(frozen=True, eq=False)
class Side:
    """What the queries of one side found on the other; all on the CPU, Q queries and T targets.

    Attributes:
        greater: (Q,) int64, wrong targets strictly nearer than the (nearest) right one.
        wrong: (Q,) float64, cosine of the nearest wrong target; -inf where there is none.
        wrong_at: (Q,) int64, its row, -1 where there is none.
        entropy: (Q,) float64 nats, of softmax(logit_scale * cosine) over all targets.
        occurrence: (T,) int64, of how many queries a target is among the k nearest.
    """

    greater: Tensor
    wrong: Tensor
    wrong_at: Tensor
    entropy: Tensor
    occurrence: Tensor


@dataclass(frozen=True, eq=False)
class Crossing:
    """Both sides, and (N,) float64 cosine of every image with its own text. `k` of the occurrences."""

    cosine: Tensor
    images: Side
    texts: Side
    k: int


@torch.no_grad()
def cross(
    image: Tensor,
    text: Tensor,
    pair_index: Tensor,
    *,
    logit_scale: float,
    k: int = 10,
    device: str | None = None,
    progress: Progress | None = None,
) -> Crossing:
    """Compare every image with every text.

    The right text of image i is `pair_index[i]`; the right images of text j are all that point to it, and a text to
    which none points finds only wrong ones (greater is then -1). Ranks are exact: beyond 10,000 x 10,000 products are
    in float32, and those too near to the right partner's to tell are computed again in float64.

    Args:
        image: (N, D), of any length.
        text: (M, D).
        pair_index: (N,) int64.
        logit_scale: > 0.
        k: of the occurrences; at most the number of targets is taken.
        device: where to compute; None: where `image` lies.
        progress: called as (what, done, of) rows of images.

    Raises:
        AMEError: wrong shape or type, a row of zeros, NaN or infinity.
    """
    n, m = len(image), len(text)
    small = n * m <= _EXACT_BELOW
    where = torch.device(device) if device is not None else image.device
    dtype = torch.float64 if small and where.type != "mps" else torch.float32
    x, y = (_units(name, rows, dtype, where) for name, rows in (("image", image), ("text", text)))
    pairs = pair_index.to(where)
    own = _own(image, text, pair_index).to(where)
    best = torch.full((m,), -math.inf, dtype=torch.float64, device=where).scatter_reduce_(0, pairs, own, "amax")
    rows, columns = _Tally(n, logit_scale, where), _Tally(m, logit_scale, where)
    width = x.shape[1]
    # Float32 errs by about sqrt(D) units in the last place of 1; four times that was never reached in trials.
    near = _TIE if dtype == torch.float64 else 4 * math.sqrt(width) * 2.0**-24
    hubs_text = torch.zeros(m, dtype=torch.int64, device=where)
    top = _ColumnTop(m, min(k, n), dtype, where)
    strip = torch.empty(_STRIP, m, dtype=dtype, device=where)
    for start in range(0, n, _STRIP):
        stop = min(start + _STRIP, n)
        part, at = strip[: stop - start], torch.arange(stop - start, device=where)
        mine = pairs[start:stop]
        for left in range(0, m, _TILE):
            right = min(left + _TILE, m)
            tile = part[:, left:right]
            torch.mm(x[start:stop], y[left:right].T, out=tile)
            _entropies(tile, rows, columns, slice(start, stop), slice(left, right), logit_scale)
            inside = (mine >= left) & (mine < right)
            kept = tile[at[inside], mine[inside] - left]
            tile[at[inside], mine[inside] - left] = -math.inf
            for tally, limit, of, offset, axis in (
                (rows, own[start:stop, None], slice(start, stop), left, 1),
                (columns, best[None, left:right], slice(left, right), start, 0),
            ):
                tally.nearest(tile, of, offset, axis)
                greater, doubtful = _greater(tile, limit.to(dtype), near, axis)
                if doubtful is not None:
                    i, j = doubtful
                    exact = (_pick(image, i + start) * _pick(text, j + left)).sum(1).to(where)
                    over = exact > limit.expand(tile.shape)[i, j] + _TIE
                    greater.index_add_(
                        0, (i if axis == 1 else j)[over], torch.ones_like(greater[:1]).expand(int(over.sum()))
                    )
                tally.greater[of] += greater
            tile[at[inside], mine[inside] - left] = kept
        hubs_text += torch.bincount(_largest(part, min(k, m)).ravel(), minlength=m)
        top.add(part, start)
        if progress is not None:
            progress(WHAT, stop, n)
    columns.greater[torch.isinf(best)] = -1
    hubs_image = torch.bincount(top.rows.ravel(), minlength=n)
    return Crossing(own.cpu(), rows.side(hubs_text), columns.side(hubs_image), k)


class _Tally:
    """What is gathered for the queries of one side, tile by tile."""

    def __init__(self, count: int, scale: float, device: torch.device) -> None:
        wide = torch.float32 if device.type == "mps" else torch.float64
        self.greater = torch.zeros(count, dtype=torch.int64, device=device)
        self.wrong = torch.full((count,), -math.inf, dtype=wide, device=device)
        self.wrong_at = torch.full((count,), -1, dtype=torch.int64, device=device)
        self.shift = torch.full((count,), -math.inf, dtype=wide, device=device)
        self.mass = torch.zeros(count, dtype=wide, device=device)
        self.moment = torch.zeros(count, dtype=wide, device=device)
        self.scale = scale

    def nearest(self, tile: Tensor, of: slice, offset: int, axis: int) -> None:
        """Keep the nearest wrong target."""
        value, place = tile.max(dim=axis)
        better = value > self.wrong[of]
        self.wrong[of] = torch.where(better, value.to(self.wrong.dtype), self.wrong[of])
        self.wrong_at[of] = torch.where(better, place + offset, self.wrong_at[of])

    def add(self, of: slice, shift: Tensor, mass: Tensor, moment: Tensor) -> None:
        """Add sum exp(z - shift) and sum z exp(z - shift) of some targets, z = scale * cosine."""
        wide = self.mass.dtype
        highest = torch.maximum(self.shift[of], shift.to(wide))
        old, new = (self.shift[of] - highest).exp(), (shift.to(wide) - highest).exp()
        self.mass[of] = self.mass[of] * old + mass.to(wide) * new
        self.moment[of] = self.moment[of] * old + moment.to(wide) * new
        self.shift[of] = highest

    def side(self, occurrence: Tensor) -> Side:
        """H = log sum exp(z) - E z, and all else as it was gathered."""
        entropy = (self.shift + self.mass.log() - self.moment / self.mass).clamp_min(0)
        parts = (self.greater, self.wrong, self.wrong_at, entropy, occurrence)
        return Side(*(part.cpu().double() if part.is_floating_point() else part.cpu() for part in parts))


def _entropies(tile: Tensor, rows: _Tally, columns: _Tally, r: slice, c: slice, scale: float) -> None:
    """Add a tile to the softmaxes of its rows and columns, with one exponential for both where that loses nothing."""
    high_rows, high_columns = tile.amax(1), tile.amax(0)
    highest = float(high_rows.max())
    lowest = min(float(high_rows.min()), float(high_columns.min()))
    ones_c, ones_r = tile.new_ones(tile.shape[1]), tile.new_ones(tile.shape[0])
    if scale * (highest - lowest) < _LOG_TINY:
        power = torch.sub(tile, highest).mul_(scale).exp_()
        weighed = power * tile
        shift = power.new_full((), scale * highest)
        rows.add(r, shift.expand(tile.shape[0]), power @ ones_c, scale * (weighed @ ones_c))
        columns.add(c, shift.expand(tile.shape[1]), ones_r @ power, scale * (ones_r @ weighed))
        return
    power = torch.sub(tile, high_rows[:, None]).mul_(scale).exp_()
    rows.add(r, scale * high_rows, power @ ones_c, scale * ((power * tile) @ ones_c))
    power = torch.sub(tile, high_columns).mul_(scale).exp_()
    columns.add(c, scale * high_columns, ones_r @ power, scale * (ones_r @ (power * tile)))


def _greater(tile: Tensor, limit: Tensor, near: float, axis: int) -> tuple[Tensor, tuple[Tensor, Tensor] | None]:
    """Entries surely above `limit`, counted along `axis`, and the places of those within `near` of it."""
    ones = tile.new_ones(tile.shape[axis])
    over = torch.empty_like(tile, memory_format=torch.contiguous_format)

    def counted(bound: Tensor) -> Tensor:
        torch.gt(tile, bound, out=over)
        return (over @ ones if axis == 1 else ones @ over).round().long()

    sure = counted(limit + near)
    if tile.dtype == torch.float64:
        return sure, None
    open_ = (counted(limit - near) != sure).nonzero()[:, 0]
    if len(open_) == 0:
        return sure, None
    some = tile.index_select(1 - axis, open_)
    bound = limit.index_select(1 - axis, open_)
    i, j = ((some > bound - near) & (some <= bound + near)).nonzero(as_tuple=True)
    return sure, (open_[i], j) if axis == 1 else (i, open_[j])


def _largest(strip: Tensor, k: int) -> Tensor:
    """(rows, k) columns of the k largest entries of each row: looked for in the k chunks with the largest maxima."""
    count, width = strip.shape
    whole = width // _CHUNK * _CHUNK
    if whole < k * _CHUNK:
        return strip.topk(k, dim=1).indices
    chunks = strip[:, :whole].unflatten(1, (-1, _CHUNK)).amax(-1).topk(k, dim=1).indices
    columns = (chunks[:, :, None] * _CHUNK + torch.arange(_CHUNK, device=strip.device)).flatten(1)
    tail = torch.arange(whole, width, device=strip.device).expand(count, -1)
    columns = torch.cat([columns, tail], dim=1)
    return columns.gather(1, strip.gather(1, columns).topk(k, dim=1).indices)


class _ColumnTop:
    """The k rows with the largest entries of every column, kept while strips of rows go by."""

    def __init__(self, columns: int, k: int, dtype: torch.dtype, device: torch.device) -> None:
        self.values = torch.full((k, columns), -math.inf, dtype=dtype, device=device)
        self.rows = torch.zeros((k, columns), dtype=torch.int64, device=device)
        self.k = k

    def add(self, strip: Tensor, start: int) -> None:
        """Take in rows start, start + 1, ...; only columns with an entry above their k-th are looked at again."""
        changed = (strip.amax(0) > self.values[-1]).nonzero()[:, 0]
        for some in changed.split(_TILE):
            found = strip.index_select(1, some).topk(min(self.k, len(strip)), dim=0)
            values = torch.cat([self.values[:, some], found.values])
            rows = torch.cat([self.rows[:, some], found.indices + start])
            best = values.topk(self.k, dim=0)
            self.values[:, some], self.rows[:, some] = best.values, rows.gather(0, best.indices)


def _units(name: str, rows: Tensor, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Unit rows in `dtype`, made in float64 in blocks."""
    made = torch.empty(rows.shape, dtype=dtype, device=device)
    for part in torch.arange(len(rows)).split(_TILE):
        block = slice(int(part[0]), int(part[-1]) + 1)
        made[block] = as_unit_rows(name, as_matrix(name, rows[block])).to(dtype)
    return made


def _pick(rows: Tensor, at: Tensor) -> Tensor:
    return as_unit_rows("rows", as_matrix("rows", rows[at.to(rows.device)]))


def _own(image: Tensor, text: Tensor, pair_index: Tensor) -> Tensor:
    """(N,) float64 cosine of each image with its own text."""
    parts = torch.arange(len(image)).split(_TILE)
    return torch.cat([(_pick(image, part) * _pick(text, pair_index[part])).sum(1) for part in parts])

"""One pass over all similarities of images and texts, in strips, so that no n x n matrix is held in memory.

Ranks, nearest wrong partners, entropies and k-occurrences all come from the same products: 100,000 pairs of width 512
take 10^13 operations, so the products are computed only once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.arguments import usable_device
from ame_explore.measures._checks import as_matrix, as_unit_rows
from ame_explore.measures.alignment import chance_of_hit
from ame_explore.tasks import Progress

WHAT = "comparing every image with every text"
_EXACT_BELOW = 10**8  # similarities up to which float64 is used throughout: 10,000 pairs
_TIE = 1e-12  # as in measures.alignment: above the float64 rounding of a product over 4,096 features
_STRIP, _TILE = 256, 2048  # rows and columns at once: a tile of float32 is 2 MB, a strip of 100,000 columns 100 MB
_CHUNK = 64  # columns per chunk in the search for the k largest entries
_LOG_TINY = 80.0  # exp(-80) is still a normal float32
_GATHERED = 50_000  # entries of a tile up to which rows are gathered individually
_AT_ONCE = 2**22  # similarities held in the second pass over queries with several right targets
_MOSTLY = 0.75  # share of a tile's queries up to which picking them is cheaper than comparing them all
_COMPARED = 64  # right targets up to which each is compared with all others; above, the others are sorted


@dataclass(frozen=True, eq=False)
class Side:
    """What the Q queries of one side found among the T targets of the other; all tensors are on the CPU.

    Attributes:
        greater: (Q,) int64, number of wrong targets nearer than the nearest right one; -1 if there is no right one.
        tied: (Q,) int64, number of wrong targets exactly as near as the nearest right one.
        right: (Q,) int64, number of right targets as near as the nearest right one, itself included.
        wrong: (Q,) float64, cosine of the nearest wrong target; -inf if there is none.
        wrong_at: (Q,) int64, row of the nearest wrong target; -1 if there is none.
        entropy: (Q,) float64, entropy in nats of softmax(logit_scale * cosine) over all targets.
        occurrence: (T,) int64, number of queries that have a target among their k nearest.
    """

    greater: Tensor
    tied: Tensor
    right: Tensor
    wrong: Tensor
    wrong_at: Tensor
    entropy: Tensor
    occurrence: Tensor

    @property
    def asked(self) -> Tensor:
        """Whether each query has a right target: (Q,) bool."""
        return self.greater >= 0

    def hits(self, k: int) -> Tensor:
        """Chance that a right target is among the k nearest, for ties in random order: (Q,) float64."""
        return torch.where(self.asked, chance_of_hit(k - self.greater, self.right, self.tied), 0.0)


@dataclass(frozen=True, eq=False)
class Crossing:
    """Both sides, and the cosine and ranks of each of P pairs.

    Attributes:
        cosine: (P,) float64, cosine of the pair's image and text.
        rank_i2t: (P,) float64, 1 + number of wrong texts nearer to the pair's image than its own text. Each tie counts
            one half, which gives the expected rank for ties in random order.
        rank_t2i: (P,) float64, the same for wrong images and the pair's text.
        images: results with images as queries.
        texts: results with texts as queries.
        k: how many nearest rows count for the occurrences.
    """

    cosine: Tensor
    rank_i2t: Tensor
    rank_t2i: Tensor
    images: Side
    texts: Side
    k: int


@torch.no_grad()
def cross(
    *,
    image: Tensor,
    text: Tensor,
    pairs: Tensor,
    logit_scale: float,
    k: int = 10,
    device: str | None = None,
    progress: Progress | None = None,
) -> Crossing:
    """Compare every image with every text.

    The pairs define which texts are right for an image and which images for a text; all others are wrong. Ranks are
    exact: above 10,000 x 10,000 similarities, products are in float32, and those too close to the right partner's are
    recomputed in float64.

    Args:
        image: (N, D), of any length.
        text: (M, D), of any length.
        pairs: (P, 2) int64, rows of image and text.
        logit_scale: factor on the cosines in the softmax, > 0.
        k: how many nearest rows count for the occurrences; capped at the number of targets.
        device: device for the products; None: that of `image`.
        progress: called as (what, done, of), counting images.

    Returns:
        Both sides and the measures of each pair.

    Raises:
        AMEError: if a shape or type is wrong, a row is all zeros, or a value is NaN or infinite.
    """
    n, m = len(image), len(text)
    small = n * m <= _EXACT_BELOW
    where = usable_device(device) if device is not None else image.device
    dtype = torch.float64 if small and where.type != "mps" else torch.float32
    for block in _blocks(n):
        _unit("image", image[block], dtype, where)  # what is wrong is said before the work begins
    y = _units("text", text, dtype, where)
    own = _own(image, text, pairs).to(where)
    best_image, right_image = _nearest_right(pairs[:, 0].to(where), own, n)
    best_text, right_text = _nearest_right(pairs[:, 1].to(where), own, m)
    rows, columns = _Tally(n, logit_scale, where), _Tally(m, logit_scale, where)
    # The float32 error is about sqrt(D) units in the last place of 1; in trials it never reached four times that.
    near = _TIE if dtype == torch.float64 else 4 * math.sqrt(y.shape[1]) * 2.0**-24
    hubs_text = torch.zeros(m, dtype=torch.int64, device=where)
    top = _ColumnTop(m, min(k, n), dtype, where)
    strip = torch.empty(_STRIP, m, dtype=dtype, device=where)
    by_image = pairs[pairs[:, 0].argsort(stable=True)].to(where)
    image_of = by_image[:, 0].contiguous()
    for start in range(0, n, _STRIP):
        stop = min(start + _STRIP, n)
        x, part = _unit("image", image[start:stop], dtype, where), strip[: stop - start]
        first, last = torch.searchsorted(image_of, torch.tensor([start, stop], device=where)).tolist()
        mine, theirs = by_image[first:last, 0] - start, by_image[first:last, 1]
        for left in range(0, m, _TILE):
            right = min(left + _TILE, m)
            tile = part[:, left:right]
            torch.mm(x, y[left:right].T, out=tile)
            inside = (theirs >= left) & (theirs < right)
            at = mine[inside], theirs[inside] - left
            kept = tile[at]
            tile[at] = -math.inf
            exact = _Exact(image, text, start, stop, left, right)
            highest = []
            for tally, limit, of, offset, axis in (
                (rows, best_image[start:stop], slice(start, stop), left, 1),
                (columns, best_text[left:right], slice(left, right), start, 0),
            ):
                high = tile.amax(axis)
                tally.nearest(tile, high, of, offset, axis)
                tally.compare(tile, high, limit, near, of, axis, exact)
                highest.append(high.scatter_reduce(0, at[1 - axis], kept, "amax"))
            tile[at] = kept
            high_rows, high_columns = highest
            _entropies(
                tile, high_rows, high_columns, rows, columns, slice(start, stop), slice(left, right), logit_scale
            )
        hubs_text += torch.bincount(_largest(part, min(k, m)).ravel(), minlength=m)
        top.add(part, start)
        if progress is not None:
            progress(WHAT, stop, n)
    for tally, best in ((rows, best_image), (columns, best_text)):
        tally.greater[torch.isinf(best)] = -1
    hubs_image = torch.bincount(top.rows.ravel(), minlength=n)
    sides = rows.side(right_image, hubs_text), columns.side(right_text, hubs_image)
    own = own.cpu()
    rank_i2t, rank_t2i = (
        _pair_ranks(queries, targets, pairs[:, axis].cpu(), pairs[:, 1 - axis].cpu(), own, side)
        for queries, targets, axis, side in ((image, text, 0, sides[0]), (text, image, 1, sides[1]))
    )
    return Crossing(own, rank_i2t, rank_t2i, *sides, k)


def _nearest_right(of: Tensor, own: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """For each query, the cosine of its nearest right target (-inf if none) and the number of right targets as near."""
    best = torch.full((count,), -math.inf, dtype=own.dtype, device=own.device)
    best.scatter_reduce_(0, of, own, "amax")
    right = torch.bincount(of[own >= best[of] - _TIE], minlength=count)
    return best, right


def _pair_ranks(queries: Tensor, targets: Tensor, query: Tensor, target: Tensor, own: Tensor, side: Side) -> Tensor:
    """(P,) expected rank of each pair's own target among the wrong ones of its query.

    `side` holds the rank for a query with one right target; several right targets are ranked one by one.
    """
    rank = 1 + side.greater[query].double() + side.tied[query].double() / 2
    count = torch.bincount(query, minlength=len(queries))
    shared = (count > 1).nonzero()[:, 0]
    if len(shared) == 0:
        return rank
    y = _units("rows", targets, torch.float64, torch.device("cpu"))
    order = query.argsort(stable=True)
    begin = torch.cumsum(count, 0) - count
    for block in shared.split(max(1, _AT_ONCE // len(y))):
        similarity = _pick(queries, block).cpu() @ y.T
        for line, one in zip(similarity, block.tolist(), strict=True):
            mine = order[int(begin[one]) : int(begin[one] + count[one])]
            line[target[mine]] = -math.inf
            limit = own[mine]
            if len(mine) <= _COMPARED:
                nearer = (line > limit[:, None] + _TIE).sum(1)
                near = (line > limit[:, None] - _TIE).sum(1)
            else:
                line = line.sort().values
                nearer = len(line) - torch.searchsorted(line, limit + _TIE, right=True)
                near = len(line) - torch.searchsorted(line, limit - _TIE, right=True)
            rank[mine] = 1 + (nearer + near).double() / 2
    return rank


class _Tally:
    """Accumulates the results for the queries of one side, tile by tile."""

    def __init__(self, count: int, scale: float, device: torch.device) -> None:
        wide = torch.float32 if device.type == "mps" else torch.float64
        self.greater = torch.zeros(count, dtype=torch.int64, device=device)
        self.tied = torch.zeros(count, dtype=torch.int64, device=device)
        self.wrong = torch.full((count,), -math.inf, dtype=wide, device=device)
        self.wrong_at = torch.full((count,), -1, dtype=torch.int64, device=device)
        self.shift = torch.full((count,), -math.inf, dtype=wide, device=device)
        self.mass = torch.zeros(count, dtype=wide, device=device)
        self.moment = torch.zeros(count, dtype=wide, device=device)
        self.scale = scale

    def nearest(self, tile: Tensor, high: Tensor, of: slice, offset: int, axis: int) -> None:
        """Keep the nearest wrong target, from a tile and its largest entries along `axis`."""
        # Few queries find a nearer target in a later tile, and a search for places takes ten times one for values.
        nearer = (high > self.wrong[of]).nonzero()[:, 0]
        value, place = tile.index_select(1 - axis, nearer).max(dim=axis)
        self.wrong[of].index_copy_(0, nearer, value.to(self.wrong.dtype))
        self.wrong_at[of].index_copy_(0, nearer, place + offset)

    def compare(
        self, tile: Tensor, high: Tensor, limit: Tensor, near: float, of: slice, axis: int, exact: _Exact
    ) -> None:
        """Count the entries of a tile above and at each query's `limit`. Queries whose largest entry stays below their
        limit are skipped; for a good model these are most."""
        open_ = (high > limit.to(tile.dtype) - near).nonzero()[:, 0]
        if len(open_) <= _MOSTLY * len(high):
            tile, limit = tile.index_select(1 - axis, open_), limit[open_]
        else:
            open_ = torch.arange(len(high), device=tile.device)
        greater, tied = _against(tile, limit, near, axis, open_, exact)
        self.greater[of].index_add_(0, open_, greater)
        self.tied[of].index_add_(0, open_, tied)

    def add(self, of: slice, shift: Tensor, mass: Tensor, moment: Tensor) -> None:
        """Add sum exp(z - shift) and sum z exp(z - shift) of some targets, z = scale * cosine."""
        wide = self.mass.dtype
        highest = torch.maximum(self.shift[of], shift.to(wide))
        old, new = (self.shift[of] - highest).exp(), (shift.to(wide) - highest).exp()
        self.mass[of] = self.mass[of] * old + mass.to(wide) * new
        self.moment[of] = self.moment[of] * old + moment.to(wide) * new
        self.shift[of] = highest

    def side(self, right: Tensor, occurrence: Tensor) -> Side:
        """The accumulated results, with H = log sum exp(z) - E z."""
        entropy = (self.shift + self.mass.log() - self.moment / self.mass).clamp_min(0)
        parts = (self.greater, self.tied, right, self.wrong, self.wrong_at, entropy, occurrence)
        return Side(*(part.cpu().double() if part.is_floating_point() else part.cpu() for part in parts))


def _entropies(
    tile: Tensor,
    high_rows: Tensor,
    high_columns: Tensor,
    rows: _Tally,
    columns: _Tally,
    r: slice,
    c: slice,
    scale: float,
) -> None:
    """Add a tile to the softmaxes of its rows and columns; one exponential serves both unless it could underflow."""
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


class _Exact:
    """Float64 cosines of a tile, for entries that float32 cannot order."""

    def __init__(self, image: Tensor, text: Tensor, start: int, stop: int, left: int, right: int) -> None:
        self.image, self.text = image, text
        self.rows, self.columns = torch.arange(start, stop), torch.arange(left, right)
        self._whole: Tensor | None = None

    def at(self, i: Tensor, j: Tensor) -> Tensor:
        """Cosines of rows i with columns j of the tile."""
        i, j = i.cpu(), j.cpu()
        if len(i) > _GATHERED:  # collapsed features have this many; then one product is cheaper
            if self._whole is None:
                self._whole = _pick(self.image, self.rows) @ _pick(self.text, self.columns).T
            return self._whole[i.to(self._whole.device), j.to(self._whole.device)]
        return (_pick(self.image, self.rows[i]) * _pick(self.text, self.columns[j])).sum(1)


def _against(
    tile: Tensor, limit: Tensor, near: float, axis: int, queries: Tensor, exact: _Exact
) -> tuple[Tensor, Tensor]:
    """How many entries along `axis` are above the `limit` of each of the tile's `queries`, and how many equal it."""
    ones = tile.new_ones(tile.shape[axis])
    over = torch.empty_like(tile, memory_format=torch.contiguous_format)
    bounds = limit.to(tile.dtype).unsqueeze(axis)

    def counted(bound: Tensor) -> Tensor:
        torch.gt(tile, bound, out=over)
        return (over @ ones if axis == 1 else ones @ over).round().long()

    sure, possible = counted(bounds + near), counted(bounds - near)
    if tile.dtype == torch.float64:
        return sure, possible - sure
    tied = torch.zeros_like(sure)
    open_ = (possible != sure).nonzero()[:, 0]
    if len(open_) == 0:
        return sure, tied
    some = tile.index_select(1 - axis, open_)
    bound = bounds.index_select(1 - axis, open_)
    i, j = ((some > bound - near) & (some <= bound + near)).nonzero(as_tuple=True)
    place = open_[i if axis == 1 else j]
    cosine = exact.at(queries[place], j) if axis == 1 else exact.at(i, queries[place])
    apart = cosine.to(limit.device) - limit[place]
    for count, which in ((sure, apart > _TIE), (tied, apart.abs() <= _TIE)):
        count += torch.bincount(place[which], minlength=len(count))
    return sure, tied


def _largest(strip: Tensor, k: int) -> Tensor:
    """(rows, k) columns of the k largest entries of each row, searched in the k chunks with the largest maxima."""
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
    """The k rows with the largest entries in each column, updated strip by strip."""

    def __init__(self, columns: int, k: int, dtype: torch.dtype, device: torch.device) -> None:
        self.values = torch.full((k, columns), -math.inf, dtype=dtype, device=device)
        self.rows = torch.zeros((k, columns), dtype=torch.int64, device=device)
        self.k = k

    def add(self, strip: Tensor, start: int) -> None:
        """Add rows start, start + 1, ...; only columns with an entry above their k-th largest are updated."""
        changed = (strip.amax(0) > self.values[-1]).nonzero()[:, 0]
        for some in changed.split(_TILE):
            found = strip.index_select(1, some).topk(min(self.k, len(strip)), dim=0)
            values = torch.cat([self.values[:, some], found.values])
            rows = torch.cat([self.rows[:, some], found.indices + start])
            best = values.topk(self.k, dim=0)
            self.values[:, some], self.rows[:, some] = best.values, rows.gather(0, best.indices)


def _units(name: str, rows: Tensor, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Unit rows in `dtype`, normalized in float64 block by block."""
    made = torch.empty(rows.shape, dtype=dtype, device=device)
    for block in _blocks(len(rows)):
        made[block] = _unit(name, rows[block], dtype, device)
    return made


def _unit(name: str, rows: Tensor, dtype: torch.dtype, device: torch.device) -> Tensor:
    return as_unit_rows(name, as_matrix(name, rows)).to(dtype).to(device)


def _blocks(count: int) -> list[slice]:
    return [slice(start, min(start + _TILE, count)) for start in range(0, count, _TILE)]


def _pick(rows: Tensor, at: Tensor) -> Tensor:
    return as_unit_rows("rows", as_matrix("rows", rows[at.to(rows.device)]))


def _own(image: Tensor, text: Tensor, pairs: Tensor) -> Tensor:
    """(P,) float64 cosine of the image and the text of each pair."""
    return torch.cat([(_pick(image, part[:, 0]) * _pick(text, part[:, 1])).sum(1) for part in pairs.split(_TILE)])

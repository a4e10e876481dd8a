"""Pictures, words and the page of explored features, without a browser."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.exploration import MEASURES, Exploration, explore_features
from ame_explore.analysis.pairs.pair_changes import compare_pairs
from ame_explore.analysis.pairs.set_measures import sampled_cosines
from ame_explore.analysis.pairs.suspects import unmatched_share
from ame_explore.data import PairedFeatures
from ame_explore.figures.base.style import plain
from ame_explore.figures.base.thumbnails import thumbnails
from ame_explore.figures.pairs.overview import captions, changed, cones_sentence, cosines, margins
from ame_explore.quantities import quantity
from ame_explore.reports.page import Linked, Table
from ame_explore.reports.pair_tables import slices
from ame_explore.reports.pair_words import measures_table, verdict
from ame_explore.reports.pairs_report import exploration_report

N = 50


def made(noise: float = 0.8, seed: int = 0, width: int = 12, gap: float = 2.0) -> PairedFeatures:
    generator = torch.Generator().manual_seed(seed)
    shared = torch.randn(N, width, generator=torch.Generator().manual_seed(1))
    image, text = (shared + noise * torch.randn(N, width, generator=generator) for _ in range(2))
    image[:, 0] += gap
    text[:, 0] -= gap
    words = tuple(f"text {row} <b>" for row in range(N))
    return PairedFeatures(image=image, text=text, pair_index=torch.arange(N), ids=torch.arange(N) * 2, texts=words)


def explored(noise: float = 0.8, gap: float = 2.0) -> Exploration:
    return explore_features(made(noise, gap=gap), name="mine")


def test_slices_link_to_their_pairs_whatever_names_them() -> None:
    size = [math.nan if row < 5 else row / 7 for row in range(N)]  # cut into quarters, and those of which it is missing
    year = [None if row < 6 else 2000 + row % 3 for row in range(N)]
    features = dataclasses.replace(made(), metadata={"size": tuple(size), "year": tuple(year)})
    (section,) = slices(explore_features(features, name="mine"))
    linked = {part.caption: dict(zip([row[0] for row in part.rows], part.ids, strict=True)) for part in section.parts}
    assert linked["By year"]["(missing)"] == tuple(range(0, 12, 2)) and linked["By size"]["(missing)"] == (
        0,
        2,
        4,
        6,
        8,
    )
    assert linked["By year"]["2001"] == tuple(2 * row for row in range(6, N) if row % 3 == 1)
    quarters = [ids for name, ids in linked["By size"].items() if name != "(missing)"]
    assert sorted(id_ for ids in quarters for id_ in ids) == list(range(10, 2 * N, 2)) and len(quarters) == 4


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (3.0, "are nearer to each other than an image to its own text"),
        (0.0, "nearer to its own text than two images or two texts"),
    ],
)
def test_cones_are_named_where_they_are(gap: float, words: str) -> None:
    side = explored(0.4, gap)
    drawing = cosines(side)
    apart = f"the centres of the two sides lie {side.measures['modality_gap']:.3f} apart."
    assert words in drawing.sentence and drawing.sentence.endswith(apart) and len(drawing.figure.data) == 4
    shares = [float(np.asarray(trace.y).sum()) for trace in drawing.figure.data]
    np.testing.assert_allclose(shares, 1.0, atol=1e-5)


def test_sampled_cosines_are_those_of_the_rows() -> None:
    features = made()
    units = [torch.nn.functional.normalize(rows.double()) for rows in (features.image, features.text)]
    found = sampled_cosines(image=features.image, text=features.text, pairs=features.pairs, most=20_000)
    own = (units[0] * units[1]).sum(1)
    torch.testing.assert_close(found["image and its own text"].sort().values, own.sort().values)
    every = units[0] @ units[0].T
    mean = (every.sum() - N) / (N * (N - 1))
    # a mean of 20,000 draws with a spread below 0.5 lies within 5 standard errors
    assert float(found["two images"].mean()) == pytest.approx(float(mean), abs=5 * 0.5 / math.sqrt(20_000))
    assert float(found["two images"].max()) < 1 - 1e-9  # never a row with itself


def test_margins_carry_ids_and_escape_captions() -> None:
    drawing = margins(explored())
    (trace,) = drawing.figure.data
    assert list(trace.customdata) == list(range(0, 2 * N, 2))
    assert plain("<b>") in trace.text[0] and "<b>" not in trace.text[0]
    assert trace.x.dtype == np.float32 and "42" not in drawing.title


def test_the_words_below_the_margins_cover_no_point() -> None:
    figure = margins(explored()).figure
    low, high = figure.layout.yaxis.range
    layout = figure.layout
    pixels = (min(figure.data[0].y) - low) / (high - low) * (layout.height - layout.margin.t - layout.margin.b)
    assert pixels > 30  # a line of 15 px with its ground, and half a point


def test_the_gap_is_a_number_beside_the_cones_and_never_denied() -> None:
    """Two separate clouds whose pairs are nearer than their own rows: a gap of its own size all the same."""
    found = {"two images": 0.4, "two texts": 0.5, "image and a wrong text": 0.3, "image and its own text": 0.6}
    kinds = {name: torch.tensor([value]) for name, value in found.items()}
    sentence = cones_sentence(kinds, 0.559)
    assert "centres of the two sides lie 0.559 apart" in sentence and "no gap" not in sentence
    assert "nearer to its own text than two images or two texts" in sentence
    kinds["image and its own text"] = torch.tensor([0.45])
    assert "of one side" in cones_sentence(kinds, 0.2)
    kinds["image and its own text"] = torch.tensor([0.2])
    assert "two unrelated images" in cones_sentence(kinds, 0.2)
    assert cones_sentence(kinds, None).endswith("own text: 0.20.")


@pytest.mark.parametrize(("images", "texts"), [(40, 40), (40, 5), (20_000, 20_000)])
def test_the_base_rate_of_two_negative_margins(images: int, texts: int) -> None:
    """Against random cosines; with 20,000 random pairs 19,998 are so, and none is suspect for it."""
    rate = unmatched_share(images, texts)
    if images > 1000:
        assert rate == pytest.approx(1 - 2 / images + 1 / (2 * images - 1), rel=1e-12)
        return
    generator, counted = np.random.default_rng(0), []
    own = np.arange(images) % texts
    for _ in range(400):
        cosines = generator.random((images, texts))
        pair = cosines[np.arange(images), own]
        wrong = np.where(own[:, None] == np.arange(texts), -1, cosines)
        images_of = np.where(own[None, :] == own[:, None], -1, cosines[:, own].T)  # (pair, image): its text with each
        counted.append(((wrong.max(1) > pair) & (images_of.max(1) > pair)).mean())
    assert rate == pytest.approx(np.mean(counted), abs=5 * np.std(counted) / 20)


def test_changes_count_who_was_found() -> None:
    a, b = explored(1.5), dataclasses.replace(explored(0.1), name="strong")
    drawing = changed(compare_pairs(a, b), ("weak", "strong"))
    assert sum(len(trace.x) for trace in drawing.figure.data) == N
    assert "only under strong" in drawing.sentence


@pytest.mark.parametrize("text", ["", "<script>alert(1)</script>", "%{x} &amp; ${y}", "word " * 80, "x" * 300])
def test_captions_for_hover_texts(text: str) -> None:
    (short,) = captions([text])
    assert "<script" not in short and "%{" not in short and len(short) < 700
    assert set(part for part in short.split("<") if part.startswith(("/", "s"))) == set()


def test_every_measure_has_words_and_a_row() -> None:
    side = explored()
    table = measures_table({"mine": side})
    assert [str(row[0]) for row in table.rows] == [quantity(name).title for name in MEASURES]
    assert [str(row[1]) for row in table.rows] == [quantity(name).text(side.measures[name]) for name in MEASURES]


def test_undefined_measures_are_dashes() -> None:
    features = made()
    side = explore_features(dataclasses.replace(features, text=features.text[:, :5]))
    values = {str(row[0]): str(row[1]) for row in measures_table({"mine": side}).rows}
    assert values["modality gap"] == "–" and values["linear CKA"] != "–"
    assert "different widths" in verdict(side)
    with pytest.raises(AMEError, match="one width"):
        margins(side)


def test_the_page_holds_what_it_links(tmp_path: Path) -> None:
    side = explored()
    path = exploration_report(tmp_path / "r.html", side, umap=False)
    page = path.read_text(encoding="utf-8")
    start = page.index('id="linked-data">') + len('id="linked-data">')
    linked = json.loads(page[start : page.index("</script>", start)])
    assert linked["ids"] == side.pairs["id"].tolist()
    np.testing.assert_allclose(linked["columns"]["cosine"], side.pairs["cosine"], rtol=1e-3)
    assert f'data-ids="{side.suspects["id"][0]}"' in page
    assert "http:" not in page[: page.index("<script")] and "https:" not in page[: page.index("<script")]


def test_a_page_of_two_models_says_whose_its_pairs_are(tmp_path: Path) -> None:
    few = dataclasses.replace(explore_features(made(1.5).take(range(40))), name="few<b>")
    more = dataclasses.replace(explored(), name="more")
    path = exploration_report(tmp_path / "two.html", few, more, compare_pairs(few, more), umap=False)
    page = path.read_text(encoding="utf-8")
    assert "<li>few&lt;b&gt;: 40 images, 40 texts</li><li>more: 50 images, 50 texts</li><li>width 12</li>" in page
    heads = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert heads[:3] == ["What was measured", "What changed", "Where images and texts lie"]
    assert heads[3:6] == ["How far to trust the maps", "The gap taken apart", "Two models in one frame"]
    assert heads[6:-1] == [
        f"{head}: few&lt;b&gt;"
        for head in ("Pair by pair", "Probable mismatches", "Ambiguous samples", "Duplicates", "Hubs")
    ]
    assert re.search(r'aria-label="Who finds whom[^"]*: few&lt;b&gt;', page)  # escaped once
    one = exploration_report(tmp_path / "one.html", few, umap=False).read_text(encoding="utf-8")
    assert "<li>40 images, 40 texts</li>" in one and re.search('<h2 id="section-[0-9]">Pair by pair</h2>', one)


@pytest.mark.parametrize("of", ["one text", "equal images"])
def test_where_no_gap_can_be_closed_the_map_is_drawn_without(of: str, tmp_path: Path) -> None:
    features = made()
    if of == "one text":
        nothing = torch.zeros(N, dtype=torch.int64)
        features = dataclasses.replace(features, text=features.text[:1], texts=("a",), pair_index=nothing)
    else:
        features = dataclasses.replace(features, image=features.image[:1].repeat(N, 1))
    path = exploration_report(tmp_path / "r.html", explore_features(features), umap=False)
    page = path.read_text(encoding="utf-8")
    assert "Seen along two axes (PCA)" in page and "gap closed" not in page


def test_one_report_needs_both_or_none_of_the_second(tmp_path: Path) -> None:
    side = explored()
    with pytest.raises(AMEError, match="belong together"):
        exploration_report(tmp_path / "r.html", side, side)
    assert list(tmp_path.iterdir()) == []


def test_tables_check_their_ids() -> None:
    with pytest.raises(AMEError, match=r"ids of 'a table' must be 1, one for each row, got 2"):
        Table("a table", ["x"], [["1"]], ids=[(1,), (2,)])
    assert Linked([1], {}).what == ("row", "rows")


def test_thumbnails_of_what_is_there(tmp_path: Path) -> None:
    pil = pytest.importorskip("PIL.Image", reason='Pillow is not installed: pip install "ame_explore[clip]"')
    for row in range(3):
        pil.new("RGB", (400, 200), (row * 50, 0, 0)).save(tmp_path / f"{row}.png")
    (tmp_path / "1.png").write_text("no picture")
    paths = tuple(str(tmp_path / f"{row}.png") for row in range(N))
    pictures = thumbnails(dataclasses.replace(made(), image_paths=paths), range(N))
    found = pictures.found
    assert pictures.broken == (1,)
    assert set(found) == {0, 4} and all(value.startswith("data:image/jpeg;base64,") for value in found.values())

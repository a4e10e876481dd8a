"""The emoji data set: whole, drawn, named once, seen by whom it says, and able to be built again."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ame_explore.ame import AMEError
from ame_explore.data import SPLITS, PairedData
from ame_explore.data.sets.emoji import CLASS_TEXTS, DESIGNERS, EmojiSet, build, emoji, emoji_set, pictures
from ame_explore.data.sets.emoji.classes import BASE_SHOTS, BASE_TEXTS, NEW_SHOTS, class_caption
from ame_explore.data.sets.emoji.likeness import likeness, partners, store_likeness
from ame_explore.models.emoji_weights import emoji_recipe


@pytest.fixture(scope="module")
def everything() -> EmojiSet:
    return emoji_set()


@pytest.fixture(scope="module")
def data() -> PairedData:
    return emoji()


def test_every_concept_is_drawn_by_every_designer(everything: EmojiSet) -> None:
    assert len(everything) == 1594 and everything.pictures.shape == (3, 1594, 4, 32, 32)
    for designer in DESIGNERS:
        layers = everything.layers(designer)
        assert float(layers.min()) >= 0 and float(layers.max()) <= 1
        assert bool((layers[:, :3] <= layers[:, 3:] + 1e-6).all()), "colours are weighed by opacity"
        opacity = layers[:, 3].mean(dim=(1, 2))
        images = everything.images(designer)
        assert float(opacity.min()) > 0.03, everything.names[int(opacity.argmin())]
        spread = images.flatten(1).std(dim=1)
        assert float(spread.min()) > 0.005, everything.names[int(spread.argmin())]
        assert int((spread < 0.06).sum()) <= 8, "white squares and the like, hard to see on the ground"


def test_two_concepts_of_one_designer_are_two_pictures(everything: EmojiSet) -> None:
    """Designers draw some concepts alike; those are few, and known twins."""
    for index, designer in enumerate(DESIGNERS):
        rows = everything.pictures[index].flatten(1).numpy()
        same = len(rows) - len({row.tobytes() for row in rows})
        assert same <= 4, f"{designer} draws {same} concepts exactly as another"


def test_names_are_told_apart_by_their_words(everything: EmojiSet) -> None:
    from ame_explore.models import WordTokenizer

    tokens = WordTokenizer.from_texts(everything.names).encode(everything.names)
    assert len(set(everything.names)) == len(set(everything.symbols)) == len(tokens.unique(dim=0)) == 1594
    assert "fox" in everything.names and "smiling face with heart-eyes" in everything.names
    croissant = everything.names.index("croissant")
    assert everything.symbols[croissant] == "🥐" and everything.subgroups[croissant] == "food-prepared"
    assert "bread" in everything.keywords[croissant]
    for name, keywords in zip(everything.names, everything.keywords, strict=True):
        assert name not in keywords and len(set(keywords)) == len(keywords)


def test_no_flags_of_countries_and_no_skin_tones(everything: EmojiSet) -> None:
    assert not {"country-flag", "subdivision-flag", "skin-tone", "hair-style"} & set(everything.subgroups)
    assert not any("skin tone" in name for name in everything.names)


def test_words_and_pixels_have_the_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    concepts = json.loads((pictures.FOLDER / pictures.CONCEPTS_FILE).read_text(encoding="utf-8"))
    pixels = emoji_set().pictures.permute(0, 1, 3, 4, 2).contiguous().numpy().tobytes()
    assert pictures.content_digest(concepts, pixels) == pictures.DIGEST
    shutil.copytree(pictures.FOLDER, tmp_path / "copy", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(pictures, "FOLDER", tmp_path / "copy")
    emoji_set.cache_clear()
    try:
        damaged = tmp_path / "copy" / "concepts.json"
        damaged.write_text(damaged.read_text(encoding="utf-8").replace('"fox"', '"ox"'), encoding="utf-8")
        with pytest.raises(AMEError, match="digest"):
            emoji_set()
        (tmp_path / "copy" / "noto.webp").write_bytes(b"no picture")
        with pytest.raises(AMEError, match="cannot be read"):
            emoji_set()
    finally:
        emoji_set.cache_clear()


def test_a_style_with_gaps_is_refused(everything: EmojiSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gap = everything.pictures.clone()
    gap[1, everything.names.index("fox"), 3] = 0
    with pytest.raises(AMEError, match=r"got 1 blank by Twemoji, first 'fox': leave out concepts"):
        dataclasses.replace(everything, pictures=gap)
    for changes, message in (
        (
            {"pictures": everything.pictures[:, :-1]},
            r"pictures must be uint8 \(3, 1594, 4, 32, 32\), got uint8 \(3, 1593",
        ),
        ({"groups": everything.groups[:-1]}, "groups must be one for each of the 1,594 names, got 1,593"),
        ({"names": ("fox", *everything.names[1:])}, "names must differ"),
    ):
        with pytest.raises(AMEError, match=message):
            dataclasses.replace(everything, **changes)
    shutil.copytree(pictures.FOLDER, tmp_path / "copy", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    Image.new("RGBA", (pictures.SIDE * pictures.COLUMNS, pictures.SIDE)).save(tmp_path / "copy" / "fluent.webp")
    monkeypatch.setattr(pictures, "FOLDER", tmp_path / "copy")
    emoji_set.cache_clear()
    try:
        with pytest.raises(AMEError, match=r"cannot be read \(fluent.webp has 40 of 1,594 pictures\)"):
            emoji_set()
    finally:
        emoji_set.cache_clear()


def test_the_files_are_small_and_their_notices_beside_them() -> None:
    files = [path for path in pictures.FOLDER.iterdir() if path.suffix != ".py" and path.is_file()]
    assert sum(path.stat().st_size for path in files) < 4_000_000
    notices = (pictures.FOLDER / "NOTICES.md").read_text(encoding="utf-8")
    for credit in ("Google", "Twitter, Inc and other contributors", "Microsoft", "Unicode, Inc.", "Cal Henderson"):
        assert f"Copyright {credit}" in notices or credit in notices
    for licence in ("Apache", "creativecommons.org/licenses/by/4.0", "MIT License", "Unicode License V3"):
        assert licence in notices


def test_splits_share_neither_picture_nor_designer(data: PairedData) -> None:
    assert data.image_shape == (3, 24, 24) and data.num_classes == len(CLASS_TEXTS) == 40
    count = len(data.images) // 3
    assert {name: set((index // count).tolist()) for name, index in data.splits.items()} == {
        "pretrain": {0, 1},
        "backbone": {1},
        "distill": {2},
        "test": {2},
    }
    concept = {name: set((data.splits[name] % count).tolist()) for name in SPLITS}
    assert not concept["distill"] & concept["test"]
    both = torch.cat([data.splits["pretrain"], data.splits["backbone"]])
    assert len(both.unique()) == len(both) == 2 * count
    flat = data.images.flatten(1).numpy()
    assert {row.tobytes() for row in flat[data.splits["test"]]}.isdisjoint(
        row.tobytes() for name in SPLITS[:3] for row in flat[data.splits[name]]
    )


def test_only_the_shipped_teachers_data_tells_of_its_further_pictures(data: PairedData) -> None:
    further = f"{emoji_recipe()['further']['pictures']:,}"
    assert f"{further} pictures" in data.notes[0]
    for page in ("README.md", "notebooks/00_tour.py", "notebooks/01_distillation.py"):
        assert f" {further} " in (Path(__file__).parents[2] / page).read_text(encoding="utf-8"), page
    assert emoji(designer="noto").notes == ()


def test_every_class_has_its_shots_and_a_test(data: PairedData) -> None:
    of_class = torch.bincount(data.labels[data.splits["distill"]], minlength=40)
    assert of_class.tolist() == [BASE_SHOTS] * 20 + [NEW_SHOTS] * 20
    assert int(torch.bincount(data.labels[data.splits["test"]], minlength=40).min()) >= 7
    assert len(data.shots(16, seed=0)) == 320 and len(data.shots(4, seed=0, classes="all")) == 160
    assert len(data.base_classes) == len(BASE_TEXTS) == 20


def test_seed_and_designer_change_what_they_say(data: PairedData) -> None:
    other = emoji(seed=1)
    assert emoji(seed=0).digest == data.digest != other.digest
    assert other.images.equal(data.images) and not other.splits["test"].equal(data.splits["test"])
    assert other.splits["backbone"].equal(data.splits["backbone"]), "the shipped backbone knows no seed"
    noto = emoji(designer="noto", side=32)
    everything = emoji_set()
    first = noto.splits["test"][:1]
    concept = everything.of_subgroups(list(CLASS_TEXTS))[first % (len(noto.images) // 3)]
    assert noto.images[first].equal(everything.images("noto", concept))
    assert noto.captions is not None and noto.captions[int(first)] == everything.names[int(concept)]
    assert noto.class_texts[int(noto.labels[first])] == CLASS_TEXTS[everything.subgroups[int(concept)]]


def test_backbone_concepts_are_a_third(everything: EmojiSet) -> None:
    chosen = everything.backbone_concepts
    assert len(chosen) == len(chosen.unique()) == 531 and chosen.equal(chosen.sort().values)


def test_recombined_names_are_read_from_other_names(everything: EmojiSet) -> None:
    chosen = everything.recombined(120, seed=3)
    assert len(chosen.unique()) == 120 and chosen.equal(everything.recombined(120, seed=3))
    rest = [name.lower().split() for index, name in enumerate(everything.names) if index not in set(chosen.tolist())]
    for name in (everything.names[index].lower().split() for index in chosen.tolist()):
        assert len(set(name)) >= 2
        for word in name:
            assert sum(word in other for other in rest) >= 2, name
    with pytest.raises(AMEError, match="count must be at most"):
        everything.recombined(1594)


def test_captions_of_subgroups() -> None:
    assert class_caption("animal-bird") == "a bird"
    assert class_caption("arts & crafts") == "arts crafts"


@pytest.mark.parametrize(
    ("options", "message"),
    [({"designer": "apple"}, "designer"), ({"side": 33}, "side"), ({"seed": -1}, "seed"), ({"ground": 2.0}, "ground")],
)
def test_bad_arguments(options: dict, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        emoji(**options)


def test_shrinking_weighs_colours_by_opacity() -> None:
    """A red pixel beside three clear green ones gives a red one of a quarter of the opacity; nothing bleeds."""
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[..., 1] = 255
    pixels[0, 0] = (200, 0, 0, 255)
    shrunk = build._shrunk(Image.fromarray(pixels, "RGBA"))
    assert shrunk.shape == (32, 32, 4) and shrunk[0, 0].tolist() == [200, 0, 0, 64]
    assert not shrunk[1:].any()


def test_sheets_hold_pictures_in_order() -> None:
    rng = np.random.default_rng(0)
    cells = rng.integers(0, 256, (43, 32, 32, 4), dtype=np.uint8)
    sheet = np.asarray(build.sheet(cells))
    assert sheet.shape == (64, 40 * 32, 4)
    assert (sheet[32:64, 2 * 32 : 3 * 32] == cells[42]).all() and not sheet[32:, 3 * 32 :].any()


def test_code_points_leave_variation_selectors_out() -> None:
    assert build.code_points("0023-fe0f-20e3") == "0023-20E3"


def test_further_designers_are_found_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name of a concept or an alias; a blank icon and an unknown name are left out."""
    name = "@iconify-json/some@1.0.0"
    icons = {
        "icons": {
            "fox": {"body": "fox"},
            "cat-face": {"body": "cat"},
            "owl": {"body": "blank"},
            "no-such": {"body": "x"},
        },
        "aliases": {"dog-face": {"parent": "cat-face"}},
    }
    told = json.dumps(icons).encode()
    archive = tmp_path / "iconify-json-some-1.0.0.tgz"
    with tarfile.open(archive, "w:gz") as packed:
        member = tarfile.TarInfo("package/icons.json")
        member.size = len(told)
        packed.addfile(member, io.BytesIO(told))
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    monkeypatch.setattr(build, "FURTHER", {name: digest})

    def drawn(icons: dict, icon: str) -> Image.Image:
        body = icons["icons"][icons["aliases"].get(icon, {}).get("parent", icon)]["body"]
        return Image.new(
            "RGBA", (64, 64), {"fox": (255, 0, 0, 255), "cat": (0, 0, 255, 255), "blank": (0, 0, 0, 0)}[body]
        )

    monkeypatch.setattr(build, "_drawn", drawn)
    images, concepts = build.further(tmp_path)
    names = emoji_set().names
    found = {names[concept]: image[0, 0].tolist() for concept, image in zip(concepts.tolist(), images, strict=True)}
    assert found == {"fox": [255, 0, 0, 255], "cat face": [0, 0, 255, 255], "dog face": [0, 0, 255, 255]}
    assert concepts.tolist() == sorted(concepts.tolist())
    monkeypatch.setattr(build, "FURTHER", {name: "another"})
    with pytest.raises(AMEError, match=r"iconify-json-some-1.0.0.tgz must have SHA-512 another"):
        build.further(tmp_path)


def test_partners_look_most_alike_among_those_allowed() -> None:
    """Four pictures in one part, two in another: another class, the same side, the same part."""
    alike = torch.eye(6)
    for i, j, value in ((0, 1, 0.9), (0, 2, 0.8), (0, 3, 0.5), (1, 2, 0.1), (1, 3, 0.2), (4, 5, -0.3)):
        alike[i, j] = alike[j, i] = value
    labels = torch.tensor([0, 0, 1, 1, 0, 1])
    found = partners(alike, torch.arange(6), labels, labels < 2, [torch.arange(4), torch.tensor([4, 5])])
    assert found.tolist() == [2, 3, 0, 0, 5, 4]  # 1 is likest to 0, but of its class
    with pytest.raises(AMEError, match="two classes"):
        partners(alike, torch.arange(6), labels, labels < 1, [torch.arange(6)])


def test_ambiguous_pictures_stay_in_their_split_designer_and_side(data: PairedData) -> None:
    assert data.draw is not None and data.neighbours is not None
    count, partner = len(data.images) // 3, data.draw.partners
    split = torch.empty(len(data.images), dtype=torch.int64)
    for number, index in enumerate(data.splits.values()):
        split[index] = number
    assert split[partner].equal(split)
    assert (partner // count).equal(torch.arange(len(data.images)) // count)
    assert data.neighbours.equal(data.labels[partner]) and not bool((data.neighbours == data.labels).any())
    assert ((data.labels < 20) == (data.neighbours < 20)).all()
    half = data.images_at(torch.tensor([5]), ambiguity=1.0)
    torch.testing.assert_close(half, (data.images[[5]] + data.images[partner[[5]]]) / 2)


def test_likeness_is_read_back(tmp_path: Path) -> None:
    features = torch.nn.functional.normalize(torch.randn(7, 5, generator=torch.Generator().manual_seed(0)), dim=1)
    store_likeness(features, tmp_path / "likeness.safetensors")
    # rounding moves each of five entries by half of a 127th of the largest entry at most
    assert float((likeness(tmp_path / "likeness.safetensors") - features @ features.T).abs().max()) < 2 * 5**0.5 / 254
    alike = likeness()
    assert alike.shape == (1594, 1594)
    names = emoji_set().names
    heart, other = names.index("red heart"), names.index("orange heart")
    assert float(alike[heart, other]) > float(alike[heart].mean())

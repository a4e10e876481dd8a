"""The emoji models that ship with the package: trained weights, and the recipes that made them.

`python -m ame_explore.models.emoji_weights teacher` trains the teacher and writes its weights and recipe, and the
similarities of emoji that the data set uses; `student` does the same for the student's backbone, without similarities.
On one machine and one version of torch, the same command gives the same files. The shipped teacher has also learned
from further pictures: `--further` names the file that `python -m ame_explore.data.sets.emoji.build FOLDER --further`
writes, and the recipe holds its SHA-256.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.data import PairedData
from ame_explore.data.atomic_files import load_tensors, save_tensors, write_atomically
from ame_explore.data.sets.emoji import DESIGNERS, EmojiSet, emoji_set
from ame_explore.data.sets.emoji.likeness import LIKENESS_FILE, store_likeness
from ame_explore.data.sets.emoji.pictures import DIGEST, GROUND, SIDE, on_ground
from ame_explore.models.augmentation import Augmentation
from ame_explore.models.cache import cached
from ame_explore.models.convolutional import ConvCLIP, ConvSize
from ame_explore.models.emoji import (
    EmojiTraining,
    class_accuracy,
    emoji_tokenizer,
    name_recall,
    pictures_of,
    train_on_emoji,
)
from ame_explore.models.emoji_confusions import emoji_likeness
from ame_explore.tasks import Progress

FOLDER = Path(__file__).parent / "weights"
RECIPES: Mapping[str, EmojiTraining] = {
    "teacher": EmojiTraining(steps=7000),
    "student": EmojiTraining(size="student", steps=600, batch_size=128, learning_rate=5e-3),
}
"""The default training of each model.

The teacher's further sets were chosen by their licences. A first teacher that learned from three of them scored 0.503
(R@1 among all names) on the pictures by Fluent; then it was made wider and got a fourth set. Fluent's pictures chose
nothing else.
"""


def emoji_model(name: str = "teacher", *, folder: Path = FOLDER) -> ConvCLIP:
    """The shipped model, in evaluation mode and frozen; it has not seen the pictures of the designer "fluent".

    Args:
        name: "teacher", or "student" for the student's backbone.
        folder: folder of weights and recipe.

    Raises:
        AMEError: if a file is missing or damaged, or was made with other pictures or sizes than those of this package.
    """
    check_choice("name", name, RECIPES)
    recipe = emoji_recipe(name, folder=folder)
    again = f"make them again with `{_command(name)}`"
    if recipe["digest"] != DIGEST:
        raise AMEError(
            f"the weights in {folder} must belong to the emoji of digest {DIGEST[:16]}, got {recipe['digest'][:16]}: "
            f"{again}."
        )
    try:
        tensors, _ = load_tensors(folder / f"emoji-{name}.safetensors")
    except AMEError as error:
        raise AMEError(f"{str(error).rstrip('.')}: {again}, or install the package again.") from error
    side, sizes = recipe["training"]["side"], ConvSize(**recipe["sizes"])
    model = ConvCLIP(emoji_tokenizer(emoji_set()), (3, side, side), sizes, generator=torch.Generator().manual_seed(0))
    try:
        model.load_state_dict(
            {key: value.float() if value.dtype == torch.half else value for key, value in tensors.items()}
        )
    except RuntimeError as error:
        raise AMEError(f"the weights in {folder} must fit the sizes in its recipe, and do not: {again}.") from error
    return model.eval().requires_grad_(False)


def emoji_models(
    data: PairedData, *, seed: int = 0, progress: Progress | None = None, folder: Path | None = None
) -> tuple[ConvCLIP, ConvCLIP]:
    """Teacher and student's backbone for emoji data; neither has seen pictures by the designer of the test pictures.

    These are the shipped models if the seed is 0 and the data's designer is the one they have not seen. Otherwise a
    "quick" teacher and a backbone are trained and cached.

    Args:
        data: what `emoji` returned.
        seed: seed of the training.
        progress: called while a model trains.
        folder: the cache; None for `cache_folder()`.

    Returns:
        Teacher and backbone.

    Raises:
        AMEError: if the pictures are not those of one designer on white, with 24 pixels per side.
    """
    designer = _designer_of(data)
    if seed == 0 and designer == training_of(emoji_recipe()).designer:
        return emoji_model("teacher"), emoji_model("student")
    made = []
    for how in (EmojiTraining(size="quick"), RECIPES["student"]):
        how = dataclasses.replace(how, seed=seed, designer=designer)
        key = json.dumps({"digest": DIGEST, **dataclasses.asdict(how)}, sort_keys=True)
        made.append(
            cached(
                f"emoji-{how.size}",
                key,
                partial(_untrained, how),
                partial(_trained, how),
                folder=folder,
                progress=progress,
            )
        )
    return made[0], made[1]


def _untrained(how: EmojiTraining) -> ConvCLIP:
    side = (3, how.side, how.side)
    return ConvCLIP(emoji_tokenizer(emoji_set()), side, how.size, generator=torch.Generator().manual_seed(0))


def _trained(how: EmojiTraining, progress: Progress | None) -> ConvCLIP:
    return train_on_emoji(emoji_set(), how, progress=progress)


def _designer_of(data: PairedData) -> str:
    everything, side = emoji_set(), EmojiTraining().side
    place = int(data.splits["test"][0])
    concept = everything.names.index(data.captions[place]) if data.captions[place] in everything.names else None  # type: ignore[index]
    if concept is not None and data.image_shape[1] == side:
        for designer in DESIGNERS:
            if everything.images(designer, torch.tensor([concept]), side=side)[0].equal(data.images[place]):
                return designer
    raise AMEError(
        f"data must be what emoji(side={side}) returns, with its own background, to find models for it, got {data!r}: "
        "otherwise pass Distillation your own stage=Stage(data, teacher, backbone)."
    )


def emoji_recipe(name: str = "teacher", *, folder: Path = FOLDER) -> dict[str, Any]:
    """How the shipped model was made, and its scores.

    Args:
        name: "teacher" or "student".
        folder: folder of the recipe.

    Returns:
        By name:

        - "training": the fields of `EmojiTraining`
        - "sizes": the fields of `ConvSize`
        - "command", "torch", "digest": the command, the version of torch, and the digest of the pictures
        - "further": "sha256" and number of "pictures" of the file of further pictures that it learned from, or None
        - "scores": for each designer, "recall@1" and "recall@5" among all names, and "classes", the accuracy among the
          forty class texts

    Raises:
        AMEError: if the file is missing or not such a recipe.
    """
    path = folder / f"emoji-{name}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AMEError(f"{path} cannot be read ({error}): make it with `{_command(name)}`.") from error
    if not isinstance(found, dict) or not {"training", "sizes", "digest", "scores"} <= set(found):
        raise AMEError(f"{path} must hold training, sizes, digest and scores: make it with `{_command(name)}`.")
    return found


def emoji_scores(model: ConvCLIP, emoji: EmojiSet, side: int) -> dict[str, dict[str, float]]:
    """Scores on all 1,594 pictures of each designer: recall at 1 and 5 among all names, accuracy among the classes.

    Args:
        model: the model.
        emoji: the emoji.
        side: pixels per side.

    Returns:
        Scores by designer, named as in `emoji_recipe`.
    """
    concepts, found = torch.arange(len(emoji)), {}
    for designer in DESIGNERS:
        images = emoji.images(designer, side=side)
        recall = name_recall(model, emoji, images, concepts)
        found[designer] = {f"recall@{k}": round(value, 4) for k, value in recall.items()}
        found[designer]["classes"] = round(class_accuracy(model, emoji, images, concepts), 4)
    return found


def write_emoji_model(
    model: ConvCLIP,
    how: EmojiTraining,
    name: str,
    *,
    command: str,
    further: Path | None = None,
    folder: Path = FOLDER,
) -> dict[str, Any]:
    """Store a model in half precision, and its recipe with the scores of the stored weights.

    Args:
        model: the model.
        how: how it was trained.
        name: "teacher" or "student".
        command: the command that trained it.
        further: the file of further pictures that it learned from, if any.
        folder: where to write.

    Returns:
        The recipe.
    """
    tensors = {
        name: value.half() if value.dtype == torch.float32 else value for name, value in model.state_dict().items()
    }
    save_tensors(folder / f"emoji-{name}.safetensors", tensors)
    recipe = {
        "command": command,
        "further": None if further is None else _told(further, how.side),
        "training": dataclasses.asdict(how),
        "sizes": dataclasses.asdict(model.size),
        "torch": torch.__version__,
        "digest": DIGEST,
        "scores": {},
    }
    path = folder / f"emoji-{name}.json"
    write_atomically(path, (json.dumps(recipe, indent=1) + "\n").encode())
    recipe["scores"] = emoji_scores(emoji_model(name, folder=folder), emoji_set(), how.side)
    write_atomically(path, (json.dumps(recipe, indent=1) + "\n").encode())
    return recipe


def write_likeness(*, folder: Path = FOLDER, to: Path = LIKENESS_FILE) -> None:
    """Store how similar the concepts look to the stored teacher, drawn by designers of the package that it has seen.

    Args:
        folder: folder of the teacher.
        to: the file to write.
    """
    how = training_of(emoji_recipe(folder=folder))
    seen = tuple(name for name in DESIGNERS if name != how.designer)
    store_likeness(emoji_likeness(emoji_model(folder=folder), emoji_set(), seen, how.side), to)


def further_pictures(path: Path, side: int) -> tuple[Tensor, Tensor]:
    """Pictures from further sets, laid on white, and their concepts.

    Args:
        path: the file that `ame_explore.data.sets.emoji.build` wrote.
        side: pixels per side, 8 to 32.

    Returns:
        Pictures (n, 3, side, side), float32 in [0, 1], and concepts (n,), int64.

    Raises:
        AMEError: if the file is missing, damaged or another one, or the side is out of range.
    """
    check_number("side", side, low=8, high=SIDE, whole=True)
    mend = "make it with `python -m ame_explore.data.sets.emoji.build FOLDER --further`"
    try:
        tensors, _ = load_tensors(path)
    except AMEError as error:
        raise AMEError(f"{str(error).rstrip('.')}: {mend}.") from error
    found = {name: f"{str(value.dtype)[6:]} {tuple(value.shape)}" for name, value in tensors.items()}
    count = len(tensors.get("concepts", torch.empty(0)).flatten())
    if count < 1 or found != {"pictures": f"uint8 {(count, SIDE, SIDE, 4)}", "concepts": f"int64 {(count,)}"}:
        told = ", ".join(f"{name} {what}" for name, what in found.items())
        raise AMEError(
            f"{path} must hold pictures, uint8 (n, {SIDE}, {SIDE}, 4), and concepts, int64 (n,), with n of at least 1, "
            f"got {told}: {mend}."
        )
    low, high = int(tensors["concepts"].min()), int(tensors["concepts"].max())
    if low < 0 or high >= len(emoji_set()):
        raise AMEError(f"concepts in {path} must be 0 to {len(emoji_set()) - 1:,}, got {low:,} to {high:,}: {mend}.")
    layers = tensors["pictures"].permute(0, 3, 1, 2).float() / 255
    layers[:, :3] *= layers[:, 3:]
    return on_ground(F.interpolate(layers, size=side, mode="bilinear", antialias=True), GROUND), tensors["concepts"]


def _told(further: Path, side: int) -> dict[str, Any]:
    pictures, _ = further_pictures(further, side)
    return {"sha256": hashlib.sha256(further.read_bytes()).hexdigest(), "pictures": len(pictures)}


def _command(name: str) -> str:
    further = " --further FILE` and the FILE of `python -m ame_explore.data.sets.emoji.build FOLDER --further"
    return f"python -m ame_explore.models.emoji_weights {name}{further if name == 'teacher' else ''}"


def training_of(recipe: Mapping[str, Any]) -> EmojiTraining:
    """The `EmojiTraining` in a recipe."""
    fields = dict(recipe["training"])
    return EmojiTraining(**{**fields, "augmentation": Augmentation(**fields["augmentation"])})


def main() -> None:
    """Train a model and write it into a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=sorted(RECIPES))
    parser.add_argument("--steps", type=int, help="replaces the default number of steps")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--further", type=Path, help="the file of further pictures, to be learned as well")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write the files; default: the package")
    asked = parser.parse_args()
    if asked.further is not None and asked.name != "teacher":
        parser.error(
            "--further is for the teacher: the student's backbone learns from a third of Twemoji's pictures alone"
        )
    try:
        how = dataclasses.replace(RECIPES[asked.name], seed=asked.seed)
        how = how if asked.steps is None else dataclasses.replace(how, steps=asked.steps)
        command = f"python -m ame_explore.models.emoji_weights {asked.name} --steps {how.steps} --seed {how.seed}"
        images, concepts = pictures_of(emoji_set(), how)
        if asked.further is not None:
            command += f" --further {asked.further.name}"
            more, their_concepts = further_pictures(asked.further, how.side)
            images, concepts = torch.cat([images, more]), torch.cat([concepts, their_concepts])
    except AMEError as error:
        parser.error(str(error))

    def tell(what: str, done: int, of: int) -> None:
        if done % 100 == 0 or done == of:
            print(f"{what}: {done} of {of}", flush=True)

    model = train_on_emoji(emoji_set(), how, pictures=(images, concepts), progress=tell)
    recipe = write_emoji_model(model, how, asked.name, command=command, further=asked.further, folder=asked.folder)
    if asked.name == "teacher" and asked.folder.resolve() == FOLDER.resolve():
        write_likeness()
    print(json.dumps(recipe["scores"], indent=1))


if __name__ == "__main__":
    main()

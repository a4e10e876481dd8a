"""Reading a Run: what was logged comes back, from a folder and from a packed file, and damage is named."""

import json
import math
import random
import shutil
import zipfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.data.atomic_files import save_tensors
from ame_explore.data.pairs import PairedFeatures
from ame_explore.training.record import layout as storage
from ame_explore.training.record.run import Run

FEATURE_TENSORS = ("image", "text", "pair_index", "ids", "labels")

columns = st.dictionaries(
    st.sampled_from(["total", "kd", "share.kd", "ä b/c"]), st.floats(allow_subnormal=True), max_size=4
)
calls = st.lists(
    st.fixed_dictionaries(
        {
            "gap": st.integers(1, 10**6),
            "losses": columns,
            "metrics": columns,
            "features": st.none() | st.integers(0, 9),
        }
    ),
    max_size=12,
)


def some_features(seed: int = 0, dtype: torch.dtype = torch.float32) -> PairedFeatures:
    generator = torch.Generator().manual_seed(seed)
    size = 1 + seed
    return PairedFeatures(
        image=torch.randn(size, 3, generator=generator).to(dtype),
        text=torch.full((2, 5), float(seed // 3), dtype=dtype),
        pair_index=torch.randint(2, (size,), generator=generator),
        ids=torch.randint(100, (size,), generator=generator),
        labels=torch.randint(2, (size,), generator=generator) if seed % 2 else None,
        texts=("a handwritten one", "eine Zwölf"),
        logit_scale=0.1 + seed,
    )


def assert_same_features(one: PairedFeatures, other: PairedFeatures) -> None:
    for name in FEATURE_TENSORS:
        a, b = getattr(one, name), getattr(other, name)
        assert (a is None) == (b is None)
        assert a is None or (a.dtype == b.dtype and torch.equal(a, b))
    assert (one.texts, one.logit_scale) == (other.texts, other.logit_scale)


def assert_same(one: Run, other: Run) -> None:
    pd.testing.assert_frame_equal(one.losses, other.losses, check_exact=True)
    pd.testing.assert_frame_equal(one.metrics, other.metrics, check_exact=True)
    facts = [(r.steps, r.recipe, r.metadata, r.facts, r.status, r.error, r.made_with) for r in (one, other)]
    assert facts[0] == facts[1]
    assert (one.feature_steps, one.state_steps) == (other.feature_steps, other.state_steps)
    for step in one.feature_steps:
        assert_same_features(one.features(step), other.features(step))
    for step in one.state_steps:
        assert one.state(step).keys() == other.state(step).keys()
        assert all(torch.equal(tensor, other.state(step)[name]) for name, tensor in one.state(step).items())


def write_run(path: Path) -> Path:
    """A Run with three shards of the log, features at three steps with two texts, and two states."""
    with Run.recorder(path, recipe={"seed": 1, "tau": 2.5}, metadata={"who": "a test"}) as record:
        for step in range(25):
            state = {"weight": torch.full((2, 2), float(step)), "count": torch.tensor(step)}
            record.log(
                losses={"total": step / 2},
                metrics={"new_accuracy": step / 25} if step % 10 == 0 else {},
                features=some_features(step // 5) if step % 10 == 0 else None,
                state=state if step % 12 == 0 else None,
            )
        record.note(chance={"new_accuracy": 0.2})
    return path


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage, "ROWS_PER_SHARD", 10)
        return write_run(tmp_path_factory.mktemp("original") / "run")


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "run"))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=calls, flush_every=st.integers(1, 5), rows=st.integers(1, 4))
def test_any_sequence_of_logs_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    calls: list[dict],
    flush_every: int,
    rows: int,
) -> None:
    monkeypatch.setattr(storage, "ROWS_PER_SHARD", rows)
    path = tmp_path_factory.mktemp("run", numbered=True) / "run"
    step, expected = -1, []
    with Run.recorder(path, flush_every=flush_every) as record:
        for call in calls:
            step += call["gap"]
            features = None if call["features"] is None else some_features(call["features"])
            record.log(step, losses=call["losses"], metrics=call["metrics"], features=features)
            expected.append((step, call))
    run = Run.open(path)
    packed = Run.open(run.pack(path.with_name("packed.zip")))
    assert_same(run, packed)

    assert run.steps == [step for step, _ in expected]
    for kind, frame in (("losses", run.losses), ("metrics", run.metrics)):
        logged = [(step, call[kind]) for step, call in expected if call[kind]]
        assert list(frame.columns) == list(dict.fromkeys(name for _, values in logged for name in values))
        assert frame.index.tolist() == [step for step, _ in logged]
        assert (frame.index.name, frame.index.dtype) == ("step", np.int64)
        table = [[values.get(name, math.nan) for name in frame.columns] for _, values in logged]
        table = np.array(table, dtype=np.float64).reshape(frame.shape)
        assert np.array_equal(frame.to_numpy(), table, equal_nan=True)
    with_features = [(step, call["features"]) for step, call in expected if call["features"] is not None]
    assert run.feature_steps == [step for step, _ in with_features]
    for step, seed in with_features:
        assert_same_features(run.features(step), some_features(seed))


def test_everything_of_a_run(path: Path) -> None:
    run = Run.open(str(path))
    assert run.losses["total"].tolist() == [step / 2 for step in range(25)]
    assert run.metrics["new_accuracy"].to_dict() == {0: 0.0, 10: 0.4, 20: 0.8}
    assert (run.feature_steps, run.state_steps) == ([0, 10, 20], [0, 12, 24])
    assert_same_features(run.features(20), some_features(4))
    assert torch.equal(run.state(12)["weight"], torch.full((2, 2), 12.0)) and run.state(24)["count"] == 24
    assert (run.recipe, run.metadata) == ({"seed": 1, "tau": 2.5}, {"who": "a test"})
    assert run.facts == {"chance": {"new_accuracy": 0.2}}
    assert (run.status, run.error, run.path) == ("finished", None, path)
    assert run.made_with["torch"] == version("torch")
    assert repr(run) == f"<Run {path}: finished; 25 steps, last 24; features at 3 steps; state at 3>"


def test_an_empty_run(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run"):
        pass
    run = Run.open(tmp_path / "run")
    assert run.losses.empty and run.metrics.empty and run.steps == run.feature_steps == run.state_steps == []
    assert (run.losses.index.name, run.losses.index.dtype) == ("step", np.int64)
    assert_same(run, Run.open(run.pack(tmp_path / "run.zip")))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_features_keep_their_precision(tmp_path: Path, dtype: torch.dtype) -> None:
    with Run.recorder(tmp_path / "run") as record:
        record.log(features=some_features(3, dtype))
    assert_same_features(Run.open(tmp_path / "run").features(0), some_features(3, dtype))


def test_opening_reads_no_tensors(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    original = storage.Folder.read
    monkeypatch.setattr(storage.Folder, "read", lambda self, name: (read.append(name), original(self, name))[1])
    run = Run.open(path)
    assert repr(run) and run.feature_steps and run.state_steps
    assert set(read) == {"run.json", "facts.json", "status.json"}
    read.clear()
    assert len(run.losses) == len(run.losses) == 25
    assert read == [storage.numbered("log", shard) for shard in range(3)]
    read.clear()
    run.features(10)
    assert len(read) == 2 and read[0] == "features-000010.safetensors" and read[1].startswith("text-")


def test_frames_are_the_callers_own(path: Path) -> None:
    run = Run.open(path)
    frame = run.losses
    frame.loc[:, "total"] = 0.0
    assert run.losses["total"].tolist() == [step / 2 for step in range(25)]


def test_steps_without_features_or_state(path: Path) -> None:
    run = Run.open(path)
    with pytest.raises(AMEError, match=r"step must be one with features \(0, 10, 20\), got 7"):
        run.features(7)
    with pytest.raises(AMEError, match=r"step must be one with state \(0, 12, 24\), got 'last'"):
        run.state("last")  # type: ignore[arg-type]
    with Run.recorder(path, overwrite=True):
        pass
    with pytest.raises(AMEError, match=r"step must be one with features \(none was recorded\), got 0"):
        Run.open(path).features(0)


def test_a_run_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run", flush_every=2) as record:
        for _ in range(3):
            record.log(losses={"total": 1.0})
        run = Run.open(tmp_path / "run")
        assert (run.status, run.steps) == ("unfinished", [0, 1])
        assert repr(run) == f"<Run {tmp_path / 'run'}: unfinished; features at 0 steps; state at 0>"


# Packed files


def test_packing(path: Path, tmp_path: Path) -> None:
    run = Run.open(path)
    assert run.pack(tmp_path / "new" / "kd-0.5") == tmp_path / "new" / "kd-0.5.zip"
    packed = Run.open(tmp_path / "new" / "kd-0.5.zip")
    before = {entry.name for entry in tmp_path.rglob("*")}
    assert_same(run, packed)
    assert packed.path == tmp_path / "new" / "kd-0.5.zip"
    again = packed.pack(tmp_path / "again.ZIP")
    assert again.read_bytes() == packed.path.read_bytes()
    run.pack(again)
    assert {entry.name for entry in tmp_path.rglob("*")} == before | {"again.ZIP"}
    with pytest.raises(AMEError, match="path must be a file, got the folder"):
        (tmp_path / "folder.zip").mkdir()
        run.pack(tmp_path / "folder")


def test_a_pack_can_be_unpacked_into_a_run(path: Path, tmp_path: Path) -> None:
    (path / "report.html").write_text("not ours, and not handed on")
    pack = Run.open(path).pack(tmp_path / "run.zip")
    shutil.unpack_archive(pack, tmp_path / "unpacked")
    assert not (tmp_path / "unpacked" / "report.html").exists()
    assert_same(Run.open(tmp_path / "unpacked"), Run.open(path))


def test_a_folder_zipped_by_hand(path: Path, tmp_path: Path) -> None:
    by_hand = shutil.make_archive(str(tmp_path / "by hand"), "zip", path.parent, path.name)
    assert_same(Run.open(by_hand), Run.open(path))
    shutil.copytree(path, tmp_path / "both" / "one")
    shutil.copytree(path, tmp_path / "both" / "two")
    both = shutil.make_archive(str(tmp_path / "both"), "zip", tmp_path / "both")
    with pytest.raises(AMEError, match=r"both\.zip holds 2 Runs"):
        Run.open(both)


def test_names_in_a_pack_that_point_elsewhere_are_not_read(path: Path, tmp_path: Path) -> None:
    (tmp_path / "features-000099.safetensors").write_bytes(b"outside")
    pack = Run.open(path).pack(tmp_path / "run.zip")
    with zipfile.ZipFile(pack, "a") as file:
        for name in (
            "../features-000099.safetensors",
            "/state-000099.safetensors",
            "sub/log-000009.safetensors",
        ):
            file.writestr(name, b"")
    assert_same(Run.open(pack), Run.open(path))
    # nor does a features file reach anything by the name of its text
    plain = {"image": torch.ones(1, 2), "pair_index": torch.zeros(1).long(), "ids": torch.zeros(1).long()}
    metadata = {"text_file": "../outside.safetensors", "logit_scale": "1.0"}
    save_tensors(tmp_path / "outside.safetensors", {"text": torch.ones(1, 2)}, {"texts": '["one"]'})
    save_tensors(path / "features-000099.safetensors", plain, metadata)
    with pytest.raises(AMEError, match=r"outside\.safetensors is missing"):
        Run.open(path).features(99)


def test_a_damaged_pack(path: Path, tmp_path: Path) -> None:
    pack = Run.open(path).pack(tmp_path / "run.zip")
    whole = pack.read_bytes()
    for length in (0, 100, len(whole) // 2, len(whole) - 60):
        pack.write_bytes(whole[:length])
        with pytest.raises(AMEError, match=r"run\.zip is not a packed Run, or it is damaged"):
            Run.open(pack)
    with zipfile.ZipFile(path.with_name("run.zip"), "w") as file:
        file.writestr("readme.txt", "another zip")
    with pytest.raises(AMEError, match=r"run\.zip is not a Run: it has no run\.json"):
        Run.open(pack)
    generator = random.Random(0)
    expected = Run.open(path)
    refused = 0
    for _ in range(100):
        damaged = bytearray(whole)
        damaged[generator.randrange(len(whole))] ^= 1 + generator.randrange(255)
        pack.write_bytes(damaged)
        # A byte that zip does not use (a date, say) may change; nothing else does but raises AMEError.
        try:
            assert_same(Run.open(pack), expected)
        except AMEError:
            refused += 1
    assert refused > 50


# Damage


def damage_truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


def damage_empty(file: Path) -> None:
    file.write_bytes(b"")


def damage_random(file: Path) -> None:
    file.write_bytes(random.Random(0).randbytes(300))


def damage_one_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-3] ^= 0x10
    file.write_bytes(data)


DAMAGES = (damage_truncate, damage_empty, damage_random, damage_one_byte)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", ["log-000001", "features-000010", "state-000012", "text"])
def test_a_damaged_file_is_named_and_can_be_skipped(path: Path, damage, kind: str) -> None:
    whole = Run.open(path)
    name = kind + ".safetensors"
    if kind == "text":  # of step 20 alone: steps 0 and 10 share another
        name = read_metadata(path / storage.numbered("features", 20))["text_file"]
    damage(path / name)

    run = Run.open(path)  # lazy: what is not asked for does not matter
    reads = {"log": lambda: run.losses, "features": lambda: run.features(10), "state": lambda: run.state(12)}
    reads["text"] = lambda: run.features(20)
    message = rf"{name}.* damaged.*Run\.open\(path, skip_damaged=True\)"
    with pytest.raises(AMEError, match=message):
        reads[kind.partition("-")[0]]()
    with pytest.raises(AMEError, match=message):
        run.pack(path.with_name("packed"))
    assert not path.with_name("packed.zip").exists()

    with pytest.warns(UserWarning, match=f"Left out of the Run at .*{name}"):
        rest = Run.open(path, skip_damaged=True)
    gone = {"log": set(range(10, 20))}.get(kind.partition("-")[0], set())
    assert rest.steps == [step for step in range(25) if step not in gone]
    assert rest.losses["total"].tolist() == [step / 2 for step in rest.steps]
    without = {"features-000010": [0, 20], "text": [0, 10]}
    assert rest.feature_steps == without.get(kind, [0, 10, 20])
    assert rest.state_steps == ([0, 24] if kind == "state-000012" else [0, 12, 24])
    for step in rest.feature_steps:
        assert_same_features(rest.features(step), some_features(step // 5))
    assert (rest.status, rest.recipe, rest.facts) == (whole.status, whole.recipe, whole.facts)


def read_metadata(file: Path) -> dict[str, str]:
    data = file.read_bytes()
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]


@pytest.mark.parametrize("name", ["run.json", "facts.json", "status.json"])
@pytest.mark.parametrize("content", [b"", b'{"format"', b"\xff\x00", b"[1]", b"null"])
def test_damaged_json_is_named_and_can_be_skipped(path: Path, name: str, content: bytes) -> None:
    whole = Run.open(path)
    (path / name).write_bytes(content)
    with pytest.raises(AMEError, match=rf"{name} is damaged.*Run\.open\(path, skip_damaged=True\)"):
        Run.open(path)
    with pytest.warns(UserWarning, match=f"Left out of the Run at .*{name}"):
        rest = Run.open(path, skip_damaged=True)
    pd.testing.assert_frame_equal(rest.losses, whole.losses)
    assert rest.recipe == (None if name == "run.json" else whole.recipe)
    assert rest.facts == ({} if name == "facts.json" else whole.facts)
    assert rest.status == ("unfinished" if name == "status.json" else "finished")
    assert_same(Run.open(rest.pack(path.with_name("rest"))), rest)


@pytest.mark.parametrize("shard", [0, 1, 2])
def test_a_missing_shard_is_named(path: Path, shard: int) -> None:
    name = storage.numbered("log", shard)
    (path / name).unlink()
    with pytest.raises(AMEError, match=rf"{name} is missing\..*skip_damaged=True"):
        Run.open(path)
    with pytest.warns(UserWarning, match=f"{name} is missing"):
        rest = Run.open(path, skip_damaged=True)
    assert rest.steps == [step for step in range(25) if step // 10 != shard]


def test_a_missing_text_is_named(path: Path) -> None:
    name = read_metadata(path / storage.numbered("features", 10))["text_file"]
    (path / name).unlink()
    with pytest.raises(AMEError, match=f"{name} is missing"):
        Run.open(path).features(10)


def test_an_undamaged_run_is_skipped_through_without_a_warning(path: Path) -> None:
    assert_same(Run.open(path, skip_damaged=True), Run.open(path))


def test_what_is_no_run(path: Path, tmp_path: Path) -> None:
    with pytest.raises(AMEError, match="nowhere does not exist"):
        Run.open(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(AMEError, match=r"empty is not a Run: it has no run\.json"):
        Run.open(tmp_path / "empty")
    (tmp_path / "model.bin").write_bytes(b"weights")
    with pytest.raises(AMEError, match=r"model\.bin is not a packed Run, or it is damaged"):
        Run.open(tmp_path / "model.bin")
    (path / "run.json").write_text('{"name": "another program"}')
    with pytest.raises(AMEError, match=r"run\.json does not belong to a Run: its format is None"):
        Run.open(path)
    (path / "run.json").unlink()
    for skip_damaged in (False, True):
        with pytest.raises(AMEError, match=r"run is not a Run: it has no run\.json"):
            Run.open(path, skip_damaged=skip_damaged)


@pytest.mark.parametrize("version", [storage.VERSION + 1, "2.0", None])
def test_a_newer_format_is_not_guessed_at(path: Path, version: object) -> None:
    head = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps({**head, "version": version}))
    for attempt in (Run.open, lambda where: Run.recorder(where, overwrite=True)):
        with pytest.raises(AMEError, match=rf"run\.json must have a version up to 2, got {version!r}: .*upgrade"):
            attempt(path)
    assert len(list(path.iterdir())) > 10


def test_a_file_of_another_kind_under_our_name(path: Path) -> None:
    (path / "log-000001.safetensors").write_bytes((path / "state-000000.safetensors").read_bytes())
    (path / "features-000010.safetensors").write_bytes((path / "state-000000.safetensors").read_bytes())
    run = Run.open(path)
    with pytest.raises(AMEError, match=r"log-000001\.safetensors is damaged"):
        _ = run.losses
    with pytest.raises(AMEError, match="skip_damaged"):
        run.features(10)


@pytest.mark.parametrize("name", ["run.json", "facts.json", "status.json"])
def test_a_changed_character_of_the_json_is_noticed(path: Path, name: str) -> None:
    """Wherever a digit or letter of a value changes, it is damage, or the Run reads as it was."""
    whole, data = Run.open(path), (path / name).read_bytes()
    told = whole.recipe, whole.metadata, whole.facts, whole.status, repr(whole), whole.made_with
    noticed = 0
    for place in range(0, len(data), 7):
        if not chr(data[place]).isalnum():
            continue
        changed = bytes([data[place] ^ 1])
        (path / name).write_bytes(data[:place] + changed + data[place + 1 :])
        try:
            found = Run.open(path)
        except AMEError as error:
            assert name in str(error)
            noticed += 1
        else:
            same = found.recipe, found.metadata, found.facts, found.status, repr(found), found.made_with
            assert same == told, f"{changed!r} at {place}"
    assert noticed > 5


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("status.json", {"status": 3, "steps": "many", "last_step": [], "log_shards": 1, "error": None}),
        ("status.json", {"status": "finished", "steps": 1, "last_step": 0, "log_shards": "1", "error": None}),
        ("status.json", {"status": "finished"}),
        ("run.json", {"format": storage.FORMAT, "version": 2, "recipe": [1], "metadata": {}, "made_with": {}}),
        ("run.json", {"format": storage.FORMAT, "version": 2, "recipe": None, "metadata": 3, "made_with": {}}),
    ],
)
def test_wrong_types_are_damage(path: Path, name: str, content: dict) -> None:
    (path / name).write_bytes(storage.sealed_bytes("", content, exact=True))
    with pytest.raises(AMEError, match=rf"{name.replace('.', '[.]')} is damaged"):
        Run.open(path)
    (path / name).write_text("[1, 2]")
    with pytest.raises(AMEError, match=name):
        Run.open(path)


def test_json_without_a_checksum_is_damage_but_for_runs_of_version_1(path: Path) -> None:
    for name in ("status.json", "facts.json", "run.json"):
        content = json.loads((path / name).read_text())
        del content["ame_explore.sha256"]
        (path / name).write_text(json.dumps(content))
        with pytest.raises(AMEError, match=name):
            Run.open(path)
    head = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps({**head, "version": 1}))
    assert Run.open(path).status == "finished"

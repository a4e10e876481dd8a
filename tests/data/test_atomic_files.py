"""Files are whole or absent, and damage anywhere in a tensor file is found."""

import os
import socket
import stat
import threading
import time
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from ame_explore.ame import AMEError
from ame_explore.data import atomic_files as storage
from ame_explore.data.atomic_files import (
    atomic_file,
    digest,
    load_tensors,
    save_tensors,
    tensors_from_bytes,
    tensors_to_bytes,
    write_atomically,
)

DTYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.uint8, torch.bool)


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.dtype == b.dtype and torch.equal(torch.nan_to_num(a), torch.nan_to_num(b))


@st.composite
def tensors(draw: st.DrawFn) -> dict[str, torch.Tensor]:
    found = {}
    for name in draw(st.lists(st.text(max_size=8), unique=True, max_size=4)):
        shape = draw(st.lists(st.integers(0, 3), max_size=3))
        generator = torch.Generator().manual_seed(draw(st.integers(0, 2**32)))
        values = torch.randn(shape, generator=generator) * 3
        found[name] = values.to(draw(st.sampled_from(DTYPES)))
    return found


@given(tensors(), st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3))
def test_round_trip(given: dict[str, torch.Tensor], metadata: dict[str, str]) -> None:
    data = tensors_to_bytes(given, metadata)
    back, facts = tensors_from_bytes(data, where="memory")
    assert facts == metadata
    assert back.keys() == given.keys()
    assert all(same(back[name], given[name]) for name in given)
    backwards = dict(reversed(given.items())), dict(reversed(metadata.items()))
    assert tensors_to_bytes(*backwards) == data


def test_round_trip_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "weights.safetensors"
    weights = {"w": torch.randn(3, 4, generator=torch.Generator().manual_seed(0))}
    save_tensors(path, weights, {"recipe": "a"})
    back, metadata = load_tensors(path)
    assert torch.equal(back["w"], weights["w"]) and metadata == {"recipe": "a"}
    assert os.listdir(path.parent) == [path.name]


def test_tensors_that_cannot_be_stored_as_they_are_come_back_as_values() -> None:
    whole = torch.arange(12.0, requires_grad=True).reshape(3, 4)
    given = {"whole": whole, "tied": whole, "part": whole[1:], "transposed": whole.t(), "infinite": whole / 0}
    back, _ = tensors_from_bytes(tensors_to_bytes(given), where="memory")
    assert all(torch.equal(back[name].nan_to_num(7), given[name].detach().nan_to_num(7)) for name in given)
    assert not any(tensor.requires_grad for tensor in back.values())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_tensors_on_a_gpu_come_back_on_the_cpu() -> None:
    back, _ = tensors_from_bytes(tensors_to_bytes({"x": torch.ones(3, device="cuda")}), where="memory")
    assert torch.equal(back["x"], torch.ones(3))


def test_every_changed_byte_is_found() -> None:
    data = tensors_to_bytes({"x": torch.arange(5.0), "y": torch.tensor([True])}, {"recipe": "ä"})
    for position in range(len(data)):
        for flip in (0x01, 0xFF):
            damaged = bytearray(data)
            damaged[position] ^= flip
            with pytest.raises(AMEError, match=r"weights\.safetensors is damaged"):
                tensors_from_bytes(bytes(damaged), where="weights.safetensors")


def test_every_truncation_is_found() -> None:
    data = tensors_to_bytes({"x": torch.arange(5.0)}, {"recipe": "a"})
    for length in range(len(data)):
        with pytest.raises(AMEError, match=r"weights\.safetensors is damaged"):
            tensors_from_bytes(data[:length], where="weights.safetensors")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AMEError, match=r"none\.safetensors does not exist"):
        load_tensors(tmp_path / "none.safetensors")
    with pytest.raises(AMEError, match="cannot be read"):
        load_tensors(tmp_path)


def test_files_of_other_programs(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"x": torch.ones(2)}, path, metadata={"format": "pt"})
    with pytest.raises(AMEError, match="it carries no checksum"):
        load_tensors(path)
    back, metadata = load_tensors(path, checked=False)
    assert torch.equal(back["x"], torch.ones(2)) and metadata == {"format": "pt"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"x": [1.0]}, r"tensors\['x'\] must be a torch.Tensor, got list"),
        ({"x": torch.eye(2).to_sparse()}, r"tensors\['x'\] must be a dense tensor"),
        ({"x": torch.ones(2, device="meta")}, "must be a dense tensor with data, got .* on meta"),
        ({1: torch.ones(2)}, "tensors must have strings as names"),
        ({"__metadata__": torch.ones(2)}, "tensors must have strings as names"),
        ({"x": torch.ones(2, dtype=torch.complex128)}, "cannot be stored as safetensors"),
    ],
)
def test_what_is_no_dense_tensor_is_refused(tmp_path: Path, value: dict, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        save_tensors(tmp_path / "x.safetensors", value)
    assert not os.listdir(tmp_path)


def test_metadata_must_be_strings(tmp_path: Path) -> None:
    with pytest.raises(AMEError, match="metadata must map strings to strings"):
        save_tensors(tmp_path / "x.safetensors", {}, {"seed": 1})  # type: ignore[dict-item]


def test_digest_sees_name_dtype_shape_and_value() -> None:
    values = torch.arange(4.0)
    variants = [
        {"x": values},
        {"y": values},
        {"x": values.reshape(2, 2)},
        {"x": values.to(torch.float64)},
        {"x": values.view(torch.int32)},
        {"x": values + 1},
        {"x": values, "y": values},
        {},
    ]
    digests = [digest(variant) for variant in variants] + [digest({"x": values}, {"a": "b"})]
    assert len(set(digests)) == len(digests)
    assert digest({"x": values.clone()}) == digests[0]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "facts.json"
    write_atomically(path, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage.os, "fsync", full)
        with pytest.raises(OSError, match=r"cannot write: No space left on device: '.*facts.json'"):
            write_atomically(path, b"new")
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["facts.json"]
    with pytest.raises(ZeroDivisionError), atomic_file(path) as file:
        file.write(b"half")
        _ = 1 / 0
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["facts.json"]


def test_data_is_synced_before_it_takes_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(storage.os, "fsync", lambda handle: (events.append("fsync"), fsync(handle)))
    monkeypatch.setattr(storage.os, "replace", lambda a, b: (events.append("replace"), replace(a, b)))
    write_atomically(tmp_path / "x", b"data")
    assert events[:2] == ["fsync", "replace"]
    write_atomically(tmp_path / "x", b"other", durable=False)
    assert events[-1] == "replace" and (tmp_path / "x").read_bytes() == b"other"


def test_a_target_held_open_for_a_moment_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = [PermissionError(13, "held open")] * 2
    replace = os.replace

    def reluctant(source: Path, target: Path) -> None:
        if refusals:
            raise refusals.pop()
        replace(source, target)

    monkeypatch.setattr(storage.os, "replace", reluctant)
    write_atomically(tmp_path / "x", b"data")
    assert (tmp_path / "x").read_bytes() == b"data" and not refusals

    def never(source: Path, target: Path) -> None:
        raise PermissionError(13, "held open")

    monkeypatch.setattr(storage.os, "replace", never)
    with pytest.raises(PermissionError, match="held open"):
        write_atomically(tmp_path / "x", b"new")
    assert (tmp_path / "x").read_bytes() == b"data" and os.listdir(tmp_path) == ["x"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_files_have_the_usual_permissions(tmp_path: Path) -> None:
    write_atomically(tmp_path / "ours", b"")
    (tmp_path / "usual").write_bytes(b"")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ours", "usual")}
    assert len(modes) == 1


# --- what is no regular file


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no FIFOs here")
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


def test_a_pipe_is_written_into_and_stays(fifo: Path) -> None:
    data, got = os.urandom(300_000), []
    reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()))
    reader.start()
    deadline = time.monotonic() + 30
    while True:
        try:
            write_atomically(fifo, data)
            break
        except OSError as error:  # the reader has not opened it yet
            assert "nobody reads this pipe" in str(error) and time.monotonic() < deadline
            time.sleep(0.01)
    reader.join(30)
    assert got == [data] and stat.S_ISFIFO(fifo.stat().st_mode) and os.listdir(fifo.parent) == ["fifo"]


def test_a_pipe_that_nobody_reads_is_an_error_and_no_wait(fifo: Path) -> None:
    with pytest.raises(OSError, match=r"nobody reads this pipe: '.*fifo'"):
        write_atomically(fifo, b"content")
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_devices_are_written_into_and_never_replaced(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("/dev/full")
    for path in (Path("/dev/full"), link):
        with pytest.raises(OSError, match=rf"cannot write: No space left on device: '{path}'"):
            write_atomically(path, b"content")
        write_atomically(path, b"")
    write_atomically("/dev/null", b"content")
    assert all(stat.S_ISCHR(Path(path).stat().st_mode) for path in ("/dev/full", "/dev/null", link))
    assert link.is_symlink() and not list(Path("/dev").glob(".full.*"))


def test_what_the_caller_has_open_is_written_into(tmp_path: Path) -> None:
    if not Path("/dev/fd").exists():
        pytest.skip("no /dev/fd here")
    with (tmp_path / "out").open("wb") as file:
        write_atomically(f"/dev/fd/{file.fileno()}", b"content")
        assert os.fstat(file.fileno()).st_size == 7
    assert os.listdir(tmp_path) == ["out"]


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    file, link, chain = tmp_path / "there" / "file", tmp_path / "link", tmp_path / "chain"
    link.symlink_to("there/file")
    chain.symlink_to(link)
    for content in (b"new", b"newer"):  # the file it points to need not exist yet
        write_atomically(chain, content)
        assert file.read_bytes() == content and chain.is_symlink() and link.is_symlink()
    assert os.listdir(tmp_path / "there") == ["file"]


def test_folders_and_sockets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="it is a folder"):
        write_atomically(tmp_path, b"content")
    if hasattr(socket, "AF_UNIX"):
        place = tmp_path / "s"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(place))
            with pytest.raises(OSError, match="it is a socket"):
                write_atomically(place, b"content")
        assert stat.S_ISSOCK(place.stat().st_mode)


def test_nothing_reaches_a_pipe_of_a_block_that_raises(fifo: Path) -> None:
    with pytest.raises(ZeroDivisionError), atomic_file(fifo) as file:
        file.write(b"half")
        _ = 1 / 0
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_null_metadata_of_other_programs_is_none(tmp_path: Path) -> None:
    header = b'{"__metadata__":null,"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    data = len(header).to_bytes(8, "little") + header + bytes(4)
    (tmp_path / "model.safetensors").write_bytes(data)
    tensors, metadata = load_tensors(tmp_path / "model.safetensors", checked=False)
    assert metadata == {} and tensors["w"].tolist() == [0.0]
    with pytest.raises(AMEError, match="carries no checksum"):
        load_tensors(tmp_path / "model.safetensors")

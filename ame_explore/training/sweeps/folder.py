"""The folder of a sweep: its grid, and the table of results, which stays intact if the process is killed.

`sweep.json` is written once, before the first run. `results.parquet` is replaced atomically whenever a job has
finished, so it only ever holds complete jobs. A lock, which the system releases when the process dies, keeps other
sweeps out.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ame_explore
from ame_explore.ame import AMEError
from ame_explore.data import PairedData
from ame_explore.data.atomic_files import write_atomically
from ame_explore.quantities import ordered
from ame_explore.settings import SETTINGS
from ame_explore.training.sweeps.grid import Grid
from ame_explore.training.sweeps.work import TIMING, Row

if TYPE_CHECKING:
    import pandas as pd

GRID, RESULTS, LOCK = "sweep.json", "results.parquet", ".lock"
_LEFT_BEHIND = re.compile(r"^\.(sweep\.json|results\.parquet)\.[0-9a-f]{12}\.tmp$")
_WHOLE = ("run", "diverged", "data_seed", "teacher_seed", "seed")


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a sweep has measured so far.

    Attributes:
        folder: where it is.
        grid: its grid, as JSON holds it; `Grid.of` reads it.
        table: one row per finished run: "run" (its number in the grid's order), every setting, every metric, the
            references of its world (chance, teacher, backbone), "diverged" (the step, or 0) and "seconds".
        runs: the number of runs in the grid.
    """

    folder: Path
    grid: Mapping[str, Any]
    table: pd.DataFrame = field(repr=False)
    runs: int

    @property
    def complete(self) -> bool:
        """Whether all runs are there."""
        return len(self.table) == self.runs


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other sweeps out of a folder, which is made if it is missing.

    Args:
        folder: the sweep's folder.

    Raises:
        AMEError: if another sweep uses it, or it cannot be written.
    """
    from filelock import FileLock, Timeout

    if folder.exists() and not folder.is_dir():
        raise AMEError(f"out must be a folder, got the file {folder}: choose another path.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise AMEError(
            f"out {folder} is in use by another sweep: wait until it ends, or choose another folder."
        ) from error
    except OSError as error:
        raise AMEError(f"out must be a folder that can be written, got {folder} ({error.strerror}).") from error
    try:
        yield
    finally:
        lock.release()


def begin(folder: Path, grid: Grid, data: PairedData | None) -> dict[int, Row]:
    """Write the grid to a new folder, or read what an earlier call of the same sweep has finished.

    Args:
        folder: a locked folder.
        grid: the grid.
        data: your own data, or None.

    Returns:
        Number of a run -> its row, for the runs that are done.

    Raises:
        AMEError: if the folder holds another sweep, or a file is damaged or cannot be written.
    """
    noted = {
        "version": ame_explore.__version__,
        "grid": grid.to_json(),
        "runs": len(grid.recipes),
        "data": None if data is None else [data.name, data.digest],
    }
    for path in folder.iterdir():
        if _LEFT_BEHIND.match(path.name):  # a process was killed while it wrote
            path.unlink(missing_ok=True)
    earlier = _read_note(folder) if (folder / GRID).exists() else None
    if earlier is None:
        if (folder / RESULTS).exists():
            raise AMEError(f"{folder} holds {RESULTS} without {GRID}: choose another folder, or remove it.")
        save(folder / GRID, json.dumps(noted, indent=1).encode())
        return {}
    for name, word in (("grid", "grid"), ("data", "data"), ("version", "version of ame_explore")):
        if earlier.get(name) != noted[name]:
            raise AMEError(
                f"out {folder} holds a sweep of another {word}: choose another folder, or remove this one to start "
                "over."
            )
    return {int(row["run"]): row for row in _rows(folder / RESULTS)} if (folder / RESULTS).exists() else {}


def write_results(folder: Path, rows: Iterable[Row]) -> None:
    """Replace the table of results, atomically.

    Args:
        folder: a locked folder.
        rows: the rows of all finished runs.

    Raises:
        AMEError: if it cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = sorted(rows, key=lambda row: int(row["run"]))
    metrics = sorted({name for row in found for name in row} - {*SETTINGS, *_WHOLE, *TIMING})
    kinds = {int: pa.int64(), float: pa.float64(), str: pa.string(), bool: pa.bool_()}
    columns = {"run": pa.int64(), **{name: kinds[one.kind] for name, one in SETTINGS.items()}}
    columns |= {name: pa.float64() for name in ordered(metrics)}
    columns |= {"diverged": pa.int64(), **{name: pa.float64() for name in TIMING}}
    table = pa.Table.from_pylist(found, schema=pa.schema(list(columns.items())))
    held = io.BytesIO()
    pq.write_table(table, held)
    save(folder / RESULTS, held.getvalue())


def read_sweep(folder: str | Path) -> Sweep:
    """Read a sweep, finished or not.

    Args:
        folder: the folder that `sweep` wrote to.

    Raises:
        AMEError: if there is no sweep, or a file is damaged.
    """
    folder = Path(folder)
    if not (folder / GRID).is_file():
        raise AMEError(f"sweep must be a folder that `ame-explore sweep` wrote, got {folder}: it has no {GRID}.")
    noted = _read_note(folder)
    if not (folder / RESULTS).exists():
        raise AMEError(f"{folder} has no {RESULTS} yet: no run has finished; run the sweep first.")
    return Sweep(folder, noted["grid"], _arrow(folder / RESULTS).to_pandas(), int(noted["runs"]))


def save(path: Path, content: bytes) -> None:
    """Write a file of the sweep.

    Args:
        path: the file.
        content: all of it.

    Raises:
        AMEError: if it cannot be written; what was there before stays.
    """
    try:
        write_atomically(path, content)
    except OSError as error:
        raise AMEError(
            f"{path} cannot be written ({error.strerror or error}): make room, then run the same command again; it "
            "goes on with what was saved before."
        ) from error


def _read_note(folder: Path) -> dict[str, Any]:
    try:
        noted = json.loads((folder / GRID).read_text(encoding="utf-8"))
        if not isinstance(noted, dict) or not isinstance(noted["grid"], dict) or not isinstance(noted["runs"], int):
            raise ValueError("it lacks a part")
    except (OSError, ValueError, KeyError) as error:
        raise AMEError(f"{folder / GRID} is damaged or not of this package ({error}): remove the folder.") from error
    return noted


def _arrow(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        if "run" not in table.column_names:
            raise AMEError(f"{path} is not the table of a sweep: it has no column run.")
    except (OSError, pa.ArrowException) as error:
        raise AMEError(f"{path} is damaged ({error}): remove it to run everything again.") from error
    return table


def _rows(path: Path) -> list[Row]:
    rows: list[Row] = _arrow(path).to_pylist()
    return rows

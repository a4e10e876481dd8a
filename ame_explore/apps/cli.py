"""The command `ame-explore`. Each command imports what it needs when it runs, so that --help is fast."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from ame_explore import __version__
from ame_explore.apps.console import SafeConsole, printable
from ame_explore.apps.notebooks_folder import Copied, checkout_notebooks, copy_notebooks, find_notebook
from ame_explore.apps.setting_options import WithSettings, given_settings
from ame_explore.apps.shares import WEAKER, shares_from, shares_text

_JUPYTER_CONFIG = Path(__file__).parent / "jupyter_config"
_LONG = 3.0  # seconds of loading after which a message is printed
_PATIENCE = 5.0  # seconds that threads get to end after JupyterLab has stopped

app = typer.Typer(
    name="ame-explore",
    help="See a small vision-language student learn from its teacher, with and without AME.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Entry point: run the command line; an `AMEError` becomes one line on stderr and exit code 2."""
    try:
        app(prog_name="ame-explore")
    except ValueError as error:
        from ame_explore.ame import AMEError

        if not isinstance(error, AMEError):
            raise
        SafeConsole(stderr=True).print(Text.assemble(("error: ", "bold red"), str(error)), soft_wrap=True)
        sys.exit(2)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"ame-explore {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    pass


@app.command()
def lab(
    directory: Annotated[
        Path | None,
        typer.Option(
            "--dir",
            metavar="DIR",
            help="Folder to copy the notebooks to and work in; files already there are kept.",
            show_default="the checkout's own notebooks/, or else ./ame_notebooks",
        ),
    ] = None,
    notebook: Annotated[
        str | None, typer.Option(metavar="NAME", help="Open this notebook, e.g. 00_tour or just 00.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser, or only print the address.")
    ] = True,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")] = 8888,
    jupyter_options: Annotated[
        list[str] | None, typer.Argument(metavar="-- JUPYTER_OPTIONS", help="Passed on to jupyter lab.")
    ] = None,
) -> None:
    """Open JupyterLab on the notebooks. Ctrl-C ends it."""
    folder = checkout_notebooks()
    if directory is not None or folder is None:
        folder = (directory or Path("ame_notebooks")).resolve()
        _tell_of_copies(copy_notebooks(folder))
    opened = f"/lab/tree/{find_notebook(folder, notebook)}" if notebook else "/lab"
    if folder == checkout_notebooks():
        typer.echo(f"Notebooks are in {folder} (the checkout's own).")
    options = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url={opened}", f"--ServerApp.port={port}"]
    # Ctrl-C should end the lab without asking for confirmation.
    options += ["--ServerApp.answer_yes=True"]
    options += [] if browser else ["--no-browser"]
    options += jupyter_options or []
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options:
        typer.echo("You are root: if JupyterLab refuses to start, add `-- --allow-root` to this command.", err=True)
    _run_jupyterlab(options)


def _tell_of_copies(copied: Copied) -> None:
    typer.echo(f"Notebooks are in {copied.target} ({len(copied.written)} files copied).")
    if copied.changed:
        typer.echo(printable(f"Kept, although they differ from the package's: {', '.join(copied.changed)}."))
        typer.echo("To get the package's copy of one, move yours away and run this again.")


def _run_jupyterlab(options: list[str]) -> None:
    """Run JupyterLab in this process, with this interpreter's own kernel, until it is stopped.

    Raises:
        AMEError: JupyterLab is not installed.
    """
    # Otherwise a kernel that the user installed under the same name could shadow this environment's kernel.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    # Added to the user's own configuration: it turns off the question about Jupyter news.
    earlier = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(_JUPYTER_CONFIG), *([earlier] if earlier else [])])
    try:
        from jupyterlab.labapp import LabApp
    except ImportError as error:
        from ame_explore.ame import AMEError

        raise AMEError(
            f"JupyterLab cannot be loaded ({error}): run `{sys.executable} -m pip install jupyterlab`."
        ) from error
    LabApp.launch_instance(options)
    # The server has stopped. A Ctrl-C during a request can leave an anyio worker thread that never ends, and Python
    # would wait for it: exit after a few seconds anyway.
    deadline = threading.Timer(_PATIENCE, os._exit, (0,))
    deadline.daemon = True
    deadline.start()


@contextlib.contextmanager
def _loading() -> Iterator[None]:
    """Print a message if loading torch takes long (from a cold disk, for example), since a log would seem to hang."""
    timer = threading.Timer(_LONG, typer.echo, ("ame-explore: loading torch",), {"err": True})
    timer.daemon = True
    if not sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


@app.command()
def teach(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to; files already there are kept.")],
) -> None:
    """Write the teacher's version of the notebooks: solutions of the exercises, notes, minutes, and usual mistakes."""
    with _loading():
        from ame_explore.teach.exercise_section import teachers_version

    _tell_of_copies(copy_notebooks(directory.resolve(), teachers_version))


@app.command()
def check(
    json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON, for programs.")] = False,
) -> None:
    """Check that this machine is ready for the notebooks, and predict how long they take. Exit code 1: not ready."""
    from ame_explore.apps.classroom_terminal import check_in_terminal

    if not check_in_terminal(as_json=json):
        raise typer.Exit(1)


@app.command()
def bundle(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to make; an earlier bundle there is replaced.")
    ],
    models: Annotated[
        bool, typer.Option("--models/--no-models", help="Also train the teachers of all data sets and include them.")
    ] = True,
    pip_options: Annotated[
        list[str] | None, typer.Argument(metavar="-- PIP_OPTIONS", help="Passed on to pip, e.g. --index-url URL.")
    ] = None,
) -> None:
    """Put wheels, notebooks and trained models in a folder that installs without a network, e.g. from a USB stick."""
    with _loading():
        from ame_explore.apps.classroom_terminal import bundle_in_terminal

    if not bundle_in_terminal(directory, pip_options=pip_options or (), models=models):
        raise typer.Exit(130)


@app.command(cls=WithSettings)
def demo(
    context: typer.Context,
    seeds: Annotated[int, typer.Option(help="How many paired seeds; fewer than 5 give very wide intervals.")] = 5,
    weaker: Annotated[
        str,
        typer.Option(help='Also run KD + AME at these shares of omega; "none" for none.', metavar="SHARES"),
    ] = shares_text(WEAKER),
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Also run the other KD losses and label smoothing.")
    ] = False,
    recipe: Annotated[
        str | None, typer.Option(help="A recipe token (ame1:...): it sets everything below, including steering.")
    ] = None,
    features: Annotated[
        Path | None,
        typer.Option(
            help="Distil on stored features of your own teacher and student: .npz, .safetensors, .parquet, .csv or "
            ".jsonl with teacher_image, student_image, class_text and labels (see README, Your own model)."
        ),
    ] = None,
    classes: Annotated[
        Path | None, typer.Option(help="With --features: a second file with class_text and class_names.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for report.html, summary.json and runs/.")] = Path("ame-demo"),
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1 ...")] = "cpu",
) -> None:
    """Train a student with and without AME over paired seeds; print a table and write a report."""
    with _loading():
        from ame_explore import settings
        from ame_explore.ame import AMEError
        from ame_explore.apps.terminal import demo_in_terminal, features_from
        from ame_explore.training import Recipe

    given = given_settings(context)
    if recipe is not None and given:
        option = next(iter(given)).replace("_", "-")
        raise AMEError(f"recipe already holds all settings, got --{option} as well: leave out one of the two.")
    chosen: dict[str, Any] = {} if recipe is not None else settings.parse_all(given)
    if classes is not None and features is None:
        raise AMEError("--classes needs --features: give both, or leave out --classes.")
    if features is not None and "data" in chosen:
        raise AMEError("--features already gives the data, got --data as well: leave out one of the two.")
    data, options = (None, []) if features is None else features_from(features, classes)
    if recipe is not None:
        made = Recipe.from_token(recipe)
    else:
        made = Recipe.for_data(chosen.pop("data", None) if data is None else data, **chosen)
    if not demo_in_terminal(
        made,
        seeds=seeds,
        weaker=shares_from(weaker),
        baselines=baselines,
        out=out,
        device=device,
        data=data,
        options=options,
    ):
        raise typer.Exit(130)


@app.command()
def report(
    features: Annotated[
        Path,
        typer.Argument(
            help="Features: .npy (2, n, d), .npz, .safetensors, .parquet, .csv, .jsonl, or a folder of shards."
        ),
    ],
    other: Annotated[
        Path | None, typer.Argument(metavar="B", help="Features of the same pairs by another model, to compare.")
    ] = None,
    text: Annotated[
        Path | None, typer.Option(help="The texts' features (m, d), if FEATURES is an .npy with images only.")
    ] = None,
    captions: Annotated[
        Path | None,
        typer.Option(
            help="Captions: .txt (one per line), .json (a list, or COCO's), .jsonl, or a table with a column caption."
        ),
    ] = None,
    labels: Annotated[Path | None, typer.Option(help="Labels, numbers or names: .txt, .json, .npy or a table.")] = None,
    metadata: Annotated[
        Path | None, typer.Option(help="A .csv or .parquet table with one row per image, to slice by its columns.")
    ] = None,
    images: Annotated[
        Path | None,
        typer.Option(
            help="The images' folder, or a file that lists their paths, for thumbnails. No other folder is read."
        ),
    ] = None,
    logit_scale: Annotated[
        float | None,
        typer.Option(help="Factor on cosines before the softmax (default: the file's own, or else 100, CLIP's limit)."),
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of text files.")] = "utf-8",
    out: Annotated[Path, typer.Option(help="The report, one HTML file that opens offline.")] = Path("report.html"),
    json: Annotated[Path | None, typer.Option(help="Also write the measures to this file; - is stdout.")] = None,
    suspects: Annotated[
        Path | None, typer.Option(help="Also write the most suspect pairs to this file, e.g. suspects.csv.")
    ] = None,
    umap: Annotated[
        bool, typer.Option("--umap/--no-umap", help="Draw UMAP as well as PCA (at most 4,000 pairs).")
    ] = True,
    device: Annotated[str, typer.Option(help="Where images and texts are compared: cpu, cuda, cuda:1 ...")] = "cpu",
) -> None:
    """Measure a model's image and text features, find suspect pairs, and write a report."""
    with _loading():
        from ame_explore.apps.terminal import report_in_terminal

    files = [path for path in (features, other) if path is not None]
    given = {"captions": captions, "labels": labels, "metadata": metadata, "images": images}
    done = report_in_terminal(
        files,
        text=text,
        words={name: path for name, path in given.items() if path is not None},
        logit_scale=logit_scale,
        encoding=encoding,
        out=out,
        json_file=json,
        suspects=suspects,
        umap=umap,
        device=device,
    )
    if not done:
        raise typer.Exit(130)


@app.command()
def sweep(
    grid: Annotated[
        str,
        typer.Argument(
            metavar="GRID.toml",
            help='Grid of settings, see README; or the name of one that ships with the package: "default" or "emoji".',
        ),
    ] = "default",
    executor: Annotated[
        str, typer.Option(help="Where runs are done: processes, threads, serial, or dask (needs the extra cluster).")
    ] = "processes",
    workers: Annotated[int | None, typer.Option(min=1, help="How many at a time.", show_default="one per core")] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="With --executor dask: address of a scheduler.", show_default="a local cluster")
    ] = None,
    features: Annotated[
        Path | None, typer.Option(help="Stored features of your own teacher and student, as for demo.")
    ] = None,
    classes: Annotated[
        Path | None, typer.Option(help="With --features: a second file with class_text and class_names.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many runs there are and how long they take.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder for results.parquet; an interrupted sweep continues in it.")] = Path(
        "ame-sweep"
    ),
) -> None:
    """Run a grid of settings over teachers, splits and seeds. After Ctrl-C or a kill, the same command continues it."""
    with _loading():
        from ame_explore.ame import AMEError
        from ame_explore.apps.sweep_terminal import sweep_in_terminal
        from ame_explore.apps.terminal import features_from
        from ame_explore.training.sweeps.grid import Grid

    if classes is not None and features is None:
        raise AMEError("--classes needs --features: give both, or leave out --classes.")
    data = None if features is None else features_from(features, classes)[0]
    done = sweep_in_terminal(
        Grid.read(grid, data=data),
        out=out,
        executor=executor,
        workers=workers,
        scheduler=scheduler,
        dry_run=dry_run,
        data=data,
        command=shlex.join(["ame-explore", "evidence", str(out)]),
    )
    if not done:
        raise typer.Exit(130)


@app.command()
def evidence(
    sweep: Annotated[Path, typer.Argument(metavar="SWEEP", help="Folder of a sweep, finished or not.")],
    out: Annotated[Path, typer.Option(help="The page, one HTML file that opens offline.")] = Path("evidence.html"),
) -> None:
    """Write the page that answers each claim of the paper and each question of its reviewers from a sweep."""
    with _loading():
        from ame_explore.apps.sweep_terminal import evidence_in_terminal

    evidence_in_terminal(sweep, out)


@app.command()
def replay(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Folders or packed files of runs of the same data, at most 6."),
    ],
    out: Annotated[Path, typer.Option(help="The page, one HTML file that opens offline.")] = Path("replay.html"),
    title: Annotated[str | None, typer.Option(help="The page's heading.", show_default="the names of the runs")] = None,
) -> None:
    """Write a page that plays recorded runs side by side, without Python. Exit code 1: some runs were left out."""
    with _loading():
        from ame_explore.apps.replay_terminal import replay_in_terminal

    code = replay_in_terminal(runs, out, title=title)
    if code:
        raise typer.Exit(code)


@app.command()
def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A recipe token, or the folder or packed file of a run.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The other.")],
    tolerance: Annotated[
        float,
        typer.Option(min=0.0, help="Values differ if they are further apart than this share; 0 compares every bit."),
    ] = 0.0,
) -> None:
    """Say where two runs or recipes differ: the settings, then the first step and term. Exit code 1: they differ."""
    with _loading():
        from ame_explore.apps.terminal import diff_in_terminal

    if not diff_in_terminal(a, b, tolerance=tolerance):
        raise typer.Exit(1)

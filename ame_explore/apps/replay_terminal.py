"""`ame-explore replay` in a terminal: progress, what was left out, and where the page is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from ame_explore.ame import AMEError
from ame_explore.apps.console import SafeConsole
from ame_explore.apps.terminal import check_targets
from ame_explore.data.files.boundary import shown_path
from ame_explore.progress_bars import progress_bars
from ame_explore.widgets.replay.html_file import replay_page


def replay_in_terminal(runs: Sequence[Path], out: Path, *, title: str | None = None) -> int:
    """Write the page, and print where it is and which runs were left out.

    Args:
        runs: folders or packed files of runs.
        out: the page.
        title: the page's heading; None: the names of the runs.

    Returns:
        The exit code: 0, 1 if runs were left out, or 130 after Ctrl-C.

    Raises:
        AMEError: if no run can be used, or the page cannot be written.
    """
    check_targets({"--out": out}, list(runs))
    console, errors = SafeConsole(), SafeConsole(stderr=True)
    try:
        with progress_bars() as progress:
            made = replay_page(out, list(runs), title=title, progress=progress)
    except KeyboardInterrupt:
        errors.print(Text("Interrupted: no page was written."))
        return 130
    except OSError as error:
        raise AMEError(f"{out} cannot be written: {error.strerror or error}.") from error
    for sentence in made.left_out:
        errors.print(Text.assemble(("left out: ", "bold yellow"), sentence), soft_wrap=True)
    size = made.path.stat().st_size / 1e6
    console.print(
        Text(f"Replay of {', '.join(made.arms)}: {shown_path(made.path)} ({size:.1f} MB)\nOpen it in a browser."),
        soft_wrap=True,
    )
    return 1 if made.left_out else 0

"""Getting a class ready, in a terminal: the check of a machine, and the bundle for a room without a network."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from ame_explore.apps.console import SafeConsole, stdout_may_fail
from ame_explore.apps.preflight import check

if TYPE_CHECKING:
    from ame_explore.tasks import Progress


def _bars() -> AbstractContextManager[Progress | None]:
    """Progress on stderr; none if torch is missing, which the check is about to say."""
    try:
        from ame_explore.progress_bars import progress_bars
    except ImportError:
        return contextlib.nullcontext()
    return progress_bars()


def check_in_terminal(*, as_json: bool) -> bool:
    """Check this machine and print what was found.

    Args:
        as_json: print JSON in place of the text.

    Returns:
        Whether nothing stops the notebooks.
    """
    with _bars() as progress:
        found = check(progress=progress)
    with stdout_may_fail():
        if as_json:
            print(json.dumps(found.to_json(), indent=1))
        else:
            SafeConsole().print(str(found), soft_wrap=True, highlight=False, markup=False)
    return found.ok


def bundle_in_terminal(target: Path, *, pip_options: Sequence[str], models: bool) -> bool:
    """Make a bundle with a progress bar, and say where it is and what to do with it.

    Args:
        target: the folder of the bundle.
        pip_options: further options of pip.
        models: also include trained models.

    Returns:
        False if the user pressed Ctrl-C.

    Raises:
        AMEError: if the folder cannot be used, or a wheel can be neither downloaded nor built.
    """
    from ame_explore.apps.bundle import make_bundle
    from ame_explore.progress_bars import progress_bars

    console = SafeConsole()
    try:
        with progress_bars() as progress:
            made = make_bundle(target, pip_options=pip_options, models=models, progress=progress)
    except KeyboardInterrupt:
        console.print("Interrupted. No bundle was written.", highlight=False, markup=False)
        return False
    with stdout_may_fail():
        told = f"{made.folder} holds {made.wheels} wheels, {made.size / 1e6:,.0f} MB."
        console.print(told, soft_wrap=True, highlight=False, markup=False)
        console.print("Copy the folder to a USB stick. Its README.txt says how to install from it.", highlight=False)
    return True

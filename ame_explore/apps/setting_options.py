"""Command-line options for the settings of a run, made from their declarations when a command is called."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from ame_explore.settings import Setting


class WithSettings(TyperCommand):
    """A command with an option for every setting besides its own options; read them with `given_settings`.

    The options are created only when needed, so that the command line without a command loads nothing.
    """

    def get_params(self, ctx: Any) -> list[Any]:
        """The command's own parameters, the settings, and --help."""
        *own, last = super().get_params(ctx)
        return [*own, *_options(), last]


def given_settings(context: typer.Context) -> dict[str, object]:
    """Setting -> what the user gave for it: text, or True or False for switches."""
    found: dict[str, object] = context.meta.get(__name__, {})
    return found


def _shown_default(one: Setting) -> str:
    """A setting's default, and the data sets that have another one, as in `Recipe.for_data`."""
    from ame_explore.registry import data_sets
    from ame_explore.settings import FIRST_DATA

    if one.name == "data":
        return FIRST_DATA
    usual = "none" if one.default is None else str(one.default)
    own = [f"{part.defaults[one.name]} on {name}" for name, part in data_sets.items() if one.name in part.defaults]
    return ", ".join([*own, f"otherwise {usual}" if own else usual])


def _options() -> list[Any]:
    """The settings as parameters of a command, which typer creates from a signature."""
    from ame_explore.settings import GROUPS, SETTINGS

    parameters = []
    for one in SETTINGS.values():
        option = f"--{one.name.replace('_', '-')}"
        said = [one.help] + ([one.parts or f"One of: {', '.join(one.names)}."] if one.names else [])
        said += [f"A {'whole ' if one.whole else ''}number {one.range}."] if one.range else []
        said += [f'"none": {one.none}.'] if one.optional else []
        wanted = typer.Option(
            f"{option}/--no-{option[2:]}" if one.kind is bool else option,
            help=" ".join(said),
            show_default=_shown_default(one),
            metavar=None if one.kind is bool else {int: "WHOLE", float: "NUMBER"}.get(one.kind, "NAME"),
            callback=_keep,
            expose_value=False,
            rich_help_panel=GROUPS[one.group],
        )
        kind = bool if one.kind is bool else str
        parameters.append(
            inspect.Parameter(
                one.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, wanted]
            )
        )

    def every(**_: object) -> None: ...

    every.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    every.__annotations__ = {one.name: one.annotation for one in parameters}
    app = typer.Typer(add_completion=False)
    app.command()(every)
    command: Any = typer.main.get_command(app)
    return [one for one in command.params if one.name in SETTINGS]


def _keep(context: typer.Context, parameter: typer.CallbackParam, value: Any) -> Any:
    if value is not None:
        context.meta.setdefault(__name__, {})[parameter.name] = value
    return value

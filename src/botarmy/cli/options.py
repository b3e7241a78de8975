"""Command-line options made from the settings, so that each setting is declared once."""

from __future__ import annotations

import os
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from botarmy.cli.terminal import describe
from botarmy.settings import Settings, load

ALIASES: Final = {"open_browser": "--open"}


def takes_settings(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each of these settings, and `--config`.

    The command's first parameter is the settings, loaded; its others are options and arguments of its own.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        def with_options(*, config: Path | None, **given: Any) -> None:
            loaded = load({name: given.pop(name) for name in names}, os.environ, config)
            try:
                command(loaded, **given)
            except (typer.Exit, typer.Abort, BrokenPipeError):
                raise
            except Exception as error:  # here it is known which secrets the text may hold
                raise typer.Exit(describe(error, loaded.redactor(os.environ))) from error

        own = list(signature(command, eval_str=True).parameters.values())[1:]
        parameters = [
            parameter.replace(kind=Parameter.KEYWORD_ONLY)
            for parameter in (*own, *(_setting(name) for name in names), _CONFIG)
        ]
        with_options.__name__ = command.__name__
        with_options.__doc__ = command.__doc__
        with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        with_options.__setattr__("__signature__", Signature(parameters))
        return with_options

    return decorate


def spelled(name: str) -> str:
    """The option of a setting, e.g. `--demo-speed`."""
    return f"--{name.replace('_', '-')}"


def _setting(name: str) -> Parameter:
    """Values stay text here: the settings say in their own words what is wrong with one."""
    info = Settings.model_fields[name]
    if info.annotation is bool:
        names = [f"{spelled(name)}/{spelled(f'no_{name}')}", *([ALIASES[name]] if name in ALIASES else [])]
        option = typer.Option(*names, help=info.description, show_default=False)
        return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[bool | None, option])
    default = f" [{info.default}]" if isinstance(info.default, str | int | float) else ""
    option = typer.Option(spelled(name), help=f"{info.description}{default}", metavar="VALUE", show_default=False)
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, option])


_CONFIG: Final = Parameter(
    "config",
    Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="The file to read settings from, instead of a botarmy.toml here or in the data folder.",
            show_default=False,
        ),
    ],
)

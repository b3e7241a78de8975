"""`botarmy providers`."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated, Final

import typer

from botarmy.cli.options import takes_settings
from botarmy.cli.terminal import FAILED, say
from botarmy.settings import Loaded, load

MARKS: Final = {"ready": "✓", "unknown": "·", "absent": " ", "failing": "✗"}

app: Final = typer.Typer(
    help="List the AI services that agents can use, and try one.",
    rich_markup_mode=None,
    invoke_without_command=True,
)


@app.callback()
def providers(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        _list(load({}, os.environ, None), ask=True)


@app.command("list")
@takes_settings("data_dir", "custom")
def list_providers(
    loaded: Loaded,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody: say only what is set up here.")] = False,
) -> None:
    """Print every AI service: whether it can be used, at which address, and with which key.

    Services that are set up are asked for their list of models, which costs nothing. `botarmy providers` alone does
    the same.
    """
    _list(loaded, ask=not offline)


@app.command("test")
@takes_settings("data_dir", "custom", "llm_first_token_timeout")
def test_provider(
    loaded: Loaded,
    provider: Annotated[
        str,
        typer.Argument(help="A provider, or a model such as openai-chat:gpt-5-mini.", show_default=False),
    ],
) -> None:
    """Make one tiny call of a model, and say in words what is right or wrong. It costs next to nothing."""
    from botarmy import bootstrap  # noqa: PLC0415 - loads the server

    try:
        model, seconds = asyncio.run(bootstrap.try_provider(loaded, provider))
    except bootstrap.ProviderProblem as problem:
        which = f" ({problem.detail})" if problem.code in bootstrap.SET_UP_WRONG else ""
        say(f"✗ {provider}: {problem.message} {problem.action}{which}".rstrip())
        raise typer.Exit(FAILED) from None
    say(f"✓ {model} answered in {seconds:.1f} s.")


def _list(loaded: Loaded, *, ask: bool) -> None:
    from botarmy import bootstrap  # noqa: PLC0415 - loads the server

    states = asyncio.run(bootstrap.provider_states(loaded, ask))
    widths = [max(len(text) for text in column) for column in zip(*((s.name, s.words) for s in states), strict=True)]
    for state in states:
        named = f"{MARKS[state.health]} {state.name:<{widths[0]}}  {state.words:<{widths[1]}}"
        say(f"{named}  {state.address}  {state.key}".rstrip())

"""`botarmy notify`."""

from __future__ import annotations

import asyncio
from typing import Final

import typer

from botarmy.cli.options import takes_settings
from botarmy.cli.terminal import FAILED, say
from botarmy.settings import Loaded

app: Final = typer.Typer(help="Try the ways in which BotArmy tells people what needs them.", no_args_is_help=True)
SETTINGS: Final = (
    "public_url",
    "notify_webhook_url",
    "notify_webhook_secret",
    "smtp_url",
    "notify_email_to",
    "notify_email_from",
)


@app.callback()
def notify() -> None:
    """Try the ways in which BotArmy tells people what needs them."""


@app.command("test")
@takes_settings("data_dir", *SETTINGS)
def test_channels(loaded: Loaded) -> None:
    """Send a test by webhook and by e-mail, whichever is set up, and say in words what is right or wrong."""
    from botarmy import bootstrap  # noqa: PLC0415 - loads the server

    tried = asyncio.run(bootstrap.try_channels(loaded))
    for name, problem in tried:
        say(f"✓ {name}: the test was taken." if problem is None else f"✗ {name}: {problem}")
    if not tried:
        say("✗ Nobody would be told: set notify_webhook_url, or smtp_url (see docs/how-to/be-told.md).")
    if not tried or any(problem for _, problem in tried):
        raise typer.Exit(FAILED)

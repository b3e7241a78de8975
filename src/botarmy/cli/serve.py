"""`botarmy serve`."""

from __future__ import annotations

import getpass
import re
import shlex
import webbrowser
from collections.abc import Iterator

from botarmy import bootstrap
from botarmy.cli.terminal import say
from botarmy.settings import Loaded, Settings


def serve_until_stopped(loaded: Loaded) -> None:
    """Raises what `bootstrap.serve` raises."""

    def announce(server: bootstrap.Server, url: str) -> None:
        say(f"BotArmy is at {url}")
        say(_model(server.model))
        problem = bootstrap.model_problem(server.model, loaded)
        if problem:
            say(f"It cannot be called: {problem.message} {problem.action}")
        if loaded.settings.memory:
            say("Everything is kept in memory, and gone when BotArmy stops.")
        else:
            say(f"Your projects are in {loaded.settings.data_dir}")
        for problem in server.teams.problems:
            say(f"Left out: {problem.message} {problem.action}")
        for line in _access(server, loaded.settings):
            say(line)
        say("Ctrl-C stops it.")
        if loaded.settings.open_browser:
            webbrowser.open(url)

    bootstrap.serve(loaded, announce)


def _access(server: bootstrap.Server, settings: Settings) -> Iterator[str]:
    if not server.door.required:
        return
    yield "Everybody signs in with a token."
    if not server.door.keyring.lets_anybody_in:
        yield "There is none yet. In another terminal, make the first one for yourself:"
        folder = f" --data-dir {shlex.quote(str(settings.data_dir))}"
        yield f"    botarmy token create --user {_me()} --role admin{folder}"
    if not settings.allowed_hosts and settings.host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not listened on
        yield "Browsers reach it as localhost alone: name its other names with --allowed-hosts."


def _me() -> str:
    """A user's name made of the one that this person has on the machine."""
    try:
        name = re.sub(r"[^a-z0-9._-]", "", getpass.getuser().lower()).lstrip("._-")
    except (OSError, KeyError, ImportError):
        name = ""
    return name if name not in ("", "local") else "anna"


def _model(model: str) -> str:
    demo, _, mishap = model.partition(":")
    if demo == "demo" and mishap:
        return f"The offline demo team is at work, and shows what can go wrong: {mishap}."
    if demo == "demo":
        return "The offline demo team is at work: no AI service is set up. Set OPENAI_API_KEY to use a model."
    return f"Agents use {model}"

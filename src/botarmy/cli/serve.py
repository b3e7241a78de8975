"""`botarmy serve`."""

from __future__ import annotations

import webbrowser

from botarmy import bootstrap
from botarmy.cli.terminal import say
from botarmy.settings import Loaded


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
        say("Ctrl-C stops it.")
        if loaded.settings.open_browser:
            webbrowser.open(url)

    bootstrap.serve(loaded, announce)


def _model(model: str) -> str:
    demo, _, mishap = model.partition(":")
    if demo == "demo" and mishap:
        return f"The offline demo team is at work, and shows what can go wrong: {mishap}."
    if demo == "demo":
        return "The offline demo team is at work: no AI service is set up. Set OPENAI_API_KEY to use a model."
    return f"Agents use {model}"

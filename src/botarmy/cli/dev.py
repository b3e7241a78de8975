"""`botarmy dev`: what helps to try and to test BotArmy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from botarmy.cli.terminal import USAGE, complain, say

PORT: Final = 8010

app: Final = typer.Typer(
    help="Tools to try BotArmy without a provider.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def dev() -> None:
    """Without this a single command would take the group's place."""


Faults: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FAULT",
        help="What goes wrong, such as 429:retry-after=2; again for more, which take turns.",
        show_default=False,
    ),
]
Script: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A fault, or ok, on each line: one for each request.", show_default=False),
]
Times: TypeAlias = Annotated[
    int | None, typer.Option(min=0, help="How many requests fail, then none; the default is all of them.")
]
AgentName: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Only this agent's requests fail, e.g. Developer.")
]
Every: TypeAlias = Annotated[int, typer.Option(min=1, help="Only every so-many-th request fails.")]
Speed: TypeAlias = Annotated[
    float, typer.Option(min=0, max=100_000, help="How fast answers are written; 0 is as fast as it goes.")
]
Port: TypeAlias = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes any free one.")]
Listed: TypeAlias = Annotated[bool, typer.Option("--list", help="Print what can go wrong, and end.")]


@app.command("llm-server")
def llm_server(
    fault: Faults = None,
    script: Script = None,
    times: Times = None,
    agent: AgentName = None,
    every: Every = 1,
    tokens_per_second: Speed = 0.0,
    port: Port = PORT,
    list_faults: Listed = False,
) -> None:
    """Play an AI service on this machine: the five agents without a model, failing as you say."""
    if list_faults:
        _list_faults()
        return
    from botarmy import bootstrap  # noqa: PLC0415 - loads the server

    def announce(variables: dict[str, str]) -> None:
        say("The AI service is there, on this machine alone. Start BotArmy with:")
        for name, value in variables.items():
            say(f"export {name}={value}")
        say("Ctrl-C stops it.")

    failing = bootstrap.Failing(
        faults=tuple(fault or ()),
        script=script,
        times=times,
        agent=agent,
        every=every,
        tokens_per_second=tokens_per_second,
    )
    try:
        bootstrap.serve_model(port, failing, announce)
    except bootstrap.CannotFail as problem:
        complain(str(problem))
        raise typer.Exit(USAGE) from problem


def _list_faults() -> None:
    from botarmy import bootstrap  # noqa: PLC0415 - loads the server

    for name, words in bootstrap.known_faults():
        say(f"{name:<32} {words}")

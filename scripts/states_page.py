"""Writes `docs/reference/states.md` from the tables of transitions: `python -m scripts.states_page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from botarmy.domain.transitions import TABLES, Moves

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "states.md"
_INTRODUCTION: Final = """\
# States

What a run, a step, a phase, a request and a job can be, and what may follow what. A command or a report that would lead
anywhere else is refused as [`illegal_transition`](errors.md) and changes nothing; the server's log names the run and
the two states. What the states mean is in [the protocol](protocol.md#events).

This page is made from `src/botarmy/domain/transitions.py` by `python -m scripts.states_page`.
"""
_WHAT: Final = {
    "run": "A run that ended goes on when one of its steps is retried. While it is `running` and goes on only when a "
    "person has answered, it is shown as `waiting`, which is no state of its own.",
    "step": "Only an agent at work comes to `thinking`; `retrying`, and `waiting` with a time, are over then.",
    "phase": "`progress` is a phase whose agent asked a person: it goes on with the answer. One that was `rolled_back` "
    "is done again from the start.",
    "request": "What was answered or withdrawn stays so.",
    "job": "A job whose worker died is `lost`, and goes back to the queue under the same attempt.",
}


def page() -> str:
    return _INTRODUCTION + "".join(_section(kind, moves) for kind, moves in TABLES.items())


def _section(kind: str, moves: Moves) -> str:
    diagram = "\n".join(f"    {line}" for line in _arrows(moves))
    rows = "".join(
        f"| `{state}` | {', '.join(f'`{after}`' for after in sorted(moves[state])) or 'nothing'} |\n"
        for state in moves
        if state is not None
    )
    return (
        f"\n## {kind.title()}\n\n{_WHAT[kind]}\n\n"
        f"```mermaid\nstateDiagram-v2\n{diagram}\n```\n\n"
        f"| from | to |\n| --- | --- |\n{rows}"
    )


def _arrows(moves: Moves) -> Iterator[str]:
    """Without the arrows from a state to itself; a state that nothing follows is an end."""
    for state, following in moves.items():
        others = sorted(following - {state})
        yield from (f"{state or '[*]'} --> {after}" for after in others)
        if not following:
            yield f"{state} --> [*]"


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"Wrote the states of {', '.join(TABLES)} to {PAGE}.")


if __name__ == "__main__":
    main()

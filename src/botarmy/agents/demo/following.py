"""The demo's part in a follow-up: the same project again, with what the new brief mentions, and a page of changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from botarmy.agents.demo.brief import Reading, read_brief, read_follow_up
from botarmy.agents.demo.fill import as_markdown, fill_file, packaged
from botarmy.ports import AgentContext

CHANGES: Final = "docs/changes.md"
WRITER: Final = "analyst"
QUOTED_CHARACTERS: Final = 600


def reading_of(context: AgentContext) -> Reading:
    """Of a follow-up: the first project's, so that it stays what it was."""
    if not context.before:
        return read_brief(context.brief, context.title)
    briefs = [*(before.brief for before in context.before), context.brief]
    return read_follow_up(briefs, context.before[0].title)


def goes_on(context: AgentContext) -> str:
    """What an agent says of the project that it goes on from, as Markdown; empty where there is none."""
    if not context.before:
        return ""
    title = as_markdown(context.before[-1].title)
    count = len(context.files.paths())
    files = f"{count} {'file is' if count == 1 else 'files are'} here"
    return (
        f"This goes on from **{title}**: its {files} as they were left. You ask for a change:\n\n"
        f"> {_quoted(context.brief)}\n\n"
        "I change what the templates know of it, and leave the rest as it is; a real model would do it all."
    )


def changes_of(context: AgentContext) -> Mapping[str, str]:
    """The page that says what was asked for, one brief after the other; written by the first of the team."""
    if not context.before or context.agent.step != WRITER:
        return {}
    asked = [before.brief for before in context.before[1:]] + [context.brief]
    values = {"title": context.before[0].title, "first": _cut(context.before[0].brief)}
    head = fill_file(packaged("templates/follow-up.md"), values, CHANGES)
    return {CHANGES: head + "".join(f"{at}. {_quoted(brief)}\n" for at, brief in enumerate(asked, 1))}


def _quoted(brief: str) -> str:
    return as_markdown(_cut(brief))


def _cut(text: str) -> str:
    return text if len(text) <= QUOTED_CHARACTERS else f"{text[:QUOTED_CHARACTERS]} …"

"""The demo's part for agents of other teams: it plans in words and writes what the team file expects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from botarmy.agents.demo.fill import Block, as_comment, fill_file, json_block, packaged
from botarmy.agents.demo.following import reading_of
from botarmy.domain.artifacts import check_path
from botarmy.domain.errors import DomainError
from botarmy.ports import AgentContext

MOST_FILES = 20
_COMMENTS = {".py": "# ", ".sh": "# ", ".yaml": "# ", ".yml": "# ", ".toml": "# ", ".js": "// ", ".ts": "// "}


def foreign_files(context: AgentContext) -> Mapping[str, str]:
    """A file for each artifact that the team declares; `docs/` becomes `docs/notes.md`. Unusable names are left out."""
    paths = [f"{name}notes.md" if name.endswith("/") else name for name in context.agent.artifacts[:MOST_FILES]]
    return {path: _content(path, context) for path in dict.fromkeys(paths) if _usable(path)}


def foreign_values(context: AgentContext, files: Mapping[str, str]) -> Mapping[str, str]:
    """The words of the talk."""
    reading = reading_of(context)
    spec = context.agent
    return {
        "title": reading.title,
        "brief": reading.excerpt,
        "agent_name": spec.name,
        "step_title": spec.title,
        "role": spec.role or spec.title,
        "task": " ".join((context.phase.instructions or spec.instructions).split())[:280],
        "phase": context.phase.phase,
        "earlier": Block(_earlier(context)),
        "paths": Block(", ".join(f"`{path}`" for path in files)),
        "count": "one file" if len(files) == 1 else f"{len(files)} files",
    }


def _earlier(context: AgentContext) -> str:
    done = [result.agent_name for result in context.earlier if result.status == "completed"]
    return f"I build on what {' and '.join(done)} left." if done else ""


def _usable(path: str) -> bool:
    try:
        check_path(path)
    except DomainError:
        return False
    return True


def _content(path: str, context: AgentContext) -> str:
    values = foreign_values(context, {})
    suffix = PurePosixPath(path).suffix
    if suffix == ".json":
        keys = ("title", "step_title", "brief")
        return f"{json_block({'made_by': 'offline demo', **{key: values[key] for key in keys}})}\n"
    if suffix in _COMMENTS:
        lines = (values["title"], f"{values['agent_name']} writes this file; the offline demo leaves its place.")
        return "".join(f"{_COMMENTS[suffix]}{as_comment(line)}\n" for line in lines)
    name = "page.html" if suffix in (".html", ".htm") else "notes.md"
    return fill_file(packaged(f"templates/foreign/{name}"), values, name)

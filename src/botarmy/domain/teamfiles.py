"""Team files as people read and change them: their text, what is wrong with it, and what may stand in a package."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from botarmy.domain.artifacts import check_path
from botarmy.domain.errors import DomainError
from botarmy.domain.team import Team

YAML_BYTES: Final = 256 * 1024
"""Of a team's file, and of each file of instructions."""
INSTRUCTIONS_MOST: Final = 20
"""Files of instructions of one team."""
PACKED_BYTES: Final = 4 * 1024 * 1024
"""All of a team's files together."""
TAKEN: Final = frozenset({"import", "new", "recovery", "validate"})
"""Names that mean something else: an address, or the file of the recovery rules."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text: a 1-based line and column, and the reason in words without a full stop."""

    line: int
    column: int | None
    """None where it is not known."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A team as text: its YAML, and the files of instructions beside it, by the path that the YAML names."""

    yaml: str = field(repr=False)
    instructions: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def version(self) -> str:
        """The same for equal texts."""
        text = json.dumps([self.yaml, sorted(self.instructions.items())])
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFile:
    """A team that is there, with its text."""

    team: Team
    draft: Draft
    own: bool
    """False for those that ship."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a draft amounts to: the team, or what is wrong with it."""

    team: Team | None = None
    faults: tuple[Fault, ...] = ()


def runs_programs(team: Team) -> bool:
    """Whether its file names code to run or servers to call, and with that may hand out what the server knows."""
    return any(spec.agent != "llm" or spec.mcp for spec in team.steps)


def instructions_fault(path: str, text: str) -> str | None:
    """Why a file of instructions may not be written, in words without a full stop; None where it may."""
    try:
        check_path(path)
    except DomainError:
        return f"“{path[:80]}” is not a path that can be used"
    if not path.endswith(".md") or any(part.startswith(".") for part in path.split("/")):
        return f"“{path[:80]}” is not a .md file that can be seen"
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return f"“{path[:80]}” is not text in UTF-8"
    if not text.strip() or size > YAML_BYTES:
        return f"“{path[:80]}” is {'too large' if text.strip() else 'empty'}"
    return None

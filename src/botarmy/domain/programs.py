"""Code of the operator's own that does an agent's work: a Python callable, or a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

TIMEOUT_SECONDS: Final = 1_800
"""Of one job, where the team file does not say."""
MEMORY_MIB: Final = 2_048
OUTPUT_MIB: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonAgent:
    python: str
    """`package.module:callable`"""
    timeout: int = TIMEOUT_SECONDS
    """Seconds, for one job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAgent:
    command: tuple[str, ...]
    """The program and its arguments; no shell is in between. Paths beside the team file are absolute here."""
    env: tuple[str, ...] = ()
    """Variables of the server's environment that it is given beside the harmless ones."""
    timeout: int = TIMEOUT_SECONDS
    """Seconds, for one job."""
    memory: int = MEMORY_MIB
    """MiB of address space for each of its processes."""
    output: int = OUTPUT_MIB
    """MiB that it may write in one job."""


Program: TypeAlias = PythonAgent | CommandAgent

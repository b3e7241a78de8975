"""Code of the operator's own that does an agent's work: a Python callable, or a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

TIMEOUT_SECONDS: Final = 1_800
"""Of one job, where the team file does not say."""
MCP_TIMEOUT_SECONDS: Final = 60
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


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServer:
    """A server of tools, by the Model Context Protocol: a program that is started, or an address."""

    name: str
    command: tuple[str, ...] = ()
    """As of a `CommandAgent`; empty where there is a `url`."""
    url: str | None = None
    env: tuple[str, ...] = ()
    """As of a `CommandAgent`."""
    token_env: str | None = None
    """The variable that holds the token for the address."""
    tools: tuple[str, ...] = ()
    """Those that the agent may use; empty: all."""
    approval: tuple[str, ...] = ()
    """Those whose every call a person approves first."""
    timeout: int = MCP_TIMEOUT_SECONDS
    """Seconds, for one call."""


Program: TypeAlias = PythonAgent | CommandAgent

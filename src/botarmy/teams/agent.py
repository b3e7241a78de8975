"""What a step's `agent` may be: a model, Python code, or a program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal
from urllib.parse import urlsplit

import yaml

from botarmy.domain.programs import (
    MCP_TIMEOUT_SECONDS,
    MEMORY_MIB,
    OUTPUT_MIB,
    TIMEOUT_SECONDS,
    CommandAgent,
    McpServer,
    Program,
    PythonAgent,
)
from botarmy.teams.beside import Beside
from botarmy.teams.document import DocumentError, Field, Located, Table, either, list_of, quoted, table, text, whole

LLM: Final = "llm"
LONGEST_SECONDS: Final = 7 * 24 * 3600
WORDS: Final = 100
"""Of a command."""
SERVERS: Final = 10
_PYTHON: Final = "python:"
_BESIDE: Final = "./"
_NAMES: Final = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_CALLABLE: Final = re.compile(f"{_NAMES}:{_NAMES}", re.ASCII)
_SERVER: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_VARIABLE: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def _callable(name: str) -> str | None:
    if _CALLABLE.fullmatch(name):
        return None
    return f"“{quoted(name)}” does not name Python code, such as package.module:function"


def _short(word: str) -> str | None:
    if word == LLM:
        return None
    if word.startswith(_PYTHON):
        return _callable(word.removeprefix(_PYTHON))
    return f"“{quoted(word)}” is no agent: write llm, python:package.module:function, or a command below it"


def _variable(name: str) -> str | None:
    return None if _VARIABLE.fullmatch(name) else f"“{quoted(name)}” is no name of a variable"


def _word(word: str) -> str | None:
    return "a word of a command may hold no zero byte" if "\0" in word else None


def _server(name: str) -> str | None:
    return None if _SERVER.fullmatch(name) else f"“{quoted(name)}” may hold only small letters, digits and _"


def _address(url: str) -> str | None:
    parts = urlsplit(url)
    known = parts.scheme in ("http", "https") and parts.hostname and not parts.username
    return None if known else "an address begins with https:// or http://, and holds no password"


_SHORT: Final = text(limit=200, check=_short)


def _named(node: yaml.Node) -> Table:
    word = _SHORT(node)
    return Table.of(node, python=word.removeprefix(_PYTHON)) if word != LLM else Table.of(node)


AGENT: Final = Field(
    either(
        _named,
        table(
            {
                "python": Field(text(limit=200, check=_callable)),
                "command": Field(list_of(text(limit=4_000, check=_word), least=1, most=WORDS)),
                "env": Field(list_of(text(limit=200, check=_variable), most=50)),
                "timeout": Field(whole(low=1, high=LONGEST_SECONDS)),
                "memory": Field(whole(low=16, high=1024 * 1024)),
                "output": Field(whole(low=1, high=1024)),
            }
        ),
    )
)


MCP: Final = Field(
    list_of(
        table(
            {
                "name": Field(text(limit=20, check=_server), required=True),
                "command": Field(list_of(text(limit=4_000, check=_word), least=1, most=WORDS)),
                "url": Field(text(limit=2_000, check=_address)),
                "env": Field(list_of(text(limit=200, check=_variable), most=50)),
                "token_env": Field(text(limit=200, check=_variable)),
                "tools": Field(list_of(text(limit=100), least=1, most=100)),
                "approval": Field(list_of(text(limit=100), most=100)),
                "timeout": Field(whole(low=1, high=3_600)),
            }
        ),
        most=SERVERS,
    )
)


def servers_of(declared: Sequence[Located[Table]], beside: Beside) -> tuple[McpServer, ...]:
    """Raises DocumentError."""
    servers: dict[str, McpServer] = {}
    for entry in declared:
        server = _server_of(entry.value, beside)
        if server.name in servers:
            raise DocumentError(entry.line, f"there are two servers with the name “{server.name}”")
        servers[server.name] = server
    return tuple(servers.values())


def _server_of(declared: Table, beside: Beside) -> McpServer:
    command, url = declared.items("command", str), declared.get("url", str)
    if (command is None) == (url is None):
        raise DocumentError(declared.line, "give the server either “command” or “url”")
    for key, other in (("env", url), ("token_env", command)):
        if other is not None and key in declared.entries:
            raise DocumentError(declared.line_of(key), f"“{key}” is not for this kind of server")
    return McpServer(
        name=declared.need("name", str),
        command=tuple(_placed(word.value, word.line, beside) for word in command or ()),
        url=url,
        env=tuple(dict.fromkeys(name.value for name in declared.items("env", str) or ())),
        token_env=declared.get("token_env", str),
        tools=tuple(dict.fromkeys(tool.value for tool in declared.items("tools", str) or ())),
        approval=_approved(declared),
        timeout=declared.get("timeout", int) or MCP_TIMEOUT_SECONDS,
    )


def _approved(declared: Table) -> tuple[str, ...]:
    """A tool that is misspelt here would be used without asking: only those that may be used can stand here."""
    offered = [tool.value for tool in declared.items("tools", str) or ()]
    for tool in declared.items("approval", str) or ():
        if offered and tool.value not in offered:
            raise DocumentError(tool.line, f"“{quoted(tool.value)}” is not among the tools")
    return tuple(dict.fromkeys(tool.value for tool in declared.items("approval", str) or ()))


def program_of(declared: Table | None, beside: Beside) -> Program | Literal["llm"]:
    """Raises DocumentError."""
    if declared is None or not declared.entries:
        return LLM
    python, command = declared.get("python", str), declared.items("command", str)
    if (python is None) == (command is None):
        raise DocumentError(declared.line, "give the agent either “python” or “command”")
    timeout = declared.get("timeout", int) or TIMEOUT_SECONDS
    if python is not None:
        for key in ("env", "memory", "output"):
            if key in declared.entries:
                raise DocumentError(declared.line_of(key), f"“{key}” is for commands")
        return PythonAgent(python=python, timeout=timeout)
    return CommandAgent(
        command=tuple(_placed(word.value, word.line, beside) for word in command or ()),
        env=tuple(dict.fromkeys(name.value for name in declared.items("env", str) or ())),
        timeout=timeout,
        memory=declared.get("memory", int) or MEMORY_MIB,
        output=declared.get("output", int) or OUTPUT_MIB,
    )


def _placed(word: str, line: int, beside: Beside) -> str:
    """A word that begins with ./ is a path beside the team file."""
    return beside.placed(word, line) if word.startswith(_BESIDE) else word

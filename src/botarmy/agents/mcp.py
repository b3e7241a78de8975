"""Tools of other servers, by the Model Context Protocol. The library for it is an extra, loaded when it is needed."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import anyio.to_thread

from botarmy import telemetry
from botarmy.agents.process import HARMLESS
from botarmy.domain.codec import clean_text
from botarmy.domain.errors import DomainError
from botarmy.domain.programs import McpServer
from botarmy.llm.briefing import OutsideTool, ToolAnswer

if TYPE_CHECKING:
    from mcp import Client

CONNECT_SECONDS: Final = 30.0
PAGES: Final = 20
"""Of a server's list of tools."""
TOOLS: Final = 100
"""Of all servers of an agent together; what is beyond is left out."""
ANSWER_CHARACTERS: Final = 64 * 1024
NAME_CHARACTERS: Final = 64
DESCRIPTION_CHARACTERS: Final = 4_000
REASON_CHARACTERS: Final = 300

log = telemetry.logger("agents")
Call: TypeAlias = Callable[[Mapping[str, Any]], Awaitable[ToolAnswer]]


@dataclass(frozen=True, slots=True)
class McpClients:
    """Connects to the servers of an agent for the time of one job.

    Args:
        environ: the server's environment; a program is given the harmless part and what its team file names.
    """

    environ: Mapping[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def tools_of(self, servers: Sequence[McpServer]) -> AsyncIterator[Sequence[OutsideTool]]:
        """Raises DomainError `mcp_unreachable`, `mcp_unknown_tool` or `mcp_missing_extra`.

        What the body raises comes out as it is: the library's task groups would wrap it.
        """
        if not servers:
            yield ()
            return
        await _load()
        failure: Exception | None = None
        try:
            async with AsyncExitStack() as stack:
                try:
                    tools = [tool for server in servers for tool in await self._opened(stack, server)]
                    yield _told_apart(tools)
                except Exception as error:
                    failure = error
        except Exception:
            log.warning("mcp_not_closed", servers=[server.name for server in servers], exc_info=True)
        if failure is not None:
            raise failure

    async def _opened(self, stack: AsyncExitStack, server: McpServer) -> Sequence[OutsideTool]:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                client = await stack.enter_async_context(await self._client(stack, server))
                found = {tool.name: tool async for tool in _listed(client)}
        except Exception as error:
            raise DomainError("mcp_unreachable", server=server.name, detail=repr(error)[:2_000]) from error
        for wanted in (*server.tools, *server.approval):
            if wanted not in found:
                raise DomainError("mcp_unknown_tool", server=server.name, tool=wanted)
        return [
            OutsideTool(
                name=_name(server.name, name),
                description=clean_text(tool.description or "")[:DESCRIPTION_CHARACTERS],
                schema=tool.input_schema,
                call=partial(_call, client, server, name),
                approval=name in server.approval,
            )
            for name, tool in found.items()
            if not server.tools or name in server.tools
        ]

    async def _client(self, stack: AsyncExitStack, server: McpServer) -> Client:
        import httpx2  # noqa: PLC0415 - only where it is needed: it takes its time to load
        from mcp import Client, StdioServerParameters  # noqa: PLC0415 - an extra
        from mcp.client.stdio import stdio_client  # noqa: PLC0415 - an extra
        from mcp.client.streamable_http import streamable_http_client  # noqa: PLC0415 - an extra

        if server.url is not None:
            token = self.environ.get(server.token_env or "")
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            http = await stack.enter_async_context(httpx2.AsyncClient(headers=headers, timeout=server.timeout))
            transport = streamable_http_client(server.url, http_client=http)
        else:
            nowhere = stack.enter_context(open(os.devnull, "w"))  # noqa: ASYNC230, PTH123, SIM115 - never waits
            program, *arguments = server.command
            env = {name: self.environ[name] for name in (*HARMLESS, *server.env) if name in self.environ}
            transport = stdio_client(StdioServerParameters(command=program, args=arguments, env=env), errlog=nowhere)
        return Client(transport, read_timeout_seconds=server.timeout, cache=None)


async def _load() -> None:
    try:
        await anyio.to_thread.run_sync(import_module, "mcp", abandon_on_cancel=True)
    except ImportError as error:
        raise DomainError("mcp_missing_extra", detail=repr(error)) from error


async def _listed(client: Client) -> AsyncIterator[Any]:
    cursor: str | None = None
    for _ in range(PAGES):
        page = await client.list_tools(cursor=cursor)
        for tool in page.tools:
            yield tool
        cursor = page.next_cursor
        if cursor is None:
            return


async def _call(client: Client, server: McpServer, tool: str, arguments: Mapping[str, Any]) -> ToolAnswer:
    called = f"{server.name}: {tool}"
    try:
        result = await client.call_tool(tool, dict(arguments))
    except Exception as error:
        log.warning("mcp_call_failed", server=server.name, tool=tool, detail=repr(error)[:2_000])
        reason = f"{called} did not answer"
        return ToolAnswer(text=f"Error: {reason}.", summary=reason, failed=True)
    text = clean_text("\n".join(_texts(result.content)))
    if len(text) > ANSWER_CHARACTERS:
        text = f"{text[:ANSWER_CHARACTERS]}\n[… shortened: {len(text) - ANSWER_CHARACTERS} more characters]"
    if result.is_error:
        return ToolAnswer(text=f"Error: {text}", summary=f"{called} reported an error", failed=True)
    return ToolAnswer(text=text or "Done.", summary=f"Called {called}")


def _texts(content: Sequence[Any]) -> Iterator[str]:
    for block in content:
        yield block.text if block.type == "text" else f"[{block.type}, which is not shown]"


def _name(server: str, tool: str) -> str:
    """As models' interfaces take it."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", f"{server}_{tool}")[:NAME_CHARACTERS]


def _told_apart(tools: Sequence[OutsideTool]) -> Sequence[OutsideTool]:
    """Of two with one name the first."""
    by_name: dict[str, OutsideTool] = {}
    for tool in tools:
        by_name.setdefault(tool.name, tool)
    return list(by_name.values())[:TOOLS]

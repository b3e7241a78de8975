"""What BotArmy adds to a healthy call of a model: the same streamed answer through the provider's own client, through
the model library, and through an agent of ours, one after another in one run, against a local server.

    .venv/bin/python -m benchmarks.llm

The server is a process of its own and sends its chunks as fast as they are read, so that nothing but the client's work
is between two of them. The event loop is that of the server (uvloop). What is said is kept by nobody.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import platform
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from time import perf_counter, process_time
from typing import Final

import uvloop
from openai import AsyncOpenAI
from pydantic_ai import Agent, Tool
from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from botarmy.agents.llm import LlmAgents
from botarmy.agents.tools import Workbench
from botarmy.domain.team import AgentSpec
from botarmy.llm.allowance import Limits
from botarmy.llm.limiters import Limiters
from botarmy.llm.models import Models
from botarmy.llm.prompt import instructions, prompt
from botarmy.ports import AgentContext, Text
from botarmy.teams import load_teams

MODEL: Final = "gpt-5-mini"
"""What the local server answers for."""
PLENTY: Final = Limits(requests=1_000_000, tokens=1_000_000_000)
Call = Callable[[], AsyncIterator[str]]
"""One call: the pieces of text as they come."""


@dataclass
class Figures:
    clock: Callable[[], float]
    first: list[float] = field(default_factory=list)
    """Seconds from the call to its first piece, by call."""
    chunk: list[float] = field(default_factory=list)
    """Seconds from one piece to the next, on average, by call."""
    pieces: int = 0

    async def take(self, call: Call) -> None:
        begun = self.clock()
        moments = [self.clock() async for _ in call()]
        self.pieces = len(moments)
        self.first.append(moments[0] - begun)
        self.chunk.append((moments[-1] - moments[0]) / (len(moments) - 1))


class NoFiles:
    def paths(self) -> list[str]:
        return []

    async def read(self, path: str) -> bytes:
        raise AssertionError(path)


def a_context(agent: AgentSpec) -> AgentContext:
    return AgentContext(
        brief="A tip calculator for groups",
        title="Tip calculator",
        agent=agent,
        phase=agent.phases[0],
        attempt=1,
        model=f"openai-chat:{MODEL}",
        earlier=(),
        files=NoFiles(),
    )


def by_client(client: AsyncOpenAI, at: AgentContext) -> Call:
    """The provider's own client, which sends the same request."""
    messages = [{"role": "system", "content": instructions(at)}, {"role": "user", "content": prompt(at)}]
    tools = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.function_schema.json_schema,
            },
        }
        for tool in map(Tool[None], Workbench(at.files).functions(at.agent.tools))
    ]

    async def call() -> AsyncIterator[str]:
        async with await client.chat.completions.create(
            model=MODEL,
            messages=messages,  # type: ignore[arg-type]  # plain dicts, as its users write them
            tools=tools,  # type: ignore[arg-type]  # the same
            stream=True,
            stream_options={"include_usage": True},
        ) as stream:
            async for chunk in stream:
                if chunk.choices and chunk.choices[0].delta.content:
                    yield chunk.choices[0].delta.content

    return call


def by_library(client: AsyncOpenAI, at: AgentContext) -> Call:
    """The model library with an agent that is made once, with the same tools."""
    agent = Agent(
        OpenAIChatModel(MODEL, provider=OpenAIProvider(openai_client=client)),
        instructions=instructions(at),
        tools=Workbench(at.files).functions(at.agent.tools),
    )
    said = prompt(at)

    async def call() -> AsyncIterator[str]:
        async with agent.iter(said) as run:
            async for node in run:
                if not Agent.is_model_request_node(node):
                    continue
                async with node.stream(run.ctx) as stream:
                    async for event in stream:
                        match event:
                            case (
                                PartStartEvent(part=TextPart(content=text))
                                | PartDeltaEvent(delta=TextPartDelta(content_delta=text))
                            ):
                                yield text

    return call


def by_botarmy(agents: LlmAgents, at: AgentContext) -> Call:
    """Ours, with tools and limits, as a worker uses it."""

    async def call() -> AsyncIterator[str]:
        async with aclosing(agents(at.agent, at.model).run(at)) as outputs:
            async for output in outputs:
                if isinstance(output, Text):
                    yield output.text

    return call


async def measure(address: str, calls: int, clock: Callable[[], float]) -> Mapping[str, Figures]:
    env = {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "sk-of-a-benchmark"}
    at = a_context(load_teams().by_name["software"].step("analyst"))
    limiters = Limiters(PLENTY, {})
    models = Models(env, heard=limiters.hear)
    ways: dict[str, Call] = {}
    async with AsyncOpenAI(base_url=address, api_key=env["OPENAI_API_KEY"]) as client:
        ways["the provider's client"] = by_client(client, at)
        ways["the model library"] = by_library(client, at)
        ways["BotArmy"] = by_botarmy(LlmAgents(models, limiter_of=limiters.of), at)
        try:
            await _rounds(ways, {name: Figures(clock) for name in ways}, 5)
            gc.collect()
            gc.freeze()
            figures = {name: Figures(clock) for name in ways}
            await _rounds(ways, figures, calls)
        finally:
            await models.aclose()
    return figures


async def _rounds(ways: Mapping[str, Call], figures: Mapping[str, Figures], calls: int) -> None:
    """Each way in turn, so that whatever else the machine does meets all of them."""
    for _ in range(calls):
        for name, call in ways.items():
            await figures[name].take(call)


@contextmanager
def serving(chunks: int) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.set_inheritable(True)
        command = [sys.executable, "-m", "benchmarks.llm", "--serve", str(listener.fileno()), "--chunks", str(chunks)]
        server = subprocess.Popen(command, pass_fds=[listener.fileno()])
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        finally:
            server.terminate()
            server.wait()


def serve(descriptor: int, chunks: int) -> None:
    """Answers whatever is asked with the same stream, made once; written by hand, so that it costs next to nothing."""
    body = b"".join(_lines(chunks))
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n" % len(body)
    asyncio.run(_serve(socket.socket(fileno=descriptor), head + body))


def _lines(chunks: int) -> Iterator[bytes]:
    frame = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_770_000_000, "model": MODEL}
    deltas = [{"role": "assistant", "content": ""}, *({"content": " some words"} for _ in range(chunks))]
    choices = [[{"index": 0, "delta": delta, "finish_reason": None}] for delta in deltas]
    pieces: list[dict[str, object]] = [{**frame, "choices": choice, "usage": None} for choice in choices]
    pieces.append({**frame, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": None})
    usage = {"prompt_tokens": 1_000, "completion_tokens": chunks, "total_tokens": 1_000 + chunks}
    pieces.append({**frame, "choices": [], "usage": usage})
    yield from (b"data: %s\n\n" % json.dumps(piece).encode() for piece in pieces)
    yield b"data: [DONE]\n\n"


async def _serve(listener: socket.socket, answer: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, sock=listener)
    async with server:
        await server.serve_forever()


def report(figures: Mapping[str, Figures]) -> None:
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{'':24} {'pieces':>7} {'first, ms':>10} {'p90':>7} {'piece, us':>10} {'p90':>7}")
    for name, of in figures.items():
        first, chunk = sorted(of.first), sorted(of.chunk)
        high = int(len(first) * 0.9)
        row = (median(first) * 1e3, first[high] * 1e3, median(chunk) * 1e6, chunk[high] * 1e6)
        print(f"{name:24} {of.pieces:7} {row[0]:10.2f} {row[1]:7.2f} {row[2]:10.1f} {row[3]:7.1f}")
    for before, after in pairwise(figures):
        _added(f"{after} adds to {before}", figures[before], figures[after])
    *_, last = figures
    _added(f"{last} adds to {next(iter(figures))}", figures[next(iter(figures))], figures[last])


def _added(what: str, less: Figures, more: Figures) -> None:
    """The median of the differences between calls of one round."""
    first = median(b - a for a, b in zip(less.first, more.first, strict=True))
    chunk = median(b - a for a, b in zip(less.chunk, more.chunk, strict=True))
    print(f"{what}: {first * 1e3:.2f} ms before the first piece, {chunk * 1e6:.1f} us for each further one")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--chunks", type=int, default=500)
    parser.add_argument("--cpu", action="store_true", help="measure the processor's time")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        serve(given.serve, given.chunks)
        return
    with serving(given.chunks) as address:
        clock = process_time if given.cpu else perf_counter
        report(uvloop.run(measure(address, given.calls, clock)))


if __name__ == "__main__":
    main()

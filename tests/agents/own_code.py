"""Agents as people write them, for the tests: named in team files as `python:tests.agents.own_code:<name>`."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from botarmy.agent import Context, Failure, File, Progress, Question, Result, Text

GO = threading.Event()
"""Lets `blocks` go on."""
ENDED: list[str] = []
"""What agents did at their end."""


def function(context: Context) -> str:
    return f"{context.name} has read: {context.brief}"


async def async_function(context: Context) -> list[object]:
    await asyncio.sleep(0)
    return [File("docs/a.md", "one"), "Wrote it."]


def generator(context: Context) -> Iterator[object]:
    yield Progress("Half way", 0.5)
    yield {"progress": 0.75}
    yield File("docs/a.md", context.brief)
    yield {"file": "b.bin", "base64": "AAE="}
    yield "The brief "
    yield Text("is a file now.")
    yield Result("Done with it.")
    ENDED.append("not reached")


async def async_generator(context: Context) -> AsyncIterator[object]:
    try:
        yield f"{len(context.files.paths())} files. "
        await asyncio.sleep(0)
        yield "That is all. "
    finally:
        ENDED.append("async_generator")


def reads(context: Context) -> Iterator[object]:
    yield f"{context.files.read('before.md')} "
    yield File("mine.md", "my own")
    yield f"{context.files.read('mine.md')} {context.files.paths()} "
    try:
        context.files.read("missing.md")
    except FileNotFoundError as missing:
        yield f"no {missing}"


def asks(context: Context) -> str:
    colour = context.ask("Which colour?", ["red", "blue"])
    size = context.ask("Which size?")
    return f"{colour}, {size}"


def asks_with_state(context: Context) -> Iterator[object]:
    if context.state is None:
        yield Question("Go on?", ["yes"], state={"seen": 3})
    yield f"{context.answers[-1][1]}: {context.state['seen']}"


def raises(context: Context) -> Iterator[str]:
    yield "So far "
    raise ZeroDivisionError("secret detail")


def fails(context: Context) -> None:
    raise Failure("the printer is out of paper.", retryable=True)


def leaves(context: Context) -> None:
    sys.exit(3)


def silent(context: Context) -> None:
    return None


def nonsense(context: Context) -> Iterator[object]:
    yield {"percent": 12}


def odd(context: Context) -> object:
    return object()


def floods(context: Context) -> Iterator[str]:
    while True:
        yield "x" * 100_000


def blocks(context: Context) -> Iterator[str]:
    yield "Blocking. "
    GO.wait(60)
    yield "Free."


async def async_blocks(context: Context) -> str:
    GO.wait(60)
    return "Free."


def waits_for_its_end(context: Context) -> Iterator[str]:
    try:
        while not context.stopped:
            yield "."
            time.sleep(0.001)
    finally:
        ENDED.append("waits_for_its_end")


async def sleeps(context: Context) -> AsyncIterator[str]:
    try:
        yield "Asleep. "
        await asyncio.sleep(3600)
    finally:
        ENDED.append("sleeps")


class Legacy:
    """Not written for BotArmy."""

    def process(self, task: str) -> Iterator[dict[str, Any]]:
        yield {"percent_complete": 50, "message": f"Working on {task}"}
        yield {"percent_complete": 100, "message": "Finished", "result": "42"}

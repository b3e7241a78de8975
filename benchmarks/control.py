"""How fast a person's hand is felt: a real `botarmy serve` whose agents stream from a model service on this machine.

    .venv/bin/python -m benchmarks.control

Pause: from the moment that the command is sent until the last text that the run still says. Cancel: until the service
sees its connection closed. Both are taken in this process, which is the service and the person.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from contextlib import aclosing, suppress
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from botarmy.client import Client
from botarmy.llm.server import Asked, Reply
from tests.acceptance.servers import ServerProcess
from tests.llm.openai_server import Served, serve

PACE: Final = 0.02
"""Seconds between two pieces of an answer: 50 a second, as fast models write."""
LONG: Final = Reply(text="The rain falls on the roof, and on. " * 4_000, pace=PACE)
TEXTS: Final = ("agent_delta", "agent_response")
"""The second is what was written until then, kept as a message that was stopped."""
QUIET: Final = 1.5
"""Seconds without a text after which a paused run says no more."""


def long_answer(_: Asked) -> Reply:
    return LONG


async def begun(client: Client, provider: Served) -> str:
    """A run in the midst of its first answer."""
    provider.server.streaming.clear()
    provider.server.left.clear()
    run_id = await client.start("Write about the rain")
    async with asyncio.timeout(60):
        async for moment in client.follow(run_id):
            if moment.event is not None and moment.event.type == "agent_delta":
                break
    return run_id


async def pause(client: Client, provider: Served) -> float:
    """Milliseconds until the last text; 0 where none came any more."""
    run_id = await begun(client, provider)
    async with aclosing(client.follow(run_id)) as moments:
        await anext(moments)
        asked = last = perf_counter()
        command = asyncio.create_task(client.pause(run_id))
        with suppress(TimeoutError):
            while True:
                moment = await asyncio.wait_for(anext(moments), QUIET)
                if moment.event is not None and moment.event.type in TEXTS:
                    last = perf_counter()
        await command
    assert (await client.run(run_id)).status == "paused"
    await client.cancel(run_id)
    return (last - asked) * 1000


async def cancel(client: Client, provider: Served) -> float:
    """Milliseconds until the service has seen its connection closed."""
    run_id = await begun(client, provider)
    asked = perf_counter()
    async with asyncio.timeout(60):
        command = asyncio.create_task(client.cancel(run_id))
        await provider.server.left.wait()
        closed = perf_counter()
        await command
    return (closed - asked) * 1000


async def measure(times: int) -> None:
    async with serve(long_answer) as provider:
        with tempfile.TemporaryDirectory() as folder:
            settings = {"BOTARMY_MODEL": "openai-chat:gpt-5-mini", **provider.env}
            server = ServerProcess(Path(folder) / "data", settings)
            await asyncio.to_thread(server.start)
            try:
                async with Client(server.url) as client:
                    for what, one in (("pause → last text", pause), ("cancel → connection closed", cancel)):
                        taken = sorted([await one(client, provider) for _ in range(times)])
                        print(
                            f"{what}: p50 {median(taken):.0f} ms, p99 {taken[len(taken) * 99 // 100]:.0f} ms, "
                            f"worst {taken[-1]:.0f} ms, {times} times"
                        )
            finally:
                await asyncio.to_thread(server.stop)
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=30)
    asyncio.run(measure(options.parse_args().times))

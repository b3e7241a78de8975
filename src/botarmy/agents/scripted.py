"""The scripted agent: plays prepared output as a model would stream it.

Text is cut into pieces of a token's size and paced; a file takes as long as a model takes to write it. The offline
demo is played by it, and so are tests that need an agent without a model.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Final, TypeAlias

import anyio
from anyio.lowlevel import checkpoint

from botarmy.ports import AgentContext, CallStarted, File, Output, Text, ToolUse

Script: TypeAlias = Sequence[Output] | Callable[[AgentContext], AsyncGenerator[Output, None]]
"""The outputs, or what produces them for a context."""
Sleep: TypeAlias = Callable[[float], Awaitable[None]]

TOKENS_PER_SECOND: Final = 60
THINKING_SECONDS: Final = 0.28
"""From the start of a call to its first text."""
TOOL_SECONDS: Final = 0.2
FILE_SECONDS: Final = 0.5
FILE_BYTES_PER_SECOND: Final = 2_500
LONGEST_FILE_SECONDS: Final = 2.4
OUTPUTS_BETWEEN_CHECKPOINTS: Final = 16
_PIECE = re.compile(r"\s*\S{1,5}|\s+")


class ScriptedAgent:
    """An agent without a model.

    Args:
        script: what it says and does.
        speed: multiplies every pause; 1 is a model's typing speed, 0 pauses nowhere.
        sleep: waits for a number of seconds.
    """

    def __init__(self, script: Script, speed: float, sleep: Sleep = anyio.sleep) -> None:
        if not 0 <= speed < float("inf"):
            raise ValueError(f"speed is 0 or more, not {speed}")
        self._script = script
        self._speed = speed
        self._sleep = sleep

    async def run(self, context: AgentContext) -> AsyncGenerator[Output, None]:
        pace = _Pace(self._speed, self._sleep)
        async with aclosing(_outputs(self._script, context)) as outputs:
            async for output in outputs:
                if isinstance(output, Text):
                    for piece in _PIECE.findall(output.text):
                        await pace.pause(1 / TOKENS_PER_SECOND)
                        yield Text(piece, output.channel)
                    continue
                await pace.pause(_seconds_before(output))
                yield output
                if isinstance(output, CallStarted):
                    await pace.pause(THINKING_SECONDS)


class _Pace:
    """The pauses of one run: a little longer or shorter than asked for, as a model's are; the same in every run."""

    def __init__(self, speed: float, sleep: Sleep) -> None:
        self._speed = speed
        self._sleep = sleep
        self._count = 0

    async def pause(self, seconds: float) -> None:
        self._count += 1
        if self._speed and seconds:
            await self._sleep(seconds * self._speed * (0.7 + 0.6 * (self._count * 37 % 101) / 100))
        elif self._count % OUTPUTS_BETWEEN_CHECKPOINTS == 0:
            await checkpoint()


async def _outputs(script: Script, context: AgentContext) -> AsyncGenerator[Output, None]:
    if isinstance(script, Sequence):
        for output in script:
            yield output
        return
    async with aclosing(script(context)) as outputs:
        async for output in outputs:
            yield output


def _seconds_before(output: Output) -> float:
    if isinstance(output, File):
        return min(FILE_SECONDS + len(output.content) / FILE_BYTES_PER_SECOND, LONGEST_FILE_SECONDS)
    return TOOL_SECONDS if isinstance(output, ToolUse) else 0.0

"""What can go wrong, shown by the offline demo: `demo:<name>` plays a mishap first, and then the part if it can.

Nothing is really wrong, nobody is called, and what a person reads says so. It is for seeing each state of the screen.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from types import MappingProxyType
from typing import Final, TypeAlias

from botarmy.agents.scripted import Sleep
from botarmy.domain.errors import DomainError
from botarmy.domain.team import DEMO
from botarmy.ports import (
    AgentContext,
    CallEnded,
    CallStarted,
    Output,
    Progress,
    Question,
    Result,
    Spent,
    Text,
    Trouble,
    Waiting,
)

Part: TypeAlias = Callable[[AgentContext], AsyncGenerator[Output, None]]
Mishap: TypeAlias = Callable[[AgentContext, Sleep, float], AsyncGenerator[Output, None]]
"""Given a context, what waits, and the demo's speed; a part follows unless it ends with a result or a question."""

SHOWN: Final = "This is the demo: nothing is really wrong."
LIMIT_SECONDS: Final = 8.0
RETRY_SECONDS: Final = (4.0, 6.0)
SILENCE_SECONDS: Final = 6.0
FALLBACK: Final = "I could not finish my part. The team goes on with what there is."
OPTIONS: Final = ("Keep it simple", "Make it complete")


def check_demo(model: str) -> str | None:
    """The mishap that a model string of the demo names; None for the plain demo. Raises DomainError
    `demo_unknown_mishap`."""
    if model == DEMO:
        return None
    name = model.partition(":")[2]
    if name not in MISHAPS:
        raise DomainError("demo_unknown_mishap", mishap=name[:40], known=", ".join(MISHAPS))
    return name


def with_mishap(name: str, part: Part, speed: float, sleep: Sleep) -> Part:
    """A part that begins with a mishap."""

    async def play(context: AgentContext) -> AsyncGenerator[Output, None]:
        async with aclosing(MISHAPS[name](context, sleep, speed)) as outputs:
            async for output in outputs:
                yield output
                if isinstance(output, Result | Question):
                    return
        async with aclosing(part(context)) as outputs:
            async for output in outputs:
                yield output

    return play


def _trouble(code: str, retry_in: float | None = None) -> Trouble:
    return Trouble(code=code, message=DomainError(code).message, action=SHOWN, retry_in=retry_in)


async def _rate_limited(_: AgentContext, sleep: Sleep, speed: float) -> AsyncGenerator[Output, None]:
    yield Waiting("Waiting until the AI service may be asked again (demo)", LIMIT_SECONDS * speed)
    await sleep(LIMIT_SECONDS * speed)


async def _retrying(_: AgentContext, sleep: Sleep, speed: float) -> AsyncGenerator[Output, None]:
    for attempt, seconds in enumerate(RETRY_SECONDS, 1):
        yield CallStarted(attempt)
        yield _trouble("model_overloaded", seconds * speed)
        await sleep(seconds * speed)
    yield CallStarted(len(RETRY_SECONDS) + 1)


async def _stall(context: AgentContext, sleep: Sleep, speed: float) -> AsyncGenerator[Output, None]:
    async for output in _begun(context):
        yield output
    yield Progress("The AI service takes longer than usual (demo)")
    await sleep(SILENCE_SECONDS * speed)
    async for output in _tried_again("model_timeout", sleep, speed):
        yield output


async def _cut_off(context: AgentContext, sleep: Sleep, speed: float) -> AsyncGenerator[Output, None]:
    async for output in _begun(context):
        yield output
    async for output in _tried_again("model_cut_off", sleep, speed):
        yield output


async def _begun(context: AgentContext) -> AsyncGenerator[Output, None]:
    yield CallStarted()
    yield Text(f"This is the {context.agent.name} of the demo. I begin to answer, and in the middle of a sentence the")


async def _tried_again(code: str, sleep: Sleep, speed: float) -> AsyncGenerator[Output, None]:
    yield CallEnded(finish="interrupted")
    yield _trouble(code, RETRY_SECONDS[0] * speed)
    await sleep(RETRY_SECONDS[0] * speed)


async def _fallback(context: AgentContext, _: Sleep, __: float) -> AsyncGenerator[Output, None]:
    trouble = _trouble("model_refused")
    yield trouble
    yield CallStarted()
    yield Text(context.agent.fallback or FALLBACK)
    yield CallEnded(finish="fallback")
    yield Result(trouble.message)


async def _error(_: AgentContext, sleep: Sleep, speed: float) -> AsyncGenerator[Output, None]:
    yield Progress("Failing, to show how that looks (demo)")
    await sleep(speed)
    raise Spent("demo_failure")


async def _error_once(context: AgentContext, sleep: Sleep, speed: float) -> AsyncGenerator[Output, None]:
    if context.attempt == 1 and context.phase.phase == context.agent.phases[-1].phase:
        yield Progress("Failing once, to show how that looks (demo)")
        await sleep(speed)
        raise DomainError("demo_failure_once")


async def _question(context: AgentContext, _: Sleep, __: float) -> AsyncGenerator[Output, None]:
    if not context.answers:
        yield CallStarted()
        yield Text("Before I begin I would like to know one thing. (This is the demo.)")
        yield CallEnded(model=DEMO)
        yield Question("How far should this go? The demo goes on with either answer.", OPTIONS)


async def _slow(_: AgentContext, sleep: Sleep, speed: float) -> AsyncGenerator[Output, None]:
    yield Progress("Thinking for a while, to show how that looks (demo)")
    await sleep(SILENCE_SECONDS * speed)


MISHAPS: Final[Mapping[str, Mishap]] = MappingProxyType(
    {
        "rate_limited": _rate_limited,
        "retrying": _retrying,
        "stall": _stall,
        "cut_off": _cut_off,
        "fallback": _fallback,
        "error": _error,
        "error_once": _error_once,
        "question": _question,
        "slow": _slow,
    }
)

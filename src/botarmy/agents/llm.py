"""The agent that is a model: a context becomes a prompt, the conversation becomes the stream of outputs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Final

import anyio
import anyio.to_thread

from botarmy.agents.mcp import McpClients
from botarmy.agents.pipe import Pipe
from botarmy.agents.tools import Workbench
from botarmy.domain.errors import DomainError
from botarmy.domain.team import AgentSpec
from botarmy.llm.answers import Answers
from botarmy.llm.briefing import Briefing, Limits, OutsideTool
from botarmy.llm.hush import Send
from botarmy.llm.limiter import Limiter, Unlimited
from botarmy.llm.models import Models, check_model
from botarmy.llm.patience import Patience
from botarmy.llm.prices import Prices
from botarmy.llm.prompt import instructions, prompt, summary_of
from botarmy.llm.setbacks import Noted, unnoted
from botarmy.ports import AgentContext, CallEnded, CallStarted, Output, Result, Spent, Text, Trouble

AHEAD: Final = 64
"""How many outputs the conversation may be ahead of its reader; then the model's stream waits."""
FAREWELL_SECONDS: Final = 5.0
"""How long a stopped conversation may take to close its connection."""


class Library:
    """The model library takes a second or two to load: in a thread, so that the event loop goes on meanwhile."""

    def __init__(self) -> None:
        self._loaded = False

    async def load(self) -> None:
        """Returns at once when it was loaded before."""
        if not self._loaded:
            await anyio.to_thread.run_sync(import_module, "botarmy.llm.attempts", abandon_on_cancel=True)
            self._loaded = True


@dataclass(frozen=True, slots=True)
class LlmAgents:
    """The `ports.AgentFactory` of agents of the kind `llm`. All of them share the connections of `models`."""

    models: Models
    limits: Limits = Limits()  # noqa: RUF009 — frozen, so shared without harm
    patience: Patience = Patience()  # noqa: RUF009 — the same
    limiter_of: Callable[[str], Limiter] = lambda _: Unlimited()
    """By model string: what shares a key shares a limiter."""
    noted: Noted = unnoted
    library: Library = field(default_factory=Library)
    prices: Prices = Prices()  # noqa: RUF009 — the same
    mcp: McpClients = McpClients()  # noqa: RUF009 — the same
    answers: Answers | None = None
    """Where models' answers are kept for the same questions; None where every question is asked."""

    def __call__(self, spec: AgentSpec, model: str) -> LlmAgent:
        """Raises DomainError where no model of the agent's can be reached as things are configured. Calls nobody."""
        chain = tuple(dict.fromkeys((model, *spec.models)))
        problems = [problem for name in chain if (problem := self._problem(name)) is not None]
        if len(problems) == len(chain):
            raise problems[0]
        return LlmAgent(self, chain)

    def _problem(self, model: str) -> DomainError | None:
        try:
            check_model(model, self.models.env)
        except DomainError as problem:
            return problem
        return None


@dataclass(frozen=True, slots=True)
class LlmAgent:
    made_by: LlmAgents
    chain: tuple[str, ...]
    """The models, in the order in which they are tried."""

    async def run(self, context: AgentContext) -> AsyncGenerator[Output, None]:
        """See `ports.Agent`. The conversation runs in a task of its own, so that closing this stream from anywhere
        ends it in good order, the provider's stream included."""
        pipe = Pipe(AHEAD)
        gate = asyncio.Event()
        talk = asyncio.create_task(self._talk(context, pipe.send, gate))
        talk.add_done_callback(lambda _: pipe.close())
        try:
            while (output := await pipe.receive()) is not None:
                yield output
                if isinstance(output, CallStarted):
                    gate.set()
            await talk
        finally:
            with anyio.move_on_after(FAREWELL_SECONDS, shield=True):
                talk.cancel()
                await asyncio.gather(talk, return_exceptions=True)

    async def _talk(self, context: AgentContext, send: Send, gate: asyncio.Event) -> None:
        """`gate` opens when the reader lets a call be made: until then the conversation does not run ahead."""

        async def say(output: Output) -> None:
            await send(output)
            if isinstance(output, CallStarted):
                await gate.wait()
                gate.clear()

        await self.made_by.library.load()
        async with self.made_by.mcp.tools_of(context.agent.mcp) as outside:
            await self._converse(context, send, say, outside)

    async def _converse(self, context: AgentContext, send: Send, say: Send, outside: Sequence[OutsideTool]) -> None:
        by = self.made_by
        from botarmy.llm.attempts import Endurance  # noqa: PLC0415 — loads the model library, see `Library`
        from botarmy.llm.conversation import Conversation  # noqa: PLC0415 — the same

        bench = Workbench(context.files)
        briefing = Briefing(
            mark=f"{context.phase.phase}.{context.attempt}",
            instructions=instructions(context),
            prompt=prompt(context),
            tools=bench.functions(context.agent.tools),
            outside=outside,
            notes=context.notes,
            hear=context.hear,
            answers=context.answers,
            approvals=context.approvals,
            continuation=context.continuation,
        )
        talk = Conversation(briefing, by.limits, by.models.deadlines, by.patience, context.share, say)
        try:
            answers = by.answers if context.attempt == 1 else None  # who has it done again wants other answers
            endurance = Endurance(by.models, by.limiter_of, by.patience, by.noted, by.prices, answers)
            reply = await endurance.hold(talk, self.chain)
        except Spent as failure:
            if context.agent.fallback is None:
                raise
            by.noted("prepared_message", self.chain[-1])
            for output in _fall_back(failure, context.agent.fallback):
                await send(output)
        else:
            if talk.repeats:
                raise Spent("agent_repeats_itself", agent=context.agent.name)
            await send(talk.question or Result(summary_of(reply) or _deeds(bench)))


def _fall_back(failure: DomainError, words: str) -> Sequence[Output]:
    """What stands for the agent's work where no model can be had."""
    return (
        Trouble(code=failure.code, message=failure.message, action=failure.action, detail=failure.detail),
        CallStarted(),
        Text(words),
        CallEnded(finish="fallback"),
        Result(failure.message),
    )


def _deeds(bench: Workbench) -> str:
    """What to say for an agent that ended without words."""
    return f"Wrote {', '.join(bench.written[:5])}." if bench.written else "Finished without a word."

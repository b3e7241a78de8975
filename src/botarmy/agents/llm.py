"""The agent that is a model: a context becomes a prompt, the conversation becomes the stream of outputs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from importlib import import_module
from typing import Final

import anyio
import anyio.to_thread
from anyio.streams.memory import MemoryObjectSendStream

from botarmy.agents.tools import Workbench
from botarmy.domain.team import AgentSpec
from botarmy.llm.briefing import Briefing, Limits
from botarmy.llm.models import Models, check_model
from botarmy.llm.prompt import instructions, prompt, summary_of
from botarmy.ports import AgentContext, Output, Result

AHEAD: Final = 64
"""How many outputs the conversation may be ahead of its reader; then the model's stream waits."""
FAREWELL_SECONDS: Final = 5.0
"""How long a stopped conversation may take to close its connection."""


@dataclass(frozen=True, slots=True)
class LlmAgents:
    """The `ports.AgentFactory` of agents of the kind `llm`. All of them share the connections of `models`."""

    models: Models
    limits: Limits = Limits()  # noqa: RUF009 — frozen, so shared without harm

    def __call__(self, spec: AgentSpec, model: str) -> LlmAgent:
        """Raises DomainError where the model cannot be reached as things are configured. Calls nobody yet."""
        del spec
        check_model(model, self.models.env)
        return LlmAgent(self.models, self.limits)


@dataclass(frozen=True, slots=True)
class LlmAgent:
    models: Models
    limits: Limits

    async def run(self, context: AgentContext) -> AsyncGenerator[Output, None]:
        """See `ports.Agent`. The conversation runs in a task of its own, so that closing this stream from anywhere
        ends it in good order, the provider's stream included."""
        send, receive = anyio.create_memory_object_stream[Output](AHEAD)
        talk = asyncio.create_task(self._talk(context, send))
        try:
            with receive:
                async for output in receive:
                    yield output
            await talk
        finally:
            with anyio.move_on_after(FAREWELL_SECONDS, shield=True):
                talk.cancel()
                await asyncio.gather(talk, return_exceptions=True)

    async def _talk(self, context: AgentContext, send: MemoryObjectSendStream[Output]) -> None:
        with send:
            await anyio.to_thread.run_sync(_load, abandon_on_cancel=True)
            from botarmy.llm.conversation import converse  # noqa: PLC0415 — loads the model library, see `_load`
            from botarmy.llm.errors import translate  # noqa: PLC0415 — the same

            bench = Workbench(context.files)
            briefing = Briefing(
                mark=f"{context.phase.phase}.{context.attempt}",
                instructions=instructions(context),
                prompt=prompt(context),
                tools=bench.functions(context.agent.tools),
            )
            try:
                model = await self.models.open(context.model)
                reply = await converse(model, briefing, self.limits, send.send)
            except Exception as error:
                raise translate(error, self.models.secrets) or error from None
            await send.send(Result(summary_of(reply) or _deeds(bench)))


def _load() -> None:
    """The model library takes a second or two to load: in a thread, so that the event loop goes on meanwhile."""
    import_module("botarmy.llm.conversation")
    import_module("botarmy.llm.errors")


def _deeds(bench: Workbench) -> str:
    """What to say for an agent that ended without words."""
    return f"Wrote {', '.join(bench.written[:5])}." if bench.written else "Finished without a word."

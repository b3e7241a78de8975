"""An agent at work in a test: a context with files in memory, and the outputs of one run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from functools import lru_cache

from botarmy.agents.llm import LlmAgents
from botarmy.domain.errors import DomainError
from botarmy.domain.team import AgentSpec
from botarmy.llm.allowance import Limits as RateLimits
from botarmy.llm.answers import Answers
from botarmy.llm.briefing import Limits
from botarmy.llm.limiter import Limiter, Unlimited
from botarmy.llm.limiters import Limiters
from botarmy.llm.models import Deadlines, Models
from botarmy.llm.patience import Patience
from botarmy.ports import AgentContext, File, Output
from botarmy.teams import load_teams

MODEL = "openai-chat:gpt-5-mini"
RESPONSES = "openai:gpt-5-mini"


class FilesInMemory:
    def __init__(self, held: Mapping[str, bytes] | None = None) -> None:
        self.held = dict(held or {})

    def paths(self) -> Sequence[str]:
        return sorted(self.held)

    async def read(self, path: str) -> bytes:
        if path not in self.held:
            raise DomainError("unknown_artifact")
        return self.held[path]


@lru_cache
def shipped(name: str = "analyst") -> AgentSpec:
    return load_teams().by_name["software"].step(name)


ONCE = Patience(attempts=1)


def spec(name: str = "analyst") -> AgentSpec:
    """Without a fallback: what fails is raised."""
    return replace(shipped(name), fallback=None)


def context(agent: AgentSpec | None = None, model: str = MODEL) -> AgentContext:
    agent = agent or spec()
    return AgentContext(
        brief="A tip calculator for groups",
        title="Tip calculator",
        agent=agent,
        phase=agent.phases[0],
        attempt=1,
        model=model,
        earlier=(),
        files=FilesInMemory(),
    )


@asynccontextmanager
async def opened(
    env: Mapping[str, str],
    limits: Limits | None = None,
    deadlines: Deadlines | None = None,
    patience: Patience = ONCE,
    limiter: Limiter | None = None,
    answers: Answers | None = None,
) -> AsyncIterator[LlmAgents]:
    models = Models(env, deadlines or Deadlines())
    try:
        yield LlmAgents(models, limits or Limits(), patience, lambda _: limiter or Unlimited(), answers=answers)
    finally:
        await models.aclose()


@asynccontextmanager
async def equipped(env: Mapping[str, str], limits: RateLimits) -> AsyncIterator[tuple[LlmAgents, Limiters]]:
    """Agents under limits that learn from the provider, as a server has them."""
    limiters = Limiters(limits, {})
    models = Models(env, heard=limiters.hear)
    try:
        yield LlmAgents(models, patience=ONCE, limiter_of=limiters.of), limiters
    finally:
        await models.aclose()


async def work(
    env: Mapping[str, str],
    at: AgentContext,
    *,
    limits: Limits | None = None,
    deadlines: Deadlines | None = None,
    patience: Patience = ONCE,
    limiter: Limiter | None = None,
    into: list[object] | None = None,
) -> list[Output]:
    """One run to its end. What it writes stands in the context's files afterwards."""
    outputs: list[Output] = []
    async with (
        opened(env, limits, deadlines, patience, limiter) as agents,
        aclosing(agents(at.agent, at.model).run(at)) as stream,
    ):
        async for output in stream:
            outputs.append(output)
            if into is not None:
                into.append(output)
            if isinstance(output, File) and isinstance(at.files, FilesInMemory):
                at.files.held[output.path] = output.content
    return outputs


def with_files(at: AgentContext, held: Mapping[str, bytes]) -> AgentContext:
    return replace(at, files=FilesInMemory(held))

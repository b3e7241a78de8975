"""What agents that are models work with: the models, and the limits of their providers' keys."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from botarmy.agents.llm import LlmAgents
from botarmy.agents.mcp import McpClients
from botarmy.bootstrap.ratelimits import counting
from botarmy.domain.errors import DomainError
from botarmy.llm.allowance import Limits
from botarmy.llm.answers import Answers
from botarmy.llm.briefing import Limits as Talk
from botarmy.llm.limiters import Limiters
from botarmy.llm.models import Deadlines, Models
from botarmy.llm.patience import Patience
from botarmy.llm.prices import Price, Prices
from botarmy.settings import Loaded, Settings, SettingsError
from botarmy.telemetry import LimitMetrics


@dataclass(frozen=True, slots=True)
class Equipment:
    agents: LlmAgents
    limiters: Limiters
    prices: Prices


@asynccontextmanager
async def equipped(loaded: Loaded, metrics: LimitMetrics) -> AsyncIterator[Equipment]:
    """Nothing is loaded and nobody is called before an agent needs it. Raises SettingsError."""
    settings = loaded.settings
    limiters = _limiters(settings, metrics)
    models = Models(loaded.providers, deadlines_of(settings), limiters.hear)
    try:
        talk = Talk(output_tokens=settings.llm_max_output_tokens)
        patience = Patience(attempts=settings.llm_max_attempts)
        prices = _prices(settings)
        answers = Answers() if settings.llm_cache else None
        agents = LlmAgents(
            models,
            talk,
            patience,
            limiters.of,
            counting(metrics),
            prices=prices,
            answers=answers,
            mcp=McpClients(os.environ),
        )
        yield Equipment(agents, limiters, prices)
    finally:
        await models.aclose()


def _limiters(settings: Settings, metrics: LimitMetrics) -> Limiters:
    every = Limits(settings.llm_requests_per_minute, settings.llm_tokens_per_minute)
    own = {limit.provider: Limits(limit.requests, limit.tokens) for limit in settings.llm_rate_limits}
    try:
        return Limiters(every, own, lambda key, seconds: metrics.wait_seconds.labels(key).observe(seconds))
    except DomainError as problem:
        raise SettingsError((f"llm_rate_limits: {problem.message} {problem.action}",)) from problem


def _prices(settings: Settings) -> Prices:
    own = {price.model: Price(price.input, price.output) for price in settings.llm_prices}
    return Prices(own, settings.llm_cheaper_model)


def deadlines_of(settings: Settings) -> Deadlines:
    return Deadlines(
        first_token=settings.llm_first_token_timeout,
        between_tokens=settings.llm_stream_timeout,
        whole=settings.llm_total_timeout,
    )

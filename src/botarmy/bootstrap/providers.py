"""The AI services there are, and whether they can be used from here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal, TypeAlias

import httpx2

from botarmy.bootstrap.models import deadlines_of
from botarmy.domain.errors import DomainError
from botarmy.llm import health
from botarmy.llm.models import Models
from botarmy.llm.ollama import first_model
from botarmy.llm.providers import CUSTOM, PROVIDERS, Provider, custom
from botarmy.settings import Loaded, masked

Health: TypeAlias = Literal["ready", "unknown", "absent", "failing"]
"""It answers; nobody was asked; it is not set up; something is wrong."""


@dataclass(frozen=True, slots=True)
class ProviderState:
    name: str
    health: Health
    words: str
    key: str
    """Masked, with the name of its variable; empty where there is none."""
    address: str


async def provider_states(loaded: Loaded, ask: bool) -> list[ProviderState]:
    """Each provider, in the order in which they are documented. Those that are set up are asked, if `ask`, for what
    costs nothing."""
    known = {**PROVIDERS, **{f"{CUSTOM}:{service.name}": custom(service.name) for service in loaded.settings.custom}}
    async with httpx2.AsyncClient(follow_redirects=False) as client:
        states = (_state(name, provider, loaded, client if ask else None) for name, provider in known.items())
        return list(await asyncio.gather(*states))


async def try_provider(loaded: Loaded, target: str) -> tuple[str, float]:
    """One tiny call of a model, or of a provider's default one: the model string, and the seconds that it took.

    Raises DomainError with what is wrong.
    """
    model = await _model_of(loaded, target)
    models = Models(loaded.providers, deadlines_of(loaded.settings))
    try:
        return model, await health.attempt(models, model)
    finally:
        await models.aclose()


async def _model_of(loaded: Loaded, target: str) -> str:
    if target not in PROVIDERS:
        return target
    provider = PROVIDERS[target]
    if target == "ollama":
        address = loaded.providers.get(provider.address_variable) or provider.address
        return f"ollama:{await asyncio.to_thread(first_model, address) or 'any'}"
    return f"{target}:{provider.default_model}"


async def _state(name: str, provider: Provider, loaded: Loaded, client: httpx2.AsyncClient | None) -> ProviderState:
    found = provider.key(loaded.providers)
    key = f"{masked(*found)} ({found[0]})" if found else ""
    address = loaded.providers.get(provider.address_variable) or provider.address
    health_, words = await _health(provider, loaded, client)
    return ProviderState(name, health_, words, key, address)


async def _health(provider: Provider, loaded: Loaded, client: httpx2.AsyncClient | None) -> tuple[Health, str]:
    try:
        provider.access(loaded.providers)
    except DomainError as problem:
        absent = problem.code in ("model_not_configured", "model_missing_extra")
        return ("absent", _missing(provider, problem)) if absent else ("failing", problem.message)
    chosen = provider.key(loaded.providers) is not None or provider.address_variable in loaded.providers
    if not provider.listing:
        return "unknown", "only a call can tell"
    if client is None:
        return ("unknown", "set up") if chosen else ("absent", "not set up")
    try:
        asked = await health.look(provider, loaded.providers, client)
    except DomainError as problem:
        return ("failing", problem.message) if chosen else ("absent", "not set up, and nobody answers")
    return ("ready", "answers") if asked else ("unknown", "only a call can tell")


def _missing(provider: Provider, problem: DomainError) -> str:
    if problem.code == "model_missing_extra":
        return f"needs botarmy[{provider.extra}]"
    return f"no key: set {provider.key_variables[0]}"

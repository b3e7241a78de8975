"""The AI services there are, and whether they can be used from here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import httpx2

from botarmy.bootstrap.models import deadlines_of
from botarmy.domain.errors import DomainError
from botarmy.llm import health
from botarmy.llm.models import Models
from botarmy.llm.ollama import first_model
from botarmy.llm.providers import CUSTOM, PROVIDERS, Provider, custom
from botarmy.settings import Loaded, masked

SET_UP_WRONG: Final = frozenset({"model_not_configured", "model_bad_key", "model_bad_address"})
"""The failures whose detail names the variable that is to be mended."""
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


def known_providers(loaded: Loaded) -> Mapping[str, Provider]:
    """By name: those that there are, and those of one's own."""
    return {**PROVIDERS, **{f"{CUSTOM}:{service.name}": custom(service.name) for service in loaded.settings.custom}}


async def provider_states(loaded: Loaded, ask: bool) -> list[ProviderState]:
    """Each provider, in the order in which they are documented. Those that are set up are asked, if `ask`, for what
    costs nothing."""
    known = known_providers(loaded)
    async with httpx2.AsyncClient(follow_redirects=False) as client:
        states = (_state(name, provider, loaded, client if ask else None) for name, provider in known.items())
        return list(await asyncio.gather(*states))


async def try_provider(loaded: Loaded, target: str) -> tuple[str, float]:
    """One tiny call of a model, or of a provider's default one: the model string, and the seconds that it took.

    Raises DomainError with what is wrong.
    """
    model = await model_of(loaded, target)
    return model, await call_once(loaded, model)


async def call_once(loaded: Loaded, model: str) -> float:
    """The seconds that one tiny call took. Raises DomainError."""
    models = Models(loaded.providers, deadlines_of(loaded.settings))
    try:
        return await health.attempt(models, model)
    finally:
        await models.aclose()


async def model_of(loaded: Loaded, target: str) -> str:
    """The default model of a provider; a model string as it is."""
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
    address = address_of(provider, loaded)
    health_, words = await _health(provider, loaded, client)
    return ProviderState(name, health_, words, key, address)


async def _health(provider: Provider, loaded: Loaded, client: httpx2.AsyncClient | None) -> tuple[Health, str]:
    unusable = fault_of(provider, loaded)
    if unusable is not None:
        return unusable
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


def fault_of(provider: Provider, loaded: Loaded) -> tuple[Literal["absent", "failing"], str] | None:
    """Why no call of it can even begin, and what is missing or wrong; None where one can."""
    try:
        provider.access(loaded.providers)
    except DomainError as problem:
        absent = problem.code in ("model_not_configured", "model_missing_extra")
        return ("absent", _missing(provider, problem)) if absent else ("failing", problem.message)
    return None


def address_of(provider: Provider, loaded: Loaded) -> str:
    return loaded.providers.get(provider.address_variable) or provider.address


def _missing(provider: Provider, problem: DomainError) -> str:
    if problem.code == "model_missing_extra":
        return f"needs botarmy[{provider.extra}]"
    return f"no key: set {provider.key_variables[0]}"

"""Model strings, and how a string and the environment become a model.

A model string is `<provider>:<model>`: `openai-chat:gpt-5-mini` (chat completions: OpenAI, and every server
compatible with it), `openai:gpt-5-mini` (OpenAI's Responses API). `demo` is the offline team, which needs no model.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

import anyio.to_thread

from botarmy.domain.errors import DomainError
from botarmy.domain.team import DEMO

if TYPE_CHECKING:
    from pydantic_ai.models import Model

AUTO: Final = "auto"
DEFAULT_MODEL: Final = "openai-chat:gpt-5-mini"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long one model call may take, in seconds."""

    connect: float = 10.0
    first_token: float = 30.0
    """Until the first piece of an answer, thinking included; models that think in silence need their time."""
    between_tokens: float = 30.0
    whole: float = 300.0


@dataclass(frozen=True, slots=True)
class Access:
    """How a provider is reached."""

    key: str | None
    """None where the server wants none."""
    address: str | None
    """The base address of its API; None for the provider's own."""


@dataclass(frozen=True, slots=True)
class OpenModel:
    """A model ready for calls, and what lets go of its connections."""

    model: Model
    close: Callable[[], Awaitable[None]]


Heard: TypeAlias = Callable[[Mapping[str, str]], None]
"""Is given the headers of each of a provider's answers, the good ones too, before their bodies are read."""
Opener: TypeAlias = Callable[[str, Access, Deadlines, Heard], OpenModel]


@dataclass(frozen=True, slots=True)
class Provider:
    key_variable: str
    address_variable: str
    opener: tuple[str, str]
    """Module and name of its `Opener`; the module is loaded at the first call."""

    def access(self, env: Mapping[str, str]) -> Access:
        """Raises DomainError `model_not_configured`, `model_bad_key` or `model_bad_address`."""
        key = env.get(self.key_variable) or None
        address = env.get(self.address_variable) or None
        if key is None and address is None:
            raise DomainError("model_not_configured", detail=f"{self.key_variable} is not set")
        if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
            raise DomainError("model_bad_key", detail=f"{self.key_variable} holds a character that no key has")
        if address is not None and not _is_address(address):
            raise DomainError("model_bad_address", detail=f"{self.address_variable} is not an http(s) address")
        return Access(key, address)


PROVIDERS: Final[Mapping[str, Provider]] = MappingProxyType(
    {
        "openai": Provider("OPENAI_API_KEY", "OPENAI_BASE_URL", ("botarmy.llm.openai", "open_responses")),
        "openai-chat": Provider("OPENAI_API_KEY", "OPENAI_BASE_URL", ("botarmy.llm.openai", "open_chat")),
    }
)


def resolve_model(setting: str, env: Mapping[str, str]) -> str:
    """The model string that a setting means: `auto` is the default model where its provider can be reached, else the
    offline demo."""
    if setting != AUTO:
        return setting
    configured = env.get("OPENAI_API_KEY") or env.get("OPENAI_BASE_URL")
    return DEFAULT_MODEL if configured else DEMO


def key_of(model: str) -> str:
    """The name of the provider key that calls of this model use: what has the same one shares the key's limits.

    Raises DomainError `model_unknown_provider` or `model_unknown`.
    """
    variable = _provider(model)[0].key_variable
    return next(name for name, provider in PROVIDERS.items() if provider.key_variable == variable)


def check_model(model: str, env: Mapping[str, str]) -> None:
    """Raises DomainError where a call of this model cannot even begin. Loads nothing, calls nobody."""
    _provider(model)[0].access(env)


class Models:
    """The models of one process: each opened at its first use, its connections shared by all that use it.

    Belongs to one event loop. `aclose` when no call runs any more.

    Args:
        heard: is given the headers of each answer, with the name of the key (`key_of`) that was used.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        deadlines: Deadlines = Deadlines(),
        heard: Callable[[str, Mapping[str, str]], None] = lambda _key, _headers: None,
    ) -> None:
        self.env: Final = MappingProxyType(dict(env))
        self.deadlines: Final = deadlines
        self._heard: Final = heard
        self._opened: Final[dict[str, OpenModel]] = {}

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen: the values of every provider's key variable."""
        keys = {provider.key_variable for provider in PROVIDERS.values()}
        return tuple(value for key in sorted(keys) if (value := self.env.get(key)))

    async def open(self, model: str) -> Model:
        """Raises DomainError as `check_model` does."""
        if model not in self._opened:
            provider, name = _provider(model)
            access = provider.access(self.env)
            module, function = provider.opener
            # Loading a provider takes a second or two: not on the event loop, where everybody would wait.
            opener: Opener = getattr(
                await anyio.to_thread.run_sync(import_module, module, abandon_on_cancel=True), function
            )
            if model not in self._opened:
                self._opened[model] = opener(name, access, self.deadlines, partial(self._heard, key_of(model)))
        return self._opened[model].model

    async def aclose(self) -> None:
        while self._opened:
            _, opened = self._opened.popitem()
            await opened.close()


def _provider(model: str) -> tuple[Provider, str]:
    prefix, _, name = model.partition(":")
    if prefix not in PROVIDERS:
        raise DomainError("model_unknown_provider", provider=prefix[:40], known=", ".join(PROVIDERS))
    if not name:
        raise DomainError("model_unknown", detail=f"{model!r} names no model")
    return PROVIDERS[prefix], name


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        return False
    printable = address.isprintable() and " " not in address
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port_is_one and printable

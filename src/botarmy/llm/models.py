"""A model string and the environment become a model that can be called.

`openai-chat:gpt-5-mini` is chat completions (OpenAI, and every server compatible with it), `openai:gpt-5-mini` OpenAI's
Responses API; the other providers stand in `providers`. `demo` is the offline team, which needs no model.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Final, TypeAlias

import anyio.to_thread

from botarmy.domain.errors import DomainError
from botarmy.llm.providers import Access, access, find, key_of
from botarmy.redaction import Redactor, secrets_in

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
class OpenModel:
    """A model ready for calls, and what lets go of its connections."""

    model: Model
    close: Callable[[], Awaitable[None]]


Heard: TypeAlias = Callable[[Mapping[str, str]], None]
"""Is given the headers of each of a provider's answers, the good ones too, before their bodies are read."""
Opener: TypeAlias = Callable[[str, Access, Deadlines, Heard], OpenModel]
"""Called on the event loop that will make the calls."""


def check_model(model: str, env: Mapping[str, str]) -> None:
    """Raises DomainError where a call of this model cannot even begin. Loads nothing, calls nobody."""
    access(model, env)


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
        self.redact: Final = Redactor({*secrets_in(env), *(value for name, value in env.items() if is_secret(name))})
        """Takes the keys out of what providers say of failures."""

    async def open(self, model: str) -> Model:
        """Raises DomainError as `check_model` does."""
        if model not in self._opened:
            (provider, name), reached = find(model), access(model, self.env)
            module, function = provider.opener
            # Loading a provider takes a second or two: not on the event loop, where everybody would wait.
            loaded = await anyio.to_thread.run_sync(_load, module, provider.extra, abandon_on_cancel=True)
            opener: Opener = getattr(loaded, function)
            if model not in self._opened:
                heard = partial(self._heard, key_of(model))
                self._opened[model] = opener(name, reached, self.deadlines, heard)
        return self._opened[model].model

    async def aclose(self) -> None:
        while self._opened:
            _, opened = self._opened.popitem()
            await opened.close()


def _load(module: str, extra: str | None) -> ModuleType:
    try:
        return import_module(module)
    except ImportError as error:
        if extra is None:
            raise
        raise DomainError("model_missing_extra", extra=extra, detail=f"{error}") from error


def is_secret(name: str) -> bool:
    """Whether a variable of this name holds what must never be seen: of all that is read here, whatever is no address
    and no place."""
    return not name.endswith(("_URL", "_URL_BEDROCK_RUNTIME", "_REGION", "_PROFILE"))

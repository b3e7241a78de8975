"""The AI services there are: how each is named, reached and loaded. Loads none of them.

A model string is `<provider>:<model>`, for a service of one's own `custom:<name>:<model>`. Everything after that is the
model's name, colons included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from botarmy.domain.errors import DomainError

CUSTOM: Final = "custom"
CUSTOM_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,30}")
_OPENAI: Final = "botarmy.llm.openai"


@dataclass(frozen=True, slots=True)
class Access:
    """How a provider is reached."""

    key: str | None = field(repr=False)
    """None where the server wants none."""
    address: str | None
    """The base address of its API; None for the provider's own."""
    further: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Other variables that its library is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    opener: tuple[str, str]
    """Module and name of its `models.Opener`; the module is loaded at the first call."""
    key_variables: tuple[str, ...]
    """The first that is set holds the key."""
    address_variable: str
    address: str = ""
    """Its own, with which its free list of models begins; empty where there is none."""
    listing: str = "/models"
    """The path of that list: asking for it costs nothing and shows whether a key is good. Empty where there is none."""
    key_header: str = "authorization"
    default_model: str | None = None
    """For `auto`."""
    is_open: bool = False
    """Whether it is worth a try without a key and an address."""
    further: tuple[str, ...] = ()
    library: str | None = None
    """What has to be there, beside the core, to load it; `botarmy[…]` under `extra` installs it."""
    extra: str | None = None

    @property
    def is_installed(self) -> bool:
        if self.library is None:
            return True
        package, _, _ = self.library.partition(".")
        return find_spec(package) is not None and find_spec(self.library) is not None

    def key(self, env: Mapping[str, str]) -> tuple[str, str] | None:
        """The key's variable and the key; None without one."""
        return next(((name, value) for name in self.key_variables if (value := env.get(name))), None)

    def access(self, env: Mapping[str, str]) -> Access:
        """Raises DomainError `model_not_configured`, `model_bad_key`, `model_bad_address` or `model_missing_extra`."""
        found = self.key(env)
        address = env.get(self.address_variable) or None
        if found is None and address is None and not self.is_open:
            raise DomainError("model_not_configured", detail=f"{self.key_variables[0]} is not set")
        if found is not None and not is_key(found[1]):
            raise DomainError("model_bad_key", detail=f"{found[0]} holds a character that no key has")
        if address is not None and not is_address(address):
            raise DomainError("model_bad_address", detail=f"{self.address_variable} is not an http(s) address")
        if not self.is_installed:
            raise DomainError("model_missing_extra", extra=self.extra or "")
        further = {name: env[name] for name in self.further if env.get(name)}
        return Access(found[1] if found else None, address, further)


PROVIDERS: Final[Mapping[str, Provider]] = MappingProxyType(
    {
        "openai": Provider(
            opener=(_OPENAI, "open_responses"),
            key_variables=("OPENAI_API_KEY",),
            address_variable="OPENAI_BASE_URL",
            address="https://api.openai.com/v1",
            default_model="gpt-5-mini",
        ),
        "openai-chat": Provider(
            opener=(_OPENAI, "open_chat"),
            key_variables=("OPENAI_API_KEY",),
            address_variable="OPENAI_BASE_URL",
            address="https://api.openai.com/v1",
            default_model="gpt-5-mini",
        ),
        "anthropic": Provider(
            opener=("botarmy.llm.anthropic", "open_model"),
            key_variables=("ANTHROPIC_API_KEY",),
            address_variable="ANTHROPIC_BASE_URL",
            address="https://api.anthropic.com",
            listing="/v1/models",
            key_header="x-api-key",
            default_model="claude-haiku-4-5",
            library="anthropic",
            extra="anthropic",
        ),
        "google": Provider(
            opener=("botarmy.llm.google", "open_model"),
            key_variables=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
            address_variable="GOOGLE_GEMINI_BASE_URL",
            address="https://generativelanguage.googleapis.com",
            listing="/v1beta/models",
            key_header="x-goog-api-key",
            default_model="gemini-3.8-flash",
            library="google.genai",
            extra="google",
        ),
        "groq": Provider(
            opener=("botarmy.llm.groq", "open_model"),
            key_variables=("GROQ_API_KEY",),
            address_variable="GROQ_BASE_URL",
            address="https://api.groq.com",
            listing="/openai/v1/models",
            default_model="openai/gpt-oss-120b",
            library="groq",
            extra="groq",
        ),
        "mistral": Provider(
            opener=("botarmy.llm.mistral", "open_model"),
            key_variables=("MISTRAL_API_KEY",),
            address_variable="MISTRAL_BASE_URL",
            address="https://api.mistral.ai",
            listing="/v1/models",
            default_model="mistral-medium-latest",
            library="mistralai",
            extra="mistral",
        ),
        "openrouter": Provider(
            opener=(_OPENAI, "open_openrouter"),
            key_variables=("OPENROUTER_API_KEY",),
            address_variable="OPENROUTER_BASE_URL",
            address="https://openrouter.ai/api/v1",
            listing="/key",  # its list of models is open to all, so it would say nothing of the key
            default_model="openai/gpt-5-mini",
        ),
        "bedrock": Provider(
            opener=("botarmy.llm.bedrock", "open_model"),
            key_variables=("AWS_BEARER_TOKEN_BEDROCK",),
            address_variable="AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
            listing="",
            default_model="us.anthropic.claude-haiku-4-5-20251001-v1:0",
            is_open=True,  # its library also finds keys in files and of the machine's own role
            further=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
                     "AWS_DEFAULT_REGION", "AWS_PROFILE"),
            library="boto3",
            extra="bedrock",
        ),
        "ollama": Provider(
            opener=(_OPENAI, "open_ollama"),
            key_variables=("OLLAMA_API_KEY",),
            address_variable="OLLAMA_BASE_URL",
            address="http://localhost:11434/v1",
            is_open=True,
        ),
    }
)  # fmt: skip


def custom(name: str) -> Provider:
    """A service of one's own that speaks OpenAI's chat completions."""
    if not CUSTOM_NAME.fullmatch(name):
        raise _unknown(f"{CUSTOM}:{name[:40]}")
    prefix = f"CUSTOM_{name.upper().replace('-', '_')}"
    return Provider(
        opener=(_OPENAI, "open_chat"),
        key_variables=(f"{prefix}_API_KEY",),
        address_variable=f"{prefix}_BASE_URL",
    )


def find(model: str) -> tuple[Provider, str]:
    """The provider of a model string, and the model's own name.

    Raises DomainError `model_unknown_provider` or `model_unknown`.
    """
    prefix, _, name = model.partition(":")
    if prefix == CUSTOM:
        own, _, name = name.partition(":")
        provider = custom(own)
    elif prefix in PROVIDERS:
        provider = PROVIDERS[prefix]
    else:
        raise _unknown(prefix[:40])
    if not name:
        raise DomainError("model_unknown", detail=f"{model!r} names no model")
    return provider, name


def _unknown(provider: str) -> DomainError:
    known = (*PROVIDERS, f"{CUSTOM}:<name> (declared in the settings)")
    return DomainError("model_unknown_provider", provider=provider, known=", ".join(known))


def access(model: str, env: Mapping[str, str]) -> Access:
    """Raises DomainError as `find` and `Provider.access` do."""
    provider, _ = find(model)
    if model.startswith(f"{CUSTOM}:") and not env.get(provider.address_variable):
        raise _unknown(":".join(model.split(":")[:2]))
    return provider.access(env)


def key_of(model: str) -> str:
    """The name of the provider key that calls of this model use: what has the same one shares the key's limits.

    Raises DomainError as `find` does.
    """
    variable = find(model)[0].key_variables[0]
    if model.startswith(f"{CUSTOM}:"):
        return ":".join(model.split(":")[:2])
    return next(name for name, provider in PROVIDERS.items() if provider.key_variables[0] == variable)


def is_key(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        return False
    printable = address.isprintable() and " " not in address
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port_is_one and printable

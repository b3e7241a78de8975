"""Values of settings that are more than a word or a number, and how they are written on one line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field


def split(value: object) -> object:
    """A list from one line of text, as environments and command lines have it."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """What a model costs in USD for a million tokens, written `openai-chat:qwen3:8b=0.25/2.00`."""

    model: str
    """A model string."""
    input: float
    output: float

    def __str__(self) -> str:
        return f"{self.model}={self.input:g}/{self.output:g}"


_MODEL_PRICE: Final = re.compile(r"([^\s:=]+:[^\s=]+)=(\d{1,6}(?:\.\d{1,9})?)/(\d{1,6}(?:\.\d{1,9})?)", re.ASCII)


def model_price(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = _MODEL_PRICE.fullmatch(value)
    if parts is None:
        raise ValueError(value)
    return ModelPrice(parts[1], float(parts[2]), float(parts[3]))


def each_model_once(prices: tuple[ModelPrice, ...]) -> tuple[ModelPrice, ...]:
    if len({price.model for price in prices}) < len(prices):
        raise ValueError(prices)
    return prices


@dataclass(frozen=True, slots=True)
class ProviderLimit:
    """What one AI service's key may be asked for in any minute, written `openai=500/200000`."""

    provider: str
    """As a model string names it."""
    requests: int
    tokens: int

    def __str__(self) -> str:
        return f"{self.provider}={self.requests}/{self.tokens}"


_PROVIDER_LIMIT: Final = re.compile(r"([a-z][a-z0-9_-]*(?::[^\s:=,]+)?)=([1-9][0-9]{0,8})/([1-9][0-9]{0,8})", re.ASCII)


def provider_limit(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = _PROVIDER_LIMIT.fullmatch(value)
    if parts is None:
        raise ValueError(value)
    return ProviderLimit(parts[1], int(parts[2]), int(parts[3]))


def each_once(limits: tuple[ProviderLimit, ...]) -> tuple[ProviderLimit, ...]:
    if len({limit.provider for limit in limits}) < len(limits):
        raise ValueError(limits)
    return limits


class Custom(BaseModel):
    """An AI service of one's own that speaks OpenAI's chat completions: `custom:<name>:<model>`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    base_url: str = Field(pattern=r"^https?://[^/\s]+\S*$")
    key_variable: str | None = Field(None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    """The variable that holds its key; `CUSTOM_<NAME>_API_KEY` where None."""
    key_file: Path | None = None
    """The file that holds its key, where the variable does not."""

    @property
    def prefix(self) -> str:
        return f"CUSTOM_{self.name.upper().replace('-', '_')}"

    def __str__(self) -> str:
        return f"{self.name}={self.base_url}"


def customs(value: object) -> object:
    """From a table by name, or from `name=address` texts."""
    value = split(value)
    if isinstance(value, dict):
        return tuple({"name": name, **table} if isinstance(table, dict) else table for name, table in value.items())
    if isinstance(value, list | tuple):
        return tuple(_custom(one) for one in value)
    return value


def _custom(value: object) -> object:
    if isinstance(value, str):
        name, _, address = value.partition("=")
        return {"name": name.strip(), "base_url": address.strip()}
    return value

"""What models cost: by the prices of the settings first, else by what the model library knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from botarmy.domain.events import Usage

MILLION: Final = 1_000_000
_PROVIDERS: Final[Mapping[str, str]] = MappingProxyType({"openai-chat": "openai"})
"""Where the model library's table has another name than a model string."""
_INPUT_SHARE: Final = 0.75
"""Of the tokens of a call, as prices are compared: agents read more than they write."""


@dataclass(frozen=True, slots=True)
class Price:
    """In USD for a million tokens."""

    input: float
    output: float

    def of(self, usage: Usage) -> Usage:
        cost = (usage.input_tokens * self.input + usage.output_tokens * self.output) / MILLION
        return replace(usage, cost_usd=cost)

    @property
    def mixed(self) -> float:
        return self.input * _INPUT_SHARE + self.output * (1 - _INPUT_SHARE)


@dataclass(frozen=True, slots=True)
class Prices:
    own: Mapping[str, Price] = field(default_factory=lambda: MappingProxyType({}))
    """By model string. They hold also where the library knows others."""
    cheaper_model: str | None = None
    """What to offer where an agent has no cheaper model of its own."""

    def of(self, model: str) -> Price | None:
        """The price that was set for a model string; None leaves it to the library, call by call."""
        return self.own.get(model)

    def cheaper(self, model: str, others: Sequence[str]) -> str | None:
        """The next cheaper one of `others` by known prices, else the one that the settings name.

        Loads the library's table: not for the event loop.
        """
        now = self._known(model)
        known = [(price.mixed, other) for other in others if other != model and (price := self._known(other))]
        below = [(mixed, other) for mixed, other in known if now is not None and mixed < now.mixed]
        if below:
            return max(below)[1]
        return self.cheaper_model if self.cheaper_model != model else None

    def _known(self, model: str) -> Price | None:
        return self.own.get(model) or _listed(model)


def _listed(model: str) -> Price | None:
    import genai_prices  # noqa: PLC0415 - a large table, needed only when a budget is reached

    prefix, _, name = model.partition(":")
    tokens = genai_prices.Usage(input_tokens=MILLION, output_tokens=MILLION)
    try:
        found = genai_prices.calc_price(tokens, name, provider_id=_PROVIDERS.get(prefix, prefix))
    except LookupError:
        return None
    return Price(float(found.input_price), float(found.output_price))

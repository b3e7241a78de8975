"""What the headers of a provider's answer say about its rate limits. Pure.

Read are OpenAI's names, which most providers repeat (`x-ratelimit-remaining-tokens`), Anthropic's
(`anthropic-ratelimit-tokens-remaining`), `retry-after` and `retry-after-ms`. A moment is told from the answer's own
`date`, so that a wrong clock on this side does not matter. What cannot be read is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Final

_SPELLINGS: Final = ("x-ratelimit-{field}-{unit}", "anthropic-ratelimit-{unit}-{field}")
_UNITS: Final = ("requests", "tokens", "input-tokens", "output-tokens")
_SECONDS: Final[Mapping[str, float]] = MappingProxyType(
    {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "": 1.0, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
)
_PIECE: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?)(ns|us|µs|ms|s|m|h|d|)", re.ASCII)
_WHOLE: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
MAX_CHARACTERS: Final = 64
"""Of a value that is read at all."""


@dataclass(frozen=True, slots=True)
class Notice:
    requests: int | None = None
    """The provider's limit for a minute; None where it did not say."""
    tokens: int | None = None
    hold: float = 0.0
    """Seconds from now in which it wants no request."""


def read_headers(headers: Mapping[str, str]) -> Notice:
    """Never raises, whatever the headers say."""
    plain = {name.lower(): value.strip() for name, value in headers.items() if len(value) <= MAX_CHARACTERS}
    holds = [*_exhausted(plain), _retry_after(plain)]
    return Notice(
        requests=_limit(plain, "requests"),
        tokens=_limit(plain, "tokens"),
        hold=max((seconds for seconds in holds if seconds is not None), default=0.0),
    )


def _values(headers: Mapping[str, str], field: str, unit: str) -> Iterator[str]:
    names = (spelling.format(field=field, unit=unit) for spelling in _SPELLINGS)
    return (headers[name] for name in names if name in headers)


def _limit(headers: Mapping[str, str], unit: str) -> int | None:
    """None for 0 too: some say that where a limit does not apply."""
    limits = (int(value) for value in _values(headers, "limit", unit) if _WHOLE.fullmatch(value))
    return min((limit for limit in limits if limit > 0), default=None)


def _exhausted(headers: Mapping[str, str]) -> Iterator[float | None]:
    """How long it takes until what is used up is there again."""
    for unit in _UNITS:
        if "0" in _values(headers, "remaining", unit):
            yield from (_until(value, headers) for value in _values(headers, "reset", unit))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    milliseconds = headers.get("retry-after-ms", "")
    if _WHOLE.fullmatch(milliseconds):
        return int(milliseconds) / 1000
    return _until(headers.get("retry-after", ""), headers)


def _until(value: str, headers: Mapping[str, str]) -> float | None:
    """Seconds: of a number, a duration such as `1m2.5s`, or a moment (RFC 3339 or an HTTP date)."""
    pieces = _PIECE.findall(value)
    if pieces and "".join(number + unit for number, unit in pieces) == value:
        return sum(float(number) * _SECONDS[unit] for number, unit in pieces)
    moment, sent = _moment(value), _moment(headers.get("date", ""))
    return None if moment is None or sent is None else max(0.0, (moment - sent).total_seconds())


def _moment(value: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(value)
        except (ValueError, TypeError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None

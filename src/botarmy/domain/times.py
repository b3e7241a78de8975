"""Moments as the wire writes them: RFC 3339, UTC, milliseconds. They sort as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

Timestamp = str
"""For example `2026-11-20T09:30:00.123Z`."""


def timestamp(moment: datetime) -> Timestamp:
    """Write a timezone-aware moment down; a naive one is a programming error."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: Timestamp) -> datetime:
    return datetime.fromisoformat(text)


def milliseconds(text: Timestamp) -> int:
    """Since 1970."""
    return round(moment(text).timestamp() * 1000)


def later(start: Timestamp, seconds: float) -> Timestamp:
    return timestamp(moment(start) + timedelta(seconds=seconds))


def elapsed_ms(start: Timestamp, end: Timestamp) -> int:
    """Milliseconds from start to end; 0 where a clock went backwards."""
    return max(0, round((moment(end) - moment(start)).total_seconds() * 1000))

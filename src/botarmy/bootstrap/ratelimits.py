"""The figures of what AI services are asked, put where they are read."""

from __future__ import annotations

from collections.abc import Mapping

from botarmy.domain.errors import DomainError
from botarmy.llm.providers import key_of
from botarmy.llm.setbacks import Noted, Setback
from botarmy.ports import LimitState
from botarmy.telemetry import LimitMetrics


def counting(metrics: LimitMetrics) -> Noted:
    def noted(setback: Setback, model: str) -> None:
        if setback == "retry":
            metrics.retries.labels(_key(model)).inc()
        else:
            metrics.fallbacks.labels(_key(model), setback).inc()

    return noted


def show_limits(metrics: LimitMetrics, states: Mapping[str, LimitState]) -> None:
    for key, state in states.items():
        for unit, meter in (("requests", state.requests), ("tokens", state.tokens)):
            metrics.limit.labels(key, unit).set(meter.limit)
            metrics.used.labels(key, unit).set(meter.used)
            metrics.left.labels(key, unit).set(meter.left)
        metrics.in_flight.labels(key).set(state.in_flight)
        metrics.waiting.labels(key).set(state.waiting)
        metrics.held_seconds.labels(key).set(state.held_for or 0.0)


def _key(model: str) -> str:
    """A model of a provider that there is not has no key; it has one name, so that labels stay few."""
    try:
        return key_of(model)
    except DomainError:
        return "unknown"

"""What the write path counts. Labels stay few: names come from our own tables, and of models a bounded number."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from botarmy.domain.errors import DomainError
from botarmy.domain.events import AgentResponse, NewEvent, Usage
from botarmy.ports import StoreError
from botarmy.telemetry import Metrics

MODELS_NAMED: Final = 100
UNKNOWN: Final = "unknown"
OTHERS: Final = "others"


@contextmanager
def measured(metrics: Metrics, command: str) -> Iterator[None]:
    began = time.perf_counter()
    outcome = "failed"
    try:
        yield
        outcome = "done"
    except DomainError:
        outcome = "refused"
        raise
    finally:
        seconds = time.perf_counter() - began
        metrics.command_seconds.labels(command, outcome).observe(seconds)
        metrics.live.commands.add(seconds)


@contextmanager
def committing(metrics: Metrics) -> Iterator[None]:
    began = time.perf_counter()
    outcome = "failed"
    try:
        yield
        outcome = "committed"
    except StoreError as error:
        outcome = type(error).__name__
        raise
    finally:
        metrics.commits.labels(outcome).inc()
        metrics.commit_seconds.observe(time.perf_counter() - began)


def count_events(metrics: Metrics, events: Sequence[NewEvent]) -> None:
    for type_, count in Counter(event.type for event in events).items():
        metrics.events.labels(type_).inc(count)
    for event in events:
        if isinstance(event.metadata, AgentResponse) and event.metadata.usage is not None:
            _count_usage(metrics, event.metadata.model or UNKNOWN, event.metadata.usage)


def _count_usage(metrics: Metrics, model: str, usage: Usage) -> None:
    """Models are named by their providers: beyond so many, one name stands for the others."""
    label = model if metrics.may_name(model, MODELS_NAMED) else OTHERS
    metrics.model_tokens.labels(label, "input").inc(usage.input_tokens)
    metrics.model_tokens.labels(label, "output").inc(usage.output_tokens)
    metrics.model_cost.labels(label).inc(usage.cost_usd or 0)

"""What the write path counts. Names of commands and types come from our own tables: labels stay few."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from botarmy.domain.errors import DomainError
from botarmy.domain.events import NewEvent
from botarmy.ports import StoreError
from botarmy.telemetry import Metrics


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
        metrics.command_seconds.labels(command, outcome).observe(time.perf_counter() - began)


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


def count_events(metrics: Metrics, events: Iterable[NewEvent]) -> None:
    for type_, count in Counter(event.type for event in events).items():
        metrics.events.labels(type_).inc(count)

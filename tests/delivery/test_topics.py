"""Which events a topic selects, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from botarmy.delivery.topics import Interest, Topic, parse_topic
from botarmy.domain.users import LOCAL, User

ADA = User("ada", "member")


@dataclass(frozen=True)
class Event:
    run_id: str | None
    type: str
    owner: str | None
    agent_name: str | None = None
    level: str | None = None


@pytest.mark.parametrize("text", ["runs", "run:01939", "run:a:b", "workers", "jobs", "connections", "stats", "log"])
def test_a_topic_is_written_as_it_was_read(text: str) -> None:
    assert str(parse_topic(text)) == text


@pytest.mark.parametrize(
    "text", ["", ":", "run", "run:", "runs:", "runs:1", "Runs", " runs", "workers:1", "logs", "\x00"]
)
def test_what_is_no_topic_is_none(text: str) -> None:
    assert parse_topic(text) is None


@pytest.mark.parametrize(
    ("topics", "event", "selected"),
    [
        (["runs"], Event("a", "run_status", "ada"), True),
        (["runs"], Event("a", "agent_status", "ada"), True),
        (["runs"], Event("a", "request", "ada"), True),
        (["runs"], Event("a", "agent_delta", "ada"), False),
        (["run:a"], Event("a", "agent_delta", "ada"), True),
        (["run:a"], Event("a", "an_event_of_tomorrow", "ada"), True),
        (["run:a"], Event("b", "run_status", "ada"), False),
        (["run:a"], Event(None, "worker_status", None), False),
        (["run:a", "runs"], Event("b", "run_status", "ada"), True),
        ([], Event("a", "run_status", "ada"), False),
    ],
)
def test_a_topic_selects_its_events(topics: list[str], event: Event, selected: bool) -> None:
    parsed = [topic for topic in map(parse_topic, topics) if topic is not None]

    assert Interest.of(parsed, LOCAL).selects(event) is selected
    assert Interest.of(parsed, ADA).selects(event) is selected


@pytest.mark.parametrize("event", [Event("b", "run_status", "bob"), Event(None, "run_status", None)])
def test_a_member_gets_nothing_of_others_and_nothing_that_concerns_no_run(event: Event) -> None:
    topics = [Topic("runs"), Topic("run", "b")]

    assert not Interest.of(topics, ADA).selects(event)
    assert Interest.of(topics, LOCAL).selects(event)


def test_a_viewer_gets_what_concerns_a_run_whoevers_it_is_and_nothing_else() -> None:
    interest = Interest.of([Topic("runs")], User("vera", "viewer"))

    assert interest.selects(Event("b", "run_status", "bob"))
    assert not interest.selects(Event(None, "run_status", None))


def test_equal_interests_are_one_in_whatever_order_they_came() -> None:
    topics = [Topic("runs"), Topic("run", "a"), Topic("run", "b")]

    assert Interest.of(topics, ADA) == Interest.of(reversed(topics), User("ada", "member", "token"))
    assert Interest.of(topics, LOCAL) == Interest.of(topics, User("root", "admin"))
    assert Interest.of(topics, ADA) != Interest.of(topics, LOCAL)

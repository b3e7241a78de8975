"""Every story that the wire's samples tell, as AG-UI: a valid stream from wherever one joins, ending in the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ag_ui.core import BaseEvent
from ag_ui_validate import create_validator

from botarmy.api.agui.picture import interrupts_of, messages_of, patch, state_of
from botarmy.api.agui.translation import Translation
from botarmy.domain.codec import decode
from botarmy.domain.events import AgentDelta, Event
from botarmy.domain.fold import fold
from botarmy.domain.run import Run
from scripts.wire.decisions import approval_asked
from tests.api.agui_client import Client, as_json

SAMPLES = sorted((Path(__file__).parents[2] / "wire" / "samples").glob("*.json"))


def events_of(path: Path) -> list[Event]:
    raw = json.loads(path.read_text(encoding="utf-8"))["events"]
    return [decode(json.dumps(event), event["position"], event["version"]) for event in raw]


def run_at(events: list[Event]) -> Run:
    run = fold(events)
    assert run is not None
    return run


def streamed(events: list[Event], joined_after: int) -> tuple[list[BaseEvent], Translation]:
    translation = Translation("thread", "run", run_at(events[:joined_after]))
    said = list(translation.opening())
    for event in events[joined_after:]:
        said += translation.told(event)
    if translation.is_over:
        said += translation.ending()
    return said, translation


def faults(said: list[BaseEvent], whole: bool) -> list[str]:
    validator = create_validator()
    for event in said:
        validator.feed(as_json(event))
    if whole:
        validator.finalize()
    return [f"{found.rule}: {found.message}" for found in validator.report().diagnostics if found.severity != "info"]


@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_whoever_joins_anywhere_reads_a_valid_stream_and_ends_with_the_same(path: Path) -> None:
    events = events_of(path)
    last = run_at(events)
    for joined_after in range(1, len(events) + 1, len(events) // 60 + 1):
        said, translation = streamed(events, joined_after)
        assert faults(said, translation.is_over) == [], joined_after
        client = Client()
        for event in said:
            client.apply(as_json(event))
        assert client.state == json.loads(json.dumps(state_of(last))), joined_after
        held = {message[0]: message for message in client.spoken()}
        assert [held.get(message[0]) for message in spoken(last)] == spoken(last), joined_after


def test_pieces_whose_beginning_is_gone_wait_for_the_whole_message() -> None:
    events = events_of(next(path for path in SAMPLES if path.stem == "whole-run"))
    pieces = [event for event in events if isinstance(event.metadata, AgentDelta) and event.metadata.offset == 0]
    kept = [event for event in events if event not in pieces]
    said, _ = streamed(kept, 1)
    assert faults(said, whole=True) == []
    client = Client()
    for event in said:
        client.apply(as_json(event))
    assert client.spoken() == spoken(run_at(events))


def spoken(run: Run) -> list[tuple[str, str, str]]:
    said = [as_json(message) for message in messages_of(run)]
    return sorted((m["id"], m["role"], m["content"]) for m in said)


def test_an_open_question_ends_the_run_with_an_interrupt() -> None:
    said, _ = streamed(events_of(next(path for path in SAMPLES if path.stem == "question-asked")), 1)
    end = as_json(said[-1])
    assert end["type"] == "RUN_FINISHED"
    assert end["outcome"]["type"] == "interrupt"
    (interrupt,) = end["outcome"]["interrupts"]
    assert interrupt["reason"] == "input_required"
    assert interrupt["message"]
    suspended = [as_json(e) for e in said if as_json(e)["type"] == "SUBAGENT_FINISHED"]
    assert suspended[-1]["outcome"] == {"type": "suspended", "interruptIds": [interrupt["id"]]}


@pytest.mark.parametrize(
    ("story", "outcome"), [("cancelled", "cancelled"), ("whole-run", "success"), ("paused", "interrupt")]
)
def test_a_run_ends_as_the_project_did(story: str, outcome: str) -> None:
    said, _ = streamed(events_of(next(path for path in SAMPLES if path.stem == story)), 1)
    assert as_json(said[-1])["outcome"]["type"] == outcome


def test_a_failed_project_ends_in_words() -> None:
    said, _ = streamed(events_of(next(path for path in SAMPLES if path.stem == "failed-run")), 1)
    end = as_json(said[-1])
    assert end["type"] == "RUN_ERROR"
    assert end["message"].endswith(".")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": [1, 2]}, {"a": [1, 3, 4]}),
        ({"a": [1, 2]}, {"a": [1]}),
        ({"a/b~c": {"d": None}}, {"a/b~c": {"d": "x"}}),
        ({"a": {"b": 1}}, {"a": {"c": 1}}),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 1}, {"b": 3}]}),
    ],
)
def test_a_patch_makes_the_one_of_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    client = Client()
    client.apply({"type": "STATE_SNAPSHOT", "snapshot": before})
    client.apply({"type": "STATE_DELTA", "delta": list(patch(before, after))})
    assert client.state == after


def test_an_interrupt_for_approval_holds_what_is_shown_there() -> None:
    (interrupt,) = interrupts_of(approval_asked().run)
    assert interrupt.metadata
    assert interrupt.metadata["gate"]["excerpt"] == "The text is there: Hello."
    assert [file["path"] for file in interrupt.metadata["gate"]["artifacts"]] == ["docs/text.md"]

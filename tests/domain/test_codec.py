from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botarmy.domain import events as e
from botarmy.domain.codec import METADATA_BY_TYPE, clean_text, decode, encode, wire
from tests.domain.strategies import METADATA_CLASSES, OBJECTS, built, new_events, unknown

STARTED = e.NewEvent(
    id="01939f3e-0001-7000-8000-00000000b07a",
    run_id="01939f3e-0000-7000-8000-00000000b07a",
    timestamp="2026-11-20T09:30:00.123Z",
    agent_name="Analyst",
    content="Analyst is “reading” the brief 🍅",
    metadata=e.AgentStatus(step="analyst", status="started", attempt=1),
)

PROTOCOL = {
    "run_status": (
        "status outcome by reason title brief team owner options forked_from steps before shown imported attachments"
    ),
    "agent_status": "step status task attempt call_attempt progress retry_at usage seconds by shown",
    "phase_status": "step phase status attempt progress retry_at result after remedy",
    "agent_delta": "step phase attempt message_id channel offset",
    "agent_response": "step phase attempt message_id started_at thinking finish model usage",
    "tool_call": "step call_id name status summary",
    "artifact": "step path version size media_type sha256 by shown",
    "request": "request_id kind status step prompt options subject decision answer by continuation budget gate trouble",
    "note": "by step note_id taken_up_by shown",
    "job_status": "job_id step phase attempt status worker_id requires waited_ms ran_ms retry_at error",
    "worker_status": "worker_id status capabilities host concurrency running",
    "error": "code severity retryable action reference step",
    "system": "level",
}
VALUES = {
    ("run_status", "status"): "created running paused completed failed cancelled deleted",
    ("run_status", "outcome"): "succeeded partial",
    (
        "agent_status",
        "status",
    ): "pending queued started thinking waiting retrying completed error skipped cancelled",
    ("phase_status", "status"): "pending started progress completed error skipped cancelled rolled_back",
    ("agent_delta", "channel"): "text thinking",
    ("agent_response", "finish"): "complete fallback interrupted cancelled",
    ("tool_call", "status"): "started completed error",
    ("request", "kind"): "approval question budget",
    ("request", "status"): "open answered withdrawn",
    ("request", "decision"): "approve edit reject respond",
    ("job_status", "status"): "queued claimed completed failed lost cancelled dead",
    ("worker_status", "status"): "registered busy idle draining gone lost",
    ("error", "severity"): "warning error",
    ("system", "level"): "info warning",
}
BEYOND = {"definition"}
"""Fields that the server keeps in the log for itself."""


def literals(hint: Any) -> set[str]:
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    return {value for argument in get_args(hint) for value in literals(argument)}


def test_every_type_of_the_protocol_has_its_metadata_and_no_other_exists() -> None:
    assert set(METADATA_BY_TYPE) == set(PROTOCOL)


@pytest.mark.parametrize("type_", PROTOCOL)
def test_metadata_has_the_fields_that_the_protocol_names(type_: str) -> None:
    classes = [cls for cls in METADATA_CLASSES if type_ == cls.TYPE]
    assert {field.name for cls in classes for field in fields(cls)} - BEYOND == set(PROTOCOL[type_].split())


@pytest.mark.parametrize(("type_", "field"), VALUES)
def test_a_field_takes_the_values_that_the_protocol_names(type_: str, field: str) -> None:
    classes = [cls for cls in METADATA_CLASSES if type_ == cls.TYPE]
    known = {value for cls in classes for value in literals(get_type_hints(cls).get(field))}
    assert known == set(VALUES[type_, field].split())


@pytest.mark.parametrize("cls", METADATA_CLASSES)
@given(data=st.data())
def test_an_event_of_every_type_comes_back_as_it_was_written(cls: type[Any], data: st.DataObject) -> None:
    event = data.draw(new_events(built(cls)))
    assert decode(encode(event), 7, None) == event.at(7, None)


@given(new_events(unknown()))
def test_an_event_of_an_unknown_type_comes_back_as_it_was_written(event: e.NewEvent) -> None:
    assert decode(encode(event), 7, 3) == event.at(7, 3)


@given(new_events(st.one_of(unknown(), *(built(cls) for cls in METADATA_CLASSES))))
def test_what_clients_get_is_one_json_object_with_the_fields_in_the_protocols_order(event: e.NewEvent) -> None:
    told = wire(encode(event), 812, 41)
    names = "position version id run_id type timestamp agent_name content metadata requires_ack"
    assert list(json.loads(told)) == names.split()
    told.encode()


def test_an_event_on_the_wire_is_written_as_the_protocol_shows() -> None:
    assert wire(encode(STARTED), 812, 41) == (
        '{"position":812,"version":41,"id":"01939f3e-0001-7000-8000-00000000b07a",'
        '"run_id":"01939f3e-0000-7000-8000-00000000b07a","type":"agent_status","timestamp":"2026-11-20T09:30:00.123Z",'
        '"agent_name":"Analyst","content":"Analyst is “reading” the brief 🍅","metadata":{"step":"analyst",'
        '"status":"started","task":null,"attempt":1,"call_attempt":1,"progress":null,"retry_at":null,"usage":null,'
        '"seconds":null},"requires_ack":false}'
    )


def test_an_event_without_version_run_and_agent_says_null() -> None:
    event = replace(STARTED, run_id=None, agent_name=None, metadata=e.SystemNotice(level="info"))
    told = json.loads(wire(encode(event), 1, None))
    assert (told["version"], told["run_id"], told["agent_name"]) == (None, None, None)


@pytest.mark.parametrize("status", ["open", "answered", "withdrawn"])
def test_a_person_must_act_on_an_open_request_and_on_nothing_else(status: e.RequestState) -> None:
    request = e.Request(request_id="r", kind="question", status=status, step="analyst", prompt="Who?")
    event = replace(STARTED, metadata=request)
    assert json.loads(encode(event))["requires_ack"] is (status == "open")
    assert decode(encode(event), 1, 1).requires_ack is (status == "open")


@pytest.mark.parametrize(
    ("type_", "metadata"),
    [
        ("mood", {"good": True}),
        ("agent_status", {"step": "analyst", "status": "dreaming", "attempt": 1}),
        ("run_status", {"status": "sleeping"}),
        ("agent_status", {"step": "analyst"}),
        ("artifact", {}),
        ("run_status", {}),
        ("run_status", {"status": ["created"]}),
    ],
)
def test_a_type_or_value_of_a_newer_version_is_read_as_unknown(type_: str, metadata: dict[str, Any]) -> None:
    body = json.loads(encode(STARTED)) | {"type": type_, "metadata": metadata}
    assert decode(json.dumps(body), 9, 2).metadata == e.Unknown(type_, metadata)


@given(OBJECTS.map(lambda more: {f"new {name}": value for name, value in more.items()}))
def test_fields_of_a_newer_version_are_passed_over(more: dict[str, Any]) -> None:
    body = json.loads(encode(STARTED))
    body["metadata"] |= more
    assert decode(json.dumps(body | more), 9, 2) == STARTED.at(9, 2)


def test_fields_that_an_older_version_did_not_write_have_their_defaults() -> None:
    body = json.loads(encode(STARTED))
    body["metadata"] = {"step": "analyst", "status": "started", "attempt": 1}
    assert decode(json.dumps(body), 9, 2) == STARTED.at(9, 2)


@given(st.text(st.characters(codec=None, exclude_categories=[]), max_size=30))
def test_clean_text_is_storable_and_stays_so(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert clean_text(cleaned) == cleaned


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30))
def test_clean_text_leaves_good_text_alone(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b", "a\ufffdb"),
        ("\ud800", "\ufffd"),
        ("x\udfffy", "x\ufffdy"),
        ("\ud83c\udf45", "🍅"),
        ("\ufeffmark", "\ufeffmark"),
        ("é\x00\ud800", "é\ufffd\ufffd"),
        ("", ""),
    ],
)
def test_clean_text_replaces_what_databases_refuse(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned

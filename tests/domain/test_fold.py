from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from botarmy.domain import events as e
from botarmy.domain.fold import ENTRIES_KEPT, MESSAGES_KEPT, evolve, fold
from botarmy.domain.run import Run, summarize
from botarmy.domain.views import MessageView
from scripts.wire.files import VIEW
from scripts.wire.library import STORIES
from scripts.wire.teller import Teller, chain
from tests.domain.strategies import logs

CREATED = e.NewEvent(
    id="created",
    run_id="run-1",
    timestamp="2026-11-20T09:30:00.000Z",
    agent_name=None,
    content="“A pair” was created",
    metadata=e.RunCreated(
        title="A pair",
        brief="Write and read.",
        team="pair",
        owner="local",
        options={},
        forked_from=None,
        steps=chain("writer", "reader"),
    ),
).at(1, 1)
RUN = TypeAdapter(Run)


def run_after(*events: e.Event) -> Run:
    run = fold([CREATED, *events])
    assert run is not None
    return run


def at(number: int, metadata: e.Metadata, content: str = "") -> e.Event:
    versioned = not isinstance(metadata, e.AgentDelta)
    event = replace(CREATED, id=f"event-{number}", metadata=metadata, content=content)
    return replace(event, position=number, version=number if versioned else None)


def delta(number: int, offset: int, text: str, message_id: str = "m", **given: Any) -> e.Event:
    fields: dict[str, Any] = {"step": "writer", "phase": "work", "attempt": 1, "channel": "text"}
    return at(number, e.AgentDelta(message_id=message_id, offset=offset, **(fields | given)), text)


def response(number: int, text: str, message_id: str = "m", **given: Any) -> e.Event:
    fields: dict[str, Any] = {"step": "writer", "phase": "work", "attempt": 1, "thinking": "", "finish": "complete"}
    fields |= {"started_at": CREATED.timestamp}
    return at(number, e.AgentResponse(message_id=message_id, **(fields | given)), text)


def message_of(run: Run, message_id: str = "m") -> MessageView:
    return next(m for step in run.view.steps for m in step.messages if m.message_id == message_id)


# --- Laws -------------------------------------------------------------------------------------------------------


@given(logs(), st.integers(0, 12))
def test_a_fold_may_stop_anywhere_and_go_on(log: list[e.Event], at_event: int) -> None:
    assert fold(log, CREATED_RUN) == fold(log[at_event:], fold(log[:at_event], CREATED_RUN))


@given(logs())
def test_any_events_fold_without_an_error_and_give_a_view_that_can_be_sent(log: list[e.Event]) -> None:
    run = run_after(*log)
    VIEW.dump_json(run.view)
    summarize(run)
    assert run.view.position == (log[-1].position if log else 1)


@given(logs())
def test_a_stored_fold_is_read_back_as_it_was(log: list[e.Event]) -> None:
    run = run_after(*log)
    assert RUN.validate_json(RUN.dump_json(run)) == run


@given(logs())
def test_before_its_creation_a_run_is_nothing(log: list[e.Event]) -> None:
    assert fold(log) is None


@given(logs(), st.data())
def test_deltas_change_nothing_but_messages(log: list[e.Event], data: st.DataObject) -> None:
    run = run_after(*log)
    after = evolve(run, delta(99, data.draw(st.integers(0, 9)), data.draw(st.text(max_size=4)), "m-1"))
    assert after is not None
    assert after.view.version == run.view.version
    assert (after.status, after.jobs, after.newer, after.listed_at) == (run.status, run.jobs, run.newer, run.listed_at)
    assert summarize(after) == summarize(run)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_story_can_be_joined_at_every_event(story: Any) -> None:
    told = story.tell()
    events = list(told.told())
    run = None
    for number in range(0, len(events), max(1, len(events) // 60)):
        run = fold(events[number:], fold(events[:number]))
        assert run == told.run


CREATED_RUN = run_after()

# --- Messages ---------------------------------------------------------------------------------------------------


def test_deltas_grow_a_message_that_is_open_until_its_response() -> None:
    run = run_after(delta(2, 0, "Hel"), delta(3, 3, "lo"), delta(4, 0, "hm", channel="thinking"))
    message = message_of(run)
    assert (message.text, message.thinking, message.finish, message.ended_at) == ("Hello", "hm", None, None)
    whole = message_of(run_after(delta(2, 0, "Hel"), response(3, "Hello!")))
    assert (whole.text, whole.finish, whole.ended_at) == ("Hello!", "complete", CREATED.timestamp)


def test_offsets_count_code_points() -> None:
    run = run_after(delta(2, 0, "🍅👩‍👧"), delta(3, 4, "é"), delta(4, 1, "x"))
    assert message_of(run_after(delta(2, 0, "🍅👩‍👧"), delta(3, 4, "é"))).text == "🍅👩‍👧é"
    assert message_of(run).text == "🍅x"


@pytest.mark.parametrize(("offset", "text"), [(5, "Helloxy"), (6, "Hello"), (99, "Hello"), (3, "Helxy"), (0, "xy")])
def test_a_smaller_offset_cuts_and_a_larger_one_is_left_out(offset: int, text: str) -> None:
    assert message_of(run_after(delta(2, 0, "Hello"), delta(3, offset, "xy"))).text == text


def test_the_same_delta_again_changes_nothing() -> None:
    once = run_after(delta(2, 0, "Hel"), delta(3, 3, "lo"))
    assert message_of(run_after(delta(2, 0, "Hel"), delta(3, 3, "lo"), delta(4, 3, "lo"))) == message_of(once)


def test_a_delta_after_the_response_is_too_late() -> None:
    assert message_of(run_after(response(2, "Whole."), delta(3, 6, " More"))).text == "Whole."


def test_a_delta_of_a_step_that_nobody_knows_opens_no_message() -> None:
    run = run_after(delta(2, 0, "Hello", step="nobody"))
    assert all(not step.messages for step in run.view.steps)


def test_messages_are_ordered_by_their_beginning_and_then_by_their_id() -> None:
    early, late = "2026-11-20T09:29:00.000Z", "2026-11-20T09:31:00.000Z"
    run = run_after(
        response(2, "3", "c", started_at=late),
        response(3, "2", "b", started_at=early),
        response(4, "1", "a", started_at=early),
        response(5, "4", "d", started_at=late),
    )
    assert [m.text for m in run.view.steps[0].messages] == ["1", "2", "3", "4"]


def test_a_view_holds_the_newest_messages_of_all_steps() -> None:
    times = [f"2026-11-20T09:{minute:02d}:{second:02d}.000Z" for minute in range(4) for second in range(60)]
    events = [
        response(number + 2, str(number), f"m-{number:03d}", started_at=time, step=("writer", "reader")[number % 2])
        for number, time in enumerate(times)
    ]
    run = run_after(*events)
    kept = [int(m.text) for step in run.view.steps for m in step.messages]
    assert sorted(kept) == list(range(len(times) - MESSAGES_KEPT, len(times)))


def test_what_models_consumed_adds_up_for_step_and_run() -> None:
    run = run_after(
        response(2, "a", "a", usage=e.Usage(input_tokens=3, output_tokens=1, cost_usd=0.5)),
        response(3, "b", "b", usage=e.Usage(input_tokens=4, output_tokens=2)),
        response(4, "c", "c", step="reader", usage=e.Usage(input_tokens=5, cost_usd=0.25)),
    )
    assert run.view.steps[0].usage == e.Usage(input_tokens=7, output_tokens=3, cost_usd=0.5)
    assert run.view.usage == e.Usage(input_tokens=12, output_tokens=3, cost_usd=0.75)


# --- Everything else ----------------------------------------------------------------------------------------------


def test_lists_of_a_view_hold_their_newest_entries() -> None:
    notes = [at(number + 2, e.Note(by="local"), str(number)) for number in range(ENTRIES_KEPT + 3)]
    assert [note.content for note in run_after(*notes).view.notes] == [str(n) for n in range(3, ENTRIES_KEPT + 3)]


def test_an_unknown_event_leaves_the_view_as_it_is_and_stops_commands() -> None:
    run = run_after(at(2, e.Unknown("mood", {"good": True})))
    assert run.newer
    assert replace(run.view, position=1, version=1) == CREATED_RUN.view


def test_the_view_lists_files_by_name_with_their_latest_version() -> None:
    def written(number: int, path: str, version: int) -> e.Event:
        return at(
            number,
            e.ArtifactWritten(
                step="writer", path=path, version=version, size=1, media_type="text/plain", sha256="x", by="Writer"
            ),
        )

    run = run_after(written(2, "ﬁ", 1), written(3, "𝒜", 1), written(4, "b", 1), written(5, "a", 1), written(6, "b", 2))
    assert [(a.path, a.version) for a in run.view.artifacts] == [("a", 1), ("b", 2), ("ﬁ", 1), ("𝒜", 1)]


def test_a_run_waits_only_where_nothing_but_an_answer_moves_it() -> None:
    def status(number: int, step: str, status: e.StepState, retry_at: str | None = None) -> e.Event:
        return at(number, e.AgentStatus(step=step, status=status, attempt=1, retry_at=retry_at))

    running = at(2, e.RunStatus(status="running"))
    asked = at(3, e.Request(request_id="r", kind="question", status="open", step="writer", prompt="Who?"))
    answered = at(9, e.Request(request_id="r", kind="question", status="answered", step="writer", prompt="Who?"))
    waiting = status(4, "writer", "waiting")
    assert run_after(running, asked, waiting).view.status == "waiting"
    assert run_after(running, asked, waiting, status(5, "reader", "started")).view.status == "running"
    assert run_after(running, asked, waiting, status(5, "reader", "waiting", "2026-11-21T…")).view.status == "running"
    assert run_after(running, asked, waiting, at(5, e.RunStatus(status="paused"))).view.status == "paused"
    assert run_after(running, asked, waiting, answered).view.status == "running"


def test_a_fold_ends_exactly_where_step_by_step_evolution_does() -> None:
    told = Teller(chain("writer"))
    told.works("writer")
    run: Run | None = None
    for event in told.told():
        run = evolve(run, event)
    assert run == fold(told.told()) == told.run

"""Sessions over wires without sockets, in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from botarmy.domain.users import User
from botarmy.gateway import Limits
from tests.gateway.virtual import VirtualLoop
from tests.gateway.world import Closed, Wire, World, world


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture
async def here() -> AsyncIterator[World]:
    async with world() as made:
        yield made


async def greeted(here: World, *topics: str, **hello: object) -> Wire:
    """A client that has heard its welcome and its snapshots."""
    wire = here.connect()
    wire.hello(*topics, **hello)
    welcome = await wire.hear()
    assert welcome["type"] == "welcome"
    assert welcome["topics"] == list(topics)
    if not welcome["resumed"]:
        for topic in topics:
            assert (await wire.hear_type("snapshot"))["topic"] == topic
    return wire


def contents(frame: dict[str, Any]) -> list[str]:
    return [event["content"] for event in frame["events"]]


def now() -> float:
    return asyncio.get_running_loop().time()


# --- Joining --------------------------------------------------------------------------------------------------


async def test_a_client_is_welcomed_gets_a_snapshot_and_then_what_happens(here: World) -> None:
    begun = here.start_run()
    wire = here.connect()
    wire.hello("run:r1")

    welcome = await wire.hear()
    snapshot = await wire.hear()
    noted = here.note("r1", "make it blue")
    events = await wire.hear()

    assert welcome["type"] == "welcome"
    assert welcome["position"] == begun
    assert welcome["topics"] == ["run:r1"]
    assert welcome["resumed"] is False
    assert snapshot["topic"] == "run:r1"
    assert snapshot["data"]["title"] == "Project r1"
    assert (events["from"], events["to"]) == (begun, noted)
    assert contents(events) == ["make it blue"]


async def test_the_list_of_runs_gets_what_changes_a_list_and_nothing_else(here: World) -> None:
    here.start_run("r1")
    wire = await greeted(here, "runs")

    here.note("r1")
    here.status("r1", "running")
    here.start_run("r2")

    events = [event for _ in range(1) for event in (await wire.hear())["events"]]
    while len(events) < 2:
        events += (await wire.hear())["events"]
    assert [(event["run_id"], event["metadata"]["status"]) for event in events] == [
        ("r1", "running"),
        ("r2", "created"),
    ]


async def test_an_event_that_matches_twice_is_sent_once(here: World) -> None:
    here.start_run()
    wire = await greeted(here, "runs", "run:r1")

    here.status("r1", "running")
    here.note("r1", "last")

    seen: list[str] = []
    while "last" not in seen:
        seen += contents(await wire.hear())
    assert seen == ["The project is running", "last"]


async def test_unknown_foreign_and_deleted_runs_are_refused_with_the_same_words(here: World) -> None:
    here.users["t"] = User("ada", "member")
    here.start_run("mine", owner="ada")
    here.start_run("foreign", owner="bob")
    here.start_run("gone", owner="ada")
    here.status("gone", "deleted")
    wire = here.connect()
    wire.hello("run:foreign", "run:never", "run:gone", "run:mine", "workers", token="t")

    welcome = await wire.hear()
    refusals = [await wire.hear() for _ in range(4)]

    assert welcome["topics"] == ["run:mine"]
    assert {one["topic"] for one in refusals} == {"run:foreign", "run:never", "run:gone", "workers"}
    assert len({json.dumps(one["error"]) for one in refusals}) == 1


async def test_a_member_sees_their_own_runs_alone(here: World) -> None:
    here.users["t"] = User("ada", "member")
    here.start_run("mine", owner="ada")
    here.start_run("foreign", owner="bob")
    wire = here.connect()
    wire.hello("runs", token="t")
    await wire.hear_type("welcome")
    listed = (await wire.hear_type("snapshot"))["data"]["runs"]

    here.status("foreign", "running")
    here.start_run("foreign2", owner="bob")
    here.status("mine", "running")
    events = (await wire.hear_type("events"))["events"]

    assert [run["run_id"] for run in listed] == ["mine"]
    assert [event["run_id"] for event in events] == ["mine"]


async def test_who_is_nobody_is_not_let_in(here: World) -> None:
    wire = here.connect()
    wire.hello("runs", token="wrong")

    assert await wire.ended() == (4501, "not authorized")


async def test_who_says_nothing_is_sent_away_after_ten_seconds(here: World) -> None:
    wire = here.connect()

    assert await wire.ended() == (4004, "no hello in time")
    assert now() == 10


async def test_a_server_that_cannot_read_its_log_asks_to_come_again(here: World) -> None:
    here.start_run()
    here.log.available = False
    wire = here.connect()
    wire.hello("runs")

    assert await wire.ended() == (1013, "storage unavailable")


# --- Resuming ---------------------------------------------------------------------------------------------------


async def test_who_comes_back_gets_what_it_missed_and_no_snapshot(here: World) -> None:
    held = here.start_run()
    here.note("r1", "one")
    here.note("r1", "two")
    wire = here.connect()
    wire.hello("run:r1", resume={"epoch": "epoch-1", "position": held})

    welcome = await wire.hear()
    events = await wire.hear()

    assert (welcome["resumed"], welcome["position"]) == (True, held)
    assert (events["from"], events["to"]) == (held, held + 2)
    assert contents(events) == ["one", "two"]


async def test_an_idle_log_resumes_too(here: World) -> None:
    held = here.start_run()
    wire = here.connect()
    wire.hello("run:r1", resume={"epoch": "epoch-1", "position": held})

    welcome = await wire.hear()
    beat = await wire.hear()

    assert welcome["resumed"] is True
    assert beat == {"type": "heartbeat", "position": held}


@pytest.mark.parametrize("resume", [{"epoch": "epoch-1", "position": 99}, {"epoch": "epoch-0", "position": 1}])
async def test_another_epoch_and_a_position_ahead_of_the_log_start_afresh(here: World, resume: object) -> None:
    here.start_run()
    wire = here.connect()
    wire.hello("run:r1", resume=resume)

    welcome = await wire.hear()
    snapshot = await wire.hear()

    assert (welcome["resumed"], welcome["position"]) == (False, 1)
    assert snapshot["position"] == 1


async def test_who_missed_the_deletion_of_a_run_is_told_on_resuming(here: World) -> None:
    held = here.start_run()
    here.status("r1", "deleted")
    wire = await greeted(here, "run:r1", resume={"epoch": "epoch-1", "position": held})

    assert contents(await wire.hear()) == ["The project is deleted"]


async def test_missed_events_that_memory_has_lost_come_from_the_log_in_pages() -> None:
    async with world(Limits(behind=100, events_count=400), entries=50) as here:
        held = here.start_run("r1")
        for number in range(2_500):
            here.note("r1", str(number))
        await here.feed.reached(2_501)
        wire = await greeted(here, "run:r1", resume={"epoch": "epoch-1", "position": held})

        cursor = held
        seen: list[str] = []
        while len(seen) < 2_500:
            events = await wire.hear()
            assert events["from"] == cursor
            assert len(events["events"]) <= 400
            cursor = events["to"]
            seen += contents(events)

        assert seen == [str(number) for number in range(2_500)]
        assert here.feed.floor == 2_501 - 50


# --- Following live ---------------------------------------------------------------------------------------------


async def test_subscribing_live_first_delivers_what_is_pending(here: World) -> None:
    here.start_run("r1")
    wire = await greeted(here, "run:r1")
    here.start_run("r2")
    here.note("r1", "pending")
    last = here.note("r2", "in the snapshot")
    await here.feed.reached(last)
    wire.say({"type": "subscribe", "id": "1", "topics": ["run:r2"]})
    heard = [await wire.hear() for _ in range(3)]
    here.note("r2", "after it")
    after = await wire.hear()

    assert [one["type"] for one in heard] == ["events", "subscribed", "snapshot"]
    events, subscribed, snapshot = heard
    assert contents(events) == ["pending"]
    assert (subscribed["id"], subscribed["topics"], subscribed["position"]) == ("1", ["run:r2"], last)
    assert snapshot["position"] == last
    assert [note["content"] for note in snapshot["data"]["notes"]] == ["in the snapshot"]
    assert (after["from"], contents(after)) == (last, ["after it"])


async def test_a_run_can_be_followed_before_the_feed_has_heard_of_it(here: World) -> None:
    wire = await greeted(here)
    here.log.hints = False
    begun = here.start_run("r1")
    wire.say({"type": "subscribe", "id": "1", "topics": ["run:r1"]})

    assert (await wire.hear())["position"] == begun
    assert (await wire.hear())["data"]["title"] == "Project r1"
    assert now() == 0


async def test_a_lost_hint_costs_a_second_and_no_event(here: World) -> None:
    here.start_run("r1")
    wire = await greeted(here, "run:r1")
    here.log.hints = False
    here.note("r1", "unannounced")

    assert contents(await wire.hear()) == ["unannounced"]
    assert now() == pytest.approx(1)


async def test_subscribing_to_what_is_held_gives_a_fresh_snapshot_and_goes_on(here: World) -> None:
    here.start_run("r1")
    wire = await greeted(here, "run:r1")
    wire.say({"type": "subscribe", "id": "1", "topics": ["run:r1"]})
    heard = [(await wire.hear())["type"] for _ in range(2)]
    here.note("r1", "after it")

    assert heard == ["subscribed", "snapshot"]
    assert contents(await wire.hear()) == ["after it"]


async def test_what_is_unsubscribed_stays_away(here: World) -> None:
    here.start_run("r1")
    here.start_run("r2")
    wire = await greeted(here, "run:r1", "run:r2")
    wire.say({"type": "unsubscribe", "id": "1", "topics": ["run:r1"]})
    assert (await wire.hear())["topics"] == ["run:r1"]

    here.note("r1", "unwanted")
    here.note("r2", "wanted")

    assert contents(await wire.hear()) == ["wanted"]


async def test_too_many_topics_are_refused_and_the_held_ones_go_on() -> None:
    async with world(Limits(topics=1)) as here:
        here.start_run("r1")
        here.start_run("r2")
        wire = await greeted(here, "run:r1")
        wire.say({"type": "subscribe", "id": "1", "topics": ["run:r2"]})
        refusal = await wire.hear()
        here.note("r1", "still here")

        assert (refusal["id"], refusal["error"]["code"]) == ("1", "too_many_topics")
        assert contents(await wire.hear()) == ["still here"]


async def test_a_subscription_while_the_log_cannot_be_read_is_refused_as_retryable(here: World) -> None:
    here.start_run("r1")
    wire = await greeted(here, "run:r1")
    here.log.available = False
    wire.say({"type": "subscribe", "id": "1", "topics": ["runs"]})

    refusal = await wire.hear()

    assert (refusal["error"]["code"], refusal["error"]["retryable"]) == ("storage_unavailable", True)


async def test_when_nothing_is_for_a_client_heartbeats_move_its_cursor(here: World) -> None:
    here.start_run("r1")
    here.start_run("r2")
    wire = await greeted(here, "run:r1")
    elsewhere = here.note("r2")
    beat = await wire.hear()
    beaten_at = now()
    wire.say({"type": "heartbeat"})
    here.note("r1")
    events = await wire.hear()

    assert beat == {"type": "heartbeat", "position": elsewhere}
    assert beaten_at == 10
    assert events["from"] == elsewhere


async def test_a_client_that_stays_silent_for_two_intervals_is_given_up(here: World) -> None:
    wire = await greeted(here)

    assert await wire.ended() == (4001, "no heartbeat")
    assert now() == 20


async def test_many_events_arrive_in_frames_of_bounded_size_and_number() -> None:
    async with world(Limits(events_bytes=10_000, events_count=20)) as here:
        here.start_run()
        wire = await greeted(here, "run:r1")
        for number in range(60):
            here.note("r1", str(number))
        here.note("r1", "x" * 20_000)
        for number in range(60, 100):
            here.note("r1", f"{number} " + "x" * 1_000)

        seen: list[str] = []
        while len(seen) < 101:
            text = await wire.hear_text()
            events = contents(json.loads(text))
            assert len(events) <= 20
            assert len(text) <= 10_000 or len(events) == 1
            seen += events

        assert [one.split()[0] for one in seen if len(one) < 20_000] == [str(number) for number in range(100)]


async def test_equal_followers_are_sent_the_very_same_frame(here: World) -> None:
    here.start_run()
    wires = [await greeted(here, "run:r1") for _ in range(3)]

    here.note("r1")
    frames = [await wire.hear_frame() for wire in wires]

    assert frames[0] is frames[1]
    assert frames[1] is frames[2]


async def test_followers_of_the_same_who_are_at_different_cursors_each_get_their_own_frame(here: World) -> None:
    held = here.start_run("r1")
    early = await greeted(here, "run:r1")
    await asyncio.sleep(5)
    late = await greeted(here, "run:r1", resume={"epoch": "epoch-1", "position": held})
    elsewhere = here.start_run("r2")
    assert await early.hear() == {"type": "heartbeat", "position": elsewhere}
    here.note("r1", "for both")

    assert [(await wire.hear())["from"] for wire in (early, late)] == [elsewhere, held]


# --- Slow readers -----------------------------------------------------------------------------------------------


async def test_a_slow_reader_is_cut_off_after_ten_seconds_and_others_notice_nothing(here: World) -> None:
    here.start_run()
    slow, quick = await greeted(here, "run:r1"), await greeted(here, "run:r1")
    slow.stop_reading()
    here.note("r1", "one")
    assert contents(await quick.hear()) == ["one"]
    here.note("r1", "two")
    assert contents(await quick.hear()) == ["two"]
    assert now() < 1

    assert await slow.ended() == (4002, "too slow")
    assert 10 <= now() < 11


async def test_a_reader_far_behind_begins_anew_with_fresh_snapshots() -> None:
    async with world(Limits(behind=100)) as here:
        here.start_run()
        wire = await greeted(here, "run:r1")
        wire.stop_reading()
        here.note("r1", "in flight")
        await asyncio.sleep(1)
        for number in range(150):
            here.note("r1", str(number))
        await asyncio.sleep(1)
        wire.read_on()

        assert contents(await wire.hear()) == ["in flight"]
        resync, snapshot = await wire.hear(), await wire.hear()
        here.note("r1", "after")
        after = await wire.hear()

        assert (resync["type"], resync["reason"], resync["topics"]) == ("resync", "behind", ["run:r1"])
        assert resync["position"] == snapshot["position"] == after["from"] == 152
        assert len(snapshot["data"]["notes"]) == 151
        assert contents(after) == ["after"]


async def test_being_behind_counts_only_the_events_that_are_for_the_reader() -> None:
    async with world(Limits(behind=100)) as here:
        here.start_run("r1")
        here.start_run("r2")
        wire = await greeted(here, "run:r1")
        wire.stop_reading()
        here.note("r1", "in flight")
        await asyncio.sleep(1)
        for _ in range(500):
            here.note("r2")
        here.note("r1", "the next")
        await asyncio.sleep(1)
        wire.read_on()

        assert contents(await wire.hear()) == ["in flight"]
        assert contents(await wire.hear()) == ["the next"]


async def test_who_resumes_from_far_back_is_not_behind_even_after_a_change_of_topics() -> None:
    async with world(Limits(behind=100, events_count=50)) as here:
        held = here.start_run("r1")
        for number in range(500):
            here.note("r1", str(number))
        await here.feed.reached(501)
        wire = here.connect()
        wire.hello("run:r1", "runs", resume={"epoch": "epoch-1", "position": held})
        wire.say({"type": "unsubscribe", "id": "1", "topics": ["runs"]})

        seen: list[str] = []
        while len(seen) < 500:
            frame = await wire.hear()
            assert frame["type"] in ("welcome", "unsubscribed", "events")
            seen += contents(frame) if frame["type"] == "events" else []
        assert seen == [str(number) for number in range(500)]


async def test_a_slow_reader_whose_command_is_still_at_work_is_closed_when_that_is_done(here: World) -> None:
    here.start_run()
    wire = await greeted(here, "run:r1")
    here.desk.hold = asyncio.Event()
    wire.command("c1", run_id="r1")
    await asyncio.sleep(1)
    wire.stop_reading()
    here.note("r1")
    await asyncio.sleep(15)
    here.desk.hold.set()

    assert await wire.ended() == (4002, "too slow")
    assert here.desk.finished == ["c1"]


async def test_answers_to_a_client_that_does_not_read_them_are_bounded(here: World) -> None:
    wire = await greeted(here)
    wire.stop_reading()
    for _ in range(240):
        wire.say({"type": "nonsense"})
    await asyncio.sleep(5)
    for _ in range(240):
        wire.say({"type": "nonsense"})

    assert await wire.ended() == (4002, "too slow")
    assert wire.unread > 100


# --- Commands ---------------------------------------------------------------------------------------------------


async def test_a_command_is_answered_with_the_position_of_its_last_event(here: World) -> None:
    here.start_run()
    wire = await greeted(here)
    wire.command("c1", run_id="r1", content="blue")

    assert await wire.hear() == {"type": "reply", "id": "c1", "ok": True, "result": {"run_id": "r1"}, "position": 2}


async def test_commands_are_carried_out_in_order_while_events_go_on(here: World) -> None:
    here.start_run()
    wire = await greeted(here, "run:r1")
    here.desk.hold = asyncio.Event()
    for number in range(5):
        wire.command(f"c{number}", run_id="r1", content=f"from c{number}")
    here.note("r1", "meanwhile")

    assert contents(await wire.hear()) == ["meanwhile"]
    assert here.desk.begun == ["c0"]
    here.desk.hold.set()
    replies = [(await wire.hear_type("reply"))["id"] for _ in range(5)]

    assert replies == here.desk.finished == ["c0", "c1", "c2", "c3", "c4"]


async def test_a_command_sent_right_behind_hello_waits_until_it_is_known_who_sent_it(here: World) -> None:
    here.start_run()
    wire = here.connect()
    wire.hello("run:r1")
    wire.command("c1", run_id="r1")

    assert [(await wire.hear())["type"] for _ in range(2)] == ["welcome", "snapshot"]
    assert (await wire.hear_type("reply"))["ok"] is True
    assert [user.name for user in here.desk.users] == ["local"]


@pytest.mark.parametrize(
    ("name", "code", "retryable"),
    [("refuse", "unknown_command", False), ("offline", "storage_unavailable", True), ("break", "internal", True)],
)
async def test_a_refused_command_says_why_and_the_connection_lives_on(
    here: World, name: str, code: str, retryable: bool
) -> None:
    here.start_run()
    wire = await greeted(here)
    wire.command("c1", name)
    wire.command("c2", run_id="r1")

    refusal, reply = await wire.hear(), await wire.hear()

    assert (refusal["id"], refusal["ok"]) == ("c1", False)
    assert (refusal["error"]["code"], refusal["error"]["retryable"]) == (code, retryable)
    assert (reply["id"], reply["ok"]) == ("c2", True)


async def test_what_broke_is_found_in_the_log_under_the_reference_of_the_reply(here: World) -> None:
    wire = await greeted(here)
    with capture_logs() as logged:
        wire.command("c1", "break")
        error = (await wire.hear())["error"]

    assert error["reference"]
    assert "ZeroDivisionError" not in json.dumps(error)
    assert [entry["reference"] for entry in logged if entry["event"] == "command_failed"] == [error["reference"]]


async def test_a_command_that_takes_for_ever_is_given_up(here: World) -> None:
    wire = await greeted(here)
    here.desk.hold = asyncio.Event()
    wire.command("c1")
    for _ in range(4):
        await asyncio.sleep(8)
        wire.say({"type": "heartbeat"})

    assert (await wire.hear_type("reply"))["error"]["code"] == "internal"


async def test_a_command_that_was_begun_is_finished_though_its_client_has_gone(here: World) -> None:
    here.start_run()
    wire = await greeted(here)
    here.desk.hold = asyncio.Event()
    wire.command("c1", run_id="r1")
    await asyncio.sleep(1)
    wire.leave()
    await asyncio.sleep(1)
    here.desk.hold.set()

    assert await wire.ended() is None
    assert here.desk.finished == ["c1"]


async def test_more_commands_than_are_waited_for_are_not_lost_but_read_later() -> None:
    async with world(Limits(commands_waiting=4)) as here:
        here.start_run()
        wire = await greeted(here)
        here.desk.hold = asyncio.Event()
        for number in range(50):
            wire.command(f"c{number}", run_id="r1")
        await asyncio.sleep(1)
        assert wire.unread >= 40
        here.desk.hold.set()

        assert [(await wire.hear_type("reply"))["id"] for _ in range(50)] == [f"c{number}" for number in range(50)]


# --- Ends -------------------------------------------------------------------------------------------------------


async def test_a_drain_tells_everyone_to_come_back_and_not_all_at_once(here: World) -> None:
    here.start_run()
    wires = [await greeted(here, "run:r1") for _ in range(4)]
    silent = here.connect()
    await asyncio.sleep(0)

    await here.gateway.drain()

    hints = [(await wire.hear_type("drain"))["reconnect_after_ms"] for wire in (*wires, silent)]
    assert len(set(hints)) == 5
    assert [await wire.ended() for wire in (*wires, silent)] == [(4000, "server draining")] * 5
    assert here.gateway.draining


async def test_who_comes_during_a_drain_is_sent_away_politely(here: World) -> None:
    await here.gateway.drain()
    wire = here.connect()

    assert (await wire.hear())["type"] == "drain"
    assert await wire.ended() == (4000, "server draining")


async def test_a_drain_does_not_wait_for_those_who_do_not_read(here: World) -> None:
    here.start_run()
    wire = await greeted(here, "run:r1")
    wire.stop_reading()
    here.note("r1")
    await asyncio.sleep(1)

    await here.gateway.drain()

    assert now() <= 1 + 5.1
    await wire.over.wait()


async def test_frames_after_a_bad_one_are_not_looked_at(here: World) -> None:
    wire = await greeted(here)
    wire.say("this is not JSON")
    wire.command("c1")

    with pytest.raises(Closed, match="4500"):
        await wire.hear()
    await wire.ended()
    assert here.desk.begun == []


async def test_each_end_is_logged_with_its_reason_and_duration_and_nothing_the_client_wrote(here: World) -> None:
    with capture_logs() as logged:
        wire = here.connect()
        wire.hello("run:hunter2", client_id="hunter2", token=None)
        await asyncio.sleep(3)
        wire.say("hunter2")
        await wire.ended()

    ends = [entry for entry in logged if entry["event"] == "connection_closed"]
    assert [(end["code"], end["reason"], end["seconds"]) for end in ends] == [(4500, "not a JSON object", 3)]
    assert "hunter2" not in str(logged)


async def test_a_fault_of_the_server_closes_this_connection_alone(here: World) -> None:
    other = await greeted(here)
    here.users[None] = None

    async def broken(_: str | None) -> User | None:
        raise ZeroDivisionError

    wire = Wire()
    wire.hello()
    with capture_logs() as logged:
        await here.gateway.serve(wire, broken, "127.0.0.1", "a test")
    other.command("c1")

    assert wire.closed == (1011, "internal error")
    assert [entry["event"] for entry in logged] == ["session_failed", "connection_closed"]
    assert (await other.hear())["ok"] is True


async def test_who_was_away_since_before_runs_went_for_their_age_gets_a_resync(here: World) -> None:
    here.start_run("r1")
    for number in range(5):
        here.note("r1", str(number))
    await here.feed.reached(6)
    here.log.purged = 4
    before, since = here.connect(), here.connect()
    before.hello("run:r1", resume={"epoch": "epoch-1", "position": 3})
    since.hello("run:r1", resume={"epoch": "epoch-1", "position": 4})

    assert (await before.hear())["resumed"]
    resync = await before.hear()
    assert (resync["type"], resync["reason"], resync["position"]) == ("resync", "retention", 6)
    assert (await before.hear())["type"] == "snapshot"
    here.note("r1", "new")
    assert [event["content"] for event in (await before.hear_type("events"))["events"]] == ["new"]
    assert (await since.hear())["resumed"]
    assert (await since.hear())["type"] == "events"

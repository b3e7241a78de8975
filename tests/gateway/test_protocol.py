"""The protocol without sockets: what each frame leads to, and that no frame can do harm."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from botarmy.delivery.snapshots import Snapshot
from botarmy.delivery.topics import Topic
from botarmy.gateway import frames as f
from botarmy.gateway import protocol as p
from botarmy.gateway.limits import Limits

LIMITS = Limits()
SERVER_FRAME = Draft202012Validator(f.SERVER_FRAMES.json_schema(mode="serialization"))
R1, RUNS = Topic("run", "r1"), Topic("runs")


def frame(say: Any) -> dict[str, Any]:
    """What a `Say` says, checked against the published schema."""
    assert isinstance(say, p.Say)
    said: dict[str, Any] = json.loads(say.text)
    SERVER_FRAME.validate(said)
    return said


def welcome(position: int = 5, *, resumed: bool = False) -> f.Welcome:
    return f.Welcome(
        client_id="c",
        epoch="e",
        position=position,
        topics=["run:r1"],
        resumed=resumed,
        heartbeat_seconds=10,
        limits=f.WelcomeLimits(frame_bytes=1, frames_per_second=1),
        server_time="2026-11-20T09:30:00.000Z",
    )


def opened(position: int = 5, *topics: Topic, limits: Limits = LIMITS) -> p.Connection:
    """A connection that was welcomed at time 0."""
    connection = p.Connection(limits, 0)
    assert isinstance(connection.received('{"type":"hello"}', 0), p.Greet)
    snapshot = Snapshot(position, dict.fromkeys(topics, "{}"))
    connection.welcomed(welcome(position), topics, snapshot, ())
    connection.said(0)
    return connection


def say(connection: p.Connection, now: float = 0, **fields: object) -> p.Effect | None:
    return connection.received(json.dumps(fields), now)


# --- Hello --------------------------------------------------------------------------------------------------------


def test_hello_asks_to_greet_with_its_topics_sorted_into_known_and_unknown() -> None:
    effect = say(
        p.Connection(LIMITS, 0),
        type="hello",
        client_id="c",
        token="t",
        topics=["run:r1", "runs", "run:r1", "run:", "runs:x", "nonsense", "workers:1"],
        resume={"epoch": "e", "position": 3},
    )

    assert effect == p.Greet(
        token="t",
        client_id="c",
        topics=(R1, RUNS),
        unknown=("run:", "runs:x", "nonsense", "workers:1"),
        resume=f.Resume("e", 3),
    )


def test_a_token_is_not_in_the_text_of_its_frame() -> None:
    hello = f.read({"type": "hello", "token": "secret"})

    assert "secret" not in repr(hello)


def test_the_welcome_comes_first_then_refusals_then_snapshots() -> None:
    connection = p.Connection(LIMITS, 0)
    say(connection, type="hello", topics=["run:r1", "nonsense"])

    says = connection.welcomed(welcome(5), [R1], Snapshot(5, {R1: '{"title":"x"}'}), ["nonsense"])

    told = [frame(one) for one in says]
    assert [one["type"] for one in told] == ["welcome", "error", "snapshot"]
    assert told[1]["topic"] == "nonsense"
    assert told[1]["error"]["code"] == "unknown_topic"
    assert told[2] == {"type": "snapshot", "topic": "run:r1", "position": 5, "data": {"title": "x"}}
    assert connection.topics == (R1,)


@pytest.mark.parametrize("kind", ["subscribe", "unsubscribe", "ack", "command"])
def test_nothing_is_done_before_hello(kind: str) -> None:
    connection = p.Connection(LIMITS, 0)

    refusal = frame(say(connection, type=kind, id="1", topics=[], position=0, name="x", args={}))

    assert refusal["error"]["code"] == "bad_arguments"
    assert "hello comes first" in refusal["error"]["message"]
    assert refusal["type"] == ("reply" if kind == "command" else "error")
    assert connection.state == "silent"


def test_hello_twice_is_refused_and_changes_nothing() -> None:
    connection = opened(5, R1)

    refusal = frame(say(connection, type="hello", topics=["runs"]))

    assert refusal["error"]["code"] == "bad_arguments"
    assert connection.topics == (R1,)


@pytest.mark.parametrize(
    "resume",
    [{}, {"epoch": 1, "position": 1}, {"epoch": "e", "position": -1}, {"epoch": "e", "position": 1.5}, "e:1"]
    + [{"epoch": "e", "position": wrong} for wrong in (True, "1", None, 2**63, 10**40)],
)
def test_a_hello_with_a_wrong_resume_is_refused_and_may_be_said_again(resume: object) -> None:
    connection = p.Connection(LIMITS, 0)

    refusal = frame(say(connection, type="hello", resume=resume))

    assert refusal["error"]["code"] == "bad_arguments"
    assert "resume" in refusal["error"]["message"]
    assert isinstance(say(connection, type="hello"), p.Greet)


def test_a_connection_without_hello_is_closed_after_ten_seconds() -> None:
    connection = p.Connection(LIMITS, 100)
    connection.received('{"type":"heartbeat"}', 109)

    assert connection.due(0, 109.9) is None
    assert connection.due_at() == 110
    assert connection.due(0, 110) == p.Close(p.Code.NO_HELLO, "no hello in time")


# --- Bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data", ["", "null", "[]", '"x"', "1", "{", "NaN", "{'a':1}", '{"a":NaN}', '{"a":1e999}', b"{}"]
)
def test_what_is_not_a_json_object_closes_with_4500(data: str | bytes) -> None:
    connection = opened()

    effect = connection.received(data, 0)

    assert isinstance(effect, p.Close)
    assert effect.code == 4500
    assert connection.received('{"type":"heartbeat"}', 0) is None


@pytest.mark.parametrize("data", ["x" * (256 * 1024 + 1), "é" * (128 * 1024 + 1), b"x" * (256 * 1024 + 1)])
def test_a_frame_that_is_too_large_closes_with_4504(data: str | bytes) -> None:
    effect = opened().received(data, 0)

    assert isinstance(effect, p.Close)
    assert effect.code == 4504


def test_a_frame_of_exactly_the_limit_is_read() -> None:
    text = '{"type":"heartbeat","x":"' + "x" * (256 * 1024 - 27) + '"}'
    assert len(text) == 256 * 1024

    assert opened().received(text, 0) is None


@pytest.mark.parametrize(
    "text", ['{"a":' * 33 + "1" + "}" * 33, '{"a":' + "[" * 100_000, '{"a":' + "[" * 900 + "]" * 900 + "}"]
)
def test_deep_nesting_closes_with_4500(text: str) -> None:
    effect = opened().received(text, 0)

    assert isinstance(effect, p.Close)
    assert effect.code == 4500


def test_half_a_surrogate_pair_becomes_a_replacement_character_and_whole_ones_stay() -> None:
    effect = opened().received(r'{"type":"command","id":"1","name":"n","args":{"a":"\ud83d x \ud83d\ude00 é"}}', 0)

    assert isinstance(effect, p.Execute)
    assert effect.args == {"a": "\ufffd x \U0001f600 é"}


def test_a_number_that_no_64_bits_hold_arrives_as_a_floating_point_one() -> None:
    effect = opened().received('{"type":"command","id":"1","name":"n","args":{"a":' + "9" * 300 + "}}", 0)

    assert isinstance(effect, p.Execute)
    assert effect.args == {"a": float("9" * 300)}


@pytest.mark.parametrize("kind", [None, 1, [], {}, "events", "Hello", ""])
def test_an_unknown_frame_is_answered_with_its_id_and_the_connection_lives_on(kind: object) -> None:
    connection = opened()

    refusal = frame(say(connection, type=kind, id="7"))

    assert refusal["id"] == "7"
    assert refusal["error"]["code"] == "unknown_frame"
    assert isinstance(say(connection, type="command", id="8", name="n", args={}), p.Execute)


@pytest.mark.parametrize("id_", ["", "x" * 101, 1, None, ["1"]])
def test_a_command_without_a_usable_id_gets_an_error_frame(id_: object) -> None:
    refusal = frame(say(opened(), type="command", id=id_, name="n", args={}))

    assert refusal["type"] == "error"
    assert refusal["id"] is None
    assert refusal["error"]["code"] == "bad_arguments"


@pytest.mark.parametrize("wrong", [{"name": 1}, {"name": ""}, {"args": []}, {"args": None}, {"args": "x"}])
def test_a_wrong_command_gets_a_reply_that_names_the_field_and_repeats_nothing(wrong: dict[str, object]) -> None:
    fields: dict[str, object] = {"type": "command", "id": "1", "name": "n", "args": {}} | wrong

    refusal = frame(opened().received(json.dumps(fields), 0))

    assert (refusal["type"], refusal["id"], refusal["ok"]) == ("reply", "1", False)
    assert next(iter(wrong)) in refusal["error"]["message"]


def test_more_than_a_hundred_topics_are_refused_at_once_and_together() -> None:
    connection = opened(5, *(Topic("run", str(number)) for number in range(99)))

    at_once = frame(say(connection, type="subscribe", id="1", topics=[f"run:{number}" for number in range(10_000)]))

    assert at_once["error"]["code"] == "too_many_topics"
    assert connection.has_room_for([Topic("run", "98"), Topic("run", "99")])
    assert not connection.has_room_for([Topic("run", "99"), Topic("run", "100")])


def test_too_many_frames_close_with_4003_and_time_makes_room() -> None:
    connection = opened(limits=Limits(frames_per_second=10, frames_burst=21))
    for _ in range(20):
        assert say(connection, 0, type="heartbeat") is None
    assert say(connection, 0.1, type="heartbeat") is None

    assert say(connection, 0.15, type="heartbeat") == p.Close(p.Code.TOO_MANY_FRAMES, "too many frames")


def test_the_stated_rate_can_be_kept_up_for_ever() -> None:
    connection = opened()

    effects = [say(connection, number / LIMITS.frames_per_second, type="heartbeat") for number in range(5_000)]

    assert set(effects) == {None}


# --- Topics and the cursor --------------------------------------------------------------------------------------------


def test_subscribed_moves_the_cursor_to_the_snapshots() -> None:
    connection = opened(5, R1)
    follow = say(connection, type="subscribe", id="1", topics=["runs", "what"])
    assert follow == p.Follow(id="1", topics=(RUNS,), unknown=("what",))
    assert isinstance(follow, p.Follow)

    told = [frame(one) for one in connection.subscribed(follow, Snapshot(9, {RUNS: '{"runs":[]}'}))]

    assert [(one["type"], one["id"]) for one in told[:2]] == [("error", "1"), ("subscribed", "1")]
    assert (told[1]["topics"], told[1]["position"]) == (["runs"], 9)
    assert (told[2]["type"], told[2]["position"]) == ("snapshot", 9)
    assert connection.cursor == 9
    assert connection.topics == (R1, RUNS)


def test_a_subscription_to_nothing_that_exists_leaves_all_as_it_was() -> None:
    connection = opened(5, R1)
    follow = p.Follow(id="1", topics=(Topic("run", "foreign"),), unknown=())

    told = [frame(one) for one in connection.subscribed(follow, Snapshot(9, {}))]

    assert [(one["type"], one["topic"]) for one in told] == [("error", "run:foreign")]
    assert connection.cursor == 5
    assert connection.topics == (R1,)


def test_unsubscribed_names_what_was_held_and_leaves_the_cursor() -> None:
    connection = opened(5, R1, RUNS)
    unfollow = say(connection, type="unsubscribe", id="2", topics=["runs", "run:other", "nonsense"])
    assert isinstance(unfollow, p.Unfollow)

    told = frame(connection.unsubscribed(unfollow))

    assert told == {"type": "unsubscribed", "id": "2", "topics": ["runs"], "position": 5}
    assert connection.topics == (R1,)


def test_events_must_continue_the_cursor() -> None:
    connection = opened(5, R1)
    connection.moved(5, 8)

    with pytest.raises(ValueError, match="do not continue"):
        connection.moved(5, 9)
    with pytest.raises(ValueError, match="cannot go back"):
        connection.moved(8, 7)


def test_an_ack_counts_forwards_and_never_beyond_what_was_sent() -> None:
    connection = opened(5, R1)
    connection.moved(5, 10)

    acked = []
    for position in (7, 6, 11, 10, 0):
        assert say(connection, type="ack", position=position) is None
        acked.append(connection.acked)

    assert acked == [7, 7, 7, 10, 10]


def test_a_resync_drops_topics_that_are_gone_and_says_so() -> None:
    connection = opened(5, R1, RUNS)

    told = [frame(one) for one in connection.resynced("behind", Snapshot(20_000, {RUNS: '{"runs":[]}'}))]

    assert [one["type"] for one in told] == ["error", "resync", "snapshot"]
    assert (told[1]["reason"], told[1]["topics"], told[1]["position"]) == ("behind", ["runs"], 20_000)
    assert connection.topics == (RUNS,)
    assert connection.cursor == 20_000


# --- Time -----------------------------------------------------------------------------------------------------------


def test_after_ten_silent_seconds_a_heartbeat_moves_the_cursor() -> None:
    connection = opened(5, R1)
    connection.received('{"type":"heartbeat"}', 9)

    assert connection.due(8, 9.9) is None
    assert frame(connection.due(8, 10)) == {"type": "heartbeat", "position": 8}
    assert connection.cursor == 8
    assert connection.due(8, 10) is None
    assert connection.due_at() == 20


def test_two_silent_intervals_of_the_client_close_with_4001() -> None:
    connection = opened(5, R1)
    for now in (10, 19):
        connection.due(5, now)

    assert connection.due(5, 20) == p.Close(p.Code.NO_HEARTBEAT, "no heartbeat")
    assert connection.state == "closed"


def test_a_client_that_is_not_read_from_is_not_taken_for_dead() -> None:
    connection = opened(5, R1)
    connection.deaf()
    connection.said(99)
    assert connection.due(5, 100) is None

    connection.listening(100)

    assert isinstance(connection.due(5, 109), p.Say)
    assert isinstance(connection.due(5, 120), p.Close)


def test_drain_is_said_before_the_close() -> None:
    told, close = opened().drained(1500)

    assert frame(told) == {"type": "drain", "reconnect_after_ms": 1500}
    assert close.code == 4000


# --- Fuzz -----------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=[]), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
FILTERS = st.dictionaries(
    st.sampled_from(["types", "agents", "levels", "kinds"]),
    st.none() | st.lists(st.sampled_from(["error", "info", "", "\ud800", "x" * 101]) | JSON, max_size=120),
)
NAMES = st.sampled_from(["runs", "run:r1", "run:r2", "run:", "log", "workers", "\ud800"]) | TEXT
SHAPED = st.fixed_dictionaries(
    {"type": st.sampled_from(["hello", "subscribe", "unsubscribe", "command", "ack", "heartbeat"])},
    optional={
        "id": st.just("1") | JSON,
        "topics": st.lists(NAMES, max_size=6) | JSON,
        "resume": st.fixed_dictionaries({"epoch": st.just("e"), "position": st.integers()}) | JSON,
        "name": st.just("add_note") | JSON,
        "args": st.dictionaries(TEXT, JSON, max_size=3) | JSON,
        "position": st.integers() | JSON,
        "token": TEXT | JSON,
        "filter": JSON | FILTERS,
        "client_id": TEXT | JSON,
    },
)
FRAMES = st.lists(
    st.tuples(
        st.binary(max_size=40)
        | TEXT
        | JSON.map(json.dumps)
        | SHAPED.map(json.dumps)
        | SHAPED.map(lambda fields: json.dumps(fields, ensure_ascii=False)),
        st.floats(0, 15),
    ),
    max_size=12,
)


class Peer:
    """Does at once what effects ask for, as a session would, and holds every frame to the rules of the cursor."""

    def __init__(self) -> None:
        self.connection = p.Connection(LIMITS, 0)
        self.head = 5
        self.closed = False

    def obey(self, effect: p.Effect | None) -> None:
        assert not (self.closed and effect), "a closed connection gives nothing more"
        connection = self.connection
        self.head += 1
        if isinstance(effect, p.Close):
            self.closed = True
            assert connection.state == "closed"
        elif isinstance(effect, p.Say):
            frame(effect)
        elif isinstance(effect, p.Greet):
            snapshot = Snapshot(self.head, dict.fromkeys(effect.topics[1:], "{}"))
            self.check(connection.welcomed(welcome(self.head), snapshot.data, snapshot, effect.unknown))
        elif isinstance(effect, p.Follow) and connection.has_room_for(effect.topics):
            self.check(connection.subscribed(effect, Snapshot(self.head, dict.fromkeys(effect.topics[1:], "{}"))))
        elif isinstance(effect, p.Unfollow):
            frame(connection.unsubscribed(effect))
        elif isinstance(effect, p.Execute):
            frame(p.done(effect.id, effect.args, self.head))

    def check(self, says: list[p.Say]) -> None:
        for one in says:
            told = frame(one)
            assert told.get("position", self.connection.cursor) == self.connection.cursor


@given(FRAMES)
def test_no_sequence_of_frames_raises_or_leads_to_an_illegal_state(sequence: list[tuple[str | bytes, float]]) -> None:
    peer, now = Peer(), 0.0
    for data, seconds in sequence:
        now += seconds
        cursor = peer.connection.cursor
        peer.obey(peer.connection.due(peer.head, now))
        peer.obey(peer.connection.received(data, now))

        assert peer.connection.cursor >= cursor
        assert peer.connection.acked <= peer.connection.cursor
        assert len(peer.connection.topics) <= LIMITS.topics
        assert (peer.connection.state == "closed") == peer.closed


@given(SHAPED)
def test_whatever_a_hello_holds_it_greets_or_says_what_is_wrong(fields: dict[str, object]) -> None:
    connection = p.Connection(LIMITS, 0)

    effect = connection.received(json.dumps(fields | {"type": "hello"}), 0)

    if isinstance(effect, p.Greet):
        assert connection.state == "greeting"
    elif not isinstance(effect, p.Close):
        assert frame(effect)["error"]["code"] in ("bad_arguments", "too_many_topics")
        assert connection.state == "silent"

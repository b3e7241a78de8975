"""Server-sent events from a real server: a run is followed to its end, whatever becomes of server and client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from botarmy.domain.codec import decode
from botarmy.domain.fold import evolve
from botarmy.domain.run import Run
from botarmy.domain.views import RunView
from tests.acceptance.conftest import StartServer
from tests.acceptance.followers import VIEW
from tests.acceptance.servers import ServerProcess

Fields = dict[str, str]


class EventSource:
    """Follows one run as a browser's EventSource does: keeps the last id, and folds what comes."""

    def __init__(self, run_id: str, *, id_in_header: bool) -> None:
        self._topic = f"run:{run_id}"
        self._id_in_header = id_in_header
        self._last_id: str | None = None
        self._run: Run | None = None
        self.snapshots = 0
        self.seen: list[int] = []

    @property
    def view(self) -> RunView:
        assert self._run is not None
        return self._run.view

    def follow(self, server: ServerProcess, enough: int | None) -> None:
        """Take so many events; with None, all until the run has ended."""
        params, headers = {"topics": self._topic}, {}
        if self._last_id is not None and self._id_in_header:
            headers["Last-Event-ID"] = self._last_id
        elif self._last_id is not None:
            params["last_event_id"] = self._last_id
        with httpx2.stream("GET", f"{server.url}/api/events", params=params, headers=headers, timeout=30) as answer:
            assert answer.status_code == 200
            for fields in messages(answer):
                self._take(fields)
                enough = enough - 1 if enough is not None and fields.get("event") is None else enough
                if (self._run is not None and self.view.ended_at) or enough == 0:
                    return

    def _take(self, fields: Fields) -> None:
        name, data = fields.get("event"), json.loads(fields.get("data", "null"))
        if name == "welcome":
            assert data["resumed"] == (self._last_id is not None)
        elif name == "snapshot":
            self.snapshots += 1
            view = VIEW.validate_python(data["data"])
            self._run = Run(view=view, status="running", plan=(), definition=None, listed_at=view.updated_at)
        elif data is not None:
            self._event(data)
        self._last_id = fields.get("id", self._last_id)

    def _event(self, event: dict[str, Any]) -> None:
        assert event["position"] > max(self.seen, default=0), "events come once, and in order"
        self.seen.append(event["position"])
        body = json.dumps({name: value for name, value in event.items() if name not in ("position", "version")})
        self._run = evolve(self._run, decode(body, event["position"], event["version"]))


def messages(answer: httpx2.Response) -> Iterator[Fields]:
    fields: Fields = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield fields
            fields = {}


def started(server: ServerProcess) -> str:
    answer = httpx2.post(f"{server.url}/api/runs", json={"brief": "Track my reading list"})
    return str(answer.json()["run_id"])


@pytest.mark.parametrize("id_in_header", [True, False])
def test_a_run_is_followed_to_its_end_over_kills_of_the_server(id_in_header: bool, start_server: StartServer) -> None:
    server = start_server(BOTARMY_DEMO_SPEED="0.02")
    run_id = started(server)
    source = EventSource(run_id, id_in_header=id_in_header)
    for enough in (1, 7, 30):
        source.follow(server, enough)
        assert source.view.ended_at is None, "the kill comes while the run is under way"
        server.kill()
        server.start()
    source.follow(server, None)

    fresh = VIEW.validate_python(httpx2.get(f"{server.url}/api/runs/{run_id}").json())
    assert fresh.status == "completed"
    assert source.view == fresh
    assert source.snapshots == 1


@contextmanager
def asked(server: ServerProcess, query: str, **headers: str) -> Iterator[httpx2.Response]:
    with httpx2.stream("GET", f"{server.url}/api/events{query}", headers=headers, timeout=30) as answer:
        yield answer


def test_the_answer_is_one_that_nothing_on_the_way_holds_back(start_server: StartServer) -> None:
    server = start_server(BOTARMY_HEARTBEAT_SECONDS="0.2")
    with asked(server, "?topics=runs") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
        assert "content-length" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        heard = messages(answer)
        assert [next(heard).get("event") for _ in range(2)] == ["welcome", "snapshot"]
        assert next(heard).keys() == {"id"}
        assert next(heard).keys() == {"id"}, "a silent stream gets an id without data"


def test_what_is_refused_is_refused_before_the_stream_begins(start_server: StartServer) -> None:
    server = start_server()
    many = ",".join(f"run:{number}" for number in range(101))
    refusals: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("bad_arguments", "", {}),
        ("bad_arguments", "?topics=log&levels=loud", {}),
        ("bad_arguments", "?topics=log&agents=" + "x" * 101, {}),
        ("bad_arguments", "?topics=log&types=" + "a," * 101, {}),
        ("too_many_topics", "?topics=" + "&topics=".join(many.split(",")), {}),
        ("bad_host", "?topics=runs", {"Host": "evil.example"}),
        ("bad_origin", "?topics=runs", {"Origin": "http://evil.example"}),
    )
    for code, query, headers in refusals:
        with asked(server, query, **headers) as answer:
            assert json.loads(answer.read())["code"] == code
            assert answer.headers["content-type"] == "application/problem+json"


def test_the_log_comes_through_a_filter(start_server: StartServer) -> None:
    server = start_server()
    with (
        asked(server, "?topics=log&types=run_status,agent_response&levels=error") as some,
        asked(server, "?topics=log&types=run_status&agents=") as nothing,
    ):
        heard, quiet = spoken(some), spoken(nothing)
        assert [next(each)["event"] for each in (heard, quiet, heard, quiet)] == ["welcome"] * 2 + ["snapshot"] * 2
        run_id, seen = started(server), list[dict[str, Any]]()
        while not seen or seen[-1]["metadata"].get("status") != "completed":
            seen.append(json.loads(next(heard)["data"]))
        assert {event["type"] for event in seen} == {"run_status", "agent_response"}
        assert {event["run_id"] for event in seen} == {run_id}
        server.stop()
        assert next(quiet)["event"] == "drain", "where no agent may pass, nothing does"


def spoken(answer: httpx2.Response) -> Iterator[Fields]:
    """What is not an id alone."""
    return (fields for fields in messages(answer) if "data" in fields)


def test_a_server_that_stops_says_when_to_come_back(start_server: StartServer) -> None:
    server = start_server()
    with asked(server, "?topics=runs") as answer:
        heard = messages(answer)
        assert next(heard)["event"] == "welcome"
        assert server.stop() == 0
        *_, last = heard
    assert last["event"] == "drain"
    assert int(last["retry"]) == json.loads(last["data"])["reconnect_after_ms"]

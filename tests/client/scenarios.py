"""Plays the scenarios of `wire/scenarios` to a conversation, as a line over real sockets would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

from botarmy.client.conversation import Conversation
from botarmy.client.cursor import Contradiction
from botarmy.client.errors import ClientError
from botarmy.client.items import Fact, Heard, Refused, Replied, Snapshot

FOLDER: Final = Path(__file__).parents[2] / "wire" / "scenarios"
TICK: Final = 1.0


def scenarios() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each with its variants, by a name."""
    for path in sorted(FOLDER.glob("*.json")):
        for scenario in json.loads(path.read_text(encoding="utf-8")):
            variants = scenario.get("variants", [{}])
            for variant in variants:
                which = "".join(f" ({value})" for key, value in variant.items() if key != "frame")
                yield f"{path.stem}: {scenario['name']}{which}", _filled(scenario, variant)


def _filled(value: Any, variant: dict[str, Any]) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        return variant[value[1:]]
    if isinstance(value, list):
        return [_filled(one, variant) for one in value]
    if isinstance(value, dict):
        return {key: _filled(one, variant) for key, one in value.items() if key != "variants"}
    return value


class Player:
    """One client in a world of which the scenario says what happens."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        chance = scenario.get("chance", 0)
        self._talk: Final = Conversation(tuple(scenario.get("topics", ())), random=lambda: chance)
        self._now = 0.0
        self._at: Literal["attempting", "connected", "waiting", "over"] = "attempting"
        self._due = 0.0
        self._told: list[Heard] = []
        self._sent: list[dict[str, Any]] = []

    def play(self, step: dict[str, Any]) -> None:
        """Raises AssertionError where the client does something else than the step says."""
        self._told, self._sent = [], []
        doing = next(key for key in step if hasattr(self, f"_{key}"))
        getattr(self, f"_{doing}")(step[doing], step)
        self._take()
        assert self._sent == step.get("sends", [])
        assert [_telling(one) for one in self._told] == step.get("delivers", [])
        if "status" in step:
            assert self._talk.status == step["status"]
        if "attempting" in step:
            assert (self._at == "attempting") == step["attempting"]
        if "waits" in step:
            assert self._at == "waiting"
            assert abs(self._due - self._now - step["waits"]) < 0.01

    # --- What happens -------------------------------------------------------------------------------------------

    def _opens(self, *_: Any) -> None:
        assert self._at == "attempting"
        self._at = "connected"
        self._talk.opened(self._now)
        self._take()

    def _hears(self, frame: Any, _: Any) -> None:
        assert self._at == "connected"
        try:
            self._told += self._talk.heard(frame if isinstance(frame, str) else json.dumps(_whole(frame)), self._now)
        except Contradiction:
            self._wait(self._talk.contradicted(self._now))
        except ClientError:
            self._at = "over"

    def _connects(self, how: dict[str, Any], step: Any) -> None:
        self._opens()
        topics, position, resumed = self._sent[-1]["topics"], how["position"], how.get("resumed", False)
        welcome = {"position": position, "topics": topics, "resumed": resumed, "client_id": "c", "epoch": "e1"}
        self._hears({"type": "welcome", "heartbeat_seconds": 10, "server_time": None, **welcome}, step)
        for topic in [] if resumed else topics:
            data: dict[str, Any] = {topic: []} if topic in ("runs", "jobs", "workers") else {}
            self._hears({"type": "snapshot", "topic": topic, "position": position, "data": data}, step)

    def _closes(self, code: int | None, _: Any) -> None:
        assert self._at in ("attempting", "connected")
        self._lost(code)

    def _seconds(self, seconds: float, _: Any) -> None:
        end = self._now + seconds
        while self._now < end:
            until = min(end, self._now + TICK)
            if self._at == "waiting" and self._now < self._due <= until:
                until = self._due
            self._now = until
            self._pass()

    def _sleeps(self, seconds: float, _: Any) -> None:
        self._now += seconds
        self._pass()

    def _follows(self, topic: str, step: dict[str, Any]) -> None:
        self._talk.follow(topic, step.get("filter"))

    def _unfollows(self, topic: str, _: Any) -> None:
        self._talk.unfollow(topic)

    def _commands(self, command: dict[str, Any], _: Any) -> None:
        self._talk.command(command["id"], command["name"], command["args"])

    # --- As a line does -----------------------------------------------------------------------------------------

    def _pass(self) -> None:
        if self._at == "waiting" and self._now >= self._due:
            self._at = "attempting"
        if self._at != "connected":
            return
        try:
            self._talk.tick(self._now)
        except TimeoutError:
            self._lost(None)
        self._take()

    def _lost(self, code: int | None) -> None:
        try:
            self._wait(self._talk.closed(code, self._now))
        except ClientError:
            self._at = "over"

    def _wait(self, seconds: float) -> None:
        self._at, self._due = "waiting", self._now + seconds

    def _take(self) -> None:
        if self._at == "connected":
            self._sent += [_plain(json.loads(text)) for text in self._talk.outgoing(self._now)]


def _whole(frame: dict[str, Any]) -> dict[str, Any]:
    """A number in the place of an event stands for a note."""
    if frame.get("type") != "events" or "events" not in frame:
        return frame
    return {**frame, "events": [_note(event) if isinstance(event, int) else event for event in frame["events"]]}


def _note(position: int) -> dict[str, Any]:
    return {
        "position": position,
        "version": position,
        "id": f"event-{position}",
        "run_id": "r1",
        "type": "note",
        "timestamp": "2026-11-20T09:30:00.000Z",
        "agent_name": None,
        "content": "",
        "metadata": {"by": "ada", "step": None},
        "requires_ack": False,
    }


def _plain(frame: dict[str, Any]) -> dict[str, Any]:
    own = {"hello": "client_id", "subscribe": "id", "unsubscribe": "id"}.get(frame["type"])
    return {key: value for key, value in frame.items() if key != own}


def _telling(heard: Heard) -> dict[str, Any]:
    match heard:
        case Snapshot():
            return {"snapshot": heard.topic}
        case Fact():
            return {"event": heard.event.position}
        case Refused():
            return {"refused": heard.topic}
        case Replied(outcome=ClientError() as error):
            return {"reply": heard.command_id, "ok": False, "code": error.code}
        case Replied():
            return {"reply": heard.command_id, "ok": True}

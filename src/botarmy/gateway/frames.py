"""The frames of the wire protocol, as data: read from clients, written to them, and the source of their JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import ConfigDict, Field, Strict, TypeAdapter, ValidationError
from pydantic_core import to_json

from botarmy.domain.codec import clean_text
from botarmy.gateway.textframe import TextFrame

Position: TypeAlias = Annotated[int, Strict(), Field(ge=0, lt=2**63)]
ShortText: TypeAlias = Annotated[str, Field(min_length=1, max_length=100)]
TopicNames: TypeAlias = list[Annotated[str, Field(max_length=200)]]

# --- From the client --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Resume:
    epoch: str
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    type: Literal["hello"] = "hello"
    client_id: ShortText | None = None
    token: Annotated[str, Field(max_length=4_096)] | None = field(default=None, repr=False)
    topics: TopicNames = field(default_factory=list)
    resume: Resume | None = None


Words: TypeAlias = Annotated[list[ShortText], Field(max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """None, or left out: everything passes here."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    types: Words | None = None
    agents: Words | None = None
    levels: Annotated[list[Literal["info", "warning", "error"]], Field(max_length=3)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    type: Literal["subscribe"] = "subscribe"
    id: ShortText
    topics: TopicNames
    filter: Filter | None = None
    """Of the topic `log` alone, from here on; None: it stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe:
    type: Literal["unsubscribe"] = "unsubscribe"
    id: ShortText
    topics: TopicNames


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    type: Literal["command"] = "command"
    id: ShortText
    name: ShortText
    args: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    type: Literal["ack"] = "ack"
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    type: Literal["heartbeat"] = "heartbeat"


ClientFrame: TypeAlias = Hello | Subscribe | Unsubscribe | Command | Ack | Heartbeat

_READERS: Final[Mapping[str, TypeAdapter[ClientFrame]]] = {
    "hello": TypeAdapter(Hello),
    "subscribe": TypeAdapter(Subscribe),
    "unsubscribe": TypeAdapter(Unsubscribe),
    "command": TypeAdapter(Command),
    "ack": TypeAdapter(Ack),
    "heartbeat": TypeAdapter(Heartbeat),
}

# --- From the server --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeLimits:
    frame_bytes: int
    frames_per_second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    type: Literal["welcome"] = "welcome"
    client_id: str
    epoch: str
    position: int
    topics: Sequence[str]
    resumed: bool
    heartbeat_seconds: float
    limits: WelcomeLimits
    server_time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFrame:
    """`data` is the topic's view. Written by `snapshot`, which takes it encoded."""

    type: Literal["snapshot"] = "snapshot"
    topic: str
    position: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsFrame:
    """Covers (from, to]. Written by `events`, which takes them encoded."""

    type: Literal["events"] = "events"
    from_: Annotated[int, Field(alias="from")]
    to: int
    events: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    type: Literal["subscribed", "unsubscribed"]
    id: str
    topics: Sequence[str]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    type: Literal["reply"] = "reply"
    id: str
    ok: Literal[True] = True
    result: Mapping[str, Any]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    type: Literal["reply"] = "reply"
    id: str
    ok: Literal[False] = False
    error: Mapping[str, Any]
    """The fields of a `domain.errors.Problem`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFrame:
    """Anything else that was refused; `id` and `topic` say what, where they are known."""

    type: Literal["error"] = "error"
    id: str | None
    topic: str | None
    error: Mapping[str, Any]
    """The fields of a `domain.errors.Problem`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatAt:
    type: Literal["heartbeat"] = "heartbeat"
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resync:
    type: Literal["resync"] = "resync"
    reason: Literal["behind", "retention", "epoch"]
    topics: Sequence[str]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    type: Literal["drain"] = "drain"
    reconnect_after_ms: int


ServerFrame: TypeAlias = (
    Welcome | SnapshotFrame | EventsFrame | Subscribed | Done | Refused | ErrorFrame | HeartbeatAt | Resync | Drain
)

CLIENT_FRAMES: Final[TypeAdapter[ClientFrame]] = TypeAdapter(ClientFrame)
SERVER_FRAMES: Final[TypeAdapter[ServerFrame]] = TypeAdapter(ServerFrame)
"""Both for the JSON Schema: `CLIENT_FRAMES.json_schema()`, `SERVER_FRAMES.json_schema(mode="serialization")`."""

# --- Reading ----------------------------------------------------------------------------------------------------


class NotAFrame(ValueError):
    """It is not a JSON object, or nested too deeply to be looked at."""


class UnknownFrame(ValueError):
    """Its `type` is none of ours."""


class WrongFrame(ValueError):
    """A field is missing or wrong; the message names it, and holds nothing that the client wrote."""


def parse(text: str, depth: int) -> Mapping[str, object]:
    """The JSON object that a frame is, clean: no lone surrogates, all numbers finite.

    Raises:
        NotAFrame
    """
    try:
        raw = json.loads(clean_text(text), parse_constant=_refuse, parse_int=_whole_number, parse_float=_number)
        if _HALF_PAIR.search(text):
            raw = json.loads(clean_text(json.dumps(raw, ensure_ascii=False)))
    except (ValueError, RecursionError) as error:
        raise NotAFrame(type(error).__name__) from None
    if not isinstance(raw, dict) or _deeper_than(raw, depth):
        raise NotAFrame("not an object, or too deep")
    return raw


def read(raw: Mapping[str, object]) -> ClientFrame:
    """Raises UnknownFrame and WrongFrame."""
    kind = raw.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise UnknownFrame
    try:
        return reader.validate_python(raw)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise WrongFrame(".".join(str(part) for part in wrong["loc"][:1])) from None


_HALF_PAIR: Final = re.compile(r"\\u[dD][89a-fA-F]")


def _refuse(_: str) -> object:
    raise ValueError("not JSON")


def _whole_number(text: str) -> int | float:
    """As everywhere in JSON, what no 64 bits hold is a floating-point number."""
    return int(text) if len(text) < 19 else _number(text)


def _number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("no such number")
    return number


def _deeper_than(raw: object, depth: int) -> bool:
    level = [raw]
    for _ in range(depth):
        level = [
            child
            for one in level
            if isinstance(one, dict | list)
            for child in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


# --- Writing ----------------------------------------------------------------------------------------------------


ENVELOPE_BYTES: Final = 128
"""More than what an `events` frame holds beside its events."""


def write(frame: ServerFrame) -> str:
    return to_json(frame).decode()


def snapshot(topic: str, position: int, data: str) -> str:
    """`data` is JSON already."""
    return f'{{"type":"snapshot","topic":{json.dumps(topic)},"position":{position},"data":{data}}}'


def events(from_: int, to: int, wires: Sequence[bytes]) -> TextFrame:
    """`wires` are events as JSON already."""
    return TextFrame(f'{{"type":"events","from":{from_},"to":{to},"events":['.encode(), b",".join(wires), b"]}")

"""Events as text: encoded once when they are appended, decoded where a fold needs them.

The text of an event leaves out its position and version, which only the log knows; `wire` puts them in front
without decoding anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from botarmy.domain import events as e

METADATA_BY_TYPE: Final[Mapping[str, type[Any]]] = {
    cls.TYPE: cls
    for cls in (
        e.RunStatus,
        e.AgentStatus,
        e.PhaseStatus,
        e.AgentDelta,
        e.AgentResponse,
        e.ToolCall,
        e.ArtifactWritten,
        e.Request,
        e.Note,
        e.JobStatus,
        e.WorkerStatus,
        e.ErrorShown,
        e.SystemNotice,
    )
}
_ADAPTERS: Final[Mapping[type[Any], TypeAdapter[Any]]] = {
    cls: TypeAdapter(cls) for cls in (*METADATA_BY_TYPE.values(), e.RunCreated, e.Unknown)
}


def clean_text(text: str) -> str:
    """Make any string storable: lone surrogates and NUL, which databases refuse, become U+FFFD."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\x00", "\ufffd")


def encode(event: e.NewEvent) -> str:
    """The event as a JSON object without `position` and `version`."""
    metadata = event.metadata
    fields = metadata.fields if isinstance(metadata, e.Unknown) else metadata
    adapter = _ANYTHING if isinstance(metadata, e.Unknown) else _ADAPTERS[type(metadata)]
    return (
        f'{{"id":{encode_basestring(event.id)},"run_id":{_text_or_null(event.run_id)},'
        f'"type":{encode_basestring(event.type)},"timestamp":"{event.timestamp}",'
        f'"agent_name":{_text_or_null(event.agent_name)},"content":{encode_basestring(event.content)},'
        f'"metadata":{adapter.dump_json(fields).decode()},'
        f'"requires_ack":{"true" if event.requires_ack else "false"}}}'
    )


def wire(body: str, position: int, version: int | None) -> str:
    """The whole event, as clients see it, from its stored text."""
    return f'{{"position":{position},"version":{"null" if version is None else version},{body[1:]}'


def decode(body: str, position: int, version: int | None) -> e.Event:
    """Read a stored event back. Types and values of a newer version come back as `Unknown`, never as an error."""
    return _event(from_json(body), position, version)


def decode_wire(text: bytes) -> e.Event:
    """As `decode`, from what `wire` made."""
    raw = from_json(text)
    return _event(raw, raw["position"], raw["version"])


def _event(raw: Mapping[str, Any], position: int, version: int | None) -> e.Event:
    return e.Event(
        id=raw["id"],
        run_id=raw["run_id"],
        timestamp=raw["timestamp"],
        agent_name=raw["agent_name"],
        content=raw["content"],
        metadata=_metadata(raw["type"], raw["metadata"]),
        position=position,
        version=version,
    )


def _metadata(type_: str, fields: Mapping[str, Any]) -> e.Metadata:
    cls = METADATA_BY_TYPE.get(type_)
    if cls is e.RunStatus and fields.get("status") == "created":
        cls = e.RunCreated
    if cls is None:
        return e.Unknown(type_, fields)
    try:
        metadata: e.Metadata = _ADAPTERS[cls].validate_python(fields)
    except ValidationError:
        return e.Unknown(type_, fields)
    return metadata


def _text_or_null(text: str | None) -> str:
    return "null" if text is None else encode_basestring(text)


_ANYTHING: Final[TypeAdapter[Any]] = TypeAdapter(Mapping[str, Any])

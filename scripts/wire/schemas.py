"""JSON Schemas of the wire: events with the metadata of each type, and the views they fold to."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from botarmy.domain.codec import METADATA_BY_TYPE
from botarmy.domain.events import RunCreated
from botarmy.domain.views import JobView, RunSummary, RunView, WorkerView

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
TIMESTAMP: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
NULLABLE_TEXT: Final = {"type": ["string", "null"]}


class _EveryField(GenerateJsonSchema):
    """A view is written whole: its fields have defaults in the code, and are left out only where they say when."""

    def field_is_required(self, field: Any, *_: Any, **__: Any) -> bool:
        return "serialization_exclude_if" not in field


def event_schema() -> dict[str, Any]:
    """Types beyond those listed are valid: a newer version may send them, and readers leave them be."""
    classes: list[type[Any]] = [RunCreated, *METADATA_BY_TYPE.values()]
    refs, definitions = TypeAdapter.json_schemas(
        [(cls.__name__, "serialization", TypeAdapter(cls)) for cls in classes], ref_template="#/$defs/{model}"
    )
    by_type: dict[str, list[Any]] = {}
    for cls in classes:
        by_type.setdefault(cls.TYPE, []).append(refs[cls.__name__, "serialization"])
    return {
        "$schema": DRAFT,
        "title": "Event",
        "type": "object",
        "properties": {
            "position": {"type": "integer", "minimum": 1},
            "version": {"type": ["integer", "null"], "minimum": 1},
            "id": {"type": "string"},
            "run_id": NULLABLE_TEXT,
            "type": {"type": "string"},
            "timestamp": {"type": "string", "pattern": TIMESTAMP},
            "agent_name": NULLABLE_TEXT,
            "content": {"type": "string"},
            "metadata": {"type": "object"},
            "requires_ack": {"type": "boolean"},
        },
        "required": [
            "position",
            "version",
            "id",
            "run_id",
            "type",
            "timestamp",
            "agent_name",
            "content",
            "metadata",
            "requires_ack",
        ],
        "allOf": [_where(type_, shapes) for type_, shapes in by_type.items()],
        "$defs": definitions.get("$defs", definitions),
    }


def _where(type_: str, shapes: list[Any]) -> dict[str, Any]:
    metadata = shapes[0] if len(shapes) == 1 else {"oneOf": shapes}
    return {
        "if": {"properties": {"type": {"const": type_}}},
        "then": {"properties": {"metadata": metadata}},
    }


def view_schema() -> dict[str, Any]:
    """The shapes are under `$defs`: `RunView`, `RunSummary`, `JobView`, `WorkerView`, and what they are made of."""
    _, definitions = TypeAdapter.json_schemas(
        [(cls.__name__, "serialization", TypeAdapter(cls)) for cls in (RunView, RunSummary, JobView, WorkerView)],
        ref_template="#/$defs/{model}",
        schema_generator=_EveryField,
    )
    return {"$schema": DRAFT, "title": "Views", "$defs": definitions.get("$defs", definitions)}

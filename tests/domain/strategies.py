"""Hypothesis strategies for whatever may stand in an event."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from botarmy.domain import events as e
from botarmy.domain.codec import METADATA_BY_TYPE

METADATA_CLASSES: Final[tuple[type[Any], ...]] = (e.RunCreated, *METADATA_BY_TYPE.values())
STEPS: Final = ("writer", "reader", "nobody")
SCALARS: Final = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
JSON: Final = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
OBJECTS: Final = st.dictionaries(st.text(max_size=5), JSON, max_size=3)
FINITE: Final = st.floats(-1e9, 1e9)
TIMESTAMPS: Final = st.integers(0, 999).map(lambda ms: f"2026-11-20T09:30:00.{ms:03d}Z")
_SCALAR_HINTS: Final[dict[Any, st.SearchStrategy[Any]]] = {
    bool: st.booleans(),
    str: st.text(max_size=8),
    int: st.integers(0, 2**53),
    float: FINITE,
    types.NoneType: st.none(),
}


def of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type as it stands on a field."""
    if hint in _SCALAR_HINTS:
        return _SCALAR_HINTS[hint]
    if is_dataclass(hint):
        return built(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, types.UnionType):
        return st.one_of([of(argument) for argument in arguments])
    if origin is tuple:
        return st.lists(of(arguments[0]), max_size=3).map(tuple)
    assert origin is Mapping, hint
    return OBJECTS


def built(cls: Any, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(cls, **{field.name: of(hints[field.name]) for field in fields(cls)} | given)


def unknown() -> st.SearchStrategy[e.Unknown]:
    names = st.text(min_size=1, max_size=8).filter(lambda name: name not in METADATA_BY_TYPE)
    return st.builds(e.Unknown, names, OBJECTS)


def metadata() -> st.SearchStrategy[Any]:
    """Of any type, and about few steps, messages and files, so that events meet each other."""
    return st.one_of(unknown(), *(built(cls, **_meeting(cls)) for cls in METADATA_CLASSES if cls is not e.RunCreated))


def _meeting(cls: Any) -> dict[str, st.SearchStrategy[Any]]:
    few: dict[str, st.SearchStrategy[Any]] = {
        "step": st.sampled_from(STEPS),
        "phase": st.sampled_from(("work", "rest")),
        "message_id": st.sampled_from(("m-1", "m-2", "m-3")),
        "request_id": st.sampled_from(("r-1", "r-2")),
        "call_id": st.sampled_from(("c-1", "c-2")),
        "job_id": st.sampled_from(("j-1", "j-2")),
        "path": st.sampled_from(("a.md", "ä.md", "𝒜.md", "ﬁ.md")),
        "offset": st.integers(0, 12),
        "started_at": TIMESTAMPS,
        "retry_at": st.none() | TIMESTAMPS,
    }
    names = {field.name for field in fields(cls)}
    return {name: strategy for name, strategy in few.items() if name in names}


@st.composite
def new_events(draw: st.DrawFn, of_metadata: st.SearchStrategy[Any]) -> e.NewEvent:
    return e.NewEvent(
        id=draw(st.uuids().map(str)),
        run_id=draw(st.none() | st.just("run-1")),
        timestamp=draw(TIMESTAMPS),
        agent_name=draw(st.none() | st.text(max_size=8)),
        content=draw(st.text(max_size=12)),
        metadata=draw(of_metadata),
    )


_EVENTS: Final = st.lists(new_events(metadata()), max_size=12)


@st.composite
def logs(draw: st.DrawFn) -> list[e.Event]:
    """Any events after the creation of a run, in the order of their positions."""
    position = version = 0
    log = []
    for event in draw(_EVENTS):
        position += draw(st.integers(1, 3))
        versioned = not isinstance(event.metadata, e.AgentDelta)
        version += versioned
        log.append(event.at(position + 1, version + 1 if versioned else None))
    return log

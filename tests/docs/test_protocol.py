"""The protocol page says what the code does: its tables and examples are compared with the code's own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from botarmy.delivery.topics import parse_topic
from botarmy.domain import events as e
from botarmy.domain import views as v
from botarmy.domain.codec import METADATA_BY_TYPE
from botarmy.domain.phases import PhaseResult
from botarmy.gateway import frames as f
from botarmy.gateway.limits import Limits
from botarmy.gateway.protocol import Code
from botarmy.service.asking import _SHAPES
from tests.docs.pages import DOCS, blocks, quoted, sections

PAGE = DOCS / "reference" / "protocol.md"
SECTIONS = sections(PAGE)
VIEWS = (
    v.RunView, v.StepView, v.PhaseView, v.MessageView, v.ToolCallView, v.RequestView, v.ArtifactView, v.NoteView,
    v.ErrorView, v.RunSummary, v.JobView, v.WorkerView,
)  # fmt: skip


def literals(hint: Any) -> set[str]:
    """The values that a type hint names; none where it is not made of literals."""
    if get_origin(hint) is Literal:
        return {value for value in get_args(hint) if isinstance(value, str)}
    if get_origin(hint) in (Union, UnionType):
        return {value for part in get_args(hint) for value in literals(part)}
    return set()


def table_of(heading: str, number: int = 0) -> Mapping[str, list[str]]:
    """A table's rows by their first word in code."""
    return {quoted(row[0])[0]: row for row in SECTIONS[heading].tables[number]}


class TestEvents:
    def test_the_fields_of_an_event_are_those_of_the_domain(self) -> None:
        assert set(table_of("Events")) == {field.name for field in fields(e.Event)} - {"metadata"} | {
            "type", "metadata", "requires_ack"
        }  # fmt: skip

    def test_every_type_has_its_section_and_no_other_has(self) -> None:
        documented = {heading for heading in SECTIONS if re.fullmatch(r"[a-z]+(_[a-z]+)?", heading)}
        assert documented == set(METADATA_BY_TYPE)

    @pytest.mark.parametrize("metadata", [*METADATA_BY_TYPE.values(), e.RunCreated], ids=lambda cls: cls.__name__)
    def test_the_fields_and_values_of_a_type_are_those_of_the_domain(self, metadata: type[Any]) -> None:
        rows = table_of(metadata.TYPE, 1 if metadata is e.RunCreated else 0)
        hints = get_type_hints(metadata)
        assert list(rows) == [field.name for field in fields(metadata)]
        for name, row in rows.items():
            if expected := literals(hints[name]):
                assert set(quoted(row[1])) == expected, name

    def test_the_example_is_an_event(self) -> None:
        event = json.loads(blocks(PAGE, "json")[0].text)
        assert list(event) == list(table_of("Events"))
        left_out = {"by", "shown"}
        always = [field.name for field in fields(e.AgentStatus) if field.name not in left_out]
        assert list(event["metadata"]) == always


class TestViews:
    @pytest.mark.parametrize("view", VIEWS, ids=lambda cls: cls.__name__)
    def test_the_fields_of_a_view_are_those_of_the_domain(self, view: type[Any]) -> None:
        assert list(table_of(view.__name__)) == [field.name for field in fields(view)]

    def test_the_fields_of_a_result_are_those_of_the_domain(self) -> None:
        assert list(table_of("PhaseResult")) == [field.name for field in fields(PhaseResult)]

    def test_no_view_is_left_out(self) -> None:
        defined = {name for name, value in vars(v).items() if is_dataclass(value) and value.__module__ == v.__name__}
        assert defined - {view.__name__ for view in VIEWS} == {"StepSummary", "PastMessageView", "TakenUp"}
        steps = table_of("RunSummary")["steps"][1]
        assert re.findall(r'"(\w+)"', steps) == [field.name for field in fields(v.StepSummary)]


class TestFrames:
    def test_the_examples_of_client_frames_are_read_whole(self) -> None:
        shown = [b for b in blocks(PAGE, "json") if b.heading == "Frames from the client"]
        frames = [(f.parse(block.text, 32), f.read(f.parse(block.text, 32))) for block in shown]
        assert {type(frame) for _, frame in frames} == set(get_args(f.ClientFrame))
        for raw, frame in frames:
            assert set(raw) == {field.name for field in fields(frame)}

    def test_the_examples_of_server_frames_have_all_their_fields(self) -> None:
        shown = [json.loads(b.text) for b in blocks(PAGE, "json") if b.heading == "Frames from the server"]
        known = {frozenset(field.name.rstrip("_") for field in fields(frame)) for frame in get_args(f.ServerFrame)}
        assert {frozenset(frame) for frame in shown} == known
        for frame in shown:
            f.SERVER_FRAMES.validate_python(frame)

    def test_the_commands_and_their_arguments_are_those_of_the_service(self) -> None:
        rows = table_of("Commands")
        assert list(rows) == list(_SHAPES)
        for name, (shape, _) in _SHAPES.items():
            required = [arg for arg in shape.model_fields if f"`{arg}`?" not in rows[name][1]]
            assert required == [arg for arg, field in shape.model_fields.items() if field.is_required()]
            assert all(f"`{arg}`" in rows[name][1] for arg in shape.model_fields)


class TestTheRest:
    def test_topics_are_served_unless_they_are_to_come(self) -> None:
        for row in SECTIONS["Topics"].tables[0]:
            for name in quoted(row[0]):
                served = parse_topic(name.replace("<id>", "1")) is not None
                assert served is ("to come" not in row[0]), name

    def test_close_codes_are_the_gateways(self) -> None:
        documented = {int(row[0]) for row in SECTIONS["Close codes"].tables[0]}
        assert documented == {int(code) for code in Code}

    def test_bounds_are_those_in_force(self) -> None:
        text = "\n".join(SECTIONS["Bounds"].lines)
        limits = Limits()
        assert f"{limits.frame_bytes // 1024} KiB (4504), {limits.frame_depth} levels" in text
        assert f"{limits.frames_per_second} a second in the long run, {limits.frames_burst} at once" in text
        assert f"{limits.events_bytes // 1024 // 1024} MiB and {limits.events_count:,} events" in text
        assert f"{limits.topics} (`too_many_topics`)" in text

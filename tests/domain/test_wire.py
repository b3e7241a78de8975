"""The committed samples and schemas are what the code generates, and say the same as each other."""

from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from botarmy.domain import codec
from botarmy.domain.boards import evolve_jobs, evolve_workers
from botarmy.domain.fold import fold
from botarmy.domain.run import summarize
from scripts.wire.__main__ import main
from scripts.wire.files import JOBS, SUMMARY, VIEW, WORKERS, differences, generated
from scripts.wire.library import STORIES

WIRE = Path(__file__).parents[2] / "wire"
SAMPLES = sorted((WIRE / "samples").glob("*.json"))
BOARD_SAMPLES = sorted((WIRE / "boards").glob("*.json"))
NAMES = [path.stem for path in SAMPLES]


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def folded(events: list[dict[str, Any]]) -> Any:
    entries = [(json.dumps(event), event["position"], event["version"]) for event in events]
    return fold(codec.decode(*entry) for entry in entries)


def test_what_is_committed_is_what_the_code_generates() -> None:
    assert main(["--check"]) == 0


def test_the_check_names_what_differs_is_missing_or_is_too_much(tmp_path: Path) -> None:
    for name, text in generated().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert differences(tmp_path) == []
    (tmp_path / "samples/paused.json").write_text("{}", encoding="utf-8")
    (tmp_path / "samples/cancelled.json").unlink()
    (tmp_path / "samples/invented.json").write_text("{}", encoding="utf-8")
    assert differences(tmp_path) == ["samples/cancelled.json", "samples/invented.json", "samples/paused.json"]


def test_every_story_has_a_name_of_its_own_and_says_what_it_is_about() -> None:
    assert sorted(story.name for story in STORIES) == sorted(NAMES)
    assert all(story.description.endswith(".") for story in STORIES)


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
def test_a_samples_events_fold_to_its_view_and_summary(path: Path) -> None:
    sample = read(path)
    run = folded(sample["events"])
    assert json.loads(VIEW.dump_json(run.view)) == sample["view"]
    assert json.loads(SUMMARY.dump_json(summarize(run))) == sample["summary"]


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
def test_a_sample_has_rising_positions_and_versions_without_a_gap(path: Path) -> None:
    events = read(path)["events"]
    positions = [event["position"] for event in events]
    versions = [event["version"] for event in events if event["version"] is not None]
    assert positions == sorted(set(positions))
    assert versions == list(range(1, len(versions) + 1))
    assert all((event["version"] is None) == (event["type"] == "agent_delta") for event in events)


@pytest.mark.parametrize("path", [path for path in SAMPLES if path.stem != "newer-version"], ids=lambda path: path.stem)
def test_a_samples_events_are_of_the_schema(path: Path) -> None:
    validator = Draft202012Validator(read(WIRE / "events.schema.json"))
    for event in read(path)["events"]:
        validator.validate(event)


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
def test_a_samples_view_and_summary_are_of_the_schema(path: Path) -> None:
    schema = read(WIRE / "views.schema.json")
    sample = read(path)
    Draft202012Validator({**schema, "$ref": "#/$defs/RunView"}).validate(sample["view"])
    Draft202012Validator({**schema, "$ref": "#/$defs/RunSummary"}).validate(sample["summary"])


@pytest.mark.parametrize(
    ("type_", "metadata"),
    [
        ("agent_status", {"step": "analyst", "status": "dreaming", "attempt": 1}),
        ("agent_status", {"status": "started", "attempt": 1}),
        ("run_status", {"status": "created", "title": "No more than a title"}),
        ("artifact", {"path": 7}),
    ],
)
def test_the_schema_refuses_what_this_version_does_not_write(type_: str, metadata: dict[str, Any]) -> None:
    event = read(WIRE / "samples/just-started.json")["events"][0] | {"type": type_, "metadata": metadata}
    assert not Draft202012Validator(read(WIRE / "events.schema.json")).is_valid(event)


@pytest.mark.parametrize("path", BOARD_SAMPLES, ids=lambda path: path.stem)
def test_the_events_and_lists_of_a_board_are_of_the_schema(path: Path) -> None:
    sample, schema = read(path), read(WIRE / "views.schema.json")
    for event in sample["events"]:
        Draft202012Validator(read(WIRE / "events.schema.json")).validate(event)
    for kind in ("Job", "Worker"):
        validator = Draft202012Validator({**schema, "$ref": f"#/$defs/{kind}View"})
        for view in sample[f"{kind.lower()}s"]:
            validator.validate(view)


@pytest.mark.parametrize("path", BOARD_SAMPLES, ids=lambda path: path.stem)
def test_the_events_of_a_board_fold_to_its_lists_from_what_is_on_the_wire(path: Path) -> None:
    sample = read(path)
    events = [codec.decode(json.dumps(event), event["position"], event["version"]) for event in sample["events"]]
    assert json.loads(JOBS.dump_json(reduce(evolve_jobs, events, ()))) == sample["jobs"]
    assert json.loads(WORKERS.dump_json(reduce(evolve_workers, events, ()))) == sample["workers"]


def test_a_run_without_the_deltas_of_its_finished_messages_looks_the_same() -> None:
    whole, compacted = (read(WIRE / f"samples/finished-messages{name}.json") for name in ("", "-compacted"))
    assert len(compacted["events"]) < len(whole["events"])
    assert compacted["view"] == whole["view"]
    assert compacted["summary"] == whole["summary"]

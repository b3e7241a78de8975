"""What `wire/` holds, as text by file name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from botarmy.domain.boards import evolve_jobs, evolve_workers
from botarmy.domain.run import summarize
from botarmy.domain.views import JobView, RunSummary, RunView, WorkerView
from scripts.wire.boards import BOARDS, Board
from scripts.wire.library import STORIES
from scripts.wire.schemas import event_schema, view_schema
from scripts.wire.story import Story

BY_HAND: Final = "scenarios/"
VIEW: Final = TypeAdapter(RunView)
JOBS: Final = TypeAdapter(tuple[JobView, ...])
WORKERS: Final = TypeAdapter(tuple[WorkerView, ...])
SUMMARY: Final = TypeAdapter(RunSummary)


def generated() -> dict[str, str]:
    schemas = {"events.schema.json": event_schema(), "views.schema.json": view_schema()}
    samples = {f"samples/{story.name}.json": sample(story) for story in STORIES}
    boards = {f"boards/{board.name}.json": board_sample(board) for board in BOARDS}
    return {name: _text(value) for name, value in {**schemas, **samples, **boards}.items()}


def sample(story: Story) -> dict[str, Any]:
    """The events as clients get them, and what they fold to."""
    told = story.tell()
    return {
        "name": story.name,
        "description": story.description,
        "events": [json.loads(event) for event in told.events()],
        "view": json.loads(VIEW.dump_json(told.run.view)),
        "summary": json.loads(SUMMARY.dump_json(summarize(told.run))),
    }


def board_sample(board: Board) -> dict[str, Any]:
    """The events as clients get them, and the lists that they fold to."""
    told = board.tell()
    jobs: tuple[JobView, ...] = ()
    workers: tuple[WorkerView, ...] = ()
    for event in told.events:
        jobs, workers = evolve_jobs(jobs, event), evolve_workers(workers, event)
    return {
        "name": board.name,
        "description": board.description,
        "events": told.wire(),
        "jobs": json.loads(JOBS.dump_json(jobs)),
        "workers": json.loads(WORKERS.dump_json(workers)),
    }


def differences(folder: Path) -> list[str]:
    """The names of files that are missing, differ, or are too many."""
    wanted = generated()
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.json")}
    there = {name for name in there if not name.startswith(BY_HAND)}
    return sorted(
        name
        for name in there | set(wanted)
        if name not in there or (folder / name).read_text(encoding="utf-8") != wanted.get(name)
    )


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"

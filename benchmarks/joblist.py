"""How long a page of jobs takes where there are a million: every filter of the monitor, and its search.

Makes a database of its own in a folder, and asks for pages the way `GET /api/jobs` does, each question a number of
times with another beginning.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from botarmy.store.sql import SqlStore

AGENTS: Final = ("Analyst", "Architect", "Developer", "Tester", "Deployer")
RARE_AGENTS: Final = tuple(f"Specialist {number}" for number in range(20))
CODES: Final = tuple(f"model_fault_{number}" for number in range(40))
WORDS: Final = (
    *("a", "tool", "for", "people", "who", "keep", "lists", "of", "habits", "recipes", "bills", "books", "plants"),
    *("games", "clocks", "maps", "notes", "songs", "trips", "with", "streaks", "totals", "charts", "colours"),
    *("pages", "search", "export", "print", "share", "sort", "filter", "undo"),
)
TITLED: Final = "zebra crossing"
"""Stands in one run's brief alone."""
STATES: Final = (("completed", 930), ("failed", 50), ("cancelled", 14), ("dead", 5), ("queued", 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=100, help="how often each question is asked")
    parser.add_argument("--folder", type=Path, help="keeps the database there, and takes the one that is there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (asked.folder or Path(folder)) / f"{asked.jobs}-jobs.db"
        if not path.exists():
            asyncio.run(_created(path))
            fill(path, asked.jobs)
        print(f"{asked.jobs:,} jobs, {path.stat().st_size / 1e6:,.0f} MB; load {_load()}\n")
        asyncio.run(measure(path, asked.jobs, asked.times))
        print(f"\nload {_load()}")


async def _created(path: Path) -> None:
    async with await SqlStore.open(path, new_id=lambda: "epoch"):
        pass


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


async def measure(path: Path, count: int, times: int) -> None:
    print("| what is asked for | found | p50 ms | p99 ms | worst ms |\n| --- | ---: | ---: | ---: | ---: |")
    async with await SqlStore.open(path, new_id=lambda: "epoch") as store:
        (newest,) = (await store.jobs(owner=None, limit=1)).jobs
        for name, question in questions(json.loads(newest)).items():
            found, taken = await ask(store, question, times, count)
            spread = statistics.quantiles(taken, n=100, method="inclusive")
            print(f"| {name} | {found} | {spread[49]:.1f} | {spread[98]:.1f} | {max(taken):.1f} |", flush=True)


async def ask(store: SqlStore, question: dict[str, Any], times: int, count: int) -> tuple[int, list[float]]:
    """How many the first page has, and the milliseconds of each page: the first one, and others anywhere."""
    dice, taken = random.Random(7), []
    found = len((await store.jobs(**({"owner": None, "limit": 100} | question))).jobs)
    for number in range(times):
        before = None if number % 2 == 0 else str(dice.randrange(1, count))
        begun = time.perf_counter()
        await store.jobs(**({"owner": None, "limit": 100, "before": before} | question))
        taken.append((time.perf_counter() - begun) * 1000)
    return found, taken


def questions(job: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        "all": {},
        "state: failed": {"status": "failed"},
        "state: completed": {"status": "completed"},
        "state: lost (none)": {"status": "lost"},
        "an agent": {"agent": "Tester"},
        "a rare agent": {"agent": "Specialist 3"},
        "a rare agent's failed ones": {"agent": "Specialist 3", "status": "failed"},
        "an agent's given up": {"agent": "Tester", "status": "dead"},
        "an error": {"error": "model_fault_0"},
        "a rare error of an agent": {"error": "model_fault_39", "agent": "Tester"},
        "a member's": {"owner": "user-3"},
        "a member's failed ones": {"owner": "user-3", "status": "failed"},
        "a member's of an agent": {"owner": "user-3", "agent": "Specialist 3"},
        "of a run": {"run_id": job["run_id"]},
        "search: id of a job": {"search": job["job_id"]},
        "search: id of a worker": {"search": job["worker_id"]},
        "search: one run's words": {"search": TITLED},
        "search: words of many runs": {"search": "habits"},
        "search: words of many runs, failed": {"search": "habits", "status": "failed"},
        "search: an agent": {"search": "tester"},
        "search: an error's words": {"search": "fault 17 of"},
        "search: nothing has it": {"search": "xylophone"},
        "search: nothing has it, failed": {"search": "xylophone", "status": "failed"},
        "search: a member's, nothing has it": {"search": "xylophone", "owner": "user-3"},
    }


# --- A database like one of some years ---------------------------------------------------------------------------


def fill(path: Path, count: int) -> None:
    dice = random.Random(1)
    workers = [str(uuid.UUID(int=dice.getrandbits(128))) for _ in range(500)]
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000")
        for run, jobs in enumerate(_runs(dice, count), 1):
            _write_run(conn, dice, run, jobs, workers)


def _runs(dice: random.Random, count: int) -> Iterator[range]:
    at = 1
    while at <= count:
        end = min(count + 1, at + dice.choice((5, 5, 5, 6, 8)))
        yield range(at, end)
        at = end


def _id(number: int, dice: random.Random) -> str:
    """As UUIDv7: one every ten seconds."""
    moment = 1_700_000_000_000 + number * 10_000
    return str(uuid.UUID(int=(moment << 80) | (0x7 << 76) | (0b10 << 62) | dice.getrandbits(60)))


def _write_run(conn: sqlite3.Connection, dice: random.Random, run: int, jobs: range, workers: list[str]) -> None:
    owner, run_id = f"user-{dice.randrange(100)}", _id(jobs[0], dice)
    title = " ".join(dice.choices(WORDS, k=6))
    brief = " ".join(dice.choices(WORDS, k=40)) + (f" {TITLED}" if run == 40 else "")
    summary = json.dumps({"run_id": run_id, "title": title, "team": "software", "owner": owner})
    conn.execute(
        "INSERT INTO runs (id, run_id, owner, status, created, deleted, summary)"
        " VALUES (?, ?, ?, 'completed', ?, 0, ?)",
        (run, run_id, owner, jobs[0] * 10_000, summary),
    )
    conn.execute("INSERT INTO searches (run, words) VALUES (?, ?)", (run, f"{title}\n{brief}"))
    for number in jobs:
        _write_job(conn, dice, number, (run, run_id, owner), workers)


def _write_job(
    conn: sqlite3.Connection, dice: random.Random, number: int, of: tuple[int, str, str], workers: list[str]
) -> None:
    run, run_id, owner = of
    state = dice.choices([name for name, _ in STATES], [weight for _, weight in STATES])[0]
    agent = AGENTS[number % 5] if dice.random() < 0.99 else dice.choice(RARE_AGENTS)
    job_id, worker_id = _id(number, dice), dice.choice(workers)
    at = "2026-11-20T09:30:00.000Z"
    fault = _fault(dice) if state in ("failed", "dead") else None
    view = {
        "job_id": job_id,
        "run_id": run_id,
        "step": agent.lower(),
        "phase": "work",
        "attempt": 1,
        "status": state,
        "agent_name": agent,
        "worker_id": worker_id,
        "requires": [],
        "queued_at": at,
        "claimed_at": at,
        "ended_at": None if state == "queued" else at,
        "waited_ms": 8,
        "ran_ms": 5284,
        "error": fault,
    }
    conn.execute(
        "INSERT INTO jobs (id, job_id, run, step, phase, attempt, agent_name, requires, priority, status, worker_id,"
        " available_at, queued_at, view, finished, state, owner)"
        " VALUES (?, ?, ?, ?, 'work', 1, ?, '[]', 0, ?, ?, 0, 0, ?, ?, ?, ?)",
        (number, job_id, run, agent, agent, state, worker_id, json.dumps(view), view["ended_at"], state, owner),
    )
    if fault is not None:
        words = f"{fault['code']}\n{fault['message']}"
        conn.execute(
            "INSERT INTO faults (job, run, code, words) VALUES (?, ?, ?, ?)", (number, run, fault["code"], words)
        )


def _fault(dice: random.Random) -> dict[str, Any]:
    kind = min(int(dice.expovariate(0.2)), 39)
    message = f"the model could not answer: fault {kind} of {len(CODES)}, seen by the service itself."
    return {"code": CODES[kind], "message": message, "action": "Try again in a few minutes.", "reference": None}


if __name__ == "__main__":
    main()

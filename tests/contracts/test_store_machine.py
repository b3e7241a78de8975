"""Stores do what a simple model does, whatever they are asked in whatever order."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from botarmy.domain.commands import JobChange, Requeue, Settle
from botarmy.ports import Commit, Store, StoredFold
from botarmy.store.sql import MEMORY, SqlStore
from tests.contracts.model import Model
from tests.contracts.samples import LONG_AGO, NEVER, blobs, delta, job, new_id, note, reply, sha256, summary
from tests.postgres import PostgresServer

T = TypeVar("T")
RUNS = ("r0", "r1", "r2")
CONTENTS = (b"a", b"b", b"c")
CAPABILITIES = st.frozensets(st.sampled_from(("gpu", "eu")))


@dataclass(frozen=True)
class Intent:
    """A commit before it is known what it meets: versions, jobs and tokens are chosen by what the model holds."""

    run_id: str
    events: int
    takes_versions: bool
    wrong_version: bool
    status: str | None
    jobs: tuple[tuple[str, int, str, bool, frozenset[str], int], ...]
    """What to do, with which job, under which token, whether due at once, what it requires, its priority."""
    fence: tuple[int, str] | None
    contents: frozenset[bytes]
    command: str | None
    purge: bool


TOKENS = st.sampled_from(("right", "right", "wrong"))
JOB_INTENTS = st.tuples(
    st.sampled_from(("enqueue", "enqueue", "settle", "requeue")),
    st.integers(0, 3),
    st.sampled_from(("right", "wrong", "none")),
    st.sampled_from((True, True, False)),
    CAPABILITIES,
    st.integers(-1, 1),
)
INTENTS = st.builds(
    Intent,
    run_id=st.sampled_from(RUNS),
    events=st.integers(0, 3),
    takes_versions=st.sampled_from((True, True, False)),
    wrong_version=st.sampled_from((False,) * 5 + (True,)),
    status=st.sampled_from(("running", "running", "waiting", "paused", "completed", None)),
    jobs=st.lists(JOB_INTENTS, max_size=3).map(tuple),
    fence=st.none() | st.tuples(st.integers(0, 3), TOKENS),
    contents=st.frozensets(st.sampled_from(CONTENTS), max_size=2),
    command=st.none() | st.sampled_from(("c0", "c1", "c2", "c3")),
    purge=st.sampled_from((False,) * 9 + (True,)),
)


class StoreMachine(RuleBasedStateMachine):
    """Drives a store and the model side by side."""

    kept = False
    """Whether the store is on disk, and can be opened again."""

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp()) if self.kept else None
        self.model = Model()
        self.store: Store = self.opened()
        self.epoch = self.store.epoch

    def opened(self) -> Store:
        return self.run(SqlStore.open(self.place(), new_id=new_id))

    def place(self) -> Path | str:
        return self.folder / "botarmy.db" if self.folder else MEMORY

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.run(self.store.close())
            self.runner.close()
            if self.folder:
                shutil.rmtree(self.folder)

    @rule(intents=st.lists(INTENTS, min_size=1, max_size=5))
    def commit_together(self, intents: list[Intent]) -> None:
        commits, expected = [], []
        for intent in intents:
            commits.append(self._commit(intent))
            expected.append(self.model.commit(commits[-1]))

        async def commit_all() -> list[Any]:
            return await asyncio.gather(*(self.store.commit(commit) for commit in commits), return_exceptions=True)

        results = self.run(commit_all())
        got = [
            type(result) if isinstance(result, BaseException) else [entry.position for entry in result]
            for result in results
        ]
        assert got == expected

    def _commit(self, intent: Intent) -> Commit:
        run = self.model.runs.get(intent.run_id)
        version = run.version if run else 0
        takes_versions = intent.takes_versions or intent.purge
        make = note if takes_versions else delta
        shown = None
        if intent.status is not None:
            shown = summary(intent.run_id, status=intent.status, title=f"At {version}")  # type: ignore[arg-type] # one of the states
        return Commit(
            events=tuple(make(intent.run_id) for _ in range(intent.events + intent.purge)),
            run_id=intent.run_id,
            expected_version=version + intent.wrong_version if takes_versions else None,
            fence=self._fence(intent),
            jobs=tuple(change for wanted in intent.jobs if (change := self._change(intent.run_id, *wanted))),
            blobs=blobs(*intent.contents),
            summary=shown,
            reply=reply(intent.command) if intent.command else None,
            purge=intent.purge,
        )

    def _job(self, run_id: str, which: int) -> str | None:
        """One of the run's latest."""
        jobs = [job_id for job_id, job in self.model.jobs.items() if job.run_id == run_id][-4:]
        return jobs[which % len(jobs)] if jobs else None

    def _token(self, job_id: str, which: str) -> int | None:
        right = self.model.jobs[job_id].token
        return {"right": right, "wrong": right - 1, "none": None}[which]

    def _fence(self, intent: Intent) -> tuple[str, int] | None:
        job_id = self._job(intent.run_id, intent.fence[0]) if intent.fence else None
        if job_id is None or intent.fence is None:
            return None
        return job_id, self._token(job_id, intent.fence[1]) or 0

    def _change(
        self, run_id: str, what: str, which: int, token: str, due: bool, requires: frozenset[str], priority: int
    ) -> JobChange | None:
        available_at = LONG_AGO if due else NEVER
        if what == "enqueue":
            return job(new_id(), requires=requires, priority=priority, available_at=available_at)
        job_id = self._job(run_id, which)
        if job_id is None:
            return None
        if what == "settle":
            return Settle(job_id=job_id, token=self._token(job_id, token), status="completed")
        return Requeue(job_id=job_id, token=self._token(job_id, token), available_at=available_at)

    @rule(capabilities=CAPABILITIES, limit=st.integers(0, 4), expired=st.booleans())
    def claim(self, capabilities: frozenset[str], limit: int, expired: bool) -> None:
        expected = self.model.claim(capabilities, limit, expired)
        claims = self.run(
            self.store.claim("w", capabilities=capabilities, limit=limit, lease_seconds=0 if expired else 3600)
        )
        assert [(claimed.job_id, claimed.token) for claimed in claims.jobs] == expected
        next_is_due = None if claims.next_in is None else claims.next_in == 0
        assert next_is_due == self.model.next_is_due(capabilities)

    @rule(offset=st.sampled_from((0, 0, -1, 1)), expired=st.booleans())
    def renew(self, offset: int, expired: bool) -> None:
        leases = {job_id: job.token + offset for job_id, job in self.model.jobs.items()}
        lost = self.run(self.store.renew(leases, 0 if expired else 3600))
        assert lost == self.model.renew(leases, expired)

    @rule(run_id=st.sampled_from(RUNS), back=st.integers(0, 3))
    def save_fold(self, run_id: str, back: int) -> None:
        position = max(0, self.model.head - back)
        self.run(self.store.save_fold(run_id, StoredFold(fold_version=1, position=position, body=b"{}")))
        self.model.save_fold(run_id, position)

    @precondition(lambda self: self.kept)
    @rule()
    def reopen(self) -> None:
        self.run(self.store.close())
        self.store = self.opened()
        assert self.store.epoch == self.epoch

    @invariant()
    def the_store_holds_what_the_model_holds(self) -> None:
        self.run(self._compare())

    async def _compare(self) -> None:
        await asyncio.gather(self._compare_log(), self._compare_runs(), self._compare_jobs())

    async def _compare_log(self) -> None:
        entries, head = await asyncio.gather(self.store.read(0, 100_000), self.store.head())
        assert [(entry.position, entry.run_id, entry.version) for entry in entries] == self.model.log
        assert head == self.model.head
        replies = await asyncio.gather(*(self.store.reply("ada", name) for name in self.model.replies))
        assert [stored and stored.position for stored in replies] == list(self.model.replies.values())

    async def _compare_runs(self) -> None:
        runs = self.model.runs
        page = await self.store.runs(owner=None, limit=100)
        shown = {(view["run_id"], view["status"], view["title"]) for view in map(json.loads, page.summaries)}
        assert shown == {
            (run_id, run.status, run.title) for run_id, run in runs.items() if run.title and not run.deleted
        }
        folds = await asyncio.gather(*(self.store.fold(run_id) for run_id in runs))
        assert [fold and fold.position for fold in folds] == [run.fold for run in runs.values()]
        found = await asyncio.gather(*(self.store.blob(sha256(content)) for content in CONTENTS))
        kept = {name for run in runs.values() for name in run.blobs}
        assert found == [content if sha256(content) in kept else None for content in CONTENTS]

    async def _compare_jobs(self) -> None:
        claimed, lapsed = await asyncio.gather(self.store.claimed(), self.store.expired(1000))
        assert {job.job_id for job in claimed} == set(self.model.claimed())
        assert {job.job_id for job in lapsed} == set(self.model.claimed(expired=True))


class KeptStoreMachine(StoreMachine):
    kept = True


def over(server: PostgresServer) -> type[StoreMachine]:
    class PostgresStoreMachine(StoreMachine):
        kept = True

        def __init__(self) -> None:
            super().__init__()
            self.database = server.ready_database()

        def place(self) -> str:
            return server.url(self.database)

        def teardown(self) -> None:
            super().teardown()
            server.drop(self.database)

    return PostgresStoreMachine


@pytest.mark.parametrize(("machine", "examples"), [(StoreMachine, 25), (KeptStoreMachine, 10)])
def test_a_store_does_what_the_model_does(machine: type[StoreMachine], examples: int) -> None:
    play(machine, examples)


def test_so_does_one_over_postgresql(postgres: PostgresServer) -> None:
    play(over(postgres), 10)


def play(machine: type[StoreMachine], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

"""What every store promises about its analytics: they are what a plain fold of all events says."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botarmy.domain import events as e
from botarmy.domain.origins import Imported
from botarmy.domain.times import timestamp
from botarmy.ports import AnalyticsFound, AnalyticsQuery, Commit, Conflict, Store
from botarmy.service.analytics import Period, days_of
from botarmy.store.sql import MEMORY, SqlStore
from tests.contracts.plain_analytics import plain
from tests.contracts.samples import new_id, summary

NOW = "2026-10-28T12:00:00.000Z"
DAYS = days_of(Period(since="2026-10-23", until="2026-10-27", tz="Europe/Berlin"), NOW)
"""Clocks are put back on one of them."""
BEGINS = DAYS[0].begins
WANTED = AnalyticsQuery(days=DAYS, now=DAYS[-1].ends, most=2)
QUESTIONS = (
    WANTED,
    replace(WANTED, owner="ada"),
    replace(WANTED, team="software", most=50),
    replace(WANTED, visible_to="bob"),
    replace(WANTED, visible_to="bob", owner="ada"),
    replace(WANTED, days=DAYS[1:2]),
)

Told: TypeAlias = tuple[e.RunCreated, str, Sequence[tuple[e.Metadata, str, str | None]], int]
"""A run's creation and its moment, what happened after it, and how many events its commits are of."""


def at(ms: int) -> str:
    return timestamp(datetime.fromtimestamp(ms / 1000, UTC))


MOMENTS = st.integers(-3_600_000, 6 * 86_400_000).map(lambda ms: at(BEGINS + ms))
COSTS = st.none() | st.integers(0, 5_000_000).map(lambda micro: micro / 1_000_000)
USAGES = st.builds(e.Usage, input_tokens=st.integers(0, 10**6), output_tokens=st.integers(0, 10**6), cost_usd=COSTS)
STATES = ("queued", "pending", "started", "retrying", "completed", "error")
SAID: st.SearchStrategy[e.Metadata] = st.one_of(
    st.builds(
        e.RunStatus,
        status=st.sampled_from(("running", "paused", "completed", "completed", "failed", "cancelled")),
        outcome=st.sampled_from((None, "succeeded", "partial")),
    ),
    st.builds(
        e.AgentStatus,
        step=st.just("analyst"),
        status=st.sampled_from(STATES),
        attempt=st.just(1),
        by=st.sampled_from((None, "ada")),
        task=st.none(),
        call_attempt=st.just(1),
        progress=st.none(),
        retry_at=st.none(),
        usage=st.none(),
        seconds=st.none(),
        shown=st.none(),
    ),
    st.builds(
        e.AgentResponse,
        step=st.just("analyst"),
        phase=st.just("work"),
        attempt=st.just(1),
        message_id=st.just("m"),
        started_at=MOMENTS,
        thinking=st.just(""),
        finish=st.just("complete"),
        model=st.sampled_from((None, "big", "small", "tiny")),
        usage=st.none() | USAGES,
    ),
    st.builds(
        e.JobStatus,
        job_id=st.just("j"),
        step=st.just("analyst"),
        phase=st.just("work"),
        attempt=st.just(1),
        status=st.sampled_from(("claimed", "completed", "lost")),
        ran_ms=st.none() | st.integers(0, 10**7),
    ),
    st.builds(
        lambda request, status: e.Request(
            request_id=request[0], kind=request[1], status=status, step="analyst", prompt="?"
        ),
        st.sampled_from((("q1", "question"), ("q2", "approval"), ("q3", "question"))),
        st.sampled_from(("open", "open", "answered", "answered", "withdrawn")),
    ),
    st.builds(
        e.ErrorShown,
        code=st.sampled_from(("model_timeout", "agent_failed", "gave_up")),
        severity=st.sampled_from(("warning", "error")),
        retryable=st.just(True),
        action=st.just(""),
    ),
    st.just(e.Note(by="ada")),
)
CREATED = st.builds(
    e.RunCreated,
    title=st.just("A timer"),
    brief=st.just("A timer"),
    team=st.sampled_from(("software", "research", "other")),
    owner=st.sampled_from(("ada", "bob")),
    options=st.sampled_from(({}, {"model": "demo"}, {"model": "openai-chat:gpt"})),
    forked_from=st.sampled_from((None, None, "another")),
    steps=st.just(()),
    imported=st.none() | MOMENTS.map(lambda moment: Imported(by="ada", at=moment, owner="eve", sha256="")),
)
TOLD = st.lists(st.tuples(SAID, MOMENTS, st.sampled_from((None, "Analyst", "Tester", "Deployer"))), max_size=12)
HISTORIES: st.SearchStrategy[list[Told]] = st.lists(
    st.tuples(CREATED, MOMENTS, TOLD, st.integers(1, 5)), min_size=1, max_size=5
)


def event(run_id: str, metadata: e.Metadata, moment: str, agent: str | None = None) -> e.NewEvent:
    return e.NewEvent(id=new_id(), run_id=run_id, timestamp=moment, agent_name=agent, content="", metadata=metadata)


def commits(run_id: str, told: Told) -> list[Commit]:
    """A run's creation and what it shares with another one are one commit."""
    created, moment, said, size = told
    events = [event(run_id, created, moment), *(event(run_id, *one) for one in said)]
    ends = [at for at, one in enumerate(events, 1) if isinstance(one.metadata, e.RunStatus)]
    first = size if created.forked_from is None else max(size, ends[0] if ends else len(events))
    cuts = [0, *range(first, len(events), size), len(events)]
    shown = summary(run_id, owner=created.owner, title=f"Title of {run_id}")
    return [
        Commit(events=tuple(events[begin:end]), run_id=run_id, expected_version=begin, summary=shown)
        for begin, end in pairwise(cuts)
        if begin < end
    ]


async def tell(store: Store, histories: Mapping[str, Told]) -> None:
    """All runs at once, so that their commits share transactions."""
    for some in zip_longest(*(commits(*one) for one in histories.items())):
        await asyncio.gather(*(store.commit(commit) for commit in some if commit is not None))


async def forget(store: Store, run_id: str, told: Told) -> None:
    gone = event(run_id, e.RunStatus(status="deleted", by="ada"), NOW)
    version = 1 + len(told[2])
    await store.commit(Commit(events=(gone,), run_id=run_id, expected_version=version, purge=True, aged=True))


async def logged(store: Store) -> list[e.Event]:
    return [entry.event() for entry in await store.read(0, 100_000)]


async def answers(store: Store) -> list[AnalyticsFound]:
    return [await store.analytics(question) for question in QUESTIONS]


async def agree(store: Store) -> None:
    events = await logged(store)
    for question in QUESTIONS:
        assert await store.analytics(question) == plain(events, question)


def test_what_analytics_say_is_what_the_log_says() -> None:
    """Also of what is deleted: all of an example goes before the next one."""
    with asyncio.Runner() as runner:
        store = runner.run(SqlStore.open(MEMORY, new_id=new_id))

        async def play(histories: list[Told]) -> None:
            named = {new_id(): told for told in histories}
            await tell(store, named)
            await agree(store)
            for run_id, told in named.items():
                await forget(store, run_id, told)
                if run_id == min(named):
                    await agree(store)
            assert (await store.analytics(WANTED)).total.runs == 0

        @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(histories=HISTORIES)
        def played(histories: list[Told]) -> None:
            runner.run(play(histories))

        try:
            played()
        finally:
            runner.run(store.close())


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories=HISTORIES)
def test_analytics_outlive_the_store(histories: list[Told]) -> None:
    async def play(path: Path) -> None:
        store = await SqlStore.open(path, new_id=new_id)
        await tell(store, {f"r{at}": told for at, told in enumerate(histories)})
        before = await answers(store)
        await store.close()
        store = await SqlStore.open(path, new_id=new_id)
        assert await answers(store) == before
        await agree(store)
        await store.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder) / "botarmy.db"))


async def test_nothing_is_there_at_first(store: Store) -> None:
    found = await store.analytics(WANTED)
    assert found.total.runs == 0
    assert found.total.median_ms is None
    assert [day.runs for day in found.days] == [0] * len(DAYS)
    assert (found.teams, found.agents, found.models, found.kinds, found.failures, found.longest) == ((),) * 6


async def test_a_day_is_of_as_many_hours_as_it_has_there(store: Store) -> None:
    """In Berlin the 25th has 25 hours."""
    created = e.RunCreated(
        title="A timer", brief="A timer", team="software", owner="ada", options={}, forked_from=None, steps=()
    )
    moments = ["24T21:59:59.999", "24T22:00:00.000", "25T22:59:59.999", "25T23:00:00.000"]
    await tell(store, {new_id(): (created, f"2026-10-{moment}Z", (), 1) for moment in moments})
    found = await store.analytics(WANTED)
    assert [(day.day, day.runs) for day in found.days if day.runs] == [
        ("2026-10-24", 1),
        ("2026-10-25", 2),
        ("2026-10-26", 1),
    ]


async def test_what_was_refused_is_not_counted(store: Store) -> None:
    created = e.RunCreated(
        title="A timer", brief="A timer", team="software", owner="ada", options={}, forked_from=None, steps=()
    )
    (commit,) = commits("r0", (created, at(BEGINS), (), 1))
    await store.commit(commit)
    with pytest.raises(Conflict):
        await store.commit(commit)
    assert (await store.analytics(WANTED)).total.runs == 1

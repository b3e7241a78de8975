"""What every store promises about the sums of what model calls used."""

from __future__ import annotations

import pytest

from botarmy.domain.events import AgentResponse, NewEvent, Usage
from botarmy.ports import Commit, Conflict, Store, UsageRow
from tests.contracts.conftest import Open
from tests.contracts.samples import new_id, note, notes, start, summary

TODAY = "2026-11-20"


def call(
    cost: float | None = 0.03, *, day: str = TODAY, agent: str = "Analyst", model: str | None = "big", run_id: str = "r"
) -> NewEvent:
    """A model's answer with what it used."""
    metadata = AgentResponse(
        step="analyst",
        phase="work",
        attempt=1,
        message_id=new_id(),
        started_at=f"{day}T23:59:59.000Z",
        thinking="",
        finish="complete",
        model=model,
        usage=Usage(input_tokens=100, output_tokens=10, cost_usd=cost),
    )
    moment = f"{day}T23:59:59.999Z"
    return NewEvent(id=new_id(), run_id=run_id, timestamp=moment, agent_name=agent, content="Done", metadata=metadata)


def calls(at: int, *events: NewEvent, run_id: str = "r") -> Commit:
    return Commit(events=events, run_id=run_id, expected_version=at)


def row(cost: float, calls: int = 1, *, unpriced: int = 0, day: str = TODAY, agent: str = "Analyst") -> UsageRow:
    return UsageRow(
        day=day,
        agent_name=agent,
        model="big",
        calls=calls,
        unpriced_calls=unpriced,
        input_tokens=100 * calls,
        output_tokens=10 * calls,
        cost_usd=cost,
    )


async def test_calls_of_a_day_an_agent_and_a_model_are_summed_up(store: Store) -> None:
    await start(store, "r")
    await store.commit(calls(1, call(0.03), note("r"), call(0.04)))
    await store.commit(calls(4, call(0.05), call(0.01, agent="Tester"), call(0.02, day="2026-11-19")))
    assert await store.usage("2026-11-01", owner=None, limit=10) == [
        row(0.12, 3),
        row(0.01, agent="Tester"),
        row(0.02, day="2026-11-19"),
    ]
    assert await store.spent(TODAY) == 0.13
    assert await store.spent("2026-11-18") == 0


async def test_many_tiny_costs_add_up_without_a_loss(store: Store) -> None:
    await start(store, "r")
    await store.commit(calls(1, *(call(0.00000005) for _ in range(1_000))))
    assert await store.spent(TODAY) == 0.00005


async def test_a_call_without_a_known_price_counts_but_costs_nothing(store: Store) -> None:
    await start(store, "r")
    await store.commit(calls(1, call(None), call(0.5)))
    assert await store.usage(TODAY, owner=None, limit=10) == [row(0.5, 2, unpriced=1)]


async def test_a_call_of_an_unknown_model_is_kept_under_no_name(store: Store) -> None:
    await start(store, "r")
    await store.commit(calls(1, call(model=None)))
    (only,) = await store.usage(TODAY, owner=None, limit=10)
    assert only.model == ""


async def test_days_before_the_first_one_asked_for_and_rows_beyond_the_limit_are_left_out(store: Store) -> None:
    await start(store, "r")
    await store.commit(calls(1, *(call(0.1, day=f"2026-11-{day}") for day in (18, 19, 20))))
    assert [found.day for found in await store.usage("2026-11-19", owner=None, limit=10)] == [TODAY, "2026-11-19"]
    assert [found.day for found in await store.usage("2026-11-01", owner=None, limit=1)] == [TODAY]


async def test_usage_belongs_to_the_owner_of_the_run(store: Store) -> None:
    await start(store, "r", owner="ada")
    await start(store, "s", owner="bob")
    await store.commit(calls(1, call(0.1)))
    await store.commit(calls(1, call(0.2, run_id="s"), run_id="s"))
    assert await store.usage(TODAY, owner="bob", limit=10) == [row(0.2)]
    assert await store.usage(TODAY, owner=None, limit=10) == [row(0.3, 2)]
    assert await store.spent(TODAY) == 0.3


async def test_what_was_refused_was_not_used(store: Store) -> None:
    await start(store, "r")
    with pytest.raises(Conflict):
        await store.commit(calls(7, call()))
    assert await store.usage(TODAY, owner=None, limit=10) == []


async def test_deleting_a_run_does_not_bring_its_money_back(store: Store) -> None:
    await start(store, "r")
    await store.commit(calls(1, call(0.5)))
    await store.commit(notes("r", 2, summary=summary("r", status="deleted"), purge=True))
    assert await store.usage(TODAY, owner=None, limit=10) == [row(0.5)]


async def test_the_sums_outlive_the_store(open_kept_store: Open) -> None:
    store = await open_kept_store()
    await start(store, "r")
    await store.commit(calls(1, call(0.5)))
    await store.close()
    store = await open_kept_store()
    assert await store.spent(TODAY) == 0.5
    await store.close()

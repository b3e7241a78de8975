"""What every store promises about the deltas of finished messages: they go together, and leave no doubt behind."""

from __future__ import annotations

import pytest

from botarmy.domain.events import AgentResponse, NewEvent
from botarmy.ports import Commit, LogEntry, Store, Written
from tests.contracts.conftest import Open
from tests.contracts.samples import ANYTHING, delta, job, new_id, notes, start

EVERYTHING = 1_000


def response(run_id: str, message_id: str = "m1") -> NewEvent:
    metadata = AgentResponse(
        step="analyst",
        phase="work",
        attempt=1,
        message_id=message_id,
        started_at="2026-11-20T09:30:00.123Z",
        thinking="",
        finish="complete",
    )
    return NewEvent(
        id=new_id(),
        run_id=run_id,
        timestamp="2026-11-20T09:31:00.000Z",
        agent_name="Analyst",
        content="Hello",
        metadata=metadata,
    )


async def write(store: Store, run_id: str, version: int, deltas: int, message_id: str = "m1") -> LogEntry:
    """A message in so many pieces, from first to last; returns its response."""
    pieces = tuple(delta(run_id, message_id=message_id) for _ in range(deltas))
    await store.commit(Commit(events=pieces, run_id=run_id))
    (entry,) = await store.commit(
        Commit(events=(response(run_id, message_id),), run_id=run_id, expected_version=version)
    )
    return entry


async def positions(store: Store, run_id: str | None = None) -> list[int]:
    return [entry.position for entry in await store.read(0, EVERYTHING, run_id=run_id)]


async def test_finished_messages_are_found_with_the_places_of_their_deltas(store: Store) -> None:
    await start(store, "r")
    first = await write(store, "r", 1, 3, "m1")
    await store.commit(Commit(events=(delta("r", message_id="open"),), run_id="r"))
    second = await write(store, "r", 2, 2, "m2")
    assert await store.written(0, EVERYTHING) == [
        Written(response=first, deltas=(2, 3, 4)),
        Written(response=second, deltas=(7, 8)),
    ]


async def test_messages_are_looked_for_between_two_positions(store: Store) -> None:
    await start(store, "r")
    first = await write(store, "r", 1, 1, "m1")
    second = await write(store, "r", 2, 1, "m2")
    assert [found.response for found in await store.written(0, first.position)] == [first]
    assert [found.response for found in await store.written(first.position, second.position)] == [second]
    assert await store.written(second.position, EVERYTHING) == []


async def test_the_deltas_of_a_message_go_and_nothing_else_does(store: Store) -> None:
    await start(store, "r")
    await write(store, "r", 1, 3, "m1")
    await store.commit(Commit(events=(delta("r", message_id="open"),), run_id="r"))
    await store.commit(Commit(events=(delta("other", message_id="m1"),), run_id="other"))
    before = await store.read(0, EVERYTHING)

    await store.compact(await store.written(0, EVERYTHING))

    kept = await store.read(0, EVERYTHING)
    assert kept == [entry for entry in before if entry.position not in (2, 3, 4)]
    assert await store.head() == before[-1].position


async def test_many_deltas_go_at_once(store: Store) -> None:
    await start(store, "r")
    await write(store, "r", 1, 1_700)
    (message,) = await store.written(0, 10_000)
    await store.compact([message])
    assert await positions(store) == [1, 1_702]
    assert await store.written(0, 10_000) == [Written(response=message.response, deltas=())]


async def test_the_log_goes_on_where_it_was_and_versions_have_no_gap(store: Store) -> None:
    await start(store, "r")
    await write(store, "r", 1, 3)
    await store.compact(await store.written(0, EVERYTHING))
    (entry,) = await store.commit(notes("r", 2))
    assert (entry.position, entry.version) == (6, 3)
    assert [entry.version for entry in await store.read(0, EVERYTHING, run_id="r")] == [1, 2, 3]


async def test_reading_page_by_page_passes_over_the_gaps(store: Store) -> None:
    await start(store, "r")
    await write(store, "r", 1, 3, "m1")
    await write(store, "r", 2, 3, "m2")
    await store.compact(await store.written(0, EVERYTHING))
    pages, after = [], 0
    while page := await store.read(after, 2):
        pages.append([entry.position for entry in page])
        after = page[-1].position
    assert pages == [[1, 5], [9]]
    assert [entry.position for entry in await store.read(2, 10)] == [5, 9]


async def test_inside_a_compacted_message_the_store_says_which_it_was(store: Store) -> None:
    await start(store, "r")
    whole = await write(store, "r", 1, 3)
    await store.compact(await store.written(0, EVERYTHING))
    inside = {position: await store.in_the_writing("r", position) for position in range(7)}
    assert inside == {0: [], 1: [], 2: [whole], 3: [whole], 4: [whole], 5: [], 6: []}
    assert await store.in_the_writing("other", 3) == []


@pytest.mark.parametrize("position", [2**63 - 1, 2**63, 2**70])
async def test_no_position_is_too_large_to_ask_about(store: Store, position: int) -> None:
    await start(store, "r")
    await write(store, "r", 1, 1)
    await store.compact(await store.written(0, EVERYTHING))
    assert await store.in_the_writing("r", position) == []


async def test_a_message_that_is_not_compacted_is_not_spoken_of(store: Store) -> None:
    await start(store, "r")
    await write(store, "r", 1, 3)
    assert await store.in_the_writing("r", 3) == []
    assert await store.compacted_up_to() == 0


async def test_a_message_without_deltas_leaves_no_trace_of_compaction(store: Store) -> None:
    await start(store, "r")
    entry = await write(store, "r", 1, 0)
    await store.compact(await store.written(0, EVERYTHING))
    assert await store.compacted_up_to() == 0
    assert await store.in_the_writing("r", entry.position - 1) == []


async def test_doing_it_again_changes_nothing(store: Store) -> None:
    await start(store, "r")
    entry = await write(store, "r", 1, 3)
    for _ in range(2):
        await store.compact(await store.written(0, EVERYTHING))
        assert await store.compacted_up_to() == entry.position
    assert await positions(store) == [1, 5]


async def test_a_run_that_is_deleted_meanwhile_stays_deleted(store: Store) -> None:
    await start(store, "r")
    await write(store, "r", 1, 3)
    found = await store.written(0, EVERYTHING)
    await store.commit(notes("r", 2, purge=True))
    await store.compact(found)
    assert await positions(store) == [6]
    assert await store.compacted_up_to() == 0


async def test_what_is_remembered_of_a_runs_messages_goes_with_the_run(store: Store) -> None:
    await start(store, "r")
    await write(store, "r", 1, 3)
    await store.compact(await store.written(0, EVERYTHING))
    await store.commit(notes("r", 2, purge=True))
    assert await store.compacted_up_to() == 0
    assert await store.in_the_writing("r", 3) == []


async def test_a_job_goes_on_writing_after_its_first_message_was_compacted(store: Store) -> None:
    await start(store, "r", job("j"))
    (held,) = (await store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=60)).jobs
    await store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", held.token)))
    await store.commit(Commit(events=(response("r"),), run_id="r", expected_version=1, fence=("j", held.token)))
    await store.compact(await store.written(0, EVERYTHING))
    (entry,) = await store.commit(Commit(events=(delta("r", message_id="m2"),), run_id="r", fence=("j", held.token)))
    assert entry.position == 4
    assert await positions(store) == [1, 3, 4]


async def test_what_was_compacted_is_known_after_reopening(open_kept_store: Open) -> None:
    store = await open_kept_store()
    await start(store, "r")
    entry = await write(store, "r", 1, 3)
    await store.compact(await store.written(0, EVERYTHING))
    await store.close()
    store = await open_kept_store()
    assert await store.compacted_up_to() == entry.position
    assert await store.in_the_writing("r", 3) == [entry]
    assert await positions(store) == [1, 5]
    await store.close()

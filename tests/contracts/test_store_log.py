"""What every store promises about appending to the log and reading it."""

from __future__ import annotations

import asyncio

import pytest

from botarmy.domain.commands import Settle
from botarmy.domain.events import AgentDelta
from botarmy.ports import Commit, Conflict, LogEntry, StaleToken, Store, StoreError, StoreUnavailable
from tests.contracts.conftest import Open
from tests.contracts.samples import (
    ANYTHING,
    blobs,
    delta,
    job,
    note,
    notes,
    reply,
    sha256,
    start,
    summary,
    worker_came,
)


async def log(store: Store) -> list[LogEntry]:
    return await store.read(0, 10_000)


# --- Appending --------------------------------------------------------------------------------------------------


async def test_a_new_log_is_empty(store: Store) -> None:
    assert await store.head() == 0
    assert await log(store) == []


async def test_events_take_the_next_positions_and_versions(store: Store) -> None:
    await store.commit(notes("r", 0, 2))
    entries = await store.commit(notes("r", 2, 2))
    assert [(entry.position, entry.version) for entry in entries] == [(3, 3), (4, 4)]
    assert await store.head() == 4


async def test_a_commit_returns_what_is_read_later(store: Store) -> None:
    entries = await store.commit(notes("r", 0, 3))
    assert await log(store) == list(entries)


async def test_an_event_comes_back_as_it_was(store: Store) -> None:
    event = note("r", 'Quotes " and \\ and \n lines, ünïcödé 🎈, \ufffd, and the end\u2028')
    (entry,) = await store.commit(Commit(events=(event,), run_id="r", expected_version=0))
    (read,) = await log(store)
    assert read.event() == event.at(entry.position, 1)


async def test_a_message_of_a_quarter_mebibyte_comes_back_whole(store: Store) -> None:
    event = note("r", "ä\n" * 128 * 1024)
    await store.commit(Commit(events=(event,), run_id="r", expected_version=0))
    (read,) = await log(store)
    assert read.event().content == event.content


async def test_the_order_within_a_commit_is_kept(store: Store) -> None:
    events = tuple(note("r", f"number {at}") for at in range(1_500))
    await store.commit(Commit(events=events, run_id="r", expected_version=0))
    assert [entry.event().content for entry in await log(store)] == [event.content for event in events]


async def test_each_run_counts_its_own_versions(store: Store) -> None:
    await store.commit(notes("a", 0))
    await store.commit(notes("b", 0))
    (entry,) = await store.commit(notes("a", 1))
    assert (entry.position, entry.version) == (3, 2)


async def test_deltas_take_a_position_and_no_version(store: Store) -> None:
    await start(store, "r", job("j"))
    await store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=60)
    (entry,) = await store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", 1)))
    assert (entry.position, entry.version) == (2, None)
    (after,) = await store.commit(notes("r", 1))
    assert (after.position, after.version) == (3, 2)
    assert isinstance(entry.event().metadata, AgentDelta)


async def test_events_without_a_run_take_a_position_and_no_version(store: Store) -> None:
    (entry,) = await store.commit(Commit(events=(worker_came(),)))
    assert (entry.position, entry.version, entry.run_id) == (1, None, None)
    assert await log(store) == [entry]


async def test_a_commit_without_events_leaves_the_log_as_it_is(store: Store) -> None:
    await start(store, "r")
    assert await store.commit(Commit(events=(), run_id="r", summary=summary("r", title="Another"))) == ()
    assert await store.head() == 1


async def test_contents_that_two_runs_hold_stay_until_both_are_gone(store: Store) -> None:
    await store.commit(notes("a", 0, blobs=blobs(b"shared", b"alone")))
    await store.commit(notes("b", 0, linked=frozenset({sha256(b"shared"), sha256(b"nowhere")})))
    await store.commit(notes("a", 1, purge=True))
    assert await store.blob(sha256(b"shared")) == b"shared"
    assert await store.blob(sha256(b"alone")) is None
    await store.commit(notes("b", 1, purge=True))
    assert await store.blob(sha256(b"shared")) is None


async def test_a_commit_that_contradicts_itself_is_a_programming_error(store: Store) -> None:
    with pytest.raises(ValueError, match="belong to its run"):
        await store.commit(Commit(events=(note("a"),), run_id="b", expected_version=0))
    with pytest.raises(ValueError, match="belong to a run"):
        await store.commit(Commit(events=(), blobs=blobs(b"x")))
    for without_tombstone in (notes("r", 0, 0, purge=True), Commit(events=(delta("r"),), run_id="r", purge=True)):
        with pytest.raises(ValueError, match="tombstone"):
            await store.commit(without_tombstone)


# --- Conflicts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("expected", [0, 1, 3, 99])
async def test_another_version_than_the_expected_is_a_conflict(store: Store, expected: int) -> None:
    await store.commit(notes("r", 0, 2))
    with pytest.raises(Conflict):
        await store.commit(notes("r", expected))


async def test_a_run_that_does_not_exist_is_at_version_0(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.commit(notes("r", 1))


async def test_a_conflict_leaves_nothing_behind(store: Store) -> None:
    await start(store, "r")
    with pytest.raises(Conflict):
        await store.commit(
            notes(
                "r",
                0,
                jobs=(job("j"),),
                blobs=blobs(b"x"),
                summary=summary("r", title="Wrong", owner="eve"),
                search="wrong",
                reply=reply("c"),
                purge=True,
            )
        )
    page = await store.runs(owner=None, limit=10)
    claims = await store.claim("w", capabilities=ANYTHING, limit=10, lease_seconds=60)
    assert await store.head() == 1
    assert claims.jobs == ()
    assert await store.blob(sha256(b"x")) is None
    assert "Wrong" not in page.summaries[0]
    assert await store.reply("ada", "c") is None


async def test_a_conflict_fails_alone_among_commits_made_at_once(store: Store) -> None:
    results = await asyncio.gather(
        *(store.commit(notes(f"run {at}", 7 if at % 3 == 0 else 0)) for at in range(60)),
        return_exceptions=True,
    )
    failed = [at for at, result in enumerate(results) if isinstance(result, Conflict)]
    assert failed == list(range(0, 60, 3))
    assert [entry.position for entry in await log(store)] == list(range(1, 41))


async def test_a_conflict_at_a_runs_first_commit_leaves_its_place_to_the_next(store: Store) -> None:
    results = await asyncio.gather(store.commit(notes("r", 5)), store.commit(notes("r", 0)), return_exceptions=True)
    assert isinstance(results[0], Conflict)
    assert await store.head() == 1


async def test_of_fifty_callers_one_wins_each_version(store: Store) -> None:
    async def append_at_head() -> int:
        conflicts = 0
        for version in range(10):
            try:
                await store.commit(notes("r", version))
            except Conflict:
                conflicts += 1
        return conflicts

    conflicts = await asyncio.gather(*(append_at_head() for _ in range(50)))
    assert sum(conflicts) == 490
    assert [entry.version for entry in await log(store)] == list(range(1, 11))


async def test_commits_handed_over_one_after_the_other_are_written_in_that_order(store: Store) -> None:
    commits = [asyncio.ensure_future(store.commit(notes("r", version))) for version in range(200)]
    entries = [entry for commit in commits for entry in await commit]
    assert [entry.position for entry in entries] == list(range(1, 201))


async def test_more_commits_than_a_batch_or_the_queue_holds_are_all_written(store: Store) -> None:
    await asyncio.gather(*(store.commit(notes(f"run {at}", 0)) for at in range(6_000)))
    assert await store.head() == 6_000


async def test_what_the_database_refuses_fails_alone(store: Store) -> None:
    await start(store, "r", job("taken"))
    results = await asyncio.gather(
        store.commit(notes("a", 0, jobs=(job("a"),))),
        store.commit(notes("b", 0, jobs=(job("taken"),))),
        store.commit(notes("c", 0, jobs=(job("c"),))),
        return_exceptions=True,
    )
    assert [isinstance(result, StoreError) for result in results] == [False, True, False]
    assert [entry.run_id for entry in await log(store)] == ["r", "a", "c"]
    assert [entry.position for entry in await log(store)] == [1, 2, 3]


async def test_a_run_goes_on_after_the_database_refused_its_commit(store: Store) -> None:
    await start(store, "r", job("taken"))
    with pytest.raises(StoreError):
        await store.commit(notes("r", 1, jobs=(job("taken"),)))
    (entry,) = await store.commit(notes("r", 1))
    assert (entry.position, entry.version) == (2, 2)


# --- Cancellation and the end -----------------------------------------------------------------------------------


async def test_a_cancelled_caller_does_not_undo_its_commit_or_break_the_others(store: Store) -> None:
    given_up = [asyncio.ensure_future(store.commit(notes(f"given up {at}", 0))) for at in range(10)]
    kept = [asyncio.ensure_future(store.commit(notes(f"kept {at}", 0))) for at in range(10)]
    await asyncio.sleep(0)
    for task in given_up:
        task.cancel()
    await asyncio.gather(*kept)
    results = await asyncio.gather(*given_up, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results)
    assert await store.head() == 20


async def test_what_was_accepted_before_the_close_is_answered(open_store: Open) -> None:
    store = await open_store()
    commits = [asyncio.ensure_future(store.commit(notes(f"run {at}", 0))) for at in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert sorted([entry.position for commit in commits for entry in await commit]) == list(range(1, 51))


async def test_a_closed_store_says_so_and_may_be_closed_again(open_store: Open) -> None:
    store = await open_store()
    await asyncio.gather(store.close(), store.close())
    await store.close()
    with pytest.raises(StoreUnavailable):
        await store.commit(notes("r", 0))
    with pytest.raises(StoreUnavailable):
        await store.head()


# --- Reading ----------------------------------------------------------------------------------------------------


async def test_the_log_is_read_in_pages(store: Store) -> None:
    await store.commit(notes("r", 0, 5))
    assert [entry.position for entry in await store.read(0, 2)] == [1, 2]
    assert [entry.position for entry in await store.read(2, 2)] == [3, 4]
    assert [entry.position for entry in await store.read(4, 2)] == [5]
    assert await store.read(5, 2) == []


async def test_one_run_is_read_without_the_others(store: Store) -> None:
    for version in range(3):
        await store.commit(notes("a", version))
        await store.commit(notes("b", version))
    entries = await store.read(1, 10, run_id="a")
    assert [(entry.position, entry.run_id) for entry in entries] == [(3, "a"), (5, "a")]


async def test_reading_ends_at_the_position_asked_for(store: Store) -> None:
    await store.commit(notes("r", 0, 5))
    assert [entry.position for entry in await store.read(1, 10, up_to=3)] == [2, 3]
    assert [entry.position for entry in await store.read(1, 10, run_id="r", up_to=3)] == [2, 3]
    assert await store.read(3, 10, up_to=3) == []


async def test_positions_beyond_all_bounds_are_positions_too(store: Store) -> None:
    await store.commit(notes("r", 0, 2))
    assert await store.read(10**30, 10) == []
    assert len(await store.read(-(10**6), 10**30, up_to=10**30)) == 2
    assert len(await store.read(0, 10, run_id="r", up_to=10**30)) == 2
    assert await store.read(0, -1) == []
    assert await store.fold("r", 10**30) is None


async def test_a_run_that_does_not_exist_has_no_entries(store: Store) -> None:
    await store.commit(notes("r", 0))
    assert await store.read(0, 10, run_id="other") == []


async def test_deltas_and_events_of_a_run_are_read_in_one_order(store: Store) -> None:
    await start(store, "r", job("j"))
    await store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=60)
    for version in range(1, 5):
        await store.commit(Commit(events=(delta("r"), delta("r")), run_id="r", fence=("j", 1)))
        await store.commit(notes("r", version))
    entries = await store.read(0, 100, run_id="r")
    assert [entry.position for entry in entries] == list(range(1, 14))
    assert [entry.version for entry in entries if entry.version] == [1, 2, 3, 4, 5]


async def test_a_reader_never_sees_a_gap_that_fills_later(store: Store) -> None:
    """Read on from the last position while many write: what is seen is all there is."""
    done = False

    async def write(run_id: str) -> None:
        for version in range(0, 60, 2):
            await store.commit(notes(run_id, version, 2))

    async def follow() -> list[int]:
        seen: list[int] = []
        while True:
            finished = done
            entries = await store.read(seen[-1] if seen else 0, 7)
            seen += [entry.position for entry in entries]
            if finished and not entries:
                return seen

    followers = [asyncio.ensure_future(follow()) for _ in range(4)]
    await asyncio.gather(*(write(f"run {at}") for at in range(12)))
    done = True
    for seen in await asyncio.gather(*followers):
        assert seen == list(range(1, 721))


async def test_a_commit_is_seen_whole_or_not_at_all(store: Store) -> None:
    done = False

    async def look() -> None:
        while not done:
            assert len(await store.read(0, 10_000)) % 5 == 0

    looking = asyncio.ensure_future(look())
    await asyncio.gather(*(store.commit(notes(f"run {at}", 0, 5)) for at in range(100)))
    done = True
    await looking


async def test_what_was_committed_is_there_for_the_next_read(store: Store) -> None:
    for version in range(30):
        (entry,) = await store.commit(notes("r", version))
        assert await store.head() == entry.position
        assert await store.read(entry.position - 1, 1) == [entry]


# --- Replies ----------------------------------------------------------------------------------------------------


async def test_a_reply_is_kept_with_the_position_of_its_commands_last_event(store: Store) -> None:
    await store.commit(notes("a", 0, 2))
    await store.commit(notes("r", 0, 3, reply=reply("c")))
    stored = await store.reply("ada", "c")
    assert stored is not None
    assert (stored.position, stored.arguments, stored.result) == (5, "hash", '{"ok":true}')


async def test_a_reply_belongs_to_its_user(store: Store) -> None:
    await store.commit(notes("r", 0, reply=reply("c")))
    assert await store.reply("eve", "c") is None
    await store.commit(Commit(events=(), reply=reply("c", "eve")))
    assert await store.reply("eve", "c") is not None


async def test_a_refusal_can_be_kept_without_any_event(store: Store) -> None:
    await store.commit(notes("r", 0))
    await store.commit(Commit(events=(), reply=reply("c")))
    stored = await store.reply("ada", "c")
    assert stored is not None
    assert stored.position == 1


async def test_a_command_is_answered_once(store: Store) -> None:
    await store.commit(notes("a", 0, reply=reply("c")))
    with pytest.raises(Conflict):
        await store.commit(notes("b", 0, reply=reply("c")))
    assert await store.head() == 1


async def test_of_the_same_command_sent_many_times_at_once_one_takes_effect(store: Store) -> None:
    results = await asyncio.gather(
        *(store.commit(notes(f"run {at}", 0, reply=reply("c"))) for at in range(20)), return_exceptions=True
    )
    assert sum(isinstance(result, Conflict) for result in results) == 19
    assert await store.head() == 1


# --- Fences -----------------------------------------------------------------------------------------------------


async def test_deltas_are_taken_under_the_jobs_token_alone(store: Store) -> None:
    await start(store, "r", job("j"))
    await store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=60)
    await store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", 1)))
    for fence in (("j", 0), ("j", 2), ("other", 1)):
        with pytest.raises(StaleToken):
            await store.commit(Commit(events=(delta("r"),), run_id="r", fence=fence))
    assert await store.head() == 2


async def test_a_queued_job_fences_everything_off(store: Store) -> None:
    await start(store, "r", job("j"))
    with pytest.raises(StaleToken):
        await store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", 0)))


async def test_a_settled_job_takes_no_more_deltas(store: Store) -> None:
    await start(store, "r", job("j"))
    await store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=60)
    settled = Settle(job_id="j", token=1, status="completed")
    await store.commit(notes("r", 1, jobs=(settled,), fence=("j", 1)))
    with pytest.raises(StaleToken):
        await store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", 1)))


async def test_deltas_behind_the_settling_commit_are_refused_even_in_its_batch(store: Store) -> None:
    await start(store, "r", job("j"))
    await store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=60)
    results = await asyncio.gather(
        store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", 1))),
        store.commit(notes("r", 1, jobs=(Settle(job_id="j", token=1, status="completed"),))),
        store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", 1))),
        store.commit(notes("r", 2)),
        return_exceptions=True,
    )
    assert [isinstance(result, StaleToken) for result in results] == [False, False, True, False]
    assert await store.head() == 4

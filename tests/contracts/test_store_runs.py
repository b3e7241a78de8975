"""What every store promises about lists of runs, contents, folds, and the deletion of a run."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from botarmy.domain.errors import DomainError
from botarmy.domain.views import ViewState
from botarmy.ports import Commit, RunPage, StaleToken, Store, StoredFold
from tests.contracts.samples import ANYTHING, blobs, delta, job, notes, reply, sha256, start, summary


def names(page: RunPage) -> list[str]:
    return [json.loads(shown)["run_id"] for shown in page.summaries]


# --- Lists ------------------------------------------------------------------------------------------------------


async def test_a_list_without_runs_ends_at_once(store: Store) -> None:
    assert await store.runs(owner=None, limit=10) == RunPage(summaries=(), next=None, position=0)


async def test_a_run_is_shown_as_its_last_summary_says(store: Store) -> None:
    await start(store, "r")
    await store.commit(notes("r", 1, 2, summary=summary("r", title="Renamed", status="completed")))
    page = await store.runs(owner=None, limit=10)
    shown = json.loads(page.summaries[0])
    assert (shown["title"], shown["status"], shown["steps"]) == ("Renamed", "completed", [])
    assert page.position == 3


async def test_the_last_of_many_summaries_made_at_once_holds(store: Store) -> None:
    await asyncio.gather(*(store.commit(notes("r", at, summary=summary("r", title=f"Title {at}"))) for at in range(50)))
    page = await store.runs(owner=None, limit=10)
    assert json.loads(page.summaries[0])["title"] == "Title 49"


async def test_runs_are_listed_of_one_team(store: Store) -> None:
    await start(store, "r1")
    await store.commit(notes("r2", 0, summary=replace(summary("r2"), team="writers")))
    assert names(await store.runs(owner=None, limit=10, team="writers")) == ["r2"]
    assert names(await store.runs(owner=None, limit=10, team="nobody")) == []


async def test_runs_are_listed_by_their_creation_newest_first(store: Store) -> None:
    await start(store, "old", created_at="2026-11-20T09:30:00.000Z")
    await start(store, "newest", created_at="2026-11-20T09:30:00.002Z")
    await start(store, "middle", created_at="2026-11-20T09:30:00.001Z")
    await start(store, "last of the same moment", created_at="2026-11-20T09:30:00.001Z")
    expected = ["newest", "last of the same moment", "middle", "old"]
    assert names(await store.runs(owner=None, limit=10)) == expected


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_show_every_run_once(store: Store, limit: int) -> None:
    for at in range(7):
        await start(store, f"run {at}", created_at=f"2026-11-20T09:30:00.00{at // 3}Z")
    seen: list[str] = []
    before = None
    while True:
        page = await store.runs(owner=None, limit=limit, before=before)
        seen += names(page)
        before = page.next
        if before is None:
            break
    assert seen == [f"run {at}" for at in reversed(range(7))]


async def test_a_run_that_starts_while_pages_are_turned_repeats_none(store: Store) -> None:
    for at in range(4):
        await start(store, f"run {at}", created_at=f"2026-11-20T09:30:00.00{at}Z")
    first = await store.runs(owner=None, limit=2)
    await start(store, "new", created_at="2026-11-20T09:30:01.000Z")
    second = await store.runs(owner=None, limit=2, before=first.next)
    assert names(first) + names(second) == ["run 3", "run 2", "run 1", "run 0"]


@pytest.mark.parametrize("before", ["", "x", "1", "1-", "-1", "1-2-3", "1.5-2", "9" * 40 + "-1", "١-١", "1-1\n"])
async def test_a_continuation_that_no_page_gave_is_refused(store: Store, before: str) -> None:
    with pytest.raises(DomainError) as refusal:
        await store.runs(owner=None, limit=10, before=before)
    assert refusal.value.code == "bad_arguments"


async def test_runs_are_listed_for_their_owner(store: Store) -> None:
    await start(store, "a", owner="ada")
    await start(store, "b", owner="eve")
    assert names(await store.runs(owner="ada", limit=10)) == ["a"]
    assert names(await store.runs(owner="nobody", limit=10)) == []
    assert await store.owner("b") == "eve"
    assert await store.owner("unknown") is None


@pytest.mark.parametrize("status", ["running", "waiting", "paused", "completed", "failed", "cancelled"])
async def test_runs_are_filtered_by_the_status_they_show(store: Store, status: ViewState) -> None:
    await start(store, "other", status="created")
    await start(store, "wanted", status=status)
    assert names(await store.runs(owner=None, limit=10, status=status)) == ["wanted"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("timer", ["percent", "plain"]),
        ("TIMER", ["percent", "plain"]),
        ("BRIEF OF plain", ["plain"]),
        ("100%", ["percent"]),
        ("%", ["percent"]),
        ("_", ["under"]),
        ("a_b", ["under"]),
        ("\\", ["under"]),
        ("/", []),
        ("straße", ["german"]),
        ("STRASSE", ["german"]),
        ("ärger", ["german"]),
        ("'; DROP TABLE runs; --", []),
        ("", ["german", "under", "percent", "plain"]),
    ],
)
async def test_a_search_finds_text_as_it_is_written_whatever_its_case(
    store: Store, search: str, found: list[str]
) -> None:
    await start(store, "plain", title="A timer")
    await start(store, "percent", title="A timer that is 100% right")
    await start(store, "under", title="a_b \\ c")
    await start(store, "german", title="Ärger in der Straße")
    assert names(await store.runs(owner=None, limit=10, search=search)) == found


async def test_filters_hold_together_and_over_pages(store: Store) -> None:
    for at in range(12):
        owner, status = ("ada", "eve")[at % 2], ("running", "failed")[at // 6]
        title = "Blue" if at % 3 else "Green"
        await start(store, f"run {at}", owner=owner, status=status, title=title)
    first = await store.runs(owner="ada", limit=1, status="running", search="blue")
    second = await store.runs(owner="ada", limit=1, status="running", search="blue", before=first.next)
    assert names(first) + names(second) == ["run 4", "run 2"]
    assert second.next is None


async def test_a_run_is_found_by_its_first_words_after_it_has_changed(store: Store) -> None:
    await start(store, "r", title="Pomodoro")
    await store.commit(notes("r", 1, summary=summary("r", status="completed")))
    assert names(await store.runs(owner=None, limit=10, search="pomodoro")) == ["r"]


# --- Contents ---------------------------------------------------------------------------------------------------


async def test_contents_are_kept_by_their_hash(store: Store) -> None:
    contents = (b"", b"\x00\xff" * 1000, "ünïcödé".encode())
    await store.commit(notes("r", 0, blobs=blobs(*contents)))
    for content in contents:
        assert await store.blob(sha256(content)) == content
    assert await store.blob(sha256(b"unknown")) is None


async def test_a_content_of_ten_mebibytes_comes_back_whole(store: Store) -> None:
    content = bytes(range(256)) * 4096 * 10
    await store.commit(notes("r", 0, blobs=blobs(content)))
    assert await store.blob(sha256(content)) == content


async def test_the_same_content_may_be_written_again(store: Store) -> None:
    await store.commit(notes("r", 0, blobs=blobs(b"same")))
    await store.commit(notes("r", 1, blobs=blobs(b"same")))
    await asyncio.gather(*(store.commit(notes(f"run {at}", 0, blobs=blobs(b"same"))) for at in range(5)))
    assert await store.blob(sha256(b"same")) == b"same"


# --- Folds ------------------------------------------------------------------------------------------------------


def fold(position: int, body: bytes = b"{}", version: int = 1) -> StoredFold:
    return StoredFold(fold_version=version, position=position, body=body)


async def test_a_stored_fold_comes_back(store: Store) -> None:
    await store.commit(notes("r", 0, 3))
    assert await store.fold("r") is None
    await store.save_fold("r", fold(2, b"\x00state"))
    assert await store.fold("r") == fold(2, b"\x00state")
    assert await store.fold("other") is None


async def test_a_newer_fold_takes_the_place_of_an_older_one_and_never_the_other_way(store: Store) -> None:
    await store.commit(notes("r", 0, 3))
    await store.save_fold("r", fold(2, b"newer"))
    await store.save_fold("r", fold(1, b"older"))
    assert await store.fold("r") == fold(2, b"newer")
    await store.save_fold("r", fold(2, b"rebuilt", version=2))
    assert await store.fold("r") == fold(2, b"rebuilt", version=2)


async def test_a_fold_after_the_position_asked_for_is_not_given(store: Store) -> None:
    await store.commit(notes("r", 0, 3))
    await store.save_fold("r", fold(2))
    assert await store.fold("r", 1) is None
    assert await store.fold("r", 2) == fold(2)


async def test_a_fold_of_a_run_that_does_not_exist_is_not_kept(store: Store) -> None:
    await store.save_fold("r", fold(1))
    await store.commit(notes("r", 0))
    assert await store.fold("r") is None


# --- Deletion ---------------------------------------------------------------------------------------------------


async def purge(store: Store, run_id: str, at: int) -> None:
    await store.commit(notes(run_id, at, summary=summary(run_id, status="deleted"), purge=True))


async def test_of_a_deleted_run_only_the_tombstone_stays(store: Store) -> None:
    await start(store, "r", job("j"), title="Secret plan")
    await store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=0)
    await store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", 1)))
    await store.commit(notes("r", 1, 2, blobs=blobs(b"secret")))
    await store.save_fold("r", fold(4))
    await purge(store, "r", 3)
    (tombstone,) = await store.read(0, 10)
    assert (tombstone.position, tombstone.version, tombstone.run_id) == (5, 4, "r")
    assert await store.blob(sha256(b"secret")) is None
    assert await store.fold("r") is None
    assert await store.claimed() == []
    assert names(await store.runs(owner=None, limit=10)) == []
    assert names(await store.runs(owner=None, limit=10, search="secret")) == []
    assert await store.owner("r") == "ada"


async def test_a_deleted_runs_versions_go_on(store: Store) -> None:
    await store.commit(notes("r", 0, 3))
    await purge(store, "r", 3)
    (entry,) = await store.commit(notes("r", 4))
    assert (entry.position, entry.version) == (5, 5)


async def test_deleting_one_run_leaves_the_others_alone(store: Store) -> None:
    await start(store, "a", job("a"))
    await start(store, "b", job("b"))
    await store.commit(notes("a", 1, blobs=blobs(b"of a", b"shared")))
    await store.commit(notes("b", 1, blobs=blobs(b"of b", b"shared")))
    await store.save_fold("b", fold(2))
    await purge(store, "a", 2)
    assert [entry.run_id for entry in await store.read(0, 10)] == ["b", "b", "a"]
    assert await store.blob(sha256(b"of a")) is None
    assert await store.blob(sha256(b"of b")) == b"of b"
    assert await store.blob(sha256(b"shared")) == b"shared"
    assert await store.fold("b") == fold(2)
    claims = await store.claim("w", capabilities=ANYTHING, limit=10, lease_seconds=60)
    assert [claimed.job_id for claimed in claims.jobs] == ["b"]
    await purge(store, "b", 2)
    assert await store.blob(sha256(b"shared")) is None


async def test_a_job_of_a_deleted_run_is_held_by_nobody(store: Store) -> None:
    await start(store, "r", job("j"))
    await store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=60)
    deleting = notes("r", 1, summary=summary("r", status="deleted"), purge=True)
    streaming = Commit(events=(delta("r"),), run_id="r", fence=("j", 1))
    results = await asyncio.gather(
        store.commit(streaming), store.commit(deleting), store.commit(streaming), return_exceptions=True
    )
    assert [isinstance(result, StaleToken) for result in results] == [False, False, True]
    assert await store.renew({"j": 1}, 60) == {"j"}
    assert [entry.version for entry in await store.read(0, 10)] == [2]


async def test_a_fold_that_comes_too_late_does_not_bring_a_deleted_run_back(store: Store) -> None:
    await store.commit(notes("r", 0, 2))
    await purge(store, "r", 2)
    await store.save_fold("r", fold(2, b"secret"))
    assert await store.fold("r") is None


async def test_a_run_deleted_in_the_batch_that_began_it_is_gone(store: Store) -> None:
    await asyncio.gather(
        store.commit(notes("r", 0, 2, summary=summary("r"), search="secret", blobs=blobs(b"x"), jobs=(job("j"),))),
        store.commit(notes("r", 2, summary=summary("r", status="deleted"), purge=True)),
    )
    assert [entry.version for entry in await store.read(0, 10)] == [3]
    assert names(await store.runs(owner=None, limit=10)) == []
    assert await store.blob(sha256(b"x")) is None


async def test_what_comes_after_a_deletion_in_its_batch_stays(store: Store) -> None:
    await start(store, "r")
    await asyncio.gather(
        store.commit(notes("r", 1, blobs=blobs(b"before"), jobs=(job("before"),))),
        store.commit(notes("r", 2, purge=True)),
        store.commit(notes("r", 3, blobs=blobs(b"after"))),
        store.commit(notes("other", 0, blobs=blobs(b"other"))),
    )
    assert [entry.version for entry in await store.read(0, 10)] == [3, 4, 1]
    assert await store.blob(sha256(b"before")) is None
    assert await store.blob(sha256(b"after")) == b"after"
    assert await store.blob(sha256(b"other")) == b"other"


async def test_the_reply_to_a_deletion_is_kept(store: Store) -> None:
    await start(store, "r")
    await store.commit(notes("r", 1, purge=True, reply=reply("c")))
    stored = await store.reply("ada", "c")
    assert stored is not None
    assert stored.position == 2

"""What every store promises about jobs: claims, leases, tokens, and the ways back into the queue."""

from __future__ import annotations

import asyncio

import pytest

from botarmy.domain.commands import Requeue, Settle
from botarmy.domain.views import ViewState
from botarmy.ports import ClaimedJob, Claims, Commit, StaleToken, Store
from tests.contracts.samples import LONG_AGO, NEVER, delta, job, notes, start, summary


async def claim(
    store: Store, *capabilities: str, limit: int = 10, worker: str = "w", lease_seconds: float = 60
) -> Claims:
    return await store.claim(worker, capabilities=frozenset(capabilities), limit=limit, lease_seconds=lease_seconds)


def ids(jobs: Claims | list[ClaimedJob]) -> list[str]:
    return [job.job_id for job in (jobs.jobs if isinstance(jobs, Claims) else jobs)]


# --- Claiming ---------------------------------------------------------------------------------------------------


async def test_a_claimed_job_says_what_is_to_be_done(store: Store) -> None:
    await start(store, "r", job("j"))
    claims = await claim(store)
    assert claims.jobs == (ClaimedJob(job_id="j", run_id="r", step="analyst", phase="work", attempt=1, token=1),)


async def test_a_job_is_claimed_by_one_worker(store: Store) -> None:
    await start(store, "r", job("j"))
    claims = await asyncio.gather(*(claim(store, worker=f"w{at}") for at in range(20)))
    assert [ids(claimed) for claimed in claims if claimed.jobs] == [["j"]]


async def test_many_workers_share_many_jobs_without_claiming_one_twice(store: Store) -> None:
    await start(store, "r", *(job(f"j{at}") for at in range(100)))
    claims = await asyncio.gather(*(claim(store, worker=f"w{at}", limit=7) for at in range(20)))
    claimed = [job_id for some in claims for job_id in ids(some)]
    assert sorted(claimed) == sorted(f"j{at}" for at in range(100))


@pytest.mark.parametrize("limit", [0, 1, 2])
async def test_no_more_jobs_are_claimed_than_asked_for(store: Store, limit: int) -> None:
    await start(store, "r", job("a"), job("b"), job("c"))
    assert len((await claim(store, limit=limit)).jobs) == limit


async def test_jobs_are_claimed_in_the_order_they_were_queued(store: Store) -> None:
    await start(store, "a", job("z"), job("y"))
    await start(store, "b", job("x"))
    assert ids(await claim(store, limit=2)) == ["z", "y"]
    assert ids(await claim(store)) == ["x"]


async def test_a_higher_priority_goes_first(store: Store) -> None:
    await start(store, "r", job("low", priority=-1), job("usual"), job("high", priority=5), job("later"))
    assert ids(await claim(store)) == ["high", "usual", "later", "low"]


async def test_a_worker_gets_jobs_whose_requirements_it_covers(store: Store) -> None:
    await start(store, "r", job("gpu", requires=["gpu"]), job("both", requires=["gpu", "eu"]), job("any"))
    assert ids(await claim(store)) == ["any"]
    assert ids(await claim(store, "eu", "disk")) == []
    assert ids(await claim(store, "gpu")) == ["gpu"]
    assert ids(await claim(store, "disk", "eu", "gpu")) == ["both"]


async def test_a_requirement_is_a_whole_word(store: Store) -> None:
    await start(store, "r", job("odd", requires=['a","b']))
    assert ids(await claim(store, "a", "b")) == []
    assert ids(await claim(store, 'a","b')) == ["odd"]


@pytest.mark.parametrize("status", ["paused", "completed", "failed", "cancelled", "created"])
async def test_jobs_of_a_run_that_does_not_run_stay_in_the_queue(store: Store, status: ViewState) -> None:
    await start(store, "r", job("j"), status=status)
    claims = await claim(store)
    assert claims == Claims(jobs=(), next_in=None)
    await store.commit(notes("r", 1, summary=summary("r")))
    assert ids(await claim(store)) == ["j"]


async def test_a_run_that_waits_for_a_person_goes_on_elsewhere(store: Store) -> None:
    await start(store, "r", job("j"), status="waiting")
    assert ids(await claim(store)) == ["j"]


async def test_a_job_is_not_claimed_before_its_time(store: Store) -> None:
    await start(store, "r", job("later", available_at=NEVER), job("now"))
    claims = await claim(store)
    assert ids(claims) == ["now"]
    assert claims.next_in is not None
    assert claims.next_in > 900 * 365 * 86_400


async def test_the_next_time_is_that_of_jobs_the_worker_could_take(store: Store) -> None:
    await start(store, "a", job("foreign", requires=["gpu"], available_at=NEVER))
    await start(store, "b", job("paused", available_at=NEVER), status="paused")
    assert (await claim(store)).next_in is None
    assert (await claim(store, "gpu")).next_in is not None


async def test_jobs_left_over_by_the_limit_can_be_claimed_at_once(store: Store) -> None:
    await start(store, "r", job("a"), job("b"))
    assert (await claim(store, limit=1)).next_in == 0


# --- Leases -----------------------------------------------------------------------------------------------------


async def test_a_lease_that_lasts_is_not_expired(store: Store) -> None:
    await start(store, "r", job("j"))
    await claim(store)
    assert await store.expired(10) == []
    assert ids(await store.claimed()) == ["j"]


async def test_a_lease_of_no_length_has_expired(store: Store) -> None:
    await start(store, "r", job("j"), job("k"), job("held"))
    await claim(store, limit=2, lease_seconds=0)
    await claim(store)
    assert ids(await store.expired(10)) == ["j", "k"]
    assert len(await store.expired(1)) == 1
    assert ids(await store.claimed()) == ["j", "k", "held"]


async def test_an_expired_job_is_still_claimed_until_it_is_given_back(store: Store) -> None:
    await start(store, "r", job("j"))
    await claim(store, lease_seconds=0)
    assert ids(await claim(store)) == []
    await store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", 1)))


async def test_a_renewed_lease_lasts_from_now(store: Store) -> None:
    await start(store, "r", job("j"))
    await claim(store, lease_seconds=0)
    assert await store.renew({"j": 1}, 60) == frozenset()
    assert await store.expired(10) == []
    assert await store.renew({"j": 1}, 0) == frozenset()
    assert ids(await store.expired(10)) == ["j"]


async def test_renewing_names_the_jobs_that_are_lost(store: Store) -> None:
    await start(store, "r", job("held"), job("other token"), job("settled"), job("queued", requires=["x"]))
    await claim(store, lease_seconds=0)
    await store.commit(notes("r", 1, jobs=(Settle(job_id="settled", token=None, status="cancelled"),)))
    leases = {"held": 1, "other token": 7, "settled": 1, "queued": 0, "unknown": 1}
    assert await store.renew(leases, 60) == {"other token", "settled", "queued", "unknown"}
    assert ids(await store.expired(10)) == ["other token"]


async def test_renewing_nothing_loses_nothing(store: Store) -> None:
    assert await store.renew({}, 60) == frozenset()


# --- Back into the queue, and out of it -------------------------------------------------------------------------


async def test_a_job_taken_over_has_a_larger_token_and_refuses_the_old_worker(store: Store) -> None:
    await start(store, "r", job("j"))
    await claim(store, worker="old", lease_seconds=0)
    (lost,) = await store.expired(10)
    await store.commit(notes("r", 1, jobs=(Requeue(job_id="j", token=lost.token, available_at=LONG_AGO),)))
    (taken,) = (await claim(store, worker="new")).jobs
    assert taken.token == 2
    for late in (
        notes("r", 2, jobs=(Settle(job_id="j", token=1, status="completed"),)),
        notes("r", 2, fence=("j", 1)),
        Commit(events=(delta("r"),), run_id="r", fence=("j", 1)),
    ):
        with pytest.raises(StaleToken):
            await store.commit(late)
    assert await store.renew({"j": 1}, 60) == {"j"}
    assert await store.head() == 2
    await store.commit(notes("r", 2, jobs=(Settle(job_id="j", token=2, status="completed"),)))
    assert await store.claimed() == []


async def test_a_job_completes_once(store: Store) -> None:
    await start(store, "r", job("j"))
    await claim(store)
    settled = Settle(job_id="j", token=1, status="completed")
    results = await asyncio.gather(
        *(store.commit(Commit(events=(), run_id="r", jobs=(settled,))) for _ in range(10)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, StaleToken) for result in results) == 9
    assert ids(await claim(store)) == []


async def test_a_stale_token_leaves_nothing_behind(store: Store) -> None:
    await start(store, "r", job("j"))
    settled = Settle(job_id="j", token=1, status="completed")
    with pytest.raises(StaleToken):
        await store.commit(notes("r", 1, jobs=(job("next"), settled), summary=summary("r", status="failed")))
    assert ids(await claim(store)) == ["j"]
    assert await store.head() == 1


async def test_without_a_token_a_job_is_withdrawn_whoever_holds_it(store: Store) -> None:
    await start(store, "r", job("claimed"), job("queued", requires=["x"]))
    await claim(store)
    withdrawn = tuple(
        Settle(job_id=job_id, token=None, status="cancelled") for job_id in ("claimed", "queued", "unknown")
    )
    await store.commit(notes("r", 1, jobs=withdrawn))
    assert await store.claimed() == []
    assert ids(await claim(store, "x")) == []
    assert await store.renew({"claimed": 1}, 60) == {"claimed"}


async def test_a_job_put_back_without_a_token_is_taken_from_its_worker(store: Store) -> None:
    await start(store, "r", job("j"))
    await claim(store)
    await store.commit(notes("r", 1, jobs=(Requeue(job_id="j", token=None, available_at=LONG_AGO),)))
    assert await store.renew({"j": 1}, 60) == {"j"}
    (again,) = (await claim(store)).jobs
    assert again.token == 2


async def test_a_job_that_has_ended_is_not_brought_back(store: Store) -> None:
    await start(store, "r", job("j"))
    await claim(store)
    await store.commit(notes("r", 1, jobs=(Settle(job_id="j", token=1, status="completed"),)))
    await store.commit(notes("r", 2, jobs=(Requeue(job_id="j", token=None, available_at=LONG_AGO),)))
    assert ids(await claim(store)) == []


async def test_a_job_put_back_waits_for_its_time(store: Store) -> None:
    await start(store, "r", job("j"))
    await claim(store)
    await store.commit(notes("r", 1, jobs=(Requeue(job_id="j", token=1, available_at=NEVER),)))
    claims = await claim(store)
    assert claims.jobs == ()
    assert claims.next_in is not None


async def test_a_job_put_back_keeps_its_place_in_the_queue(store: Store) -> None:
    await start(store, "r", job("first"), job("second"))
    await claim(store, limit=1)
    await store.commit(notes("r", 1, jobs=(Requeue(job_id="first", token=1, available_at=LONG_AGO),)))
    assert ids(await claim(store)) == ["first", "second"]


async def test_changes_of_one_job_in_one_commit_apply_in_order(store: Store) -> None:
    changes = (
        job("j"),
        Settle(job_id="j", token=None, status="cancelled"),
        job("k"),
        Requeue(job_id="k", token=None, available_at=NEVER),
        Requeue(job_id="k", token=None, available_at=LONG_AGO),
    )
    await store.commit(notes("r", 0, summary=summary("r"), jobs=changes))
    assert ids(await claim(store)) == ["k"]

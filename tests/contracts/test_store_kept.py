"""What every store that keeps its data promises over its end, be it a close or a crash."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from botarmy.domain.commands import Settle
from botarmy.ports import Commit, Conflict, StaleToken, StoredFold
from tests.contracts.conftest import Open
from tests.contracts.samples import ANYTHING, blobs, delta, job, notes, reply, sha256, start

CHILD = Path(__file__).with_name("appending.py")


async def test_everything_is_there_after_reopening(open_kept_store: Open) -> None:
    store = await open_kept_store()
    await start(store, "r", job("j"), job("k"), title="A clock")
    (claimed, _) = (await store.claim("w", capabilities=ANYTHING, limit=2, lease_seconds=60)).jobs
    await store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", claimed.token)))
    settled = Settle(job_id="k", token=1, status="completed")
    await store.commit(notes("r", 1, jobs=(settled,), blobs=blobs(b"file"), reply=reply("c")))
    await store.save_fold("r", StoredFold(fold_version=1, position=3, body=b"state"))
    before = (
        store.epoch,
        await store.head(),
        await store.read(0, 10),
        await store.runs(owner=None, limit=10, search="clock"),
        await store.fold("r"),
        await store.blob(sha256(b"file")),
        await store.reply("ada", "c"),
        await store.claimed(),
        await store.owner("r"),
    )
    await store.close()
    store = await open_kept_store()
    after = (
        store.epoch,
        await store.head(),
        await store.read(0, 10),
        await store.runs(owner=None, limit=10, search="clock"),
        await store.fold("r"),
        await store.blob(sha256(b"file")),
        await store.reply("ada", "c"),
        await store.claimed(),
        await store.owner("r"),
    )
    await store.close()
    assert after == before


async def test_versions_positions_and_tokens_go_on_after_reopening(open_kept_store: Open) -> None:
    store = await open_kept_store()
    await start(store, "r", job("j"))
    await store.claim("w", capabilities=ANYTHING, limit=1, lease_seconds=60)
    await store.close()
    store = await open_kept_store()
    with pytest.raises(Conflict):
        await store.commit(notes("r", 0))
    with pytest.raises(StaleToken):
        await store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", 2)))
    await store.commit(Commit(events=(delta("r"),), run_id="r", fence=("j", 1)))
    (entry,) = await store.commit(notes("r", 1))
    (other,) = await store.commit(notes("another", 0))
    assert (entry.position, entry.version) == (3, 2)
    assert (other.position, other.version) == (4, 1)
    await store.close()


@pytest.mark.parametrize("answers", [0, 1, 7, 60, 250, 800])
async def test_a_process_killed_while_it_appends_loses_nothing_it_acknowledged(
    open_kept_store: Open, kept_at: str, answers: int
) -> None:
    """Each of the child's commits is of three events, with one blob; it prints a commit's first position."""
    acknowledged = await asyncio.to_thread(_append_until_killed, kept_at, answers)
    store = await open_kept_store()
    entries = await store.read(0, 1_000_000)
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    assert acknowledged <= {entry.position for entry in entries}
    versions: Counter[str | None] = Counter()
    for entry in entries:
        versions[entry.run_id] += 1
        assert entry.version == versions[entry.run_id]
    assert all(count % 3 == 0 for count in versions.values())
    for run_id, count in versions.items():
        assert await store.blob(sha256(f"{run_id} {count - 3}".encode())) is not None
        assert await store.blob(sha256(f"{run_id} {count}".encode())) is None
    (entry,) = await store.commit(notes("after", 0))
    assert entry.position == len(entries) + 1
    await store.close()


def _append_until_killed(place: str, answers: int) -> set[int]:
    """The positions that the child acknowledged, killed once it has printed so many of them."""
    with subprocess.Popen([sys.executable, CHILD, place], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        lines = [child.stdout.readline() for _ in range(answers + 1)]
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
    assert child.returncode == -signal.SIGKILL
    return {int(line) for line in lines if line.strip().isdigit() and line.endswith("\n")}

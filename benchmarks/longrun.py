"""Writes a run of many messages into an empty data folder, for what measures how it is shown.

    .venv/bin/python -m benchmarks.longrun --folder data --messages 10000

Prints the run's id. The agents take turns of 20 messages; no server may use the folder meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Final

from botarmy.bootstrap.system import SystemClock, new_id
from botarmy.bus.local import LocalBus
from botarmy.domain import commands as c
from botarmy.domain.users import LOCAL
from botarmy.ports import WorkerInfo
from botarmy.service import LocalHub, Service
from botarmy.store.sql import SqlStore
from botarmy.teams import load_teams

AT_ONCE: Final = 20
TEXT: Final = """\
**Message {number}** of many: the bill is read, split among {people} people, and every share is rounded to the cent.

- what is left over goes to the waiter
- nobody pays `{number}` cents more than another
"""


async def write(folder: Path, messages: int) -> str:
    clock = SystemClock()
    async with await SqlStore.open(folder / "botarmy.db", new_id=new_id) as store:
        service = Service(store, LocalBus(), clock, new_id, load_teams().by_name, "demo")
        hub = LocalHub(service, store, 3_600)
        reply = await service.command(LOCAL, new_id(), "start_run", {"brief": "A long story"})
        info = WorkerInfo(worker_id="writer", host="here", capabilities=frozenset(), concurrency=1)
        written = 0
        while written < messages // 5 * 5:
            for assignment in (await hub.claim(info, 1)).jobs:
                share = messages // 5
                for begin in range(0, share, AT_ONCE):
                    said = [_message(written + at, clock) for at in range(min(AT_ONCE, share - begin))]
                    await hub.report(assignment.job, said, {})
                    written += len(said)
                await hub.report(assignment.job, [c.WorkDone(summary="Said what there was to say.")], {})
        return str(reply.result["run_id"])


def _message(number: int, clock: SystemClock) -> c.MessageEnded:
    return c.MessageEnded(
        message_id=new_id(),
        text=TEXT.format(number=number, people=2 + number % 7),
        thinking="",
        finish="complete",
        started_at=clock.now(),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--messages", type=int, default=10_000)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    print(asyncio.run(write(given.folder, given.messages)))


if __name__ == "__main__":
    main()

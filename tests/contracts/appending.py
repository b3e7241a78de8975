"""A process that appends until it is killed, and prints the first position of each commit once it is acknowledged.

Usage: python appending.py <database>
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from botarmy.ports import Store
from botarmy.store.sql import SqlStore
from tests.contracts.samples import blobs, new_id, notes


async def append(store: Store, run_id: str) -> None:
    for version in range(0, 1_000_000, 3):
        entries = await store.commit(notes(run_id, version, 3, blobs=blobs(f"{run_id} {version}".encode())))
        sys.stdout.write(f"{entries[0].position}\n")
        sys.stdout.flush()


async def main(database: str) -> None:
    store = await SqlStore.open(database, new_id=new_id)
    sys.stdout.write("opened\n")
    sys.stdout.flush()
    await asyncio.gather(*(append(store, f"run {at}") for at in range(16)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

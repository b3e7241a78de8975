"""Storms over real sockets, some at a time on each server: `.venv/bin/python -m tests.chaos.sockets --count 200`.

One that fails is printed; the command with its seed plays it again, with whoever was beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.gale import Broken, batch
from tests.chaos.storm import storm


async def play(first: int, count: int, together: int, folder: Path) -> Counter[str]:
    happened: Counter[str] = Counter()
    for seed in range(first, first + count, together):
        seeds = range(seed, min(seed + together, first + count))
        happened += await batch([storm(one) for one in seeds], folder / f"from-{seed}")
        print(f"{seeds.stop - first} storms", flush=True)
    return happened


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=200, help="how many")
    asked.add_argument("--seed", type=int, default=1, help="the first of them")
    asked.add_argument("--together", type=int, default=10, help="how many on one server")
    given = asked.parse_args()
    began = time.monotonic()
    with TemporaryDirectory(prefix="botarmy-chaos-") as folder:
        try:
            happened = asyncio.run(play(given.seed, given.count, given.together, Path(folder)))
        except Broken as failure:
            print("".join(traceback.format_exception(failure.__cause__)) + f"\n{failure}")
            return 1
    for name, times in sorted(happened.items()):
        print(f"{times:12,} {name}")
    print(f"All {given.count:,} storms ended well, in {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

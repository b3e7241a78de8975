"""Many schedules, on all cores: `.venv/bin/python -m tests.chaos.schedules --count 10000`.

One that fails is printed with the command that plays it again, and the rest is left.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections import Counter
from multiprocessing import Pool

from tests.chaos.play import Failed, play
from tests.chaos.schedule import schedule

AT_ONCE = 20


def played(seed: int) -> Counter[str] | str:
    """What happened; or, of one that failed, why, in words."""
    try:
        return play(schedule(seed))
    except Failed as failure:
        return "".join(traceback.format_exception(failure.__cause__)) + f"\n{failure}"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=10_000, help="how many")
    asked.add_argument("--first", type=int, default=1, help="the first of them")
    asked.add_argument("--seed", type=int, help="this one alone")
    asked.add_argument("--processes", type=int, default=os.cpu_count())
    given = asked.parse_args()
    seeds = range(given.first, given.first + given.count) if given.seed is None else range(given.seed, given.seed + 1)
    happened: Counter[str] = Counter()
    began = time.monotonic()
    with Pool(given.processes) as pool:
        for number, outcome in enumerate(pool.imap(played, seeds, AT_ONCE), 1):
            if isinstance(outcome, str):
                print(outcome)
                return 1
            happened += outcome
            if number % 1_000 == 0:
                print(f"{number} schedules, {time.monotonic() - began:.0f} s", flush=True)
    for name, times in sorted(happened.items()):
        print(f"{times:12,} {name}")
    print(f"All {len(seeds):,} schedules ended well, in {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

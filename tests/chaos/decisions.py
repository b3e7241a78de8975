"""Many schedules of people, workers and kills, on all cores: `.venv/bin/python -m tests.chaos.decisions --count 10000`.

Hypothesis makes them up. One that fails is made as short as it can be, and printed; the rest is left.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections import Counter
from functools import partial
from multiprocessing import Pool

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.people import PeopleMachine, happened

AT_ONCE = 100
STEPS = 50
"""Of a schedule, at most."""


def played(first: int, count: int = AT_ONCE) -> Counter[str] | str:
    """What happened in so many schedules; or, where one failed, how."""
    happened.clear()

    @seed(first)
    class Seeded(PeopleMachine):
        """These schedules, and no others."""

    made = settings(
        max_examples=count,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    try:
        run_state_machine_as_test(Seeded, settings=made)
    except Exception as failure:
        return "".join(traceback.format_exception(failure))
    return Counter(happened)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=10_000, help="how many")
    asked.add_argument("--first", type=int, default=1, help="the seed of the first hundred")
    asked.add_argument("--processes", type=int, default=os.cpu_count())
    given = asked.parse_args()
    began = time.monotonic()
    total: Counter[str] = Counter()
    seeds = range(given.first, given.first + -(-given.count // AT_ONCE))
    with Pool(given.processes) as pool:
        for done, what in enumerate(pool.imap_unordered(partial(played, count=AT_ONCE), seeds), 1):
            if isinstance(what, str):
                print(what)
                return 1
            total += what
            print(f"{done * AT_ONCE} schedules, {time.monotonic() - began:.0f} s", end="\r", flush=True)
    print(f"{len(seeds) * AT_ONCE} schedules of up to {STEPS} steps, {time.monotonic() - began:.0f} s: all ended well")
    for name, times in total.most_common():
        print(f"{times:>9,}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

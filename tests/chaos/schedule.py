"""Schedules: what happens to a server and three clients, one thing after another, told by a seed alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from botarmy.gateway import Limits

Action: TypeAlias = tuple[object, ...]
"""A name, and its arguments: a method of `play.Play`."""
Maker: TypeAlias = Callable[[random.Random], Action]

CLIENTS = 3
RUNS = ("r1", "r2", "r3", "r4", "r5")
TOPICS = ("runs", "jobs", "workers", "log", *(f"run:{run}" for run in RUNS), "run:none")


@dataclass(frozen=True)
class Schedule:
    seed: int
    limits: Limits
    ring: int
    """How many entries of the log the server holds in memory."""
    windows: tuple[int | None, ...]
    """How many frames fit on the way to each client; None: any number."""
    actions: tuple[Action, ...]

    def __str__(self) -> str:
        bounds = f"behind={self.limits.behind} events_count={self.limits.events_count} ring={self.ring}"
        lines = (f"{number:4} {' '.join(map(str, action))}" for number, action in enumerate(self.actions))
        return "\n".join([f"seed {self.seed}: {bounds} events_bytes={self.limits.events_bytes} "
                          f"windows={self.windows}", *lines])  # fmt: skip


def schedule(seed: int) -> Schedule:
    chance = random.Random(seed)
    limits = Limits(
        behind=chance.choice([8, 30, 100]),
        events_count=chance.choice([1, 3, 7, 50]),
        events_bytes=chance.choice([500, 4_000, 100_000]),
        pause_seconds=chance.choice([0.0, 0.04]),
    )
    weights = {maker: weight * chance.choice([0, 1, 1, 3]) for maker, weight in FAULTS.items()}
    makers = [*ORDINARY, *weights]
    chances = [*ORDINARY.values(), *weights.values()]
    actions = [maker(chance) for maker in chance.choices(makers, chances, k=chance.randint(50, 110))]
    return Schedule(
        seed=seed,
        limits=limits,
        ring=chance.choice([5, 20, 200]),
        windows=tuple(chance.choice([None, None, 1, 3]) for _ in range(CLIENTS)),
        actions=tuple(actions),
    )


def _who(chance: random.Random) -> int:
    return chance.randrange(CLIENTS)


def _topics(chance: random.Random) -> tuple[str, ...]:
    return tuple(chance.sample(TOPICS, chance.randint(1, 4)))


def _some(chance: random.Random) -> int:
    """How many frames of those on their way still arrive."""
    return chance.choice([0, 0, 1, 2, 3, 1_000])


# --- What is written to the log, and what clients do of themselves -----------------------------------------------

ORDINARY: dict[Maker, float] = {
    lambda c: ("beat", c.randint(1, 3)): 18,
    lambda c: ("write", c.choice(RUNS), c.randint(1, 25)): 8,
    lambda c: ("finish", c.choice(RUNS)): 4,
    lambda c: ("note", c.choice(RUNS)): 5,
    lambda c: ("status", c.choice(RUNS), c.choice(["running", "paused"])): 2,
    lambda c: ("step", c.choice(RUNS), c.choice(["started", "waiting", "completed"])): 2,
    lambda c: ("request", c.choice(RUNS)): 2,
    lambda c: ("job", c.choice(RUNS), c.randint(0, 5), c.choice(["queued", "claimed", "completed", "failed"])): 4,
    lambda c: ("worker", c.choice(["w1", "w2"]), c.choice(["registered", "busy", "gone"])): 2,
    lambda c: ("connect", _who(c), _topics(c), c.choices(["cursor", "nowhere"], [5, 1])[0]): 14,
    lambda c: ("read", _who(c), c.choice([1, 2, 5, 1_000])): 24,
    lambda c: ("wait", c.choice([0.001, 0.01, 0.05, 0.5])): 6,
    lambda c: ("command", _who(c), c.choice(RUNS)): 1,
}

# --- What goes wrong ---------------------------------------------------------------------------------------------

FAULTS: dict[Maker, float] = {
    lambda c: ("cut", _who(c), _some(c), _some(c)): 4,
    lambda c: ("leave", _who(c), _some(c)): 2,
    lambda c: ("freeze", _who(c)): 2,
    lambda c: ("thaw", _who(c)): 2,
    lambda c: ("stop_reading", _who(c)): 2,
    lambda c: ("read_on", _who(c)): 2,
    lambda c: ("double", _who(c)): 2,
    lambda c: ("remember", _who(c)): 2,
    lambda c: ("come_back", _who(c), c.choice(["memory", "memory", "future", "foreign"])): 3,
    lambda c: ("hints", c.choice(["sent", "sent", "lost", "doubled", "late"])): 3,
    lambda c: ("store", c.choice([True, True, False])): 2,
    lambda c: ("kill", _some(c), _some(c)): 1.5,
    lambda _: ("start",): 4,
    lambda _: ("drain",): 0.7,
    lambda c: ("restore", c.random()): 0.3,
    lambda _: ("compact",): 4,
    lambda c: ("delete", c.choice(RUNS), c.choice([True, False])): 1,
    lambda c: ("subscribe", _who(c), _topics(c)): 4,
    lambda c: ("unsubscribe", _who(c), _topics(c)): 3,
    lambda c: ("choose", _who(c), c.choice(["all", "notes", "analyst", "nothing"])): 2,
    lambda c: ("wait", c.choice([3.0, 9.0, 12.0])): 2,
}

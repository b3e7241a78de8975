"""Storms: what happens to one client's way to a real server, and when, told by a seed alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.chaos.proxy import READ_BYTES, Weather

Fault: TypeAlias = tuple[object, ...]
"""A name, and its arguments: a method of `gale.Gale`."""
FAULTS_EACH: Final = (5, 11)
PAUSE_SECONDS: Final = (0.1, 1.2)


@dataclass(frozen=True)
class Storm:
    seed: int
    faults: tuple[tuple[float, Fault], ...]
    """Each after so many seconds."""

    def __str__(self) -> str:
        lines = (f"  after {pause:.2f} s: {' '.join(map(str, fault))}" for pause, fault in self.faults)
        return "\n".join([f"seed {self.seed}", *lines])


def storm(seed: int) -> Storm:
    chance = random.Random(seed)
    makers = chance.choices(list(FAULTS), list(FAULTS.values()), k=chance.randint(*FAULTS_EACH))
    return Storm(seed, tuple((chance.uniform(*PAUSE_SECONDS), make(chance)) for make in makers))


def _way(chance: random.Random) -> str:
    return chance.choice(["to client", "to client", "to server"])


FAULTS: Final[dict[Callable[[random.Random], Fault], float]] = {
    lambda c: ("cut", _way(c), c.choice([0, 1, 2, 3, c.randint(4, 300), c.randint(300, 20_000)])): 6,
    lambda _: ("vanish",): 1.5,
    lambda c: ("freeze", c.choice([0.1, 0.5, 1.0, 3.0])): 2,
    lambda c: ("refuse", c.choice([0.2, 1.0])): 1,
    lambda _: ("double",): 2,
    lambda _: ("second",): 1,
    lambda _: ("note",): 2,
    lambda c: ("weather", Weather(chunk=c.choice([1, 2, 7, 100]))): 2,
    lambda c: ("weather", Weather(chunk=READ_BYTES, delay=c.choice([0.01, 0.05, 0.2]))): 2,
    lambda c: ("weather", Weather(chunk=500, rate=c.choice([3_000.0, 20_000.0]))): 1,
    lambda _: ("weather", Weather()): 2,
}

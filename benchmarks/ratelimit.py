"""How well the rate limiter uses a provider key that many runs share, and what it costs a call.

Usage: python -m benchmarks.ratelimit [--hours 4] [--seed 1]

Runs call a model again and again for hours of virtual time; the provider's side is counted from the recorded calls
alone, each way that providers count. Then the time that `admit` and `correct` take where nobody waits.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import random
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from botarmy.llm.allowance import MINUTE, SLACK, Limits
from botarmy.llm.ratelimit import Grant, RateLimiter
from tests.gateway.virtual import VirtualLoop

HOUR: Final = 3_600.0
WARM_UP: Final = 2 * MINUTE
"""Left out of what is said about use: the first burst finds a key that nobody has used."""
PIECES: Final = 20
"""In so many pieces an answer is written."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What the runs ask for. Sizes are log-normal: median and spread, tokens."""

    name: str
    prompt: tuple[int, float]
    answer: tuple[int, float]
    max_answer: int
    large: float = 0.0
    """The share of calls with a prompt of ten times the size."""
    surprises: float = 0.0
    """The share of calls that use half as much again as was reserved."""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Draft:
    """One call as chance has it."""

    reserved: int
    input_tokens: int
    output_tokens: int
    under_way: float
    """Seconds until it arrives at the provider."""
    seconds: float
    """From its admission to its end."""
    end: str
    """`answered`, `lost` (nobody learns what it used) or `unsent`."""


@dataclass(frozen=True, slots=True)
class Call:
    """What happened, at the virtual second."""

    run: str
    draft: Draft
    asked: float
    admitted: float

    @property
    def arrived(self) -> float:
        return self.admitted + self.draft.under_way

    @property
    def ended(self) -> float:
        return self.admitted + self.draft.seconds

    @property
    def tokens(self) -> int:
        return self.draft.input_tokens + self.draft.output_tokens


REQUESTS_BIND: Final = Workload("requests bind", prompt=(600, 0.4), answer=(200, 0.5), max_answer=500)
TOKENS_BIND: Final = Workload("tokens bind", prompt=(2_500, 0.5), answer=(700, 0.6), max_answer=2_000)
LARGE_ONES: Final = Workload(
    "tokens bind, some large", prompt=(1_500, 0.4), answer=(700, 0.6), max_answer=2_000, large=0.1
)
SURPRISES: Final = Workload(
    "tokens bind, some lie", prompt=(2_500, 0.5), answer=(700, 0.6), max_answer=2_000, surprises=0.1
)
LONG_ANSWERS: Final = Workload("long answers", prompt=(1_500, 0.5), answer=(1_500, 0.6), max_answer=4_000)
WORKLOADS: Final = (REQUESTS_BIND, TOKENS_BIND, LARGE_ONES, SURPRISES, LONG_ANSWERS)


def draw(workload: Workload, chance: random.Random) -> Draft:
    median, spread = workload.prompt
    size = 10 if chance.random() < workload.large else 1
    prompt = min(round(size * median * chance.lognormvariate(0, spread)), workload.limits.tokens // 2)
    median, spread = workload.answer
    answer = min(round(median * chance.lognormvariate(0, spread)), workload.max_answer)
    reserved = round(prompt * chance.uniform(1.0, 1.15)) + workload.max_answer
    if chance.random() < workload.surprises:
        answer = round(1.5 * reserved) - prompt
    end = chance.choices(("answered", "lost", "unsent"), (96, 3, 1))[0]
    if end == "unsent":
        prompt = answer = 0
    writing = chance.uniform(0.5, 2.0) + answer / chance.uniform(40, 90)
    under_way = chance.uniform(0, SLACK)
    return Draft(reserved, prompt, answer, under_way, under_way + writing, end)


async def nothing(seconds: float) -> None:
    """What a waiting call is told, to nobody."""


async def work(run: str, workload: Workload, limiter: RateLimiter, calls: list[Call], seed: str) -> None:
    loop, chance = asyncio.get_running_loop(), random.Random(seed)
    while True:
        draft = draw(workload, chance)
        asked = loop.time()
        grant = await limiter.admit(run, draft.reserved, nothing)
        calls.append(Call(run, draft, asked, loop.time()))
        await asyncio.sleep(draft.seconds)
        settle(grant, draft)
        await asyncio.sleep(chance.uniform(0, 3))


def settle(grant: Grant, draft: Draft) -> None:
    if draft.end == "unsent":
        grant.release()
    elif draft.end == "lost":
        grant.keep()
    else:
        grant.correct(draft.input_tokens, draft.output_tokens)


def simulate(workload: Workload, *, hours: float = 1.0, runs: int = 50, seed: int = 1) -> list[Call]:
    """All calls that were admitted, in order."""

    async def play() -> list[Call]:
        calls: list[Call] = []
        limiter = RateLimiter(workload.limits, asyncio.get_running_loop())
        tasks = [
            asyncio.create_task(work(f"run {number}", workload, limiter, calls, f"{seed}.{number}"))
            for number in range(runs)
        ]
        await asyncio.sleep(WARM_UP + hours * HOUR)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return calls

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(play())


def peak(counts: Iterable[tuple[float, int]]) -> int:
    """The most that any window of a minute holds; `counts` are (second, amount)."""
    inside: deque[tuple[float, int]] = deque()
    most = total = 0
    for moment, amount in sorted(counts):
        inside.append((moment, amount))
        total += amount
        while inside[0][0] <= moment - MINUTE:
            total -= inside.popleft()[1]
        most = max(most, total)
    return most


def as_written(call: Call) -> list[tuple[float, int]]:
    """A prompt counts when it arrives, an answer piece by piece."""
    share, rest = divmod(call.draft.output_tokens, PIECES)
    step = (call.ended - call.arrived) / PIECES
    pieces = [(call.arrived + step * (piece + 1), share + (piece < rest)) for piece in range(PIECES)]
    return [(call.arrived, call.draft.input_tokens), *pieces]


def token_peaks(calls: list[Call]) -> Mapping[str, int]:
    """The most tokens in any minute, by when a provider counts those of a call."""
    return {
        "all when admitted": peak((call.admitted, call.tokens) for call in calls),
        "all on arrival": peak((call.arrived, call.tokens) for call in calls),
        "answer as written": peak(count for call in calls for count in as_written(call)),
        "answer at its end": peak(
            count
            for call in calls
            for count in ((call.arrived, call.draft.input_tokens), (call.ended, call.draft.output_tokens))
        ),
    }


def request_peaks(calls: list[Call]) -> Mapping[str, int]:
    sent = [call for call in calls if call.draft.end != "unsent"]
    return {
        "when admitted": peak((call.admitted, 1) for call in sent),
        "on arrival": peak((call.arrived, 1) for call in sent),
    }


def waste(used: int, limit: int, seconds: float) -> float:
    """The share of the limit that nobody used."""
    return 1 - used / (limit * seconds / MINUTE)


def jain(values: Iterable[float]) -> float:
    """Jain's index of fairness: 1 where all have the same, 1/n where one has all."""
    shares = list(values)
    return sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares))


@dataclass(frozen=True, slots=True)
class Figures:
    calls: int
    wasted_requests: float
    wasted_tokens: float
    request_peaks: Mapping[str, int]
    token_peaks: Mapping[str, int]
    at_the_end: int
    """The most tokens in any minute where a provider counts prompt and answer at the end of a call. Not promised."""
    longest_wait: float
    round: float
    """Seconds in which as many calls are admitted as there are runs: the wait of a fair share."""
    fairness: float


def measure(calls: list[Call], limits: Limits, *, hours: float) -> Figures:
    steady = [call for call in calls if call.admitted >= WARM_UP and call.draft.end != "unsent"]
    seconds = hours * HOUR
    runs = Counter(call.run for call in steady)
    return Figures(
        calls=len(calls),
        wasted_requests=waste(len(steady), limits.requests, seconds),
        wasted_tokens=waste(sum(call.tokens for call in steady), limits.tokens, seconds),
        request_peaks=request_peaks(calls),
        token_peaks=token_peaks(calls),
        at_the_end=peak((call.ended, call.tokens) for call in calls),
        longest_wait=max(call.admitted - call.asked for call in calls),
        round=len(runs) * seconds / len(steady),
        fairness=jain(runs.values()),
    )


def overhead(rounds: int = 9_999) -> tuple[float, float]:
    """Microseconds of `admit` and `correct` together where nobody waits: median and 99th percentile."""

    async def run() -> list[float]:
        limiter = RateLimiter(Limits(requests=rounds, tokens=1_500 * rounds), asyncio.get_running_loop())
        taken: list[float] = []
        for _ in range(rounds):
            begun = time.perf_counter()
            grant = await limiter.admit("run", 1_500, nothing)
            grant.correct(800, 300)
            taken.append((time.perf_counter() - begun) * 1e6)
        return sorted(taken)

    taken = asyncio.run(run())
    return taken[len(taken) // 2], taken[len(taken) * 99 // 100]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=4.0, help="of virtual time (default: 4)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    for workload in WORKLOADS:
        begun = time.perf_counter()
        calls = simulate(workload, hours=options.hours, seed=options.seed)
        figures = measure(calls, workload.limits, hours=options.hours)
        seconds = time.perf_counter() - begun
        limits = workload.limits
        print(f"\n{workload.name}: 50 runs, {options.hours:g} h, {figures.calls} calls (simulated in {seconds:.1f} s)")
        print(f"  not used: {figures.wasted_requests:6.1%} of the requests, {figures.wasted_tokens:6.1%} of the tokens")
        for how, most in figures.request_peaks.items():
            print(f"  most requests in any minute, counted {how:18} {most:7} of {limits.requests}")
        for how, most in figures.token_peaks.items():
            print(f"  most tokens in any minute, counted {how:20} {most:7} of {limits.tokens}")
        print(f"  most tokens in any minute, counted {'all at the end':20} {figures.at_the_end:7} (not promised)")
        print(f"  longest wait {figures.longest_wait:.0f} s, a fair round {figures.round:.0f} s", end="; ")
        print(f"Jain's index of calls by run {figures.fairness:.4f}")
    median, slow = overhead()
    print(f"\nadmit + correct where nobody waits: median {median:.1f} µs, 99th percentile {slow:.1f} µs")


if __name__ == "__main__":
    main()

"""What it costs to show one run to a thousand people, beside what others take for it.

    .venv/bin/python -m benchmarks.fanout one peers spread idle storm far slow

The server is pinned to one core and this process, its clients, to another. Prints tables; judges nothing.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.crowd import Crowd, Member, allow_sockets, hello

SERVER_CORE: Final = 0
CLIENT_CORE: Final = 1
ROUNDS: Final = 5
"""Of what is noisy."""


class Server:
    """A server process of `fanout_servers.py`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.known: Mapping[str, Any] = self._hear()
        self.port = int(self.known["port"])
        self.runs: list[str] = self.known.get("runs", [])

    def tell(self, **order: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def _hear(self) -> Mapping[str, Any]:
        assert self._process.stdout is not None
        answer: Mapping[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def ask(self, **order: object) -> Mapping[str, Any]:
        self.tell(**order)
        return self._hear()

    def ask_while(self, crowd: Crowd, **order: object) -> Mapping[str, Any]:
        """Ask, and let the crowd listen until the answer comes."""
        self.tell(**order)
        return self.heard_while(crowd)

    def heard_while(self, crowd: Crowd) -> Mapping[str, Any]:
        answers: list[Mapping[str, Any]] = []
        waiting = threading.Thread(target=lambda: answers.append(self._hear()))
        waiting.start()
        while waiting.is_alive():
            crowd.listen(0.2)
        return answers[0]

    @property
    def pid(self) -> int:
        return self._process.pid


@contextmanager
def serving(kind: str, *, folder: Path | None = None, runs: int = 1) -> Iterator[Server]:
    command = [sys.executable, "-m", "benchmarks.fanout_servers", kind, "--runs", str(runs)]
    command += ["--folder", str(folder)] if folder else []
    process = subprocess.Popen(
        ["taskset", "-c", str(SERVER_CORE), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get("SHOW") else subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Server(process)
    finally:
        process.terminate()
        process.wait(30)


def quantiles(values: list[float]) -> tuple[float, float, float]:
    """p50, p99 and the worst, in milliseconds; nan where there are none."""
    ranked = sorted(values)
    if not ranked:
        return (float("nan"),) * 3
    return ranked[len(ranked) // 2] * 1000, ranked[len(ranked) * 99 // 100] * 1000, ranked[-1] * 1000


def waits(crowd: Crowd, result: Mapping[str, Any]) -> tuple[list[float], list[float]]:
    """Seconds from making a frame to having it, and from each event's commit to having it."""
    committed = {int(position): when for position, when in result["committed"].items()}
    built = {int(position): when for position, when in result["built"].items()}
    from_flush, from_commit = [], []
    for begin, end, when in crowd.arrived:
        if end in built:
            from_flush.append(when - built[end])
        from_commit.extend(when - committed[at] for at in range(begin + 1, end + 1) if at in committed)
    return from_flush, from_commit


def row(name: str, crowd: Crowd, result: Mapping[str, Any], expected: int) -> str:
    from_flush, from_commit = waits(crowd, result)
    flush, commit = quantiles(from_flush), quantiles(from_commit)
    return (
        f"| {name} | {result['core']:.2f} | {len(crowd.arrived) / result['seconds']:,.0f} | "
        f"{flush[0]:.1f} | {flush[1]:.1f} | {commit[0]:.1f} | {commit[1]:.1f} | "
        f"{expected - len(from_commit)} |"
    )


HEAD: Final = (
    "| | server, cores | frames/s | flush→client p50 ms | p99 | commit→client p50 ms | p99 | missing |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def delivered(server: Server, crowd: Crowd, rate: float, seconds: float) -> Mapping[str, Any]:
    crowd.noting = len(crowd.members)
    result = server.ask_while(crowd, do="write", rate=rate, seconds=seconds)
    crowd.listen(0.5)
    return result


def on_topics(server: Server, count: int) -> Crowd:
    """So many clients, spread over the server's runs."""
    runs = server.runs
    crowd = Crowd(
        server.port,
        first_words=lambda number: hello([f"run:{runs[number % len(runs)]}"]),
        all_selected=len(runs) == 1,
    )
    crowd.join(count)
    crowd.listen(0.5)
    return crowd


def one(clients: int, seconds: float) -> None:
    """All on one run, at 250 events a second: with a database file, and with one in memory; and what writing takes."""
    asked = []
    print(HEAD)
    for name, kept, count in (
        ("BotArmy, each event synced to disk", True, clients),
        ("BotArmy, database in memory", False, clients),
        ("the same with one client: what writing takes", False, 1),
    ):
        database = tempfile.TemporaryDirectory()
        with database as folder, serving("ours", folder=Path(folder) if kept else None) as server:
            crowd = on_topics(server, count)
            result = delivered(server, crowd, 250, seconds)
            print(row(name, crowd, result, count * len(result["committed"])), flush=True)
            asking = Probe(server.port)
            delivered(server, crowd, 250, seconds)
            asked.append(f"{name}, while it is asked: {asking.stop()}")
            crowd.close()
    print("", *asked, sep="\n")


def peers(clients: int, seconds: float) -> None:
    print(HEAD)
    for kind in ("websockets", "fastapi", "socketio"):
        with serving(kind) as server:
            if kind == "socketio":
                path = "/socket.io/?EIO=4&transport=websocket"
                crowd = Crowd(server.port, path, first_words=lambda _: "40", welcome=b"40", beat=None, pong=True)
            else:
                crowd = Crowd(server.port, beat=None)
            crowd.join(clients)
            crowd.listen(0.5)
            result = delivered(server, crowd, 250, seconds)
            sent = max(map(int, result["built"]), default=0)
            print(row(kind, crowd, result, clients * sent), flush=True)
            crowd.close()


def spread(clients: int, seconds: float) -> None:
    """Five clients on each of 200 runs."""
    print(HEAD)
    with tempfile.TemporaryDirectory() as folder, serving("ours", folder=Path(folder), runs=200) as server:
        crowd = on_topics(server, clients)
        result = delivered(server, crowd, 250, seconds)
        expected = len(result["committed"]) * clients // 200
        print(row("200 runs", crowd, result, expected), flush=True)
        crowd.close()


def idle(_: int, seconds: float) -> None:
    with serving("ours") as server:
        warm = on_topics(server, 200)
        before = server.ask(do="memory")["bytes"]
        crowd = on_topics(server, 10_000)
        after = server.ask(do="memory")["bytes"]
        warm.close()
        crowd.noting = 10_000
        result = server.ask_while(crowd, do="write", rate=1, seconds=max(20, seconds))
        crowd.listen(1)
        from_commit = quantiles(waits(crowd, result)[1])
        print(
            f"10,000 idle connections: {(after - before) / 10_000 / 1024:.1f} KB each, "
            f"{result['core']:.2f} core with one event a second, commit→client p50 {from_commit[0]:.0f} ms, "
            f"p99 {from_commit[1]:.0f} ms, {crowd.lost} lost",
            flush=True,
        )
        crowd.close()


class Probe:
    """Another process, which asks something over HTTP twenty times a second and notes how long it took."""

    def __init__(self, port: int) -> None:
        command = [sys.executable, "-m", "benchmarks.fanout", "--probe", str(port)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def stop(self) -> str:
        answer, _ = self._process.communicate("over\n", timeout=30)
        return "HTTP p50 {:.1f} ms, p99 {:.1f} ms, worst {:.1f} ms ({} requests)".format(*json.loads(answer))


def probe(port: int) -> None:
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    over, seconds = threading.Event(), list[float]()
    threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while not over.wait(0.05):
        begun = time.monotonic()
        connection.request("GET", "/runs")
        connection.getresponse().read()
        seconds.append(time.monotonic() - begun)
    print(json.dumps([*quantiles(seconds), len(seconds)]))


def storm(_: int, seconds: float) -> None:
    """5,000 clients come back at once, each 500 events behind, while 100 others follow the run live."""
    with tempfile.TemporaryDirectory() as folder, serving("ours", folder=Path(folder)) as server:
        held = server.ask(do="fill", count=0)["head"]
        missed = server.ask(do="fill", count=500)["head"]
        topics, resume = [f"run:{server.runs[0]}"], (str(server.known["epoch"]), int(held))
        crowd = Crowd(server.port, first_words=lambda number: hello(topics, None if number < 100 else resume))
        crowd.join(100)
        crowd.noting = 100
        asking = Probe(server.port)
        crowd.listen(1)
        server.tell(do="write", rate=20, seconds=max(20, seconds))
        begun = time.monotonic()
        crowd.join(5_000)
        while min(member.cursor for member in crowd.members[100:]) < missed:
            crowd.listen(0.01)
        took = time.monotonic() - begun
        asked = asking.stop()
        result = server.heard_while(crowd)
        crowd.listen(0.5)
        live = quantiles(waits(crowd, result)[1])
        print(
            f"5,000 clients, 500 events behind each: all there after {took:.1f} s; 100 live ones meanwhile "
            f"commit→client p50 {live[0]:.0f} ms, p99 {live[1]:.0f} ms; {asked}; {crowd.lost} lost",
            flush=True,
        )
        crowd.close()


def far(_: int, __: float) -> None:
    """One client comes back 100,000 events behind: most of them have to be read from the database."""
    with tempfile.TemporaryDirectory() as folder, serving("ours", folder=Path(folder)) as server:
        held = server.ask(do="fill", count=0)["head"]
        head = server.ask(do="fill", count=100_000)["head"]
        words = hello([f"run:{server.runs[0]}"], (str(server.known["epoch"]), int(held)))
        crowd = Crowd(server.port, first_words=lambda _: words)
        asking = Probe(server.port)
        time.sleep(1)
        begun = time.monotonic()
        crowd.join(1)
        while crowd.members[0].cursor < head:
            crowd.turn(0.1)
        took = time.monotonic() - begun
        print(f"100,000 missed events: there after {took:.1f} s; {asking.stop()}", flush=True)
        crowd.close()


def slow(clients: int, seconds: float) -> None:
    """One in twenty stops reading: what do the others notice? Five times; then the silent ones come back."""
    ratios, growth, back = [], [], []
    for _ in range(ROUNDS):
        with serving("ours") as server:
            crowd = on_topics(server, clients)
            before = server.ask(do="memory")["bytes"]
            deaf = crowd.members[-(clients // 20) :]
            figures = []
            for some in ([], deaf):
                crowd.deaf(some)
                crowd.arrived.clear()
                crowd.noting = clients - len(deaf)
                result = server.ask_while(crowd, do="write", rate=250, seconds=seconds)
                crowd.listen(0.5)
                figures.append(quantiles(waits(crowd, result)[1])[1])
            growth.append((server.ask(do="memory")["bytes"] - before) / 1e6)
            ratios.append(figures[1] / figures[0])
            back.append(returned(server, deaf, max(map(int, result["committed"]))))
            print(f"p99 of the others {figures[0]:.1f} → {figures[1]:.1f} ms", flush=True)
            crowd.close()
    print(
        f"{clients} clients, {clients // 20} stop reading: commit→client p99 of the others ×{median(ratios):.2f} "
        f"(median of {ROUNDS}, worst ×{max(ratios):.2f}); server {max(growth):+.0f} MB at most; "
        f"the silent ones are back after {max(back):.2f} s at most"
    )


def returned(server: Server, silent: Sequence[Member], head: int) -> float:
    """Seconds until all of them, on new connections, have what they missed from their own last event on."""
    topics, epoch = [f"run:{server.runs[0]}"], str(server.known["epoch"])
    cursors = [member.cursor for member in silent]
    crowd = Crowd(server.port, first_words=lambda number: hello(topics, (epoch, cursors[number])))
    begun = time.monotonic()
    crowd.join(len(silent))
    while min(member.cursor for member in crowd.members) < head:
        crowd.listen(0.01)
    took = time.monotonic() - begun
    crowd.close()
    return took


SCENARIOS: Final[Mapping[str, Callable[[int, float], None]]] = {
    "one": one,
    "peers": peers,
    "spread": spread,
    "idle": idle,
    "storm": storm,
    "far": far,
    "slow": slow,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", choices=[*SCENARIOS, []], default=[])
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--probe", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.probe:
        probe(chosen.probe)
        return
    allow_sockets()
    os.sched_setaffinity(0, {CLIENT_CORE})
    sys.setswitchinterval(0.0005)
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.platform()}, load {load}")
    for name in chosen.scenarios or SCENARIOS:
        print(f"\n## {name}\n")
        SCENARIOS[name](chosen.clients, chosen.seconds)


if __name__ == "__main__":
    main()

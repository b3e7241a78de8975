"""What it costs to show one run to a thousand people, beside what others take for it.

    .venv/bin/python -m benchmarks.fanout one peers spread idle storm far slow

The server is pinned to one core and this process, its clients, to another. Prints tables; judges nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.crowd import Crowd, allow_sockets, hello

SERVER_CORE: Final = 0
CLIENT_CORE: Final = 1


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
        f"| {name} | {result['core']:.2f} | {flush[0]:.1f} | {flush[1]:.1f} | {commit[0]:.1f} | {commit[1]:.1f} | "
        f"{expected - len(from_commit)} |"
    )


HEAD: Final = (
    "| | server, cores | flush→client p50 ms | p99 | commit→client p50 ms | p99 | missing |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def delivered(server: Server, crowd: Crowd, rate: float, seconds: float) -> Mapping[str, Any]:
    crowd.noting = True
    result = server.ask_while(crowd, do="write", rate=rate, seconds=seconds)
    crowd.listen(0.5)
    return result


def on_topics(server: Server, count: int) -> Crowd:
    """So many clients, spread over the server's runs."""
    runs = server.runs
    crowd = Crowd(server.port, first_words=lambda number: hello([f"run:{runs[number % len(runs)]}"]))
    crowd.join(count)
    crowd.listen(0.5)
    return crowd


def one(clients: int, seconds: float) -> None:
    """All on one run, at 250 events a second: with a database file, and with one in memory."""
    print(HEAD)
    for name in ("BotArmy, each event synced to disk", "BotArmy, database in memory"):
        database = tempfile.TemporaryDirectory()
        with database as folder, serving("ours", folder=Path(folder) if "disk" in name else None) as server:
            crowd = on_topics(server, clients)
            result = delivered(server, crowd, 250, seconds)
            print(row(name, crowd, result, clients * len(result["committed"])), flush=True)
            crowd.close()


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
        warm.listen(0.01)
        crowd.noting = True
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
        warm.close()


class Probe(threading.Thread):
    """Asks something over HTTP, twenty times a second, and notes how long it took."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._url = f"http://127.0.0.1:{port}/runs"
        self._over = threading.Event()
        self.seconds: list[float] = []

    def run(self) -> None:
        while not self._over.wait(0.05):
            begun = time.monotonic()
            urllib.request.urlopen(self._url).read()
            self.seconds.append(time.monotonic() - begun)

    def stop(self) -> tuple[float, float, float]:
        self._over.set()
        self.join()
        return quantiles(self.seconds)


SCENARIOS: Final[Mapping[str, Callable[[int, float], None]]] = {
    "one": one,
    "peers": peers,
    "spread": spread,
    "idle": idle,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", choices=[*SCENARIOS, []], default=[])
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=10)
    chosen = parser.parse_args()
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

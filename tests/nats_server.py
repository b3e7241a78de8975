"""A private NATS server for tests: on a free loopback port, gone when the tests are."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

START_SECONDS: Final = 30


def needed_program() -> str:
    found = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin")
    if found is None and os.environ.get("REQUIRE_TEST_PACKAGES") == "1":
        pytest.fail("REQUIRE_TEST_PACKAGES=1, and NATS is not installed: apt-get install nats-server")
    if found is None:
        pytest.skip("NATS is not installed: apt-get install nats-server")
    return found


class NatsServer:
    """Between `start` and `stop` it answers at `port`, the same one each time.

    Args:
        config: in the server's own language, beside where it listens.
    """

    def __init__(self, config: str = "") -> None:
        self._program: Final = needed_program()
        self.folder: Final = Path(tempfile.mkdtemp(prefix="botarmy-nats-", dir="/tmp"))
        self._config: Final = config
        self._process: subprocess.Popen[bytes] | None = None
        self.port = -1

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns once it says where it listens."""
        told = self.folder / "ports"
        told.mkdir(exist_ok=True)
        file = self.folder / "config"
        file.write_text(f'listen: "127.0.0.1:{self.port}"\nports_file_dir: "{told}"\n{self._config}\n')
        command = [self._program, "-c", str(file)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*_mortal(), *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while (port := self._told(told)) is None:
            assert time.monotonic() < deadline, self.log()
            assert self._process.poll() is None, self.log()
            time.sleep(0.01)  # there is nothing to wait on but its word
        self.port = port

    def _told(self, folder: Path) -> int | None:
        for file in folder.iterdir():
            text = file.read_text()
            if text.rstrip().endswith("}"):
                file.unlink()
                return int(json.loads(text)["nats"][0].rpartition(":")[2])
        return None

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def stop(self) -> None:
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Returns once it stands still."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(timeout=START_SECONDS)

    def remove(self) -> None:
        self._end(signal.SIGKILL)
        shutil.rmtree(self.folder)


def _mortal() -> list[str]:
    """In front of a command: it ends with the tests even where they are killed."""
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig=INT"]


@contextmanager
def running(config: str = "") -> Iterator[NatsServer]:
    server = NatsServer(config)
    try:
        server.start()
        yield server
    finally:
        server.remove()

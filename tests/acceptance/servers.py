"""A real server in a process of its own, which a test may kill and start again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx2

START_SECONDS: Final = 30
NO_OLLAMA: Final = "http://127.0.0.1:9/v1"
"""Nobody answers there: the model that a developer's own Ollama has is not for tests."""


class ServerProcess:
    """`botarmy serve` over a data folder. Between `start` and `stop` or `kill` it answers at `url`."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.folder: Final = folder
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self._environ: Final = {
            **inherited,
            "BOTARMY_DATA_DIR": str(folder),
            "BOTARMY_PORT": "0",
            "BOTARMY_DEMO_SPEED": "0",
            "BOTARMY_LLM_REQUESTS_PER_MINUTE": "100000",
            "BOTARMY_LLM_TOKENS_PER_MINUTE": "100000000",
            "BOTARMY_LOG_FORMAT": "json",
            "OLLAMA_BASE_URL": NO_OLLAMA,
            **(environ or {}),
        }
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self.log: Final = folder.with_name(f"{folder.name}.log")

    def start(self) -> None:
        """Returns once the server has said where it answers, and does."""
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "botarmy", "serve"],
                env=self._environ,
                cwd=self.folder.parent,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            words = [word for word in line.split() if word.startswith("http://localhost:")]
            if words:
                self.url = words[0].rstrip("/.")
                break
        else:
            raise AssertionError(f"the server did not start: {self.log.read_text()[-4000:]}")
        httpx2.get(f"{self.url}/readyz", timeout=START_SECONDS).raise_for_status()

    def said(self) -> str:
        """What it printed at its start after its address. To be asked once."""
        assert self._process is not None
        assert self._process.stdout is not None
        lines: list[str] = []
        while not lines or "Ctrl-C" not in lines[-1]:
            lines.append(self._process.stdout.readline())
            assert lines[-1], "the server ended"
        return "".join(lines)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def socket_url(self) -> str:
        return f"ws{self.url.removeprefix('http')}/ws"

    def kill(self) -> None:
        """As a power cut does: no warning, no clean-up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As `systemctl stop` does; returns the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        code = process.wait(timeout=START_SECONDS)
        assert process.stdout is not None
        process.stdout.close()
        return code

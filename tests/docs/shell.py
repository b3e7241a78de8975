"""Runs what a page shows as a reader would, against the server of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.acceptance.servers import NO_OLLAMA, ServerProcess

ADDRESS: Final = "localhost:8000"
"""As the pages write it."""
SECONDS: Final = 30


def run_shell(script: str, server: ServerProcess | None, folder: Path, **variables: str) -> str:
    """What it prints. `botarmy` is the program of this environment, with a data folder of its own."""
    bin_folder = Path(sys.executable).parent
    environ = {
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "BOTARMY_DATA_DIR": str(folder / "data"),
        "BOTARMY_DEMO_SPEED": "0",
        "OLLAMA_BASE_URL": NO_OLLAMA,
        **variables,
    }
    return _run(["bash", "-euo", "pipefail", "-c", _here(script, server)], environ, folder)


def run_python(program: str, server: ServerProcess, folder: Path) -> str:
    return _run([sys.executable, "-W", "error", "-c", _here(program, server)], dict(os.environ), folder)


def _here(text: str, server: ServerProcess | None) -> str:
    return text if server is None else text.replace(ADDRESS, server.url.removeprefix("http://"))


def _run(command: list[str], environ: dict[str, str], folder: Path) -> str:
    ended = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert ended.returncode == 0, f"{command[-1]}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout

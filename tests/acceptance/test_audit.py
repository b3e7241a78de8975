"""The audit over a whole server and the command line."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from botarmy.client import Client
from tests.acceptance.conftest import StartServer


async def test_an_audit_is_fetched_kept_and_verified(start_server: StartServer, tmp_path: Path) -> None:
    server = await asyncio.to_thread(start_server)
    async with Client(server.url) as client:
        run_id = await client.start("A tip calculator")
        await client.note(run_id, "In euros, please.")
        async for _ in client.follow(run_id):
            pass
        over_http = await client.audit(run_id)

    def botarmy(*words: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "BOTARMY_DATA_DIR": str(server.folder)}
        command = [sys.executable, "-m", "botarmy", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environ, check=False)

    printed = await asyncio.to_thread(botarmy, "audit", run_id)
    assert printed.stdout == over_http
    file = tmp_path / "audit.jsonl"
    file.write_text(printed.stdout, encoding="ascii")
    whole = await asyncio.to_thread(botarmy, "audit", "--verify", str(file))
    assert (whole.returncode, whole.stdout.startswith("Nothing is missing")) == (0, True)
    file.write_text(printed.stdout.replace("euros", "pounds"), encoding="ascii")
    broken = await asyncio.to_thread(botarmy, "audit", "--verify", str(file))
    assert (broken.returncode, "it was changed" in broken.stderr) == (1, True)
    nothing = await asyncio.to_thread(botarmy, "audit")
    assert (nothing.returncode, "Name a project" in nothing.stderr) == (1, True)

"""`botarmy export` and `botarmy import`: a whole project as a file, out of one server and into another."""

from __future__ import annotations

import asyncio
from pathlib import Path

from botarmy import bootstrap
from botarmy.cli.run import reached
from botarmy.cli.terminal import say
from botarmy.settings import Loaded


def send_out(loaded: Loaded, run_id: str, file: Path) -> None:
    """Raises what people are told."""

    async def exporting() -> None:
        async with reached(loaded) as (server, _), bootstrap.client(server) as client:
            await client.export(run_id, file)

    asyncio.run(exporting())
    say(f"The project is in {file}. Another server takes it in with “botarmy import”.")


def take_in(loaded: Loaded, file: Path) -> None:
    """Raises what people are told."""

    async def importing() -> str:
        async with reached(loaded) as (server, _), bootstrap.client(server) as client:
            return await client.import_run(file)

    say(f"The project is here, and yours: {asyncio.run(importing())}")

"""The local model server as a program of its own: a provider without a model, which fails as it is told."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from botarmy.bootstrap.listening import bound
from botarmy.domain.errors import BotArmyError
from botarmy.llm.server import FAULTS, FaultyPlay, ModelServer, UnknownFault, fault, listening

LOOPBACK: Final = "127.0.0.1"
COMMAND: Final = "botarmy dev llm-server"
KEY: Final = "local"
"""Any key will do."""
SCRIPT_BYTES: Final = 1024 * 1024
"""Of a script file, at most."""


class CannotFail(BotArmyError):
    """What is to go wrong cannot be read; the text is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """How the server is to fail."""

    faults: Sequence[str] = ()
    """Each as it is written, such as `429:retry-after=2`."""
    script: Path | None = None
    """A file with a fault, or `ok`, on each line: one for each request, from the first on."""
    times: int | None = None
    agent: str | None = None
    every: int = 1
    tokens_per_second: float = 0.0

    def play(self) -> FaultyPlay:
        """Raises CannotFail."""
        if self.script is not None and self.faults:
            raise CannotFail("Give either --fault or --script, not both.")
        lines = self.faults if self.script is None else _lines(self.script)
        try:
            faults = [fault(line) for line in lines]
        except UnknownFault as problem:
            raise CannotFail(str(problem)) from problem
        return FaultyPlay(
            faults=faults,
            times=self.times if self.times is not None or self.script is None else len(faults),
            agent=self.agent,
            every=self.every,
            tokens_per_second=self.tokens_per_second,
        )


def known_faults() -> Sequence[tuple[str, str]]:
    """Each fault's name, with its options, and what the service does then."""
    return [
        (", ".join([name, *(f"{name}:{option}=…" for option in (*found.options, *found.unset))]), found.words)
        for name, found in FAULTS.items()
    ]


def serve_model(port: int, failing: Failing, announce: Callable[[dict[str, str]], None]) -> None:
    """Serve on loopback until SIGINT or SIGTERM.

    Args:
        port: 0 takes any free one.
        announce: told the environment variables with which BotArmy uses it, once it answers.

    Raises CannotFail, and CannotStart where the port cannot be had.
    """
    play = failing.play()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # what fails here does so on purpose
    with closing(bound(LOOPBACK, port, COMMAND)) as listener:

        async def run() -> None:
            async with listening(ModelServer(play, models=()).app, listener) as address:
                stopped = asyncio.Event()
                loop = asyncio.get_running_loop()
                with suppress(NotImplementedError):  # on Windows Ctrl-C ends the loop by itself
                    for number in (signal.SIGINT, signal.SIGTERM):
                        loop.add_signal_handler(number, stopped.set)
                announce({"OPENAI_BASE_URL": address, "OPENAI_API_KEY": KEY})
                await stopped.wait()

        asyncio.run(run())


def _lines(script: Path) -> list[str]:
    try:
        if script.stat().st_size > SCRIPT_BYTES:
            raise CannotFail(f"The script {script} is too long: {SCRIPT_BYTES // 1024} KB at most.")
        lines = script.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotFail(f"The script {script} cannot be read.") from error
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]

"""A command at work: its lines, its complaints, and its end, together with whatever it has started."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process, SubprocessStreamProtocol
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from botarmy import telemetry
from botarmy.domain.programs import CommandAgent
from botarmy.redaction import Redactor

LINE_BYTES: Final = 16 * 1024 * 1024
"""Of one line that a command writes."""
TERM_SECONDS: Final = 2.0
"""From SIGTERM to SIGKILL."""
LEAVE_SECONDS: Final = 5.0
"""For ending by itself once it has said its last word."""
DRAIN_SECONDS: Final = 1.0
"""For what an ended command's children still have to say."""
COMPLAINT_LINES: Final = 200
"""Of standard error, that are logged of one job; each has at most `COMPLAINT_CHARACTERS`."""
COMPLAINT_CHARACTERS: Final = 1_000
COMPLAINT_BYTES: Final = 256 * 1024
"""A longer line is dropped."""
NOT_STARTED: Final = 127
"""The exit code of a command that is not there, or may not be run."""
_LAUNCHER: Final = Path(__file__).with_name("launcher.py")
HARMLESS: Final = ("PATH", "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "USER", "LOGNAME", "SHELL")
"""Variables that every command is given."""

log = telemetry.logger("agents")


class _Protocol(SubprocessStreamProtocol):
    """Knows when the process has ended. `Process.wait` also waits for its pipes, which a child of it may hold open."""

    def __init__(self) -> None:
        super().__init__(limit=LINE_BYTES, loop=asyncio.get_running_loop())
        self.exited: Final = asyncio.Event()

    def process_exited(self) -> None:
        super().process_exited()
        self.exited.set()


class Work:
    """One process group. Made by `started`."""

    def __init__(self, transport: asyncio.SubprocessTransport, protocol: _Protocol, redact: Redactor, who: str) -> None:
        self._transport: Final = transport
        self._exited: Final = protocol.exited
        self._process: Final = Process(transport, protocol, asyncio.get_running_loop())
        self._redact: Final = redact
        self._who: Final = who
        self._received = 0
        self.complaint = ""
        """The last line of its standard error."""

    @property
    def received(self) -> int:
        """Bytes of its standard output so far."""
        return self._received

    async def line(self) -> bytes | None:
        """The next one, without its end; None where there will be no more. Raises ValueError for one too long."""
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            line = await self._process.stdout.readuntil(b"\n")
        except asyncio.IncompleteReadError as end:
            line = end.partial
            if not line:
                return None
        except asyncio.LimitOverrunError as error:
            raise ValueError(f"a line of more than {LINE_BYTES} bytes") from error
        self._received += len(line)
        return line.rstrip(b"\r\n")

    async def tell(self, line: bytes) -> None:
        """Write a line to it; waits while it does not read. One that listens no more is not told."""
        assert self._process.stdin is not None  # noqa: S101 - the same
        with suppress(ConnectionError):
            self._process.stdin.write(line + b"\n")
            await self._process.stdin.drain()

    async def leave(self) -> int | None:
        """Its exit code, once it has ended by itself; None where it does not."""
        assert self._process.stdin is not None  # noqa: S101 - the same
        self._process.stdin.close()
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._exited.wait()
        except TimeoutError:
            return None
        return self._process.returncode

    async def listen(self) -> None:
        """Log its standard error until that ends. What is beyond the bounds is read, and dropped."""
        assert self._process.stderr is not None  # noqa: S101 - the same
        logged, held = 0, b""
        while chunk := await self._process.stderr.read(64 * 1024):
            *lines, held = (held + chunk).split(b"\n")
            held = held if len(held) <= COMPLAINT_BYTES else b""
            for line in lines[: COMPLAINT_LINES - logged]:
                self._note(line)
            logged = min(COMPLAINT_LINES, logged + len(lines))
        if held and logged < COMPLAINT_LINES:
            self._note(held)

    def _note(self, line: bytes) -> None:
        self.complaint = self._redact.head(line.decode("utf-8", "replace"), COMPLAINT_CHARACTERS)
        log.info("agent_stderr", agent=self._who, line=self.complaint)

    async def watch(self) -> None:
        """Once it has ended, end what it has left running, and its output with it."""
        await self._exited.wait()
        await asyncio.sleep(DRAIN_SECONDS)
        self._kill(signal.SIGKILL)
        await asyncio.sleep(DRAIN_SECONDS)
        assert self._process.stdout is not None  # noqa: S101 - the same
        self._process.stdout.feed_eof()

    async def end(self) -> None:
        """All of its group: asked first, then killed."""
        if not self._exited.is_set():
            self._kill(signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(TERM_SECONDS):
                    await self._exited.wait()
        self._kill(signal.SIGKILL)
        await self._exited.wait()
        self._transport.close()

    def _kill(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


@asynccontextmanager
async def started(program: CommandAgent, environ: Mapping[str, str], redact: Redactor, who: str) -> AsyncIterator[Work]:
    """A command in a process group, and an empty folder, of its own; both are gone when the context ends."""
    folder = await asyncio.to_thread(TemporaryDirectory, prefix="botarmy-agent-", ignore_cleanup_errors=True)
    try:
        transport, protocol = await asyncio.get_running_loop().subprocess_exec(
            _Protocol,
            *(sys.executable, "-I", "-S", str(_LAUNCHER)),
            *(str(program.memory), str(os.getpid())),
            *program.command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            cwd=folder.name,
            env={name: environ[name] for name in (*HARMLESS, *program.env) if name in environ},
            start_new_session=True,
        )
        work = Work(transport, protocol, redact, who)
        tasks = [asyncio.create_task(work.listen()), asyncio.create_task(work.watch())]
        try:
            yield work
        finally:
            await _finish(work, tasks)
    finally:
        await asyncio.shield(asyncio.to_thread(folder.cleanup))


async def _finish(work: Work, tasks: list[asyncio.Task[None]]) -> None:
    """Whatever happens to the caller meanwhile: no process is left."""
    ending = asyncio.create_task(work.end())
    while not ending.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([ending])
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)

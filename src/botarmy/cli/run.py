"""`botarmy run`: a project from its brief to its files, on the server that is there or one of its own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from rich.console import Console

from botarmy import bootstrap, telemetry
from botarmy.cli.progress import duration, progress, utc_now
from botarmy.cli.shown import Client, View
from botarmy.cli.terminal import complain, printable, say
from botarmy.settings import Loaded

SUCCEEDED: Final = 0
FAILED: Final = 1
PARTIAL: Final = 3
INTERRUPTED: Final = 130
ERRORS_SHOWN: Final = 5
LOG_FILE: Final = "run.log"
"""In the data folder: what a server inside this command logs, for the last one alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    brief: str
    team: str | None
    into: Path | None
    """None: a folder named after the project."""
    attach: Sequence[Path]
    approvals: str | None
    """`none`, `each`, or names of agents with commas between them; None: as the team declares."""
    force: bool
    keep: bool


class FolderNotEmpty(Exception):
    """The files would end up among others."""

    def __init__(self, folder: Path) -> None:
        self.message: Final = f"The folder {folder} is not empty."
        self.action: Final = "Choose another one with --into, or write into it with --force."
        super().__init__(self.message)


def run_to_the_end(loaded: Loaded, wanted: Wanted) -> int:
    """Returns the exit code. Raises what people are told: a refusal of the server, a folder that cannot be used."""
    if wanted.into is not None and not wanted.force and _holds_something(wanted.into):
        raise FolderNotEmpty(wanted.into)
    return asyncio.run(_run(loaded, wanted))


async def _run(loaded: Loaded, wanted: Wanted) -> int:
    begun = time.monotonic()
    async with reached(loaded) as (server, own), bootstrap.client(server) as client:
        url = server.url
        options = options_of(wanted) | ({"model": loaded.settings.model} if _chose_model(loaded) and not own else {})
        run_id = await client.start(wanted.brief, team=wanted.team, options=options or None, attach=wanted.attach)
        with _interruptible() as task:
            try:
                view = await _watched(client, run_id, url)
            except asyncio.CancelledError:
                task.uncancel()  # it was heard: what is left to do here is not to be cancelled
                await _leave(client, run_id, own=own, keep=wanted.keep, url=url)
                return INTERRUPTED
        folder = folder_for(wanted, view.title)
        files = await client.download(run_id, folder)
    _sum_up(view, len(files), folder, time.monotonic() - begun)
    if view.errors and own and not loaded.settings.memory:
        say(f"The log is in {loaded.settings.data_dir / LOG_FILE}")
    return exit_code(view)


@asynccontextmanager
async def reached(loaded: Loaded) -> AsyncIterator[tuple[bootstrap.Published, bool]]:
    """And whether it is our own: one that ends with this command."""
    server = bootstrap.running_server(loaded.settings)
    if server is not None:
        yield server, False
        return
    with _logging(loaded):
        async with bootstrap.embedded(loaded) as own:
            yield own, True


@contextmanager
def _logging(loaded: Loaded) -> Iterator[None]:
    """The terminal shows the work, so the log goes beside the data; without a place, what is serious goes to stderr."""
    settings, redact = loaded.settings, loaded.redactor(os.environ)
    with ExitStack() as stack:
        try:
            if settings.memory:
                raise FileNotFoundError
            settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            stream = stack.enter_context((settings.data_dir / LOG_FILE).open("w", encoding="utf-8"))
            undo = telemetry.configure(settings.log_level, "json", redact, stream)
        except OSError:
            undo = telemetry.configure("error", settings.log_format, redact, sys.stderr)
        stack.callback(undo)
        yield


async def _watched(client: Client, run_id: str, url: str) -> View:
    """Show the run until it has ended, and return it as it is then."""
    say(f"Watch it in the browser: {url}/projects/{run_id}")
    with progress(Console(highlight=False), utc_now) as shown:
        async with aclosing(client.follow(run_id, shown.link)) as moments:
            async for moment in moments:
                shown.show(moment)
    return await client.run(run_id)


async def _leave(client: Client, run_id: str, *, own: bool, keep: bool, url: str) -> None:
    """Ctrl-C asks nothing. Work on a server of somebody's goes on; work here ends, or waits to be taken up."""
    if not own:
        say(f"The project goes on without this terminal: {url}/projects/{run_id}")
    elif keep:
        say("The project is kept. “botarmy serve” goes on with it.")
    else:
        await client.cancel(run_id)
        say("The project was cancelled.")


@contextmanager
def _interruptible() -> Iterator[asyncio.Task[object]]:
    """Ctrl-C and SIGTERM cancel the current task, also where a server in this process has handlers of its own."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - this runs inside one
    numbers = (signal.SIGINT, signal.SIGTERM)
    with suppress(NotImplementedError):  # on Windows asyncio.run cancels by itself
        for number in numbers:
            loop.add_signal_handler(number, task.cancel)
    try:
        yield task
    finally:
        with suppress(NotImplementedError):
            for number in numbers:
                loop.remove_signal_handler(number)


def options_of(wanted: Wanted) -> dict[str, object]:
    """What the project is started with, as far as it was said here."""
    given = (wanted.approvals or "").strip()
    if not given:
        return {}
    names = [name.strip() for name in given.split(",") if name.strip()]
    return {"approvals": given if given in ("none", "each") else names}


def _chose_model(loaded: Loaded) -> bool:
    return loaded.origins["model"] == "command line"


def folder_for(wanted: Wanted, title: str) -> Path:
    """Where the files go. One that nobody asked for by name never holds anything before."""
    if wanted.into is not None:
        return wanted.into
    slug = re.sub(r"[^\w]+", "-", title.lower()).strip("-_")[:60].strip("-_") or "project"
    if wanted.force:
        return Path(slug)
    names = (slug if number == 1 else f"{slug}-{number}" for number in count(1))
    return next(Path(name) for name in names if not _holds_something(Path(name)))


def _holds_something(folder: Path) -> bool:
    """A file in its place counts too."""
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def _sum_up(view: View, files: int, folder: Path, seconds: float) -> None:
    for problem in view.errors[-ERRORS_SHOWN:]:
        complain(f"{problem.message} {problem.action}")
    what = {
        "succeeded": "Done",
        "partial": "Done in part",
    }.get(view.outcome or "", f"The project {'was cancelled' if view.status == 'cancelled' else 'failed'}")
    made = f"{files} file{'s' if files != 1 else ''} in {folder}" if files else "no files"
    say(f"{what} after {duration(seconds)}: {printable(made)}")


def exit_code(view: View) -> int:
    """0: everything succeeded, 3: some of it did, 1: nothing did."""
    if view.status != "completed":
        return FAILED
    return SUCCEEDED if view.outcome == "succeeded" else PARTIAL

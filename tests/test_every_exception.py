"""Every exception class of the libraries, thrown at each edge: what comes out has words for people and nothing else.

The edges are that of AI services, a worker's, that of HTTP and that of the WebSocket. The classes are those that are
there once all libraries are loaded, so a new version's new ones are thrown too.
"""

from __future__ import annotations

import asyncio
import importlib
import io
import json
import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import anyio
import httpx2
import pytest
from fastapi import FastAPI

from botarmy import telemetry
from botarmy.api import problems
from botarmy.bootstrap.system import SystemClock, new_id
from botarmy.bus.local import LocalBus
from botarmy.delivery.needs import Reply
from botarmy.domain.commands import Report, WorkFailed
from botarmy.domain.errors import WORDINGS
from botarmy.domain.events import WorkerState
from botarmy.domain.users import LOCAL, User
from botarmy.gateway import protocol as p
from botarmy.gateway.errands import Errands
from botarmy.gateway.execution import Execution
from botarmy.gateway.limits import Limits
from botarmy.llm.errors import translate
from botarmy.ports import (
    AgentContext,
    Assignment,
    Assignments,
    ClaimedJob,
    Output,
    Piece,
    Progress,
    Standing,
    WorkerInfo,
)
from botarmy.redaction import Redactor
from botarmy.workers import Worker
from tests.llm.work import context
from tests.planted import KEYS
from tests.workers.office import Played

# In the libraries' own modules, wherever a program would find them.
LOADED = (
    "botarmy.llm.anthropic", "botarmy.llm.bedrock", "botarmy.llm.google", "botarmy.llm.groq", "botarmy.llm.mistral",
    "botarmy.llm.openai", "alembic.util.exc", "anyio", "asyncio", "boto3.exceptions", "botocore.exceptions",
    "concurrent.futures", "fastapi.exceptions", "h11", "http.client", "httpcore", "httpx", "httpx2",
    "mistralai.client.errors", "pydantic", "socket", "sqlalchemy.exc", "sqlalchemy.orm.exc", "sqlite3", "ssl",
    "starlette.exceptions", "subprocess", "uvicorn", "uvicorn.protocols.utils", "websockets.exceptions", "yaml",
    "zipfile",
)  # fmt: skip
FAMILIES: Final = frozenset({
    "alembic", "anthropic", "anyio", "asyncio", "boto3", "botocore", "builtins", "concurrent", "fastapi", "google",
    "groq", "h11", "http", "httpcore", "httpcore2", "httptools", "httpx", "httpx2", "json", "mistralai", "openai",
    "pydantic", "pydantic_ai", "s3transfer", "socket", "sqlalchemy", "sqlite3", "ssl", "starlette",
    "subprocess", "urllib", "urllib3", "uvicorn", "websockets", "yaml", "zipfile",
})  # fmt: skip
INHERITABLE: Final = 1 << 10
"""Python's own flag. The classes without it are final, and made by their libraries alone."""
NEVER_RAISED: Final = frozenset({"_CategorizedHTTPError", "TracingErrors"})
"""Of the model library and of Mistral's: the beginning of other classes, and an enumeration."""
NO_SHAPE = "ZqvTxLmRkWnYcHdJfGbSpAaQevTxLmRk"
REDACT = Redactor([NO_SHAPE])
TECHNICAL = (KEYS["openai"], NO_SHAPE, "https://api.internal", "/srv/app/secret.py", "Traceback", 'File "')
MESSAGE = f"calling https://api.internal/v1?key={NO_SHAPE} with {KEYS['openai']} in /srv/app/secret.py"


def classes(kind: type[BaseException] = Exception) -> Iterator[type[Exception]]:
    for inner in kind.__subclasses__():
        if issubclass(inner, Exception):
            yield inner
        yield from classes(inner)


def thrown(kind: type[Exception]) -> Exception:
    """One that says something technical, whatever its constructor asks for."""
    if issubclass(kind, ExceptionGroup):
        return kind(MESSAGE, [ValueError(MESSAGE)])

    def begin(self: Exception, *_: object) -> None:
        self.args = (MESSAGE,)
        more = {
            "message": MESSAGE,
            "detail": MESSAGE,
            "body": None,
            "status_code": 500,
            "headers": None,
            "file": io.BytesIO(),
        }
        for name, value in {**more, "_errors": [{"type": MESSAGE, "loc": ("body", "brief"), "msg": MESSAGE}]}.items():
            try:
                setattr(self, name, value)
            except (AttributeError, TypeError):
                continue

    own: type[Exception] = type(kind.__name__, (kind,), {"__init__": begin, "__str__": lambda _: MESSAGE})
    return own()


@pytest.fixture(scope="module")
def kinds() -> Sequence[type[Exception]]:
    for module in LOADED:
        importlib.import_module(module)
    found = dict.fromkeys(kind for kind in classes() if kind.__module__.partition(".")[0].lstrip("_") in FAMILIES)
    return [kind for kind in found if kind.__flags__ & INHERITABLE and kind.__name__ not in NEVER_RAISED]


@pytest.fixture
def every(kinds: Sequence[type[Exception]]) -> Sequence[Exception]:
    """Not thrown before: each keeps where it has been."""
    return [thrown(kind) for kind in kinds]


@contextmanager
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    undo = telemetry.configure("debug", "json", REDACT, stream)
    try:
        yield stream
    finally:
        undo()


def assert_words_alone(shown: str, error: Exception) -> None:
    assert [word for word in TECHNICAL if word in shown] == [], type(error)
    name = type(error).__name__
    if re.fullmatch(r"[A-Z]\w+[A-Z]\w+", name):  # a word such as Error or Timeout says nothing
        assert not re.search(rf"\b{name}\b", shown), shown


def test_they_are_all_there(every: Sequence[Exception]) -> None:
    families = {type(error).__mro__[1].__module__.partition(".")[0] for error in every}
    assert len(every) > 600
    assert {"openai", "anthropic", "google", "groq", "mistralai", "botocore", "httpx", "httpx2"} <= families
    assert {"sqlalchemy", "uvicorn", "websockets", "starlette", "fastapi", "builtins", "ssl", "pydantic_ai"} <= families


def test_the_edge_of_ai_services_has_words_for_each(every: Sequence[Exception]) -> None:
    translated = 0
    for error in every:
        failure = translate(error, REDACT)
        if failure is None:
            continue
        translated += 1
        assert failure.code in WORDINGS
        assert_words_alone(f"{failure.message} {failure.action}", error)
        assert not any(key in str(failure.detail) for key in (NO_SHAPE, KEYS["openai"]))
    assert translated > 300


class Desk:
    """A hub that hands out one job for each exception, and keeps what is reported."""

    def __init__(self, jobs: int) -> None:
        self._left: Final = list(range(jobs))
        self._context: Final = context()
        self._open = jobs
        self.reports: Final[list[Report]] = []
        self.done: Final = asyncio.Event()

    async def announce(self, worker: WorkerInfo, status: WorkerState, running: Sequence[str] = ()) -> None: ...

    async def claim(self, worker: WorkerInfo, limit: int) -> Assignments:
        numbers, self._left[:] = self._left[:limit], self._left[limit:]
        jobs = tuple(Assignment(job=job(f"{number}"), context=self._context) for number in numbers)
        return Assignments(jobs=jobs, next_in=0.0 if jobs else None)

    async def stream(self, job: ClaimedJob, pieces: Sequence[Piece]) -> None: ...

    async def report(self, job: ClaimedJob, reports: Sequence[Report], blobs: Mapping[str, bytes]) -> None:
        self.reports.extend(reports)
        self._open -= sum(isinstance(report, WorkFailed) for report in reports)
        if not self._open:
            self.done.set()

    async def standing(self, job: ClaimedJob, newest_note: str | None) -> Standing:
        return Standing(may_call=True)

    async def hand_back(self, job: ClaimedJob) -> None: ...

    async def renew(self, jobs: Sequence[ClaimedJob]) -> frozenset[str]:
        return frozenset()


def job(job_id: str) -> ClaimedJob:
    return ClaimedJob(job_id=job_id, run_id="r", step="s", phase="p", attempt=1, token=1)


async def test_a_worker_has_words_for_each(every: Sequence[Exception]) -> None:
    left = list(every)

    async def play(context: AgentContext) -> AsyncGenerator[Output, None]:
        yield Progress("Working")
        raise left.pop(0)

    desk, info = Desk(len(every)), WorkerInfo(worker_id="w", host="h", capabilities=frozenset(), concurrency=100)
    worker = Worker(info, desk, LocalBus(), lambda *_: Played(play), SystemClock(), new_id, 10, REDACT)
    with logged() as log:
        working = asyncio.create_task(worker.run())
        await desk.done.wait()
        working.cancel()
        await asyncio.wait([working])
    failures = [report for report in desk.reports if isinstance(report, WorkFailed)]
    assert len(failures) == len(every)
    said = {f"{failure.message} {failure.action}" for failure in failures}
    for error in every:
        assert_words_alone(" ".join(said), error)
    assert {failure.code for failure in failures} <= set(WORDINGS)
    assert not any(key in log.getvalue() for key in (NO_SHAPE, KEYS["openai"]))


async def test_http_has_words_for_each(every: Sequence[Exception]) -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/{number}")
    async def fail(number: int) -> None:
        raise every[number]

    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    with logged() as log:
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
            answers = [await http.get(f"/{number}") for number in range(len(every))]
    for error, answer in zip(every, answers, strict=True):
        assert answer.status_code >= 400
        assert answer.json()["code"] in WORDINGS
        assert_words_alone(answer.text + repr(answer.headers), error)
    assert not any(key in log.getvalue() for key in (NO_SHAPE, KEYS["openai"]))


class Failing:
    def __init__(self, every: Sequence[Exception]) -> None:
        self._left: Final = list(every)

    async def command(self, user: User, command_id: str, name: str, args: Mapping[str, object]) -> Reply:
        raise self._left.pop(0)


async def test_the_websocket_has_words_for_each(every: Sequence[Exception]) -> None:
    replies: list[p.Say] = []
    faults: list[Exception] = []
    errands = Errands(faults.append)
    execution = Execution(Failing(every), lambda: "0-1", Limits(), replies.append, errands)
    with logged() as log:
        for number in range(len(every)):
            execution.put(p.Execute(id=str(number), name="start_run", args={}))
        execution.begin(LOCAL)
        while execution.is_full or len(replies) < len(every):
            await anyio.lowlevel.checkpoint()
        await errands.over()
    assert faults == []
    assert len(replies) == len(every)
    for error, reply in zip(every, replies, strict=True):
        frame = json.loads(reply.text)
        assert frame["error"]["code"] in WORDINGS
        assert_words_alone(reply.text, error)
    assert not any(key in log.getvalue() for key in (NO_SHAPE, KEYS["openai"]))

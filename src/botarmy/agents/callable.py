"""The agent that is Python code of the operator's: a function or generator, asynchronous or not.

Its module is imported, and it runs, in a thread of its own with an event loop of its own if it needs one: whatever it
does, the server's event loop goes on.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from botarmy.agent import Asked, Attached, Context, Earlier, EarlierPhase, Failure
from botarmy.agents.threads import Ended, Line, Threads
from botarmy.agents.vocabulary import Interpreter, state_of
from botarmy.domain.errors import DomainError
from botarmy.domain.programs import PythonAgent
from botarmy.ports import AgentContext, Files, Output, Question, Result


@dataclass(frozen=True, slots=True)
class Callables:
    """Makes agents of Python code.

    Args:
        folder: modules in it can be named too; None: what is installed alone.
    """

    folder: Path | None = None
    threads: Threads = field(default_factory=Threads)

    def __call__(self, program: PythonAgent) -> CallableAgent:
        return CallableAgent(program, self.threads, partial(load, program.python, self.folder))


def load(name: str, folder: Path | None) -> Callable[[Context], Any]:
    """What `package.module:callable` names. Raises whatever the import raises, and TypeError."""
    if folder is not None and str(folder) not in sys.path:
        sys.path.append(str(folder))
    module, _, path = name.partition(":")
    found: Any = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{name} cannot be called")
    call: Callable[[Context], Any] = found
    return call


@dataclass(frozen=True, slots=True)
class CallableAgent:
    program: PythonAgent
    threads: Threads
    load: Callable[[], Callable[[Context], Any]]

    async def run(self, context: AgentContext) -> AsyncGenerator[Output, None]:
        """See `ports.Agent`."""
        name = context.agent.name
        line, words = Line(), Interpreter(name)
        deadline = asyncio.get_running_loop().time() + self.program.timeout
        given = given_to(context, line)
        thread = self.threads.begin(name, partial(_perform, name, self.load, given, line))
        try:
            while not isinstance(value := await _before(deadline, line, name, self.program.timeout), Ended):
                output = words.output(value)
                yield output
                if isinstance(output, Result | Question):
                    return
            yield _last(value.error, words, name)
        finally:
            line.stop()
            self.threads.leave(thread)


async def _before(deadline: float, line: Line, name: str, seconds: int) -> object:
    try:
        async with asyncio.timeout_at(deadline):
            return await line.get()
    except TimeoutError:
        raise DomainError("agent_timeout", agent=name, seconds=seconds) from None


def _last(error: BaseException | None, words: Interpreter, name: str) -> Output:
    """What an agent's end amounts to. SystemExit and its like end the agent, not the server."""
    match error:
        case None:
            return words.end()
        case Asked(question=question):
            return words.output(question)
        case Failure(reason=reason, retryable=retryable):
            raise words.failure(str(reason), retryable)
        case Exception():
            raise error
        case _:
            raise DomainError("agent_failed", agent=name, detail=f"{type(error).__name__} ended the agent")


# --- In the thread ------------------------------------------------------------------------------------------------


def _perform(name: str, loaded: Callable[[], Callable[[Context], Any]], context: Context, line: Line) -> None:
    try:
        _say_all(_loaded(name, loaded)(context), line)
    except BaseException as error:  # whatever it is, the reader is to know, and the thread ends here
        line.end(error)
    else:
        line.end()


def _loaded(name: str, loaded: Callable[[], Callable[[Context], Any]]) -> Callable[[Context], Any]:
    try:
        return loaded()
    except BaseException as error:
        raise DomainError("agent_not_loaded", agent=name, detail=repr(error)) from error


def _say_all(value: Any, line: Line) -> None:
    """What a call gave, whatever kind of callable it was."""
    if inspect.isasyncgen(value) or inspect.isawaitable(value):
        asyncio.run(_say_from_loop(value, line))
    elif isinstance(value, Iterator):
        _say_each(value, line)
    else:
        _say(value, line)


def _say(value: object, line: Line) -> None:
    """What a function returned: nothing, one thing, or several."""
    for one in value if isinstance(value, list | tuple) else [value]:
        if one is not None:
            line.put(one)


def _say_each(values: Iterator[object], line: Line) -> None:
    try:
        while True:
            try:
                value = next(values)
            except StopIteration as stop:
                _say(stop.value, line)
                return
            _hand_over(value, line)
    finally:
        if inspect.isgenerator(values):
            values.close()


async def _say_from_loop(value: Any, line: Line) -> None:
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None  # noqa: S101 - a coroutine that runs has its task
    with line.on_stop(partial(loop.call_soon_threadsafe, task.cancel)):
        if not inspect.isasyncgen(value):
            _say(await value, line)
            return
        async with aclosing(value) as values:
            async for one in values:
                _hand_over(one, line)


def _hand_over(value: object, line: Line) -> None:
    """The agent goes on once what it yielded is dealt with, and not at all after a question. Text may run ahead."""
    line.put(value)
    if not isinstance(value, str):
        line.settle()


# --- What it is given ---------------------------------------------------------------------------------------------


class _Files:
    """The project's files, read from the thread."""

    def __init__(self, files: Files, line: Line) -> None:
        self._files: Final = files
        self._line: Final = line
        self._loop: Final = asyncio.get_running_loop()

    def paths(self) -> list[str]:
        return list(self._files.paths())

    def read(self, path: str) -> str:
        return self.read_bytes(path).decode("utf-8", "replace")

    def read_bytes(self, path: str) -> bytes:
        reading = asyncio.run_coroutine_threadsafe(_read(self._files, path), self._loop)
        with self._line.on_stop(reading.cancel):
            try:
                return reading.result()
            except DomainError as missing:
                raise FileNotFoundError(path) from missing


async def _read(files: Files, path: str) -> bytes:
    return await files.read(path)


def given_to(context: AgentContext, line: Line) -> Context:
    spec = context.agent
    return Context(
        brief=context.brief,
        title=context.title,
        attachments=tuple(Attached(name=one.name, text=one.text, cut=one.cut) for one in context.attachments),
        name=spec.name,
        instructions=spec.instructions,
        phase=context.phase.phase,
        phase_instructions=context.phase.instructions,
        attempt=context.attempt,
        model=context.model,
        earlier=tuple(
            Earlier(agent=result.agent_name, title=result.title, status=result.status, text=result.text)
            for result in context.earlier
        ),
        notes=context.notes,
        answers=context.answers,
        feedback=context.feedback,
        phases=tuple(
            EarlierPhase(
                phase=one.phase, status=one.status, summary=one.summary, text=one.text, artifacts=one.artifacts
            )
            for one in context.phases
        ),
        state=state_of(context.continuation),
        files=_Files(context.files, line),
        is_stopped=lambda: line.stopped,
    )

"""The agent that is a program: it reads the context as a line of JSON, and writes what it says as lines of JSON.

docs/reference/agents.md describes the lines.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any, Final

from botarmy.agents.process import NOT_STARTED, Work, started
from botarmy.agents.vocabulary import Interpreter, state_of
from botarmy.domain.errors import DomainError
from botarmy.domain.programs import CommandAgent
from botarmy.ports import AgentContext, Output, Question, Result
from botarmy.redaction import BY_SHAPE, Redactor

PROTOCOL: Final = 1
"""Raised when a line changes so that an older program would misread it."""
_SKIPPED: Final = object()


@dataclass(frozen=True, slots=True)
class Commands:
    """Makes agents of programs.

    Args:
        environ: the server's environment; a program is given the harmless part and what its team file names.
        redact: for what programs write to standard error.
    """

    environ: Mapping[str, str]
    redact: Redactor = BY_SHAPE

    def __call__(self, program: CommandAgent) -> CommandedAgent:
        return CommandedAgent(program, self)


@dataclass(frozen=True, slots=True)
class CommandedAgent:
    program: CommandAgent
    made_by: Commands

    async def run(self, context: AgentContext) -> AsyncGenerator[Output, None]:
        """See `ports.Agent`."""
        deadline = asyncio.get_running_loop().time() + self.program.timeout
        name, by = context.agent.name, self.made_by
        async with started(self.program, by.environ, by.redact, name) as work:
            telling = asyncio.create_task(work.tell(_line(first_line(context))))
            try:
                async with aclosing(_Reading(work, context, self.program, deadline).outputs()) as outputs:
                    async for output in outputs:
                        yield output
            finally:
                telling.cancel()
                await asyncio.wait([telling])


class _Reading:
    """One program's lines in one job."""

    def __init__(self, work: Work, context: AgentContext, program: CommandAgent, deadline: float) -> None:
        self._work: Final = work
        self._context: Final = context
        self._program: Final = program
        self._deadline: Final = deadline
        self._name: Final = context.agent.name
        self._words: Final = Interpreter(self._name)

    async def outputs(self) -> AsyncGenerator[Output, None]:
        while (value := await self._next()) is not None:
            if value is _SKIPPED:
                continue
            output = self._words.output(value)
            yield output
            if isinstance(output, Result | Question):
                await self._work.leave()
                return
        yield await self._end()

    async def _next(self) -> object:
        """What the next line says; None where there will be no more."""
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._said()
        except TimeoutError:
            raise DomainError("agent_timeout", agent=self._name, seconds=self._program.timeout) from None

    async def _said(self) -> object:
        try:
            line = await self._work.line()
            if line is None:
                return None
            if self._work.received > self._program.output * 1024 * 1024:
                raise DomainError("agent_too_talkative", agent=self._name, detail=f"{self._program.output} MiB")
            value = json.loads(line.decode()) if line.strip() else _SKIPPED
        except (ValueError, RecursionError) as error:
            raise self._words.unreadable(str(error)) from error
        if value is None:
            raise self._words.unreadable("null")
        if isinstance(value, dict) and "read" in value:
            await self._answer(value)
            return _SKIPPED
        return value

    async def _answer(self, asked: Mapping[str, Any]) -> None:
        path = asked["read"]
        if len(asked) > 1 or not isinstance(path, str):
            raise self._words.unreadable("read takes a path and nothing else")
        await self._work.tell(_line(await _content(self._context, path)))

    async def _end(self) -> Output:
        code = await self._work.leave()
        if code == 0:
            return self._words.end()
        if code is None:
            raise DomainError("agent_silent", agent=self._name, detail="it closed its output and went on")
        which = "agent_not_loaded" if code == NOT_STARTED else "agent_failed"
        raise DomainError(which, agent=self._name, detail=f"exit code {code}; {self._work.complaint}")


def first_line(context: AgentContext) -> Mapping[str, Any]:
    """What a program is told."""
    spec = context.agent
    return {
        "protocol": PROTOCOL,
        "brief": context.brief,
        "title": context.title,
        "attachments": [asdict(one) for one in context.attachments],
        "name": spec.name,
        "instructions": spec.instructions,
        "artifacts": spec.artifacts,
        "phase": context.phase.phase,
        "phase_instructions": context.phase.instructions,
        "attempt": context.attempt,
        "model": context.model,
        "earlier": [
            {"agent": result.agent_name, "title": result.title, "status": result.status, "text": result.text}
            for result in context.earlier
        ],
        "notes": context.notes,
        "answers": [{"question": question, "answer": answer} for question, answer in context.answers],
        "feedback": context.feedback,
        "phases": [asdict(phase) for phase in context.phases],
        "state": state_of(context.continuation),
        "files": context.files.paths(),
    }


async def _content(context: AgentContext, path: str) -> Mapping[str, str]:
    try:
        raw = await context.files.read(path)
    except DomainError as missing:
        return {"file": path, "error": missing.message}
    try:
        return {"file": path, "content": raw.decode()}
    except UnicodeDecodeError:
        return {"file": path, "base64": base64.b64encode(raw).decode()}


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")

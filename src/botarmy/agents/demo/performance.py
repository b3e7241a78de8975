"""Playing a part: a talk file's cues become the outputs of an agent at work.

A cue is a line that begins with `---`; the text up to the next one is what is thought or said:

    --- progress 0.05 Reading the brief     --- call       (a new message)       --- think     --- say
    --- list                                --- read docs/requirements.md        --- write app/* (or all the rest)
    --- end        (the message is whole)   --- result     (ends the part)
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from botarmy.agents.demo.fill import as_markdown, fill
from botarmy.agents.demo.hearing import LATER, heard
from botarmy.domain.artifacts import check_path
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Channel, Usage
from botarmy.ports import AgentContext, CallEnded, CallStarted, File, Output, Progress, Result, Text, ToolUse

_CUE = re.compile(r"^--- ?(\w+)(?: (.*))?$", re.MULTILINE)
_GAP = re.compile(r"\n{3,}")
MODEL = "demo"


def cues(talk: str) -> Iterator[tuple[str, str, str]]:
    """Each cue with its argument and the text below it."""
    found = list(_CUE.finditer(talk))
    for cue, following in zip(found, [*found[1:], None], strict=True):
        body = talk[cue.end() : following.start() if following else len(talk)]
        yield cue.group(1), cue.group(2) or "", body.strip()


class Performance:
    """One part of one agent: keeps what was read and written so far, for the figures at the end of each message."""

    def __init__(self, context: AgentContext, files: Mapping[str, str]) -> None:
        self._context = context
        self._left = dict(files)
        self._count = max(len(files), 1)
        self._calls = 0
        self._read = len(context.brief) + len(context.agent.instructions)
        self._written = 0

    async def play(self, talk: str, values: Mapping[str, str]) -> AsyncGenerator[Output, None]:
        """The outputs of a talk; values are filled into what is said, as Markdown."""
        for cue, argument, body in cues(talk):
            text = _GAP.sub("\n\n", fill(body, values, as_markdown)).strip()
            if cue == "read":
                async for output in self._reading(argument):
                    yield output
            elif cue == "result":
                async for output in self._answering():
                    yield output
                yield Result(text)
            else:
                for output in self._outputs(cue, argument, text):
                    yield output
                if cue == "call":
                    for output in self._said(heard(await self._context.hear(), LATER), "text"):
                        yield output

    async def _answering(self) -> AsyncGenerator[Output, None]:
        """To what was said while the last message was written."""
        if notes := await self._context.hear():
            yield CallStarted()
            for output in self._said(heard(notes, LATER), "text"):
                yield output
            yield CallEnded(model=MODEL, usage=self._usage())

    def _outputs(self, cue: str, argument: str, text: str) -> Iterable[Output]:
        match cue:
            case "think" | "say":
                return self._said(text, "thinking" if cue == "think" else "text")
            case "list":
                return self._listed()
            case "write":
                return self._writing(argument or "*")
            case _:
                return [self._mark(cue, argument)]

    def _mark(self, cue: str, argument: str) -> Output:
        match cue:
            case "progress":
                share, task = argument.split(" ", 1)
                return Progress(task, float(share))
            case "call":
                return CallStarted()
            case "end":
                return CallEnded(model=MODEL, usage=self._usage())
            case _:
                raise ValueError(f"no such cue: {cue}")

    def _said(self, text: str, channel: Channel) -> Iterator[Output]:
        if text:
            self._written += len(text)
            yield Text(f"{text}\n\n", channel)

    def _call_id(self) -> str:
        self._calls += 1
        step, phase = self._context.agent.step, self._context.phase.phase
        return f"call_{step}_{phase}_{self._context.attempt}_{self._calls}"

    def _listed(self) -> Iterator[Output]:
        call = self._call_id()
        yield ToolUse(call, "list_files", "started", "Looking at the files so far")
        count = len(self._context.files.paths())
        yield ToolUse(call, "list_files", "completed", f"Found {count} {'file' if count == 1 else 'files'}")

    async def _reading(self, path: str) -> AsyncGenerator[Output, None]:
        call = self._call_id()
        yield ToolUse(call, "read_file", "started", f"Reading {path}")
        try:
            content = await self._context.files.read(path)
        except DomainError as missing:
            yield ToolUse(call, "read_file", "error", f"{path} is missing: {missing.message}")
            return
        self._read += len(content)
        yield ToolUse(call, "read_file", "completed", f"Read {path} ({size_in_words(len(content))})")

    def _writing(self, pattern: str) -> Iterator[Output]:
        for path in [path for path in self._left if fnmatchcase(path, pattern)]:
            content = self._left.pop(path).encode("utf-8")
            done = self._count - len(self._left) - 1
            call = self._call_id()
            yield Progress(f"Writing {path}", round(0.2 + 0.7 * done / self._count, 2))
            yield ToolUse(call, "write_file", "started", f"Writing {path}")
            self._written += len(content)
            yield File(check_path(path), content)
            yield ToolUse(call, "write_file", "completed", f"Wrote {path} ({size_in_words(len(content))})")

    def _usage(self) -> Usage:
        """Of the message that ends: about four characters make a token. The next one reads what this one said."""
        usage = Usage(input_tokens=self._read // 4 + 1, output_tokens=self._written // 4 + 1, cost_usd=0.0)
        self._read += self._written
        self._written = 0
        return usage


def size_in_words(count: int) -> str:
    return f"{count} B" if count < 1000 else f"{count / 1024:.1f} KB"

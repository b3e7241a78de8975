"""What agents of other people's making say, as outputs: text, or one of a few shapes.

A shape is a dictionary, or an object of `botarmy.agent` with the same fields. Its first field tells what it is:

    {"text": "…"}                                       {"file": "docs/a.md", "content": "…"}  (or "base64")
    {"progress": 0.4, "task": "Reading"}                {"question": "…", "options": ["…"], "state": …}
    {"result": "A sentence."}                           {"error": "A sentence.", "retryable": true}
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from botarmy.domain.codec import clean_text
from botarmy.domain.errors import DomainError
from botarmy.llm.prompt import summary_of
from botarmy.ports import File, Output, Progress, Question, Result, Text

FILE_BYTES: Final = 64 * 1024 * 1024
"""Of all files of one job together."""
TEXT_CHARACTERS: Final = 4 * 1024 * 1024
"""Of all text of one job together."""
OUTPUTS: Final = 10_000
"""Of one job, pieces of text left out."""
REASON_CHARACTERS: Final = 300
OPENING_CHARACTERS: Final = 2_000
"""Of the reply, from which its summary is made."""
STATE_BYTES: Final = 1024 * 1024


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Text(_Shape):
    text: str


class _Progress(_Shape):
    progress: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    task: str | None = None


class _File(_Shape):
    file: str
    content: str | bytes | None = None
    base64: str | None = None
    media_type: Annotated[str, Field(max_length=100)] | None = None


class _Question(_Shape):
    question: Annotated[str, Field(min_length=1, max_length=4_000)]
    options: Annotated[tuple[str, ...], Field(max_length=20, strict=False)] = ()
    state: Any = None


class _Result(_Shape):
    result: str


class _Error(_Shape):
    error: str
    retryable: bool = False


_SHAPES: Final[Mapping[str, type[_Shape]]] = MappingProxyType(
    {
        "text": _Text,
        "progress": _Progress,
        "task": _Progress,
        "file": _File,
        "question": _Question,
        "result": _Result,
        "error": _Error,
    }
)


class Interpreter:
    """Reads one agent's words in one job, within bounds."""

    def __init__(self, agent: str) -> None:
        self._agent: Final = agent
        self._outputs = 0
        self._characters = 0
        self._bytes = 0
        self._spoke = False
        self._said = ""
        self._written: Final[list[str]] = []

    def output(self, value: object) -> Output:
        """Raises DomainError: what cannot be read, is too much, or is the agent's own failure."""
        self._spoke = True
        if isinstance(value, str):
            return self._text(value)
        shape = self._shape(value)
        if not isinstance(shape, _Text):
            self._outputs += 1
            self._check(self._outputs <= OUTPUTS, f"more than {OUTPUTS} outputs")
        match shape:
            case _Text(text=text):
                return self._text(text)
            case _File():
                return self._file(shape)
            case _Question():
                return self._question(shape)
            case _Result(result=result):
                return Result(result)
            case _Progress(task=task, progress=progress):
                return Progress(task or "At work", progress)
            case _Error():
                raise self.failure(shape.error, shape.retryable)
            case _:
                raise self.unreadable(type(shape).__name__)

    def end(self) -> Result:
        """For an agent that ends without a result: its own words, or its deeds. Raises DomainError for silence."""
        if not self._spoke:
            raise DomainError("agent_silent", agent=self._agent)
        if words := summary_of(clean_text(self._said)):
            return Result(words)
        return Result(f"Wrote {', '.join(self._written[:5])}." if self._written else "Finished without a word.")

    def failure(self, reason: str, retryable: bool) -> DomainError:
        """In the agent's own words."""
        line = " ".join(clean_text(reason).split())[:REASON_CHARACTERS].rstrip(". ") or "it did not say why"
        code = "agent_gave_up_for_now" if retryable else "agent_gave_up"
        return DomainError(code, agent=self._agent, reason=line)

    def unreadable(self, why: str) -> DomainError:
        return DomainError("agent_unreadable", agent=self._agent, detail=why[:2_000])

    def _shape(self, value: object) -> _Shape:
        given = _fields(value)
        kind = next((_SHAPES[key] for key in given if key in _SHAPES), None)
        if kind is None:
            raise self.unreadable(f"nothing known in a {type(value).__name__} with the fields {list(given)[:10]}")
        try:
            return kind.model_validate(dict(given))
        except ValidationError as error:
            fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
            raise self.unreadable(f"{list(given)[:10]}: {fault['loc']} {fault['msg']}") from None

    def _text(self, text: str) -> Text:
        self._characters += len(text)
        self._check(self._characters <= TEXT_CHARACTERS, f"more than {TEXT_CHARACTERS} characters of text")
        if len(self._said) < OPENING_CHARACTERS:
            self._said += text[:OPENING_CHARACTERS]
        return Text(text)

    def _file(self, shape: _File) -> File:
        if (shape.content is None) == (shape.base64 is None):
            raise self.unreadable("a file needs either content or base64")
        try:
            raw = base64.b64decode(shape.base64, validate=True) if shape.base64 is not None else _raw(shape.content)
        except ValueError:
            raise self.unreadable("the base64 of a file is none") from None
        self._bytes += len(raw)
        self._check(self._bytes <= FILE_BYTES, f"files of more than {FILE_BYTES} bytes")
        self._written.append(clean_text(shape.file)[:100])
        return File(shape.file, raw, shape.media_type)

    def _question(self, shape: _Question) -> Question:
        if shape.state is None:
            return Question(shape.question, shape.options)
        try:
            state = json.dumps(shape.state, ensure_ascii=False).encode("utf-8", "replace")
        except (TypeError, ValueError, RecursionError):
            raise self.unreadable("the state of a question is not JSON") from None
        self._check(len(state) <= STATE_BYTES, f"a question's state of more than {STATE_BYTES} bytes")
        return Question(shape.question, shape.options, state)

    def _check(self, holds: bool, what: str) -> None:
        if not holds:
            raise DomainError("agent_too_talkative", agent=self._agent, detail=what)


def state_of(continuation: bytes | None) -> Any:
    """What a question left behind; None for nothing, and for what is no JSON."""
    try:
        return None if continuation is None else json.loads(continuation)
    except ValueError:
        return None


def _fields(value: object) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        given = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: one for name, one in given.items() if one is not None}
    return {}


def _raw(content: str | bytes | None) -> bytes:
    return content if isinstance(content, bytes) else clean_text(content or "").encode()

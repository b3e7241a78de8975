"""What an agent of your own imports: what it is given, and what it may say.

    from botarmy.agent import Context, File, Progress

    def agent(context: Context):
        yield Progress("Counting", 0.5)
        yield File("docs/words.md", f"{len(context.brief.split())} words")
        yield "I counted the words of the brief."

Plain text is a part of the reply. Instead of these classes an agent may also yield the dictionaries that a command
writes as JSON lines. docs/how-to/wrap-your-own-agent.md has the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Progress:
    """What the agent does now, in words, and how far it is: 0 to 1, None where nobody knows."""

    task: str | None = None
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the reply; the same as a plain string."""

    text: str


@dataclass(frozen=True, slots=True)
class File:
    """A file of the project, whole. Writing a path again replaces it."""

    file: str
    """Relative, with forward slashes: `docs/notes.md`."""
    content: str | bytes
    media_type: str | None = None
    """None: told from the path."""


@dataclass(frozen=True, slots=True)
class Question:
    """A person is asked. The agent ends here, and is started again once there is an answer, in weeks if need be."""

    question: str
    options: Sequence[str] = ()
    state: Any = None
    """Whatever JSON can hold, at most 1 MiB: it comes back as `Context.state`."""


@dataclass(frozen=True, slots=True)
class Result:
    """The agent is done; what it would say after this is not heard."""

    result: str
    """A sentence or two for the agents that follow."""


class Failure(Exception):
    """Raise it to fail in words of your own: they are shown.

    Args:
        reason: a sentence for people.
        retryable: whether trying again may help.
    """

    def __init__(self, reason: str, *, retryable: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable


class Asked(BaseException):
    """Ends an agent that has asked a question in `Context.ask`. Let it pass."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.question)
        self.question = question


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that the person gave along with the brief, as text."""

    name: str
    text: str
    cut: bool
    """Whether the file held more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What became of an earlier step."""

    agent: str
    title: str
    status: str
    """`completed`, `error`, `skipped` or `cancelled`."""
    text: str
    """Its reply; where it failed, what is missing and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPhase:
    """What an earlier phase of the same step left behind."""

    phase: str
    status: str
    """As of an earlier step."""
    summary: str
    text: str
    artifacts: tuple[str, ...]
    """Paths that were written in it."""


class Files(Protocol):
    """The project's files, those of this agent included."""

    def paths(self) -> Sequence[str]:
        """Sorted."""
        ...

    def read(self, path: str) -> str:
        """A text; what is not UTF-8 in it is replaced. Raises FileNotFoundError."""
        ...

    def read_bytes(self, path: str) -> bytes:
        """Raises FileNotFoundError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that an agent is given."""

    brief: str
    title: str
    attachments: tuple[Attached, ...]
    """What the person attached to the brief."""
    name: str
    """The agent's name in the team file; `instructions` are from there too."""
    instructions: str
    phase: str
    phase_instructions: str
    attempt: int
    """From 1."""
    model: str
    """The model string in force: for an agent that calls models itself."""
    earlier: tuple[Earlier, ...]
    notes: tuple[str, ...]
    """What people told the team, oldest first."""
    answers: tuple[tuple[str, str], ...]
    """Questions of this agent, each with its answer, oldest first."""
    feedback: tuple[str, ...]
    """Why this is done once more, oldest first: what failed after it, or what a person found wrong."""
    phases: tuple[EarlierPhase, ...]
    """The phases of this step that have ended, in their order."""
    state: Any
    """What the last question left behind; None where there was none."""
    files: Files
    is_stopped: Callable[[], bool] = field(default=lambda: False, repr=False)
    """Whether the project was paused or cancelled: a long loop looks here and ends itself."""
    _asked: dict[str, int] = field(default_factory=dict, repr=False)

    @property
    def stopped(self) -> bool:
        """The same as `is_stopped()`."""
        return self.is_stopped()

    def ask(self, question: str, options: Sequence[str] = ()) -> str:
        """A person's answer.

        Where there is none yet the agent ends here. It begins again once a person has answered, and this call then
        returns the answer: what stands before it in the code is done again. The same question asked twice is two
        questions.
        """
        before = self._asked.get(question, 0)
        self._asked[question] = before + 1
        given = [answer for asked, answer in self.answers if asked == question]
        if before < len(given):
            return given[before]
        raise Asked(Question(question, options))

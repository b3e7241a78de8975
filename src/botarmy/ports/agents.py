"""What an agent is: it is given a context and answers with a stream of output."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from botarmy.domain.errors import DomainError
from botarmy.domain.events import Channel, Decision, Finish, PhaseState, StepState, Usage
from botarmy.domain.origins import Before
from botarmy.domain.team import AgentSpec, PhaseSpec


class Files(Protocol):
    """The run's artifacts as an agent sees them: the latest version of each path, its own included."""

    def paths(self) -> Sequence[str]:
        """Sorted."""
        ...

    async def read(self, path: str) -> bytes:
        """Raises DomainError `unknown_artifact`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierResult:
    """What became of an earlier step."""

    agent_name: str
    title: str
    status: StepState
    text: str
    """The agent's reply; for a step that failed, what is missing and why, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that the person gave along with the brief, as text."""

    name: str
    """Of one line, for people; no path."""
    text: str
    cut: bool = False
    """Whether the file held more."""


Hear: TypeAlias = Callable[[], Awaitable[Sequence[str]]]


async def nothing_new() -> Sequence[str]:
    """What an agent hears that nobody talks to."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPhase:
    """What an earlier phase of the same step left behind."""

    phase: str
    status: PhaseState
    summary: str
    """A sentence or two; of one that failed, why."""
    text: str
    """What the agent said in it, the end of it where that is long; the files hold the rest."""
    artifacts: tuple[str, ...] = ()
    """Paths that it wrote."""


@dataclass(frozen=True, slots=True)
class Approved:
    """What a person decided about a tool call: `approve`, `edit` (the arguments), `reject` or `respond`."""

    decision: Decision
    answer: str | None
    """With `edit` the arguments, a JSON object; else words, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentContext:
    """All that an agent knows. It knows nothing of runs, sockets or databases."""

    brief: str
    title: str
    agent: AgentSpec
    phase: PhaseSpec
    attempt: int
    """From 1: how often this phase was tried to its end, this try included."""
    model: str
    """The model string in force for this agent."""
    earlier: tuple[EarlierResult, ...]
    files: Files
    notes: tuple[str, ...] = ()
    """What people told the team before this job began, oldest first."""
    hear: Hear = field(default=nothing_new, compare=False, repr=False)
    """What people have told the team since the agent last asked, oldest first; each is given out once, and shown as
    taken up. To be asked before each model call, right after the `CallStarted` that announces it, and at the end."""
    answers: tuple[tuple[str, str], ...] = ()
    """Questions this agent asked, each with its answer."""
    approvals: tuple[Approved, ...] = ()
    """What people decided about tool calls of this agent, oldest first."""
    phases: tuple[EarlierPhase, ...] = ()
    """The phases of this step that have ended, in their order."""
    feedback: tuple[str, ...] = ()
    """Why this is done once more, oldest first: what failed after it, or what a person found wrong."""
    continuation: bytes | None = None
    """What the agent left behind when it asked; None when it starts afresh."""
    before: tuple[Before, ...] = ()
    """Of a follow-up: the runs whose files it goes on from, oldest first."""
    attachments: tuple[Attached, ...] = ()
    """What the person attached to the brief, in their order."""
    share: str = ""
    """Opaque: agents with the same one share a part of whatever is scarce, such as the calls of a minute."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What the agent is doing now, in words, and how far it is (0 to 1; None where nobody knows)."""

    task: str
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The agent waits for something that is not a person. Until its next output it holds no place of its worker."""

    reason: str
    """A sentence for people, e.g. `Waiting for the AI service's limit`."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something went wrong that the agent deals with itself; the reader is told."""

    code: str
    message: str
    action: str
    retry_in: float | None = None
    """Seconds until the agent tries again, without a place of its worker; None where it goes on at once."""
    detail: str | None = None
    """Technical text for the server's log alone."""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A model call begins: the text that follows is a new message.

    Whoever reads the stream may end it here: the call is made only once the next output is asked for.
    """

    call_attempt: int = 1
    continuation: Callable[[], bytes | None] | None = field(default=None, compare=False, repr=False)
    """Gives what the agent goes on from where the call is not made now: at most 1 MiB, given back in a later context.
    None, or an answer of None: it starts afresh."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a message. Text before any `CallStarted` opens a message by itself."""

    text: str
    channel: Channel = "text"


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The message is whole. `model` is None where no model wrote it; `usage` where nothing is known."""

    model: str | None = None
    usage: Usage | None = None
    finish: Finish = "complete"


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool was called (`started`), and the same `call_id` again when it has answered."""

    call_id: str
    name: str
    status: Literal["started", "completed", "error"]
    summary: str
    """A sentence for a person, e.g. `Wrote app/index.html (4.2 KB)`."""


@dataclass(frozen=True, slots=True)
class File:
    """A file the agent produced: a new artifact, or a new version of one."""

    path: str
    content: bytes
    media_type: str | None = None
    """None: told from the path."""


@dataclass(frozen=True, slots=True)
class Question:
    """The agent needs a person. Its run ends here; the next job starts with the answer."""

    prompt: str
    options: tuple[str, ...] = ()
    continuation: bytes | None = None
    """At most 1 MiB; given back in the next context."""
    arguments: str | None = None
    """Of a tool call that a person is to approve: a JSON object of at most 2,000 characters. None: a plain question."""


@dataclass(frozen=True, slots=True)
class Result:
    """The agent is done."""

    summary: str
    """A sentence or two for the next agents and the team rail."""


Output: TypeAlias = Progress | Waiting | Trouble | CallStarted | Text | CallEnded | ToolUse | File | Question | Result


class Spent(DomainError):
    """A failure that stands after all the attempts which the agent itself makes: its phase is not tried again."""


class Agent(Protocol):
    """A role at work: one phase of one step, as a stream of output.

    The stream ends with a `Result` or a `Question`; one that ends without is a failure (`agent_silent`). It may
    raise DomainError with a code of the table; anything else becomes `agent_failed`. Closing the stream (or
    cancelling the task that iterates) stops the work, the model's call included.
    """

    def run(self, context: AgentContext) -> AsyncGenerator[Output, None]: ...


class AgentFactory(Protocol):
    def __call__(self, spec: AgentSpec, model: str) -> Agent:
        """The implementation for a step under a model string. Raises DomainError, e.g. `model_not_configured`."""
        ...

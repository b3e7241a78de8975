"""Commands: what people and workers ask of a run. Deciding on them is in `decide.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from botarmy.domain.attachments import Given
from botarmy.domain.budget import Today
from botarmy.domain.events import CallState, Decision, Finish, StepPlan, Usage
from botarmy.domain.recovery import Recovery
from botarmy.domain.run import Run
from botarmy.domain.times import Timestamp
from botarmy.domain.views import ArtifactView

BRIEF_BYTES: Final = 32 * 1024
NOTE_BYTES: Final = 32 * 1024
TITLE_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a decision must not make up for itself."""

    at: Timestamp
    by: str
    """The user, or the worker's id."""
    new_id: Callable[[], str]
    """Gives a new UUIDv7 at each call."""


# --- From people ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRun:
    """`plan` and `definition` are the chosen team's, looked up by the service."""

    run_id: str
    brief: str
    title: str | None
    team: str
    options: Mapping[str, Any]
    plan: tuple[StepPlan, ...]
    definition: str
    attachments: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkRun:
    """Again from a step, in a new run. What `source` and the log know is looked up by the service."""

    source: Run
    step: str
    artifacts: tuple[ArtifactView, ...]
    """What the shared steps left, each path in the last version of theirs."""
    brief: str | None
    title: str | None
    options: Mapping[str, Any]
    """The source's own, with what is to be different."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRun:
    """A new run over what another one built."""

    source: Run
    brief: str
    title: str | None
    options: Mapping[str, Any]
    """As with `ForkRun`."""


@dataclass(frozen=True, slots=True)
class PauseRun:
    pass


@dataclass(frozen=True, slots=True)
class ResumeRun:
    pass


@dataclass(frozen=True, slots=True)
class CancelRun:
    pass


@dataclass(frozen=True, slots=True)
class DeleteRun:
    expired: bool = False
    """It goes for its age: only if it has ended, and is not at work again meanwhile."""


@dataclass(frozen=True, slots=True)
class RetryStep:
    step: str


@dataclass(frozen=True, slots=True)
class SkipStep:
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    request_id: str
    decision: Decision
    answer: str | None = None
    subject: str | None = None
    """The hash of what the person saw; None skips the check."""
    path: str | None = None
    """With the decision `edit`: which of the files that were shown; None: the first one, or the reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditArtifact:
    """A person writes a new version of a text file."""

    path: str
    content: str
    rerun: bool = False
    """Whether the steps that come after the one that wrote it are done again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote:
    content: str
    step: str | None = None


# --- From workers -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginJob:
    """A worker has claimed the job and starts on it."""

    job_id: str
    token: int
    worker_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressMade:
    task: str
    progress: float | None
    call_attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitBegun:
    """The agent waits for something that is not a person, for so many seconds."""

    reason: str
    seconds: float
    call_attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleMet:
    """Something went wrong that the agent deals with itself: by call attempt `call_attempt`, in `retry_in` seconds,
    or at once where that is None."""

    code: str
    message: str
    action: str
    retry_in: float | None = None
    call_attempt: int = 1
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesTaken:
    """The agent was told these notes of people. Those that its step had taken up before say nothing new."""

    note_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEnded:
    """The whole text of one model call; its `started_at` counts where no delta of it was seen."""

    message_id: str
    text: str
    thinking: str
    finish: Finish
    started_at: Timestamp
    model: str | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCalled:
    call_id: str
    name: str
    status: CallState
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWritten:
    path: str
    size: int
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRefused:
    """An agent produced what may not be an artifact; the rest of its work goes on."""

    code: str
    message: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAsked:
    """The agent ended its job with a question."""

    prompt: str
    options: tuple[str, ...] = ()
    continuation: str | None = None
    """SHA-256 of the blob that the agent goes on from; None: it starts again, with the answer."""
    arguments: str | None = None
    """Those of a tool call that is to be approved, a JSON object; None: a plain question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetReached:
    """The agent was stopped before a model call, because a budget is used up."""

    continuation: str | None = None
    """As with `PersonAsked`."""
    today: Today | None = None
    """Filled in by the server, like `cheaper`."""
    cheaper: str | None = None
    """The model that could go on for less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFailed:
    code: str
    message: str
    action: str
    retryable: bool
    reference: str | None = None
    final: bool = False
    """The agent has tried as often as it may: no other attempt follows by itself."""
    recovery: Recovery | None = None
    """What is to be done about it. Filled in by the server."""


Report: TypeAlias = (
    ProgressMade
    | WaitBegun
    | TroubleMet
    | NotesTaken
    | MessageEnded
    | ToolCalled
    | FileWritten
    | FileRefused
    | PersonAsked
    | BudgetReached
    | WorkDone
    | WorkFailed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportJob:
    """What an agent at work has to tell, in order. Refused unless the job is claimed under `token`."""

    job_id: str
    token: int
    reports: tuple[Report, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class HandBackJob:
    """The worker is draining: the job goes back to the queue, and no attempt is used up."""

    job_id: str
    token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseJob:
    """The job's worker is presumed dead: its lease under `token` has expired."""

    job_id: str
    token: int
    recovery: Recovery | None = None
    """What is to be done where this was once too often."""


Command: TypeAlias = (
    StartRun
    | ForkRun
    | FollowUpRun
    | PauseRun
    | ResumeRun
    | CancelRun
    | DeleteRun
    | RetryStep
    | SkipStep
    | AnswerRequest
    | EditArtifact
    | AddNote
    | BeginJob
    | ReportJob
    | HandBackJob
    | LoseJob
)


# --- What follows from a decision -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueue:
    job_id: str
    step: str
    phase: str
    attempt: int
    agent_name: str
    requires: tuple[str, ...]
    priority: int
    available_at: Timestamp
    """Not claimed before this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """The job is over. With a token: only if it is claimed under it, else the whole commit is refused."""

    job_id: str
    token: int | None
    status: str
    """`completed`, `failed`, `cancelled` or `dead`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requeue:
    """The job goes back to the queue. With a token: only if it is claimed under it."""

    job_id: str
    token: int | None
    available_at: Timestamp


JobChange: TypeAlias = Enqueue | Settle | Requeue

"""Commands as people send them: a name and arguments, checked and turned into the domain's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from botarmy.domain import commands as c
from botarmy.domain.artifacts import PATH_CHARACTERS
from botarmy.domain.attachment import Kind
from botarmy.domain.attachments import GIVEN_NAME_CHARACTERS, Given
from botarmy.domain.budget import HIGHEST_USD
from botarmy.domain.codec import clean_text
from botarmy.domain.errors import DomainError

Id = Annotated[str, Field(min_length=1, max_length=100)]


FilePath = Annotated[str, Field(min_length=1, max_length=PATH_CHARACTERS)]
AgentName = Annotated[str, Field(min_length=1, max_length=100)]


class Arguments(BaseModel):
    """What every command's arguments share: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Options(Arguments):
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Overrides the model of the settings for this run."""
    budget: Annotated[float, Field(gt=0, le=HIGHEST_USD, allow_inf_nan=False)] | None = None
    """What this run may spend before a person is asked, in USD; overrides the team's and the settings'."""
    approvals: Literal["none", "each"] | Annotated[list[AgentName], Field(max_length=50)] | None = None
    """Whose work a person approves before the team goes on; overrides what the team's file says."""


class AttachedText(Arguments):
    """A file whose text was taken out: what reading an attachment answers, as it is."""

    name: Annotated[str, Field(min_length=1, max_length=GIVEN_NAME_CHARACTERS)]
    text: str
    media_type: Kind = "text/plain"
    size: Annotated[int, Field(ge=0)] | None = None
    cut: bool = False

    def given(self) -> Given:
        return Given(name=self.name, text=self.text, media_type=self.media_type, size=self.size, cut=self.cut)


class StartRun(Arguments):
    brief: str
    title: str | None = None
    team: Annotated[str, Field(max_length=100)] | None = None
    options: Options = Field(default_factory=Options)
    attachments: Annotated[list[AttachedText], Field(max_length=1_000)] = Field(default_factory=list)


class OfRun(Arguments):
    run_id: Id


class OfStep(OfRun):
    step: Id


class ForkRun(OfStep):
    """`run_id` is the run that it goes on from."""

    brief: str | None = None
    title: str | None = None
    options: Options = Field(default_factory=Options)


class FollowUpRun(OfRun):
    """As with `ForkRun`."""

    brief: str
    title: str | None = None
    options: Options = Field(default_factory=Options)


class AnswerRequest(OfRun):
    request_id: Id
    decision: Literal["approve", "edit", "reject", "respond"]
    answer: str | None = None
    subject: str | None = None
    path: FilePath | None = None


class EditArtifact(OfRun):
    path: FilePath
    content: str
    rerun: bool = False


class AddNote(OfRun):
    content: str
    step: Id | None = None


Beginning: TypeAlias = StartRun | ForkRun | FollowUpRun


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked command: to begin a run (`run_id` is None then), or to do something to one."""

    run_id: str | None
    command: c.Command | Beginning


def asked(name: str, args: Mapping[str, object]) -> Asked:
    """Raises DomainError `unknown_command` or `bad_arguments`."""
    if name not in _SHAPES:
        raise DomainError("unknown_command", detail=name[:100])
    shape, build = _SHAPES[name]
    try:
        arguments = shape.model_validate(dict(args))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise DomainError("bad_arguments", what=in_words(fault["type"], fault["loc"])) from None
    begins = isinstance(arguments, StartRun | ForkRun | FollowUpRun)
    return Asked(None if begins else getattr(arguments, "run_id", None), build(arguments))


def fingerprint(name: str, args: Mapping[str, object]) -> str:
    """SHA-256 of a command's name and arguments, whatever the order of the keys."""
    canonical = json.dumps([name, args], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def in_words(fault: str, where: Sequence[object]) -> str:
    """What is wrong with an argument, for a person, from pydantic's name of the fault and its place."""
    names = [str(part) for part in where if str(part).replace("-", "_").isidentifier() or isinstance(part, int)]
    field = clean_text(".".join(names))[:60] or "arguments"
    words = {"missing": "is missing", "extra_forbidden": "is not known here"}
    return f"“{field}” {words.get(fault, 'does not have the right form')}"


_SHAPES: Final[dict[str, tuple[type[Arguments], Callable[[Any], c.Command | Beginning]]]] = {
    "start_run": (StartRun, lambda a: a),
    "fork_run": (ForkRun, lambda a: a),
    "follow_up_run": (FollowUpRun, lambda a: a),
    "pause_run": (OfRun, lambda _: c.PauseRun()),
    "resume_run": (OfRun, lambda _: c.ResumeRun()),
    "cancel_run": (OfRun, lambda _: c.CancelRun()),
    "delete_run": (OfRun, lambda _: c.DeleteRun()),
    "retry_step": (OfStep, lambda a: c.RetryStep(a.step)),
    "skip_step": (OfStep, lambda a: c.SkipStep(a.step)),
    "answer_request": (
        AnswerRequest,
        lambda a: c.AnswerRequest(
            request_id=a.request_id, decision=a.decision, answer=a.answer, subject=a.subject, path=a.path
        ),
    ),
    "edit_artifact": (
        EditArtifact,
        lambda a: c.EditArtifact(path=a.path, content=a.content, rerun=a.rerun),
    ),
    "add_note": (AddNote, lambda a: c.AddNote(content=a.content, step=a.step)),
}
COMMANDS: Final = tuple(_SHAPES)

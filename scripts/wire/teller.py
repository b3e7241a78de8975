"""Tells a story of a run: decides commands under a made-up clock, gives the events their places, keeps what is read."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from botarmy.domain import codec
from botarmy.domain import commands as c
from botarmy.domain.attachments import Given
from botarmy.domain.decide import decide
from botarmy.domain.events import AgentDelta, Channel, Event, NewEvent, StepPlan, Usage
from botarmy.domain.fold import evolve, fold
from botarmy.domain.run import Job, Run
from botarmy.domain.times import Timestamp, later

BEGINNING: Final = "2026-11-20T09:30:00.000Z"
BRIEF: Final = "A pomodoro timer for teams.\n\nEverybody sees the same clock."
FIVE: Final = tuple(
    StepPlan(step=step, agent_name=step.title(), title=title, needs=needs, phases=("work",), attempts=2)
    for step, title, needs in (
        ("analyst", "Requirements", ()),
        ("architect", "Design", ("analyst",)),
        ("developer", "Development", ("architect",)),
        ("tester", "Testing", ("developer",)),
        ("deployer", "Deployment", ("tester",)),
    )
)


def chain(*names: str, phases: tuple[str, ...] = ("work",), attempts: int = 2) -> tuple[StepPlan, ...]:
    """Steps one after another."""
    return tuple(
        StepPlan(
            step=name,
            agent_name=name.title(),
            title=f"The {name}'s part",
            needs=names[max(0, at - 1) : at],
            phases=phases,
            attempts=attempts,
        )
        for at, name in enumerate(names)
    )


@dataclass(slots=True)
class Message:
    """One model call's text as its worker knows it."""

    message_id: str
    step: str
    started_at: Timestamp
    texts: dict[Channel, str] = field(default_factory=lambda: {"text": "", "thinking": ""})


class Teller:
    """One run and its log. What is said happens a moment (100 ms unless told) after what was said before."""

    def __init__(
        self,
        plan: tuple[StepPlan, ...] = FIVE,
        *,
        brief: str = BRIEF,
        title: str | None = None,
        options: Mapping[str, Any] = MappingProxyType({"model": "demo"}),
        begin: c.Command | None = None,
        at: Timestamp = BEGINNING,
        attachments: tuple[Given, ...] = (),
    ) -> None:
        """`begin`: goes on from another run, of a story that was told before `at`."""
        self._ids: Final = itertools.count(0x5001 if begin else 1)
        self._tokens: Final = itertools.count(1)
        self._held: Final[dict[str, int]] = {}
        self._position = 100
        self._run: Run | None = None
        self.at = at
        self.bodies: Final[list[tuple[str, int, int | None]]] = []
        self.run_id: Final = self.new_id()
        start = c.StartRun(
            run_id=self.run_id,
            brief=brief,
            title=title,
            team="software",
            options=dict(options),
            plan=plan,
            definition=hashlib.sha256(b"software").hexdigest(),
            attachments=attachments,
        )
        self.person(begin or start)

    # --- The log ---------------------------------------------------------------------------------------------

    @property
    def run(self) -> Run:
        if self._run is None:
            raise AssertionError("a story begins with the start of its run")
        return self._run

    def new_id(self) -> str:
        return f"01939f3e-{next(self._ids):04x}-7000-8000-00000000b07a"

    def wait(self, seconds: float) -> None:
        self.at = later(self.at, seconds)

    def elsewhere(self, events: int) -> None:
        """Other runs write to the log too: positions of one run have gaps, its versions never."""
        self._position += events

    def person(self, command: c.Command, by: str = "local") -> None:
        self._decide(command, by)

    def worker(self, command: c.Command, by: str = "worker-1") -> None:
        self._decide(command, by)

    def _decide(self, command: c.Command, by: str) -> None:
        self.wait(0.1)
        envelope = c.Envelope(at=self.at, by=by, new_id=self.new_id)
        for event in decide(self._run, self.run_id, command, envelope).events:
            self._append(event, versioned=True)

    def _append(self, event: NewEvent, *, versioned: bool) -> None:
        self.write(codec.encode(event), versioned=versioned)

    def write(self, body: str, *, versioned: bool = True) -> None:
        """Append an event as it is stored; one of a newer version can be told no other way."""
        self._position += 1
        version = (self._run.view.version if self._run else 0) + 1 if versioned else None
        self.bodies.append((body, self._position, version))
        self._run = evolve(self._run, codec.decode(body, self._position, version))

    def newer(self, type_: str, content: str, metadata: Mapping[str, Any], agent_name: str | None = None) -> None:
        self.wait(0.1)
        body = {
            "id": self.new_id(),
            "run_id": self.run_id,
            "type": type_,
            "timestamp": self.at,
            "agent_name": agent_name,
            "content": content,
            "metadata": metadata,
            "requires_ack": False,
        }
        self.write(json.dumps(body, ensure_ascii=False))

    # --- People and workers ----------------------------------------------------------------------------------

    def job_of(self, step: str) -> Job:
        return next(job for job in self.run.jobs if job.step == step)

    def begin(self, step: str, worker: str = "worker-1") -> None:
        job = self.job_of(step)
        token = self._held[job.job_id] = next(self._tokens)
        self.worker(c.BeginJob(job_id=job.job_id, token=token, worker_id=worker), worker)

    def report(self, step: str, *reports: c.Report) -> None:
        job = self.job_of(step)
        self.worker(c.ReportJob(job_id=job.job_id, token=self._held[job.job_id], reports=reports))

    def lose(self, step: str) -> None:
        job = self.job_of(step)
        self._decide(c.LoseJob(job_id=job.job_id, token=self._held[job.job_id]), "server")

    def hand_back(self, step: str) -> None:
        job = self.job_of(step)
        self.worker(c.HandBackJob(job_id=job.job_id, token=self._held[job.job_id]))

    def does(self, step: str, task: str, progress: float | None = None) -> None:
        self.report(step, c.ProgressMade(task=task, progress=progress))

    def message(self, step: str) -> Message:
        return Message(self.new_id(), step, self.at)

    def says(self, message: Message, text: str, channel: Channel = "text", offset: int | None = None) -> None:
        """One delta. An offset of one's own cuts what is held, or is out of reach."""
        self.wait(0.04)
        held = message.texts[channel]
        at = len(held) if offset is None else offset
        message.texts[channel] = held[:at] + text
        job = self.job_of(message.step)
        metadata = AgentDelta(
            step=message.step,
            phase=job.phase,
            attempt=job.attempt,
            message_id=message.message_id,
            channel=channel,
            offset=at,
        )
        event = NewEvent(
            id=self.new_id(),
            run_id=self.run_id,
            timestamp=self.at,
            agent_name=self.run.step(message.step).agent_name,
            content=text,
            metadata=metadata,
        )
        self._append(event, versioned=False)

    def ends(self, message: Message, *, model: str | None = "demo", usage: Usage | None = None) -> None:
        ended = c.MessageEnded(
            message_id=message.message_id,
            text=message.texts["text"],
            thinking=message.texts["thinking"],
            finish="complete" if model else "fallback",
            started_at=message.started_at,
            model=model,
            usage=usage,
        )
        self.report(message.step, ended)

    def speaks(self, step: str, *pieces: str, usage: Usage | None = None) -> None:
        """A whole message."""
        message = self.message(step)
        for piece in pieces:
            self.says(message, piece)
        self.ends(message, usage=usage)

    def writes(self, step: str, path: str, content: str, media_type: str = "text/markdown") -> None:
        encoded = content.encode()
        written = c.FileWritten(
            path=path, size=len(encoded), media_type=media_type, sha256=hashlib.sha256(encoded).hexdigest()
        )
        self.report(step, written)

    def finishes(self, step: str) -> None:
        self.report(step, c.WorkDone(summary=f"The {step}'s part is there."))

    def fails(self, step: str, *, retryable: bool = False) -> None:
        failed = c.WorkFailed(
            code="model_timeout" if retryable else "model_context_too_long",
            message="The AI service took too long to answer."
            if retryable
            else "This has become too long for the model.",
            action="Retry the step." if retryable else "Use a model with a larger context.",
            retryable=retryable,
            reference="8f14e45f",
        )
        self.report(step, failed)

    def works(self, step: str) -> None:
        """A step without any trouble."""
        self.begin(step)
        self.speaks(step, f"I am the {step}. ", "This is what I found.")
        self.finishes(step)

    # --- What is read ----------------------------------------------------------------------------------------

    def events(self) -> list[str]:
        """The events as clients get them."""
        return [codec.wire(*body) for body in self.bodies]

    def without_deltas(self) -> None:
        """The deltas of finished messages are deleted; positions have gaps then, versions never."""
        open_ones = {m.message_id for step in self.run.view.steps for m in step.messages if m.finish is None}
        kept = [entry for entry in self.bodies if _still_needed(codec.decode(*entry), open_ones)]
        self.bodies[:] = kept
        self._run = fold(self.told())

    def told(self) -> Iterator[Event]:
        return (codec.decode(*entry) for entry in self.bodies)


def _still_needed(event: Event, open_messages: set[str]) -> bool:
    return not isinstance(event.metadata, AgentDelta) or event.metadata.message_id in open_messages

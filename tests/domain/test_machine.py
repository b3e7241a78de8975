"""Random commands of people and workers against a run and a simple model of the queue, with what must always hold."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from botarmy.domain import commands as c
from botarmy.domain import events as e
from botarmy.domain import transitions
from botarmy.domain.codec import decode, encode
from botarmy.domain.decide import decide
from botarmy.domain.draft import Decided
from botarmy.domain.errors import DomainError
from botarmy.domain.events import StepPlan
from botarmy.domain.fold import evolve, fold
from botarmy.domain.gates import open_gates
from botarmy.domain.notes import NOTES_OF_A_RUN
from botarmy.domain.recovery import Ask, FallBack, Recovery, Retry, RollBack, Rule, Skip, Stop
from botarmy.domain.run import RUN_ENDED, STEP_AT_WORK, STEP_ENDED, Run, replaced, summarize
from botarmy.domain.times import later
from botarmy.domain.views import RequestView, RunSummary, StepSummary, StepView

AT_WORK: Final = {"queued", "started", "thinking", "retrying"}
COMPACTION_KEEPS: Final = ("position", "updated_at")
"""What a view may say otherwise once deltas are gone."""


class StaleToken(Exception):
    """What a store answers to who holds a job no more."""


@dataclass
class StoredJob:
    """A job as the queue knows it."""

    available_at: str
    token: int = 0
    claimed: bool = False


class Queue:
    """The jobs of a store: claims, fencing tokens, and what commits do to them."""

    def __init__(self) -> None:
        self.jobs: Final[dict[str, StoredJob]] = {}

    def holds(self, job_id: str, token: int) -> bool:
        job = self.jobs.get(job_id)
        return job is not None and job.claimed and job.token == token

    def commit(self, fence: tuple[str, int] | None, changes: tuple[c.JobChange, ...]) -> None:
        """All of it, or StaleToken and nothing."""
        guarded = [(one.job_id, one.token) for one in changes if not isinstance(one, c.Enqueue) and one.token]
        if not all(self.holds(*pair) for pair in ([fence] if fence else []) + guarded):
            raise StaleToken
        for change in changes:
            if isinstance(change, c.Enqueue):
                assert change.job_id not in self.jobs
                self.jobs[change.job_id] = StoredJob(change.available_at)
            elif isinstance(change, c.Settle):
                del self.jobs[change.job_id]
            else:
                job = self.jobs[change.job_id]
                job.claimed, job.available_at = False, change.available_at


def listed(runs: RunSummary | None, event: e.Event) -> RunSummary | None:
    """A run in a list, as a screen folds it that follows the topic `runs` and nothing else."""
    m = event.metadata
    if isinstance(m, e.RunCreated):
        return RunSummary(
            run_id=event.run_id or "",
            title=m.title,
            team=m.team,
            owner=m.owner,
            status="created",
            outcome=None,
            created_at=event.timestamp,
            updated_at=event.timestamp,
            waiting=0,
            progress=0,
            steps=tuple(
                StepSummary(step=p.step, agent_name=p.agent_name, status="pending", retry_at=None) for p in m.steps
            ),
        )
    if runs is None or not isinstance(m, e.RunStatus | e.AgentStatus | e.Request):
        return runs
    if isinstance(m, e.RunStatus):
        runs = replace(runs, status=m.status, outcome=m.outcome)
    elif isinstance(m, e.Request):
        runs = replace(runs, waiting=runs.waiting + (1 if m.status == "open" else -1))
    else:
        steps = tuple(replace(s, status=m.status, retry_at=m.retry_at) if s.step == m.step else s for s in runs.steps)
        runs = replace(runs, steps=steps, progress=sum(s.status in STEP_ENDED for s in steps) / len(steps))
    if runs.status in ("running", "waiting"):
        busy = any(s.status in AT_WORK or (s.status == "waiting" and s.retry_at) for s in runs.steps)
        runs = replace(runs, status="waiting" if runs.waiting and not busy else "running")
    return replace(runs, updated_at=event.timestamp)


@st.composite
def plans(draw: st.DrawFn) -> tuple[StepPlan, ...]:
    """Up to four steps; each may need any of those before it."""
    names = ["a", "b", "c", "d"][: draw(st.integers(1, 4))]
    return tuple(
        StepPlan(
            step=name,
            agent_name=name.upper(),
            title=name,
            needs=tuple(need for need in names[:at] if draw(st.booleans())),
            phases=draw(st.sampled_from((("work",), ("plan", "work")))),
            attempts=draw(st.integers(1, 2)),
            approval=draw(st.sampled_from((None, None, "before", "after"))),
        )
        for at, name in enumerate(names)
    )


def gated(request: RequestView) -> bool:
    return request.gate is not None and request.gate.when != "tool"


FAILURE: Final[dict[str, Any]] = {"code": "model_timeout", "message": "It took too long.", "action": "Retry the step."}
TROUBLE: Final = {**FAILURE, "action": "Nothing needs to be done."}
DECISIONS: Final = ("approve", "edit", "reject", "respond")
RECOVERIES: Final = tuple(
    Recovery(rules=(Rule(on=("*",), do=do),), step_failures=6, run_failures=12)
    for do in (
        (Retry(times=2), RollBack(), Ask()),
        (RollBack(times=2),),
        (FallBack(model="another:model"), FallBack(agent="a"), Skip()),
        (FallBack(message="I could not finish my part."),),
        (FallBack(team="other", phases=("other/one", "other/two/work")), Ask()),
        (Ask(),),
        (Stop(),),
    )
)
PICK: Final = st.integers(0, 10**6)
"""Chooses one of what there is at the moment."""


class RunMachine(RuleBasedStateMachine):
    @initialize(plan=plans())
    def start(self, plan: tuple[StepPlan, ...]) -> None:
        self.ids = itertools.count(1)
        self.at = "2026-11-20T09:30:00.000Z"
        self.queue = Queue()
        self.log: list[e.Event] = []
        self.run: Run | None = None
        self.summary: RunSummary | None = None
        self.leases: list[tuple[str, int]] = []
        self.job_states: dict[str, str] = {}
        self.command(c.StartRun(run_id="r", brief="Go", title=None, team="t", options={}, plan=plan, definition="d"))

    # --- The write path --------------------------------------------------------------------------------------

    @property
    def known(self) -> Run:
        assert self.run is not None
        return self.run

    def new_id(self) -> str:
        return f"id-{next(self.ids):06d}"

    def command(self, command: c.Command, by: str = "local") -> bool:
        """Whether it was carried out. A refusal has a code and leaves everything as it was."""
        self.at = later(self.at, 0.01)
        try:
            decided = decide(self.run, "r", command, c.Envelope(at=self.at, by=by, new_id=self.new_id))
            self.queue.commit(decided.fence, decided.jobs)
        except StaleToken:
            return False
        except DomainError as refused:
            if refused.code == "illegal_transition":
                raise
            return False
        self.commit(decided)
        return True

    def commit(self, decided: Decided) -> None:
        for event in decided.events:
            self.append(event, versioned=True)
        assert replace(decided.run, view=replace(decided.run.view, position=0)) == replace(
            self.known, view=replace(self.known.view, position=0)
        )

    def append(self, event: e.NewEvent, *, versioned: bool) -> None:
        version = (self.run.view.version if self.run else 0) + 1 if versioned else None
        placed = decode(encode(event), len(self.log) + 1, version)
        before, self.run = self.run, evolve(self.run, placed)
        self.summary = listed(self.summary, placed)
        self.log.append(placed)
        if before is not None:
            self.check_moves(before, placed.metadata)

    def check_moves(self, before: Run, m: Any) -> None:
        transitions.check(before, m)
        if isinstance(m, e.AgentStatus):
            step = before.step(m.step)
            assert m.attempt >= step.attempt or len(step.phases) > 1
            assert m.retry_at is not None or m.status != "retrying"
            assert m.retry_at is None or m.status in ("retrying", "waiting")
        elif isinstance(m, e.JobStatus):
            assert m.status in transitions.JOB[self.job_states.get(m.job_id)]
            self.job_states[m.job_id] = m.status

    # --- People ----------------------------------------------------------------------------------------------

    def a_step(self, pick: int) -> str:
        return self.known.plan[pick % len(self.known.plan)].step

    @precondition(lambda self: self.known.status == "running")
    @rule()
    def pause(self) -> None:
        assert self.command(c.PauseRun())

    @precondition(lambda self: self.known.status == "paused")
    @rule()
    def resume(self) -> None:
        assert self.command(c.ResumeRun())

    @precondition(lambda self: len(self.log) > 60)
    @rule()
    def cancel(self) -> None:
        assert self.command(c.CancelRun()) == (self.known_before not in RUN_ENDED)

    @precondition(lambda self: len(self.log) > 80)
    @rule()
    def delete(self) -> None:
        assert self.command(c.DeleteRun()) == (self.known_before != "deleted")

    @precondition(lambda self: any(step.status in STEP_ENDED for step in self.known.view.steps))
    @rule(pick=PICK)
    def retry(self, pick: int) -> None:
        self.command(c.RetryStep(self.a_step(pick)))

    @precondition(lambda self: len(self.log) > 20)
    @rule(pick=PICK)
    def skip(self, pick: int) -> None:
        step = self.known.step(self.a_step(pick))
        done = self.command(c.SkipStep(step.step))
        assert done == (self.known_before not in RUN_ENDED and step.status not in STEP_ENDED)

    @rule(step=st.none() | PICK)
    def note(self, step: int | None) -> None:
        to = None if step is None else self.a_step(step)
        full = len(self.known.view.notes) >= NOTES_OF_A_RUN
        deaf = self.known_before in RUN_ENDED or full or (to is not None and self.known.step(to).status in STEP_ENDED)
        assert self.command(c.AddNote(content="Hurry.", step=to)) != deaf

    @precondition(lambda self: any(step.status == "waiting" for step in self.known.view.steps))
    @rule(end=st.sampled_from(("skip", "skip", "cancel", "pause")))
    def nobody_answers(self, end: str) -> None:
        step = next(step.step for step in self.known.view.steps if step.status == "waiting")
        ends: dict[str, c.Command] = {"skip": c.SkipStep(step), "cancel": c.CancelRun(), "pause": c.PauseRun()}
        self.command(ends[end])

    @precondition(lambda self: self.known.view.requests)
    @rule(pick=PICK, by=st.sampled_from(("maria", "ravi")), decision=st.sampled_from(DECISIONS))
    def answer(self, pick: int, by: str, decision: e.Decision) -> None:
        requests = self.known.view.requests
        request = requests[pick % len(requests)]
        if request.gate is None:
            decision = "respond"
        chooses = request.options and (pick % 2 or request.budget)
        words = request.options[pick % len(request.options)] if chooses else by
        if request.gate and request.gate.when == "tool" and decision == "edit":
            words = '{"name": "value"}'
        answer = c.AnswerRequest(request_id=request.request_id, decision=decision, answer=words)
        assert self.command(answer, by) == (request.status == "open" and self.known_before != "deleted")

    @precondition(lambda self: any(r.status == "open" and gated(r) for r in self.known.view.requests))
    @rule(decision=st.sampled_from(DECISIONS))
    def decide_at_a_gate(self, decision: e.Decision) -> None:
        """Somebody who saw what is shown there now."""
        request = next(r for r in self.known.view.requests if r.status == "open" and gated(r))
        id_, seen = request.request_id, request.subject
        answered = self.command(c.AnswerRequest(request_id=id_, subject=seen, decision=decision, answer="Hm."), "maria")
        assert answered == (self.known_before != "deleted")

    @precondition(lambda self: self.known.view.artifacts)
    @rule(pick=PICK, rerun=st.booleans())
    def edit(self, pick: int, rerun: bool) -> None:
        path = self.known.view.artifacts[pick % len(self.known.view.artifacts)].path
        done = self.command(c.EditArtifact(path=path, content=str(pick), rerun=rerun), "ravi")
        assert done == (self.known_before != "deleted" and not (rerun and self.known_before == "cancelled"))

    @invariant()
    def what_waits_for_approval_is_what_is_shown(self) -> None:
        """Whatever happened meanwhile: the subject that is asked for is that of the files as they are."""
        for request, gate in open_gates(self.known):
            shown = {file.path: file.version for file in gate.artifacts}
            by = (request.step,) if gate.when == "after" else self.known.planned(request.step or "").needs
            assert shown == {a.path: a.version for a in self.known.view.artifacts if a.step in by}
            assert gate.round <= gate.rounds

    # --- Workers ---------------------------------------------------------------------------------------------

    @property
    def known_before(self) -> str:
        """The run's status before the command of this rule."""
        return self._before

    def due(self) -> list[str]:
        """Jobs that a store would give to a worker now."""
        if self.known.status != "running":
            return []
        return [id_ for id_, job in self.queue.jobs.items() if not job.claimed and job.available_at <= self.at]

    @precondition(lambda self: self.due())
    @rule(pick=PICK, begins=st.sampled_from((True, True, True, False)))
    def claim(self, pick: int, begins: bool) -> None:
        """A worker takes a job and begins it, unless it dies in between."""
        job_id = self.due()[pick % len(self.due())]
        job = self.queue.jobs[job_id]
        job.claimed, job.token = True, job.token + 1
        self.leases.append((job_id, job.token))
        if begins:
            assert self.command(c.BeginJob(job_id=job_id, token=job.token, worker_id="w"))

    @precondition(lambda self: self.leases)
    @rule(pick=PICK)
    def begin_late(self, pick: int) -> None:
        """A worker that was away begins what it once claimed."""
        job_id, token = self.leases[pick % len(self.leases)]
        begun = self.command(c.BeginJob(job_id=job_id, token=token, worker_id="w"))
        assert not begun or self.queue.holds(job_id, token)

    def held(self, pick: int, stale: bool) -> tuple[str, int]:
        """A lease that holds if there is one; or any that was ever given."""
        holding = [lease for lease in self.leases if self.queue.holds(*lease)]
        leases = self.leases if stale or not holding else holding
        return leases[pick % len(leases)]

    @precondition(lambda self: any(job.status == "claimed" for job in self.known.jobs))
    @rule(pick=PICK, reports=st.data())
    def report(self, pick: int, reports: st.DataObject) -> None:
        self.report_under(self.held(pick, stale=False), reports)

    @precondition(lambda self: self.due())
    @rule(pick=PICK, reports=st.data())
    def work(self, pick: int, reports: st.DataObject) -> None:
        """From the claim to a report in one go, so that runs get far."""
        self.claim(pick, begins=True)
        self.report_under(self.leases[-1], reports)

    @precondition(lambda self: self.leases)
    @rule(pick=PICK, reports=st.data())
    def report_late(self, pick: int, reports: st.DataObject) -> None:
        self.report_under(self.held(pick, stale=True), reports)

    def outlived(self) -> list[tuple[str, int]]:
        """Leases on jobs that others have taken over."""
        return [lease for lease in self.leases if lease[0] in self.queue.jobs and not self.queue.holds(*lease)]

    @precondition(lambda self: self.outlived())
    @rule(pick=PICK)
    def a_frozen_worker_wakes_up(self, pick: int) -> None:
        job_id, token = self.outlived()[pick % len(self.outlived())]
        assert not self.command(c.ReportJob(job_id=job_id, token=token, reports=(c.WorkDone(summary="Done."),)))

    def report_under(self, lease: tuple[str, int], reports: st.DataObject) -> None:
        job_id, token = lease
        holds = self.queue.holds(job_id, token)
        told = tuple(reports.draw(st.lists(self.some_report(), min_size=1, max_size=2)))
        done = self.command(c.ReportJob(job_id=job_id, token=token, reports=told))
        assert not done or holds

    def some_report(self) -> st.SearchStrategy[c.Report]:
        ended = c.MessageEnded(
            message_id=f"m-{len(self.log)}", text="Text", thinking="", finish="complete", started_at=self.at
        )
        written = c.FileWritten(path=f"{len(self.log) % 5}.md", size=1, media_type="text/plain", sha256=self.new_id())
        return st.sampled_from(
            (
                *(c.WorkDone(summary="Done."),) * 6,
                c.WorkFailed(**FAILURE, retryable=True, final=False),
                c.WorkFailed(**FAILURE, retryable=False, final=False),
                *(c.WorkFailed(**FAILURE, retryable=True, recovery=recovery) for recovery in RECOVERIES),
                *(c.PersonAsked(prompt="Who?"),) * 3,
                c.ProgressMade(task="Thinking", progress=0.5),
                c.WaitBegun(reason="Waiting for the limit", seconds=20.0),
                c.TroubleMet(**TROUBLE, retry_in=2.0, call_attempt=2),
                c.TroubleMet(**TROUBLE, retry_in=None, call_attempt=1),
                c.NotesTaken(note_ids=tuple(note.note_id for note in self.known.view.notes)),
                c.WorkFailed(**FAILURE, retryable=True, final=True),
                c.ToolCalled(call_id="t", name="read_file", status="started", summary="Reading"),
                c.ToolCalled(call_id="t", name="read_file", status="completed", summary="Read"),
                c.FileRefused(code="bad_path", message="No.", action="Another."),
                replace(ended, finish="fallback"),
                written,
                ended,
            )
        )

    @precondition(lambda self: self.leases)
    @rule(pick=PICK, stale=st.sampled_from((False, False, True)), number=st.integers(0, 2), offset=st.integers(0, 9))
    def stream(self, pick: int, stale: bool, number: int, offset: int) -> None:
        """Deltas pass the store's fence alone: the job is claimed, and the run is not paused."""
        job_id, token = self.held(pick, stale)
        job = next((job for job in self.known.jobs if job.job_id == job_id and job.status == "claimed"), None)
        if not self.queue.holds(job_id, token) or job is None or self.known.status != "running":
            return
        metadata = e.AgentDelta(
            step=job.step,
            phase=job.phase,
            attempt=job.attempt,
            message_id=f"{job_id}-{token}-{number}",
            channel="text",
            offset=offset,
        )
        event = e.NewEvent(
            id=self.new_id(), run_id="r", timestamp=self.at, agent_name=None, content="xyz", metadata=metadata
        )
        self.append(event, versioned=False)

    @precondition(lambda self: self.leases)
    @rule(pick=PICK, stale=st.sampled_from((False, True)))
    def hand_back(self, pick: int, stale: bool) -> None:
        job_id, token = self.held(pick, stale)
        holds = self.queue.holds(job_id, token)
        assert self.command(c.HandBackJob(job_id=job_id, token=token)) == holds

    @precondition(lambda self: self.leases)
    @rule(pick=PICK, stale=st.sampled_from((False, True)), times=st.sampled_from((1, 1, 1, 1, 1, 20)))
    def lose(self, pick: int, stale: bool, times: int) -> None:
        """A worker dies; and where it is the work that kills them, so do the next ones."""
        job_id, token = self.held(pick, stale)
        holds = self.queue.holds(job_id, token)
        assert self.command(c.LoseJob(job_id=job_id, token=token)) == holds
        for _ in range(times - 1):
            if not holds or job_id not in self.due():
                return
            job = self.queue.jobs[job_id]
            job.claimed, job.token = True, job.token + 1
            assert self.command(c.LoseJob(job_id=job_id, token=job.token))

    @rule(seconds=st.sampled_from((1, 5, 604_800)))
    def wait(self, seconds: int) -> None:
        self.at = later(self.at, seconds)

    # --- What always holds -----------------------------------------------------------------------------------

    @invariant()
    def remember_the_status(self) -> None:
        self._before: str = self.known.status

    @invariant()
    def an_open_job_is_in_the_queue_and_nothing_else_is(self) -> None:
        assert {job.job_id for job in self.known.jobs} == set(self.queue.jobs)
        begun = {job.job_id for job in self.known.jobs if job.status == "claimed"}
        assert begun <= {job_id for job_id, job in self.queue.jobs.items() if job.claimed}
        assert all(job.status in ("queued", "claimed") for job in self.known.jobs)

    @invariant()
    def a_step_has_exactly_the_job_and_the_request_that_its_status_means(self) -> None:
        if self.known.status == "deleted":
            return
        for step in self.known.view.steps:
            jobs = [job for job in self.known.jobs if job.step == step.step]
            asked = [r for r in self.known.view.requests if r.step == step.step and r.status == "open"]
            rests = step.status == "waiting" and step.retry_at is not None
            assert len(jobs) == (step.status in STEP_AT_WORK or rests)
            assert len(asked) == (step.status == "waiting" and not rests)
            assert (step.retry_at is not None) == (step.status == "retrying" or rests)
            self.check_phases(step)

    def check_phases(self, step: StepView) -> None:
        states = [phase.status for phase in step.phases]
        if step.status == "completed":
            assert all(p.status == "completed" or replaced(step, p.phase) for p in step.phases)
        if step.status in STEP_ENDED:
            assert not {"pending", "started", "progress"}.intersection(states)
        assert sum(state in ("started", "progress") for state in states) <= 1

    @invariant()
    def text_is_open_only_while_somebody_writes_it(self) -> None:
        writing = {job.step for job in self.known.jobs if job.status == "claimed"}
        for step in self.known.view.steps:
            if step.step in writing or self.known.status == "deleted":
                continue
            assert all(message.finish is not None for message in step.messages)
            assert all(call.status != "started" for call in step.tool_calls)

    @invariant()
    def a_running_run_can_proceed_or_says_what_it_waits_for(self) -> None:
        asked = any(request.status == "open" for request in self.known.view.requests)
        if self.known.status == "running":
            assert self.known.jobs or asked
        expected = "waiting" if self.known.status == "running" and not self.known.jobs else self.known.status
        assert self.known.view.status == expected

    @invariant()
    def an_ended_run_has_nothing_open(self) -> None:
        assert (self.known.view.ended_at is not None) == (self.known.status in RUN_ENDED)
        if self.known.status in RUN_ENDED:
            assert not self.known.jobs
        if self.known.status in ("completed", "failed", "cancelled"):
            assert all(step.status in STEP_ENDED for step in self.known.view.steps)
            assert all(request.status != "open" for request in self.known.view.requests)

    @invariant()
    def the_outcome_is_what_became_of_the_steps(self) -> None:
        states = [step.status for step in self.known.view.steps]
        completed = "completed" in states
        if self.known.status == "failed":
            assert not completed
        if self.known.status == "completed":
            assert completed
            whole = set(states) <= {"completed", "skipped"} and not self.known.fallbacks
            assert self.known.view.outcome == ("succeeded" if whole else "partial")
        else:
            assert self.known.view.outcome is None

    @invariant()
    def a_list_that_follows_the_topic_runs_shows_the_same(self) -> None:
        assert self.summary == summarize(self.known)

    def teardown(self) -> None:
        if not hasattr(self, "log"):
            return
        assert fold(self.log) == self.known
        finished = {m.message_id for s in self.known.view.steps for m in s.messages if m.finish is not None}
        compacted = fold(
            event
            for event in self.log
            if not (isinstance(event.metadata, e.AgentDelta) and event.metadata.message_id in finished)
        )
        assert compacted is not None
        same = {name: getattr(self.known.view, name) for name in COMPACTION_KEEPS}
        assert replace(compacted.view, **same) == self.known.view


RunMachine.TestCase.settings = settings(
    max_examples=200, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
test_no_order_of_commands_brings_a_run_into_an_illegal_state = RunMachine.TestCase

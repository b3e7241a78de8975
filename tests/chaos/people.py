"""People who decide, workers, and a server that is killed between any two steps: one schedule is one example of this.

It goes on from the machine of `tests/domain/test_machine.py`, with all that holds there. What is added: budgets, the
approval of tool calls, runs that go on from other runs, kills, and that no decision is ever lost.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from botarmy.domain import commands as c
from botarmy.domain.audit import fact_of
from botarmy.domain.budget import Today
from botarmy.domain.codec import decode, encode
from botarmy.domain.errors import DomainError
from botarmy.domain.fold import fold
from botarmy.domain.forks import left_by, shared_steps
from botarmy.domain.run import Run
from tests.domain.test_machine import PICK, Queue, RunMachine

OF_PEOPLE: Final = (
    c.StartRun,
    c.ForkRun,
    c.FollowUpRun,
    c.PauseRun,
    c.ResumeRun,
    c.CancelRun,
    c.DeleteRun,
    c.RetryStep,
    c.SkipStep,
    c.AnswerRequest,
    c.EditArtifact,
    c.AddNote,
)
EVENTS_BETWEEN_KILLS: Final = 12
"""So that something happens between them."""
DAY: Final = "2026-11-20"
happened: Final[Counter[str]] = Counter()
"""By name of the command, over all schedules of this process."""


class PeopleMachine(RunMachine):
    def command(self, command: c.Command, by: str = "local") -> bool:
        begins = isinstance(command, c.StartRun | c.ForkRun | c.FollowUpRun)
        if begins:
            self.decided: list[tuple[int, str]] = []
            self.killed_at = 0
        before = 0 if begins else len(self.log)
        if not super().command(command, by):
            happened[f"{type(command).__name__} refused"] += 1
            return False
        happened[type(command).__name__] += 1
        if isinstance(command, OF_PEOPLE) and len(self.log) > before:
            facts = (fact_of(event) for event in self.log[before:])
            said = [fact["position"] for fact in facts if fact is not None and fact["who"] == by]
            assert said, f"nothing in the log says that {by} decided {command}"
            self.decided.append((said[0], by))
        return True

    def check_moves(self, before: Run, m: Any) -> None:
        """What a run shares with another one happened there: no table says what may follow what."""
        if before.status != "created":
            super().check_moves(before, m)

    # --- The server ------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.log) - self.killed_at > EVENTS_BETWEEN_KILLS)
    @rule()
    def kill(self) -> None:
        """What it held in memory is gone, and its workers with it. What it reads again from the log is the same."""
        held = self.run
        read = [decode(encode(event), event.position, event.version) for event in self.log]
        self.run = fold(read)
        assert read == self.log
        assert self.run == held
        for job_id, job in list(self.queue.jobs.items()):
            if job.claimed and not self.command(c.LoseJob(job_id=job_id, token=job.token), "server"):
                job.claimed = False
        self.leases = []
        self.killed_at = len(self.log)
        happened["kill"] += 1

    @invariant()
    def no_decision_is_lost(self) -> None:
        for position, by in self.decided:
            fact = fact_of(self.log[position - 1])
            assert fact is not None
            assert fact["who"] == by

    # --- Runs that go on from others -------------------------------------------------------------------------

    @precondition(lambda self: len(self.log) > 40 and self.known.status != "deleted")
    @rule(pick=PICK, by=st.sampled_from(("maria", "ravi")))
    def again_from(self, pick: int, by: str) -> None:
        source, step = self.known, self.a_step(pick)
        try:
            shared = shared_steps(source, step)
        except DomainError:
            return
        artifacts = left_by(self.log, shared)
        fork = c.ForkRun(source=source, step=step, artifacts=artifacts, brief=None, title=None, options={})
        self.go_over_to(fork, by)
        assert all(self.known.step(one).status == source.step(one).status for one in shared)

    @precondition(lambda self: len(self.log) > 40 and self.known.status in ("completed", "failed", "cancelled"))
    @rule(by=st.sampled_from(("maria", "ravi")))
    def follow_up(self, by: str) -> None:
        source = self.known
        self.go_over_to(c.FollowUpRun(source=source, brief="And dark.", title=None, options={}), by)
        assert {a.path for a in self.known.view.artifacts} == {a.path for a in source.view.artifacts}

    def go_over_to(self, beginning: c.ForkRun | c.FollowUpRun, by: str) -> None:
        """The schedule goes on with the new run."""
        self.run, self.summary = None, None
        self.queue, self.log, self.leases, self.job_states = Queue(), [], [], {}
        assert self.command(beginning, by)

    # --- Agents ----------------------------------------------------------------------------

    @precondition(lambda self: self.due())
    @rule(pick=PICK)
    def get_done(self, pick: int) -> None:
        """So that runs get far."""
        self.claim(pick, begins=True)
        job_id, token = self.leases[-1]
        assert self.command(c.ReportJob(job_id=job_id, token=token, reports=(c.WorkDone(summary="Done."),)))

    def some_report(self) -> st.SearchStrategy[c.Report]:
        spent = Today(day=DAY, limit_usd=1.0, spent_usd=2.0)
        others: st.SearchStrategy[c.Report] = st.sampled_from(
            (
                c.BudgetReached(today=spent, cheaper="another:model"),
                c.BudgetReached(today=spent, continuation="left"),
                c.BudgetReached(today=Today(day=DAY, limit_usd=None, spent_usd=2.0)),
                c.PersonAsked(prompt="May I?", arguments='{"path": "a"}', continuation="left"),
                c.NotesTaken(note_ids=tuple(note.note_id for note in self.known.view.notes[:2])),
            )
        )
        usual = super().some_report()
        return st.integers(0, 4).flatmap(lambda number: usual if number else others)

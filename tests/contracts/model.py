"""A store as simple as can be, in plain lists and dictionaries: what the real ones are compared with."""

from __future__ import annotations

from dataclasses import dataclass, field

from botarmy.domain.commands import Enqueue, JobChange, Settle
from botarmy.ports import Commit, Conflict, StaleToken
from tests.contracts.samples import LONG_AGO


@dataclass
class ModelRun:
    version: int = 0
    status: str | None = None
    title: str | None = None
    deleted: bool = False
    blobs: set[str] = field(default_factory=set)
    fold: int | None = None


@dataclass
class ModelJob:
    run_id: str
    requires: frozenset[str]
    priority: int
    due: bool
    status: str = "queued"
    token: int = 0
    expired: bool = False


@dataclass
class Model:
    """`log` holds position, run and version of each event; `runs` and `jobs` are in order of their making."""

    head: int = 0
    log: list[tuple[int, str | None, int | None]] = field(default_factory=list)
    runs: dict[str, ModelRun] = field(default_factory=dict)
    jobs: dict[str, ModelJob] = field(default_factory=dict)
    replies: dict[str, int] = field(default_factory=dict)

    def commit(self, commit: Commit) -> list[int] | type[Exception]:
        """The positions given, or what is raised."""
        run = self.runs.get(commit.run_id or "", ModelRun())
        if commit.expected_version is not None and commit.expected_version != run.version:
            return Conflict
        if commit.reply and commit.reply.command_id in self.replies:
            return Conflict
        tokens = [(change.job_id, change.token) for change in commit.jobs if not isinstance(change, Enqueue)]
        for job_id, token in [*tokens, *([commit.fence] if commit.fence else [])]:
            if token is not None and not self.holds(job_id, token):
                return StaleToken
        return self._write(commit)

    def _write(self, commit: Commit) -> list[int]:
        before = self.head
        run = self.runs.setdefault(commit.run_id or "", ModelRun())
        self._change_run(run, commit)
        for _ in commit.events:
            self.head += 1
            version = None
            if commit.expected_version is not None:
                version = run.version = run.version + 1
            self.log.append((self.head, commit.run_id, version))
        if commit.reply:
            self.replies[commit.reply.command_id] = self.head
        if commit.purge:
            self._purge(str(commit.run_id), before)
        return list(range(before + 1, self.head + 1))

    def _change_run(self, run: ModelRun, commit: Commit) -> None:
        for change in commit.jobs:
            self._change_job(str(commit.run_id), change)
        run.blobs |= commit.blobs.keys()
        if commit.summary and not run.deleted:
            run.status, run.title = commit.summary.status, commit.summary.title

    def _change_job(self, run_id: str, change: JobChange) -> None:
        if isinstance(change, Enqueue):
            due = change.available_at == LONG_AGO
            self.jobs[change.job_id] = ModelJob(run_id, frozenset(change.requires), change.priority, due)
            return
        job = self.jobs.get(change.job_id)
        if job is None or job.status not in ("queued", "claimed"):
            return
        if isinstance(change, Settle):
            job.status = change.status
        else:
            job.status, job.due, job.expired = "queued", change.available_at == LONG_AGO, False

    def _purge(self, run_id: str, before: int) -> None:
        run = self.runs[run_id]
        run.deleted, run.status, run.fold = True, "deleted", None
        run.blobs.clear()
        self.log = [entry for entry in self.log if entry[1] != run_id or entry[0] > before]
        self.jobs = {job_id: job for job_id, job in self.jobs.items() if job.run_id != run_id}

    def holds(self, job_id: str, token: int) -> bool:
        job = self.jobs.get(job_id)
        return job is not None and job.status == "claimed" and job.token == token

    def claim(self, capabilities: frozenset[str], limit: int, expired: bool) -> list[tuple[str, int]]:
        """Job ids with their tokens."""
        chosen = [job_id for job_id in self._claimable(capabilities) if self.jobs[job_id].due][:limit]
        for job_id in chosen:
            job = self.jobs[job_id]
            job.status, job.token, job.expired = "claimed", job.token + 1, expired
        return [(job_id, self.jobs[job_id].token) for job_id in chosen]

    def next_is_due(self, capabilities: frozenset[str]) -> bool | None:
        """Whether another job could be claimed now; None where there is none, now or later."""
        return next((True for job_id in self._claimable(capabilities) if self.jobs[job_id].due), None) or (
            False if self._claimable(capabilities) else None
        )

    def _claimable(self, capabilities: frozenset[str]) -> list[str]:
        fitting = [
            job_id
            for job_id, job in self.jobs.items()
            if job.status == "queued"
            and job.requires <= capabilities
            and self.runs[job.run_id].status in ("running", "waiting")
        ]
        return sorted(fitting, key=lambda job_id: -self.jobs[job_id].priority)

    def renew(self, leases: dict[str, int], expired: bool) -> set[str]:
        held = {job_id for job_id, token in leases.items() if self.holds(job_id, token)}
        for job_id in held:
            self.jobs[job_id].expired = expired
        return leases.keys() - held

    def save_fold(self, run_id: str, position: int) -> None:
        run = self.runs.get(run_id)
        if run and not run.deleted and (run.fold is None or run.fold <= position):
            run.fold = position

    def claimed(self, *, expired: bool = False) -> list[str]:
        return [job_id for job_id, job in self.jobs.items() if job.status == "claimed" and (job.expired or not expired)]

"""The one write path of the whole program: load the state, decide, commit, hint."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import IO, Any, Final
from weakref import WeakValueDictionary

from botarmy import telemetry
from botarmy.domain import commands as c
from botarmy.domain.budget import Budgets
from botarmy.domain.decide import decide
from botarmy.domain.draft import Decided
from botarmy.domain.errors import DomainError
from botarmy.domain.events import NewEvent, StepPlan
from botarmy.domain.gates import with_approvals
from botarmy.domain.run import Run, summarize
from botarmy.domain.team import Team
from botarmy.domain.users import User
from botarmy.ports import (
    Bus,
    Clock,
    Commit,
    Conflict,
    Hint,
    NewId,
    StaleToken,
    Store,
    StoredReply,
    StoreUnavailable,
)
from botarmy.service.asking import (
    COMMANDS,
    Beginning,
    FollowUpRun,
    ForkRun,
    Options,
    StartRun,
    asked,
    fingerprint,
)
from botarmy.service.forking import follow_up_of, fork_of, linked
from botarmy.service.importing import TEAM, Package, check_team, commit_of, unpack
from botarmy.service.measuring import committing, count_events, measured
from botarmy.service.states import States, placed
from botarmy.telemetry import Metrics

TRIES: Final = 5
"""How often a command that met a conflict is decided again before it is refused as `busy`."""
log = telemetry.logger("service")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command led to. `position` is that of its last event in the log."""

    result: Mapping[str, Any]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What is committed along with a decision."""

    blobs: Mapping[str, bytes] = field(default_factory=dict)
    linked: frozenset[str] = frozenset()
    reply: StoredReply | None = None
    aged: bool = False
    """A deletion is for the run's age."""


class Service:
    """Commands and queries about runs.

    Args:
        teams: by name; the first one is the default.
        model: the model string in force where neither run nor agent names one.
        budgets: what holds where neither run nor team says something else.
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        clock: Clock,
        new_id: NewId,
        teams: Mapping[str, Team],
        model: str,
        metrics: Metrics | None = None,
        budgets: Budgets = Budgets(),  # noqa: B008 - frozen, so shared without harm
    ) -> None:
        self._store: Final = store
        self._bus: Final = bus
        self._clock: Final = clock
        self.new_id: Final = new_id
        self.teams: Final = teams
        self.model: Final = model
        self.budgets: Final = budgets
        self._metrics: Final = metrics or Metrics()
        self._states: Final = States(store)
        self._locks: Final[WeakValueDictionary[str, asyncio.Lock]] = WeakValueDictionary()

    # --- Commands of people ----------------------------------------------------------------------------------

    async def command(
        self, user: User, command_id: str, name: str, args: Mapping[str, object], *, run_id: str | None = None
    ) -> Reply:
        """Carry out a command once, however often it is sent under its id.

        Args:
            run_id: the id of the run that `start_run` makes; None: a new one.

        Raises:
            DomainError: it was refused, with the code and the words of the refusal.
        """
        with measured(self._metrics, name if name in COMMANDS else "unknown"):
            return await self._command(user, command_id, name, args, run_id)

    async def _command(
        self, user: User, command_id: str, name: str, args: Mapping[str, object], new_run: str | None
    ) -> Reply:
        if not user.may_command:
            raise DomainError("only_watching")
        arguments = fingerprint(name, args)
        async with self._lock(f"{user.name} {command_id}"):
            known = await self._known(user, command_id, arguments)
            if known is not None:
                return known
            what = asked(name, args)
            run_id = what.run_id or new_run or self.new_id()
            receipt = StoredReply(
                user=user.name,
                command_id=command_id,
                arguments=arguments,
                result=json.dumps({"run_id": run_id}),
            )
            return await self._carry_out(user, run_id, what.command, receipt)

    async def _carry_out(self, user: User, run_id: str, command: c.Command | Beginning, receipt: StoredReply) -> Reply:
        try:
            if isinstance(command, StartRun):
                start, definition = self._start_of(run_id, command)
                extra = Extra(blobs={start.definition: definition}, reply=receipt)
                position = await self.execute(run_id, start, user.name, extra)
            elif isinstance(command, ForkRun | FollowUpRun):
                position = await self._go_on_from(user, run_id, command, receipt)
            else:
                await self._authorize(user, run_id)
                position = await self.execute(run_id, command, user.name, Extra(reply=receipt))
        except DomainError as refusal:
            if not refusal.retryable:
                await self._remember(receipt, refusal)
            raise
        return Reply({"run_id": run_id}, position)

    async def _known(self, user: User, command_id: str, arguments: str) -> Reply | None:
        stored = await self._store.reply(user.name, command_id)
        if stored is None:
            return None
        if stored.arguments != arguments:
            raise DomainError("id_reused")
        result = json.loads(stored.result)
        if "refused" in result:
            raise DomainError(result["refused"], **result["fields"])
        return Reply(result, stored.position)

    async def _remember(self, receipt: StoredReply, refusal: DomainError) -> None:
        result = json.dumps({"refused": refusal.code, "fields": dict(refusal.fields)})
        await self._store.commit(Commit(events=(), reply=replace(receipt, result=result)))

    async def _go_on_from(self, user: User, run_id: str, begun: ForkRun | FollowUpRun, receipt: StoredReply) -> int:
        """The source is held until the new run is there: what they share is not deleted in between."""
        await self._authorize(user, begun.run_id)
        async with self._lock(begun.run_id):
            source = await self.current(begun.run_id)
            if isinstance(begun, ForkRun):
                command: c.ForkRun | c.FollowUpRun = await fork_of(self._store, source, begun)
            else:
                command = follow_up_of(source, begun)
            return await self.execute(run_id, command, user.name, Extra(linked=linked(command), reply=receipt))

    def _start_of(self, run_id: str, asked_for: StartRun) -> tuple[c.StartRun, bytes]:
        name = asked_for.team or next(iter(self.teams))
        if name not in self.teams:
            raise DomainError("unknown_team", team=name, known=", ".join(self.teams))
        team = self.teams[name]
        definition = TEAM.dump_json(team)
        start = c.StartRun(
            run_id=run_id,
            brief=asked_for.brief,
            title=asked_for.title,
            team=name,
            options=self._options(asked_for.options, team),
            plan=self._plan(asked_for.options, team),
            definition=hashlib.sha256(definition).hexdigest(),
            attachments=tuple(one.given() for one in asked_for.attachments),
        )
        return start, definition

    def _options(self, given: Options, team: Team) -> Mapping[str, Any]:
        """Frozen into the run: what the settings say later does not change it."""
        budget = given.budget or team.budget or self.budgets.run_usd
        model = {"model": given.model or self.model}
        chosen = {"budget": budget, "approvals": given.approvals}
        return {**model, **{name: value for name, value in chosen.items() if value is not None}}

    def _plan(self, given: Options, team: Team) -> tuple[StepPlan, ...]:
        """Raises DomainError `unknown_agent`."""
        agent = self.budgets.agent_usd
        plan = tuple(replace(step, budget_usd=step.budget_usd or agent) for step in team.plan())
        return plan if given.approvals is None else with_approvals(plan, given.approvals)

    async def _authorize(self, user: User, run_id: str) -> None:
        if not user.may_see(await self._store.owner(run_id)):
            raise DomainError("unknown_run", detail=run_id)

    async def import_run(self, user: User, command_id: str, file: IO[bytes], sha256: str) -> Reply:
        """Take in a run of another server, whose owner is this user from now on. One at a time.

        What was under way there is cancelled here; it can be run again from a step.

        Args:
            sha256: of the file: it stands for the command's arguments.

        Raises:
            DomainError: the file, or the run, is refused; nothing was written.
        """
        if not user.may_command:
            raise DomainError("only_watching")
        arguments = fingerprint("import_run", {"sha256": sha256})
        async with self._lock("import"):
            known = await self._known(user, command_id, arguments)
            if known is not None:
                return known
            package = await asyncio.to_thread(unpack, file, user.name, self._clock.now(), self.new_id)
            run_id = package.run.view.run_id
            result = {"run_id": run_id}
            receipt = StoredReply(user=user.name, command_id=command_id, arguments=arguments, result=json.dumps(result))
            async with self._lock(run_id):
                return Reply(result, await self._take_in(user, package, receipt))

    async def _take_in(self, user: User, package: Package, receipt: StoredReply) -> int:
        run_id = package.run.view.run_id
        if await self._store.owner(run_id) is not None:
            raise DomainError("run_exists", detail=run_id)
        envelope = c.Envelope(at=self._clock.now(), by=user.name, new_id=self.new_id)
        try:
            position = await self._write(None, run_id, commit_of(package, envelope, receipt))
        except Conflict:
            raise DomainError("run_exists", detail=run_id) from None
        self._bus.publish("log")
        return position

    # --- The write path --------------------------------------------------------------------------------------

    async def execute(self, run_id: str, command: c.Command, by: str, extra: Extra | None = None) -> int:
        """Decide on a command and commit what follows; returns the position of its last event.

        Raises:
            DomainError: refused; `busy` where others were faster five times.
            StaleToken: the command's job is not held any more.
        """
        async with self._lock(run_id):
            for _ in range(TRIES):
                run = await self._states.current(run_id)
                decided = self._decide(run, run_id, command, by)
                check_team(command, decided, self.teams)
                if not decided.events and not decided.jobs:
                    return run.view.position if run else 0
                try:
                    return await self._commit(run, run_id, decided, extra or Extra())
                except Conflict:
                    self._states.forget(run_id)
        raise DomainError("busy")

    def _decide(self, run: Run | None, run_id: str, command: c.Command, by: str) -> Decided:
        envelope = c.Envelope(at=self._clock.now(), by=by, new_id=self.new_id)
        try:
            return decide(run, run_id, command, envelope)
        except DomainError as refusal:
            if refusal.code == "illegal_transition":
                log.warning(refusal.code, run_id=run_id, command=type(command).__name__, detail=refusal.detail)
            raise

    async def _commit(self, run: Run | None, run_id: str, decided: Decided, extra: Extra) -> int:
        after = decided.run
        commit = Commit(
            events=decided.events,
            run_id=run_id,
            expected_version=run.view.version if run else 0,
            fence=decided.fence,
            jobs=decided.jobs,
            blobs={**decided.blobs, **extra.blobs},
            linked=extra.linked,
            summary=summarize(after),
            search=f"{after.view.title}\n{after.view.brief}" if run is None else None,
            reply=extra.reply,
            aged=extra.aged,
            purge=after.status == "deleted",
        )
        position = await self._write(run, run_id, commit)
        self._bus.publish("log", *_hints(decided))
        return position

    async def append(self, run_id: str, events: tuple[NewEvent, ...], fence: tuple[str, int]) -> None:
        """Append deltas: they take no version, and their job's token guards them. Raises StaleToken."""
        async with self._lock(run_id):
            run = await self._states.current(run_id)
            if run is None:
                raise StaleToken(run_id)
            await self._write(run, run_id, Commit(events=events, run_id=run_id, fence=fence))
        self._bus.publish("log")

    async def record(self, event: NewEvent) -> None:
        """Append an event that concerns no run."""
        await self._store.commit(Commit(events=(event,)))
        self._bus.publish("log")

    async def _write(self, run: Run | None, run_id: str, commit: Commit) -> int:
        try:
            with committing(self._metrics):
                entries = await self._store.commit(commit)
            if entries:
                self._metrics.live.committed.note(entries[-1].position)
        except (StoreUnavailable, asyncio.CancelledError):
            self._states.forget(run_id)
            raise
        if not commit.foreign:
            count_events(self._metrics, commit.events)
        await self._states.advance(run_id, run, placed(commit.events, entries))
        return entries[-1].position if entries else 0

    # --- Queries ---------------------------------------------------------------------------------------------

    async def run_at(self, run_id: str, position: int) -> Run | None:
        return await self._states.at(run_id, position)

    async def run(self, user: User, run_id: str) -> Run:
        """The run by now. Raises DomainError `unknown_run` or `run_deleted`."""
        await self._authorize(user, run_id)
        return await self.current(run_id)

    async def current(self, run_id: str) -> Run:
        """The run by now, for whom everything is allowed. Raises DomainError `run_deleted`."""
        run = await self._states.current(run_id)
        if run is None or run.status == "deleted":
            raise DomainError("run_deleted", detail=run_id)
        return run

    async def team_of(self, run: Run) -> Team:
        """The team as it was when the run started."""
        stored = await self._store.blob(run.definition) if run.definition else None
        if stored is None:
            raise DomainError("internal", detail=f"team definition {run.definition} is missing")
        return TEAM.validate_json(stored)

    def now(self) -> str:
        return self._clock.now()

    def _lock(self, key: str) -> asyncio.Lock:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock


def _hints(decided: Decided) -> list[Hint]:
    hints: list[Hint] = []
    if any(isinstance(change, c.Enqueue | c.Requeue) for change in decided.jobs) or decided.wakes:
        hints.append("jobs")
    if any(not isinstance(change, c.Enqueue) and change.token is None for change in decided.jobs):
        hints.append("withdrawn")
    return hints

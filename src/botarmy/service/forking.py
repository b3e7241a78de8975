"""Runs that go on from others: what the domain decides on, read from the log of the other run."""

from __future__ import annotations

from botarmy.domain import commands as c
from botarmy.domain.errors import DomainError
from botarmy.domain.forks import left_by, shared_steps
from botarmy.domain.gates import with_approvals
from botarmy.domain.run import Run
from botarmy.domain.values import replace
from botarmy.domain.views import ArtifactView
from botarmy.ports import Store
from botarmy.service.asking import FollowUpRun, ForkRun, Options
from botarmy.service.history import History


async def fork_of(store: Store, source: Run, asked_for: ForkRun) -> c.ForkRun:
    """Raises DomainError as `shared_steps` does."""
    return c.ForkRun(
        source=_planned(source, asked_for.options),
        step=asked_for.step,
        artifacts=await _left(store, source, shared_steps(source, asked_for.step)),
        brief=asked_for.brief,
        title=asked_for.title,
        options={**source.view.options, **asked_for.options.model_dump(exclude_none=True)},
    )


def follow_up_of(source: Run, asked_for: FollowUpRun) -> c.FollowUpRun:
    return c.FollowUpRun(
        source=_planned(source, asked_for.options),
        brief=asked_for.brief,
        title=asked_for.title,
        options={**source.view.options, **asked_for.options.model_dump(exclude_none=True)},
    )


def linked(command: c.ForkRun | c.FollowUpRun) -> frozenset[str]:
    """The contents that the new run has in common with its source."""
    artifacts = command.artifacts if isinstance(command, c.ForkRun) else command.source.view.artifacts
    definition = command.source.definition
    if definition is None:
        raise DomainError("internal", detail=f"{command.source.view.run_id} has no team definition")
    attached = (one.sha256 for one in command.source.view.attachments)
    return frozenset({definition, *(artifact.sha256 for artifact in artifacts), *attached})


def _planned(source: Run, options: Options) -> Run:
    """With the approvals that are wanted now. Raises DomainError `unknown_agent`."""
    if options.approvals is None:
        return source
    return replace(source, plan=with_approvals(source.plan, options.approvals))


async def _left(store: Store, source: Run, shared: frozenset[str]) -> tuple[ArtifactView, ...]:
    """Only where a step that is not shared wrote something, earlier versions have to be looked for in the log."""
    held = source.view.artifacts
    if all(artifact.step is None or artifact.step in shared for artifact in held):
        return held
    return left_by([event async for event in History(store).artifacts(source.view.run_id)], shared)

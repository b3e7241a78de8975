"""What a phase leaves behind: its result, saved with its end, and what is counted for it while it is at work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter

from botarmy.domain.events import NO_USAGE, PhaseState, PhaseStatus, Usage
from botarmy.domain.run import Attempt, Remedied, Run
from botarmy.domain.times import Timestamp
from botarmy.domain.values import replace
from botarmy.domain.views import PhaseView

PATHS_KEPT: Final = 100
"""How many artifacts a result names."""
REMEDIES_KEPT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseResult:
    """The `result` of a `phase_status`. Those of older versions hold a `summary` alone."""

    phase: str
    status: PhaseState
    attempt: int
    started_at: Timestamp | None
    """When this attempt was first begun: what was interrupted and done again is in it."""
    ended_at: Timestamp
    summary: str
    """What the agent says of it in a sentence or two; of one that failed, why."""
    artifacts: tuple[str, ...] = field(default=())
    """Paths that were written, in this order; the first 100."""
    usage: Usage = NO_USAGE
    code: str | None = None
    """Of the error that ended it."""


_RESULT: Final = TypeAdapter(PhaseResult)


def begun(run: Run, step: str, phase: str, attempt: int, at: Timestamp) -> Run:
    """Counting begins, unless this attempt was interrupted and goes on."""
    others = tuple(one for one in run.attempts if one.step != step)
    if any((one.step, one.phase, one.attempt) == (step, phase, attempt) for one in run.attempts):
        return run
    return replace(run, attempts=(*others, Attempt(step=step, phase=phase, attempt=attempt, started_at=at)))


def used(run: Run, step: str, usage: Usage) -> Run:
    return _counted(run, step, lambda one: replace(one, usage=one.usage + usage))


def wrote(run: Run, step: str, path: str) -> Run:
    def after(one: Attempt) -> Attempt:
        if path in one.artifacts or len(one.artifacts) == PATHS_KEPT:
            return one
        return replace(one, artifacts=(*one.artifacts, path))

    return _counted(run, step, after)


def _counted(run: Run, step: str, after: Any) -> Run:
    if all(one.step != step for one in run.attempts):
        return run
    return replace(run, attempts=tuple(after(one) if one.step == step else one for one in run.attempts))


def result(
    run: Run, step: str, phase: str, status: PhaseState, at: Timestamp, *, summary: str, code: str | None = None
) -> dict[str, object]:
    """As it stands in the event that ends the phase."""
    counted = next((one for one in run.attempts if (one.step, one.phase) == (step, phase)), None)
    made = PhaseResult(
        phase=phase,
        status=status,
        attempt=counted.attempt if counted else run.phase(step, phase).attempt,
        started_at=counted.started_at if counted else None,
        ended_at=at,
        summary=summary,
        artifacts=counted.artifacts if counted else (),
        usage=counted.usage if counted else NO_USAGE,
        code=code,
    )
    dumped: dict[str, object] = _RESULT.dump_python(made, mode="json")
    return dumped


def with_phase(held: tuple[PhaseView, ...], phase: str, after: str | None) -> tuple[PhaseView, ...]:
    """The step's phases, and this one among them: that of a team that stands in comes in later."""
    names = [view.phase for view in held]
    if after is None or phase in names:
        return held
    at = names.index(after) + 1 if after in names else len(names)
    return (*held[:at], PhaseView(phase=phase), *held[at:])


def remedied(run: Run, m: PhaseStatus) -> Run:
    """What was done about failures is remembered until a person has the step done again."""
    if m.remedy is not None:
        one = Remedied(
            step=m.step,
            phase=m.phase,
            action=m.remedy.action,
            code=m.remedy.code,
            reason=m.remedy.reason,
            target=m.remedy.target,
        )
        return replace(run, remedies=(*run.remedies, one)[-REMEDIES_KEPT:])
    if m.status == "pending" and _ended(run, m.step, m.phase):
        return replace(run, remedies=tuple(one for one in run.remedies if one.step != m.step))
    return run


def _ended(run: Run, step: str, phase: str) -> bool:
    found = (one.status for view in run.view.steps if view.step == step for one in view.phases if one.phase == phase)
    return next(found, None) in ("error", "skipped", "completed", "progress")

"""What an agent is told about the work before it: pure reading of a run."""

from __future__ import annotations

from typing import Final

from botarmy.domain.events import Decision, PhaseState
from botarmy.domain.failure import OPTIONS
from botarmy.domain.gates import edits
from botarmy.domain.run import STEP_ENDED, Run
from botarmy.domain.team import Team
from botarmy.domain.texts import issue_notice
from botarmy.domain.views import PhaseView, StepView

REPLY_CHARACTERS: Final = 16_000
"""How much of an earlier agent's reply the next ones get; the files hold the rest."""
BUILT_CHARACTERS: Final = 8_000
"""How much of what an earlier run's agents said that they made is told to those of its follow-up."""
SETBACKS_TOLD: Final = 20


PHASE_ENDED: Final[frozenset[PhaseState]] = frozenset({"completed", "error", "skipped"})


def earlier_steps(run: Run, step: str) -> list[StepView]:
    """The steps that have ended and do not build on this one, in the team's order: all that it needs are among them."""
    return [
        view
        for view in run.view.steps
        if view.step != step and view.status in STEP_ENDED and step not in upstream(run, view.step)
    ]


def upstream(run: Run, step: str) -> set[str]:
    """The steps that must end before this one, and those before them."""
    needs = {view.step: view.needs for view in run.view.steps}
    found: set[str] = set()
    ahead = list(needs.get(step, ()))
    while ahead:
        need = ahead.pop()
        if need not in found:
            found.add(need)
            ahead.extend(needs.get(need, ()))
    return found


def earlier_phases(run: Run, step: str, phase: str) -> list[PhaseView]:
    """The phases of the step before this one that have ended."""
    phases = run.step(step).phases
    at = next(index for index, view in enumerate(phases) if view.phase == phase)
    return [view for view in phases[:at] if view.status in PHASE_ENDED]


def summary_of(phase: PhaseView) -> str:
    said = (phase.result or {}).get("summary")
    return said if isinstance(said, str) else ""


def artifacts_of(phase: PhaseView) -> tuple[str, ...]:
    written = (phase.result or {}).get("artifacts")
    return tuple(str(path) for path in written) if isinstance(written, list | tuple) else ()


def said_in(view: StepView, phase: PhaseView) -> str:
    """The whole messages of the phase's last attempt, oldest first; the end of them where they are long."""
    whole = [
        m.text
        for m in view.messages
        if m.finish in ("complete", "fallback") and m.text and (m.phase, m.attempt) == (phase.phase, phase.attempt)
    ]
    return shortened("\n\n".join(whole))


def told(run: Run, team: Team, view: StepView) -> str:
    """What a step left behind: its reply or, where it failed, what is missing and why."""
    if view.status == "completed" and not fell_back(run, view.step):
        edited = edits(run, view.step)
        changed = f"\n\n{edited.path} was then changed by a person: what stands there holds." if edited else ""
        return f"{reply_of(view)}{changed}"
    written = {artifact.path for artifact in run.view.artifacts}
    missing = [path for path in team.step(view.step).artifacts if path not in written]
    reason = next((e.message for e in reversed(run.view.errors) if e.step == view.step), "")
    lacking = f" Missing: {', '.join(missing)}." if missing else ""
    if view.status in ("completed", "error"):
        return f"{issue_notice(view.agent_name)} {reason}{lacking}"
    return f"{view.agent_name} was {view.status}.{lacking}"


def fell_back(run: Run, step: str) -> bool:
    """Whether a prepared message stands for the step's work, or a part of it."""
    return any(of == step for of, _ in run.fallbacks)


def reply_of(view: StepView) -> str:
    """What was said in the step's phases, in each of them by its last attempt."""
    return shortened("\n\n".join(text for text in (said_in(view, phase) for phase in view.phases) if text))


def shortened(text: str) -> str:
    return text if len(text) <= REPLY_CHARACTERS else "…" + text[-REPLY_CHARACTERS:]


def built(run: Run) -> str:
    """What the agents of a run said that they made: a sentence or two of each, in the team's order."""
    lines = []
    for view in run.view.steps:
        if view.status == "completed" and not fell_back(run, view.step):
            said = next((p.result.get("summary") for p in reversed(view.phases) if p.result), None)
            lines.append(f"{view.agent_name} ({view.title}): {said or 'done'}")
        elif view.status != "pending":
            lines.append(f"{view.agent_name} ({view.title}) did not finish this part")
    text = "\n".join(lines)
    return text if len(text) <= BUILT_CHARACTERS else f"{text[:BUILT_CHARACTERS]}…"


def setbacks_for(run: Run, step: str, phase: str) -> tuple[str, ...]:
    """Why a phase is done again: what failed after it, and what people advised where they were asked what to do."""
    names = [view.phase for view in run.step(step).phases]
    back = [
        f"The phase “{one.phase}” failed: {one.reason} The work goes back to “{one.target}”."
        for one in run.remedies
        if one.step == step
        and one.action == "roll_back"
        and one.target in names
        and names.index(one.target) <= names.index(phase)
    ]
    advice = [
        request.answer
        for request in run.view.requests
        if request.step == step and request.trouble is not None and request.answer not in OPTIONS
    ]
    return (*back, *filter(None, advice))[-SETBACKS_TOLD:]


def answers_for(run: Run, step: str) -> tuple[tuple[str, str], ...]:
    """Questions of the step, each with its answer."""
    return tuple(
        (request.prompt, request.answer)
        for request in run.view.requests
        if request.kind == "question"
        and request.gate is None
        and request.trouble is None
        and request.step == step
        and request.status == "answered"
        and request.answer is not None
    )


def approvals_for(run: Run, step: str) -> tuple[tuple[Decision, str | None], ...]:
    """What people decided about tool calls of the step, oldest first."""
    return tuple(
        (request.decision, request.answer)
        for request in run.view.requests
        if request.step == step and request.gate is not None and request.gate.when == "tool" and request.decision
    )

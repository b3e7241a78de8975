"""What an agent is told about the work before it: pure reading of a run."""

from __future__ import annotations

from typing import Final

from botarmy.domain.run import STEP_ENDED, Run
from botarmy.domain.team import Team
from botarmy.domain.views import StepView

REPLY_CHARACTERS: Final = 16_000
"""How much of an earlier agent's reply the next ones get; the files hold the rest."""


def earlier_steps(run: Run, step: str) -> list[StepView]:
    """The steps before this one that have ended, in the team's order."""
    before = []
    for view in run.view.steps:
        if view.step == step:
            break
        if view.status in STEP_ENDED:
            before.append(view)
    return before


def told(run: Run, team: Team, view: StepView) -> str:
    """What a step left behind: its reply or, where it failed, what is missing and why."""
    if view.status == "completed" and not fell_back(run, view.step):
        return reply_of(view)
    written = {artifact.path for artifact in run.view.artifacts}
    missing = [path for path in team.step(view.step).artifacts if path not in written]
    reason = next((e.message for e in reversed(run.view.errors) if e.step == view.step), "")
    lacking = f" Missing: {', '.join(missing)}." if missing else ""
    if view.status in ("completed", "error"):
        return f"{view.agent_name} could not finish. {reason}{lacking}"
    return f"{view.agent_name} was {view.status}.{lacking}"


def fell_back(run: Run, step: str) -> bool:
    """Whether a prepared message stands for the step's work, or a part of it."""
    return any(of == step for of, _ in run.fallbacks)


def reply_of(view: StepView) -> str:
    """The whole messages of the step's last attempt, oldest first; the end of them where they are long."""
    whole = [m.text for m in view.messages if m.finish in ("complete", "fallback") and m.text]
    text = "\n\n".join(whole)
    return text if len(text) <= REPLY_CHARACTERS else "…" + text[-REPLY_CHARACTERS:]


def notes_for(run: Run, step: str) -> tuple[str, ...]:
    return tuple(note.content for note in run.view.notes if note.step in (None, step))


def answers_for(run: Run, step: str) -> tuple[tuple[str, str], ...]:
    """Questions of the step, each with its answer."""
    return tuple(
        (request.prompt, request.answer)
        for request in run.view.requests
        if request.kind == "question"
        and request.step == step
        and request.status == "answered"
        and request.answer is not None
    )

"""Who plays whom in the offline demo."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Final

import anyio

from botarmy.agents.demo.attached import unread
from botarmy.agents.demo.fill import Block, as_markdown, packaged
from botarmy.agents.demo.following import changes_of, goes_on, reading_of
from botarmy.agents.demo.foreign import foreign_files, foreign_values
from botarmy.agents.demo.hearing import BEFORE, heard, quoted
from botarmy.agents.demo.mishaps import check_demo, with_mishap
from botarmy.agents.demo.performance import Performance
from botarmy.agents.demo.project import STEPS, Project, plan
from botarmy.agents.demo.review import HEADING, revised
from botarmy.agents.scripted import ScriptedAgent, Sleep
from botarmy.domain.team import DEMO, AgentSpec
from botarmy.ports import Agent, AgentContext, CallStarted, Output, Progress, Text

NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "architect": ("docs/requirements.md",),
    "developer": ("docs/architecture.md",),
    "tester": ("docs/requirements.md", "app/"),
    "deployer": ("app/",),
}
"""What each step builds on; a name that ends in `/` stands for any file below it."""
PHASE_FILES: Final[Mapping[str, str]] = {"research": "docs/requirements.md", "planning": "docs/architecture.md"}
"""What a phase of this name leaves where its step is expected to write it; other phases before the last leave words."""


def demo_agent(spec: AgentSpec, speed: float, sleep: Sleep = anyio.sleep, model: str = DEMO) -> Agent:
    """The demo's player for a step: one of the software team's five, or for any other step one that plans and notes.

    Args:
        spec: the step; its `step` decides who plays it.
        speed: 1 is a model's typing speed, 0 as fast as it goes.
        sleep: waits for a number of seconds.
        model: `demo`, or `demo:` and the name of a mishap that comes first.

    Raises DomainError `demo_unknown_mishap`.
    """
    part = _member if spec.step in STEPS else _foreigner
    mishap = check_demo(model)
    return ScriptedAgent(part if mishap is None else with_mishap(mishap, part, speed, sleep), speed, sleep)


async def _member(context: AgentContext) -> AsyncGenerator[Output, None]:
    for output in _opening(context):
        yield output
    project = plan(reading_of(context))
    talk = packaged(f"talk/{_talk(context, project)}.md")
    performance = Performance(context, revised(_files(context, project), context))
    async for output in performance.play(talk, _lines(context, project)):
        yield output


async def _foreigner(context: AgentContext) -> AsyncGenerator[Output, None]:
    for output in _opening(context):
        yield output
    files = revised(foreign_files(context) if _is_last_phase(context) else {}, context)
    values = {**foreign_values(context, files), **_said_before(context)}
    performance = Performance(context, files)
    async for output in performance.play(packaged(f"talk/{'foreign' if files else 'phase'}.md"), values):
        yield output


def _opening(context: AgentContext) -> tuple[Output, ...]:
    """Comes before anything is looked up, so that the first words are there at once."""
    about = "Reading the brief" if not context.earlier else "Reading the brief and what the others left"
    return Progress(about, 0.02), CallStarted(), Text(f"{about}. ", "thinking")


def _is_last_phase(context: AgentContext) -> bool:
    """Files are written once, in the step's last phase."""
    return context.phase.phase == context.agent.phases[-1].phase


def _files(context: AgentContext, project: Project) -> Mapping[str, str]:
    if _is_last_phase(context):
        return {**project.files(context.agent.step), **changes_of(context)}
    path = PHASE_FILES.get(context.phase.phase)
    return {path: project.content(path)} if path in context.agent.artifacts and path is not None else {}


def _talk(context: AgentContext, project: Project) -> str:
    if not _is_last_phase(context):
        return f"phase_{context.phase.phase}" if _files(context, project) else "phase"
    step = context.agent.step
    return f"{project.platform}_{step}" if step in ("developer", "deployer") else step


def _lines(context: AgentContext, project: Project) -> Mapping[str, str]:
    """The values of a talk: those of the project, and what this agent has to say about its own situation."""
    talk = {f"{step}_view": Block(project.text(text)) for step, text in project.manifest["talk"].items()}
    values = {**project.values, **talk, **_said_before(context)}
    fit = "" if project.reading.fits else packaged(f"talk/unfit_{project.platform}.md").strip()
    return {
        **values,
        "fit": Block(project.text(fit)),
        "missing": Block(_missing(context)),
        "phase": context.phase.phase,
        "agent_name": context.agent.name,
        "step_title": context.agent.title,
    }


def _said_before(context: AgentContext) -> Mapping[str, str]:
    parts = (unread(context), goes_on(context), heard(context.notes, BEFORE))
    notes = "\n\n".join(part for part in parts if part)
    return {
        "notes": Block(notes),
        "failures": Block(_failures(context)),
        "again": Block(f"{_again(context)}\n\n{_feedback(context)}".strip()),
    }


def _again(context: AgentContext) -> str:
    return f"This is try {context.attempt}; I start from the beginning." if context.attempt > 1 else ""


def _feedback(context: AgentContext) -> str:
    """Why this is done once more, in the words that the agent was told."""
    if not context.feedback:
        return ""
    noted = f"\n\nEach point goes into a document of mine, under “{HEADING}”." if _is_last_phase(context) else ""
    return f"I do this once more, because:\n\n{quoted(context.feedback)}{noted}"


def _failures(context: AgentContext) -> str:
    failed = [result for result in context.earlier if result.status in ("error", "skipped", "cancelled")]
    words = {"error": "did not finish", "skipped": "was skipped", "cancelled": "was cancelled"}
    return " ".join(f"{as_markdown(result.agent_name)} {words[result.status]}." for result in failed)


def _missing(context: AgentContext) -> str:
    """Says which files this step builds on and does not find."""
    paths = context.files.paths()
    needed = NEEDS.get(context.agent.step, ())
    absent = [need for need in needed if not any(path.startswith(need) for path in paths)]
    if not absent:
        return ""
    names = " and ".join(f"`{name}`" for name in absent)
    return (
        f"{names} {'is' if len(absent) == 1 else 'are'} missing, so I work from the brief alone and say what I assume."
    )

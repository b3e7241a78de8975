"""A run of the demo's five agents without a server: files in memory, no pauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from botarmy.agents.demo import demo_agent
from botarmy.domain.artifacts import check_path
from botarmy.domain.errors import DomainError
from botarmy.domain.team import AgentSpec, PhaseSpec
from botarmy.ports import AgentContext, EarlierResult, File, Output, Result, Text

STEPS = ("analyst", "architect", "developer", "tester", "deployer")


class Memory:
    """A run's files."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def paths(self) -> Sequence[str]:
        return sorted(self.contents)

    async def read(self, path: str) -> bytes:
        if path not in self.contents:
            raise DomainError("unknown_artifact")
        return self.contents[path]


@dataclass
class Finished:
    """What a run left."""

    files: Memory = field(default_factory=Memory)
    outputs: dict[str, list[Output]] = field(default_factory=dict)

    def text(self, path: str) -> str:
        return self.files.contents[path].decode("utf-8")

    def said(self, step: str) -> str:
        return "".join(o.text for o in self.outputs[step] if isinstance(o, Text) and o.channel == "text")

    def write_to(self, folder: Path) -> Path:
        for path, content in self.files.contents.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return folder


def spec_of(step: str, **more: object) -> AgentSpec:
    words = {"name": step.title(), "title": step.title(), "instructions": f"Do the work of the {step}."}
    return AgentSpec(step=step, **{**words, **more})  # type: ignore[arg-type]  # fields by name, as a team file has them


def context_of(
    spec: AgentSpec,
    brief: str,
    files: Memory | None = None,
    earlier: Sequence[EarlierResult] = (),
    notes: tuple[str, ...] = (),
    phase: PhaseSpec | None = None,
    title: str = "",
) -> AgentContext:
    return AgentContext(
        brief=brief,
        title=title or brief[:60],
        agent=spec,
        phase=phase or spec.phases[-1],
        attempt=1,
        model="demo",
        earlier=tuple(earlier),
        files=files or Memory(),
        notes=notes,
    )


async def play(context: AgentContext) -> list[Output]:
    """All that an agent puts out; its files go where the context reads."""
    outputs: list[Output] = []
    async for output in demo_agent(context.agent, 0).run(context):
        outputs.append(output)
        if isinstance(output, File) and isinstance(context.files, Memory):
            context.files.contents[check_path(output.path)] = output.content
    return outputs


async def run_team(brief: str, title: str = "") -> Finished:
    """The five agents, one after another."""
    run = Finished()
    earlier: list[EarlierResult] = []
    for step in STEPS:
        context = context_of(spec_of(step), brief, run.files, earlier, title=title)
        run.outputs[step] = await play(context)
        last = run.outputs[step][-1]
        assert isinstance(last, Result)
        earlier.append(
            EarlierResult(agent_name=step.title(), title=step.title(), status="completed", text=last.summary)
        )
    return run

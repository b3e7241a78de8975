"""Files changed by people: a new version by the person and, where wanted, again what comes after it."""

from __future__ import annotations

from itertools import chain, count
from typing import Final

from botarmy.domain import commands as c
from botarmy.domain.artifacts import check_new, check_size, media_type_of
from botarmy.domain.codec import clean_text
from botarmy.domain.draft import Draft
from botarmy.domain.errors import DomainError
from botarmy.domain.events import ArtifactWritten, RunStatus
from botarmy.domain.gate import Edited
from botarmy.domain.gates import refresh
from botarmy.domain.run import Run, replaced
from botarmy.domain.schedule import go_on, withdraw_requests
from botarmy.domain.views import ArtifactView

_TEXTS: Final = frozenset(
    ("application/json", "application/yaml", "application/toml", "application/xml", "image/svg+xml")
)


def is_text(media_type: str) -> bool:
    """Whether a person may edit it as text."""
    return media_type.startswith("text/") or media_type in _TEXTS


def edit_artifact(draft: Draft, command: c.EditArtifact) -> None:
    held = next((artifact for artifact in draft.run.view.artifacts if artifact.path == command.path), None)
    if held is None:
        raise DomainError("unknown_artifact", detail=command.path)
    content = check_content(command.content, command.path)
    if command.rerun and draft.run.status == "cancelled":
        raise DomainError("run_ended")
    edit_file(draft, held, content)
    refresh(draft)
    if command.rerun and held.step is not None:
        _run_again(draft, downstream(draft.run, held.step))


def check_content(text: str, path: str = "The text") -> bytes:
    """Raises DomainError `file_too_large`."""
    content = clean_text(text).encode()
    check_size(path, content)
    return content


def edit_file(draft: Draft, held: ArtifactView, content: bytes) -> Edited:
    """A new version by the person, unless it says the same. Raises DomainError `not_text`."""
    if not is_text(held.media_type):
        raise DomainError("not_text", path=held.path)
    return _write(draft, held.path, content, held.step, "file", held)


def edit_reply(draft: Draft, step: str, content: bytes) -> Edited:
    """What the next agents get instead of the step's reply, as a file of its own."""
    artifacts = {artifact.path: artifact for artifact in draft.run.view.artifacts}
    names = chain((f"docs/{step}.md",), (f"docs/{step}-{number}.md" for number in count(2)))
    path = next(name for name in names if name not in artifacts or artifacts[name].step == step)
    if path not in artifacts:
        check_new(path, list(artifacts))
    return _write(draft, path, content, step, "reply", artifacts.get(path))


def _write(draft: Draft, path: str, content: bytes, step: str | None, of: str, held: ArtifactView | None) -> Edited:
    sha256 = draft.keep(content)
    by = draft.envelope.by
    version = held.version if held is not None else 0
    if held is None or held.sha256 != sha256:
        version += 1
        metadata = ArtifactWritten(
            step=step,
            path=path,
            version=version,
            size=len(content),
            media_type=held.media_type if held else media_type_of(path),
            sha256=sha256,
            by=by,
            shown=held.sha256 if held else None,
        )
        draft.emit(metadata, f"{by} edited {path}" if held else f"{by} wrote {path}")
    return Edited(path=path, version=version, sha256=sha256, of="reply" if of == "reply" else "file")


# --- What depends on it -----------------------------------------------------------------------------------------


def downstream(run: Run, step: str) -> tuple[str, ...]:
    """The steps that come after this one, directly or not, in the team's order."""
    found = {step}
    while True:
        more = {view.step for view in run.view.steps if found.intersection(view.needs)} - found
        if not more:
            return tuple(view.step for view in run.view.steps if view.step in found and view.step != step)
        found |= more


def _run_again(draft: Draft, steps: tuple[str, ...]) -> None:
    """As if nobody had begun them: what is under way there is cancelled."""
    if not steps:
        return
    if draft.run.ended:
        draft.emit(RunStatus(status="running", by=draft.envelope.by), "The project goes on")
    for step in steps:
        draft.withdraw_jobs(job for job in draft.run.jobs if job.step == step)
        withdraw_requests(draft, step)
        view = draft.run.step(step)
        for phase in view.phases:
            if phase.status != "pending" and not replaced(view, phase.phase):
                draft.set_phase(step, phase.phase, "pending", phase.attempt)
        if view.status != "pending":
            draft.decide_step(step, "pending", f"{view.agent_name} does it again", view.attempt)
    go_on(draft)

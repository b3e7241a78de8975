"""Taking in a run file: unpacked within bounds, checked whole, and only then written."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import IO, Final

from pydantic import TypeAdapter, ValidationError

from botarmy.domain import commands as c
from botarmy.domain.attachments import in_order
from botarmy.domain.briefing import BUILT_CHARACTERS
from botarmy.domain.commands import BRIEF_BYTES
from botarmy.domain.decide import decide
from botarmy.domain.draft import Decided
from botarmy.domain.errors import DomainError
from botarmy.domain.events import NewEvent, StepPlan
from botarmy.domain.fold import fold
from botarmy.domain.forks import BEFORE_KEPT
from botarmy.domain.portable import (
    BLOBS,
    BLOBS_MOST,
    EVENTS,
    MANIFEST,
    NAME_CHARACTERS,
    PACKED_BYTES,
    check_contents,
    is_blob,
    read_events,
    read_manifest,
    refused,
)
from botarmy.domain.run import Run, summarize
from botarmy.domain.team import Team
from botarmy.domain.texts import check_text, check_title
from botarmy.domain.times import Timestamp
from botarmy.ports import Commit, StoredReply
from botarmy.service.asking import Options

TEAM: Final = TypeAdapter(Team)
_OF_WORK_UNDER_WAY: Final = (c.ReportJob, c.LoseJob)
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
"""What zipfile raises of damaged, encrypted and otherwise unusable archives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A run file that is in order."""

    run: Run
    """As its events leave it."""
    events: tuple[NewEvent, ...]
    blobs: Mapping[str, bytes]


def unpack(file: IO[bytes], by: str, at: Timestamp, new_id: Callable[[], str]) -> Package:
    """Read a file for its new owner. To be called in a thread.

    Raises:
        DomainError: `bad_run_file` or `run_file_newer`.
    """
    contents = _contents(file)
    manifest = read_manifest(contents.pop(MANIFEST, b""))
    text = contents.pop(EVENTS, b"")
    blobs = {name.removeprefix(BLOBS): content for name, content in contents.items()}
    if _sha256(text) != manifest.sha256 or len(blobs) != manifest.blobs:
        raise refused("it was changed, or parts of it are missing")
    if any(_sha256(content) != name for name, content in blobs.items()):
        raise refused("a content is not what its name says")
    events = read_events(BytesIO(text), manifest, by, at, new_id)
    check_contents(events, {name: len(content) for name, content in blobs.items()})
    run = _folded(events)
    _check_team(run, blobs)
    _check_words(run)
    if not in_order(run.view.attachments, blobs):
        raise refused("what was attached to its brief is missing, or is not in order")
    return Package(run=run, events=events, blobs=blobs)


def commit_of(package: Package, envelope: c.Envelope, receipt: StoredReply) -> Commit:
    """All of it at once. What was under way elsewhere is cancelled here: nobody here works on it."""
    run, events = package.run, package.events
    run_id = run.view.run_id
    if not run.ended:
        decided = decide(run, run_id, c.CancelRun(), envelope)
        run, events = decided.run, (*events, *decided.events)
    return Commit(
        events=events,
        run_id=run_id,
        expected_version=0,
        blobs=package.blobs,
        foreign=True,
        summary=summarize(run),
        search=f"{run.view.title}\n{run.view.brief}",
        reply=receipt,
    )


def check_team(command: c.Command, decided: Decided, teams: Mapping[str, Team]) -> None:
    """What came from elsewhere is worked on only by a team of this server's own: a file may bring no program in.

    What was begun goes on to its end, even if the team's file has changed since.

    Raises:
        DomainError: `foreign_team`.
    """
    if isinstance(command, _OF_WORK_UNDER_WAY) or decided.run.view.imported is None:
        return
    if not any(isinstance(job, c.Enqueue) for job in decided.jobs):
        return
    own = {_sha256(TEAM.dump_json(team)) for team in teams.values()}
    if decided.run.definition not in own:
        raise DomainError("foreign_team")


def _contents(file: IO[bytes]) -> dict[str, bytes]:
    """By name. What unpacks to more than it may is given up where it does, whatever it says of itself."""
    found: dict[str, bytes] = {}
    room = PACKED_BYTES
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > BLOBS_MOST + 2:
                raise refused("it holds too many parts")
            for member in members:
                if member.filename in found or not (member.filename in (MANIFEST, EVENTS) or is_blob(member.filename)):
                    raise refused("a part of it has a name that does not belong there")
                with archive.open(member) as part:
                    found[member.filename] = part.read(room + 1)
                room -= len(found[member.filename])
                if room < 0:
                    raise refused(f"it unpacks to more than {PACKED_BYTES // 1024 // 1024} MiB")
    except _BROKEN:
        raise refused("it is no zip file, or a damaged one") from None
    return found


def _folded(events: tuple[NewEvent, ...]) -> Run:
    try:
        run = fold(event.at(0, version) for version, event in enumerate(events, 1))
    except (ValueError, KeyError, TypeError, AttributeError, LookupError):
        run = None
    if run is None or run.newer:
        raise refused("its events do not fit each other")
    return run


def _check_team(run: Run, blobs: Mapping[str, bytes]) -> None:
    try:
        team = TEAM.validate_json(blobs[run.definition or ""])
    except (KeyError, ValidationError):
        raise refused("its team is missing, or cannot be read") from None
    if list(map(_of_team, team.plan())) != list(map(_of_team, run.plan)):
        raise refused("its team is not the one that worked on it")


def _of_team(plan: StepPlan) -> StepPlan:
    """What a team's definition alone decides; the rest follows from what was wanted when the run began."""
    return replace(plan, approval=None, budget_usd=None)


def _check_words(run: Run) -> None:
    """Within the bounds of what people may write here: lists and agents are given it again and again."""
    view = run.view
    known = {name: value for name, value in view.options.items() if name in Options.model_fields}
    names = [view.team, *(name for plan in run.plan for name in (plan.step, plan.agent_name, plan.title))]
    names += [view.imported.owner] if view.imported else []
    try:
        Options.model_validate(known)
        for title, brief in ((view.title, view.brief), *((one.title, one.brief) for one in view.before)):
            check_title(title)
            check_text(brief, BRIEF_BYTES, "empty_brief", "brief_too_long")
    except (DomainError, ValidationError):
        raise refused("its title, its brief or its options are not in order") from None
    if any(len(name) > NAME_CHARACTERS for name in names):
        raise refused("a name in it is too long")
    if len(view.before) > BEFORE_KEPT or any(len(one.built) > BUILT_CHARACTERS + 1 for one in view.before):
        raise refused("it says more of earlier projects than it may")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

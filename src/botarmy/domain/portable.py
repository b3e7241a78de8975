"""Run files: a run as another server can take it in. What may be in one, and how hostile ones are told.

A file is a zip of `manifest.json`, `events.jsonl` (an event a line, without its position, in the order of the versions)
and `blobs/<sha256>`. Pieces of text that was in the writing are not in it. Nothing of a file is believed: events are
read and written anew, so that only what this version knows gets into the log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn

from botarmy.domain import events as e
from botarmy.domain.artifacts import FILE_BYTES, check_new
from botarmy.domain.codec import decode
from botarmy.domain.errors import DomainError
from botarmy.domain.origins import Imported
from botarmy.domain.times import Timestamp, moment

FORMAT: Final = "botarmy-run"
FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
EVENTS: Final = "events.jsonl"
BLOBS: Final = "blobs/"
PACKED_BYTES: Final = 64 * 1024 * 1024
"""Of a whole file, and of its contents unpacked."""
EVENTS_MOST: Final = 5_000
"""They are one commit."""
LINE_BYTES: Final = 4 * 1024 * 1024
BLOBS_MOST: Final = 5_500
NAME_CHARACTERS: Final = 200
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_ID: Final = re.compile(r"[A-Za-z0-9-]{1,100}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    run_id: str
    title: str
    """For people who look into the file."""
    events: int
    blobs: int
    sha256: str
    """Of `events.jsonl`."""
    format: str = FORMAT
    format_version: int = FORMAT_VERSION


def refused(reason: str) -> DomainError:
    return DomainError("bad_run_file", reason=reason)


def is_blob(name: str) -> bool:
    return name.startswith(BLOBS) and _HASH.fullmatch(name[len(BLOBS) :]) is not None


def read_manifest(text: bytes) -> Manifest:
    """Raises DomainError `bad_run_file` or `run_file_newer`."""
    raw = _json(text, "its manifest cannot be read")
    if raw.get("format") != FORMAT or not isinstance(raw.get("format_version"), int):
        raise refused("it is another kind of file")
    if raw["format_version"] > FORMAT_VERSION:
        raise DomainError("run_file_newer")
    known = {name: raw.get(name) for name in ("run_id", "title", "events", "blobs", "sha256")}
    numbers = all(type(known[name]) is int for name in ("events", "blobs"))
    if not numbers or not all(isinstance(known[name], str) for name in ("run_id", "title", "sha256")):
        raise refused("its manifest cannot be read")
    if not _ID.fullmatch(str(known["run_id"])):
        raise refused("its manifest cannot be read")
    return Manifest(**known)  # type: ignore[arg-type]  # checked above


def line_of(body: str, version: int) -> str:
    """A stored event as it stands in a file."""
    return f'{{"version":{version},{body[1:]}'


def read_events(
    lines: Iterable[bytes], manifest: Manifest, by: str, at: Timestamp, new_id: Callable[[], str]
) -> tuple[e.NewEvent, ...]:
    """The events as they are to be written here, for the owner `by`.

    Raises:
        DomainError: `bad_run_file`, with the line and what is wrong with it.
    """
    reader = _Reader(manifest, Imported(by=by, at=at, owner="", sha256=manifest.sha256), new_id)
    found: list[e.NewEvent] = []
    for number, line in enumerate(lines, 1):
        if number > EVENTS_MOST:
            raise refused(f"it holds more than {EVENTS_MOST} events")
        found.append(reader.event(line, number))
    if len(found) != manifest.events or not found:
        raise refused("events are missing")
    return tuple(found)


def check_contents(events: Iterable[e.NewEvent], sizes: Mapping[str, int]) -> None:
    """Whether the files of the run are there, as they are said to be. `sizes`: of the contents, by hash."""
    taken: set[str] = set()
    for event in events:
        m = event.metadata
        if not isinstance(m, e.ArtifactWritten):
            continue
        try:
            if m.path not in taken:
                check_new(m.path, taken)
        except DomainError as error:
            raise refused(f"a file may not be called so ({error.code})") from None
        taken.add(m.path)
        if sizes.get(m.sha256) != m.size or m.size > FILE_BYTES:
            raise refused("the content of a file is missing, or is not what it is said to be")
        if not _MEDIA_TYPE.fullmatch(m.media_type):
            raise refused("a file has no proper media type")


class _Reader:
    """Reads line after line; the ids of jobs become new ones, since those of this server may not be touched."""

    def __init__(self, manifest: Manifest, imported: Imported, new_id: Callable[[], str]) -> None:
        self._run_id: Final = manifest.run_id
        self._imported: Final = imported
        self._new_id: Final = new_id
        self._jobs: Final[dict[str, str]] = {}

    def event(self, line: bytes, number: int) -> e.NewEvent:
        event = self._decoded(line, number)
        created = isinstance(event.metadata, e.RunCreated)
        if event.version != number or created != (number == 1):
            raise refused(f"line {number} is not in its place")
        if isinstance(event.metadata, e.Unknown | e.WorkerStatus | e.AgentDelta):
            raise refused(f"line {number} is of a kind that does not belong in it")
        if isinstance(event.metadata, e.RunStatus) and event.metadata.status == "deleted":
            raise refused("the project was deleted")
        return e.NewEvent(
            id=event.id,
            run_id=event.run_id,
            timestamp=event.timestamp,
            agent_name=event.agent_name,
            content=event.content,
            metadata=self._own(event.metadata),
        )

    def _decoded(self, line: bytes, number: int) -> e.Event:
        wrong = f"line {number} cannot be read"
        raw = _json(line, wrong)
        texts = [raw.get(name) for name in ("id", "run_id", "type", "timestamp", "content")]
        name = raw.get("agent_name")
        if not all(isinstance(text, str) for text in texts) or not isinstance(raw.get("metadata"), dict):
            raise refused(wrong)
        if type(raw.get("version")) is not int or raw["run_id"] != self._run_id:
            raise refused(wrong)
        if not _ID.fullmatch(raw["id"]) or not _is_moment(raw["timestamp"]):
            raise refused(wrong)
        if name is not None and not (isinstance(name, str) and len(name) <= NAME_CHARACTERS):
            raise refused(wrong)
        try:
            return decode(json.dumps({"agent_name": None, **raw}), 0, raw["version"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise refused(wrong) from None

    def _own(self, metadata: e.Metadata) -> e.Metadata:
        if isinstance(metadata, e.RunCreated):
            imported = replace(self._imported, owner=metadata.owner)
            return replace(metadata, owner=self._imported.by, imported=imported)
        if isinstance(metadata, e.JobStatus):
            job_id = self._jobs.setdefault(metadata.job_id, self._new_id())
            return replace(metadata, job_id=job_id, worker_id=None)
        return metadata


def _is_moment(text: str) -> bool:
    """Of a day that there is, too: times are reckoned with."""
    try:
        return _MOMENT.fullmatch(text) is not None and moment(text).year > 1
    except ValueError:
        return False


def _json(text: bytes, wrong: str) -> dict[str, Any]:
    """One object of at most `LINE_BYTES`, of text that databases take and numbers that are some."""

    def refuse(_: str) -> NoReturn:
        raise ValueError

    try:
        raw = json.loads(text.decode(), parse_constant=refuse) if len(text) <= LINE_BYTES else None
        if not isinstance(raw, dict) or "\x00" in _whole(raw):
            raise ValueError
        _whole(raw).encode()
    except (ValueError, RecursionError):
        raise refused(wrong) from None
    return raw


def _whole(raw: Mapping[str, Any]) -> str:
    return "".join(_texts(raw))


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)

"""Topics: what a client may follow, and the events that each selects.

A new topic is one line in `_KINDS`, and one in `snapshots.py` for what its followers begin with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from botarmy.domain.users import User

TopicKind: TypeAlias = Literal["runs", "run", "watchers", "workers", "jobs", "connections", "stats", "log"]

LISTED_TYPES: Final = frozenset({"run_status", "agent_status", "request"})
"""What changes a run in a list."""
LIVE_KINDS: Final[frozenset[TopicKind]] = frozenset({"connections", "stats", "watchers"})
"""They select no events: who follows them gets a fresh snapshot now and then."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a kind of topic selects: events of these types, or `all` of the run it names."""

    types: frozenset[str] = frozenset()
    keyed: bool = False
    """It names a run."""
    all: bool = False
    for_admins: bool = False


_KINDS: Final[Mapping[TopicKind, _Rules]] = {
    "runs": _Rules(types=LISTED_TYPES),
    "run": _Rules(keyed=True, all=True),
    "watchers": _Rules(keyed=True),
    "workers": _Rules(types=frozenset({"worker_status"}), for_admins=True),
    "jobs": _Rules(types=frozenset({"job_status", "run_status"})),
    "connections": _Rules(for_admins=True),
    "stats": _Rules(for_admins=True),
    "log": _Rules(for_admins=True),
}


@dataclass(frozen=True, slots=True)
class Topic:
    kind: TopicKind
    run_id: str | None = None
    """Of `run:<id>` and `watchers:<id>`; None for all others."""

    def __str__(self) -> str:
        return self.kind if self.run_id is None else f"{self.kind}:{self.run_id}"

    @property
    def for_admins(self) -> bool:
        """Whether members are told that there is no such topic."""
        return _KINDS[self.kind].for_admins


def parse_topic(text: str) -> Topic | None:
    """The topic of this name; None where there is no such kind, or its key is missing or one too many."""
    kind, colon, key = text.partition(":")
    for known, rules in _KINDS.items():
        if kind == known and rules.keyed == bool(key) == bool(colon):
            return Topic(known, key if rules.keyed else None)
    return None


class Selectable(Protocol):
    """What is asked of an entry to know who gets it."""

    @property
    def run_id(self) -> str | None: ...
    @property
    def type(self) -> str: ...
    @property
    def owner(self) -> str | None: ...
    @property
    def agent_name(self) -> str | None: ...
    @property
    def level(self) -> str | None:
        """`system.level` or `error.severity`; None for other types."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """What the topic `log` selects: the events that are in each of the sets. None: a set that holds everything."""

    types: frozenset[str] | None = None
    agents: frozenset[str] | None = None
    levels: frozenset[str] | None = None
    """Events without a level pass."""

    def passes(self, entry: Selectable) -> bool:
        if self.types is not None and entry.type not in self.types:
            return False
        if self.agents is not None and entry.agent_name not in self.agents:
            return False
        return self.levels is None or entry.level is None or entry.level in self.levels


ALL: Final = LogFilter()


@dataclass(frozen=True, slots=True)
class Interest:
    """The events that a follower gets: selected by one of its topics, and its user's to see.

    Equal interests get equal frames, whoever holds them.
    """

    types: frozenset[str]
    run_ids: frozenset[str]
    owner: str | None
    """Only events of this user's runs; None: of all runs."""
    system: bool
    """Also events that concern no run."""
    log: LogFilter | None = None
    """Also what passes here; None: the log is not followed."""

    @classmethod
    def of(cls, topics: Iterable[Topic], user: User, log: LogFilter = ALL) -> Interest:
        """Args: `log`: the filter of the topic `log`, which counts where that is among the topics."""
        held = frozenset(topics)
        return cls(
            types=frozenset(type_ for topic in held for type_ in _KINDS[topic.kind].types),
            run_ids=frozenset(topic.run_id for topic in held if topic.run_id is not None and _KINDS[topic.kind].all),
            owner=None if user.sees_all else user.name,
            system=user.is_admin,
            log=log if user.is_admin and Topic("log") in held else None,
        )

    def selects(self, entry: Selectable) -> bool:
        if entry.run_id not in self.run_ids and entry.type not in self.types:
            return self.log is not None and self.log.passes(entry)
        if entry.run_id is None:
            return self.system
        return self.owner is None or entry.owner == self.owner

"""Topics: what a client may follow, and the events that each selects.

A new topic is one line in `_KINDS`, and one in `snapshots.py` for what its followers begin with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from botarmy.domain.users import User

TopicKind: TypeAlias = Literal["runs", "run"]

LISTED_TYPES: Final = frozenset({"run_status", "agent_status", "request"})
"""What changes a run in a list."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a kind of topic selects: events of these types, or, where it is keyed, all of the run it names."""

    types: frozenset[str] = frozenset()
    keyed: bool = False


_KINDS: Final[Mapping[TopicKind, _Rules]] = {
    "runs": _Rules(types=LISTED_TYPES),
    "run": _Rules(keyed=True),
}


@dataclass(frozen=True, slots=True)
class Topic:
    kind: TopicKind
    run_id: str | None = None
    """Of the topic `run:<id>`; None for all others."""

    def __str__(self) -> str:
        return self.kind if self.run_id is None else f"{self.kind}:{self.run_id}"


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


@dataclass(frozen=True, slots=True)
class Interest:
    """The events that a follower gets: selected by one of its topics, and its user's to see.

    Equal interests get equal frames, whoever holds them.
    """

    types: frozenset[str]
    run_ids: frozenset[str]
    owner: str | None
    """Only events of this user's runs; None: of all runs, and those that concern no run."""

    @classmethod
    def of(cls, topics: Iterable[Topic], user: User) -> Interest:
        held = frozenset(topics)
        return cls(
            types=frozenset(type_ for topic in held for type_ in _KINDS[topic.kind].types),
            run_ids=frozenset(topic.run_id for topic in held if topic.run_id is not None),
            owner=None if user.sees_all else user.name,
        )

    def selects(self, entry: Selectable) -> bool:
        if entry.run_id not in self.run_ids and entry.type not in self.types:
            return False
        return self.owner is None or entry.owner == self.owner

"""What the demo knows: quiz topics with their questions, and units with their factors."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from botarmy.agents.demo.brief import Reading, score
from botarmy.agents.demo.fill import packaged


@dataclass(frozen=True, slots=True)
class Quiz:
    """A topic and its questions."""

    topic: str
    questions: Sequence[Mapping[str, Any]]
    asked_for: bool
    """Whether the brief names the topic; False where general questions stand in."""


@dataclass(frozen=True, slots=True)
class Units:
    """The categories of units that a brief asks for, and the pair to begin with."""

    categories: Sequence[Mapping[str, Any]]
    start: Mapping[str, Any]
    end: Mapping[str, Any]


def quiz_of(reading: Reading) -> Quiz:
    """The topic that a brief names; general knowledge where it names none the demo knows."""
    topics: Sequence[Mapping[str, Any]] = _data("quiz")["topics"]
    best = max(topics, key=lambda topic: score(reading.text, topic["words"]))
    known = score(reading.text, best["words"])
    topic = best if known >= 2 else topics[-1]
    asked = [{"question": row[0], "answer": row[1], "others": row[2:]} for row in topic.get("asked", ())]
    pairs = [{"question": topic["pattern"].format(left), "answer": right} for left, right in topic.get("pairs", ())]
    return Quiz(topic["name"], [*asked, *pairs], asked_for=known > 0)


def units_of(reading: Reading) -> Units:
    """Categories by score; the common ones where a brief names none. The pair follows the brief's own order."""
    known: Sequence[Mapping[str, Any]] = _data("converter")["categories"]
    scores = [(score(reading.text, category["words"]), category) for category in known]
    found = [category for points, category in sorted(scores, key=lambda pair: -pair[0]) if points >= 2]
    categories = found or list(known[:4])
    units = categories[0]["units"]
    places = {place: unit for unit in units if (place := _place(unit, reading.text)) >= 0}
    named = [places[place] for place in sorted(places)]
    rest = [unit for unit in units if unit not in named]
    start, end = [*named, *rest][:2]
    plain = [{key: value for key, value in category.items() if key != "words"} for category in categories]
    return Units(plain, start, end)


def _place(unit: Mapping[str, Any], text: str) -> int:
    """Where a brief first names a unit; -1 where it does not."""
    stem = str(unit["id"]).removesuffix("re")
    first, *_ = str(unit["name"]).lower().split()
    names = (f"{stem}(?:re|er)?s?", re.escape(first), re.escape(str(unit["label"]).lower()), re.escape(str(unit["id"])))
    found = [match.start() for name in names if (match := re.search(rf"(?<![^\W_]){name}(?![^\W_])", text))]
    return min(found, default=-1)


@cache
def _data(kind: str) -> Mapping[str, Any]:
    return tomllib.loads(packaged(f"templates/{kind}/data.toml"))

"""A list of something: which noun and which fields a brief asks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from botarmy.agents.demo.brief import Reading, score
from botarmy.agents.demo.fill import packaged

FieldSpec: TypeAlias = Mapping[str, Any]
MOST_FIELDS: Final = 6
_NAMING: Final = frozenset({"name", "title"})
_LISTED = re.compile(r"(?:\b(?:with|fields?|columns?|including|include|recording|such as)\b:?|:)\s+([^.:;\n]{3,160})")
_ARTICLE = re.compile(r"^(?:a|an|the|its|their|optional)\s+")
_AFTER_LIST = re.compile(r"\s+(?:for|in|on|so|that|to|of|per)\b.*$")
_KEPT = re.compile(
    r"\b(?:track|tracks|tracking|manage|manages|managing|log|logs|logging|organi[sz]e|record|records|recording|collect|"
    r"collects|catalogue?|keep track of|list of|store|plan|planning|rate|review)\s+(?:of\s+)?"
    r"(?:my|our|your|the|all|their|his|her|a|an|some|personal|daily|weekly|new)?\s*([a-z][a-z\- ]{2,40})"
)


@dataclass(frozen=True, slots=True)
class Records:
    """The noun, its plural, and the fields of one record; the first field names it."""

    noun: str
    nouns: str
    fields: Sequence[FieldSpec]
    guessed: bool
    """Whether the noun came from the brief's words and not from a known kind of list."""


def records_of(reading: Reading) -> Records:
    """The records that a brief speaks of. Every brief gives some."""
    preset = _preset(reading.text)
    noun = str(preset["noun"]) if preset else _noun(reading.text)
    usual: Sequence[FieldSpec] = preset["fields"] if preset else _table()["general"]["fields"]
    fields = _joined(usual, _listed_fields(reading.text), extend=preset is not None)
    nouns = str(preset["nouns"]) if preset else plural(noun)
    return Records(noun, nouns, _with_mentions(fields, reading), guessed=preset is None)


def plural(noun: str) -> str:
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(?:s|x|z|ch|sh)$", noun) else f"{noun}s"


def singular(noun: str) -> str:
    if noun.endswith("ies") and len(noun) > 4:
        return f"{noun[:-3]}y"
    if re.search(r"(?:ss|x|z|ch|sh)es$", noun):
        return noun[:-2]
    return noun[:-1] if re.search(r"[^su]s$", noun) else noun


def indefinite(noun: str) -> str:
    return f"an {noun}" if noun[:1] in "aeio" else f"a {noun}"


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(packaged("templates/records/data.toml"))


def _preset(text: str) -> Mapping[str, Any] | None:
    presets: Sequence[Mapping[str, Any]] = _table()["presets"]
    best = max(presets, key=lambda preset: score(text, preset["words"]))
    return best if score(text, best["words"]) >= 3 else None


def _noun(text: str) -> str:
    """The first thing that is kept, in the singular; `entry` where the brief names none."""
    vague = frozenset(_table()["vague"].split())
    for match in _KEPT.finditer(text):
        words = re.findall(r"[a-z\-]+", match.group(1))
        kept = [word for word in words[:3] if word not in vague]
        if kept and words[0] == kept[0]:
            following = words[1] if len(words) > 1 and words[1] not in vague and not words[0].endswith("s") else ""
            return singular(f"{kept[0]} {following}".strip())[:24].strip()
    return "entry"


def _listed_fields(text: str) -> list[FieldSpec]:
    """Fields that a brief lists, e.g. `with title, author and rating`; none where it lists no two known ones."""
    known: Mapping[str, FieldSpec] = _table()["fields"]
    for match in _LISTED.finditer(text):
        parts = re.split(r",|\band\b|&|/", match.group(1))
        names = [_AFTER_LIST.sub("", _ARTICLE.sub("", part.strip())) for part in parts]
        found = [known[name] for name in names if name in known]
        unique = list({spec["id"]: spec for spec in found}.values())
        if len(unique) >= 2:
            return sorted(unique, key=lambda spec: spec["type"] != "text")[:MOST_FIELDS]
    return []


def _joined(usual: Sequence[FieldSpec], listed: Sequence[FieldSpec], *, extend: bool) -> Sequence[FieldSpec]:
    """Listed fields replace the usual ones if one of them can name a record; otherwise they are added to them."""
    if not listed:
        return usual
    if any(spec["id"] in _NAMING for spec in listed):
        return sorted(listed, key=lambda spec: spec["id"] not in _NAMING)
    kept = usual if extend else usual[:1]
    ids = {spec["id"] for spec in kept}
    return [*kept, *(spec for spec in listed if spec["id"] not in ids)][:MOST_FIELDS]


def _with_mentions(fields: Sequence[FieldSpec], reading: Reading) -> Sequence[FieldSpec]:
    """Adds a priority, a date and a person where the brief speaks of them and the fields have none."""
    known: Mapping[str, FieldSpec] = _table()["fields"]
    ids = {spec["id"] for spec in fields}
    wanted = [
        name
        for feature, name in (("priority", "priority"), ("due", "due"), ("team", "who"))
        if feature in reading.mentions
    ]
    first, *others = [*fields, *(known[name] for name in wanted if name not in ids)][:MOST_FIELDS]
    return [first, *sorted(others, key=lambda spec: spec["type"] == "long")]

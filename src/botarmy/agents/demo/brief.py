"""Reading a brief: what it is called, which kind of project it asks for, and what it mentions."""

from __future__ import annotations

import re
import tomllib
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Final

from botarmy.agents.demo.fill import packaged

LOOKED_AT: Final = 8_000
"""Characters of the brief that decide the kind; the rest of a long brief is material."""
EXCERPT: Final = 600
TITLE: Final = 64
FALLBACK: Final = "records"
PYTHON_FALLBACK: Final = "py_records"
_ASKING = re.compile(
    r"^(?:(?:please|hi|hello|hey|can you|could you|would you|i want|i need|i would like|i'd like|we want|we need|"
    r"let's|lets|help me|to|you to|build|make|create|write|develop|design|code|implement|me|us|a|an|the)\b[\s,:]*)+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Control and direction characters; the joiner of emoji and line ends stay."""
_SENTENCE_END = re.compile(r"[.!?;:](?=\s|$)|\n|。|！|？")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a brief says, as far as plain reading goes."""

    brief: str
    """Clean: no control characters but line ends, no lone surrogates."""
    title: str
    kind: str
    """The name of a folder of templates."""
    fits: bool
    """Whether the brief named the kind; False where the fallback was taken."""
    mentions: frozenset[str]
    """Features of `kinds.toml` that the brief speaks of."""
    seed: int

    @property
    def text(self) -> str:
        """What is looked at, in lower case."""
        return self.brief[:LOOKED_AT].lower()

    @property
    def excerpt(self) -> str:
        line = " ".join(self.brief.split())
        return line if len(line) <= EXCERPT else f"{line[:EXCERPT].rsplit(' ', 1)[0]} …"

    @property
    def slug(self) -> str:
        plain = unicodedata.normalize("NFKD", self.title).encode("ascii", "ignore").decode().lower()
        return "-".join(re.findall(r"[a-z0-9]+", plain))[:40].strip("-") or "demo-app"


def read_brief(brief: str, title: str = "") -> Reading:
    """The same brief reads the same each time. A `title` that was only cut from the brief is not used."""
    clean = _clean(brief)
    lowered = clean[:LOOKED_AT].lower()
    kind = _kind(lowered)
    return Reading(
        brief=clean,
        title=_title(clean, " ".join(_clean(title).split())),
        kind=kind or (PYTHON_FALLBACK if _wants_python(lowered) else FALLBACK),
        fits=kind is not None,
        mentions=frozenset(name for name, words in table()["features"].items() if score(lowered, words)),
        seed=zlib.crc32(clean.encode()),
    )


def read_follow_up(briefs: Sequence[str], title: str) -> Reading:
    """A project that goes on: what the first brief asked for, with all that the later ones mention.

    Args:
        briefs: oldest first; the last one is the new one.
        title: the first project's.
    """
    first = read_brief(briefs[0], title)
    later = [read_brief(brief) for brief in briefs[1:]]
    return replace(
        first,
        brief="\n\n".join([first.brief, *(reading.brief for reading in later)]),
        mentions=first.mentions.union(*(reading.mentions for reading in later)),
    )


def score(text: str, words: Mapping[str, int]) -> int:
    """The weights of the words and phrases that occur in a text in lower case. A word also counts in its plural."""
    spaced = _spaced(text)
    return sum(weight for word, weight in words.items() if any(form in spaced for form in _forms(word)))


@lru_cache(maxsize=32)
def _spaced(text: str) -> str:
    """The words of a text, each between two spaces."""
    return f" {' '.join(_WORD.findall(text))} "


@cache
def _forms(word: str) -> tuple[str, ...]:
    plain = " ".join(_WORD.findall(word))
    return f" {plain} ", f" {plain}s ", f" {plain}es "


@cache
def table() -> Mapping[str, Any]:
    """kinds.toml: weights of words by kind, by platform and by feature."""
    return tomllib.loads(packaged("kinds.toml"))


def _wants_python(text: str) -> bool:
    return score(text, table()["python"]) >= 4


def _kind(text: str) -> str | None:
    kinds = table()["python_kinds" if _wants_python(text) else "kinds"]
    scores = {kind: score(text, words) for kind, words in kinds.items()}
    best = max(scores, key=lambda kind: scores[kind])
    return best if scores[best] >= 3 else None


def _clean(text: str) -> str:
    return _UNSEEN.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))


def _title(brief: str, given: str) -> str:
    start = " ".join(brief.split()).lower()
    if given and not start.startswith(given.rstrip(" .…").lower()):
        return _short(given)
    line = next((line.strip(" \t#>*-\"'`") for line in brief.splitlines() if line.strip(" \t#>*-\"'`")), "")
    sentence = _SENTENCE_END.split(line, maxsplit=1)[0].strip()
    words = _ASKING.sub("", sentence).strip(" ,.-") or sentence.strip(" ,.-")
    short = _short(
        re.split(r"\b(?:that|which|where|so that|with which)\b", words)[0].strip(" ,") if len(words) > 44 else words
    )
    return (short[:1].upper() + short[1:]) or "Untitled project"


def _short(text: str) -> str:
    if len(text) <= TITLE:
        return text
    cut = text[:TITLE]
    return (cut.rsplit(" ", 1)[0] if " " in cut[20:] else cut).rstrip(" ,;:-") + "…"

"""What a story is, and how a module keeps its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from scripts.wire.teller import Teller

Tell: TypeAlias = Callable[[], Teller]


@dataclass(frozen=True, slots=True)
class Story:
    name: str
    description: str
    tell: Tell


def kept_in(stories: list[Story]) -> Callable[[Tell], Tell]:
    """Makes a function a story: its name with dashes, and what it is about in its docstring."""

    def story(tell: Tell) -> Tell:
        stories.append(Story(tell.__name__.replace("_", "-"), (tell.__doc__ or "").strip(), tell))
        return tell

    return story

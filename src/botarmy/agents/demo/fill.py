"""Templates: packaged files with `{{name}}` in them, filled so that no value can become markup or code."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Final, TypeAlias

Escape: TypeAlias = Callable[[str], str]

_PLACE = re.compile(r"\{\{(\w+)\}\}")
_MARKDOWN = re.compile(r"([\\`*_\[\]~|])")
_BLOCK_START = re.compile(r"^(\s*\d*)([#+\-=.)])")


class Block(str):
    """A value that is already in the language of the file it goes into."""

    __slots__ = ()


def as_markdown(text: str) -> str:
    """One line of plain words."""
    line = _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _BLOCK_START.sub(r"\1\\\2", line)


def as_javascript(text: str) -> str:
    """The inside of a string in double quotes; `</script>` cannot occur in it."""
    return _no_markup(json.dumps(text)[1:-1])


def as_python(text: str) -> str:
    """The inside of a string in double quotes, in ASCII and without markup."""
    return text.encode("unicode_escape").decode("ascii").replace('"', '\\"').replace("<", "\\x3c")


def as_word(text: str) -> str:
    """For shells and Dockerfiles: what has no meaning there."""
    return re.sub(r"[^A-Za-z0-9 .,-]", "", text)


def as_comment(text: str) -> str:
    """One line that cannot end a comment or begin markup."""
    return re.sub(r"[<>*/]", "", " ".join(text.split()))


def json_block(value: object) -> Block:
    """A value as JSON that may stand in a script: valid JavaScript, no markup."""
    return Block(_no_markup(json.dumps(value, indent=2)))


def _no_markup(text: str) -> str:
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def as_is(text: str) -> str:
    return text


_ESCAPES: Final[Mapping[str, Escape]] = {
    ".html": html.escape,
    ".css": as_word,
    ".md": as_markdown,
    ".js": as_javascript,
    ".json": as_javascript,
    ".py": as_python,
}


def fill(template: str, values: Mapping[str, str], escape: Escape = as_is) -> str:
    """Replaces each `{{name}}` once; what a value holds is not looked at again. Raises KeyError."""

    def value(match: re.Match[str]) -> str:
        found = values[match.group(1)]
        return found if isinstance(found, Block) else escape(found)

    return _PLACE.sub(value, template)


def fill_file(template: str, values: Mapping[str, str], path: str) -> str:
    """As `fill`, escaped for the kind of file that `path` is."""
    return fill(template, values, _ESCAPES.get(PurePosixPath(path).suffix, as_word))


@cache
def packaged(path: str) -> str:
    """The text of a file below this package. Raises FileNotFoundError."""
    return files(__package__).joinpath(path).read_text(encoding="utf-8")


@cache
def packaged_names(folder: str) -> tuple[str, ...]:
    """The paths of the files in a packaged folder and below, relative to it, sorted; none where there is no folder."""
    root = files(__package__).joinpath(folder)
    if not root.is_dir():
        return ()
    found: list[str] = []
    for entry in root.iterdir():
        if entry.is_dir():
            found += [f"{entry.name}/{name}" for name in packaged_names(f"{folder}/{entry.name}")]
        elif not entry.name.endswith(".pyc"):
            found.append(entry.name)
    return tuple(sorted(found))

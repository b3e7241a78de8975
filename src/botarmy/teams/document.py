"""A YAML document read against a declared shape, where every fault knows its line.

A shape is built from readers: `text`, `whole`, `list_of`, `table`. A reader takes a YAML node and gives a
value, or raises a `DocumentError`. What a team file may hold is declared with them in `shape.py`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

import yaml

FILE_BYTES: Final = 256 * 1024
DEPTH: Final = 12
FAULTS: Final = 50
"""How many are told of one document."""
_NULL: Final = "tag:yaml.org,2002:null"
_TEXT: Final = "tag:yaml.org,2002:str"
_WHOLE: Final = "tag:yaml.org,2002:int"
_DECIMAL: Final = "tag:yaml.org,2002:float"
_PLAIN_NUMBER: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", re.ASCII)
_BOM: Final = "\ufeff"

Value = TypeVar("Value")
Reader: TypeAlias = Callable[[yaml.Node], Value]


class DocumentError(Exception):
    """What is wrong with a document: a 1-based line, and the reason in words without a full stop.

    Args:
        column: 1-based; None where it is not known.
        more: what else is wrong, at most `FAULTS - 1`.
    """

    def __init__(self, line: int, reason: str, column: int | None = None, more: tuple[DocumentError, ...] = ()) -> None:
        self.line: Final = line
        self.reason: Final = reason
        self.column: Final = column
        self.more: Final = more
        super().__init__(f"line {line}: {reason}")

    @property
    def all(self) -> tuple[DocumentError, ...]:
        return (self, *self.more)


def together(errors: Sequence[DocumentError]) -> DocumentError:
    """One that stands for several, at least one: it is the first of them, and holds the others."""
    first, *others = [one for error in errors for one in error.all][:FAULTS]
    return DocumentError(first.line, first.reason, first.column, tuple(others))


@dataclass(frozen=True, slots=True)
class Located(Generic[Value]):
    """A value and the line it stands in."""

    value: Value
    line: int


@dataclass(frozen=True, slots=True)
class Field:
    read: Reader[object]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping of the document: what was given, each under its key."""

    line: int
    entries: Mapping[str, Located[object]]

    @classmethod
    def of(cls, node: yaml.Node, **entries: object) -> Table:
        """A table that stands for a short form."""
        return cls(line_of(node), {key: Located(value, line_of(node)) for key, value in entries.items()})

    def need(self, key: str, kind: type[Value]) -> Value:
        """The value of a required key."""
        value = self.get(key, kind)
        assert value is not None  # noqa: S101 — the shape's own promise, not a check of the input
        return value

    def get(self, key: str, kind: type[Value]) -> Value | None:
        """None where the key was not given. `kind` is what the key's reader gives."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        assert isinstance(entry.value, kind)  # noqa: S101 — the shape's own promise, not a check of the input
        return entry.value

    def items(self, key: str, kind: type[Value]) -> tuple[Located[Value], ...] | None:
        """The members of a list with their lines. None where the key was not given."""
        listed = self.get(key, tuple)
        if listed is None:
            return None
        assert all(isinstance(item.value, kind) for item in listed)  # noqa: S101 — as in `get`
        return listed

    def line_of(self, key: str) -> int:
        """The line of a key's value; the table's own where the key was not given."""
        entry = self.entries.get(key)
        return self.line if entry is None else entry.line


def compose(source: bytes | str) -> yaml.Node:
    """The root node. Raises DocumentError for what is not one plain YAML document of a sane size."""
    text = _decoded(source)
    try:
        node = yaml.compose(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, None)
        raise DocumentError(line, f"this is not valid YAML ({quoted(error.problem or 'unreadable')})", column) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise DocumentError(line, "it holds a character that a YAML file may not hold") from None
    if node is None:
        raise DocumentError(1, "the file is empty")
    return node


def quoted(text: str, limit: int = 80) -> str:
    """Text of the file as it may stand in a reason: one line, bounded."""
    shown = "".join(character if character.isprintable() else " " for character in text[:limit])
    return shown + ("…" if len(text) > limit else "")


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean “…”?` or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean “{close[0]}”?" if close else ""


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _at(node: yaml.Node, reason: str) -> DocumentError:
    return DocumentError(line_of(node), reason, int(node.start_mark.column) + 1)


def text(*, limit: int, check: Callable[[str], str | None] = lambda _: None) -> Reader[str]:
    """A text of 1 to `limit` characters. `check` gives the reason why it will not do, None where it will."""

    def read(node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or node.tag not in (_TEXT, _NULL):
            raise _at(node, f"a text is needed here, not {_described(node)}")
        value = str(node.value).strip() if node.tag == _TEXT else ""
        if not value:
            raise _at(node, "this text is empty")
        reason = f"this text is longer than {limit} characters" if len(value) > limit else check(value)
        if reason:
            raise _at(node, reason)
        return value

    return read


def whole(*, low: int, high: int) -> Reader[int]:
    def read(node: yaml.Node) -> int:
        digits = str(node.value)
        if node.tag == _WHOLE and digits.isdecimal() and len(digits) < 10 and low <= int(digits) <= high:
            return int(digits)
        raise _at(node, f"a whole number from {low} to {high} is needed here")

    return read


def amount(*, above: float, high: float) -> Reader[float]:
    """A plain decimal number, such as 2 or 0.25."""

    def read(node: yaml.Node) -> float:
        plain = node.tag in (_WHOLE, _DECIMAL) and _PLAIN_NUMBER.fullmatch(str(node.value))
        if plain and above < float(node.value) <= high:
            return float(node.value)
        raise _at(node, f"a number above {above:g} and up to {high:,.0f} is needed here")

    return read


def list_of(item: Reader[Value], *, most: int, least: int = 0) -> Reader[tuple[Located[Value], ...]]:
    def read(node: yaml.Node) -> tuple[Located[Value], ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise _at(node, f"a list is needed here, not {_described(node)}")
        if not least <= len(node.value) <= most:
            count = len(node.value)
            raise _at(node, f"from {least} to {most} entries may stand here, not {count}")
        members, faults = [], []
        for member in node.value:
            try:
                members.append(Located(item(member), line_of(member)))
            except DocumentError as fault:
                faults.append(fault)
        if faults:
            raise together(faults)
        return tuple(members)

    return read


def either(short: Reader[Value], long: Reader[Value]) -> Reader[Value]:
    """The long form where a mapping stands, else the short one."""
    return lambda node: long(node) if isinstance(node, yaml.MappingNode) else short(node)


def table(fields: Mapping[str, Field]) -> Reader[Table]:
    """A mapping that holds the declared keys and no others. A key that is not required may be left blank."""

    def read(node: yaml.Node) -> Table:
        if not isinstance(node, yaml.MappingNode):
            raise _at(node, f"“key: value” lines are needed here, not {_described(node)}")
        given: dict[str, Located[object]] = {}
        seen: set[str] = set()
        faults: list[DocumentError] = []
        for key_node, value_node in node.value:
            try:
                key = _key(key_node, fields, seen)
                seen.add(key)
                if value_node.tag != _NULL or fields[key].required:
                    given[key] = Located(fields[key].read(value_node), line_of(value_node))
            except DocumentError as fault:
                faults.append(fault)
                if len(faults) == FAULTS:
                    raise together(faults) from None
        missing = (key for key, declared in fields.items() if declared.required and key not in seen)
        faults += [_at(node, f"“{key}” is missing") for key in missing]
        if faults:
            raise together(faults)
        return Table(line_of(node), given)

    return read


def _key(node: yaml.Node, fields: Mapping[str, Field], seen: set[str]) -> str:
    key = node.value if isinstance(node, yaml.ScalarNode) else None
    if not isinstance(key, str):
        raise _at(node, "a key must be a plain word")
    if key not in fields:
        raise _at(node, f"“{quoted(key)}” is not known here{suggestion(key, fields)}")
    if key in seen:
        raise _at(node, f"“{key}” stands here twice")
    return key


def _described(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if isinstance(node, yaml.MappingNode):
        return "“key: value” lines"
    if not node.value:
        return "nothing"
    return f"“{quoted(str(node.value))}” (put it in quotes if it is meant as text)"


def _decoded(source: bytes | str) -> str:
    raw = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(raw) > FILE_BYTES:
        raise DocumentError(1, f"the file is larger than {FILE_BYTES // 1024} KiB")
    try:
        return raw.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DocumentError(line, "the file is not text in UTF-8") from None


class _PlainLoader(yaml.SafeLoader):
    """YAML without what makes a small file large: no aliases, no tags, bounded depth."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call] # the stubs leave it bare
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DocumentError(line, "anchors and aliases (& and *) are not allowed")
        if getattr(event, "tag", None):
            raise DocumentError(line, "tags (!) are not allowed")
        if self._depth == DEPTH:
            raise DocumentError(line, "the lines are nested too deeply")
        self._depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)  # type: ignore[arg-type] # the stubs say int
        self._depth -= 1
        return node

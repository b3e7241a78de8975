"""What a brief makes of a kind of project: its words, its settings, the features it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from botarmy.agents.demo.brief import Reading
from botarmy.agents.demo.fill import Block, as_markdown
from botarmy.agents.demo.records import FieldSpec, indefinite, records_of


@dataclass(frozen=True, slots=True)
class Shape:
    """The particulars of one project."""

    config: Mapping[str, Any] = field(default_factory=dict)
    """What the application reads at its start, as JSON."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Words for templates."""
    features: frozenset[str] = frozenset()


def shape_of(reading: Reading) -> Shape:
    """The shape of a brief; kinds without particulars have the plain one."""
    shape = _SHAPES.get(reading.kind)
    return shape(reading) if shape else Shape()


def _records(reading: Reading) -> Shape:
    records = records_of(reading)
    labels = [str(spec["label"]) for spec in records.fields]
    types = {str(spec["type"]): spec for spec in reversed(records.fields)}
    choice = types.get("choice")
    values = {
        "noun": records.noun,
        "nouns": records.nouns,
        "Nouns": records.nouns.capitalize(),
        "a_noun": indefinite(records.noun),
        "A_noun": indefinite(records.noun).capitalize(),
        "field_words": in_words([label.lower() for label in labels]),
        "field_table": Block(_field_table(records.fields)),
        "choice_label": str(choice["label"]).lower() if choice else "",
        "choice_words": in_words([str(option) for option in choice["options"]], "or") if choice else "",
    }
    config = {
        "noun": records.noun,
        "nouns": records.nouns,
        "a_noun": values["a_noun"],
        "fields": [dict(spec) for spec in records.fields],
    }
    return Shape(config, values, frozenset(types))


def in_words(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _field_table(fields: Sequence[FieldSpec]) -> str:
    meanings = {
        "text": "one line, at most 200 characters",
        "long": "text, at most 2,000 characters",
        "number": "a number",
        "money": "an amount, two decimals",
        "date": "a day, as 2026-03-01",
        "rating": "1 to 5",
    }
    rows = [
        f"| {as_markdown(str(spec['label']))} | `{spec['id']}` | "
        f"{meanings.get(spec['type']) or 'one of: ' + as_markdown(', '.join(spec['options']))} |"
        for spec in fields
    ]
    return "\n".join(["| field | id | value |", "| --- | --- | --- |", *rows])


_SHAPES: Final[Mapping[str, Callable[[Reading], Shape]]] = {"records": _records}

"""What a brief makes of a kind of project: its words, its settings, the features it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from botarmy.agents.demo.brief import Reading
from botarmy.agents.demo.fill import Block, as_markdown, json_block
from botarmy.agents.demo.records import FieldSpec, indefinite, records_of
from botarmy.agents.demo.topics import quiz_of, units_of


@dataclass(frozen=True, slots=True)
class Shape:
    """The particulars of one project."""

    config: Mapping[str, Any] = field(default_factory=dict)
    """What the application reads at its start, as JSON."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Words for templates."""
    features: frozenset[str] = frozenset()
    outside: tuple[str, ...] = ()
    """What the brief asks for and this project does not do, in words."""


def shape_of(reading: Reading) -> Shape:
    """The shape of a brief; kinds without particulars have the plain one."""
    shape = _SHAPES.get(reading.kind)
    return shape(reading) if shape else Shape()


def in_words(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _number(text: str, pattern: str, default: int, low: int, high: int) -> int:
    """The number that a brief names before a unit, within bounds."""
    found = re.search(rf"\b(\d{{1,3}})\s*-?\s*(?:{pattern})", text)
    return min(max(int(found.group(1)), low), high) if found else default


def _records(reading: Reading) -> Shape:
    records = records_of(reading)
    labels = [str(spec["label"]) for spec in records.fields]
    types = {str(spec["type"]): spec for spec in reversed(records.fields)}
    choice = types.get("choice")
    config = {
        "noun": records.noun,
        "nouns": records.nouns,
        "a_noun": indefinite(records.noun),
        "fields": [dict(spec) for spec in records.fields],
    }
    values = {
        "noun": records.noun,
        "nouns": records.nouns,
        "Nouns": records.nouns.capitalize(),
        "a_noun": indefinite(records.noun),
        "A_noun": indefinite(records.noun).capitalize(),
        "field_words": in_words([label.lower() for label in labels]),
        "field_table": Block(_field_table(records.fields)),
        "fields_json": json_block(config["fields"]),
        "choice_label": str(choice["label"]).lower() if choice else "",
        "Choice_label": str(choice["label"]) if choice else "",
        "choice_words": in_words([str(option) for option in choice["options"]], "or") if choice else "",
    }
    return Shape(config, values, frozenset(types))


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


def _users(reading: Reading) -> str:
    together = "People who use it together, around one screen or each on their own."
    return together if "team" in reading.mentions else "A person on their own, on a laptop or a phone."


def _timer(reading: Reading) -> Shape:
    text = reading.text
    if re.search(r"tabata|interval|hiit|workout|exercise|boxing", text):
        config, values = _intervals(text)
    elif re.search(r"pomodoro|focus|study|break|productiv|deep work", text):
        config, values = _pomodoro(text)
    else:
        config, values = _countdown(text)
    team = "team" in reading.mentions
    words = {"user_words": _users(reading), "team_purpose": ", and whose turn it is to lead" if team else ""}
    return Shape({**config, "team": team}, {**values, **words}, frozenset({"team"} if team else ()))


def _pomodoro(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    work = _number(text, "min", 25, 1, 600)
    settings = {"work": work, "rest": 5, "long": 15, "rounds": 4}
    labels = {"work": "Focus", "rest": "Short break", "long": "Long break"}
    return _plan(settings, labels, "minutes", auto=False), {
        "lead_words": "Focus, pause, and a long break when it is earned.",
        "plan_words": f"A cycle is four rounds of {work} minutes of focus, with breaks of 5 and one of 15 minutes.",
        "auto_choice": "The next step waits for a person.",
        "auto_reason": "A break that starts by itself while nobody looks is no break; one press begins it.",
    }


def _intervals(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    work = _number(text, "sec", 20, 1, 600)
    rounds = _number(text, "round|set|time", 8, 1, 50)
    labels = {"work": "Work", "rest": "Rest", "long": "Rest"}
    return _plan({"work": work, "rest": 10, "long": 0, "rounds": rounds}, labels, "seconds", auto=True), {
        "lead_words": "Work and rest by the second, hands free.",
        "plan_words": f"A session is {rounds} rounds of {work} seconds of work with 10 seconds of rest between them.",
        "auto_choice": "Steps follow one another by themselves.",
        "auto_reason": "Nobody presses a button in the middle of an exercise.",
    }


def _countdown(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    work = _number(text, "min", 10, 1, 600)
    config = _plan({"work": work, "rest": 0, "long": 0, "rounds": 1}, {"work": "Time left"}, "minutes", auto=False)
    return {**config, "labels": {"work": "Time left", "rest": "Pause", "long": "Pause"}, "changeable": ["work"]}, {
        "lead_words": "Counts down where everybody can see it.",
        "plan_words": f"It counts down from {work} minutes, or from any other whole number of minutes.",
        "auto_choice": "At the end it stands ready for the next time.",
        "auto_reason": "A tone says that time is up; starting again is one press.",
    }


def _plan(settings: Mapping[str, int], labels: Mapping[str, str], unit: str, *, auto: bool) -> dict[str, Any]:
    return {
        "settings": dict(settings),
        "labels": dict(labels),
        "unit": unit,
        "unitSeconds": 60 if unit == "minutes" else 1,
        "changeable": [name for name, value in settings.items() if value],
        "auto": auto,
    }


def _tip(reading: Reading) -> Shape:
    signs = {"€": r"€|\beuros?\b|\beur\b", "£": r"£|\bpounds?\b|\bgbp\b", "$": r"\$|\bdollars?\b|\busd\b"}
    sign = next((sign for sign, pattern in signs.items() if re.search(pattern, reading.text)), "")
    people = _number(reading.text, "people|person|friend|guest", 4 if "team" in reading.mentions else 2, 1, 50)
    percent = _number(reading.text, "%|percent", 15, 0, 100)
    tips = sorted({0, 10, 15, 20, percent})
    return Shape({"sign": sign, "people": people, "tip": percent, "tips": tips}, {"user_words": _users(reading)})


def _quiz(reading: Reading) -> Shape:
    quiz = quiz_of(reading)
    size = min(_number(reading.text, "questions?", 10, 3, 50), len(quiz.questions))
    thought = f"It is about {quiz.topic}."
    if not quiz.asked_for:
        thought = (
            "The demo holds no questions on the topic of the brief, so it asks general ones; they are easy to replace."
        )
    values = {
        "topic": quiz.topic,
        "round_size": str(size),
        "question_count": str(len(quiz.questions)),
        "topic_thought": thought,
    }
    outside = (
        ()
        if quiz.asked_for
        else ("Questions on the brief's own topic: the demo has none. They go into `app/config.js`.",)
    )
    return Shape({"round": size, "questions": list(quiz.questions)}, values, outside=outside)


def _converter(reading: Reading) -> Shape:
    units = units_of(reading)
    values = {
        "user_words": _users(reading),
        "category_words": in_words([str(category["label"]).lower() for category in units.categories]),
        "from_name": units.start["name"],
        "to_name": units.end["name"],
    }
    config = {"categories": list(units.categories), "from": units.start["id"], "to": units.end["id"]}
    return Shape(config, values)


def _password(reading: Reading) -> Shape:
    length = _number(reading.text, "char|letter|sign|zeichen|digit", 16, 4, 64)
    symbols = not re.search(r"\b(?:no|without)\s+(?:special|symbols?)", reading.text)
    readable = bool(re.search(r"readable|look-?alike|ambiguous|easy to (?:read|type)", reading.text))
    options = {"length": length, "lower": True, "upper": True, "digits": True, "symbols": symbols, "readable": readable}
    return Shape({"options": options}, {"user_words": _users(reading), "length": str(length)})


def _picker(reading: Reading) -> Shape:
    text = reading.text
    sides = re.search(r"\bd(\d{1,2})\b", text)
    if sides or re.search(r"\bdice\b|\bdie\b", text):
        last = min(max(int(sides.group(1)), 2), 100) if sides else 6
        entries, words, once = [str(n) for n in range(1, last + 1)], f"the numbers from 1 to {last}", False
    elif "coin" in text:
        entries, words, once = ["Heads", "Tails"], "heads and tails", False
    elif re.search(r"lunch|dinner|meal|eat|food|restaurant", text):
        entries, words, once = ["Pizza", "Soup", "Salad", "Curry", "Noodles", "Sandwiches"], "six meals", True
    elif "team" in reading.mentions or re.search(r"name|student|player|winner|santa|who", text):
        entries, words, once = [f"Person {n}" for n in range(1, 9)], "eight places for names", True
    else:
        entries, words, once = [f"Option {n}" for n in range(1, 6)], "five options", False
    return Shape({"entries": entries, "once": once}, {"user_words": _users(reading), "entry_words": words})


def _habit(reading: Reading) -> Shape:
    found = [name for pattern, name in _HABITS if re.search(rf"\b(?:{pattern})", reading.text)][:5]
    habits = found or ["Drink water", "Read ten pages", "Take a walk"]
    return Shape({"habits": habits}, {"user_words": _users(reading), "habit_words": in_words(habits).lower()})


def _counter(reading: Reading) -> Shape:
    text = reading.text
    if re.search(r"scor|game|match|versus|\bvs\b", text):
        counters, lead = ["Home", "Guests"], "The score, large enough for the whole room."
    elif re.search(r"vot|poll", text):
        counters, lead = ["Yes", "No", "Undecided"], "Votes, counted in the open."
    elif re.search(r"tally|several|each|categor|types|kinds|species", text):
        counters, lead = ["First", "Second", "Third"], "Count several things at once."
    else:
        counters, lead = ["Count"], "Press to count."
    start = f"The page starts with {in_words(counters)}." if len(counters) > 1 else "The page starts with one counter."
    return Shape({"counters": counters}, {"user_words": _users(reading), "lead_words": lead, "start_words": start})


def _plain(reading: Reading) -> Shape:
    return Shape({}, {"user_words": _users(reading)})


_HABITS: Final = (
    ("water|drink", "Drink water"),
    ("read|book", "Read ten pages"),
    ("exercis|gym|workout|fitness|sport", "Exercise"),
    ("meditat|mindful", "Meditate"),
    ("walk|steps", "Take a walk"),
    ("run|jog", "Run"),
    ("sleep", "Sleep eight hours"),
    ("writ|journal", "Write a page"),
    ("language|vocabulary|learn", "Study for ten minutes"),
    ("medicine|medication|pills?|vitamin", "Take the medicine"),
    ("practi[cs]|guitar|piano|music", "Practise"),
)
_SHAPES: Final[Mapping[str, Callable[[Reading], Shape]]] = {
    "records": _records,
    "py_records": _records,
    "timer": _timer,
    "tip": _tip,
    "quiz": _quiz,
    "converter": _converter,
    "password": _password,
    "py_password": _password,
    "picker": _picker,
    "habit": _habit,
    "counter": _counter,
    "calculator": _plain,
}

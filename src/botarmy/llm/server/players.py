"""The five agents of the software team, played for the local model server: a small checklist that really works.

What is played depends on the request alone: whom the system prompt addresses, the brief, and how far the talk is.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from botarmy.llm.server.app import Asked
from botarmy.llm.server.replies import Call, Reply

_REQUIREMENTS: Final = """\
# {title}

## Purpose
A checklist for one person, in the browser, for: {title}.

## What it does
R1 (must) A person adds an entry by typing it and pressing Enter.
R2 (must) A person marks an entry as done, and marks it as open again.
R3 (must) The page says how many entries are open.

## Bad input and limits
An empty entry, and one of more than 80 characters, is refused with a sentence.

## Acceptance checks
A1 (R1) Given an empty list, when "Tea" is added, then the list holds "Tea", open.
A2 (R2) Given an open entry, when it is toggled twice, then it is open.
A3 (R3) Given two entries of which one is done, then one is open.
A4 (R1) Given a list, when "  " is added, then the list is unchanged and a sentence says why.

## Out of scope
Accounts, sharing, reminders.

## Assumptions
It is a static web application.
"""
_ARCHITECTURE: Final = """\
# Architecture

## Overview
A static page; all decisions are made by pure functions in app/core.mjs (R1, R2, R3).

## Files
| path | what it is for |
| --- | --- |
| app/index.html | the page |
| app/style.css | its looks |
| app/main.mjs | connects page and core |
| app/core.mjs | the list: `add`, `toggle`, `open` |

## Core functions
- `add(list, text)` gives `{list, error}`; `error` is a sentence or null.
- `toggle(list, index)` gives the new list.
- `open(list)` gives the number of open entries.

## Decisions
The list lives in memory: nothing is kept when the page is closed.
"""
_HTML: Final = """\
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{escaped}</title>
  <link rel="stylesheet" href="style.css">
</head>
<body>
  <h1>{escaped}</h1>
  <form id="form"><label>New entry <input id="entry" autocomplete="off"></label> <button>Add</button></form>
  <p id="error" role="alert"></p>
  <ul id="list"></ul>
  <p id="open" aria-live="polite"></p>
  <script type="module" src="main.mjs"></script>
</body>
</html>
"""
_CSS: Final = """\
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
body { max-width: 36rem; margin: 2rem auto; padding: 0 1rem; }
li label { display: block; padding: 0.25rem 0; }
"""
_CORE: Final = """\
const LIMIT = 80;

export function add(list, text) {
  const entry = text.trim();
  if (entry === "") return { list, error: "Please type an entry first." };
  if (entry.length > LIMIT) return { list, error: `An entry has at most ${LIMIT} characters.` };
  return { list: [...list, { entry, done: false }], error: null };
}

export function toggle(list, index) {
  return list.map((item, at) => (at === index ? { ...item, done: !item.done } : item));
}

export function open(list) {
  return list.filter((item) => !item.done).length;
}
"""
_MAIN: Final = """\
import { add, open, toggle } from "./core.mjs";

const element = (id) => document.getElementById(id);
let list = [];

function row({ entry, done }, index) {
  const item = document.createElement("li");
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = done;
  box.addEventListener("change", () => { list = toggle(list, index); show(); });
  label.append(box, ` ${entry}`);
  item.append(label);
  return item;
}

function show() {
  element("list").replaceChildren(...list.map(row));
  element("open").textContent = `${open(list)} open`;
}

element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const result = add(list, element("entry").value);
  list = result.list;
  element("error").textContent = result.error ?? "";
  if (result.error === null) element("entry").value = "";
  show();
});
show();
"""
_TESTS: Final = """\
import assert from "node:assert/strict";
import { test } from "node:test";
import { add, open, toggle } from "../app/core.mjs";

test("A1: an entry is added open", () => {
  assert.deepEqual(add([], " Tea "), { list: [{ entry: "Tea", done: false }], error: null });
});

test("A2: an entry that is toggled twice is open", () => {
  const { list } = add([], "Tea");
  assert.deepEqual(toggle(toggle(list, 0), 0), list);
});

test("A3: done entries are not counted as open", () => {
  const list = add(add([], "Tea").list, "Cake").list;
  assert.equal(open(toggle(list, 1)), 1);
});

test("A4: a blank entry is refused with a sentence", () => {
  assert.deepEqual(add([], "  "), { list: [], error: "Please type an entry first." });
});

test("A4: 80 characters are accepted and 81 are not", () => {
  assert.equal(add([], "x".repeat(80)).error, null);
  assert.equal(add([], "x".repeat(81)).list.length, 0);
});
"""
_REPORT: Final = """\
# Test report

## Summary
Five tests were written for the core. Nothing was executed while this report was written.

## How to run the tests
`node --test`

## Acceptance checks
| check | covered by | verdict |
| --- | --- | --- |
| A1 to A4 | tests/core.test.mjs | test written, not executed |

## Defects
None found by reading.

## Not executed
No test was executed. How the page looks and reads aloud needs a person.
"""
_START: Final = """\
#!/bin/sh
set -eu
cd "$(dirname "$0")"
echo "Open http://${{HOST:-127.0.0.1}}:${{PORT:-8080}}"
exec python3 -m http.server "${{PORT:-8080}}" --bind "${{HOST:-127.0.0.1}}" --directory app
"""
_DOCKERFILE: Final = """\
FROM python:3.12-slim
WORKDIR /project
COPY app app
COPY start.sh start.sh
ENV HOST=0.0.0.0
USER nobody
EXPOSE 8080
CMD ["sh", "start.sh"]
"""
_README: Final = """\
# {title}

A checklist in the browser.

- Start: `sh start.sh`, then open http://127.0.0.1:8080
- Start in a container: `docker build -t checklist .` and `docker run -p 8080:8080 checklist`
- Tests: `node --test`

Known problems: none were found by reading, and the tests have not been executed yet.
"""
_PARTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "Analyst": {"docs/requirements.md": _REQUIREMENTS},
        "Architect": {"docs/architecture.md": _ARCHITECTURE},
        "Developer": {
            "app/index.html": _HTML,
            "app/style.css": _CSS,
            "app/core.mjs": _CORE,
            "app/main.mjs": _MAIN,
        },
        "Tester": {"tests/core.test.mjs": _TESTS, "docs/test-report.md": _REPORT},
        "Deployer": {"start.sh": _START, "Dockerfile": _DOCKERFILE, "README.md": _README},
    }
)
_FILLED: Final = (_REQUIREMENTS, _HTML, _START, _README)
"""The texts with fields; in the others braces are braces."""
_CLOSING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Analyst": "We build a small checklist. There are **three requirements** and four acceptance checks.",
        "Architect": "A static page with a pure core keeps everything **easy to test**.",
        "Developer": "The checklist works: add entries, tick them off, see what is open.",
        "Tester": "Five tests cover the core. They have **yet to be run**, with `node --test`.",
        "Deployer": "Start it with `sh start.sh`. You now have a working checklist with tests.",
    }
)


def play(asked: Asked) -> Reply:
    """The next reply of the agent whom the request's system prompt addresses: look, write, close."""
    name = agent_of(asked) or "Agent"
    brief = _first(r"<brief>\s*(.+?)\s*</brief>", _said(asked, "user")) or "A project"
    turn = sum(message["role"] == "assistant" for message in asked.messages)
    if turn == 0:
        return Reply(
            thinking="First I look at what there is.",
            text=f"I read the brief and look at the files, as the {name}.",
            calls=(Call(name="list_files", arguments="{}"),),
        )
    if turn == 1:
        calls = tuple(_write(path, content) for path, content in _files(name, brief).items())
        return Reply(text="Now I write my part.", calls=calls)
    return Reply(text=_CLOSING.get(name, f"{name} is done."))


def agent_of(asked: Asked) -> str | None:
    """The agent whom the request's system prompt addresses; None where it addresses nobody."""
    return _first(r"You are ([^,\n]+), responsible", _said(asked, "system"))


def _files(name: str, brief: str) -> Mapping[str, str]:
    title = " ".join(brief.split())[:60]
    texts = _PARTS.get(name, {f"docs/{re.sub(r'[^a-z0-9]+', '-', name.lower()) or 'agent'}.md": "# Done\n"})
    return {
        path: text.format(title=title, escaped=html.escape(title)) if text in _FILLED else text
        for path, text in texts.items()
    }


def _write(path: str, content: str) -> Call:
    return Call(name="write_file", arguments=json.dumps({"path": path, "content": content}))


def _said(asked: Asked, role: str) -> str:
    said = (message.get("content") or "" for message in asked.messages if message.get("role") == role)
    return "\n".join(text for text in said if isinstance(text, str))


def _first(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text, re.DOTALL)
    return match[1] if match else None

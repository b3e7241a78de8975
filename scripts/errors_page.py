"""Writes `docs/reference/errors.md` from the table of errors: `python -m scripts.errors_page`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from botarmy.domain.errors import WORDINGS, Wording

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "errors.md"
_INTRODUCTION: Final = """\
# Errors

Every failure that a person can meet has a stable code, a sentence and an action. They are the same on every way in: a
problem document [over HTTP](http.md#errors), a `reply` or `error` frame [on the WebSocket](protocol.md), an `error` in
a project, a line in the terminal. A program should decide by `code` and `retryable`, and show `message` and `action`
as they are. Where there is more to know, `reference` finds it in the server's log:

    grep <reference> <the server's log>

Words in braces are filled in. “Retryable” means that the same thing may succeed later without a change; what BotArmy
itself can retry, it does. The HTTP status counts where the failure is the answer to a request; 500 and above always
come with a reference.

This page is made from `src/botarmy/domain/errors.py` by `python -m scripts.errors_page`.

| code | sentence | action | retryable | HTTP |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    return _INTRODUCTION + "".join(_row(code, wording) for code, wording in sorted(WORDINGS.items()))


def _row(code: str, wording: Wording) -> str:
    retryable = "yes" if wording.retryable else "no"
    return f"| `{code}` | {wording.message} | {wording.action} | {retryable} | {wording.status} |\n"


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"Wrote {len(WORDINGS)} errors to {PAGE}.")


if __name__ == "__main__":
    main()

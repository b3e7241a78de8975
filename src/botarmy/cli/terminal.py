"""Words on a terminal: what goes out, and how a failure is told."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Final, Protocol, runtime_checkable

from botarmy.redaction import Redactor
from botarmy.settings import SettingsError

FAILED: Final = 1
USAGE: Final = 2


@runtime_checkable
class ForPeople(Protocol):
    """A failure that has words for a person."""

    @property
    def message(self) -> str: ...

    @property
    def action(self) -> str: ...


def say(line: str) -> None:
    sys.stdout.write(f"{printable(line)}\n")
    sys.stdout.flush()


def complain(line: str) -> None:
    sys.stderr.write(f"{printable(line)}\n")


def printable(text: str) -> str:
    """One line. What agents and people wrote may hold characters that would steer the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def describe(error: Exception, redact: Redactor) -> int:
    """Say what went wrong and what to do, and return the exit code."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, SettingsError):
        for fault in error.faults:
            complain(redact(fault))
        complain("See “botarmy config --help” for the settings, and botarmy.example.toml for all of them.")
        return USAGE
    if isinstance(error, ForPeople):
        reference = getattr(error, "reference", None)
        complain(redact(f"{error.message} {error.action}") + (f" (reference {reference})" if reference else ""))
    elif type(error).__module__.startswith("botarmy."):
        complain(redact(str(error)))
    else:
        _unexpected(error, redact)
    return FAILED


def _unexpected(error: Exception, redact: Redactor) -> None:
    complain("Something went wrong inside BotArmy.")
    if os.environ.get("BOTARMY_LOG_LEVEL", "").lower() == "debug":
        sys.stderr.write(redact("".join(traceback.format_exception(error))))
    else:
        complain("Run it again with BOTARMY_LOG_LEVEL=debug in the environment to see where.")

"""Words for what goes wrong with runs that go on from others or leave the server: a part of the table of errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

GOING_ON: Final[Mapping[str, tuple[str, str, bool, int]]] = {
    "run_not_ended": (
        "This project has not ended yet.",
        "Tell the team in a note, or wait until it has ended.",
        False,
        409,
    ),
    "step_not_reached": (
        "What comes before this step is not done.",
        "Choose an earlier step, or wait until those before it have ended.",
        False,
        409,
    ),
    "too_much_to_share": (
        "This project holds more than another one can begin with: the bound is {limit} entries.",
        "Download its files, and start a new project with them.",
        False,
        413,
    ),
    "audit_broken": (
        "This audit is not as it was written: line {line}, {reason}.",
        "Fetch it again from the server, and look where the file was kept.",
        False,
        422,
    ),
    "stopped_by_person": (
        "{agent} could not finish, and the project was stopped.",
        "Retry the step to go on from there.",
        False,
        500,
    ),
    "failed_too_often": (
        "{agent} was given up: its step failed {limit} times.",
        "See in the conversation what went wrong, then retry the step.",
        False,
        500,
    ),
    "run_failed_too_often": (
        "The project was stopped: its agents failed {limit} times. The last one was {agent}.",
        "See in the conversation what went wrong, then retry a step.",
        False,
        500,
    ),
    "run_exists": (
        "This project is here already, or was here and was deleted.",
        "Look for it among the projects.",
        False,
        409,
    ),
    "bad_run_file": (
        "This is no project that BotArmy can take in: {reason}.",
        "Export it again on the server that it comes from.",
        False,
        422,
    ),
    "run_file_newer": (
        "This file was written by a newer version of BotArmy.",
        "Update this server, then import it again.",
        False,
        422,
    ),
    "run_too_large": (
        "This project is too large for one file: {what}.",
        "Download its files instead.",
        False,
        413,
    ),
    "foreign_team": (
        "This project comes from another server, and this one has no team like the one that worked on it.",
        "Start a new project with a team of this server.",
        False,
        409,
    ),
}

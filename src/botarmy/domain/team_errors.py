"""Words for what goes wrong when teams are read and changed over HTTP: a part of the table of errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TEAMS: Final[Mapping[str, tuple[str, str, bool, int]]] = {
    "team_not_found": ("There is no team called “{team}”.", "Choose one from the list of teams.", False, 404),
    "bad_team_text": (
        "The text of the team is wrong in line {line}: {reason}.",
        "Correct it there.",
        False,
        422,
    ),
    "bad_team_name": (
        "A team that is saved here cannot be called “{team}”.",
        "Use small letters, digits and hyphens; import, new, recovery and validate are taken.",
        False,
        422,
    ),
    "team_name_differs": (
        "The text is of a team called “{named}”, and not “{team}”.",
        "Save it under the name that stands in it.",
        False,
        422,
    ),
    "team_exists": ("There is a team called “{team}” already.", "Choose another name.", False, 409),
    "team_ships": (
        "The team “{team}” ships with BotArmy and stays as it is.",
        "Copy it under another name, and change the copy.",
        False,
        409,
    ),
    "team_changed": (
        "Somebody changed this team meanwhile.",
        "Load it again, then make your change.",
        False,
        412,
    ),
    "team_needed": (
        "Then {file} would not work any more, because of line {line}: {reason}.",
        "Change that first.",
        False,
        409,
    ),
    "team_runs_programs": (
        "A team whose agents are programs, or use tools of other servers, cannot be saved here.",
        "Write its file in the server's teams folder, or let the server's settings allow it.",
        False,
        403,
    ),
    "team_file_taken": (
        "The file {file} in the teams folder belongs to something else.",
        "Choose another name.",
        False,
        409,
    ),
    "too_many_teams": ("There are {limit} team files already.", "Delete one that nobody needs.", False, 409),
    "no_teams_folder": (
        "This server keeps no teams of your own.",
        "Start it with a folder for them (--teams-dir), or without --memory.",
        False,
        409,
    ),
    "teams_unwritable": (
        "The server cannot write in its teams folder.",
        "Check who may write there and that the disk has room; the log has the details under the reference.",
        False,
        500,
    ),
    "bad_team_package": (
        "This is no file with a team: {reason}.",
        "Send a YAML file, or one exported here.",
        False,
        422,
    ),
}

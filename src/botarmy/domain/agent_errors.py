"""Words for what goes wrong with agents and what they produce: a part of the table of errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

AGENTS: Final[Mapping[str, tuple[str, str, bool, int]]] = {
    "agent_failed": (
        "{agent} ran into a problem and could not finish.",
        "Retry the step; if it fails again, the server's log has the details under the reference.",
        False,
        500,
    ),
    "agent_gave_up": (
        "{agent} could not do it: {reason}.",
        "Say more in a note, then retry the step.",
        False,
        500,
    ),
    "agent_gave_up_for_now": ("{agent} could not do it now: {reason}.", "Retry the step.", True, 500),
    "agent_timeout": (
        "{agent} took longer than {seconds} seconds and was stopped.",
        "Retry the step, or allow more time in the team file.",
        True,
        500,
    ),
    "agent_unreadable": (
        "{agent} said something that BotArmy cannot read.",
        "Correct the agent; the server's log has the details under the reference.",
        False,
        500,
    ),
    "agent_too_talkative": (
        "{agent} said or wrote more than BotArmy takes in one go.",
        "Correct the agent, or ask for less in the brief.",
        False,
        500,
    ),
    "agent_not_loaded": (
        "The code of {agent} cannot be loaded.",
        "Correct the agent or the team file; the server's log has the details under the reference.",
        False,
        500,
    ),
    "agent_not_declared": (
        "This server's team files do not name the code of {agent}.",
        "Whoever runs the server decides which code runs on it: it has to stand in a file of the teams folder.",
        False,
        500,
    ),
    "agent_threads_used_up": (
        "{agent} cannot start: {limit} agents that were stopped are still running.",
        "Restart the server, and correct the agents that do not stop.",
        True,
        500,
    ),
    "mcp_unreachable": (
        "The tools of “{server}” cannot be reached.",
        "Check the server in the team file; the log has the details under the reference.",
        True,
        500,
    ),
    "mcp_unknown_tool": (
        "“{server}” has no tool “{tool}”.",
        "Correct the team file.",
        False,
        500,
    ),
    "mcp_missing_extra": ("Tools of other servers need an extra.", "Run pip install 'botarmy[mcp]'.", False, 500),
    "agent_repeats_itself": (
        "{agent} did the same thing again and again, and was stopped.",
        "Say in a note what it should do instead, then retry the step.",
        False,
        500,
    ),
    "agent_silent": ("{agent} ended without a result.", "Retry the step.", True, 500),
    "bad_path": (
        "“{path}” is not a usable file name: it must stay inside the project.",
        "Use a relative path such as docs/notes.md.",
        False,
        422,
    ),
    "path_taken": (
        "“{path}” would be a file and a folder at once.",
        "Use another name for one of them.",
        False,
        422,
    ),
    "file_too_large": (
        "“{path}” is larger than {limit_mib} MiB.",
        "Split it into smaller files.",
        False,
        413,
    ),
    "not_text": ("“{path}” is not text.", "Only text files can be edited here.", False, 422),
    "too_many_files": (
        "The project has reached {limit} files.",
        "Put more into fewer files.",
        False,
        413,
    ),
    "budget_stopped": (
        "{agent} was stopped because the budget is used up.",
        "Retry the step to go on from there; you are asked again how much may be spent.",
        False,
        500,
    ),
    "not_approved": (
        "{agent}'s work was not approved, and the project was stopped.",
        "Retry the step to go on from there.",
        False,
        500,
    ),
    "too_many_questions": (
        "{agent} wanted to ask again, but this project has reached {limit} questions.",
        "Say more in the brief or in a note, then retry the step.",
        False,
        500,
    ),
}

"""Words for what is refused where people look after the server itself: a part of the table of errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LOOKING_AFTER: Final[Mapping[str, tuple[str, str, bool, int]]] = {
    "bus_missing_extra": ("This bus needs an extra.", "Run pip install 'botarmy[nats]'.", False, 500),
    "unknown_provider": (
        "There is no AI service called “{provider}” here.",
        "Choose one of: {known}.",
        False,
        404,
    ),
    "trial_under_way": ("This is being tried right now.", "Wait for what comes of it.", True, 409),
    "trial_too_soon": ("This was tried a moment ago.", "Wait {seconds} s, then try again.", True, 429),
    "unknown_token": ("There is no such token.", "Choose one from the list of tokens.", False, 404),
    "too_many_tokens": ("There are {limit} valid tokens already.", "Revoke one that nobody needs.", False, 409),
    "last_admin": (
        "This is the last token of an admin: without it nobody could make another one here.",
        "Make another admin's token first, or revoke it on the server's machine with botarmy token revoke.",
        False,
        409,
    ),
}

"""Every failure a person can meet: a stable code, a sentence, and what they can do about it.

The table below is the only place where these words stand. Edges (models, sockets, disks) translate their own
exceptions into a `DomainError` with one of these codes; the technical detail goes to the server's log under a
reference, never to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Final

from botarmy.domain.agent_errors import AGENTS
from botarmy.domain.attachment_errors import ATTACHING
from botarmy.domain.model_errors import MODELS
from botarmy.domain.run_errors import GOING_ON
from botarmy.domain.setup_errors import LOOKING_AFTER
from botarmy.domain.team_errors import TEAMS


@dataclass(frozen=True, slots=True)
class Wording:
    """One row of the table. `message` and `action` may hold `{fields}` that the raiser fills in."""

    message: str
    action: str
    retryable: bool
    status: int
    """The HTTP status under which the HTTP surface answers with this failure."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure as a person meets it: the `error` of a reply, and the fields of an RFC 9457 document."""

    code: str
    message: str
    action: str
    retryable: bool
    reference: str | None = None
    """Finds the technical detail in the server's log; None where there is none."""
    subject: str | None = None
    """With `request_stale`: the hash of what is to be decided on now."""

    def fields(self) -> dict[str, str | bool | None]:
        """As clients get it: `subject` only where there is one."""
        fields = asdict(self)
        return {name: value for name, value in fields.items() if name != "subject" or value is not None}


class BotArmyError(Exception):
    """The base of every error that BotArmy raises on purpose."""


class DomainError(BotArmyError):
    """A refusal or failure with a code from `WORDINGS`.

    Args:
        code: a key of `WORDINGS`; an unknown one is a programming error (KeyError).
        detail: technical text for the log alone.
        fields: values for the `{fields}` of the wording. They reach people: no secrets, no technical text.
    """

    def __init__(self, code: str, *, detail: str | None = None, **fields: str | int) -> None:
        wording = WORDINGS[code]
        self.code: Final = code
        self.detail: Final = detail
        self.fields: Final[Mapping[str, str | int]] = fields
        self.message: Final = wording.message.format(**fields)
        self.action: Final = wording.action.format(**fields)
        self.retryable: Final = wording.retryable
        self.status: Final = wording.status
        super().__init__(f"{code}: {detail or self.message}")

    def problem(self, reference: str | None = None) -> Problem:
        subject = self.fields.get("subject")
        return Problem(
            self.code, self.message, self.action, self.retryable, reference, None if subject is None else str(subject)
        )


def _table(rows: Mapping[str, tuple[str, str, bool, int]]) -> Mapping[str, Wording]:
    return MappingProxyType({code: Wording(*row) for code, row in rows.items()})


WORDINGS: Final[Mapping[str, Wording]] = _table(
    {
        # What a person sent.
        "empty_brief": (
            "The brief is empty.",
            "Write in a sentence or two what the team should build.",
            False,
            422,
        ),
        "brief_too_long": (
            "The brief is longer than {limit_kib} KiB.",
            "Shorten it; longer material can be added as notes once the project has started.",
            False,
            422,
        ),
        "bad_title": ("The title is empty or longer than 200 characters.", "Choose a shorter title.", False, 422),
        "empty_note": ("The note is empty.", "Write what you want to tell the team.", False, 422),
        "note_too_long": (
            "The note is longer than {limit_kib} KiB.",
            "Shorten it and send it again.",
            False,
            422,
        ),
        "too_many_notes": ("The team cannot take in more notes.", "Say the rest in a new project.", False, 422),
        "unknown_team": ("There is no team called “{team}”.", "Choose one of: {known}.", False, 422),
        "unknown_run": ("This project does not exist, or it is not yours.", "Check the address.", False, 404),
        "run_deleted": ("This project was deleted.", "Start a new one from the home page.", False, 410),
        "unknown_step": ("This project has no such step.", "Reload the page and try again.", False, 404),
        "unknown_request": ("There is no such question in this project.", "Reload the page.", False, 404),
        "unknown_agent": (
            "This team has no agent called “{agent}”.",
            "Choose among: {known}.",
            False,
            422,
        ),
        "unknown_artifact": ("There is no such file in this project.", "Choose one from the list.", False, 404),
        "unknown_command": ("BotArmy does not know this command.", "Update the client.", False, 422),
        "unknown_frame": ("BotArmy does not know this kind of message.", "Update the client.", False, 422),
        "unknown_topic": (
            "There is nothing to follow under this name, or it is not yours.",
            "Check the address, or open the list of projects.",
            False,
            404,
        ),
        "too_many_topics": ("Too many things are followed at once.", "Close some of them first.", False, 422),
        "bad_arguments": (
            "Something in this request is missing or wrong: {what}.",
            "Correct it and send it again.",
            False,
            422,
        ),
        "unknown_zone": ("There is no time zone of this name.", "Use one like Europe/Berlin, or UTC.", False, 422),
        "bad_json": ("BotArmy cannot read this request.", "Correct it and send it again.", False, 400),
        "too_large": ("This request is larger than {limit_kib} KiB.", "Send less at once.", False, 413),
        "id_reused": (
            "This command's id was used before with other content.",
            "Send it again under a new id.",
            False,
            409,
        ),
        "busy": ("Too much is happening in this project at once.", "Try again in a moment.", True, 503),
        "not_found": ("There is nothing at this address.", "Check the address.", False, 404),
        "not_allowed": ("This is not possible at this address.", "Check the address and the method.", False, 405),
        "bad_host": (
            "BotArmy does not answer under this name.",
            "Open it under the address it printed at its start.",
            False,
            400,
        ),
        "bad_origin": (
            "Another site may not use this BotArmy.",
            "Open BotArmy itself in the browser.",
            False,
            403,
        ),
        # Who may ask.
        "not_signed_in": ("This BotArmy asks who you are.", "Sign in with your token.", False, 401),
        "bad_token": ("This token is not valid.", "Check it, or ask an admin for a new one.", False, 401),
        "too_many_attempts": ("Too many tokens were not valid.", "Wait {seconds} s, then try again.", True, 429),
        "too_many_crashes": ("Too many crashes were reported.", "Wait {seconds} s, then try again.", True, 429),
        "only_watching": ("You may watch here, and change nothing.", "Ask an admin for a member's token.", False, 403),
        "admins_only": ("This is for admins.", "Ask one of them.", False, 403),
        "bad_user": ("This is no name for a user.", "Use a short one like anna or b.berg-2, not local.", False, 422),
        # What the run's state does not allow.
        "run_ended": ("This project has already ended.", "Retry a step, or start a new project.", False, 409),
        "run_not_running": ("This project is not running.", "Resume it first.", False, 409),
        "run_not_paused": ("This project is not paused.", "Nothing needs to be done.", False, 409),
        "run_already_paused": ("This project is already paused.", "Resume it when you are ready.", False, 409),
        "step_not_retryable": (
            "This step cannot be done again now.",
            "Wait until it has ended, then retry it.",
            False,
            409,
        ),
        "step_is_done": ("{agent} has already done its part.", "Tell the whole team instead.", False, 409),
        "step_not_skippable": (
            "This step cannot be skipped now.",
            "Only a step that has not ended can be skipped.",
            False,
            409,
        ),
        "request_closed": ("This was answered or withdrawn meanwhile.", "See the conversation.", False, 409),
        "request_stale": (
            "What was to be decided has changed meanwhile.",
            "Look at it again, then decide.",
            False,
            409,
        ),
        "bad_budget": (
            "The budget cannot be set to this: {spent} are spent already.",
            "Give an amount in US dollars above that and up to 1,000,000, such as {example}.",
            False,
            422,
        ),
        "empty_edit": ("There is no edited text.", "Send the whole new text, or approve it as it is.", False, 422),
        "bad_decision": ("This decision is not one of the choices.", "Choose one of: {known}.", False, 422),
        "newer_version": (
            "This project was continued by a newer version of BotArmy.",
            "Update this server before you change the project.",
            False,
            409,
        ),
        "illegal_transition": (
            "This does not fit the project's state.",
            "Reload the page and try again.",
            False,
            409,
        ),
        # Workers and their jobs.
        "stale_job": ("This work was given to someone else meanwhile.", "Nothing needs to be done.", False, 409),
        "worker_lost": (
            "The server stopped while {agent} was working. {agent} starts this part again.",
            "Nothing needs to be done.",
            True,
            500,
        ),
        "gave_up": (
            "{agent} could not finish: the work was interrupted too often.",
            "Check that the server stays up, then retry the step.",
            True,
            500,
        ),
        # Agents and what they produce.
        **AGENTS,
        # What is attached to a brief.
        **ATTACHING,
        # The offline demo.
        "demo_unknown_mishap": (
            "The demo cannot show “{mishap}”.",
            "Choose demo alone, or demo: and one of: {known}.",
            False,
            500,
        ),
        "demo_failure_once": (
            "The demo failed once, as it was asked to.",
            "Nothing is really wrong: the next try succeeds.",
            True,
            500,
        ),
        "demo_failure": (
            "The demo failed, as it was asked to.",
            "Nothing is really wrong: choose another model in the team or settings.",
            False,
            500,
        ),
        **MODELS,
        # Teams and settings.
        "bad_recovery": (
            "The recovery file {file} is wrong in line {line}: {reason}.",
            "Correct the file.",
            False,
            422,
        ),
        "bad_team": (
            "The team file {file} is wrong in line {line}: {reason}.",
            "Correct the file.",
            False,
            422,
        ),
        # Runs that go on from others.
        **GOING_ON,
        **TEAMS,
        # The server itself.
        **LOOKING_AFTER,
        "storage_unavailable": (
            "BotArmy cannot save at the moment.",
            "Check the disk space of the server.",
            True,
            503,
        ),
        "database_missing_extra": ("This database needs an extra.", "Run pip install 'botarmy[postgres]'.", False, 500),
        "too_many_streams": (
            "So many are following along that BotArmy takes no more for now.",
            "Try again in a moment.",
            True,
            503,
        ),
        "draining": ("BotArmy is restarting.", "It goes on by itself in a moment.", True, 503),
        "internal": (
            "Something went wrong inside BotArmy.",
            "Try again; the log has the details under the reference.",
            True,
            500,
        ),
    }
)

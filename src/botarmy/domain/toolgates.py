"""Approvals of tool calls: what is shown, and what a person may make of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Final

from botarmy.domain.codec import clean_text
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Request
from botarmy.domain.gate import Gate

SHOWN_CHARACTERS: Final = 2_000
"""What is longer is not asked about: nobody approves what they have not seen."""


def asked_for_call(request: Request, arguments: str) -> Request:
    """The request as one for the approval of a tool call."""
    shown = clean_text(arguments)[:SHOWN_CHARACTERS]
    subject = hashlib.sha256(json.dumps([request.prompt, shown]).encode()).hexdigest()
    gate = Gate(when="tool", round=1, rounds=1, excerpt=shown)
    return replace(request, kind="approval", subject=subject, gate=gate)


def check_edited_call(answer: str | None) -> None:
    """Raises DomainError `bad_arguments` for what no tool can be called with."""
    try:
        arguments = json.loads(answer or "")
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        raise DomainError("bad_arguments", what="the edited arguments are not a JSON object")

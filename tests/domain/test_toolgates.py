"""Approvals of tool calls: what the conversation says of a decision."""

from __future__ import annotations

import json

import pytest

from botarmy.domain import commands as c
from botarmy.domain.events import Decision
from scripts.wire.teller import Teller, chain


@pytest.mark.parametrize(
    ("decision", "answer", "words"),
    [
        ("approve", None, "maria approved"),
        ("approve", "Go on.", "maria approved: Go on."),
        ("edit", '{"to": "ravi"}', 'maria approved, with other arguments: {"to": "ravi"}'),
        ("reject", None, "maria did not approve"),
        ("reject", "Not on Sundays.", "maria did not approve: Not on Sundays."),
        ("respond", "Ask ravi first.", "maria answered: Ask ravi first."),
    ],
)
def test_a_decision_about_a_tool_call_can_be_told_from_its_words(
    decision: Decision, answer: str | None, words: str
) -> None:
    told = Teller(chain("clerk"))
    told.begin("clerk")
    told.report("clerk", c.PersonAsked(prompt="May it be sent?", arguments='{"to": "all"}'))
    (request,) = told.run.view.requests
    command = c.AnswerRequest(request_id=request.request_id, decision=decision, answer=answer, subject=request.subject)
    told.person(command, by="maria")
    contents = [json.loads(event)["content"] for event in told.events()]
    assert [said for said in contents if said.startswith("maria")] == [words]

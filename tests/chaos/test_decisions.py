"""A few of the schedules of `tests.chaos.decisions`, and that a decision which is not in the log is found out."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from botarmy.domain import commands as c
from botarmy.domain import decide as deciding
from botarmy.domain.draft import Draft
from botarmy.domain.events import RunStatus
from tests.chaos.decisions import played
from tests.chaos.people import PeopleMachine

PeopleMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
test_no_decision_is_lost_whoever_is_killed_when = PeopleMachine.TestCase


def test_a_decision_of_which_the_log_does_not_say_whose_it_was_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def pause(draft: Draft, _: c.PauseRun) -> None:
        draft.emit(RunStatus(status="paused"), "The project is paused")

    monkeypatch.setitem(deciding._RULES, c.PauseRun, pause)
    told = played(1, count=20)
    assert isinstance(told, str)
    assert "nothing in the log says that" in told

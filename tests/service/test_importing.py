"""Projects from elsewhere: who may work on them here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from botarmy.domain import commands as c
from botarmy.domain.decide import decide
from botarmy.domain.draft import Decided
from botarmy.domain.errors import DomainError
from botarmy.domain.origins import Imported
from botarmy.domain.run import Run
from botarmy.service.importing import check_team
from scripts.wire.teller import BEGINNING, Teller, chain


def from_elsewhere(told: Teller) -> Run:
    imported = Imported(by="maria", at=BEGINNING, owner="eve", sha256="0" * 64)
    return replace(told.run, view=replace(told.run.view, imported=imported))


def decided(run: Run, told: Teller, command: c.Command) -> Decided:
    return decide(run, run.view.run_id, command, c.Envelope(at=told.at, by="maria", new_id=told.new_id))


def test_no_person_can_have_a_team_begin_that_this_server_does_not_have() -> None:
    told = Teller(chain("one", "two"))
    told.person(c.SkipStep("one"))
    run, retry = from_elsewhere(told), c.RetryStep("one")
    with pytest.raises(DomainError) as refusal:
        check_team(retry, decided(run, told, retry), {})
    assert refusal.value.code == "foreign_team"


def test_what_was_begun_goes_on_though_the_teams_file_has_changed_since() -> None:
    told = Teller(chain("one", "two"))
    told.begin("one")
    run = from_elsewhere(told)
    (job,) = run.jobs
    report = c.ReportJob(job_id=job.job_id, token=1, reports=(c.WorkDone(summary="It is done."),))
    after = decided(run, told, report)
    assert any(isinstance(change, c.Enqueue) for change in after.jobs)
    check_team(report, after, {})

"""The audit of a run: what it says of each decision, and that no change to it stays unseen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from botarmy.domain import commands as c
from botarmy.domain.audit import Chain, verify
from botarmy.domain.errors import DomainError
from botarmy.domain.shown import shown_of
from scripts.wire.forks import fork_of
from scripts.wire.teller import Teller, chain


def lines_of(told: Teller) -> list[str]:
    links = Chain(told.run_id)
    return [links.head(), *links.tell(told.told()), links.end()]


def facts_of(told: Teller) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines_of(told)[1:-1]]


def decided() -> Teller:
    """Every kind of decision there is on a run."""
    told = Teller(chain("one", "two"))
    told.person(c.AddNote(content="Keep it small."), by="anna")
    told.begin("one")
    told.person(c.PauseRun(), by="anna")
    told.person(c.ResumeRun(), by="bob")
    told.begin("one")
    told.report("one", c.PersonAsked(prompt="Which?", options=("A", "B")))
    request = told.run.view.requests[0].request_id
    told.person(c.AnswerRequest(request_id=request, decision="respond", answer="A"), by="carl")
    told.person(c.SkipStep("one"), by="dora")
    told.works("two")
    told.person(c.RetryStep("one"), by="erik")
    told.person(c.CancelRun(), by="fred")
    told.person(c.DeleteRun(), by="gina")
    return told


def test_every_decision_says_who_and_what_they_had_before_them() -> None:
    by = {fact["what"]: fact for fact in facts_of(decided())}
    who = {
        "run created": "local",
        "note": "anna",
        "run paused": "anna",
        "request respond": "carl",
        "step skipped": "dora",
        "step retried": "erik",
        "run cancelled": "fred",
        "run deleted": "gina",
    }
    assert {what: by[what]["who"] for what in who} == who
    assert all(len(by[what]["subject"]) == 64 for what in who)
    assert all(fact["time"] and fact["position"] for fact in by.values())


def test_the_hash_of_what_was_shown_is_made_again_from_the_log() -> None:
    told = Teller(chain("one", "two"))
    before = shown_of(told.run)
    told.person(c.PauseRun())
    assert facts_of(told)[-1]["subject"] == before
    assert shown_of(told.run) != before


def test_a_file_that_a_person_changed_is_told_with_the_version_before_it() -> None:
    told = Teller(chain("one", "two"))
    told.begin("one")
    told.writes("one", "docs/a.md", "Hello.")
    (written,) = told.run.view.artifacts
    told.person(c.EditArtifact(path="docs/a.md", content="Good day.\n"), by="anna")
    (edited,) = told.run.view.artifacts
    first, second = [fact for fact in facts_of(told) if fact["what"] == "file written"]
    assert "shown" not in first
    assert (second["who"], second["subject"], second["shown"]) == ("anna", edited.sha256, written.sha256)


def test_what_a_fork_shares_is_marked_and_what_it_does_is_not() -> None:
    source = Teller(chain("one", "two"))
    source.works("one")
    facts = facts_of(Teller(begin=fork_of(source.run, "two"), at=source.at))
    shared = [fact["what"] for fact in facts if fact.get("shared")]
    assert shared == ["run created", "step started", "message complete", "step completed"]
    assert facts[0]["subject"] == shown_of(source.run)


def test_an_audit_as_it_was_written_is_found_whole() -> None:
    lines = lines_of(decided())
    assert verify(lines) == len(lines)
    assert lines == lines_of(decided())


def changed(lines: list[str]) -> list[str]:
    return [line.replace("anna", "otto") for line in lines]


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        (changed, "changed"),
        (lambda lines: lines[:3] + lines[4:], "missing"),
        (lambda lines: lines[:-1], "the end is missing"),
        (lambda _: [], "the end is missing"),
        (lambda lines: lines[1:], "missing"),
        (lambda lines: [*lines, lines[-1]], "after the end"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "missing"),
        (lambda lines: [lines[0].replace(",", ", ", 1), *lines[1:]], "changed"),
        (lambda lines: ["[" * 70_000, *lines], "no line"),
        (lambda lines: ["{}", *lines], "no line"),
    ],
)
def test_whatever_is_done_to_it_shows(tamper: Any, reason: str) -> None:
    with pytest.raises(DomainError, match="audit_broken") as broken:
        verify(tamper(lines_of(decided())))
    assert reason in broken.value.message

"""What may be attached to a brief, and how it is kept."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from botarmy.domain import commands as c
from botarmy.domain.attachment import Attachment
from botarmy.domain.attachments import (
    ALL_CHARACTERS,
    ATTACHED_BYTES,
    ATTACHED_MOST,
    NAME_CHARACTERS,
    TEXT_CHARACTERS,
    Given,
    check_given,
    in_order,
    shown_name,
)
from botarmy.domain.decide import decide
from botarmy.domain.errors import DomainError
from scripts.wire.forks import follow_up_of, fork_of
from scripts.wire.teller import BEGINNING, Teller, chain

NOTES = Given(name="notes.md", text="# Notes", media_type="text/markdown")
NAMES = {
    "notes.md": "notes.md",
    "../../etc/passwd": "passwd",
    "C:\\Users\\anna\\Plan.pdf": "Plan.pdf",
    'a "quoted"\nname\t.txt': 'a "quoted" name .txt',
    "invoice\u202efdp.exe": "invoice fdp.exe",
    "zero\u200bwidth\x00.md": "zero width�.md",
    "half \ud83d.md": "half �.md",
    "תוכנית.pdf": "תוכנית.pdf",
    "/": "file",
    " \n ": "file",
}


def code_of(*given: Given) -> str:
    with pytest.raises(DomainError) as refused:
        check_given(given)
    return refused.value.code


@pytest.mark.parametrize(("name", "shown"), NAMES.items())
def test_a_name_is_shown_on_one_line_without_its_folders_and_what_is_not_seen(name: str, shown: str) -> None:
    assert shown_name(name) == shown
    assert shown_name(shown) == shown


def test_a_long_name_is_shortened_in_its_middle() -> None:
    shown = shown_name(f"{'a' * 300}.pdf")
    assert len(shown) == NAME_CHARACTERS
    assert shown.endswith("a.pdf")
    assert "…" in shown
    assert shown_name(shown) == shown


def test_what_is_beyond_a_bound_is_refused_by_its_name() -> None:
    assert code_of(*[NOTES] * (ATTACHED_MOST + 1)) == "too_many_attachments"
    assert code_of(replace(NOTES, size=ATTACHED_BYTES + 1)) == "attachment_too_large"
    assert code_of(replace(NOTES, text=" \r\n ")) == "attachment_empty"
    assert code_of(replace(NOTES, text="x" * (TEXT_CHARACTERS + 1))) == "attachment_too_long"
    assert code_of(*[replace(NOTES, text="x" * (ALL_CHARACTERS // 3 + 1))] * 3) == "attachments_too_long"
    assert len(check_given([replace(NOTES, text="x" * (ALL_CHARACTERS // 2))] * 2)) == 2


def test_a_run_begins_with_what_was_attached_and_its_text_is_kept_along() -> None:
    start = c.StartRun(
        run_id="r",
        brief="A timer",
        title=None,
        team="software",
        options={},
        plan=chain("one"),
        definition="d",
        attachments=(NOTES, Given(name="plan.pdf", text="Pages", media_type="application/pdf", size=900, cut=True)),
    )
    decided = decide(None, "r", start, c.Envelope(at=BEGINNING, by="anna", new_id=lambda: "id"))
    first, second = decided.run.view.attachments
    assert (first.name, first.size, first.characters, first.cut) == ("notes.md", 7, 7, False)
    assert (second.media_type, second.size, second.cut) == ("application/pdf", 900, True)
    assert decided.blobs == {first.sha256: b"# Notes", second.sha256: b"Pages"}


def test_runs_that_go_on_from_it_keep_what_was_attached() -> None:
    source = Teller(chain("one", "two"), attachments=(NOTES,))
    source.works("one")
    source.works("two")
    for command in (fork_of(source.run, "two"), follow_up_of(source.run, "Now in blue.")):
        view = Teller(begin=command, at="2026-11-20T10:00:00.000Z").run.view
        assert view.attachments == source.run.view.attachments


def of(text: str, **more: object) -> tuple[Attachment, dict[str, bytes]]:
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    fields = {"name": "a.md", "media_type": "text/plain", "size": 9, "characters": len(text), "sha256": sha256, **more}
    return Attachment(**fields), {sha256: text.encode()}  # type: ignore[arg-type]  # fields by name


def test_what_comes_from_elsewhere_has_to_be_as_it_would_be_kept_here() -> None:
    for good in ({}, {"cut": True}, {"name": "études “one”.pdf"}):
        one, contents = of("Grüße", **good)
        assert in_order([one], contents)
    for bad in ({"characters": 4}, {"name": "a/b.md"}, {"name": "a\u202eb.md"}, {"size": -1}, {"sha256": "0" * 64}):
        one, contents = of("Grüße", **bad)
        assert not in_order([one], contents)
    for text in ("", "ends \n", "x" * (TEXT_CHARACTERS + 1), "two\r\nlines", "nul\0"):
        one, contents = of(text)
        assert not in_order([one], contents)
    one, contents = of("x" * TEXT_CHARACTERS)
    assert in_order([one] * 2, contents)
    assert not in_order([one] * 3, contents)

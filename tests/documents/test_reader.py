"""Text out of files: what is taken, what is refused, and that a file made to do harm does none."""

from __future__ import annotations

import asyncio
import codecs
import os
from pathlib import Path

import pytest

from botarmy.documents import Reader
from botarmy.documents.reader import AT_ONCE, WAITING
from botarmy.domain.attachments import ATTACHED_BYTES, TEXT_CHARACTERS
from botarmy.domain.errors import DomainError
from tests.documents.pdfs import bomb, locked, of_contents, pdf


async def code_of(name: str, content: bytes, reader: Reader | None = None) -> str:
    with pytest.raises(DomainError) as refused:
        await (reader or Reader()).read(name, content)
    return refused.value.code


class TestText:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("a.md", "text/markdown"),
            ("A.MARKDOWN", "text/markdown"),
            ("a.txt", "text/plain"),
            ("Notes", "text/plain"),
        ],
    )
    async def test_it_is_taken_as_what_its_name_says(self, name: str, kind: str) -> None:
        given = await Reader().read(name, "# Grüße\n".encode())
        assert (given.text, given.media_type, given.size, given.cut) == ("# Grüße", kind, 10, False)

    @pytest.mark.parametrize(
        "content",
        [
            codecs.BOM_UTF8 + "Grüße 👋".encode(),
            "Grüße 👋".encode("utf-16"),
            codecs.BOM_UTF16_BE + "Grüße 👋".encode("utf-16-be"),
            "\r\n\r\nGrüße 👋\r\n".encode(),
        ],
    )
    async def test_marks_and_line_ends_of_other_systems_do_not_stay_in_it(self, content: bytes) -> None:
        assert (await Reader().read("a.txt", content)).text == "Grüße 👋"

    async def test_what_indents_the_first_line_stays(self) -> None:
        assert (await Reader().read("a.yaml", b"\n  a: 1\n  b: 2\n")).text == "  a: 1\n  b: 2"

    async def test_of_a_long_one_the_beginning_is_taken_and_that_is_said(self) -> None:
        whole = await Reader().read("a.txt", b"x" * TEXT_CHARACTERS)
        longer = await Reader().read("a.txt", b"x" * (TEXT_CHARACTERS + 1))
        assert (whole.cut, longer.cut) == (False, True)
        assert len(longer.text) == TEXT_CHARACTERS
        assert longer.size == TEXT_CHARACTERS + 1

    @pytest.mark.parametrize("content", [b"", b" \n\t\r\n \x0c", codecs.BOM_UTF8, "\n".encode("utf-16")])
    async def test_an_empty_one_is_refused(self, content: bytes) -> None:
        assert await code_of("a.txt", content) == "attachment_empty"

    @pytest.mark.parametrize(
        "content",
        [
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"PK\x03\x04\x14\0\x06\0",
            bytes(range(256)) * 20,
            "one\0two".encode("utf-16"),
            b"words and \x01\x02\x03\x04 more",
        ],
    )
    async def test_what_is_no_text_is_refused_whatever_it_is_called(self, content: bytes) -> None:
        assert await code_of("notes.md", content) == "attachment_not_text"

    @pytest.mark.parametrize("content", ["Grüße".encode("latin-1"), "Привет".encode("cp1251"), b"\xff\xfe\x00\xd8a\0"])
    async def test_text_in_another_encoding_is_told_from_what_is_no_text(self, content: bytes) -> None:
        assert await code_of("notes.txt", content) == "attachment_encoding"

    async def test_one_that_is_too_large_is_refused(self) -> None:
        assert await code_of("a.txt", b"x" * (ATTACHED_BYTES + 1)) == "attachment_too_large"


class TestPdf:
    async def test_the_text_of_its_pages_is_taken_in_their_order(self) -> None:
        given = await Reader().read("Plan.PDF", pdf("First page", "", "Third page"))
        assert given.text == "First page\n\nThird page"
        assert (given.media_type, given.cut) == ("application/pdf", False)

    async def test_it_is_told_by_its_bytes(self) -> None:
        assert (await Reader().read("plan.txt", b"\n\n" + pdf("Words"))).media_type == "application/pdf"

    async def test_of_a_long_one_the_beginning_is_taken_and_that_is_said(self) -> None:
        given = await Reader().read("a.pdf", pdf(*["word " * 2_000] * 8))
        assert given.cut
        assert 40_000 < len(given.text) <= TEXT_CHARACTERS

    async def test_a_scan_is_refused_as_one(self) -> None:
        assert await code_of("scan.pdf", pdf("", "")) == "attachment_no_text"

    async def test_one_that_wants_a_password_is_refused_and_one_that_wants_none_is_taken(self) -> None:
        assert await code_of("a.pdf", locked(pdf("Secret"), "sesame")) == "attachment_locked"
        assert (await Reader().read("a.pdf", locked(pdf("Open"), ""))).text == "Open"

    @pytest.mark.parametrize(
        "content",
        [
            b"%PDF-1.7",
            b"%PDF-1.4\n" + os.urandom(4_000),
            pdf("Words")[:120],
            pdf("Words").replace(b"/Pages", b"/P"),
        ],
    )
    async def test_a_damaged_one_is_refused_in_words(self, content: bytes) -> None:
        assert await code_of("a.pdf", content) in ("attachment_damaged", "attachment_no_text")

    async def test_one_that_unpacks_to_very_much_costs_no_more_than_its_process(self) -> None:
        content = await asyncio.to_thread(bomb, 400_000_000)
        assert len(content) < ATTACHED_BYTES
        assert await code_of("bomb.pdf", content) in ("attachment_too_hard", "attachment_damaged")

    async def test_one_that_takes_too_long_is_given_up_and_leaves_no_process(self) -> None:
        endless = of_contents([(b"BT /F1 12 Tf " + b"(word) Tj 1 0 0 1 9 9 Tm " * 400_000 + b"ET", b"")] * 1)
        before = children()
        assert await code_of("a.pdf", endless, Reader(pdf_seconds=0.4)) == "attachment_too_hard"
        assert children() == before

    async def test_more_than_may_wait_are_told_to_come_again(self) -> None:
        reader = Reader()
        reading = [asyncio.create_task(reader.read("a.pdf", pdf("Words"))) for _ in range(AT_ONCE + WAITING)]
        await asyncio.sleep(0)
        assert await code_of("a.pdf", pdf("Words"), reader) == "attachments_busy"
        for one in reading:
            one.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        assert (await reader.read("a.pdf", pdf("Words"))).text == "Words"


def children() -> set[str]:
    return {
        pid.name
        for pid in Path("/proc").iterdir()
        if pid.name.isdigit() and f"\nPPid:\t{os.getpid()}\n" in _status(pid)
    }


def _status(process: Path) -> str:
    try:
        return (process / "status").read_text()
    except OSError:
        return ""

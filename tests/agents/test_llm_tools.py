from __future__ import annotations

from botarmy.agents.tools import LISTED_FILES, MATCHES, READ_BYTES, WRITTEN_BYTES, Workbench
from botarmy.ports import File
from tests.llm.work import FilesInMemory


def bench(**held: bytes) -> Workbench:
    return Workbench(FilesInMemory({name.replace("_", "."): content for name, content in held.items()}))


async def test_a_file_that_is_written_is_handed_over_and_read_back() -> None:
    tools = bench(a_md=b"old")
    answer = await tools.write_file("a.md", "new")
    assert (answer.file, answer.summary, answer.failed) == (File("a.md", b"new"), "Wrote a.md (3 bytes)", False)
    assert (await tools.read_file("a.md")).text == "new"
    assert tools.written == ("a.md",)


async def test_the_files_written_by_one_job_are_bounded_together() -> None:
    tools = bench()
    part = "x" * (9 * 1024 * 1024)
    answers = [await tools.write_file(f"{number}.txt", part) for number in range(8)]
    assert [answer.failed for answer in answers] == [False] * 7 + [True]
    assert answers[-1].file is None
    assert answers[-1].summary == "7.txt was not written: there is room for 1.0 MB more."
    assert sum(len(await_file.content) for await_file in (a.file for a in answers) if await_file) <= WRITTEN_BYTES


async def test_a_long_file_is_read_to_its_bound_and_says_so() -> None:
    tools = bench(a_md="ä".encode() * READ_BYTES)
    text = (await tools.read_file("a.md")).text
    assert text.startswith("ää")
    assert "\ufffd" not in text
    assert text.endswith("[… only the first 64.0 KB of 128.0 KB are shown]")


async def test_a_file_that_is_no_text_is_not_read() -> None:
    answer = await bench(a_png=b"\x89PNG\x00\x00").read_file("a.png")
    assert (answer.failed, answer.summary) == (True, "a.png is not a text file.")


async def test_a_path_out_of_the_project_is_not_read() -> None:
    answer = await bench().read_file("../../etc/passwd")
    assert answer.failed
    assert answer.text.startswith("Error: “../../etc/passwd” is not a usable file name")


async def test_a_project_without_files_is_told_so() -> None:
    assert (await bench().list_files()).text == "There are no files yet."


async def test_a_long_list_is_bounded_and_says_so() -> None:
    tools = Workbench(FilesInMemory({f"{number:05}.md": b"" for number in range(LISTED_FILES + 5)}))
    lines = (await tools.list_files()).text.splitlines()
    assert (len(lines), lines[-1]) == (LISTED_FILES + 1, "[… and 5 more]")


async def test_a_search_finds_lines_in_old_and_new_files_and_skips_what_is_no_text() -> None:
    tools = bench(a_md=b"one\nTwo words\n", b_png=b"two\x00")
    await tools.write_file("c.md", "  and two  ")
    answer = await tools.search_files("two")
    assert answer.text == "a.md:2: Two words\nc.md:1: and two"
    assert answer.summary == "Searched the files for “two”: 2 found"
    assert (await tools.search_files("three")).text == "Nothing found."


async def test_a_search_is_bounded_and_says_so() -> None:
    text = (await bench(a_md=b"hit\n" * 200).search_files("hit")).text
    assert len(text.splitlines()) == MATCHES + 1
    assert text.endswith(f"only the first {MATCHES} are shown]")


async def test_a_search_for_nothing_or_for_a_novel_is_refused() -> None:
    assert (await bench().search_files("  ")).failed
    assert (await bench().search_files("x" * 201)).failed


async def test_summaries_are_one_storable_line() -> None:
    tools = bench()
    for answer in (
        await tools.write_file("a\nb\ud800", "x"),
        await tools.read_file("a\x00"),
        await tools.search_files("a\nb\ud800"),
    ):
        assert answer.summary.isprintable()
        answer.summary.encode()
        answer.text.encode()

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botarmy.domain.artifacts import (
    FILE_BYTES,
    FILES_OF_A_RUN,
    check_new,
    check_path,
    check_size,
    media_type_of,
)
from botarmy.domain.errors import DomainError

HOSTILE = [
    "", ".", "..", "/", "//", "../x", "../../etc/passwd", "a/../b", "a/..", "./a", "a/./b", "a//b", "a/", "/etc/passwd",
    "~/../x/", "C:\\Windows", "C:/Windows", "c:x", "\\\\server\\share", "//server/share", "a\\b", "..\\x", "a\\..\\b",
    "a\x00b", "a\nb", "a\rb", "a\tb", "a\x1bb", "a\x7fb", "\ud800", "a\u202egpj.exe", "a\u200bb", "a\ufeffb",
    "a\u00a0b",
    "a\u2028b", "a\ue000b", " a", "a ", "a /b", "a/ b", "a.", "a./b", "...", "a/...", "a<b", "a>b", "a:b", 'a"b', "a|b",
    "a?b", "a*b", "file.txt:stream", "con", "CON", "nul.txt", "docs/aux.md", "COM1", "lpt9.log", "Prn", "com¹.txt",
    "nul .txt", "NUL.tar.gz", "x" * 401, "x" * 256, "ä" * 128, "a/" + "x" * 256 + "/b", "🍅" * 64,
]  # fmt: skip
USUAL = [
    "a", "README.md", "docs/notes.md", "app/index.html", ".gitignore", ".github/workflows/ci.yml", "a b/c d.md",
    "Dockerfile",
    "日本/メモ.md", "🍅/timer.md", "q'uote.md", "a,b;c.md", "-rf", "~", "$HOME", "%2e%2e/x", "console.log",
    "nulls.txt", "comb.md",
    "a..b", "..a", "x" * 255, "CON1", "a.con", "e\u0301.md", "[id].tsx", "(group)/page.tsx", "@scope/pkg.json",
    "a&b.md", "#1.md",
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_a_name_that_could_leave_the_run_or_harm_a_computer_is_refused(path: str) -> None:
    with pytest.raises(DomainError) as caught:
        check_path(path)
    assert caught.value.code == "bad_path"
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("path", USUAL)
def test_a_usual_name_is_taken_as_it_is(path: str) -> None:
    assert check_path(path) == path


@given(st.text(st.characters(codec=None, exclude_categories=[]), max_size=20))
def test_any_name_is_taken_or_refused_in_words(path: str) -> None:
    try:
        taken = check_path(path)
    except DomainError as refused:
        refused.message.encode()
        return
    taken.encode()
    assert ".." not in taken.split("/")
    assert not taken.startswith("/")


@pytest.mark.parametrize(
    ("path", "taken"), [("docs", "docs/a.md"), ("docs/a.md", "docs"), ("a/b", "a/b/c"), ("a/b/c", "a")]
)
def test_nothing_is_a_file_and_a_folder_at_once(path: str, taken: str) -> None:
    with pytest.raises(DomainError) as caught:
        check_new(path, ["other.md", taken])
    assert caught.value.code == "path_taken"


def test_a_new_file_may_stand_beside_others_with_a_similar_name() -> None:
    check_new("docs/a.md", ["docs.md", "docs/ab.md", "docs/a", "doc", "docs2/a.md"])


def test_a_run_holds_a_bounded_number_of_files() -> None:
    taken = [f"{number}.md" for number in range(FILES_OF_A_RUN)]
    check_new("one-more.md", taken[1:])
    with pytest.raises(DomainError) as caught:
        check_new("one-more.md", taken)
    assert caught.value.code == "too_many_files"


def test_a_file_holds_a_bounded_number_of_bytes() -> None:
    check_size("a.bin", bytes(FILE_BYTES))
    with pytest.raises(DomainError) as caught:
        check_size("a.bin", bytes(FILE_BYTES + 1))
    assert caught.value.code == "file_too_large"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("a.md", "text/markdown"),
        ("A.MD", "text/markdown"),
        ("app/index.html", "text/html"),
        ("app.mjs", "text/javascript"),
        ("logo.svg", "image/svg+xml"),
        ("photo.JPG", "image/jpeg"),
        ("data.json", "application/json"),
        ("Dockerfile", "text/plain"),
        (".gitignore", "text/plain"),
        ("a.unheard-of", "text/plain"),
    ],
)
def test_a_files_kind_is_told_from_its_name(path: str, media_type: str) -> None:
    assert media_type_of(path) == media_type

"""Nothing that a page points to is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, NAMES, PAGES, ROOT, anchors, prose, read

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
OUTSIDE = re.compile(r"^(https?:|mailto:)")


def links(page: Path) -> Iterator[str]:
    text = "\n".join(line for _, line in prose(page))
    for found in LINK.finditer(text):
        yield found[1] or found[2]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        if OUTSIDE.match(link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = ((page.parent / link.partition("#")[0]).resolve() for link in links(page) if not OUTSIDE.match(link))
        waiting += [target for target in targets if target.suffix == ".md" and target.is_file()]
    assert not set(DOCS.rglob("*.md")) - reached


def test_every_picture_is_shown_and_small() -> None:
    pages = "".join(map(read, PAGES))
    for picture in (DOCS / "images").iterdir():
        assert picture.name in pages
        assert picture.stat().st_size <= 300 * 1024, picture.name


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_pages_are_calm(page: Path) -> None:
    text = "\n".join(line for _, line in prose(page))
    without_code = re.sub(r"`[^`]*`|^    .*$|<[^>]*>|!\[", "", text, flags=re.MULTILINE)
    assert "!" not in without_code.replace("! (worth knowing)", "")
    assert not re.search("[\U0001f300-\U0001faff\u2600-\u26ff]", text)

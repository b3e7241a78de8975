"""The map from other systems' names leads to what is there."""

from __future__ import annotations

import re

from tests.docs.pages import DOCS, ROOT, prose, quoted, sections

MAP = DOCS / "design" / "map.md"
ARCHITECTURE = DOCS / "design" / "architecture.md"
PATH = re.compile(r"^(src|web|tests|scripts|wire|docs)/[\w./-]+$")
NAMES = """
connection manager, message protocol, error handler, rate limiter, LLM service, heartbeat monitor, event broadcaster,
agent status broadcaster, workflow, phase manager, memory saver, task schema, task state, phase result, monitor handler,
legacy-agent wrapper, agent store, message acknowledgment, requires_ack, percent_complete, task_error, phase_update:NN,
phase_complete, server_config.json, error_recovery.yaml, MonitorWebSocketHandler
"""


def test_every_path_of_the_design_pages_exists() -> None:
    for page in (MAP, ARCHITECTURE):
        paths = [word for _, line in prose(page) for word in quoted(line) if PATH.match(word)]
        assert paths
        assert not [path for path in paths if not (ROOT / path).exists()]


def test_every_name_that_readers_know_is_in_the_map() -> None:
    rows = [row for section in sections(MAP).values() for table in section.tables for row in table]
    known = {name.strip(" `") for row in rows for name in row[0].split(",")}
    assert not {name.strip() for name in NAMES.split(",")} - known


def test_what_is_in_the_code_is_named_where_the_map_says() -> None:
    """`PhaseView`: [`views.py`](…) — a word in front of a file is found in that file."""
    for _, line in prose(MAP):
        for word, link in re.findall(r"`(\w+)`(?: in|:) \[`[^`]+`\]\(([^)#]+)", line):
            assert word in (MAP.parent / link).read_text(encoding="utf-8"), (word, link)

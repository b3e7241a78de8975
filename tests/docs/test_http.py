"""The HTTP page names every route, and each of its examples answers as it says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.acceptance.servers import ServerProcess
from tests.docs.pages import DOCS, Block, blocks, prose, quoted, sections
from tests.docs.shell import run_shell

PAGE = DOCS / "reference" / "http.md"
ROUTE = re.compile(r"^### `(GET|POST|PUT|DELETE) (\S+)`$")
EXAMPLES = [(asked, told) for asked, told in pairwise(blocks(PAGE)) if asked.language == "sh"]
NEEDS_A_RUN_UNDER_WAY = ("POST /api/runs/{", "DELETE ")
OF_ALL_RUNS = ("GET /api/analytics",)
"""What these say depends on whatever else was done on their server."""


def documents(text: str) -> Iterator[Any]:
    """The JSON documents that stand one after another in a text."""
    decoder = json.JSONDecoder()
    while text := text.strip():
        document, end = decoder.raw_decode(text)
        yield document
        text = text[end:]


def assert_same_shape(documented: Any, answered: Any, where: str = "") -> None:
    """The same fields all the way down; of lists the first items are compared, and null goes with anything."""
    if isinstance(documented, dict) and isinstance(answered, dict):
        assert list(documented) == list(answered), where
        for name in documented:
            assert_same_shape(documented[name], answered[name], f"{where}.{name}")
    elif isinstance(documented, list) and isinstance(answered, list):
        assert bool(documented) == bool(answered), where
        for one, other in zip(documented[:1], answered[:1], strict=True):
            assert_same_shape(one, other, f"{where}[0]")
    elif documented is not None and answered is not None:
        numbers = (int, float)
        same = isinstance(documented, numbers) and isinstance(answered, numbers)
        assert same or type(documented) is type(answered), where


def test_the_routes_are_those_of_the_server(server: ServerProcess) -> None:
    paths = httpx2.get(f"{server.url}/api/openapi.json").json()["paths"]
    served = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    documented = {found.groups() for _, line in prose(PAGE) if (found := ROUTE.match(line))}
    assert documented == served


@pytest.mark.parametrize(("asked", "told"), EXAMPLES, ids=[asked.heading for asked, _ in EXAMPLES])
def test_an_example_answers_as_the_page_says(
    asked: Block,
    told: Block,
    server: ServerProcess,
    finished: str,
    held: str,
    folder: Path,
    request: pytest.FixtureRequest,
) -> None:
    if asked.heading in OF_ALL_RUNS:
        server = request.getfixturevalue("server_of_one_run")
    under_way = asked.heading.startswith(NEEDS_A_RUN_UNDER_WAY) and not asked.heading.endswith("/follow-up")
    run_id = held if under_way else finished
    answer = run_shell(asked.text, server, folder, RUN=run_id)
    if told.language == "text":
        assert told.text.strip() in answer
        return
    answers = list(documents(answer))
    assert answers
    for document in answers:
        assert_same_shape(json.loads(told.text), document)
        if "code" in document:
            assert document == json.loads(told.text)


def test_the_figures_are_those_of_the_server(server: ServerProcess) -> None:
    counted = set(re.findall(r"^# TYPE (botarmy_\w+)", httpx2.get(f"{server.url}/metrics").text, re.MULTILINE))
    documented = {quoted(row[0])[0] for row in sections(PAGE)["GET /metrics"].tables[0]}
    assert documented == {name for name in counted if not name.endswith("_created")}


def test_every_route_has_an_example() -> None:
    routes = {line[4:].replace("`", "").strip() for _, line in prose(PAGE) if ROUTE.match(line)}
    assert routes <= {asked.heading for asked, _ in EXAMPLES}

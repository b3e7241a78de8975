"""Whatever the pages tell a reader to type exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from botarmy.cli import app
from tests.docs.pages import NAMES, PAGES, ROOT, read

MAKE = re.compile(r"(?:^ {4}|`|(?:; |&& |[A-Z_]+=\S+ ))make ([a-z]+)", re.MULTILINE)
BOTARMY = re.compile(r"(?:^ {4}|`|/bin/|^)botarmy ([a-z]+)((?: [^\s`]+)*)", re.MULTILINE)
OPTION = re.compile(r"(?<= )--[a-z-]+")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", read(ROOT / "Makefile"), re.MULTILINE))


def options() -> dict[str, set[str]]:
    group = typer.main.get_command(app)
    commands = getattr(group, "commands")  # noqa: B009 — click's type is hidden behind typer's
    return {name: _options(command) for name, command in commands.items()}


def _options(command: Any) -> set[str]:
    """Those of a group are its commands'."""
    own = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    return own.union(*(_options(inner) for inner in getattr(command, "commands", {}).values()))


def typed(page: Path) -> Iterator[tuple[str, list[str]]]:
    for command, rest in BOTARMY.findall(read(page)):
        yield command, OPTION.findall(rest)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_make_target_exists(page: Path) -> None:
    assert set(MAKE.findall(read(page))) <= targets()


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_command_of_botarmy_and_its_options_exist(page: Path) -> None:
    known = options()
    for command, given in typed(page):
        assert command in known, command
        assert set(given) <= known.get(command, set()) | {"--help"}, command


def test_the_pages_do_name_commands() -> None:
    """Otherwise the tests above would check nothing."""
    assert {command for page in PAGES for command, _ in typed(page)} >= {"serve", "run", "doctor", "config", "version"}
    assert {target for page in PAGES for target in MAKE.findall(read(page))} >= {"run", "test"}

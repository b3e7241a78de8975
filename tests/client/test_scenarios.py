"""The client does what `wire/scenarios` says of every client, step by step."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client.scenarios import Player, scenarios

SCENARIOS = [(name, one) for name, one in scenarios() if "needs" not in one]


@pytest.mark.parametrize("scenario", [one for _, one in SCENARIOS], ids=[name for name, _ in SCENARIOS])
def test_scenario(scenario: dict[str, Any]) -> None:
    player = Player(scenario)
    for number, step in enumerate(scenario["steps"], 1):
        try:
            player.play(step)
        except AssertionError as error:
            raise AssertionError(f"step {number}, {step}: {error}") from error


def test_every_scenario_has_a_name_of_its_own() -> None:
    names = [name for name, _ in scenarios()]
    assert len(names) == len(set(names))
    assert len(names) > 80

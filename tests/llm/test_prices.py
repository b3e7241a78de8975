"""What models cost is known from the settings first, then from the library, and a cheaper one is offered by price."""

from __future__ import annotations

import pytest

from botarmy.domain.events import Usage
from botarmy.llm.prices import Price, Prices

DEAR = "openai-chat:gpt-5"
CHEAP = "openai-chat:gpt-5-mini"
CHEAPEST = "openai-chat:gpt-5-nano"
OWN = "custom:lab:llama"


def test_a_price_is_for_a_million_tokens_in_and_out() -> None:
    used = Usage(input_tokens=200_000, output_tokens=50_000, cost_usd=99.0)
    assert Price(1.0, 8.0).of(used) == Usage(input_tokens=200_000, output_tokens=50_000, cost_usd=0.6)


def test_only_prices_of_the_settings_stand_in_for_what_the_library_counts() -> None:
    prices = Prices({OWN: Price(0.1, 0.2)})
    assert prices.of(OWN) == Price(0.1, 0.2)
    assert prices.of(DEAR) is None


@pytest.mark.parametrize(
    ("model", "others", "offered"),
    [
        (DEAR, (CHEAPEST, CHEAP), CHEAP),
        (CHEAP, (DEAR, CHEAPEST), CHEAPEST),
        (CHEAPEST, (DEAR, CHEAP), None),
        (DEAR, (DEAR,), None),
        (DEAR, (OWN,), None),
        (OWN, (CHEAP,), None),
    ],
    ids=["the next cheaper", "no dearer", "none cheaper", "not itself", "not one of unknown price", "its own unknown"],
)
def test_the_next_cheaper_model_of_the_agent_s_own_is_offered(
    model: str, others: tuple[str, ...], offered: str | None
) -> None:
    assert Prices().cheaper(model, others) == offered


def test_prices_of_the_settings_decide_over_known_ones() -> None:
    prices = Prices({CHEAP: Price(100.0, 100.0), OWN: Price(0.01, 0.01)})
    assert prices.cheaper(DEAR, (CHEAP, OWN)) == OWN


def test_without_one_of_its_own_an_agent_is_offered_the_model_of_the_settings() -> None:
    prices = Prices(cheaper_model=CHEAPEST)
    assert prices.cheaper(DEAR, ()) == CHEAPEST
    assert prices.cheaper(CHEAPEST, (DEAR,)) is None

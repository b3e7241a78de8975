"""What agents that are models are given, from the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from botarmy import telemetry
from botarmy.bootstrap.models import equipped
from botarmy.settings import Loaded, SettingsError, load


def loaded(folder: Path, **environ: str) -> Loaded:
    return load({}, {"BOTARMY_DATA_DIR": str(folder), "OPENAI_API_KEY": "sk-test-0123456789", **environ}, folder=folder)


async def test_each_key_has_the_limits_that_were_set_for_it(tmp_path: Path) -> None:
    async with equipped(loaded(tmp_path), telemetry.Metrics().llm) as equipment:
        state = equipment.limiters.of("openai-chat:gpt-5-mini").state()
        assert (state.requests.limit, state.tokens.limit) == (20, 40_000)
        assert equipment.agents.limiter_of("openai:gpt-5") is equipment.limiters.of("openai-chat:gpt-5-mini")
    async with equipped(
        loaded(tmp_path, BOTARMY_LLM_RATE_LIMITS="openai=500/200000"), telemetry.Metrics().llm
    ) as equipment:
        state = equipment.limiters.of("openai-chat:gpt-5-mini").state()
        assert (state.requests.limit, state.tokens.limit) == (500, 200_000)


async def test_limits_for_a_provider_that_there_is_not_are_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"llm_rate_limits: There is no AI provider “nobody”"):
        async with equipped(loaded(tmp_path, BOTARMY_LLM_RATE_LIMITS="nobody=1/1"), telemetry.Metrics().llm):
            pass


async def test_setbacks_are_counted_by_key_and_one_word_stands_for_providers_that_there_are_not(tmp_path: Path) -> None:
    metrics = telemetry.Metrics()
    async with equipped(loaded(tmp_path), metrics.llm) as equipment:
        equipment.agents.noted("retry", "openai:gpt-5")
        equipment.agents.noted("other_model", "nobody:model")
        equipment.agents.noted("prepared_message", "openai-chat:gpt-5")
    figures = telemetry.render_metrics(metrics).decode()
    assert 'botarmy_llm_retries_total{key="openai"} 1.0' in figures
    assert 'botarmy_llm_fallbacks_total{key="unknown",to="other_model"} 1.0' in figures
    assert 'botarmy_llm_fallbacks_total{key="openai",to="prepared_message"} 1.0' in figures

"""Which model the setting `model` means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from botarmy.domain.team import DEMO
from botarmy.llm.models import AUTO, DEFAULT_MODEL
from botarmy.llm.ollama import first_model
from botarmy.llm.providers import PROVIDERS, is_address

_IN_ORDER: Final = ("openai-chat", "anthropic", "google", "groq", "mistral", "openrouter", "bedrock")


@dataclass(frozen=True, slots=True)
class Choice:
    model: str
    reason: str
    """Ends the sentence “auto: …”; empty where the setting names a model."""


def choose(setting: str, env: Mapping[str, str], look: Callable[[str], str | None] = first_model) -> Choice:
    """`auto` is the default model of the first provider that has a key, else what an Ollama on this machine has, else
    the offline demo. One whose library is missing comes last: naming what to install is better than playing the demo.

    Waits for the network where `look` does: call it in a thread.
    """
    if setting != AUTO:
        return Choice(setting, "")
    if env.get("OPENAI_BASE_URL"):
        return Choice(DEFAULT_MODEL, "OPENAI_BASE_URL is set")
    keys = [(name, found[0]) for name in _IN_ORDER if (found := PROVIDERS[name].key(env)) is not None]
    for name, variable in sorted(keys, key=lambda key: not PROVIDERS[key[0]].is_installed):
        return Choice(f"{name}:{PROVIDERS[name].default_model}", f"{variable} is set")
    ollama = PROVIDERS["ollama"]
    address = env.get(ollama.address_variable) or ollama.address
    model = look(address) if is_address(address) else None
    if model is not None:
        return Choice(f"ollama:{model}", "no key is set, and Ollama answers")
    return Choice(DEMO, "no key is set, and no Ollama answers")

"""The rows of the table in `errors.py` that are about models."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

MODELS: Final[Mapping[str, tuple[str, str, bool, int]]] = MappingProxyType(
    {
        "model_not_configured": (
            "AI service configuration needed. Please check setup.",
            "Set the key of your AI service and restart, or use the offline demo.",
            False,
            500,
        ),
        "model_rejected_key": (
            "The AI service did not accept the key.",
            "Check the key in the settings.",
            False,
            500,
        ),
        "model_unknown": (
            "The AI service does not know this model.",
            "Choose another model in the team or settings.",
            False,
            500,
        ),
        "model_rate_limited": (
            "AI service is busy. Retrying in a moment...",
            "Nothing needs to be done.",
            True,
            500,
        ),
        "model_stayed_busy": ("The AI service stayed busy.", "Retry the step in a few minutes.", True, 500),
        "model_quota": (
            "The AI service's quota is used up.",
            "Check the plan and billing with your provider.",
            False,
            500,
        ),
        "model_timeout": ("The AI service took too long to answer.", "Retry the step.", True, 500),
        "model_unreachable": (
            "Connection lost. Reconnecting automatically...",
            "Check the network if this stays.",
            True,
            500,
        ),
        "model_stayed_unreachable": (
            "The AI service cannot be reached.",
            "Check the network, then retry the step.",
            True,
            500,
        ),
        "model_overloaded": ("The AI service is overloaded.", "Try again in a few minutes.", True, 500),
        "model_cut_off": ("The AI service's answer broke off.", "Retry the step.", True, 500),
        "model_over_minute": (
            "This is more than the AI service may be asked in a minute.",
            "Raise the tokens per minute of the provider, or ask for less in the brief.",
            False,
            500,
        ),
        "model_context_too_long": (
            "This has become too long for the model.",
            "Use a model with a larger context.",
            False,
            500,
        ),
        "model_refused": ("The AI service declined to answer this.", "Reword the brief.", False, 500),
        "model_failed": ("The AI service could not answer.", "Retry the step.", False, 500),
        "model_unavailable": ("The AI service has a problem of its own.", "Try again in a few minutes.", True, 500),
        "model_rejected_request": (
            "The AI service did not accept the request.",
            "Choose another model in the team or settings.",
            False,
            500,
        ),
        "model_answer_too_long": (
            "The AI service's answer grew too long.",
            "Retry the step, or ask for less in the brief.",
            True,
            500,
        ),
        "model_unusable_answer": (
            "The AI service kept answering in a way that BotArmy cannot use.",
            "Retry the step, or choose another model.",
            True,
            500,
        ),
        "model_too_many_calls": (
            "The agent called the AI service too often without coming to an end.",
            "Retry the step, or ask for less in the brief.",
            False,
            500,
        ),
        "model_bad_key": (
            "The key of the AI service holds a space, a line break or another character that no key has.",
            "Copy the key again, without anything around it, and restart.",
            False,
            500,
        ),
        "model_bad_address": (
            "The address of the AI service is not one.",
            "Correct the address in the settings; it usually ends in /v1.",
            False,
            500,
        ),
        "model_missing_extra": ("This AI service needs an extra.", "Run pip install 'botarmy[{extra}]'.", False, 500),
        "model_unknown_provider": (
            "There is no AI provider “{provider}”.",
            "Begin the model's name with one of: {known}.",
            False,
            500,
        ),
    }
)

from __future__ import annotations

import inspect
from types import ModuleType

import anthropic
import botocore.exceptions
import google.genai.errors
import groq
import httpx
import httpx2
import mistralai.client.errors
import openai
import pytest
from pydantic_ai import exceptions as ai

from botarmy.domain.errors import WORDINGS, DomainError
from botarmy.llm.errors import translate

KEY = "sk-proj-abcDEF0123456789"


def failures_of(module: ModuleType) -> list[type[Exception]]:
    """Every exception class, but those that steer an agent's run, warn, or have nothing to do with a request."""
    steering = {
        "ModelRetry", "ToolFailed", "CallDeferred", "ApprovalRequired", "SkipModelRequest", "RetryModelRequest",
        "SkipToolValidation", "SkipToolExecution", "ToolRetryError", "ToolFailedError", "FallbackExceptionGroup",
        "InvalidWebhookSignatureError", "CookieConflict", "_CategorizedHTTPError",
    }  # fmt: skip
    found = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, Exception)]
    return [kind for kind in found if kind.__name__ not in steering and not issubclass(kind, Warning)]


def without_constructing(kind: type[Exception]) -> Exception:
    """An instance that says something technical, whatever its constructor asks for."""

    def begin(self: Exception) -> None:
        message = f"calling https://api.example.com with {KEY} in /srv/app.py"
        self.args = (message,)
        self.__dict__.update(message=message, body=None, request_id=None, status_code=None)

    error: Exception = type(kind.__name__, (kind,), {"__init__": begin})()
    return error


@pytest.mark.parametrize(
    "module",
    [ai, openai, httpx2, httpx, anthropic, groq, google.genai.errors, mistralai.client.errors, botocore.exceptions],
    ids=lambda module: module.__name__,
)
def test_every_failure_of_the_libraries_has_words_and_no_technical_text(module: ModuleType) -> None:
    kinds = failures_of(module)
    assert len(kinds) > 4
    for kind in kinds:
        failure = translate(without_constructing(kind))
        assert failure is not None, kind
        assert failure.code.startswith("model_"), kind
        shown = f"{failure.message} {failure.action}"
        assert not any(word in shown for word in ("http", KEY, "/srv", kind.__name__, "Error", "status")), kind
        assert KEY not in str(failure.detail), kind
        assert kind.__name__ in str(failure.detail)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ai.ModelRateLimitError("m", "slow down"), "model_rate_limited"),
        (ai.ModelQuotaExceededError("m", "no money"), "model_quota"),
        (ai.ModelAuthenticationError("m", "who"), "model_rejected_key"),
        (ai.ModelNotFoundError("m", "what"), "model_unknown"),
        (ai.ModelContextWindowExceededError("m", "too long"), "model_context_too_long"),
        (ai.ModelRequestRejectedError("m", "bad"), "model_rejected_request"),
        (ai.ModelRequestRejectedError("m", "bad", provider_error_code="content_policy_violation"), "model_refused"),
        (ai.ModelTimeoutError("m", "late", phase="read"), "model_timeout"),
        (ai.ModelRequestTimeout("m", 3.0, setting="first_event_timeout"), "model_timeout"),
        (ai.ModelOverloadedError("m", "full"), "model_overloaded"),
        (ai.ModelUnavailableError("m", "away"), "model_unavailable"),
        (ai.ModelServerError("m", "oops"), "model_unavailable"),
        (ai.ModelConnectionError("m", "refused", phase="connect"), "model_unreachable"),
        (ai.ModelConnectionError("m", "reset", phase="read"), "model_cut_off"),
        (ai.ContentFilterError("no"), "model_refused"),
        (ai.IncompleteToolCall("cut"), "model_answer_too_long"),
        (ai.UnexpectedModelBehavior("odd"), "model_unusable_answer"),
        (ai.UsageLimitExceeded("enough"), "model_too_many_calls"),
        (ai.ModelAPIError("m", "else"), "model_failed"),
        (ai.UserError("misuse"), "model_failed"),
        (httpx2.ConnectTimeout("late"), "model_timeout"),
        (httpx2.ConnectError("refused"), "model_unreachable"),
        (ExceptionGroup("both", [ValueError("x"), httpx2.ReadError("cut")]), "model_cut_off"),
        (DomainError("file_too_large", path="a", limit_mib=1), "file_too_large"),
    ],
)
def test_a_cause_has_its_code(error: Exception, code: str) -> None:
    failure = translate(error)
    assert failure is not None
    assert failure.code == code
    assert code in WORDINGS


@pytest.mark.parametrize("error", [ValueError("ours"), KeyError("ours"), ExceptionGroup("x", [ValueError("ours")])])
def test_what_no_model_caused_is_left_as_it_is(error: Exception) -> None:
    assert translate(error) is None

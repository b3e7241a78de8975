"""What went wrong with a model, as a code of the table in `domain/errors.py`. Loads the model library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import httpx2
import openai
from pydantic_ai import exceptions as ai

from botarmy.domain.errors import DomainError
from botarmy.redaction import BY_SHAPE, Redactor

DETAIL_CHARACTERS: Final = 2_000
# The first row whose class fits decides, so a class stands above its bases.
_CODES: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (ai.ModelRateLimitError, "model_rate_limited"),
    (ai.ModelQuotaExceededError, "model_quota"),
    (ai.ModelAuthenticationError, "model_rejected_key"),
    (ai.ModelNotFoundError, "model_unknown"),
    (ai.ModelContextWindowExceededError, "model_context_too_long"),
    (ai.ModelRequestRejectedError, "model_rejected_request"),
    (ai.ModelTimeoutError, "model_timeout"),
    (ai.ModelRequestTimeout, "model_timeout"),
    (ai.ModelOverloadedError, "model_overloaded"),
    (ai.ModelUnavailableError, "model_unavailable"),
    (ai.ModelServerError, "model_unavailable"),
    (ai.ModelConnectionError, "model_unreachable"),
    (ai.ContentFilterError, "model_refused"),
    (ai.OutputTokenLimitExceeded, "model_answer_too_long"),
    (ai.UnexpectedModelBehavior, "model_unusable_answer"),
    (ai.UsageLimitExceeded, "model_too_many_calls"),
    (ai.RunTimedOut, "model_timeout"),
    (ai.ModelAPIError, "model_failed"),
    (ai.AgentRunError, "model_failed"),
    (ai.UserError, "model_failed"),
    # The libraries below it, should one of their own get through.
    (openai.RateLimitError, "model_rate_limited"),
    (openai.AuthenticationError, "model_rejected_key"),
    (openai.PermissionDeniedError, "model_rejected_key"),
    (openai.NotFoundError, "model_unknown"),
    (openai.BadRequestError, "model_rejected_request"),
    (openai.UnprocessableEntityError, "model_rejected_request"),
    (openai.InternalServerError, "model_unavailable"),
    (openai.APITimeoutError, "model_timeout"),
    (openai.APIConnectionError, "model_unreachable"),
    (openai.ContentFilterFinishReasonError, "model_refused"),
    (openai.LengthFinishReasonError, "model_answer_too_long"),
    (openai.OpenAIError, "model_failed"),
    (httpx2.TimeoutException, "model_timeout"),
    (httpx2.ReadError, "model_cut_off"),
    (httpx2.RemoteProtocolError, "model_cut_off"),
    (httpx2.InvalidURL, "model_bad_address"),
    (httpx2.UnsupportedProtocol, "model_bad_address"),
    (httpx2.TransportError, "model_unreachable"),
    (httpx2.HTTPError, "model_failed"),
    (httpx2.StreamError, "model_cut_off"),
)
_LIBRARIES: Final = frozenset(
    {"anthropic", "boto3", "botocore", "google", "groq", "httpcore", "httpcore2", "httpx", "mistralai", "s3transfer"}
)
"""Those that providers bring along; the model library translates what they raise, as far as it knows it."""
_FOREIGN: Final = (
    ("RateLimit", "model_rate_limited"),
    ("Overloaded", "model_overloaded"),
    ("Timeout", "model_timeout"),
    ("Authentication", "model_rejected_key"),
    ("PermissionDenied", "model_rejected_key"),
    ("Credential", "model_not_configured"),
    ("NoRegion", "model_not_configured"),
    ("NotFound", "model_unknown"),
    ("ReadError", "model_cut_off"),
    ("RemoteProtocol", "model_cut_off"),
    ("Connect", "model_unreachable"),
    ("ServerError", "model_unavailable"),
    ("BadRequest", "model_rejected_request"),
)
REQUEST_TIMEOUT: Final = 408
_CUT_OFF: Final = ("without a `finish_reason`", "Failed to decode response")
_REFUSALS: Final = ("content_filter", "content_policy_violation")


def translate(error: BaseException, redact: Redactor = BY_SHAPE) -> DomainError | None:
    """The failure in words, its technical text redacted in `detail`. None for what no model or network caused."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, BaseExceptionGroup):
        inner = (translate(member, redact) for member in error.exceptions)
        return next((found for found in inner if found is not None), None)
    code = _code(error)
    return None if code is None else DomainError(code, detail=_detail(error, redact))


def retry_after(error: BaseException) -> float | None:
    """Seconds that the provider asks to wait; None where it does not say."""
    return error.retry_after if isinstance(error, ai.ModelAPIError) else None


def headers_of(error: BaseException) -> Mapping[str, str]:
    """Of the provider's answer, names in small letters; none where there was no answer."""
    return (error.headers or {}) if isinstance(error, ai.ModelHTTPError) else {}


def is_refused(error: BaseException) -> bool:
    """Whether the provider answered that it does not answer: the request counts, and no tokens."""
    return isinstance(error, ai.ModelHTTPError)


def is_unreached(error: BaseException) -> bool:
    """Whether the request was never sent."""
    return isinstance(error, ai.ModelConnectionError) and error.phase in ("pool", "connect")


def _code(error: BaseException) -> str | None:
    code = next((code for kind, code in _CODES if isinstance(error, kind)), None) or _foreign(error)
    if code == "model_failed" and getattr(error, "status_code", None) == REQUEST_TIMEOUT:
        return "model_timeout"
    if code == "model_timeout" and getattr(error, "phase", None) == "connect":
        return "model_unreachable"
    if code == "model_unreachable" and getattr(error, "phase", None) == "read":
        return "model_cut_off"
    if code == "model_failed" and any(words in str(error) for words in _CUT_OFF):
        return "model_cut_off"
    if code == "model_rejected_request" and getattr(error, "provider_error_code", None) in _REFUSALS:
        return "model_refused"
    return code


def _foreign(error: BaseException) -> str | None:
    """Of a library that may not be installed: told by the names of its classes."""
    kinds = [kind for kind in type(error).__mro__ if kind.__module__.partition(".")[0] in _LIBRARIES]
    if not kinds:
        return None
    return next((code for word, code in _FOREIGN for kind in kinds if word in kind.__name__), "model_failed")


def _detail(error: BaseException, redact: Redactor) -> str:
    kind = type(error)
    return redact.head(f"{kind.__module__}.{kind.__qualname__}: {error}", DETAIL_CHARACTERS)

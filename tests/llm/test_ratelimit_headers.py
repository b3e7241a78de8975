from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botarmy.llm.rateheaders import Notice, read_headers

SENT = {"date": "Fri, 20 Nov 2026 09:30:00 GMT"}
NAMES = [
    "date",
    "retry-after",
    "retry-after-ms",
    *(
        name
        for unit in ("requests", "tokens", "input-tokens")
        for field in ("limit", "remaining", "reset")
        for name in (f"x-ratelimit-{field}-{unit}", f"anthropic-ratelimit-{unit}-{field}")
    ),
]
VALUES = st.text(max_size=80) | st.from_regex(r"[0-9.]{0,9}(ms|s|m|h)?([0-9]+s)?", fullmatch=True)


@pytest.mark.parametrize(
    ("headers", "notice"),
    [
        ({}, Notice()),
        ({"x-ratelimit-limit-requests": "15", "x-ratelimit-limit-tokens": "30000"}, Notice(15, 30_000)),
        ({"anthropic-ratelimit-requests-limit": "5", "anthropic-ratelimit-tokens-limit": "9000"}, Notice(5, 9_000)),
        ({"x-ratelimit-limit-requests": "0", "x-ratelimit-limit-tokens": "-4"}, Notice()),
        ({"x-ratelimit-limit-requests": "unlimited", "x-ratelimit-limit-tokens": "1e3"}, Notice()),
    ],
)
def test_the_limits_of_a_provider_are_read(headers: dict[str, str], notice: Notice) -> None:
    assert read_headers(headers) == notice


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "20"}, 20),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "Fri, 20 Nov 2026 09:30:45 GMT", **SENT}, 45),
        ({"retry-after": "Fri, 20 Nov 2026 09:29:00 GMT", **SENT}, 0),
        ({"retry-after": "Fri, 20 Nov 2026 09:30:45 GMT"}, 0),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "soon"}, 0),
        ({"retry-after": "inf"}, 0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, 360),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1h2m3.5s"}, 3_723.5),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "17ms"}, 0.017),
        ({"x-ratelimit-remaining-tokens": "0"}, 0),
        ({"x-ratelimit-remaining-tokens": "1", "x-ratelimit-reset-tokens": "6m0s"}, 0),
        (
            {
                "anthropic-ratelimit-output-tokens-remaining": "0",
                "anthropic-ratelimit-output-tokens-reset": "2026-11-20T09:30:12Z",
                "anthropic-ratelimit-requests-remaining": "3",
                "anthropic-ratelimit-requests-reset": "2026-11-20T09:59:00Z",
                **SENT,
            },
            12,
        ),
        ({"retry-after": "2", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "9s"}, 9),
    ],
)
def test_how_long_a_provider_wants_to_be_left_alone_is_read(headers: dict[str, str], seconds: float) -> None:
    assert read_headers(headers).hold == pytest.approx(seconds)


@settings(suppress_health_check=[HealthCheck.too_slow])  # making the headers is slow on a busy machine
@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_headers_that_make_no_sense_are_passed_over(headers: dict[str, str]) -> None:
    notice = read_headers(headers)
    assert notice.hold >= 0
    assert notice.requests is None or notice.requests > 0
    assert notice.tokens is None or notice.tokens > 0

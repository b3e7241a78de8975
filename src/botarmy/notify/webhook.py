"""Notices as signed posts to an address that the operator has set."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Final

import httpx2

from botarmy.notify.channel import Undelivered
from botarmy.notify.notice import Notice

SECONDS: Final = 10.0
"""How long the receiver may be silent."""
WHOLE_SECONDS: Final = 30.0
"""How long all of it may take."""
REFUSED_FOR_GOOD: Final = frozenset({400, 410, 413, 415, 422})
"""Answers that say that this very notice is not wanted. All others may be about the set-up, and pass."""


class Webhook:
    """Redirects are not followed: nobody but the operator says where notices go.

    Args:
        now: seconds since 1970.
    """

    name: Final = "webhook"

    def __init__(self, url: str, secret: str, now: Callable[[], float], version: str) -> None:
        self._url: Final = url
        self._secret: Final = secret
        self._now: Final = now
        self._version: Final = version

    async def send(self, notice: Notice) -> None:
        body = body_of(notice)
        moment = str(int(self._now()))
        headers = {
            "content-type": "application/json",
            "user-agent": f"BotArmy/{self._version}",
            "x-botarmy-id": notice.notice_id,
            "x-botarmy-timestamp": moment,
            "x-botarmy-signature": signature(self._secret, moment, body),
        }
        try:
            async with (
                asyncio.timeout(WHOLE_SECONDS),
                httpx2.AsyncClient(timeout=SECONDS, follow_redirects=False) as client,
                client.stream("POST", self._url, content=body, headers=headers) as answer,
            ):
                status = answer.status_code
        except (httpx2.TimeoutException, TimeoutError) as error:
            raise Undelivered("The webhook did not answer in time.") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise Undelivered("The webhook cannot be reached: check notify_webhook_url.") from error
        if not 200 <= status < 300:
            raise Undelivered(_words(status), lasting=status in REFUSED_FOR_GOOD)


def body_of(notice: Notice) -> bytes:
    body = {
        "id": notice.notice_id,
        "type": notice.kind,
        "timestamp": notice.timestamp,
        "text": notice.headline,
        "url": notice.url,
        "run": notice.run,
        "request": notice.request,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def signature(secret: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a dot and the body, in hexadecimal digits, after `v1=`."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"v1={digest}"


def _words(status: int) -> str:
    if 300 <= status < 400:
        return f"The webhook answered with {status}: its address has moved. Set notify_webhook_url to the new one."
    if status in (401, 403):
        return f"The webhook answered with {status}: it does not accept the signature. Check notify_webhook_secret."
    if status in (404, 410):
        return f"The webhook answered with {status}: nobody is there. Check notify_webhook_url."
    return f"The webhook answered with {status}."

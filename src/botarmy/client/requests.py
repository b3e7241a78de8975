"""Requests over HTTP: what may pass is tried again, and what fails is said in words."""

from __future__ import annotations

import asyncio
import random as chance
from collections.abc import Callable
from typing import Any, Final, TypeAlias
from urllib.parse import SplitResult, quote
from uuid import uuid4

import httpx2

from botarmy.client.conversation import LEAST_WAIT, MOST_WAIT
from botarmy.client.errors import ClientError, Json, problem
from botarmy.client.line import Sleep

ATTEMPTS: Final = 3
"""How often a request is made that fails in a way that may pass. A command has an id, and takes effect once."""
TIMEOUT: Final = httpx2.Timeout(30, connect=5)
SOON: Final = httpx2.Timeout(2)
Random: TypeAlias = Callable[[], float]


class Requests:
    """To one server."""

    def __init__(
        self,
        address: SplitResult,
        token: str | None,
        *,
        direct: bool,
        random: Random = chance.random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._random: Final = random
        self._sleep: Final = sleep
        self._http: Final = httpx2.AsyncClient(
            base_url=address.geturl(),
            headers={} if token is None else {"authorization": f"Bearer {token}"},
            timeout=TIMEOUT,
            trust_env=not direct,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def command(self, method: str, path: str, body: Json | None = None, command_id: str | None = None) -> Json:
        """Under one id at every attempt, so that it takes effect once."""
        return await self.json(method, path, json=body, headers={"idempotency-key": command_id or str(uuid4())})

    async def json(self, method: str, path: str, **arguments: Any) -> Json:
        response = await self.request(method, path, **arguments)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self._not_botarmy()
        return answer

    async def reachable(self) -> bool:
        """Whether the server answers, and soon."""
        try:
            return (await self._http.get("/healthz", timeout=SOON)).is_success
        except httpx2.TransportError:
            return False

    async def request(self, method: str, path: str, **arguments: Any) -> httpx2.Response:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = await self._http.request(method, path, **arguments)
            except httpx2.TransportError:
                failure = ClientError(
                    "unreachable", f"No server answers at {self._http.base_url}.", "Check that it runs.", True
                )
            else:
                if response.is_success:
                    return response
                failure = self._refusal(response)
            if not failure.retryable or attempt == ATTEMPTS:
                raise failure
            await self._sleep(self._wait(attempt))
        raise AssertionError("unreachable")

    def _wait(self, attempt: int) -> float:
        """Seconds: exponential with full jitter, as between connections."""
        return LEAST_WAIT + self._random() * (min(MOST_WAIT, LEAST_WAIT * float(2 ** (attempt + 1))) - LEAST_WAIT)

    def _refusal(self, response: httpx2.Response) -> ClientError:
        try:
            return problem(response.json())
        except (ValueError, AttributeError, KeyError, TypeError):
            return self._not_botarmy()

    def _not_botarmy(self) -> ClientError:
        return ClientError(
            "unexpected_answer", f"What answers at {self._http.base_url} is not BotArmy.", "Check the address."
        )


def of_run(run_id: str, *more: str) -> str:
    return "/".join(("/api/runs", *(quote(part, safe="") for part in (run_id, *more))))

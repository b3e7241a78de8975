"""What an Ollama server has, asked in a moment and without spending anything. Loads no library."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

SECONDS: Final = 1.0
"""For the connection, and for each read of the answer."""
LIST_BYTES: Final = 1024 * 1024
"""A longer list is not read."""
_NO_CHAT: Final = re.compile(r"embed|minilm|rerank|(^|[/-])(bge|e5|gte)[-:]", re.IGNORECASE)
_NO_CHAT_FAMILIES: Final = frozenset({"bert", "nomic-bert"})


def api_address(address: str) -> str:
    """The address of its OpenAI-compatible API, also where the address of the server was given."""
    parts = urlsplit(address)
    return address if parts.path.strip("/") else urlunsplit(parts._replace(path="/v1"))


def first_model(address: str) -> str | None:
    """The model that was changed last of those which can talk; None where there is none, or nobody answers.

    Waits for the network: call it in a thread.
    """
    try:
        listed = json.loads(_fetch(address)).get("models", [])
        return next((str(model["name"]) for model in listed if _talks(model)), None)
    except (OSError, HTTPException, ValueError, AttributeError, TypeError, KeyError):
        return None  # whoever answers there is no Ollama


def _fetch(address: str) -> bytes:
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", parts.path.rstrip("/").removesuffix("/v1") + "/api/tags")
        response = connection.getresponse()
        body = response.read(LIST_BYTES + 1)
    finally:
        connection.close()
    if response.status != 200 or len(body) > LIST_BYTES:
        raise HTTPException
    return body


def _talks(model: Mapping[str, Any]) -> bool:
    can = model.get("capabilities")
    if can is not None:
        return "completion" in can
    families = set(model.get("details", {}).get("families") or ())
    return not _NO_CHAT.search(model["name"]) and not families & _NO_CHAT_FAMILIES

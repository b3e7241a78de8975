"""What any AG-UI client makes of a stream: its messages and its state."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel


def as_json(value: BaseModel) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(value.model_dump_json(by_alias=True))
    return parsed


class Client:
    def __init__(self) -> None:
        self.messages: dict[str, dict[str, Any]] = {}
        self.state: Any = None

    def apply(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "MESSAGES_SNAPSHOT":
                self.messages = {message["id"]: message for message in event["messages"]}
            case "TEXT_MESSAGE_START" | "REASONING_MESSAGE_START":
                message = {"id": event["messageId"], "role": event.get("role", "assistant"), "content": ""}
                self.messages.setdefault(event["messageId"], message)
            case "TEXT_MESSAGE_CONTENT" | "REASONING_MESSAGE_CONTENT":
                self.messages[event["messageId"]]["content"] += event["delta"]
            case "STATE_SNAPSHOT":
                self.state = json.loads(json.dumps(event["snapshot"]))
            case "STATE_DELTA":
                for operation in event["delta"]:
                    self._patch(operation)
            case _:
                pass

    def spoken(self) -> list[tuple[str, str, str]]:
        return sorted((m["id"], m["role"], m["content"]) for m in self.messages.values())

    def _patch(self, operation: dict[str, Any]) -> None:
        *way, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
        place = self.state
        for part in way:
            place = place[int(part)] if isinstance(place, list) else place[part]
        if last == "-":
            place.append(operation["value"])
        elif isinstance(place, list):
            place[int(last)] = operation["value"]
        else:
            place[last] = operation["value"]

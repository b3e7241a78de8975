"""A model provider on this machine: it speaks OpenAI's API, needs no model, and fails as it is told."""

from botarmy.llm.server.app import Answerer, Asked, ModelServer
from botarmy.llm.server.players import play
from botarmy.llm.server.replies import Call, Reply

__all__ = ["Answerer", "Asked", "Call", "ModelServer", "Reply", "play"]

"""A model provider on this machine: it speaks OpenAI's API, needs no model, and fails as it is told."""

from botarmy.llm.server.app import Answerer, Asked, ModelServer
from botarmy.llm.server.connection import listening
from botarmy.llm.server.faults import FAULTS, FaultyPlay, UnknownFault, fault
from botarmy.llm.server.players import agent_of, play
from botarmy.llm.server.replies import Call, Reply

__all__ = [
    "FAULTS",
    "Answerer",
    "Asked",
    "Call",
    "FaultyPlay",
    "ModelServer",
    "Reply",
    "UnknownFault",
    "agent_of",
    "fault",
    "listening",
    "play",
]

"""The WebSocket side of the protocol: a pure core (`protocol.py`), and the shells that give it a wire and a clock."""

from botarmy.gateway.gateway import Gateway
from botarmy.gateway.limits import Limits

__all__ = ["Gateway", "Limits"]

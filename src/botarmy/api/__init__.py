"""BotArmy over HTTP: runs, artifacts, teams, health, and the page itself."""

from botarmy.api.app import create_app
from botarmy.api.parts import Parts, ServeSocket, Wire

__all__ = ["Parts", "ServeSocket", "Wire", "create_app"]

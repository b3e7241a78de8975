"""BotArmy over HTTP: runs, artifacts, teams, health, and the page itself. What it answers is in the protocol reference."""

from botarmy.api.app import Parts, create_app

__all__ = ["Parts", "create_app"]

"""BotArmy over HTTP: runs, artifacts, teams, health, and the page itself."""

from botarmy.api.app import Parts, create_app

__all__ = ["Parts", "create_app"]

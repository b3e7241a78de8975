"""Teams as people write them: YAML files, read into `botarmy.domain.team`."""

from botarmy.teams.library import Library
from botarmy.teams.loader import Teams, load_team, load_teams, parse_team

__all__ = ["Library", "Teams", "load_team", "load_teams", "parse_team"]

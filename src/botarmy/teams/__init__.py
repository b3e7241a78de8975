"""Teams as people write them: YAML files, read into `botarmy.domain.team`."""

from botarmy.teams.loader import Teams, load_team, load_teams, parse_team

__all__ = ["Teams", "load_team", "load_teams", "parse_team"]

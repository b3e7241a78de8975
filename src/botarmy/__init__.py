"""BotArmy: a self-hosted server for teams of AI agents."""

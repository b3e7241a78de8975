"""The offline demo: without a model, the team plays from templates that the brief shapes into a real small project."""

from botarmy.agents.demo.cast import demo_agent

__all__ = ["demo_agent"]

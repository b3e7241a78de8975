"""The offline demo: without a model, the team plays from templates that the brief shapes into a real small project."""

from botarmy.agents.demo.cast import demo_agent
from botarmy.agents.demo.mishaps import MISHAPS, check_demo

__all__ = ["MISHAPS", "check_demo", "demo_agent"]

"""What a conversation does about a model that fails, for whoever counts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

Setback: TypeAlias = Literal["retry", "other_model", "prepared_message"]
"""The request is made again; another model takes over; nobody does, and a prepared message stands for the work."""
Noted: TypeAlias = Callable[[Setback, str], None]
"""Told of a setback with the model string that failed. It raises nothing."""


def unnoted(setback: Setback, model: str) -> None:
    """Nobody counts."""

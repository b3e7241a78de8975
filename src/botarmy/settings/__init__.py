"""The settings: one frozen object, validated once, with every fault listed and every value's origin known."""

from __future__ import annotations

from botarmy.settings.buses import is_nats, nats_address
from botarmy.settings.fields import Settings, must_be
from botarmy.settings.sources import Loaded, SettingsError, load, masked

__all__ = ["Loaded", "Settings", "SettingsError", "is_nats", "load", "masked", "must_be", "nats_address"]

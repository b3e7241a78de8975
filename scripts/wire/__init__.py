"""Generates `wire/`: the JSON Schema of events and views, and the golden samples that both languages are held to."""

"""Hints that something may have changed: lost, late or repeated, they cost time and never truth."""

"""Agents: implementations that turn a context into a stream of output."""

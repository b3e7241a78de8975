"""The bounds of a connection, and what happens at each is said beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    heartbeat_seconds: float = 10
    """Either side that was silent this long says so; twice as long, and the connection is dead (4001)."""
    hello_seconds: float = 10
    """How long the first frame may take (4004)."""
    frame_bytes: int = 256 * 1024
    """Of a frame from the client (4504)."""
    frame_depth: int = 32
    """How deeply a frame from the client may be nested (4500)."""
    frames_per_second: int = 50
    """What a client may send in the long run (4003)."""
    frames_burst: int = 250
    """What it may send at once, as after a reconnect, with everything that had waited."""
    topics: int = 100
    """Of one connection (`too_many_topics`)."""
    commands_waiting: int = 64
    """Commands read and not yet carried out; beyond it nothing more is read from this client."""
    frames_waiting: int = 256
    """Answers not yet written; beyond it nothing more is read from this client."""
    command_seconds: float = 30
    """How long carrying out one command may take (`internal`)."""
    events_bytes: int = 1024 * 1024
    """Of one `events` frame; an event larger than this travels alone."""
    events_count: int = 1_000
    """Of one `events` frame."""
    connections_per_address: int = 1_000
    """From one address at a time; one more is closed at once (1013)."""
    connections_per_user: int = 1_000
    """Of one user at a time; one more is closed at its hello (1013)."""
    behind: int = 10_000
    """Events that a live session may be behind (`resync`)."""
    stall_seconds: float = 10
    """Without any progress of what is being written, the client is too slow (4002)."""
    pause_seconds: float = 0.04
    """Between two frames of events to a session, at most, when many are served: what comes meanwhile shares one."""
    drain_seconds: float = 2
    """Over which time clients are told to come back after a drain."""

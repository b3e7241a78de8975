"""The answer to hello: resumed where the client was, or begun with snapshots."""

from __future__ import annotations

from botarmy.domain.users import User
from botarmy.gateway import frames as f
from botarmy.gateway import protocol as p
from botarmy.gateway.parts import Parts


async def welcome(parts: Parts, connection: p.Connection, hello: p.Greet, user: User) -> list[p.Say]:
    """What to say; the connection is at the position from which to follow the log.

    Raises:
        StoreUnavailable, DomainError: it cannot be said now.
    """
    resume, snapshot = hello.resume, None
    if resume is not None and await _can_resume(parts, resume):
        held, position = await parts.snapshots.visible(hello.topics, user), resume.position
    else:
        resume, snapshot = None, await parts.snapshots.take(hello.topics, user)
        held, position = tuple(snapshot.data), snapshot.position
    words = f.Welcome(
        client_id=hello.client_id or parts.new_id(),
        epoch=parts.store.epoch,
        position=position,
        topics=[str(topic) for topic in held],
        resumed=resume is not None,
        heartbeat_seconds=parts.limits.heartbeat_seconds,
        limits=f.WelcomeLimits(frame_bytes=parts.limits.frame_bytes, frames_per_second=parts.limits.frames_per_second),
        server_time=parts.clock.now(),
    )
    lost = tuple(str(topic) for topic in hello.topics if topic not in held)
    says = connection.welcomed(words, held, snapshot, (*hello.unknown, *lost))
    if snapshot is None and position < await parts.store.purged_up_to():
        says += connection.resynced("retention", await parts.snapshots.take(held, user))
    return says


async def _can_resume(parts: Parts, resume: f.Resume) -> bool:
    """Whether the log has what follows. Another server may have been ahead of this one's feed."""
    if resume.epoch != parts.store.epoch:
        return False
    if resume.position > parts.feed.head:  # which is never ahead of the log
        if resume.position > await parts.store.head():
            return False
        await parts.feed.reached(resume.position)
    return True

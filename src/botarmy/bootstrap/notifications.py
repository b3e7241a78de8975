"""The channels that are set up, and their couriers."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import time
from collections.abc import Iterator

from botarmy import telemetry
from botarmy.bootstrap.background import Background
from botarmy.bootstrap.system import SystemClock, new_id
from botarmy.delivery.feed import Feed
from botarmy.notify import Channel, Courier, Desk, Mail, MailServer, Undelivered, Webhook, test_notice
from botarmy.service import Service
from botarmy.settings import Loaded, Settings
from botarmy.store.sql import SqlStore

log = telemetry.logger("notify")


def channels_of(settings: Settings) -> Iterator[Channel]:
    if settings.notify_webhook_url is not None and settings.notify_webhook_secret is not None:
        version = importlib.metadata.version("botarmy")
        yield Webhook(settings.notify_webhook_url, settings.notify_webhook_secret, time.time, version)
    if settings.smtp_url is not None and settings.notify_email_from is not None:
        yield Mail(MailServer.at(settings.smtp_url), settings.notify_email_from, settings.notify_email_to)


def start_couriers(tasks: Background, loaded: Loaded, service: Service, store: SqlStore, feed: Feed) -> None:
    settings = loaded.settings
    desk = Desk(service, store, _link(settings), loaded.redactor(os.environ))
    remind_after = settings.remind_after_hours * 3600
    for channel in channels_of(settings):
        courier = Courier(channel, feed, desk, store, store.epoch, remind_after, SystemClock(), asyncio.sleep)
        tasks.start(f"courier {channel.name}", courier.run())


async def try_channels(loaded: Loaded) -> list[tuple[str, str | None]]:
    """Send a test through each channel: its name, and in words why it did not go."""
    notice = test_notice(SystemClock().now(), new_id(), _link(loaded.settings))
    tried: list[tuple[str, str | None]] = []
    for channel in channels_of(loaded.settings):
        try:
            await channel.send(notice)
        except Undelivered as failure:
            tried.append((channel.name, failure.message))
        except Exception as error:
            log.warning("channel_failed", channel=channel.name, exc_info=True)
            tried.append((channel.name, f"The channel failed: {type(error).__name__}."))
        else:
            tried.append((channel.name, None))
    return tried


def _link(settings: Settings) -> str | None:
    """Where nobody said otherwise, people are at this machine."""
    return settings.public_url or (f"http://localhost:{settings.port}" if settings.port else None)

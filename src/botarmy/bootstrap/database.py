"""The database that the settings name, opened as a server's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from botarmy.bootstrap.system import new_id
from botarmy.settings import Settings
from botarmy.store.sql import MEMORY, SqlStore

MARK: Final = "database.high-water"
"""How far the log of a database elsewhere has reached: kept here, so that a backup restored there is noticed."""


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[SqlStore]:
    """In a data folder that is owned, for as long as the context lasts.

    Raises:
        StoreError, DomainError: the database cannot be used.
    """
    place = MEMORY if settings.memory else settings.database_url
    async with await SqlStore.open(place, new_id=new_id, mark=settings.data_dir / MARK, alone=True) as store:
        yield store

"""The Python client: start runs, steer them, follow them live over any disconnect, and fetch what they made.

async with Client("http://127.0.0.1:8000") as client:
    run_id = await client.start("A pomodoro timer for teams")
    async for moment in client.follow(run_id):
        print(moment.view.status)
    await client.download(run_id, Path("pomodoro"))

`SyncClient` is the same for programs without asyncio.
"""

from botarmy.client.client import Client, JobList, Moment, RunList
from botarmy.client.errors import ClientError
from botarmy.client.items import Item, Refused, Snapshot
from botarmy.client.live import Live
from botarmy.client.sync import SyncClient
from botarmy.client.synclive import SyncLive

__all__ = [
    "Client",
    "ClientError",
    "Item",
    "JobList",
    "Live",
    "Moment",
    "Refused",
    "RunList",
    "Snapshot",
    "SyncClient",
    "SyncLive",
]

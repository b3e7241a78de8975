"""The one write path (load, decide, commit, hint), the workers' side of it, what is asked of runs, and the door."""

from botarmy.service.attempts import Attempts
from botarmy.service.compaction import Compaction
from botarmy.service.crashes import Crashes
from botarmy.service.door import Door, Shown
from botarmy.service.history import History
from botarmy.service.hub import LocalHub
from botarmy.service.keyring import Issued, Keyring
from botarmy.service.retention import Retention
from botarmy.service.runs import Reply, Service
from botarmy.service.teamdesk import Shelf, TeamDesk
from botarmy.service.trials import Trials

__all__ = [
    "Attempts",
    "Compaction",
    "Crashes",
    "Door",
    "History",
    "Issued",
    "Keyring",
    "LocalHub",
    "Reply",
    "Retention",
    "Service",
    "Shelf",
    "Shown",
    "TeamDesk",
    "Trials",
]

"""The one write path (load, decide, commit, hint), the workers' side of it, and what is asked of runs."""

from botarmy.service.compaction import Compaction
from botarmy.service.history import History
from botarmy.service.hub import LocalHub
from botarmy.service.retention import Retention
from botarmy.service.runs import Reply, Service

__all__ = ["Compaction", "History", "LocalHub", "Reply", "Retention", "Service"]

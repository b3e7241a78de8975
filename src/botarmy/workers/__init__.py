"""Workers: claim jobs, run their agents, report what they do. They know the server only through its hub."""

from botarmy.workers.worker import Worker

__all__ = ["Worker"]

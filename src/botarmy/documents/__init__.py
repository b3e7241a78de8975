"""Text out of the files that people attach: told by their bytes, and of a PDF taken out in a process with bounds."""

from botarmy.documents.reader import Reader

__all__ = ["Reader"]

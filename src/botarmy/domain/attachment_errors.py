"""Words for files that cannot be attached: a part of the table of errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ATTACHING: Final[Mapping[str, tuple[str, str, bool, int]]] = {
    "too_many_attachments": ("More than {limit} files are attached.", "Remove some of them.", False, 422),
    "attachment_too_large": (
        "“{name}” is larger than {limit_mib} MiB.",
        "Attach a smaller file, or only the part that matters.",
        False,
        413,
    ),
    "attachment_too_long": (
        "“{name}” has more than {limit} characters of text.",
        "Attach only the part that matters.",
        False,
        422,
    ),
    "attachments_too_long": (
        "The attached files have more than {limit} characters of text together.",
        "Remove one of them, or attach only the parts that matter.",
        False,
        422,
    ),
    "attachment_empty": ("“{name}” is empty.", "Attach a file that has text in it.", False, 422),
    "attachment_not_text": (
        "“{name}” is not text.",
        "Attach a text or Markdown file, or a PDF.",
        False,
        422,
    ),
    "attachment_encoding": (
        "“{name}” is text in an encoding that BotArmy does not know.",
        "Save it as UTF-8 and attach it again.",
        False,
        422,
    ),
    "attachment_damaged": (
        "“{name}” is a PDF that cannot be read: it is damaged.",
        "Save or export it again, then attach the new file.",
        False,
        422,
    ),
    "attachment_locked": (
        "“{name}” is a protected PDF.",
        "Save a copy without its protection and attach that.",
        False,
        422,
    ),
    "attachment_no_text": (
        "“{name}” is a PDF without text: its pages may be pictures.",
        "Attach one whose text can be selected, or write the text into a file.",
        False,
        422,
    ),
    "attachment_too_hard": (
        "“{name}” takes too long to read.",
        "Export it again more simply, or attach only the pages that matter.",
        False,
        422,
    ),
    "attachments_busy": ("Many files are being read right now.", "Try again in a moment.", True, 503),
    "unknown_attachment": ("There is no such file with this brief.", "Choose one from the brief.", False, 404),
}

"""`botarmy doctor`."""

from __future__ import annotations

import os
from typing import Final

from botarmy import bootstrap
from botarmy.cli.terminal import FAILED, say
from botarmy.settings import Loaded

MARKS: Final = {"ok": "✓", "warn": "!", "fail": "✗"}


def examine(loaded: Loaded) -> int:
    """Print what was found; the exit code is 1 where something keeps BotArmy from working."""
    findings = bootstrap.diagnose(loaded, bootstrap.web_folder())
    width = max(len(finding.what) for finding in findings)
    redact = loaded.redactor(os.environ)
    for finding in findings:
        say(redact(f"{MARKS[finding.level]} {finding.what:<{width}}  {finding.detail}"))
        if finding.action:
            say(redact(f"  {'':<{width}}  → {finding.action}"))
    failed = sum(finding.level == "fail" for finding in findings)
    say("")
    if failed:
        say(f"BotArmy cannot work here yet: {failed} of {len(findings)} checks failed.")
        return FAILED
    say("BotArmy can work here.")
    return 0

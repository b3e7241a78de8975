"""What the demo says of files that came with the brief: it plays from templates, and reads none of them."""

from __future__ import annotations

from botarmy.agents.demo.fill import as_markdown
from botarmy.ports import AgentContext


def unread(context: AgentContext) -> str:
    """Said once, by whoever begins; empty where nothing was attached."""
    if not context.attachments or context.earlier or context.phases:
        return ""
    names = [f"**{as_markdown(one.name)}**" for one in context.attachments]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    it = "it" if len(names) == 1 else "them"
    return f"You attached {listed}. I play from templates and do not read {it}; a real model would be given the text."

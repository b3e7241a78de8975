"""How the demo takes up what people said when they sent its work back: it writes it into a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from botarmy.agents.demo.fill import as_markdown
from botarmy.ports import AgentContext

HEADING: Final = "Changed after review"
LENGTH: Final = 300


def revised(files: Mapping[str, str], context: AgentContext) -> Mapping[str, str]:
    """The files with what was said in the first document among them or, where there is none, in one of its own."""
    if not files or not context.feedback:
        return files
    points = "\n".join(f"{number}. {_one_line(words)}" for number, words in enumerate(context.feedback, 1))
    document = next((path for path in files if path.endswith(".md")), None)
    if document is None:
        return {**files, f"docs/{context.agent.step}-review.md": f"# {HEADING}\n\n{points}\n"}
    return {**files, document: f"{files[document].rstrip()}\n\n## {HEADING}\n\n{points}\n"}


def _one_line(words: str) -> str:
    line = " ".join(words.split())
    return as_markdown(line if len(line) <= LENGTH else f"{line[:LENGTH]} …")

"""Agents that fail with every code of the table of errors, in teams of twenty.

    python every_failure.py FOLDER

writes the teams into the folder, this module beside them, and tells the codes with their words as JSON lines, in the
order of the agents.
"""

import json
import shutil
import sys
from pathlib import Path
from string import Formatter

from botarmy.agent import Context
from botarmy.domain.errors import WORDINGS, DomainError

CODES = sorted(WORDINGS)
STEPS_MOST = 20
NOBODY_IS_ASKED = {"on": ["agent_repeats_itself"], "do": [{"retry": {"times": 1, "backoff": 1}}]}


def name_of(at: int) -> str:
    return f"Agent {at}"


def failure(at: int) -> DomainError:
    wording = WORDINGS[CODES[at]]
    parts = [*Formatter().parse(wording.message), *Formatter().parse(wording.action)]
    fields = {name: f"some {name.removesuffix('_kib').removesuffix('_mib')}" for _, name, _, _ in parts if name}
    return DomainError(CODES[at], **{**fields, **({"agent": name_of(at)} if "agent" in fields else {})})


def agent(context: Context) -> None:
    raise failure(int(context.name.removeprefix("Agent ")))


def main(folder: Path) -> None:
    shutil.copy(__file__, folder)
    for first in range(0, len(CODES), STEPS_MOST):
        team = f"failures-{first // STEPS_MOST}"
        agents = [name_of(at) for at in range(first, min(first + STEPS_MOST, len(CODES)))]
        steps = [{"name": name, "agent": "python:every_failure:agent", "attempts": 1, "needs": []} for name in agents]
        # Whatever is JSON is YAML.
        written = json.dumps({"name": team, "steps": steps, "recovery": [NOBODY_IS_ASKED]})
        (folder / f"{team}.yaml").write_text(written, encoding="utf-8")
    for at, code in enumerate(CODES):
        problem = failure(at)
        sys.stdout.write(json.dumps({"code": code, "message": problem.message, "action": problem.action}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

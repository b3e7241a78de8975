"""What a person who decides has before them: a hash of a run as it stands.

It is made of what takes versions in the log, so it can be made again from the log at any time: who decided about what.
Text in the writing is not in it.
"""

from __future__ import annotations

import hashlib
import json

from botarmy.domain.run import Run


def shown_of(run: Run) -> str:
    """SHA-256 of the run's version and state, its steps, requests and files."""
    view = run.view
    seen = [
        view.run_id,
        view.version,
        run.status,
        [[step.step, step.status, step.attempt] for step in view.steps],
        [[request.request_id, request.status, request.subject] for request in view.requests],
        [[artifact.path, artifact.version, artifact.sha256] for artifact in view.artifacts],
    ]
    return hashlib.sha256(json.dumps(seen, separators=(",", ":")).encode()).hexdigest()

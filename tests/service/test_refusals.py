from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from botarmy.domain import commands as c
from botarmy.domain.errors import DomainError
from tests.workers.office import office, team_of


async def test_a_command_that_would_lead_to_an_illegal_state_is_refused_and_logged() -> None:
    async with office({}, team=team_of("Writer")) as at:
        run_id = await at.start()
        before = await at.service.current(run_id)
        again = c.StartRun(
            run_id=run_id, brief="Once more", title=None, team="small", options={}, plan=(), definition=""
        )
        with capture_logs() as logged, pytest.raises(DomainError) as caught:
            await at.service.execute(run_id, again, "local")
        assert caught.value.code == "illegal_transition"
        assert [(line["event"], line["run_id"], line["command"]) for line in logged] == [
            ("illegal_transition", run_id, "StartRun")
        ]
        assert await at.service.current(run_id) == before

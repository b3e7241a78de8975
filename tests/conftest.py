from __future__ import annotations

import pytest
from hypothesis import settings

# A busy machine is slow, not wrong: how long an example takes is no fault of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"

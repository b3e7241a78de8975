"""All stories of runs, from every module that tells some."""

from __future__ import annotations

from typing import Final

from scripts.wire.decisions import DECISIONS
from scripts.wire.forks import FORKS
from scripts.wire.oddities import ODDITIES
from scripts.wire.setbacks import SETBACKS
from scripts.wire.steering import STEERING
from scripts.wire.stories import COMMON
from scripts.wire.story import Story
from scripts.wire.waiting import WAITING

STORIES: Final[tuple[Story, ...]] = (*COMMON, *WAITING, *ODDITIES, *DECISIONS, *FORKS, *STEERING, *SETBACKS)

"""Stories of runs that go on from other runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from botarmy.domain import commands as c
from botarmy.domain.forks import shared_steps
from botarmy.domain.origins import Imported
from botarmy.domain.run import Run
from botarmy.domain.times import later
from scripts.wire.stories import whole_run
from scripts.wire.story import Story, kept_in
from scripts.wire.teller import Teller, chain

FORKS: Final[list[Story]] = []
story: Final = kept_in(FORKS)
MINUTE: Final = 60.0


def fork_of(source: Run, step: str) -> c.ForkRun:
    shared = shared_steps(source, step)
    return c.ForkRun(
        source=source,
        step=step,
        artifacts=tuple(artifact for artifact in source.view.artifacts if artifact.step in shared),
        brief=None,
        title=None,
        options=source.view.options,
    )


def follow_up_of(source: Run, brief: str) -> c.FollowUpRun:
    return c.FollowUpRun(source=source, brief=brief, title=None, options=source.view.options)


@story
def forked() -> Teller:
    """Again from the developer on: what the two before her did is shared, and the cost of it is not counted again."""
    source = whole_run()
    return Teller(begin=fork_of(source.run, "developer"), at=later(source.at, MINUTE))


@story
def forked_after_a_failure() -> Teller:
    """A step that failed, with what is missing and why, and a note are shared as well."""
    source = Teller(chain("one", "two", "three"))
    source.person(c.AddNote(content="Keep it small."), by="anna")
    source.begin("one")
    source.fails("one")
    source.works("two")
    return Teller(begin=fork_of(source.run, "three"), at=later(source.at, MINUTE))


@story
def follow_up() -> Teller:
    """A new brief over the files of a run that has ended."""
    source = whole_run()
    return Teller(begin=follow_up_of(source.run, "Now add dark mode."), at=later(source.at, MINUTE))


@story
def follow_up_of_an_import() -> Teller:
    """The run that it goes on from came from another server: that stands in this one, too."""
    source = whole_run()
    imported = Imported(by="anna", at=source.at, owner="ravi", sha256="b" * 64)
    run = replace(source.run, view=replace(source.run.view, imported=imported))
    return Teller(begin=follow_up_of(run, "Now add dark mode."), at=later(source.at, MINUTE))

"""What is done when a phase fails: rules by error code, tried in their order, and the pure choice among them.

How often what was tried is folded from events (`Run.remedies`), so that nothing comes back for ever. Rules are read
from YAML by `botarmy.teams`; what an action does to a run is in `failure.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from botarmy.domain.errors import DomainError, Problem
from botarmy.domain.run import Run
from botarmy.domain.views import StepView

ANY: Final = "*"
PASSING: Final = "passing"
"""Stands for failures that may be over at another try, where the agent has not itself tried as often as it may."""
STEP_FAILURES: Final = 30
RUN_FAILURES: Final = 100
HIGHEST_THRESHOLD: Final = 200
"""As many remedies of a run are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    do: Literal["retry"] = "retry"
    times: int | None = None
    """How often a phase is retried in all; None: as its agent's `attempts` say."""
    backoff: float = 1.0
    """Seconds before the first retry; they double with each one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FallBack:
    """Exactly one of the four is given."""

    do: Literal["fall_back"] = "fall_back"
    model: str | None = None
    message: str | None = None
    """Stands for the phase's work: the team goes on, and the run ends as partly done."""
    agent: str | None = None
    """The id of another step of the team, whose agent does the work."""
    team: str | None = None
    """Another team, whose steps are done instead, within the step."""
    phases: tuple[str, ...] = ()
    """The phases that this other team's work makes, by the names that they have within the step."""

    @property
    def target(self) -> str:
        """As it stands in the event, e.g. `model:openai-chat:gpt-5-mini`."""
        if self.message is not None:
            return "message"
        kinds = (("model", self.model), ("agent", self.agent), ("team", self.team))
        return next(f"{kind}:{name}" for kind, name in kinds if name is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollBack:
    do: Literal["roll_back"] = "roll_back"
    to: str | None = None
    """An earlier phase of the step; None: the one before."""
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    do: Literal["skip"] = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    do: Literal["ask"] = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    do: Literal["stop"] = "stop"


Action: TypeAlias = Retry | FallBack | RollBack | Skip | Ask | Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    on: tuple[str, ...]
    """Error codes, `passing`, or `*`."""
    do: tuple[Action, ...]
    """Tried in this order, as each is used up; after the last one the step fails and the run goes on."""
    step: str | None = None
    """The step that it is for; None: all of them."""
    phase: str | None = None

    def fits(self, code: str, passing: bool) -> bool:
        return ANY in self.on or code in self.on or (passing and PASSING in self.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    rules: tuple[Rule, ...] = (Rule(on=("agent_repeats_itself",), do=(Ask(),)), Rule(on=(PASSING,), do=(Retry(),)))
    """The first one that fits decides."""
    step_failures: int = STEP_FAILURES
    """With so many failures a step is given up, whatever the rules say."""
    run_failures: int = RUN_FAILURES
    """With so many failures a run stops."""

    def of(self, step: str, phase: str) -> Recovery:
        """What is in force for a phase."""
        rules = tuple(rule for rule in self.rules if rule.step in (None, step) and rule.phase in (None, phase))
        return Recovery(rules=rules, step_failures=self.step_failures, run_failures=self.run_failures)


DEFAULT: Final = Recovery()
"""What holds for runs of older versions, and where nothing else is known: as the shipped `recovery.yaml` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A phase has failed."""

    step: str
    phase: str
    problem: Problem
    passing: bool


def choose(run: Run, failure: Failure, recovery: Recovery, *, may_ask: bool) -> tuple[Action | None, Problem]:
    """The action, None where there is none left, and the failure as it is shown.

    Args:
        may_ask: whether a person can be asked another time in this run.
    """
    name = run.step(failure.step).agent_name
    if len(run.remedies) + 1 >= recovery.run_failures:
        return Stop(), DomainError("run_failed_too_often", agent=name, limit=recovery.run_failures).problem()
    if sum(one.step == failure.step for one in run.remedies) + 1 >= recovery.step_failures:
        return None, DomainError("failed_too_often", agent=name, limit=recovery.step_failures).problem()
    rule = next((rule for rule in recovery.rules if rule.fits(failure.problem.code, failure.passing)), None)
    if rule is None:
        return None, failure.problem
    usable = (action for action in rule.do if _usable(run, failure, action, may_ask))
    action = next(usable, None)
    if action is None and isinstance(rule.do[-1], RollBack) and may_ask and tried(run, failure, "roll_back"):
        action = Ask()
    return action, failure.problem


def tried(run: Run, failure: Failure, action: str) -> int:
    """How often this was done about failures of the phase, since a person last decided about its step."""
    return sum((one.step, one.phase, one.action) == (failure.step, failure.phase, action) for one in run.remedies)


def _usable(run: Run, failure: Failure, action: Action, may_ask: bool) -> bool:
    match action:
        case Retry():
            times = run.planned(failure.step).attempts - 1 if action.times is None else action.times
            return tried(run, failure, "retry") < times
        case FallBack():
            held = {view.phase for view in run.step(failure.step).phases}
            return action.target not in _fallen(run, failure) and not held.intersection(action.phases)
        case RollBack():
            back = going_back(run.step(failure.step), failure.phase, action.to)
            return back is not None and tried(run, failure, "roll_back") < action.times
        case Ask():
            return may_ask
        case _:
            return True


def _fallen(run: Run, failure: Failure) -> Iterable[str | None]:
    of = (failure.step, failure.phase, "fall_back")
    return [one.target for one in run.remedies if (one.step, one.phase, one.action) == of]


def going_back(view: StepView, phase: str, to: str | None) -> str | None:
    """The phase to go back to; None where there is no such one before, or it is not done."""
    names = [one.phase for one in view.phases]
    before = view.phases[: names.index(phase)]
    found = before[-1:] if to is None else [one for one in before if one.phase == to]
    return found[0].phase if found and found[0].status == "completed" else None

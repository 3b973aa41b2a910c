"""One walk: resources are created, read, listed, changed and waited for in some order, against a model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeAlias

from ..behaviour import Behaviour, Change, View
from ..document import Json
from .budget import Spent
from .exchanges import Exchange
from .expectations import SENTENCES, Check, of_change, of_page, of_sighting, of_view
from .filtering import findable
from .listing import Listing, in_words, worded
from .model import Model, Resource
from .ordering import Sorting
from .run import Run
from .sender import Unanswered
from .sightings import Sighting, asked, sightings
from .stock import Held
from .trips import sent_by
from .verdict import WALKED, Promise

AGAIN_SECONDS = 0.3
"""Before what may have been late is asked again."""

WAITING = 1.5
"""Seconds that all walks wait at most, and that the shorter ones wait which are tried after one broke a promise."""

LATE = frozenset({"list-complete", "filter-complete", "filter-sound", "created-stays", "view-opens"})
"""The promises that a server may keep a moment later."""

IMPLIED = {"filter-complete": {"list-complete", "pages-complete"}, "list-complete": {"pages-complete"}}
"""Promise to those that break it too."""

_HELD = 2
"""With so many resources from before a walk begins."""


# --- Steps ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Creating:
    """A resource is created from the body of a number."""

    number: int


@dataclass(frozen=True)
class Reading:
    """A resource of the walk is read by a view."""

    which: int
    """Counted in the order in which they came; from the first again, where there are not so many."""
    view: View


@dataclass(frozen=True)
class Asking:
    """The first page of a list is read."""

    which: int
    """The resource whose value is filtered by."""
    listing: Listing
    parameter: str
    """The filter; empty for none."""
    way: Sorting | None
    size: int | None


@dataclass(frozen=True)
class Changing:
    """A resource is changed, with the body of a number where the change is sent one."""

    which: int
    change: Change
    number: int


@dataclass(frozen=True)
class Waiting:
    """Time passes."""

    seconds: float


Step: TypeAlias = Creating | Reading | Asking | Changing | Waiting


@dataclass(frozen=True)
class Broken:
    """A promise that a walk broke."""

    check: Check
    exchange: Exchange
    steps: tuple[Step, ...]
    """The last one broke it."""
    told: tuple[str, ...]
    """The steps in words."""

    @property
    def detail(self) -> str:
        return f"{self.check.wrong}{WALKED}{' → '.join(self.told)}"

    @property
    def cause(self) -> tuple[str, str | None]:
        """What a shorter walk must break too: the promise, at the operation."""
        return self.check.promise, self.exchange.operation


# --- What walks share -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Allowance:
    """What walks may spend; looking for shorter ones may spend as much again."""

    requests: int
    created: int
    walks: int
    steps: int


@dataclass
class Walker:
    """What the walks of a run share: what is known, what may be spent, and what was found."""

    run: Run
    behaviour: Behaviour
    allowance: Allowance
    model: Model
    """What is known before a walk."""
    held: tuple[str, ...]
    """The identities of the resources with which a walk begins."""
    pause: Callable[[float], None] = time.sleep
    found: dict[tuple[str, str | None], Broken] = field(default_factory=dict)
    """Cause to the shortest walk that broke the promise."""
    once: set[tuple[str, str | None]] = field(default_factory=set)
    """The causes that were not there when the same steps were taken again."""
    shortening: bool = False
    waited: float = 0.0
    """Seconds that walks waited so far."""
    _requests: int = field(init=False)
    _created: int = field(init=False)

    def __post_init__(self) -> None:
        self._requests, self._created = self.run.budget.requests, self.run.budget.created

    @property
    def creates(self) -> bool:
        """Whether walks may create."""
        scope = {operation.id for operation in self.run.scope}
        return self.behaviour.create.operation in scope and self.allowance.created > 0

    def afford(self, *, creating: bool) -> None:
        """Raise `Spent` where the allowance does not let another request be sent."""
        looks = 2 if self.shortening else 1
        if self.run.budget.requests - self._requests >= looks * self.allowance.requests:
            raise Spent("the requests for walks are spent")
        if creating and self.run.budget.created - self._created >= looks * self.allowance.created:
            raise Spent("what walks may create is created")

    def wait(self, seconds: float) -> None:
        """Let time pass, as long as the allowance lets it."""
        seconds = min(seconds, max(0.0, (2 if self.shortening else 1) * WAITING - self.waited))
        self.waited += seconds
        self.pause(seconds)

    def is_known(self, check: Check, exchange: Exchange) -> bool:
        """Whether a broken promise was found at the operation already, by whomever."""
        if not self.shortening and (check.promise, exchange.operation) in self.found:
            return True
        told = {check.promise} | IMPLIED.get(check.promise, set())
        findings = self.run.ledger.findings.values()
        return any(each.promise.id in told and exchange.operation in each.operations for each in findings)

    def promise(self, check: Check) -> Promise:
        made = self.run.promised(check.promise, SENTENCES[check.promise], check.where, check.about)
        return replace(made, standing="inferred") if check.promise == "created-stays" else made


def walker(run: Run, behaviour: Behaviour, allowance: Allowance, seen: Iterable[Sighting]) -> Walker:
    """A walker that knows what a run holds, and what was `seen` of it, in that order.

    What some request may have changed is left out.
    """
    changed = {
        asked(exchange, run.operations[each.operation], behaviour.parameter)
        for each in behaviour.changes
        for exchange in run.exchanges
        if exchange.operation == each.operation
    }
    model = Model(behaviour)
    states = frozenset(behaviour.lifecycle.states)
    for held in run.held:
        if held.identity not in changed:
            sent = sent_by(run.reader, behaviour, held.created) if held.created else {}
            model = model.known(Resource(held.identity, states, sent, own=held.created is not None))
    for sighting in seen:
        model = model.saw(sighting)
    return Walker(run, behaviour, allowance, model, tuple(model.resources)[-_HELD:])


# --- One walk -------------------------------------------------------------------------------------

Answer: TypeAlias = tuple[Exchange, list[Check]]


@dataclass
class Walk:
    """One walk under way. It knows nothing of what other walks created: its own steps must show what is wrong."""

    walker: Walker
    model: Model = field(init=False)
    resources: list[str] = field(init=False)
    """Identities, in the order in which they came into the walk."""
    steps: list[Step] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.model = self.walker.model
        self.resources = list(self.walker.held)
        self.told += [f"{self._name(each)} from before" for each in self.resources]

    @property
    def run(self) -> Run:
        return self.walker.run

    def take(self, step: Step) -> Broken | None:
        """Take a step, if there is a resource for it; gives what it broke. Raises `Spent`."""
        if not self.resources and not isinstance(step, Creating | Waiting):
            return None
        self.steps.append(step)
        match step:
            case Creating():
                return self._create(step)
            case Reading():
                return self._read(step, self._identity(step.which))
            case Asking():
                return self._list(step, self._identity(step.which))
            case Changing():
                return self._change(step, self._identity(step.which))
            case Waiting():
                self.told.append(f"wait {step.seconds:g} s")
                self.walker.wait(step.seconds)
        return None

    def _identity(self, which: int) -> str:
        return self.resources[which % len(self.resources)]

    def _name(self, identity: str) -> str:
        return f"#{self.resources.index(identity) + 1}"

    def _create(self, step: Creating) -> Broken | None:
        behaviour = self.walker.behaviour
        operation = self.run.operations[behaviour.create.operation]
        body = next(islice(self.run.bodies(operation), step.number, None), None)
        self.told.append(operation.id)
        exchange = self._ask(operation.id, body=body)
        shown = self._sightings(exchange)
        if exchange is None or not shown or not shown[0].told:
            return None
        identity = shown[0].told
        self.run.held.append(Held(identity, body, exchange))
        self.model = self.model.created(identity, sent_by(self.run.reader, behaviour, exchange))
        if identity in self.model.resources:
            self.resources.append(identity)
            self.told[-1] += f" gives {self._name(identity)}"
        return self._judged(exchange, self._of_sightings(shown))

    def _read(self, step: Reading, identity: str) -> Broken | None:
        self.told.append(f"{step.view.operation} {self._name(identity)}")

        def ask() -> Answer | None:
            exchange = self._ask(step.view.operation, path=self._path(identity))
            if exchange is None:
                return None
            checks = [*of_view(self.model, step.view, identity, exchange)]
            return exchange, checks + self._of_sightings(self._sightings(exchange))

        return self._settled(ask)

    def _list(self, step: Asking, identity: str) -> Broken | None:
        listing, order = step.listing, step.way.query if step.way else {}
        query = listing.sized({**self._filter(step, identity), **order}, step.size)
        self.told.append(f"{listing.rule.operation} {_short(in_words(query))}")

        def ask() -> Answer | None:
            exchange = self._ask(listing.rule.operation, query=worded(query))
            page = listing.page(query, exchange) if exchange else None
            if exchange is None or page is None:
                return None
            checks = [*of_page(self.model, listing, page, step.way)]
            return exchange, checks + self._of_sightings(self._sightings(exchange))

        return self._settled(ask)

    def _change(self, step: Changing, identity: str) -> Broken | None:
        self.told.append(f"{step.change.operation} {self._name(identity)}")
        exchange = self._ask(step.change.operation, path=self._path(identity), body=self._body(step))
        checks = [*of_change(self.model, step.change, identity, exchange)] if exchange else []
        sent = sent_by(self.run.reader, self.walker.behaviour, exchange) if exchange else {}
        self.model = self.model.changed(step.change, identity, exchange, sent)
        if exchange is None:
            return None
        return self._judged(exchange, checks + self._of_sightings(self._sightings(exchange)))

    # --- Asking -------------------------------------------------------------------------------------

    def _path(self, identity: str) -> Mapping[str, str]:
        return {self.walker.behaviour.parameter: identity}

    def _body(self, step: Changing) -> Json:
        operation = self.run.operations[step.change.operation]
        plain = self.run.plain_body(operation)
        bodies = iter(()) if step.change.does == "move" else self.run.bodies(operation)
        return next(islice(bodies, step.number, None), plain)

    def _filter(self, step: Asking, identity: str) -> dict[str, Json]:
        """A filter by what a resource has; none where that is not known, or not every lawful filter finds it."""
        resource = self.model.resources.get(identity)
        if resource is None or not step.parameter:
            return {}
        if step.parameter == step.listing.state:
            return {step.parameter: resource.last[0]} if resource.last else {}
        sent = resource.sent.get(step.listing.rule.filters[step.parameter])
        if sent is None or not findable(self.walker.behaviour, step.parameter, sent.value):
            return {}
        return {step.parameter: sent.value}

    def _ask(self, operation: str, **words: Any) -> Exchange | None:
        """The answer to a request; None where none came, which is judged in the log."""
        self.walker.afford(creating=operation in self.run.creating)
        try:
            return self.run.ask(self.run.operations[operation], **words)
        except Unanswered:
            return None

    def _sightings(self, exchange: Exchange | None) -> list[Sighting]:
        return [*sightings(self.run.reader, self.walker.behaviour, exchange)] if exchange else []

    # --- Judging ------------------------------------------------------------------------------------

    def _of_sightings(self, shown: list[Sighting]) -> list[Check]:
        """What an answer must show of each resource; afterwards the model knows that it was seen."""
        checks: list[Check] = []
        for sighting in shown:
            checks += of_sighting(self.model, self.run.reader, sighting)
            self.model = self.model.saw(sighting)
        return checks

    def _settled(self, ask: Callable[[], Answer | None]) -> Broken | None:
        """Ask, and once more after a moment where a promise is broken that may be kept then; what stays broken."""
        answer = ask()
        if answer is None:
            return None
        exchange, checks = answer
        late = {check.promise for check in self._wrong(exchange, checks)} & LATE
        if late:
            self.walker.pause(0.0 if self.walker.shortening else AGAIN_SECONDS)
            second = ask()
            still = {check.promise for check in self._wrong(*second)} if second else set()
            checks = [check for check in checks if check.promise not in late - still]
        return self._judged(exchange, checks)

    def _wrong(self, exchange: Exchange, checks: list[Check]) -> Iterator[Check]:
        """The checks that failed, and are not found yet."""
        return (check for check in checks if check.wrong and not self.walker.is_known(check, exchange))

    def _judged(self, exchange: Exchange, checks: list[Check]) -> Broken | None:
        """Note what was kept; gives the first promise that was not."""
        for check in checks:
            if not check.wrong:
                self.run.kept(self.walker.promise(check), exchange)
        wrong = [*self._wrong(exchange, checks)]
        return Broken(wrong[0], exchange, tuple(self.steps), tuple(self.told)) if wrong else None


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:60]}…{text[-19:]}"

"""One API as it is served: its document and its rules, made ready to answer by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from ..behaviour import Behaviour, Lifecycle
from ..document import Json, Operation, operations, parts
from .keys import Holder, Keys, Security
from .members import Members, identity_as, member
from .messages import Request, Response
from .refusals import Refusals
from .resource import Resource
from .routes import Checked, Route, Routes
from .shapes import Shape, Shapes
from .store import Held


@dataclass(frozen=True)
class End:
    """Which resources come to another end than that of the course."""

    state: str
    member: str
    pattern: str
    """Of the shell's kind (`*`, `?`, `[…]`), for the text of the member."""

    def meets(self, whole: Mapping[str, Json]) -> bool:
        """Whether a resource with these members ends so."""
        value = member(whole, self.member)
        return value is not None and fnmatchcase(str(value), self.pattern)


@dataclass(frozen=True)
class Call:
    """A request on its way to the operation that it asks for."""

    service: Service
    store: Held
    now: float
    request: Request
    route: Route
    path: Mapping[str, str]
    """The path's parameters."""


Outcome = tuple[Response, Resource | None]
"""The answer, and the resource to hold from now on, if anything changed."""

Handler = Callable[[Call], Outcome]

Layer = Callable[[Handler, Call], Outcome]
"""What stands around a handler: it may change the call, the outcome, or both."""


@dataclass(frozen=True)
class Service:
    """One API as it is served: what it goes by is in its fields, so another value is another server."""

    document: Json = field(repr=False)
    behaviour: Behaviour
    routes: Routes = field(repr=False)
    shapes: Shapes = field(repr=False)
    keys: Keys
    members: Members = field(repr=False)
    refusals: Refusals = field(repr=False)
    identity_format: str
    limits: Mapping[str, int] = field(default_factory=dict)
    """How many of each named limit an account has; one that is not named has no bound."""
    ends: Sequence[End] = ()
    prefers: bool = False
    """Whether `Prefer: code=…` is obeyed."""
    stores: bool = False
    """Whether what ends has something to write in storage."""
    authenticate: Callable[[Keys, Request, Operation, Security], Holder | None] = Keys.holder
    """Whose keys a request carries; None where it is refused."""
    instead: Callable[[Operation], int | None] = lambda _: None
    """The status that an operation is answered with whatever was asked."""
    check: Callable[[Route, Request, Mapping[str, str]], Checked] = Route.check
    """The values of a request; raises `RefusedError` where it does not fit the document."""
    numbered: Callable[[int], int] = lambda sequence: sequence
    """The number that the identity of a resource is made of, by its sequence."""
    layers: tuple[Layer, ...] = ()
    """What stands around the handling of every request, the outermost last."""
    cache: dict[tuple[int, int], tuple[Resource, bytes]] = field(default_factory=dict, repr=False)
    """(identity of a shape, sequence) to the JSON of a resource as it was last shown."""

    def identity(self, sequence: int) -> str:
        """The identity of a new resource, the same in every run."""
        number = self.numbered(sequence)
        octets = hashlib.blake2b(f"resource {number}".encode(), digest_size=16).digest()
        return identity_as(octets, number, self.identity_format)

    def by(self, behaviour: Behaviour) -> Service:
        """This service with other rules."""
        return replace(
            self,
            behaviour=behaviour,
            members=Members(behaviour, _formats(self.document, self.shapes, behaviour)),
            refusals=Refusals(self.document, behaviour.errors),
            cache={},
        )

    def course(self, whole: Mapping[str, Json]) -> tuple[str, ...]:
        """The states that time takes a new resource through, its first included."""
        lifecycle = self.behaviour.lifecycle
        state = next((end.state for end in self.ends if end.meets(whole)), "")
        return _course_to(lifecycle, state) if state else lifecycle.course


def served(document: Json, behaviour: Behaviour, keys: Keys, *, preview: bool) -> Service:
    """An API ready to be served, without limits, faults or storage."""
    shapes = Shapes(document)
    formats = _formats(document, shapes, behaviour)
    return Service(
        document=document,
        behaviour=behaviour,
        routes=Routes(document, preview=preview),
        shapes=shapes,
        keys=keys,
        members=Members(behaviour, formats),
        refusals=Refusals(document, behaviour.errors),
        identity_format=formats(behaviour.identity),
    )


def _course_to(lifecycle: Lifecycle, state: str) -> tuple[str, ...]:
    """The states that lead to one: the course as far as possible, then the shortest way; itself alone if none does."""
    if state in lifecycle.course:
        return lifecycle.course[: lifecycle.course.index(state) + 1]
    for length in range(len(lifecycle.course), 0, -1):
        ways = [lifecycle.course[:length]]
        seen = set(lifecycle.course)
        while ways:
            way = ways.pop(0)
            for after in lifecycle.moves.get(way[-1], ()):
                if after == state:
                    return (*way, state)
                if after not in seen:
                    seen.add(after)
                    ways.append((*way, after))
    return (state,)


def resource_shapes(document: Json, shapes: Shapes, behaviour: Behaviour) -> list[Shape]:
    """The shapes of the resource in the answers that show it."""
    known = {operation.id: operation for operation in operations(document)}
    rules = (behaviour.create, *behaviour.views, *behaviour.changes)
    found = [(rule.at, shapes.success(known[rule.operation])[1]) for rule in rules]
    return [shape.within(parts(at)) for at, shape in found if shape is not None]


def _formats(document: Json, shapes: Shapes, behaviour: Behaviour) -> Callable[[str], str]:
    """What gives the format of a member: that of the first answer that shows it."""
    shown = resource_shapes(document, shapes, behaviour)

    def written_as(place: str) -> str:
        return next((found for shape in shown if (found := shape.within(parts(place)).written_as)), "")

    return written_as

"""The rules of `behaviour.yaml` as values. Members are JSON pointers into the resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..document import Json


@dataclass(frozen=True)
class Stated:
    """Where a rule comes from."""

    standing: str
    """published, standard or inferred."""
    source: str
    """Which text says it, in which words."""


@dataclass(frozen=True)
class Answer:
    """Where a success of an operation holds what it is about."""

    operation: str
    at: str
    """JSON pointer to it in the answer's body."""
    beside: Mapping[str, Json]
    """Members of the body beside it, always the same."""


@dataclass(frozen=True)
class Create(Answer):
    """The operation that creates a resource."""


@dataclass(frozen=True)
class View(Answer):
    """An operation that shows a resource."""

    shows: Mapping[str, str]
    """JSON pointer in the answer to the member that stands there; empty where the resource itself stands at `at`."""
    states: tuple[str, ...]
    """The states in which it can be seen; empty is all."""
    otherwise: int
    """The status in all others."""


@dataclass(frozen=True)
class Change(Answer):
    """An operation that changes a resource."""

    does: str
    """replace (all that was sent), update (the members that are sent) or move (to the state `to`)."""
    to: str
    states: tuple[str, ...]
    """The states in which it is done; empty is all."""
    otherwise: int
    """The status in all others."""


@dataclass(frozen=True)
class Kept:
    """Members that come back as they were sent."""

    operations: frozenset[str]
    """The operations whose requests send them; empty is all that create or change."""
    members: Mapping[str, str]
    """JSON pointer in the request's body to the resource's member."""


@dataclass(frozen=True)
class Setting:
    """A member of a resource that the server sets."""

    member: str
    value: str = ""
    """identity, account, user, state, created, updated or ended; empty where `text` or `constant` says it."""
    text: str = ""
    """A text in which `{/pointer}` stands for another member."""
    constant: Json = None
    states: tuple[str, ...] = ()
    """The states in which it is set so; empty is all."""
    default: bool = False
    """Whether it is only set where the request did not send it."""

    @property
    def is_time(self) -> bool:
        """Whether its value is the time of something."""
        return self.value in ("created", "updated", "ended")


@dataclass(frozen=True)
class Stamp:
    """A time stamp of a resource."""

    member: str
    set: tuple[str, ...]
    """The states in which it has a value."""
    unset: tuple[str, ...]
    """The states in which it has none; what holds in states of neither kind is open."""


@dataclass(frozen=True)
class Lifecycle:
    """The states of a resource."""

    member: str
    course: tuple[str, ...]
    """What time does to a resource, in this order."""
    moves: Mapping[str, tuple[str, ...]]
    """State to the states that may follow it; one without is terminal."""
    stamps: tuple[Stamp, ...]
    """None is before the one before it."""

    @cached_property
    def states(self) -> tuple[str, ...]:
        """All states, those of the course first."""
        named = (*self.course, *self.moves, *(state for after in self.moves.values() for state in after))
        return tuple(dict.fromkeys(named))

    @property
    def first(self) -> str:
        """The state of what was just created."""
        return self.course[0]

    @cached_property
    def terminal(self) -> frozenset[str]:
        """The states that none follows."""
        return frozenset(state for state in self.states if not self.moves.get(state))


@dataclass(frozen=True)
class Direction:
    """How a request says which way a list is sorted."""

    parameter: str
    ascending: str
    descending: str
    default: str
    """ascending or descending where the request does not say it; empty where no text says which."""


@dataclass(frozen=True)
class Order:
    """How a list is sorted."""

    by: str
    """The parameter that names the key; empty where a request cannot."""
    keys: Mapping[str, str]
    """Its value to the member."""
    direction: Direction | None
    unasked: str
    """The member by which the list is sorted where a request names no key; empty where no text says."""
    unasked_descending: bool


@dataclass(frozen=True)
class Pages:
    """How a list is cut into pages. Pointers are into the answer, and empty where there is no such member."""

    number: str
    """The parameter with the page's number; empty where there is one page."""
    first: int
    size: str
    """The parameter with the page's size; empty where a request cannot choose it."""
    default: int
    maximum: int | None
    number_echo: str
    size_echo: str
    total: str
    """The number of all items, on whatever page."""


@dataclass(frozen=True)
class ListRule(Answer):
    """An operation that lists resources; `at` is where the items stand."""

    filters: Mapping[str, str]
    """Query parameter to the member that must equal it."""
    order: Order | None
    pages: Pages | None


@dataclass(frozen=True)
class Permission:
    """What the credentials of a holder may do, where that is not everything."""

    holder: str
    may: frozenset[str]
    """operationIds."""
    otherwise: int
    """The status of all others."""


@dataclass(frozen=True)
class Limit:
    """How often an account may do something."""

    name: str
    counts: frozenset[str]
    """operationIds whose successes count, and that are refused once the limit is reached."""
    per: str
    """minute, hour, day or month."""
    status: int
    body: Mapping[str, Json]
    """Members of the refusal's body that the texts give."""


@dataclass(frozen=True)
class Reads:
    """An object in storage that a request names and that must be there."""

    bucket: str
    key: str
    region: str
    """Empty where a request does not say it."""
    otherwise: int
    """The status where it is not there, or not readable with the caller's keys."""


@dataclass(frozen=True)
class Writes:
    """An object in storage that is there once a resource is in one of `states`."""

    location: str
    """The member that holds its `s3://bucket/key`."""
    region: str
    states: tuple[str, ...]
    otherwise: str
    """The state of a resource whose object cannot be written."""


@dataclass(frozen=True)
class Storage:
    """What an API does in S3-compatible storage, with the caller's keys."""

    access: str
    """The security scheme whose key is the access key."""
    secret: str
    reads: Reads | None
    writes: Writes | None


@dataclass(frozen=True)
class Errors:
    """The bodies of refusals that no example gives, and their statuses."""

    body: Mapping[str, Json]
    """Texts may hold `{description}`, of the documented answer, and `{phrase}`, of the status."""
    malformed: int
    refused: int
    """Wrong or missing credentials."""
    absent: int
    """No such resource, or another account's."""


@dataclass(frozen=True)
class Behaviour:
    """The rules of one API."""

    identity: str
    """The member that tells resources apart."""
    parameter: str
    """The path parameter that takes it."""
    create: Create
    kept: tuple[Kept, ...]
    sets: tuple[Setting, ...]
    unchanging: tuple[str, ...]
    lifecycle: Lifecycle
    views: tuple[View, ...]
    changes: tuple[Change, ...]
    lists: tuple[ListRule, ...]
    isolated: bool
    """Whether what one account creates is there for that account alone."""
    permissions: tuple[Permission, ...]
    limits: tuple[Limit, ...]
    storage: Storage | None
    errors: Errors
    open: Mapping[str, frozenset[str]]
    """What the texts leave open: the point to the members, parameters and operations; none is all."""
    stated: Mapping[str, Stated] = field(repr=False)
    """JSON pointer of a rule, or of a part that says so for itself, in behaviour.yaml, to where it comes from."""

    @cached_property
    def rules(self) -> Mapping[str, Answer]:
        """What each operation does: operationId to its rule."""
        every: tuple[Answer, ...] = (self.create, *self.views, *self.changes, *self.lists)
        return {rule.operation: rule for rule in every}

    @property
    def creating(self) -> frozenset[str]:
        """operationIds whose success creates something, which may cost money."""
        return frozenset({self.create.operation})

    @property
    def conditional(self) -> frozenset[str]:
        """operationIds of the views that can be seen in some states only."""
        return frozenset(view.operation for view in self.views if view.states)

    def leaves_open(self, point: str, of: str = "") -> bool:
        """Whether the texts leave a point open: at all, or for one member, parameter or operation."""
        about = self.open.get(point)
        return about is not None and (not of or not about or of in about)

    def where(self, pointer: str) -> Stated:
        """Where a rule comes from, or a part of one: what the innermost that says so says."""
        while pointer not in self.stated:
            if not pointer:
                raise KeyError(pointer)
            pointer = pointer.rpartition("/")[0]
        return self.stated[pointer]

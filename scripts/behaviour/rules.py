"""What an API promises beyond the shapes of its messages, as `behaviour.yaml` says it.

This module only reads: it gives the rules as values, and finds what is not well formed or refers to
something that the API's document does not have. What the rules mean is read once by the mock, which
keeps them, and once more by the contract suite, which tests them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs

from .document import Document, Json, Operation, follow, operations, parts, pointer
from .document import read as read_document
from .errors import BehaviourError

_FORM = Path(__file__).with_name("behaviour.schema.yaml")


@dataclass(frozen=True)
class Stated:
    """Where a rule comes from."""

    standing: str
    """published, standard or inferred."""
    source: str
    """Which text says it, in which words."""


@dataclass(frozen=True)
class Create:
    """The operation that creates a resource."""

    operation: str
    at: str
    """JSON pointer to the resource in the answer."""
    beside: Mapping[str, Json]
    """Members of the answer beside the resource, always the same."""


@dataclass(frozen=True)
class Member:
    """A member of a resource that the server sets."""

    member: str
    """JSON pointer into the resource."""
    value: str = ""
    """identity, user, created, ended or state; empty where `text` or `constant` says it."""
    text: str = ""
    """A text in which `{/pointer}` stands for another member."""
    constant: Json = None


@dataclass(frozen=True)
class Lifecycle:
    """The states of a resource."""

    member: str
    course: tuple[str, ...]
    """What time does to a resource, in this order."""
    moves: Mapping[str, tuple[str, ...]]
    """State to the states that may follow it; one without is terminal."""

    @property
    def terminal(self) -> frozenset[str]:
        """The states that none follows."""
        known = {*self.course, *self.moves, *(state for after in self.moves.values() for state in after)}
        return frozenset(state for state in known if not self.moves.get(state))


@dataclass(frozen=True)
class View:
    """An operation that shows a resource."""

    operation: str
    at: str
    beside: Mapping[str, Json]
    states: tuple[str, ...]
    """The states in which it can be seen; empty is all."""
    otherwise: int
    """The status in all others."""


@dataclass(frozen=True)
class Change:
    """An operation that changes a resource."""

    operation: str
    at: str
    beside: Mapping[str, Json]
    does: str
    """replace (all that was sent), update (the members that are sent) or move (to the state `to`)."""
    to: str
    states: tuple[str, ...]
    otherwise: int


@dataclass(frozen=True)
class Order:
    """How a list is sorted on request."""

    by: str
    """The parameter that names the key."""
    keys: Mapping[str, str]
    """Its value to the member."""
    direction: str
    """The parameter with the direction; empty where there is none."""
    ascending: str
    descending: str


@dataclass(frozen=True)
class Pages:
    """How a list is cut into pages."""

    number: str
    """The parameter with the page's number."""
    first: int
    size: str
    """The parameter with the page's size."""
    default: int
    total: str
    """JSON pointer in the answer to the number of all items; empty where there is none."""
    echoes: Mapping[str, str]
    """number and size to the pointers that repeat them in the answer."""


@dataclass(frozen=True)
class ListRule:
    """An operation that lists resources."""

    operation: str
    items: str
    """JSON pointer to the items in the answer."""
    beside: Mapping[str, Json]
    filters: Mapping[str, str]
    """Query parameter to the member that must equal it."""
    order: Order | None
    pages: Pages | None


@dataclass(frozen=True)
class Isolation:
    """Who does not see whose resources."""

    between: str = "account"
    otherwise: int = 404
    """The status for another account's resource, and for one that does not exist."""


@dataclass(frozen=True)
class Errors:
    """The bodies and statuses of refusals that no example gives."""

    body: Mapping[str, Json]
    """Texts may hold `{description}`, of the documented answer, and `{phrase}`, of the status."""
    refused: int
    denied: int
    malformed: int


@dataclass(frozen=True)
class Behaviour:
    """The rules of one API."""

    identity: str
    """The member that tells resources apart."""
    parameter: str
    """The path parameter that takes it."""
    create: Create
    sets: tuple[Member, ...]
    lifecycle: Lifecycle
    views: tuple[View, ...]
    changes: tuple[Change, ...]
    lists: tuple[ListRule, ...]
    isolation: Isolation
    errors: Errors
    stated: Mapping[str, Stated] = field(repr=False)
    """JSON pointer of a rule in behaviour.yaml to where it comes from."""

    @property
    def creating(self) -> frozenset[str]:
        """operationIds whose success creates something, which may cost money."""
        return frozenset({self.create.operation})

    @property
    def conditional(self) -> frozenset[str]:
        """operationIds of the views that can be seen in some states only."""
        return frozenset(view.operation for view in self.views if view.states)


def read(path: Path, document: Json) -> Behaviour:
    """The rules in the file at `path`, for the API of the OpenAPI document `document`.

    Raises `BehaviourError` with everything that is not well formed, or else with every reference to
    an operation, parameter, member or state that the document does not have.
    """
    source = read_document(path)
    problems = [
        source.problem(pointer(*error.instance_path), error.message) for error in _form().iter_errors(source.data)
    ]
    if not problems:
        problems = [source.problem(at, what, hint) for at, what, hint in _References(source, document).wrong()]
    if problems:
        raise BehaviourError(problems)
    return _behaviour(source.data)


def _form() -> Any:
    return jsonschema_rs.Draft202012Validator(read_document(_FORM).data)


def _behaviour(data: Mapping[str, Json]) -> Behaviour:
    create, lifecycle, errors = data["create"], data["lifecycle"], data["errors"]
    return Behaviour(
        identity=data["resource"]["identity"],
        parameter=data["resource"]["parameter"],
        create=Create(create["operation"], create.get("at", ""), create.get("with", {})),
        sets=tuple(
            Member(each["member"], each.get("value", ""), each.get("text", ""), each.get("constant"))
            for each in data.get("sets", ())
        ),
        lifecycle=Lifecycle(
            lifecycle["member"],
            tuple(lifecycle["course"]),
            {state: tuple(after) for state, after in _moves(lifecycle).items()},
        ),
        views=tuple(
            View(each["operation"], each.get("at", ""), each.get("with", {}), *_condition(each))
            for each in data["views"]
        ),
        changes=tuple(
            Change(
                each["operation"],
                each.get("at", ""),
                each.get("with", {}),
                each["does"],
                each.get("to", ""),
                *_condition(each),
            )
            for each in data.get("changes", ())
        ),
        lists=tuple(_list(each) for each in data.get("lists", ())),
        isolation=Isolation(*(data["isolation"][name] for name in ("between", "otherwise")))
        if "isolation" in data
        else Isolation(),
        errors=Errors(errors["body"], errors["refused"], errors["denied"], errors["malformed"]),
        stated={at: Stated(rule["standing"], rule["source"]) for at, rule in _rules(data)},
    )


def _rules(data: Mapping[str, Json]) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for name, value in data.items():
        if isinstance(value, list):
            yield from ((pointer(name, index), each) for index, each in enumerate(value))
        else:
            yield pointer(name), value


def _moves(lifecycle: Mapping[str, Json]) -> Mapping[str, Sequence[str]]:
    """The moves of a lifecycle; where it states none, time's are all."""
    moves: Mapping[str, Sequence[str]] = lifecycle.get("moves") or {
        before: [after] for before, after in pairwise(lifecycle["course"])
    }
    return moves


def _condition(each: Mapping[str, Json]) -> tuple[tuple[str, ...], int]:
    return tuple(each.get("states", ())), each.get("otherwise", 404)


def _list(each: Mapping[str, Json]) -> ListRule:
    order, pages = each.get("order"), each.get("pages")
    return ListRule(
        each["operation"],
        each["items"],
        each.get("with", {}),
        each.get("filters", {}),
        order
        and Order(
            order["by"], order["keys"], *(order.get(name, "") for name in ("direction", "ascending", "descending"))
        ),
        pages
        and Pages(
            pages["number"],
            pages["first"],
            pages["size"],
            pages["default"],
            pages.get("total", ""),
            pages.get("echoes", {}),
        ),
    )


# --- References -------------------------------------------------------------------------------

Wrong = tuple[str, str, str]
"""Pointer, what is wrong, what to do."""


@dataclass
class _References:
    """Looks up in the API's document what the rules refer to."""

    source: Document
    document: Json
    operations: dict[str, Operation] = field(init=False)

    def __post_init__(self) -> None:
        self.operations = {operation.id: operation for operation in operations(self.document)}

    def wrong(self) -> Iterator[Wrong]:
        data = self.source.data
        users = [("/create", data["create"])]
        users += [
            (pointer(kind, index), each)
            for kind in ("views", "changes", "lists")
            for index, each in enumerate(data.get(kind, ()))
        ]
        for at, each in users:
            if each["operation"] not in self.operations:
                hint = f"There is {', '.join(self.operations)}."
                yield f"{at}/operation", f"no operation is called {each['operation']}", hint
            elif each.get("at") and self._schema(each["operation"], each["at"]) is None:
                yield f"{at}/at", f"the answer of {each['operation']} has no member {each['at']}", ""
        yield from self._parameter()
        yield from self._states()
        yield from self._moves()
        yield from self._members()
        for index, each in enumerate(data.get("lists", ())):
            if each["operation"] in self.operations:
                yield from self._list(pointer("lists", index), each)

    def _parameter(self) -> Iterator[Wrong]:
        data = self.source.data
        wanted = data["resource"]["parameter"]
        for each in (*data["views"], *data.get("changes", ())):
            operation = self.operations.get(each["operation"])
            if operation and wanted not in [its["name"] for its in operation.parameters if its["in"] == "path"]:
                yield "/resource/parameter", f"{operation.id} has no path parameter {wanted}", ""

    def _moves(self) -> Iterator[Wrong]:
        lifecycle = self.source.data["lifecycle"]
        moves = _moves(lifecycle)
        for before, after in pairwise(lifecycle["course"]):
            if after not in moves.get(before, ()):
                yield "/lifecycle/course", f"no move leads from {before} to {after}", "State it in `moves`."
        for index, each in enumerate(self.source.data.get("changes", ())):
            for state in each.get("states", ()) if each["does"] == "move" else ():
                if each["to"] not in moves.get(state, ()):
                    what = f"no move leads from {state} to {each['to']}"
                    yield pointer("changes", index), what, "State it in `lifecycle.moves`."

    def _states(self) -> Iterator[Wrong]:
        data = self.source.data
        listed = self._listed(data["create"], data["lifecycle"]["member"])
        if listed is None:
            yield (
                "/lifecycle/member",
                f"{data['lifecycle']['member']} is no member of what {data['create']['operation']} creates",
                "",
            )
            return
        named = [("/lifecycle/course", data["lifecycle"]["course"])]
        for state, after in data["lifecycle"].get("moves", {}).items():
            named.append((f"/lifecycle/moves/{state}", [state, *after]))
        for kind in ("views", "changes"):
            for index, each in enumerate(data.get(kind, ())):
                named.append((pointer(kind, index), [*each.get("states", ()), *([each["to"]] if "to" in each else [])]))
        for at, states in named:
            for state in states:
                if listed and state not in listed:
                    yield at, f"{state} is no state", f"There is {', '.join(listed)}."

    def _members(self) -> Iterator[Wrong]:
        data = self.source.data
        shown = [self._schema(each["operation"], each.get("at", "")) for each in [data["create"], *data["views"]]]
        wanted = [("/resource/identity", pointer(data["resource"]["identity"]))]
        wanted += [
            (pointer("sets", index, "member"), each["member"]) for index, each in enumerate(data.get("sets", ()))
        ]
        for at, member in wanted:
            if all(schema is None or self._below(schema, member) is None for schema in shown):
                yield at, f"no answer has the member {member}", ""
        body = follow(self.document, self._definition(data["create"]["operation"]).get("requestBody", {}))
        sent = [media.get("schema", {}) for media in body.get("content", {}).values()]
        for index, each in enumerate(data.get("sets", ())):
            for member in re.findall(r"\{(/[^}]*)\}", each.get("text", "")):
                if all(schema is None or self._below(schema, member) is None for schema in (*shown, *sent)):
                    yield pointer("sets", index, "text"), f"no request and no answer has the member {member}", ""

    def _list(self, at: str, each: Mapping[str, Json]) -> Iterator[Wrong]:
        operation = self.operations[each["operation"]]
        known = [parameter["name"] for parameter in operation.parameters if parameter["in"] == "query"]
        order, pages = each.get("order", {}), each.get("pages", {})
        for name in (
            *each.get("filters", {}),
            order.get("by"),
            order.get("direction"),
            pages.get("number"),
            pages.get("size"),
        ):
            if name and name not in known:
                yield at, f"{operation.id} has no query parameter {name}", f"There is {', '.join(known)}."
        answer = self._schema(operation.id, "")
        items = answer and self._below(answer, each["items"])
        item = items and items.get("items")
        for member in (*each.get("filters", {}).values(), *order.get("keys", {}).values()):
            if not item or self._below(item, member) is None:
                yield at, f"the items of {operation.id} have no member {member}", ""
        for place in (each["items"], pages.get("total"), *pages.get("echoes", {}).values()):
            if place and (answer is None or self._below(answer, place) is None):
                yield at, f"the answer of {operation.id} has no member {place}", ""

    def _definition(self, operation: str) -> Mapping[str, Json]:
        return self.operations[operation].definition if operation in self.operations else {}

    def _schema(self, operation: str, at: str) -> Mapping[str, Json] | None:
        """The schema of what a success of an operation has at the pointer `at`."""
        for status, response in self._definition(operation).get("responses", {}).items():
            content = follow(self.document, response).get("content", {}) if status.startswith("2") else {}
            for media in content.values():
                return self._below(media.get("schema", {}), at)
        return None

    def _below(self, schema: Mapping[str, Json], at: str) -> Mapping[str, Json] | None:
        """The schema of the member at `at` in a value of `schema`; None if it names none."""
        found: Mapping[str, Json] = follow(self.document, schema)
        for part in parts(at):
            below = self._properties(found).get(part)
            if below is None:
                return None
            found = follow(self.document, below)
        return found

    def _properties(self, schema: Mapping[str, Json]) -> dict[str, Json]:
        """The members that a schema names, those of the schemas that it is made of included."""
        schema = follow(self.document, schema)
        made_of = (each for word in ("allOf", "anyOf", "oneOf") for each in schema.get(word, ()))
        named = {name: member for each in made_of for name, member in self._properties(each).items()}
        return {**named, **schema.get("properties", {})}

    def _listed(self, create: Mapping[str, Json], member: str) -> Sequence[str] | None:
        """The values that the document lists for a member of a created resource; None without that member."""
        resource = self._schema(create["operation"], create.get("at", ""))
        schema = resource and self._below(resource, member)
        if schema is None:
            return None
        listed: Sequence[str] = schema.get("enum", ())
        return listed

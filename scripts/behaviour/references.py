"""What rules refer to, looked up in the API's document: operations, parameters, members, states, keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..document import Json, Operation, follow, operations, parts, pointer

Wrong = tuple[str, str, str]
"""JSON pointer in the rules, what is wrong, what to do."""

FILE = {"filename": {"type": "string"}, "type": {"type": "string"}, "size": {"type": "integer"}}
"""The members of a file that a form sends, as rules name them."""

_TEXT = re.compile(r"\{(/[^}]*)\}")
_BARE = re.compile(r"\{([^/{}][^{}]*)\}")


def wrong(known: Known) -> Iterator[Wrong]:
    """Every reference in complete rules to something that the OpenAPI document does not have."""
    found = list(_operations(known))
    yield from found
    if not found:
        for check in (_answers, _parameter, _states, _course, _moves, _members, _sent, _lists, _open, _storage):
            yield from check(known)


@dataclass
class Known:
    """The rules, and the document that they are about."""

    data: Mapping[str, Json]
    document: Json
    operations: Mapping[str, Operation] = field(init=False)

    def __post_init__(self) -> None:
        self.operations = {operation.id: operation for operation in operations(self.document)}

    def success(self, operation: str, at: str) -> Mapping[str, Json] | None:
        """The schema of what a success of an operation has at the pointer `at`; None if it has nothing there."""
        for status, response in self.operations[operation].definition.get("responses", {}).items():
            content = follow(self.document, response).get("content", {}) if status.startswith("2") else {}
            for media in content.values():
                return self.below(media.get("schema", {}), at)
        return None

    def body(self, operation: str) -> Mapping[str, Json]:
        """The schema of an operation's body; one without members where it takes none."""
        body = follow(self.document, self.operations[operation].definition.get("requestBody", {}))
        return next((media.get("schema", {}) for media in body.get("content", {}).values()), {})

    def below(self, schema: Mapping[str, Json], at: str) -> Mapping[str, Json] | None:
        """The schema of the member at `at` in a value of `schema`; None if it names none."""
        found: Mapping[str, Json] = follow(self.document, schema)
        for part in parts(at):
            members = self.members(found)
            below = members.get(part) or (FILE.get(part) if _is_file(found) else None)
            if below is None:
                return None
            found = follow(self.document, below)
        return found

    def members(self, schema: Mapping[str, Json]) -> dict[str, Json]:
        """The members that a schema names, those of the schemas that it is made of included."""
        schema = follow(self.document, schema)
        made_of = (each for word in ("allOf", "anyOf", "oneOf") for each in schema.get(word, ()))
        named = {name: member for each in made_of for name, member in self.members(each).items()}
        return {**named, **schema.get("properties", {})}

    def shown(self) -> list[Mapping[str, Json]]:
        """The schemas of the resource in every answer that shows one."""
        rules = [self.data["create"], *self.data["changes"], *self.data["views"]]
        found = [self.success(each["operation"], each["at"]) for each in rules if "shows" not in each]
        for each in self.data["lists"]:
            items = self.success(each["operation"], each["items"])
            found.append(items and follow(self.document, items.get("items", {})))
        return [schema for schema in found if schema is not None]

    def shows(self, member: str) -> bool:
        """Whether any answer shows a member of the resource."""
        named = {own for each in self.data["views"] for own in each.get("shows", {}).values()}
        return member in named or any(self.below(schema, member) is not None for schema in self.shown())

    def has(self, member: str) -> bool:
        """Whether any request or answer has a member of the resource."""
        return self.shows(member) or any(
            self.below(self.body(name), sent + member[len(own) :]) is not None
            for each in self.data.get("round_trip", ())
            for sent, own in pairs(each).items()
            if member == own or member.startswith(f"{own}/")
            for name in self.sending()
        )

    def sending(self) -> list[str]:
        """The operations whose requests may send members of the resource: those that create or change one."""
        return [self.data["create"]["operation"], *(each["operation"] for each in self.data["changes"])]

    def query(self, operation: str) -> dict[str, Mapping[str, Json]]:
        """The query parameters of an operation: name to schema."""
        parameters = self.operations[operation].parameters
        return {
            each["name"]: follow(self.document, each.get("schema", {})) for each in parameters if each["in"] == "query"
        }


def _is_file(schema: Mapping[str, Json]) -> bool:
    return schema.get("format") == "binary" or "contentMediaType" in schema or not schema


def _operations(known: Known) -> Iterator[Wrong]:
    data, there = known.data, list(known.operations)
    named = [("/create/operation", data["create"]["operation"])]
    for kind in ("views", "changes", "lists"):
        named += [(pointer(kind, index, "operation"), each["operation"]) for index, each in enumerate(data[kind])]
    for kind, word in (("round_trip", "operations"), ("permissions", "may"), ("limits", "counts")):
        for index, each in enumerate(data.get(kind, ())):
            named += [(pointer(kind, index, word, at), name) for at, name in enumerate(each.get(word, ()))]
    for at, name in named:
        if name not in there:
            yield at, f"no operation is called {name}", f"There is {', '.join(there)}."


def _answers(known: Known) -> Iterator[Wrong]:
    data = known.data
    for at, each, place in (
        ("/create", data["create"], "at"),
        *((pointer(kind, index), each, "at") for kind in ("views", "changes") for index, each in enumerate(data[kind])),
        *((pointer("lists", index), each, "items") for index, each in enumerate(data["lists"])),
    ):
        if each[place] and "shows" not in each and known.success(each["operation"], each[place]) is None:
            yield f"{at}/{place}", f"the answer of {each['operation']} has no member {each[place]}", ""
        for shown in each.get("shows", {}):
            if known.success(each["operation"], shown) is None:
                yield f"{at}/shows", f"the answer of {each['operation']} has no member {shown}", ""


def _parameter(known: Known) -> Iterator[Wrong]:
    wanted = known.data["resource"]["parameter"]
    for each in (*known.data["views"], *known.data["changes"]):
        operation = known.operations[each["operation"]]
        if wanted not in [its["name"] for its in operation.parameters if its["in"] == "path"]:
            yield "/resource/parameter", f"{operation.id} has no path parameter {wanted}", ""


def _states(known: Known) -> Iterator[Wrong]:
    data, lifecycle = known.data, known.data["lifecycle"]
    schema = _resource(known, lifecycle["member"])
    if schema is None:
        what = f"{lifecycle['member']} is no member of what {data['create']['operation']} creates"
        yield "/lifecycle/member", what, ""
        return
    listed = [state for state in schema.get("enum", ()) if state is not None]
    for at, states in _named_states(data):
        for state in states:
            if listed and state not in listed:
                yield at, f"{state} is no state", f"There is {', '.join(listed)}."


def _resource(known: Known, member: str) -> Mapping[str, Json] | None:
    created = known.success(known.data["create"]["operation"], known.data["create"]["at"])
    return None if created is None else known.below(created, member)


def _named_states(data: Mapping[str, Json]) -> Iterator[tuple[str, Sequence[str]]]:
    """Wherever rules name states: the pointer, and the states."""
    yield "/lifecycle/course", data["lifecycle"]["course"]
    for state, after in data["lifecycle"]["moves"].items():
        yield pointer("lifecycle", "moves", state), [state, *after]
    for index, each in enumerate(data["lifecycle"].get("stamps", ())):
        yield pointer("lifecycle", "stamps", index), [*each.get("set", ()), *each.get("unset", ())]
    for kind in ("views", "changes", "sets"):
        for index, each in enumerate(data.get(kind, ())):
            yield pointer(kind, index), [*each.get("states", ()), *([each["to"]] if "to" in each else [])]
    writes = data.get("storage", {}).get("writes")
    if writes:
        yield "/storage/writes", [*writes["states"], writes["otherwise"]]


def _course(known: Known) -> Iterator[Wrong]:
    lifecycle = known.data["lifecycle"]
    for before, after in pairwise(lifecycle["course"]):
        if after not in lifecycle["moves"].get(before, ()):
            yield "/lifecycle/course", f"no move leads from {before} to {after}", "State it in `moves`."
    for index, each in enumerate(lifecycle.get("stamps", ())):
        for state in set(each.get("set", ())) & set(each.get("unset", ())):
            yield pointer("lifecycle", "stamps", index), f"{each['member']} is both set and unset in {state}", ""


def _moves(known: Known) -> Iterator[Wrong]:
    moves = known.data["lifecycle"]["moves"]
    for index, each in enumerate(known.data["changes"]):
        for state in each.get("states", ()) if each["does"] == "move" else ():
            if each["to"] not in moves.get(state, ()):
                what = f"no move leads from {state} to {each['to']}"
                yield pointer("changes", index), what, "State it in `lifecycle.moves`."


def _members(known: Known) -> Iterator[Wrong]:
    data = known.data
    named = [("/resource/identity", data["resource"]["identity"])]
    named += [(pointer("sets", index, "member"), each["member"]) for index, each in enumerate(data.get("sets", ()))]
    named += [
        (pointer("lifecycle", "stamps", index, "member"), each["member"])
        for index, each in enumerate(data["lifecycle"].get("stamps", ()))
    ]
    for index, each in enumerate(data.get("unchanging", ())):
        named += [(pointer("unchanging", index, "members", at), member) for at, member in enumerate(each["members"])]
    for at, member in named:
        if not known.shows(member):
            yield at, f"no answer has the member {member}", ""
    for index, each in enumerate(data.get("sets", ())):
        for member in _TEXT.findall(each.get("text", "")):
            if not known.has(member):
                yield pointer("sets", index, "text"), f"no request and no answer has the member {member}", ""
        for word in _BARE.findall(each.get("text", "")):
            yield pointer("sets", index, "text"), f"{word} is no member", f"Members are pointers: {{/{word}}}."


def pairs(each: Mapping[str, Json]) -> Mapping[str, str]:
    """The members of a round trip: pointer into the request's body to the resource's member."""
    members = each["members"]
    return {member: member for member in members} if isinstance(members, list) else members


def _sent(known: Known) -> Iterator[Wrong]:
    """Members that round trips say are sent: by each operation they name, or by any that sends something."""
    data = known.data
    for index, each in enumerate(data.get("round_trip", ())):
        for sent, member in pairs(each).items():
            at = pointer("round_trip", index, "members", *([] if isinstance(each["members"], list) else [sent]))
            having = [name for name in known.sending() if known.below(known.body(name), sent) is not None]
            if not having:
                yield at, f"no request has the member {sent}", ""
            lacking = [name for name in each.get("operations", ()) if name not in having]
            if having and lacking:
                yield at, f"the request of {lacking[0]} has no member {sent}", ""
            if not known.shows(member):
                yield at, f"no answer has the member {member}", ""


def _lists(known: Known) -> Iterator[Wrong]:
    for index, each in enumerate(known.data["lists"]):
        at = pointer("lists", index)
        yield from _list_parameters(known, at, each)
        yield from _list_members(known, at, each)


def _list_parameters(known: Known, at: str, each: Mapping[str, Json]) -> Iterator[Wrong]:
    query = known.query(each["operation"])
    order, pages = each.get("order", {}), each.get("pages", {})
    named = [(f"{at}/filters", name) for name in each.get("filters", {})]
    named += [
        (f"{at}/order", order.get("by")),
        (f"{at}/order", order.get("direction", {}).get("parameter")),
        (f"{at}/pages", pages.get("number", {}).get("parameter")),
        (f"{at}/pages", pages.get("size", {}).get("parameter")),
    ]
    for place, name in named:
        if name and name not in query:
            hint = f"There is {', '.join(query)}." if query else "It has none."
            yield place, f"{each['operation']} has no query parameter {name}", hint


def _list_members(known: Known, at: str, each: Mapping[str, Json]) -> Iterator[Wrong]:
    order, pages, name = each.get("order", {}), each.get("pages", {}), each["operation"]
    items = known.success(name, each["items"])
    item = items and follow(known.document, items.get("items", {}))
    identity = known.data["resource"]["identity"]
    named = [*each.get("filters", {}).values(), *order.get("keys", {}).values(), order.get("unasked", {}).get("member")]
    for member in (identity, *(member for member in named if member)):
        if not item or known.below(item, member) is None:
            yield at, f"the items of {name} have no member {member}", ""
    places = [pages.get("total"), *(pages.get(word, {}).get("echo") for word in ("number", "size"))]
    for place in places:
        if place and known.success(name, place) is None:
            yield f"{at}/pages", f"the answer of {name} has no member {place}", ""


def _open(known: Known) -> Iterator[Wrong]:
    parameters = {name for operation in known.operations for name in known.query(operation)}
    for index, each in enumerate(known.data.get("open", ())):
        for place, name in enumerate(each.get("of", ())):
            sent = any(known.below(known.body(operation), name) is not None for operation in known.sending())
            member = name.startswith("/") and (sent or known.shows(name))
            if not member and name not in known.operations and name not in parameters:
                what = f"there is no member, query parameter or operation {name}"
                yield pointer("open", index, "of", place), what, ""


def _storage(known: Known) -> Iterator[Wrong]:
    storage = known.data.get("storage")
    if storage is None:
        return
    schemes = known.document.get("components", {}).get("securitySchemes", {})
    for word, scheme in storage["keys"].items():
        if scheme not in schemes:
            yield f"/storage/keys/{word}", f"no security scheme is called {scheme}", f"There is {', '.join(schemes)}."
    for part in ("reads", "writes"):
        for word in ("bucket", "key", "region", "location"):
            member = storage.get(part, {}).get(word)
            if member and not known.has(member):
                yield f"/storage/{part}/{word}", f"no request and no answer has the member {member}", ""

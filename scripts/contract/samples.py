"""The plainest request that the document allows, made of its examples and the given values."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ..document import Json, Operation, at, follow, parts
from ..project import Given


def sample(document: Json, schema: Mapping[str, Json]) -> Json:
    """A value that fits `schema`: its first example, or the least that it requires."""
    schema = follow(document, schema)
    for members in (schema.get("examples"), schema.get("enum")):
        if members:
            return copy.deepcopy(members[0])
    for name in ("const", "default"):
        if name in schema:
            return copy.deepcopy(schema[name])
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        return sample(document, branch)
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: sample(document, properties.get(name, {})) for name in schema.get("required", ())}
    if kind == "array":
        return [sample(document, schema.get("items", {}))] * schema.get("minItems", 0)
    if kind in ("integer", "number"):
        return schema.get("minimum", 0)
    return {"string": "x" * max(1, schema.get("minLength", 1)), "boolean": False}.get(kind)


def pinned(value: Json, given: Iterable[tuple[Given, Json]]) -> Json:
    """A copy of a body in which the given values stand at their members, made where they are missing."""
    value = copy.deepcopy(value)
    for each, wanted in given:
        *above, last = parts(each.member)
        parent = value
        for part in above:
            if not isinstance(parent, dict):
                break
            parent = parent.setdefault(part, {})
        if isinstance(parent, dict):
            parent[last] = copy.deepcopy(wanted)
    return value


LABEL = "plumbline"
"""What the text begins with by which people know what the suite created."""


def labelled(value: Json, place: str, fits: Callable[[Json], bool]) -> Json:
    """A copy of a body whose text at `place` begins with `LABEL`; the body itself where no such text fits.

    What was there follows, as far as there is room.
    """
    try:
        text = at(value, place)
    except KeyError:
        text = ""
    if not isinstance(value, dict) or not isinstance(text, str) or text.startswith(LABEL):
        return value
    told = f"{LABEL} {text}".strip()
    for candidate in (told, told[: len(text)], LABEL):
        body = copy.deepcopy(value)
        put(body, place, candidate)
        if candidate.startswith(LABEL) and fits(body):
            return body
    return value


def put(body: Json, place: str, value: Json) -> None:
    """Put a value at a place in a body, in objects that are made where they are missing."""
    *above, last = parts(place)
    for name in above:
        body = body.setdefault(name, {})
    body[last] = value


def overlap(one: str, other: str) -> bool:
    """Whether one pointer is the other, or below it."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def pruned(document: Json, schema: Mapping[str, Json], value: Json) -> Json:
    """A copy of a body without the members that its schema does not name."""
    schema = follow(document, schema)
    named = schema.get("properties")
    if not isinstance(value, dict) or not named:
        return copy.deepcopy(value)
    return {name: pruned(document, named[name], member) for name, member in value.items() if name in named}


def json_schema(document: Json, operation: Operation) -> Mapping[str, Json] | None:
    """The schema of an operation's JSON body; None where it takes none."""
    body = follow(document, operation.definition.get("requestBody", {}))
    for media_type, definition in body.get("content", {}).items():
        if media_type.partition(";")[0].endswith("json"):
            schema: Mapping[str, Json] = definition.get("schema", {})
            return schema
    return None


def member_schema(document: Json, schema: Mapping[str, Json], place: str) -> Mapping[str, Json] | None:
    """The schema of the member at a place of what a schema describes; None where none names it."""
    found: Mapping[str, Json] = follow(document, schema)
    for name in parts(place):
        below = found.get("properties", {}).get(name)
        if below is None:
            return None
        found = follow(document, below)
    return found


def filled(operation: Operation, values: Mapping[str, Any], *, unknown: str) -> str:
    """The operation's path with its parameters put in, percent-encoded; `unknown` where none is given."""
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            value = str(values.get(parameter["name"], unknown))
            path = path.replace(f"{{{parameter['name']}}}", quote(value, safe=""))
    return path


def linked(
    response: Json, links: Mapping[str, Json], operations: Sequence[Operation]
) -> list[tuple[Operation, dict[str, Any]]]:
    """The operations that a success leads to by its links, with the parameters they take.

    Understands `operationId` and values of the form `$response.body#/pointer`; others are left out.
    """
    by_id = {operation.id: operation for operation in operations}
    found = []
    for link in links.values():
        operation = by_id.get(link.get("operationId", ""))
        values: dict[str, Any] = {}
        for name, expression in link.get("parameters", {}).items():
            if isinstance(expression, str) and expression.startswith("$response.body#"):
                try:
                    values[name] = at(response, expression.removeprefix("$response.body"))
                except KeyError:
                    break
        else:
            if operation is not None:
                found.append((operation, values))
    return found

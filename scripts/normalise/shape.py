"""Where things stand in an OpenAPI 3 document: what kind of object each place holds.

Schemas are found by this table and not by looking for words, so that an example, a default or a
property may look like anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..document import METHODS, Json, escape, parts

_PATH_ITEM = {"parameters": ("list", "parameter"), **dict.fromkeys(METHODS, ("one", "operation"))}
_CONTENT = {"content": ("map", "media"), "schema": ("one", "schema")}
SHAPES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "document": {
        "paths": ("patterned", "path item"),
        "webhooks": ("map", "path item"),
        "components": ("one", "components"),
    },
    "components": {
        "schemas": ("map", "schema"),
        "responses": ("map", "response"),
        "parameters": ("map", "parameter"),
        "requestBodies": ("map", "body"),
        "headers": ("map", "header"),
        "callbacks": ("map", "callback"),
        "pathItems": ("map", "path item"),
    },
    "path item": _PATH_ITEM,
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "body"),
        "responses": ("patterned", "response"),
        "callbacks": ("map", "callback"),
    },
    "body": {"content": ("map", "media")},
    "response": {"headers": ("map", "header"), "content": ("map", "media")},
    "parameter": _CONTENT,
    "header": _CONTENT,
    "media": {"schema": ("one", "schema"), "encoding": ("map", "encoding")},
    "encoding": {"headers": ("map", "header")},
    "schema": {
        **dict.fromkeys(("properties", "patternProperties", "dependentSchemas", "$defs"), ("map", "schema")),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), ("list", "schema")),
        **dict.fromkeys(
            ("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"),
            ("one", "schema"),
        ),
        **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties", "contentSchema"), ("one", "schema")),
    },
}
"""Kind of object, to its members that hold further kinds: one, a list, a map, or a map with `x-` members beside."""

Change: TypeAlias = Callable[[dict[str, Json], str, str], Json]
"""(object, kind, pointer) to what shall stand there."""


def rewrite(node: Json, change: Change, *, kind: str = "document", here: str = "") -> Json:
    """`node` with `change` applied to every object of a known kind in it, inner ones first.

    Pointers are those of `node` as it was. What is no object where one belongs stays as it is.
    """
    if not isinstance(node, dict):
        return node
    result = dict(node)
    for member, slot, child in _slots(node, kind):
        place = f"{here}/{escape(member)}"
        value = node[member]
        if slot == "one":
            result[member] = rewrite(value, change, kind=child, here=place)
        elif slot == "list" and isinstance(value, list):
            result[member] = [
                rewrite(each, change, kind=child, here=f"{place}/{index}") for index, each in enumerate(value)
            ]
        elif slot in ("map", "patterned") and isinstance(value, dict):
            result[member] = {
                name: each
                if slot == "patterned" and name.startswith("x-")
                else rewrite(each, change, kind=child, here=f"{place}/{escape(name)}")
                for name, each in value.items()
            }
    return change(result, kind, here)


def visit(node: Json) -> Iterator[tuple[str, str, dict[str, Json]]]:
    """(pointer, kind, object) of every object of a known kind in the document `node`, inner ones first."""
    found: list[tuple[str, str, dict[str, Json]]] = []

    def note(value: dict[str, Json], kind: str, here: str) -> dict[str, Json]:
        found.append((here, kind, value))
        return value

    rewrite(node, note)
    return iter(found)


@dataclass(frozen=True)
class Step:
    """One step of a pointer: from an object of a kind, through a member, to what is in it."""

    kind: str
    member: str
    name: str
    """The name, or the number, in the member's map or list; empty where the member is one object."""
    child: str
    """The kind of object that it leads to."""


def trail(pointer: str) -> list[Step]:
    """The steps of a pointer to an object of a known kind, as `visit` gives them."""
    kind, rest = "document", parts(pointer)
    steps: list[Step] = []
    while rest:
        member = rest.pop(0)
        slot, child = ("one", "path item") if kind == "callback" else SHAPES[kind][member]
        steps.append(Step(kind, member, "" if slot == "one" else rest.pop(0), child))
        kind = child
    return steps


def _slots(node: Mapping[str, Json], kind: str) -> Iterator[tuple[str, str, str]]:
    """(member, slot, kind of what is in it); a callback is itself a map of path items."""
    if kind == "callback":
        yield from ((name, "one", "path item") for name in node if name != "$ref" and not name.startswith("x-"))
        return
    shape = SHAPES.get(kind, {})
    for name in node:
        if name in shape:
            yield (name, *shape[name])

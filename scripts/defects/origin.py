"""Find where a part of a converted document stands in the document that was published.

Conversion to OpenAPI 3.1 moves things: definitions into components, schemas into media types, a body
parameter into a request body. The way back is walked part by part, in both documents at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..document import Json, follow, parts
from ..overlay import Parts

_SECTIONS = {
    "schemas": "definitions",
    "parameters": "parameters",
    "requestBodies": "parameters",
    "responses": "responses",
    "securitySchemes": "securityDefinitions",
}
_KEYS = ("name", "url", "operationId", "$ref")
"""What tells the items of a list apart, so that they are found at another index."""


@dataclass(frozen=True)
class Origin:
    """Where a part stands in the published document."""

    place: Parts
    """The part itself, or the nearest around it that is there."""
    rest: Parts = ()
    """The way on from there, which the published document does not have; empty where it has the part."""


@dataclass(frozen=True)
class _Walk:
    """How far the way back has been walked."""

    source: Json
    made: Json
    place: Parts
    """In the source."""
    node: Json
    """What stands there."""
    other: Json
    """What the part walked so far is in the converted document; None where it has none."""
    rest: Parts

    def to(self, place: Parts, steps: int) -> _Walk:
        """On to `place` in the source, by so many steps in the converted document."""
        other = self.other
        for part in self.rest[:steps]:
            other = _child(other, part)
        node = self.source
        for part in place:
            node = _child(node, part)
        return _Walk(self.source, self.made, place, node, other, self.rest[steps:])


def origin(source: Json, made: Json, place: Parts) -> Origin:
    """Where in `source` the part stands that is at `place` in `made`, which was converted from it."""
    walk = _Walk(source, made, (), source, made, place)
    for _ in range(4 * len(place) + 4):  # references may lead in a circle
        if not walk.rest:
            break
        step = next((found for found in (rule(walk) for rule in _RULES) if found is not None), None)
        if step is None:
            break
        walk = step
    return Origin(walk.place, _after_the_last(walk))


def _after_the_last(walk: _Walk) -> Parts:
    """The rest of the way; of an item that a list of the source lacks, counted from the end of that list."""
    index = walk.rest[0] if walk.rest else None
    if not isinstance(index, int) or not isinstance(walk.node, list):
        return walk.rest
    known = len(walk.other) if isinstance(walk.other, list) else index
    return (len(walk.node) + max(0, index - known), *walk.rest[1:])


def _child(node: Json, part: str | int) -> Json:
    if isinstance(node, dict):
        return node.get(str(part))
    if isinstance(node, list) and isinstance(part, int) and part < len(node):
        return node[part]
    return None


# --- The rules, in the order in which they are tried --------------------------------------------


def _component(walk: _Walk) -> _Walk | None:
    if walk.place or walk.rest[0] != "components" or len(walk.rest) < 2:
        return None
    section = _SECTIONS.get(str(walk.rest[1]))
    return walk.to((section,), 2) if section is not None and section in walk.source else None


def _parameter(walk: _Walk) -> _Walk | None:
    """A parameter is known by its name and place: body and form parameters have left the list."""
    wanted = _described(walk.made, _child(walk.other, walk.rest[0]))
    if not walk.place or walk.place[-1] != "parameters" or not isinstance(walk.node, list) or not wanted:
        return None
    same = (index for index, item in enumerate(walk.node) if _described(walk.source, item) == wanted)
    index = next(same, None)
    return None if index is None else walk.to((*walk.place, index), 1)


def _described(root: Json, parameter: Json) -> tuple[Json, Json] | None:
    try:
        parameter = follow(root, parameter)
    except KeyError:
        return None
    return (parameter.get("name"), parameter.get("in")) if isinstance(parameter, dict) else None


def _item(walk: _Walk) -> _Walk | None:
    part, node, other = walk.rest[0], walk.node, _child(walk.other, walk.rest[0])
    if not isinstance(node, list) or not isinstance(part, int) or other is None:
        return None
    alike = [index for index, item in enumerate(node) if _alike(item, other)]
    if part in alike or (not alike and len(node) == len(walk.other) and isinstance(other, (dict, list))):
        return walk.to((*walk.place, part), 1)
    return walk.to((*walk.place, alike[0]), 1) if alike else None


def _alike(item: Json, other: Json) -> bool:
    if isinstance(item, dict) and isinstance(other, dict):
        return item == other or any(name in item and item[name] == other.get(name) for name in _KEYS)
    return bool(item == other)


def _member(walk: _Walk) -> _Walk | None:
    part = walk.rest[0]
    return walk.to((*walk.place, part), 1) if isinstance(walk.node, dict) and part in walk.node else None


def _media_type(walk: _Walk) -> _Walk | None:
    if walk.rest[0] != "content" or not isinstance(walk.node, dict) or len(walk.rest) < 2:
        return None
    examples = walk.node.get("examples")
    if isinstance(examples, dict) and walk.rest[1] in examples and walk.rest[2:3] in (("example",), ("examples",)):
        # content, a media type, example; or examples, a name, value
        named = 5 if walk.rest[4:5] == ("value",) else len(walk.rest[:4])
        return walk.to((*walk.place, "examples", walk.rest[1]), 3 if walk.rest[2] == "example" else named)
    return walk.to(walk.place, 2) if len(walk.rest) > 2 else None


def _schema(walk: _Walk) -> _Walk | None:
    """A parameter and a header of 2.0 are their own schema."""
    simple = (
        isinstance(walk.node, dict) and ("type" in walk.node or "in" in walk.node) and walk.node.get("in") != "body"
    )
    return walk.to(walk.place, 1) if walk.rest[0] == "schema" and simple else None


def _example(walk: _Walk) -> _Walk | None:
    if walk.rest[0] != "examples" or not isinstance(walk.node, dict) or "example" not in walk.node:
        return None
    return walk.to((*walk.place, "example"), 2 if isinstance(walk.rest[1:2][:1], tuple) and walk.rest[1:] else 1)


def _body(walk: _Walk) -> _Walk | None:
    listed = walk.node.get("parameters") if isinstance(walk.node, dict) else None
    if walk.rest[0] != "requestBody" or not isinstance(listed, list):
        return None
    described = [_described(walk.source, item) or ("", "") for item in listed]
    for index, (_, where) in enumerate(described):
        if where == "body":
            return walk.to((*walk.place, "parameters", index), 1)
    # requestBody, content, a media type, schema, properties, a name
    if len(walk.rest) > 5 and (walk.rest[5], "formData") in described:
        return walk.to((*walk.place, "parameters", described.index((walk.rest[5], "formData"))), 6)
    return None


def _reference(walk: _Walk) -> _Walk | None:
    reference = walk.node.get("$ref") if isinstance(walk.node, dict) else None
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    there = walk.to(tuple(parts(reference)), 0)
    return there if there.node is not None else None


_RULES: tuple[Callable[[_Walk], _Walk | None], ...] = (
    _component,
    _parameter,
    _item,
    _member,
    _body,
    _media_type,
    _schema,
    _example,
    _reference,
)

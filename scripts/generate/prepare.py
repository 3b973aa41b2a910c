"""The document as the generator is given it: what it cannot take is said so that it can.

Nothing is lost on the wire by it: what a client sends and reads stays the same, only its types say
less where the generator has no type for it. Parts stay where they are, so that a pointer into the
result is one into the document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..document import Json, at, parts, pointer
from ..normalise.classes import LONGEST, Made, clashes, classes, member_names
from ..normalise.shape import rewrite, visit

_BYTES = "application/octet-stream"


def prepare(data: dict[str, Json]) -> dict[str, Json]:
    """The OpenAPI 3.1 document `data` for the generator."""

    def change(node: dict[str, Json], kind: str, here: str) -> Json:  # noqa: ARG001 - a `Change`
        if kind == "schema":
            return _default(_nullable(_enumeration(node)))
        if kind == "parameter":
            return _header(node)
        return _body(node) if kind == "body" else node

    return _titles(rewrite(data, change))


def _enumeration(node: dict[str, Json]) -> dict[str, Json]:
    """An enumeration has members of different names; what no class can be made of is no enumeration."""
    values = node.get("enum")
    if not isinstance(values, list) or node.get("type") == "boolean":
        return node
    distinct = list({repr(value): value for value in values}.values())
    named = [value for value in distinct if value is not None]
    if named and {type(value) for value in named} not in ({str}, {int}):
        return {name: value for name, value in node.items() if name != "enum"}
    names = member_names(named, _list(node.get("x-enum-varnames")))
    result = {**node, "enum": distinct}
    if len(set(names)) < len(names) or not all(name.isidentifier() for name in names):
        result["x-enum-varnames"] = _apart(names)
    return result


def _nullable(node: dict[str, Json]) -> dict[str, Json]:
    """An enumeration whose type is a list with null as one of two alternatives: of the list, three classes are made."""
    types = [each for each in _list(node.get("type")) if each != "null"]
    if "null" not in _list(node.get("type")) or len(types) != 1 or None not in _list(node.get("enum")):
        return node
    inside = {name: value for name, value in node.items() if name in ("format", "title") or name.startswith("x-enum")}
    values = [value for value in node["enum"] if value is not None]
    outside = {name: value for name, value in node.items() if name not in inside and name not in ("type", "enum")}
    return {**outside, "anyOf": [{"type": types[0], "enum": values, **inside}, {"type": "null"}]}


def _apart(names: Sequence[str]) -> list[str]:
    """`names`, with a number behind those that came before, or that are none."""
    result: list[str] = []
    for index, name in enumerate(names):
        base = name if name.isidentifier() else f"VALUE_{index}"
        candidate, number = base, 2
        while candidate in result or (candidate != name and candidate in names):
            candidate, number = f"{base}_{number}", number + 1
        result.append(candidate)
    return result


def _default(node: dict[str, Json]) -> dict[str, Json]:
    """A default that is a list or an object goes: the generator has none, and the server knows its own."""
    if not isinstance(node.get("default"), (dict, list)):
        return node
    return {name: value for name, value in node.items() if name != "default"}


def _header(node: dict[str, Json]) -> dict[str, Json]:
    """Dates and lists in a header are texts, as they are sent."""
    schema = node.get("schema")
    if node.get("in") != "header" or not isinstance(schema, dict):
        return node
    if schema.get("type") == "string" and schema.get("format") in ("date", "date-time"):
        return {**node, "schema": {name: value for name, value in schema.items() if name != "format"}}
    if schema.get("type") == "array":
        kept = {name: value for name, value in schema.items() if name in ("title", "description", "examples")}
        return {**node, "schema": {"type": "string", **kept}}
    return node


def _body(node: dict[str, Json]) -> dict[str, Json]:
    """Bytes are called bytes."""
    media = node.get("content", {}).get(_BYTES) if isinstance(node.get("content"), dict) else None
    if not isinstance(media, dict):
        return node
    schema = media.get("schema", {})
    if schema not in ({}, {"type": "string"}) and not (schema.get("type") == "string" and "format" not in schema):
        return node
    bytes_ = {**schema, "type": "string", "format": "binary"}
    return {**node, "content": {**node["content"], _BYTES: {**media, "schema": bytes_}}}


def _titles(data: dict[str, Json]) -> dict[str, Json]:
    """Titles, which classes are called after, such that no class has the name of another or one too long for a module.

    A title that gives such a name goes; where the names of components and properties alone do,
    all but the first get a title with a number.
    """
    while titled := {here for here in _misleading(classes(data)) if _titled(data, here)}:
        data = _with_titles(data, dict.fromkeys(titled))
    given: dict[str, str | None] = {}
    for number in range(2, 100):
        clashing = [sorted(found, key=_inner_last)[1:] for found in clashes(classes(_with_titles(data, given)))]
        if not clashing:
            break
        given |= {each.pointer: f"{_plain(each, number)} {number}" for found in clashing for each in found}
    return _with_titles(data, given)


def _misleading(made: Collection[Made]) -> set[str]:
    """Pointers of schemas that take part in a name which another class has, or which is too long."""
    found = {each.pointer for some in clashes(made) for each in some}
    return found | {here for each in made if len(each.module) > LONGEST for here in _holders(each.pointer)}


def _inner_last(made: Made) -> tuple[bool, str]:
    return made.pointer.count("/") > 3, made.pointer


def _plain(made: Made, number: int) -> str:
    """What the class is called after, without the number that it got before."""
    return made.called.removesuffix(f" {number - 1}").rpartition("/")[2]


def _holders(here: str) -> Iterable[str]:
    """`here` and every pointer to what holds it."""
    steps = parts(here)
    return (pointer(*steps[:length]) for length in range(1, len(steps) + 1))


def _with_titles(data: dict[str, Json], titles: Mapping[str, str | None]) -> dict[str, Json]:
    """`data` with other titles of the schemas at the pointers in `titles`; without one where that is None."""

    def change(node: dict[str, Json], kind: str, here: str) -> Json:
        if kind != "schema" or here not in titles:
            return node
        kept = {name: value for name, value in node.items() if name != "title"}
        return kept if titles[here] is None else {**kept, "title": titles[here]}

    result: dict[str, Json] = rewrite(data, change) if titles else data
    return result


def _titled(data: Json, here: str) -> bool:
    try:
        node = at(data, here)
    except KeyError:
        return False
    return isinstance(node, dict) and isinstance(node.get("title"), str)


def _list(value: Json) -> list[Any]:
    return value if isinstance(value, list) else []


# --- Media types ---------------------------------------------------------------------------------


def content_types(data: dict[str, Json]) -> dict[str, str]:
    """The generator's setting for media types of `data` that it does not know, but could: bytes, and any type at all.

    A type that always carries bytes is read and sent as bytes; `*/*` is read as JSON where it never
    carries a text. The header says what the document says all the same.
    """
    schemas: dict[str, list[Json]] = defaultdict(list)
    sent: set[str] = set()
    for here, kind, node in visit(data):
        if kind == "media":
            steps = parts(here)
            schemas[steps[-1]].append(node.get("schema", {}))
            if "requestBody" in steps or "requestBodies" in steps:
                sent.add(steps[-1])
    result = {}
    for media_type, found in schemas.items():
        if media_type == "*/*" and "*/*" not in sent and all(_structured(each) for each in found):
            result[media_type] = "application/json"
        elif media_type != _BYTES and not _known(media_type) and all(_is_bytes(each) for each in found):
            result[media_type] = _BYTES
    return result


def _known(media_type: str) -> bool:
    plain = media_type.partition(";")[0].strip().lower()
    return plain.endswith(("/json", "+json")) or plain in ("multipart/form-data", "application/x-www-form-urlencoded")


def _is_bytes(schema: Json) -> bool:
    return isinstance(schema, dict) and schema.get("type") == "string" and schema.get("format") == "binary"


def _structured(schema: Json) -> bool:
    return isinstance(schema, dict) and ("$ref" in schema or schema.get("type") in ("object", "array"))


# --- What has to go ---------------------------------------------------------------------------------


def pruned(data: dict[str, Json], here: str) -> dict[str, Json] | None:
    """`data` without the part at `here`; None if that is no part that can be spared.

    A schema becomes one that allows anything; what is not in a schema, or in one that allows anything
    already, takes its operation or its component with it.
    """
    kinds = {place: (kind, node) for place, kind, node in visit(data)}
    for place in sorted(_holders(here), key=len, reverse=True):
        kind, node = kinds.get(place, ("", {}))
        if kind == "schema" and node:
            return dict(_replaced(data, place, {}))
        if kind == "operation" or (kind != "schema" and place.startswith("/components/") and place.count("/") == 3):
            return dict(_replaced(data, place, None))
    return None


def _replaced(data: Any, here: str, value: Json) -> Any:
    """`data` with `value` at `here`, or with nothing there if that is None."""
    first, *rest = parts(here)
    if not rest and value is None:
        return {name: each for name, each in data.items() if name != first}
    if isinstance(data, list):
        index = int(first)
        changed = _replaced(data[index], pointer(*rest), value) if rest else value
        return [*data[:index], changed, *data[index + 1 :]]
    return {**data, first: _replaced(data[first], pointer(*rest), value) if rest else value}

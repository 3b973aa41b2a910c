"""OpenAPI 3.0 to 3.1."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from ..document import Json, copied, escape, pointer
from .convert import ordered
from .distinct import component_names
from .shape import rewrite
from .source import Source

_ANNOTATIONS = frozenset({"title", "description", "default", "example", "examples", "externalDocs", "xml"})
_ANNOTATIONS |= {"readOnly", "writeOnly", "deprecated"}
"""What a schema says of its place and not of the value: it stays outside when the rest moves into an alternative."""

_COMBINED = ("allOf", "anyOf", "oneOf", "not")
_NULL = {"type": "null"}


def upgrade(source: Source, document: dict[str, Json]) -> dict[str, Json]:
    """The OpenAPI 3.1 form of the OpenAPI 3.0 `document`. Losses are noted in `source`.

    What 3.0 reads as data (examples, defaults, enumerated values, extensions) stays as it is.
    """
    names = _names(document)
    moves = {
        pointer("components", section, old): new for section, renamed in names.items() for old, new in renamed.items()
    }

    def change(node: dict[str, Json], kind: str, here: str) -> Json:
        if kind == "parameter":
            return _parameter(source, node, here)
        if kind != "schema":
            return node
        result = schema(source, node, here)
        moves.update(_moves(node, result, here))
        return result

    def lead(node: dict[str, Json], kind: str, here: str) -> Json:  # noqa: ARG001 - a `Change`
        if isinstance(node.get("$ref"), str):
            node = {**node, "$ref": _led(node["$ref"], moves)}
        if kind in ("document", "operation") and isinstance(node.get("security"), list):
            node = {**node, "security": [_renamed(each, names["securitySchemes"]) for each in node["security"]]}
        return _discriminator(node, moves, names["schemas"]) if kind == "schema" else node

    result = rewrite(copied(document), change)
    if moves:
        result = rewrite(result, lead)
    if any(names.values()):
        result["components"] = {
            section: _renamed(members, names.get(section, {})) for section, members in result["components"].items()
        }
    return ordered(result | {"openapi": "3.1.1"})


def _names(document: Mapping[str, Json]) -> dict[str, dict[str, str]]:
    """Section of `components` to the names that 3.1 refuses there, and their new ones; 3.0 overlooks them."""
    components = document.get("components")
    sections = components if isinstance(components, dict) else {}
    result: dict[str, dict[str, str]] = {"schemas": {}, "securitySchemes": {}}
    for section, members in sections.items():
        if isinstance(members, dict) and not section.startswith("x-"):
            result[section] = {old: new for old, new in component_names(members).items() if old != new}
    return result


def _renamed(members: Json, names: Mapping[str, str]) -> Json:
    return {names.get(name, name): each for name, each in members.items()} if isinstance(members, dict) else members


def _discriminator(node: dict[str, Json], moves: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Json]:
    """A schema whose discriminator names schemas by where, and as what, they are now."""
    discriminator = node.get("discriminator")
    mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
    if not isinstance(discriminator, dict) or not isinstance(mapping, dict):
        return node
    led = {
        value: names.get(named) or _led(named, moves) if isinstance(named, str) else named
        for value, named in mapping.items()
    }
    return {**node, "discriminator": {**discriminator, "mapping": led}}


def _parameter(source: Source, node: dict[str, Json], here: str) -> dict[str, Json]:
    """3.0 ignores `allowEmptyValue` outside of queries, 3.1 does not allow it there."""
    if "allowEmptyValue" not in node or node.get("in") == "query":
        return node
    source.loss(f"{here}/allowEmptyValue", "OpenAPI 3.1 allows `allowEmptyValue` in queries only", "It is left out.")
    return {name: value for name, value in node.items() if name != "allowEmptyValue"}


def _moves(before: Mapping[str, Json], after: Mapping[str, Json], here: str) -> dict[str, str]:
    """Pointers of the parts of a schema that went into an alternative, to the last names of their new ones."""
    if "anyOf" not in after or before.get("anyOf") in (after["anyOf"], after["anyOf"][:-1]):
        return {}
    inside = after["anyOf"][0]
    if inside in before.get("allOf", ()):
        return {f"{here}/allOf": "anyOf"}
    return {f"{here}/{escape(name)}": f"anyOf/0/{escape(name)}" for name in before if name in inside}


def _led(reference: str, moves: Mapping[str, str]) -> str:
    """A reference into this document, led to where what it names is now."""
    if not reference.startswith("#/"):
        return reference
    old, new = "", "#"
    for name in reference[1:].split("/")[1:]:
        old += "/" + unquote(name)
        new += "/" + moves.get(old, name)
    return new


def schema(source: Source, node: dict[str, Json], here: str) -> dict[str, Json]:
    """The 3.1 form of one schema whose inner schemas are done."""
    result = _beside_reference(source, node, here)
    result = _example(result)
    result = _bounds(result)
    result = _content(result)
    return _nullable(result)


def _beside_reference(source: Source, node: dict[str, Json], here: str) -> dict[str, Json]:
    """3.0 ignores what stands beside `$ref`, 3.1 obeys it; so what would now restrict goes."""
    if not isinstance(node.get("$ref"), str):
        return node
    result = {}
    for name, value in node.items():
        if name in ("$ref", "nullable") or name in _ANNOTATIONS or name.startswith("x-"):
            result[name] = value
        else:
            what = f"`{name}` beside `$ref` has no effect in OpenAPI 3.0"
            source.loss(f"{here}/{escape(name)}", what, "It is left out.")
    return result


def _example(node: dict[str, Json]) -> dict[str, Json]:
    """`example` becomes `examples`, in its place."""
    if "example" not in node:
        return node
    if "examples" in node:
        return {name: value for name, value in node.items() if name != "example"}
    return {
        "examples" if name == "example" else name: [value] if name == "example" else value
        for name, value in node.items()
    }


def _bounds(node: dict[str, Json]) -> dict[str, Json]:
    """A bound and a flag that excludes it become one exclusive bound."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        flag = node.get(exclusive)
        if not isinstance(flag, bool):
            continue
        node = {name: value for name, value in node.items() if name != exclusive}
        if flag and bound in node:
            node = {exclusive if name == bound else name: value for name, value in node.items()}
    return node


def _content(node: dict[str, Json]) -> dict[str, Json]:
    """Bytes get the words of JSON Schema; `format` stays, because generators go by it."""
    if node.get("type") != "string":
        return node
    if node.get("format") == "byte":
        return {**node, "contentEncoding": node.get("contentEncoding", "base64")}
    if node.get("format") == "binary":
        return {**node, "contentMediaType": node.get("contentMediaType", "application/octet-stream")}
    return node


def _nullable(node: dict[str, Json]) -> dict[str, Json]:
    """`nullable` becomes a type list; where other words than `type` would still refuse null, an alternative.

    A schema without any such word allows null already.
    """
    if not isinstance(node.get("nullable"), bool):
        return node
    nullable = node["nullable"]
    node = {name: value for name, value in node.items() if name != "nullable"}
    if not nullable:
        return node
    if "$ref" in node or "enum" in node or "properties" in node or any(name in node for name in _COMBINED):
        return _alternative(node)
    if isinstance(node.get("type"), str):
        return {name: [value, "null"] if name == "type" else value for name, value in node.items()}
    return node


def _alternative(node: dict[str, Json]) -> dict[str, Json]:
    """Either what `node` says, or null. Null among the enumerated values is said by that alone."""
    outside = {name: value for name, value in node.items() if name in _ANNOTATIONS or name.startswith("x-")}
    inside = {name: value for name, value in node.items() if name not in outside}
    if isinstance(inside.get("enum"), list):
        inside["enum"] = [value for value in inside["enum"] if value is not None]
        if not inside["enum"]:
            return {**outside, **_NULL}
    for name in ("anyOf", "oneOf"):
        if list(inside) == [name]:
            return {**outside, name: [*inside[name], dict(_NULL)]}
    if list(inside) == ["allOf"] and len(inside["allOf"]) == 1:
        inside = inside["allOf"][0]
    return {**outside, "anyOf": [inside, dict(_NULL)]}

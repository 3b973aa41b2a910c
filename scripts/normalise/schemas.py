"""Schemas, from Swagger 2.0 to OpenAPI 3.0.

Examples, defaults and enumerated values are data and stay as they are. Schemas are found by where
they stand, so that a property may have any name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..document import Json, at, copied, escape, parts
from .about import external_docs
from .datatypes import settle_types
from .discriminators import discriminator
from .repair import ANYTHING, FLAG, LIST, MAPPING, NUMBER, POSITIVE, TEXT, TEXTS, WHOLE, Form, fitted, member
from .source import Source, kind
from .values import settle_default, settle_enum, settle_pattern

_FORMS: Mapping[str, Form] = {
    **dict.fromkeys(("title", "description", "format", "pattern"), TEXT),
    **dict.fromkeys(("default", "example", "type", "discriminator"), ANYTHING),
    **dict.fromkeys(("maximum", "minimum"), NUMBER),
    "multipleOf": POSITIVE,
    **dict.fromkeys(("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"), WHOLE),
    **dict.fromkeys(("uniqueItems", "readOnly", "exclusiveMaximum", "exclusiveMinimum"), FLAG),
    "required": TEXTS,
    "enum": LIST,
}
_LATER: Mapping[str, Form] = dict.fromkeys(("nullable", "writeOnly", "deprecated"), FLAG)
"""Words of OpenAPI 3.0 that 2.0 does not have and whose meaning is plain; so are `oneOf`, `anyOf` and `not`."""

_XML: Mapping[str, Form] = {
    **dict.fromkeys(("name", "namespace", "prefix"), TEXT),
    **dict.fromkeys(("attribute", "wrapped"), FLAG),
}
_ANNOTATIONS = frozenset({"title", "description", "default", "example", "readOnly", "externalDocs"})
"""What may stand beside a reference: it says something about the place and restricts nothing."""

_PARTS = 100
"""How many parts of a whole are looked through for a property that nothing seems to describe."""

_TYPE_NAMES = frozenset({"string", "number", "integer", "boolean", "array", "object"})


def schema(source: Source, node: Json, here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of the schema `node`, which stands at the pointer `here`."""
    node = _mapping(source, node, here)
    if "$ref" in node:
        return _referring(source, node, here)
    result: dict[str, Json] = {}
    for name, value in node.items():
        _add(result, _member(source, name, value, f"{here}/{escape(name)}"))
    for settle in _SETTLED:
        settle(source, result, here)
    return result


def _mapping(source: Source, node: Json, here: str) -> Mapping[str, Json]:
    if isinstance(node, dict):
        return node
    meant = {"type": node} if isinstance(node, str) and node in _TYPE_NAMES else {}
    read = f"It is read as the type {node}." if meant else "Any value is allowed."
    source.defect(here, f"a schema is a mapping, not {kind(node)}", read)
    return meant


def _add(result: dict[str, Json], found: Mapping[str, Json]) -> None:
    """Merge `found` into `result`; names of required properties add up."""
    for name, value in found.items():
        if name == "required" and name in result:
            result[name] = list(dict.fromkeys([*result[name], *value]))
        else:
            result[name] = value


def _member(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    convert = _MEMBERS.get(name)
    if convert is not None:
        return convert(source, name, value, here)
    if name in _FORMS:
        return member(source, name, value, _FORMS[name], here)
    if name.startswith("x-"):
        return {name: copied(value)}
    if name in _LATER:
        source.defect(here, f"Swagger 2.0 has no `{name}`", "It is read as in OpenAPI 3.")
        return member(source, name, value, _LATER[name], here)
    source.defect(here, f"Swagger 2.0 has no `{name}`", f"It is kept as `x-{name}`.")
    return {f"x-{name}": copied(value)}


# --- Members that hold schemas, and others that need care ----------------------------------------


def _properties(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    nodes = member(source, name, value, MAPPING, here).get(name)
    if nodes is None:
        return {}
    properties, required = {}, []
    for each, node in nodes.items():
        place = f"{here}/{escape(each)}"
        flagged = isinstance(node, dict) and isinstance(node.get("required"), bool)
        if flagged:
            hint = "It is read as whether this property is required."
            source.defect(f"{place}/required", "`required` is a boolean, not a list of names", hint)
            required += [each] if node["required"] else []
        said = {word: value for word, value in node.items() if word != "required"} if flagged else node
        properties[each] = schema(source, said, place)
    return {name: properties, **({"required": required} if required else {})}


def _items(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    if not isinstance(value, list):
        return {name: schema(source, value, here)}
    source.defect(here, "Swagger 2.0 has no `items` by position", "Each item may be any of them.")
    converted = [schema(source, node, f"{here}/{index}") for index, node in enumerate(value)]
    return {name: {"anyOf": converted} if converted else {}}


def _additional(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    if isinstance(value, bool):
        return {name: value}
    if isinstance(value, str) and value not in _TYPE_NAMES:
        return member(source, name, value, FLAG, here)
    return {name: schema(source, value, here)}


def _all_of(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    if isinstance(value, dict):
        source.defect(here, f"`{name}` is a mapping, not a list of schemas", "It is read as a list of one.")
        return {name: [schema(source, value, here)]}
    if not isinstance(value, list) or not value:
        what = "empty" if value == [] else kind(value)
        source.defect(here, f"`{name}` is {what}, not a list of schemas", "It is left out.")
        return {}
    places = [(each, f"{here}/{index}") for index, each in enumerate(value)]
    converted = [schema(source, each, place) for each, place in places if not _circular(source, each, place)]
    return {name: converted} if converted else {}


def _circular(source: Source, node: Json, here: str) -> bool:
    """Whether the part `node` of a definition's `allOf` refers back to that definition, which then has no end."""
    section, *inside = parts(here)
    if not isinstance(node, dict) or "$ref" not in node or section != "definitions":
        return False
    name, *steps = inside
    if any(step != "allOf" for step in steps[::2]):
        return False
    target = parts(source.target(node, here) or "")
    if target[:1] != ["definitions"] or len(target) != 2 or not source.family.circular(name, target[1]):
        return False
    source.defect(here, "a definition contains itself by `allOf`", "This part is left out.")
    return True


def _later_list(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    source.defect(here, f"Swagger 2.0 has no `{name}`", "It is read as in OpenAPI 3.")
    return _all_of(source, name, value, here)


def _later_one(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    source.defect(here, f"Swagger 2.0 has no `{name}`", "It is read as in OpenAPI 3.")
    return {name: schema(source, value, here)}


def _constant(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    source.defect(here, f"Swagger 2.0 has no `{name}`", "It is read as an `enum` of one.")
    return {"enum": [copied(value)]}


def _exclusive(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    """A numeric exclusive bound, which is of later JSON Schema, becomes a bound and a flag."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return member(source, name, value, FLAG, here)
    source.defect(here, f"`{name}` is a number", "It is read as in later JSON Schema.")
    return {name.replace("exclusiveM", "m"): value, name: True}


def _xml(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    found = member(source, name, value, MAPPING, here).get(name)
    return {} if found is None else {name: fitted(source, found, _XML, here)}


def _docs(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:  # noqa: ARG001 - of a table
    return external_docs(source, value, here)


def _nothing(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:  # noqa: ARG001 - of a table
    return {}


_MEMBERS: Mapping[str, Callable[[Source, str, Json, str], dict[str, Json]]] = {
    "properties": _properties,
    "items": _items,
    "additionalProperties": _additional,
    "allOf": _all_of,
    "anyOf": _later_list,
    "oneOf": _later_list,
    "not": _later_one,
    "const": _constant,
    "exclusiveMinimum": _exclusive,
    "exclusiveMaximum": _exclusive,
    "xml": _xml,
    "externalDocs": _docs,
    "discriminator": discriminator,
    "collectionFormat": _nothing,  # belongs to the parameter around it, which has read it
}


# --- References ------------------------------------------------------------------------------


def _referring(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    """A reference. In 3.0 nothing may stand beside it, so what may be said there is said around it."""
    beside: dict[str, Json] = {}
    for name, value in node.items():
        if name in _ANNOTATIONS or name.startswith("x-") or name in _LATER:
            beside |= _member(source, name, value, f"{here}/{escape(name)}")
        elif name != "$ref":
            source.loss(f"{here}/{escape(name)}", f"`{name}` beside `$ref` has no effect", "It is left out.")
    result = _reference(source, node, here)
    if not beside:
        return result
    around = {**beside, **({"allOf": [result]} if result else {})}
    _nullable(source, around, here)
    settle_default(source, around, here)
    return around


def _reference(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    target = source.target(node, here)
    if target is None or not source.has_end(target, here):
        return {}
    return {"$ref": source.schema_reference(target)}


# --- What the members say together -----------------------------------------------------------


def _file(source: Source, result: dict[str, Json], here: str) -> None:  # noqa: ARG001 - of a table
    if result.get("type") == "file":
        result |= {"type": "string", "format": "binary"}


def _nullable(source: Source, result: dict[str, Json], here: str) -> None:  # noqa: ARG001 - of a table
    """`x-nullable` becomes `nullable`; an enumeration must list null too, as 3.0.3 made clear."""
    if isinstance(result.get("x-nullable"), bool) and result.pop("x-nullable"):
        result["nullable"] = True
    if result.get("nullable") is True and isinstance(result.get("enum"), list) and None not in result["enum"]:
        result["enum"] = [*result["enum"], None]


def _bounds(source: Source, result: dict[str, Json], here: str) -> None:
    """A flag that excludes a bound needs the bound."""
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if flag in result and bound not in result:
            source.defect(f"{here}/{flag}", f"`{flag}` has no effect without `{bound}`", "It is left out.")
            del result[flag]


def _required(source: Source, result: dict[str, Json], here: str) -> None:  # noqa: ARG001 - of a table
    """An empty list goes, since 3.0 does not allow it."""
    if result.get("required") == []:
        del result["required"]


def _composed(source: Source, result: dict[str, Json], here: str) -> None:
    """A whole made of parts describes every property that it requires; one that no part does may be anything."""
    if "allOf" not in result or not (here.endswith("/schema") or len(parts(here)) == 2):
        return
    missing = [name for name in result.get("required", ()) if name not in result.get("properties", {})]
    known = _property_names(source, at(source.data, here), here) if missing else set()
    for name in missing:
        if name not in known:
            what = f"nothing describes the required property {name!r}"
            source.defect(f"{here}/required", what, "Any value is allowed.")
            result["properties"] = {**result.get("properties", {}), name: {}}


def _property_names(source: Source, node: Json, here: str) -> set[str]:
    """The properties that the schema `node` describes, or a part of it does."""
    names: set[str] = set()
    seen: set[str] = set()
    waiting = [(node, here)]
    while waiting and len(seen) < _PARTS:
        found = source.resolve(*waiting.pop())
        if found is None or not isinstance(found[0], dict) or found[1] in seen:
            continue
        node, here = found
        seen.add(here)
        names |= set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
        for word in ("allOf", "anyOf", "oneOf"):
            within = node[word] if isinstance(node.get(word), list) else ()
            waiting += [(each, f"{here}/{word}/{index}") for index, each in enumerate(within)]
    return names


def _array(source: Source, result: dict[str, Json], here: str) -> None:
    if result.get("type") == "array" and "items" not in result:
        source.defect(here, "an array needs `items`", "Any items are allowed.")
        result["items"] = {}


_SETTLED: tuple[Callable[[Source, dict[str, Json], str], None], ...] = (
    settle_types,
    _file,
    settle_enum,
    settle_pattern,
    _nullable,
    _bounds,
    _required,
    _composed,
    _array,
    settle_default,
)

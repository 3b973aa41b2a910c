"""Hypothesis strategies for valid Swagger 2.0 documents, rich in what converters get wrong.

A document is built from its parts up, so that references lead somewhere, defaults fit their
schemas, and what the text forbids (two bodies, a body beside a form, `multi` in a path, inheriting
in a circle) does not come up. `census` names the constructs that a document has.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import jsonschema_rs
from hypothesis import strategies as st

Json = Any
Draw = Callable[[st.SearchStrategy[Any]], Any]

DEFINITION_NAMES = (
    "Pet", "Cat", "A b", "A_b", "Map«Pet»", "com.example.Pet", "Straße", "a/b", "a~b", "a%b", "a%20b", "x-thing",
    "object", "#", "null",
)  # fmt: skip
PROPERTY_NAMES = (
    "id", "name", "next", "$ref", "type", "discriminator", "x-nullable", "example", "properties", "a/b", "é", "",
)  # fmt: skip
TEXTS = (
    "", "text", "null", "yes", "1e3", "0o17", ".nan", ".inf", "2020-01-01", " a: b # c", "é🦜", "line\nline\n",
    "'\"", "- ~",
)  # fmt: skip
MEDIA = ("application/json", "application/xml", "text/plain", "application/vnd.a+json; charset=utf-8", "*/*")
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
FORMATS = {
    "string": ("date", "date-time", "byte", "binary", "password", "uuid", "email", "made-up"),
    "integer": ("int32", "int64", "epoch"),
    "number": ("float", "double"),
    "boolean": (),
}
VALUES: Mapping[str, tuple[Json, ...]] = {
    "string": ("", "abc", "a", "123", "null", "yes", "é🦜", "2020-01-01"),
    "date": ("2020-01-01", "1999-12-31"),
    "date-time": ("2020-01-01T00:00:00Z",),
    "byte": ("", "YWJj"),
    "uuid": ("123e4567-e89b-12d3-a456-426614174000",),
    "email": ("a@b.example",),
    "integer": (0, 1, -1, 3, 7, 12, 100, 2**31, 2**63),
    "int32": (0, 1, -1, 3, 7, 12, 100),
    "int64": (0, 1, -1, 3, 7, 12, 2**31),
    "number": (0, 0.5, 1, -1.5, 3.0, 1e3, 1e22, 1e-7, 99.99),
    "boolean": (True, False),
}
"""A format or else a type, to values of it."""


# --- Drawing ---------------------------------------------------------------------------------


def one(draw: Draw, *values: Any) -> Any:
    return draw(st.sampled_from(values))


_tenths = st.integers(0, 9)


def chance(draw: Draw, tenths: int) -> bool:
    return draw(_tenths) >= 10 - tenths


def some(draw: Draw, values: tuple[Any, ...], least: int, most: int) -> list[Any]:
    """Different ones of `values`."""
    return draw(st.lists(st.sampled_from(values), min_size=least, max_size=most, unique_by=json.dumps))


texts = st.sampled_from(TEXTS) | st.text(max_size=8)
scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from((0.5, 1e22, 2**63)) | texts
data = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(PROPERTY_NAMES), inner, max_size=2),
    max_leaves=4,
)
"""Any JSON value, as examples and extensions hold it."""

_TRAPS: tuple[Json, ...] = (
    {"$ref": "#/definitions/Nowhere"},
    {"$ref": "elsewhere.yaml#/Pet"},
    {"type": "string", "x-nullable": True, "discriminator": "kind"},
    {"type": "file"},
    {"exclusiveMinimum": True, "minimum": 1, "example": 0},
)
"""Data that looks like schemas and references."""


def extended(draw: Draw, node: dict[str, Json]) -> dict[str, Json]:
    """`node`, at times with an extension."""
    if chance(draw, 1):
        name = one(draw, "x-a", "x-codegen", "x-schema")
        node[name] = draw(st.sampled_from(_TRAPS) | data)
    return node


def _fitting(schema: Json, candidates: tuple[Json, ...]) -> list[Json]:
    """Those of `candidates` that `schema` lets pass."""
    said = {name: value for name, value in schema.items() if not name.startswith("x-")}
    validator = jsonschema_rs.Draft4Validator(said, validate_formats=True)
    return [each for each in candidates if validator.is_valid(each)]


def _values(schema: Json) -> list[Json]:
    """Some values that `schema`, of one type, lets pass."""
    return _fitting(schema, VALUES.get(schema.get("format", ""), VALUES[schema["type"]]))


def reference(*parts: str | int) -> str:
    """The reference to `parts`: a JSON pointer in a URI fragment."""
    return "#" + "".join("/" + quote(str(part).replace("~", "~0").replace("/", "~1"), safe="~") for part in parts)


def _refer(draw: Draw, *parts: str | int) -> str:
    """A reference as documents write it: strictly, or with characters that a URI should have escaped."""
    strict = reference(*parts)
    loose = "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
    return loose if "%" not in loose and chance(draw, 5) else strict


# --- Schemas of one value --------------------------------------------------------------------


def _numeric(draw: Draw, node: dict[str, Json]) -> None:
    low = one(draw, -5, 0, 1, 0.5 if node["type"] == "number" else 2)
    for bound, value in (("minimum", low), ("maximum", low + one(draw, 0, 10, 2**40))):
        if chance(draw, 3):
            node[bound] = value
            if chance(draw, 4):
                node[f"exclusive{bound.capitalize()}"] = draw(st.booleans())
    if chance(draw, 1):
        node["multipleOf"] = one(draw, 1, 2, *([0.25] if node["type"] == "number" else []))


def _textual(draw: Draw, node: dict[str, Json]) -> None:
    low = one(draw, 0, 1, 3)
    if chance(draw, 2):
        node["minLength"] = low
    if chance(draw, 2):
        node["maxLength"] = low + one(draw, 0, 5, 30)
    if chance(draw, 2):
        node["pattern"] = one(draw, "^[a-z]+$", r"^\d{3}$", "a|b", "")


def single(draw: Draw) -> dict[str, Json]:
    """A string, number, integer or boolean with constraints, as parameters, headers and schemas share them."""
    node: dict[str, Json] = {"type": one(draw, "string", "string", "integer", "number", "boolean")}
    if FORMATS[node["type"]] and chance(draw, 3):
        node["format"] = one(draw, *FORMATS[node["type"]])
    if node["type"] == "string":
        _textual(draw, node)
    elif node["type"] != "boolean":
        _numeric(draw, node)
    fitting = _values(node)
    if fitting and chance(draw, 2):
        node["enum"] = fitting = some(draw, tuple(fitting), 1, 3)
    if fitting and chance(draw, 2):
        node["default"] = one(draw, *fitting)
    if chance(draw, 1):
        node["x-nullable"] = draw(st.booleans())
    return node


def listed(draw: Draw, formats: tuple[str, ...], *, depth: int = 0) -> dict[str, Json]:
    """An array of a parameter or header; `formats` are the collection formats that its place allows."""
    inner = tuple(each for each in formats if each != "multi")
    items = listed(draw, inner, depth=depth + 1) if depth < 2 and chance(draw, 2) else single(draw)
    node: dict[str, Json] = {"type": "array", "items": items}
    if chance(draw, 8):
        node["collectionFormat"] = one(draw, *formats)
    _counted(draw, node)
    if depth == 0 and items["type"] != "array" and chance(draw, 2):
        values = items.get("enum") or _values(items)
        node["default"] = values[: node.get("minItems", 1)]
        if not _fitting(node, (node["default"],)):
            del node["default"]
    return node


def _counted(draw: Draw, node: dict[str, Json]) -> None:
    low = one(draw, 0, 1, 2)
    bounds = {"minItems": low, "maxItems": low + 3, "uniqueItems": draw(st.booleans())}
    node |= {name: value for name, value in bounds.items() if chance(draw, 2)}


# --- Schemas ---------------------------------------------------------------------------------


Ahead = tuple[str, ...]


class Definitions:
    """The definitions drawn so far, and the kinds of all that there will be."""

    def __init__(self, kinds: dict[str, str]) -> None:
        self.kinds = kinds
        self.drawn: dict[str, Json] = {}
        self.elsewhere: list[tuple[str | int, ...]] = []
        """Where schemas stand that are no definitions but can be referred to."""

    @property
    def far(self) -> Ahead:
        """Those that an array may hold before they are drawn: objects, so that nothing is an array of itself alone."""
        return tuple(name for name, kind in self.kinds.items() if kind == "object")

    def objects(self) -> list[str]:
        """Those to inherit from: what they inherit stands before them, so that nothing inherits itself."""
        return [name for name, node in self.drawn.items() if node.get("type") == "object"]

    def properties(self) -> list[tuple[str, str]]:
        """(definition, property) of what has a schema of its own."""
        return [
            (name, each)
            for name, node in self.drawn.items()
            for each, schema in node.get("properties", {}).items()
            if "$ref" not in schema
        ]


def schema(draw: Draw, known: Definitions, depth: int = 0, kind: str = "", ahead: Ahead = ()) -> dict[str, Json]:
    """A schema that stands in a definition, a body or a response; `ahead` are definitions still to be drawn."""
    kinds = _SHALLOW if depth > 1 else _ALL
    node = _KINDS[kind or one(draw, *kinds)](draw, known, depth, ahead)
    if "$ref" not in node:
        _annotated(draw, node)
    return extended(draw, node)


def _single(draw: Draw, known: Definitions, depth: int, ahead: Ahead) -> dict[str, Json]:
    node = single(draw)
    if "enum" in node and node.get("x-nullable") and chance(draw, 5):
        node["enum"] = [*node["enum"], None]
    return node


def _nothing(draw: Draw, known: Definitions, depth: int, ahead: Ahead) -> dict[str, Json]:
    choices = ({}, {"description": "anything"}, {"x-nullable": True}, {"enum": [1, "a", None, {"$ref": 1}]})
    return dict(one(draw, *choices))


def _array(draw: Draw, known: Definitions, depth: int, ahead: Ahead) -> dict[str, Json]:
    node: dict[str, Json] = {"type": "array", "items": schema(draw, known, depth + 1, ahead=known.far)}
    _counted(draw, node)
    return node


def _object(draw: Draw, known: Definitions, depth: int, ahead: Ahead) -> dict[str, Json]:
    names = some(draw, PROPERTY_NAMES, 0, 3)
    node: dict[str, Json] = {"type": "object"}
    if names:
        node["properties"] = {name: schema(draw, known, depth + 1, ahead=tuple(known.kinds)) for name in names}
        if chance(draw, 4):
            node["required"] = some(draw, tuple(names), 1, 3)
    if chance(draw, 3):
        node["additionalProperties"] = one(draw, True, False, None)
        if node["additionalProperties"] is None:
            node["additionalProperties"] = schema(draw, known, depth + 1, ahead=tuple(known.kinds))
    bounds = {"minProperties": one(draw, 0, 1), "maxProperties": one(draw, 3, 9)}
    return node | {bound: value for bound, value in bounds.items() if chance(draw, 1)}


def _all(draw: Draw, known: Definitions, depth: int, ahead: Ahead) -> dict[str, Json]:
    bases = [{"$ref": reference("definitions", name)} for name in known.objects()]
    members = [one(draw, *bases)] if bases and chance(draw, 8) else []
    members += [_object(draw, known, depth + 1, ()) for _ in range(one(draw, 0, 1, 1))] or []
    node: dict[str, Json] = {"allOf": members or [_object(draw, known, depth + 1, ())]}
    if chance(draw, 3):
        node |= _object(draw, known, depth + 1, ())
    return node


def _reference(draw: Draw, known: Definitions, depth: int, ahead: Ahead) -> dict[str, Json]:
    choices: list[tuple[str | int, ...]] = [("definitions", name) for name in {**known.drawn, **dict.fromkeys(ahead)}]
    choices += [("definitions", name, "properties", each) for name, each in known.properties()]
    choices += known.elsewhere
    if not choices:
        return single(draw)
    node: dict[str, Json] = {"$ref": _refer(draw, *one(draw, *choices))}
    if chance(draw, 2):
        node[one(draw, "description", "title", "x-a")] = draw(texts)
    if chance(draw, 1):
        node["x-nullable"] = True
    if chance(draw, 1):
        node["readOnly"] = True
    return node


_KINDS: Mapping[str, Callable[[Draw, Definitions, int, Ahead], dict[str, Json]]] = {
    "single": _single,
    "reference": _reference,
    "nothing": _nothing,
    "array": _array,
    "object": _object,
    "all": _all,
}
_SHALLOW = ("single", "single", "reference", "nothing")
_ALL = (*_SHALLOW, "array", "object", "object", "all")


def _annotated(draw: Draw, node: dict[str, Json]) -> None:
    if chance(draw, 1):
        node["title"] = draw(texts)
    if chance(draw, 1):
        node["description"] = draw(texts)
    if chance(draw, 1):
        node["example"] = draw(st.sampled_from(_TRAPS) | data)
    if chance(draw, 1):
        node["readOnly"] = draw(st.booleans())
    if chance(draw, 1):
        node["xml"] = {"name": "a", "attribute": True, "x-a": 1}
    if chance(draw, 1):
        node["externalDocs"] = {"url": "https://a.example/"}
    if "x-nullable" not in node and chance(draw, 1):
        node["x-nullable"] = True


def definitions(draw: Draw) -> Definitions:
    """Definitions that refer to each other, in circles too, but inherit only from earlier ones."""
    known = Definitions({name: one(draw, *_ALL) for name in some(draw, DEFINITION_NAMES, 0, 4)})
    for name, kind in known.kinds.items():
        node = schema(draw, known, kind=kind)
        if node.get("type") == "object" and node.get("properties") and chance(draw, 4):
            _polymorphic(draw, node)
        if "allOf" in node and chance(draw, 3):
            node["x-ms-discriminator-value"] = one(draw, "cat", "#Cat", name)
        known.drawn[name] = node
    return known


def _polymorphic(draw: Draw, node: dict[str, Json]) -> None:
    """Give an object a discriminator, which must be a required property of type string."""
    name = one(draw, *node["properties"])
    node["properties"][name] = {"type": "string"}
    node["discriminator"] = name
    node["required"] = [name, *(each for each in node.get("required", []) if each != name)]


# --- Parameters ------------------------------------------------------------------------------


LISTS = ("csv", "ssv", "tsv", "pipes")
_PLACES = {
    "query": (("q", "q[]", "$filter", "a b", "x-nullable", "type"), (*LISTS, "multi")),
    "header": (("X-Q", "x-trace", "X A"), LISTS),
    "formData": (("f", "f[]", "type", "$ref", "x-nullable", "required"), (*LISTS, "multi")),
    "path": ((), LISTS),
}
"""The place of a parameter, to names for it and to the collection formats that it allows."""


def parameter(draw: Draw, place: str, name: str) -> dict[str, Json]:
    """A parameter that is no body."""
    node: dict[str, Json] = {"name": name, "in": place}
    if place == "formData" and chance(draw, 3):
        node["type"] = "file"
    else:
        node |= listed(draw, _PLACES[place][1]) if chance(draw, 5) else single(draw)
    if place == "path":
        node["required"] = True
    elif chance(draw, 3):
        node["required"] = draw(st.booleans())
    if place in ("query", "formData") and chance(draw, 2):
        node["allowEmptyValue"] = draw(st.booleans())
    if chance(draw, 2):
        node["description"] = draw(texts)
    return extended(draw, node)


def body(draw: Draw, known: Definitions, name: str = "body") -> dict[str, Json]:
    node: dict[str, Json] = {"name": name, "in": "body", "schema": schema(draw, known, 1)}
    if chance(draw, 5):
        node["required"] = draw(st.booleans())
    if chance(draw, 2):
        node["description"] = draw(texts)
    return extended(draw, node)


def shared_parameters(draw: Draw, known: Definitions) -> dict[str, Json]:
    """Parameters to refer to; each name says the place, and has one body at most in reach."""
    result: dict[str, Json] = {}
    for key in some(draw, ("Query", "Head er", "Form", "Body", "x-limit", "x/y"), 0, 4):
        place = {"Query": "query", "Head er": "header", "Form": "formData", "x/y": "query"}.get(key, "header")
        result[key] = body(draw, known) if key == "Body" else parameter(draw, place, one(draw, *_PLACES[place][0]))
    return result


def parameters(
    draw: Draw, shared: Mapping[str, Json], known: Definitions, payload: str, names: list[str]
) -> list[Json]:
    """A list of parameters for `names` of the path, with parts of a `payload`: body, formData or none."""
    nodes = [parameter(draw, "path", name) for name in names]
    for place in ("query", "header", *(["formData"] if payload == "formData" else [])):
        least = 1 if place == "formData" and chance(draw, 8) else 0
        nodes += [parameter(draw, place, name) for name in some(draw, _PLACES[place][0], least, 2)]
    if payload == "body" and chance(draw, 8):
        nodes.append(body(draw, known))
    given = {(each["name"], each["in"]) for each in nodes}
    for key, node in shared.items():
        fits = node["in"] not in ("body", "formData") or node["in"] == payload
        if fits and (node["name"], node["in"]) not in given and chance(draw, 5):
            given.add((node["name"], node["in"]))
            nodes.append({"$ref": _refer(draw, "parameters", key)})
    return draw(st.permutations(nodes))


# --- Responses -------------------------------------------------------------------------------


def response(draw: Draw, known: Definitions) -> dict[str, Json]:
    node: dict[str, Json] = {"description": draw(texts)}
    if chance(draw, 6):
        node["schema"] = {"type": "file"} if chance(draw, 1) else schema(draw, known, 1)
    if chance(draw, 3):
        node["headers"] = {
            name: listed(draw, LISTS) if chance(draw, 4) else single(draw)
            for name in some(draw, ("X-Rate", "x-next", "Link"), 1, 2)
        }
    if chance(draw, 3):
        types = some(draw, (*MEDIA, "application/problem+json"), 1, 2)
        node["examples"] = {name: draw(st.sampled_from((None, 0, False, "", [], {})) | data) for name in types}
    return extended(draw, node)


def responses(draw: Draw, shared: Mapping[str, Json], known: Definitions) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for status in some(draw, ("200", "204", "404", "default"), 1, 2):
        if shared and chance(draw, 4):
            result[status] = {"$ref": _refer(draw, "responses", one(draw, *shared))}
        else:
            result[status] = response(draw, known)
    return extended(draw, result)


# --- Security --------------------------------------------------------------------------------


_AUTHORIZATION = {"authorizationUrl": "https://a.example/auth"}
_TOKEN = {"tokenUrl": "https://a.example/token"}
_SCOPES = {"read:pets": "read", "write": ""}
SCHEMES: Mapping[str, Json] = {
    "basic": {"type": "basic", "description": "a name and a password"},
    "x-key": {"type": "apiKey", "in": "header", "name": "X-Key", "x-a": {"$ref": "#/nowhere"}},
    "query key": {"type": "apiKey", "in": "query", "name": "key"},
    "implicit": {"type": "oauth2", "flow": "implicit", **_AUTHORIZATION, "scopes": _SCOPES},
    "password": {"type": "oauth2", "flow": "password", **_TOKEN, "scopes": _SCOPES},
    "application": {"type": "oauth2", "flow": "application", **_TOKEN, "scopes": {}},
    "code/1": {"type": "oauth2", "flow": "accessCode", **_AUTHORIZATION, **_TOKEN, "scopes": _SCOPES},
    "no scopes": {"type": "oauth2", "flow": "password", **_TOKEN},
}


def requirements(draw: Draw, names: list[str]) -> list[Json]:
    """Alternatives of what must be met at once; none at all, and nothing to meet, among them."""
    alternatives = {}
    for _ in range(one(draw, 0, 1, 1, 2)):
        met = some(draw, tuple(names), 0, 2) if names else []
        scoped = {name: SCHEMES[name].get("scopes") and chance(draw, 5) for name in met}
        alternative = {name: ["read:pets"] if scoped[name] else [] for name in met}
        alternatives[json.dumps(alternative, sort_keys=True)] = alternative
    return list(alternatives.values())


# --- Documents -------------------------------------------------------------------------------


PATHS = ("/", "/a", "/a/{id}", "/{x-y}.json/b c", "/é/{id}/{type}", "/a/{id}:act")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")


def _names(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def _payload(draw: Draw) -> str:
    return one(draw, "none", "body", "formData", "formData")


def _types(draw: Draw, node: dict[str, Json], payload: str) -> None:
    """At times, `consumes` that fits the payload, and `produces`."""
    if chance(draw, 5):
        types = (URLENCODED, MULTIPART, "application/json") if payload == "formData" else MEDIA
        node["consumes"] = some(draw, types, 0, 2)
    if chance(draw, 4):
        node["produces"] = some(draw, MEDIA, 0, 2)


class Shared:
    """What the operations of a document refer to."""

    def __init__(self, draw: Draw) -> None:
        self.known = definitions(draw)
        self.parameters = shared_parameters(draw, self.known)
        keys = some(draw, ("Error", "Not found", "x-none", "a.b"), 0, 2)
        self.responses = {key: response(draw, self.known) for key in keys}
        self.security = some(draw, tuple(SCHEMES), 0, 3)


def operation(draw: Draw, shared: Shared, method: str, inherited: str, names: list[str]) -> dict[str, Json]:
    """An operation; `inherited` is the payload that its path gives it, `names` what its path leaves to it."""
    payload = inherited if inherited != "none" else _payload(draw)
    node: dict[str, Json] = {}
    if chance(draw, 2):
        node["tags"] = ["t"]
    if chance(draw, 2):
        node |= {"summary": draw(texts), "description": draw(texts)}
    if chance(draw, 1):
        node |= {"deprecated": draw(st.booleans()), "externalDocs": {"url": "https://a.example/", "x-a": 1}}
    _types(draw, node, payload)
    listing = parameters(draw, shared.parameters, shared.known, payload, names)
    if listing or chance(draw, 2):
        node["parameters"] = listing
    node["responses"] = responses(draw, shared.responses, shared.known)
    if chance(draw, 3):
        node["security"] = requirements(draw, shared.security)
    if chance(draw, 1):
        node["schemes"] = some(draw, ("http", "https", "ws", "wss"), 0, 2)
    return extended(draw, node)


def path_item(draw: Draw, shared: Shared, path: str) -> dict[str, Json]:
    """A path with its operations; its own parameters are all, some or none of those that it has."""
    node: dict[str, Json] = {}
    names = _names(path)
    payload = "none"
    if chance(draw, 5):
        payload = _payload(draw)
        node["parameters"] = parameters(draw, shared.parameters, shared.known, payload, names)
        if not chance(draw, 4):  # the operations override the others
            names = []
    for method in some(draw, METHODS, 1, 2):
        node[method] = operation(draw, shared, method, payload, names)
        shared.known.elsewhere += _places(path, method, node[method])
    return extended(draw, node)


def _places(path: str, method: str, node: Json) -> Iterator[tuple[str | int, ...]]:
    """Where an operation holds schemas that refer to nothing and can be referred to."""
    for status, each in node["responses"].items():
        if not status.startswith("x-") and _stands_alone(each.get("schema")):
            yield ("paths", path, method, "responses", status, "schema")
    for index, each in enumerate(node.get("parameters", ())):
        if _stands_alone(each.get("schema")):
            yield ("paths", path, method, "parameters", index, "schema")


def _stands_alone(node: Json) -> bool:
    return isinstance(node, dict) and node.get("type") != "file" and '"$ref": "' not in json.dumps(node)


@st.composite
def documents(draw: Draw) -> dict[str, Json]:
    """A valid Swagger 2.0 document."""
    root: dict[str, Json] = {"swagger": "2.0", "info": extended(draw, {"title": draw(texts), "version": draw(texts)})}
    for name, values in (("host", ("a.example", "a.example:8080")), ("basePath", ("/", "/v1", "/v1/", "/v1/é"))):
        if chance(draw, 5):
            root[name] = one(draw, *values)
    if chance(draw, 5):
        root["schemes"] = some(draw, ("http", "https", "ws", "wss"), 0, 2)
    _types(draw, root, _payload(draw))
    if chance(draw, 2):
        root |= {"tags": [{"name": "t", "x-a": 1}], "externalDocs": {"url": "https://a.example/"}}
    shared = Shared(draw)
    if chance(draw, 4):
        root["security"] = requirements(draw, shared.security)
    root["paths"] = extended(draw, {path: path_item(draw, shared, path) for path in some(draw, PATHS, 1, 3)})
    root |= _sections(draw, shared)
    return json.loads(json.dumps(extended(draw, root)))


def _sections(draw: Draw, shared: Shared) -> dict[str, Json]:
    """What is shared, where there is any or at times an empty mapping."""
    sections = {
        "definitions": shared.known.drawn,
        "parameters": shared.parameters,
        "responses": shared.responses,
        "securityDefinitions": {name: SCHEMES[name] for name in shared.security},
    }
    if shared.known.elsewhere and chance(draw, 5):
        inner = {"$ref": reference(*one(draw, *shared.known.elsewhere))}
        sections["definitions"] = {**shared.known.drawn, "FromAPath": {"type": "object", "properties": {"a": inner}}}
    return {name: members for name, members in sections.items() if members or chance(draw, 2)}

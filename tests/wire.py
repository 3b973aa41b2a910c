"""What goes over the wire by an API document: one reading of Swagger 2.0 and of OpenAPI 3.0 and 3.1.

Written from the specifications' texts alone: nothing of `scripts` is used, so that a mistake there
is not made here too. `compare` reads two documents and says where they promise different things.

Where a text leaves a choice, this is how it is read:

- `nullable: true` of 3.0 lets null pass whatever is in `allOf`; strictly it has no effect without
  `type`, but there is no other way to say it there, and 3.1 says it outright.
- `x-nullable: true` of 2.0 lets null pass, also where an `enum` beside it does not list null.
- `encoding` says how lists are written in every kind of form, as 3.0.4 and 3.1.1 have it.
- A scheme that nobody says is that of the document; a slash at the end of a base path is none.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

Json = Any

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
WRITTEN = {"csv": "commas", "ssv": "spaces", "tsv": "tabs", "pipes": "bars", "multi": "repeated"}
"""`collectionFormat`, to how the list is written."""
SINGLE = "as one value"
"""How what is no list is written."""
SAME_HOST = "<the document's host>"


@dataclass(frozen=True)
class Difference:
    """One thing that two documents say differently."""

    place: str
    aspect: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.place}: {self.aspect} was {self.old!r}, is {self.new!r}"


# --- One document ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """A document, and how it is read."""

    root: Json
    siblings: frozenset[str] = frozenset()
    """The members beside a `$ref` of Swagger 2.0 that are read as meant; the text has them ignored. `x-` is all."""

    @property
    def version(self) -> str:
        return str(self.root.get("swagger", self.root.get("openapi")))[:3]

    @property
    def schemas(self) -> Mapping[str, Json]:
        """The schemas that have a name."""
        if self.version == "2.0":
            return self.root.get("definitions", {})
        return self.root.get("components", {}).get("schemas", {})

    def target(self, reference: str) -> Json:
        """What a reference into this document names: a JSON pointer in a URI fragment. `LookupError` if nothing."""
        node = self.root
        for part in unquote(reference.removeprefix("#")).split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            node = node[int(name)] if isinstance(node, list) else node[name]
        return node

    def follow(self, node: Json) -> Json:
        """`node`, or what it refers to; of parameters, responses and the like, where nothing stands beside `$ref`."""
        while "$ref" in node:
            node = self.target(node["$ref"])
        return node


def extensions(node: Mapping[str, Json], *but: str) -> dict[str, Json]:
    return {name: value for name, value in node.items() if name.startswith("x-") and name not in but}


def canonical(value: Json) -> str:
    """A text that two JSON values share when they are equal: 1 is 1.0, but not true."""

    def plain(each: Json) -> Json:
        if isinstance(each, dict):
            return {name: plain(inner) for name, inner in each.items()}
        if isinstance(each, list):
            return [plain(inner) for inner in each]
        return int(each) if isinstance(each, float) and each.is_integer() else each

    return json.dumps(plain(value), sort_keys=True)


# --- Schemas ---------------------------------------------------------------------------------


_PLAIN = (
    "pattern", "multipleOf", "maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties",
)  # fmt: skip
_NOTES = (
    "title", "description", "default", "example", "examples", "readOnly", "writeOnly", "xml", "externalDocs",
    "deprecated",
)  # fmt: skip
"""Members that restrict nothing by themselves."""
_READ = frozenset(
    {*_PLAIN, *_NOTES, "type", "format", "enum", "const", "uniqueItems", "required", "properties", "items"}
    | {"additionalProperties", "allOf", "anyOf", "oneOf", "not", "minimum", "maximum", "exclusiveMinimum"}
    | {"exclusiveMaximum", "nullable", "discriminator", "contentEncoding", "contentMediaType", "$ref"}
)
_OF_PARAMETERS = frozenset({"name", "in", "required", "description", "allowEmptyValue", "collectionFormat"})
NULL_ALONE = "null alone"
ANYTHING: Json = {}
NOTHING: Json = {"not": ANYTHING}
"""What `true` and `false` and missing schemas stand for. Nodes are told apart by identity, so these are made once."""


@dataclass(frozen=True, eq=False)
class Schema:
    """A schema of a document, or a parameter of Swagger 2.0, which is its own schema."""

    reading: Reading
    node: Json
    of_parameter: bool = False


@dataclass(frozen=True)
class Facets:
    """What one schema says, in the same form for every version."""

    null: bool
    """Whether null passes."""
    words: Mapping[str, Any]
    """What restricts values, by names of this module."""
    below: Mapping[tuple[str, str | int], Schema]
    """The schemas in it, by where they stand: a member, and a name or a number in it."""
    notes: Mapping[str, Json]
    """What restricts nothing, extensions included."""
    kinds: Mapping[str, Schema]
    """Each value of the discriminator, to the schema that it stands for."""
    declared: frozenset[str]
    """The values of the discriminator that stand in the document itself."""


def facets(schema: Schema) -> Facets:
    """What `schema` says, through references and wrappings that add nothing."""
    reading, node = schema.reading, schema.node
    notes: dict[str, Json] = {}
    for _ in range(100):
        if isinstance(node, bool):
            node = ANYTHING if node else NOTHING
        notes = _notes(schema, node) | notes
        inner = _sole(reading, node)
        if inner is None:
            break
        node = inner
    kinds, declared = _kinds(reading, node)
    words, below = _words(node, reading), dict(_below(reading, node))
    if NULL_ALONE in words:
        words, below = {NULL_ALONE: True}, {}
    return Facets(accepts_null(reading, schema.node), words, below, notes, kinds, declared)


def _notes(schema: Schema, node: Mapping[str, Json]) -> dict[str, Json]:
    if schema.of_parameter and node is schema.node:
        return {"default": node["default"]} if "default" in node else {}
    found = {name: node[name] for name in _NOTES if name in node} | extensions(node, "x-nullable")
    if "$ref" in node and schema.reading.version != "3.1":
        meant = schema.reading.siblings if schema.reading.version == "2.0" else frozenset()
        found = {name: value for name, value in found.items() if _meant(name, meant)}
    if "examples" in found:
        found["example"] = found.pop("examples")[0]
    return found


def _meant(name: str, siblings: frozenset[str]) -> bool:
    return name in siblings or (name.startswith("x-") and "x-" in siblings)


def _sole(reading: Reading, node: Mapping[str, Json]) -> Json | None:
    """The schema that `node` only wraps; None if it says more itself."""
    if "$ref" in node and reading.version != "3.1":
        return reading.target(node["$ref"])
    said = [name for name in node if name not in (*_NOTES, "nullable") and not name.startswith("x-")]
    if said == ["$ref"]:
        return reading.target(node["$ref"])
    if said == ["allOf"] and len(node["allOf"]) == 1:
        return node["allOf"][0]
    if said in (["anyOf"], ["oneOf"]) and len(node[said[0]]) == 2:
        others = [each for each in node[said[0]] if not _is_null(each)]
        return others[0] if len(others) == 1 else None
    return None


def _is_null(node: Json) -> bool:
    return isinstance(node, dict) and node.get("type") in ("null", ["null"])


def _words(node: Mapping[str, Json], reading: Reading) -> dict[str, Any]:
    types = _types(node)
    result: dict[str, Any] = {name: node[name] for name in _PLAIN if name in node}
    result |= {name: f"unknown: {canonical(node[name])}" for name in node if _unknown(reading, name)}
    if types - {"null"}:
        result["type"] = types - {"null"}
    if _format(node):
        result["format"] = _format(node)
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if _bound(node, bound, exclusive):
            result[bound] = _bound(node, bound, exclusive)
    if node.get("uniqueItems"):
        result["uniqueItems"] = True
    if isinstance(node.get("required"), list) and node["required"]:
        result["required"] = frozenset(node["required"])
    if "enum" in node or "const" in node:
        values = node["enum"] if "enum" in node else [node["const"]]
        result["enum"] = frozenset(canonical(value) for value in values if value is not None)
    if "discriminator" in node:
        said = node["discriminator"]
        result["discriminator"] = said if reading.version == "2.0" else said["propertyName"]
    if types == {"null"} or result.get("enum") == frozenset():
        result[NULL_ALONE] = True
    return result


def _unknown(reading: Reading, name: str) -> bool:
    known = _READ | _OF_PARAMETERS if reading.version == "2.0" else _READ
    return name not in known and not name.startswith("x-")


def _types(node: Mapping[str, Json]) -> frozenset[str]:
    said = node.get("type", [])
    return frozenset("string" if each == "file" else each for each in ([said] if isinstance(said, str) else said))


def _format(node: Mapping[str, Json]) -> str | None:
    """The format; bytes have one word, however they are said."""
    if node.get("type") == "file":
        return "binary"
    if "format" in node:
        return node["format"]
    if node.get("contentEncoding") == "base64":
        return "byte"
    return "binary" if node.get("contentMediaType") == "application/octet-stream" else None


def _bound(node: Mapping[str, Json], bound: str, exclusive: str) -> tuple[float, str] | None:
    """The tighter of the bounds that `node` says, and whether it is itself among the values."""
    flag = node.get(exclusive)
    found: list[tuple[float, str]] = []
    if bound in node:
        found.append((node[bound], "excluded" if flag is True else "included"))
    if flag is not None and not isinstance(flag, bool):
        found.append((flag, "excluded"))
    sign = 1 if bound == "minimum" else -1
    return max(found, key=lambda each: (sign * each[0], each[1] == "excluded"), default=None)


def _below(reading: Reading, node: Mapping[str, Json]) -> Iterator[tuple[tuple[str, str | int], Schema]]:
    for name, inner in node.get("properties", {}).items():
        yield ("property", name), Schema(reading, inner)
    for name in ("items", "additionalProperties", "not"):
        if name in node:
            yield (name, ""), Schema(reading, node[name])
    members = [*([reading.target(node["$ref"])] if "$ref" in node else []), *node.get("allOf", [])]
    for name, each in (("allOf", members), ("anyOf", node.get("anyOf", [])), ("oneOf", node.get("oneOf", []))):
        for index, inner in enumerate(each):
            yield (name, index), Schema(reading, inner)


def accepts_null(reading: Reading, node: Json, seen: frozenset[int] = frozenset()) -> bool:
    """Whether null passes the schema `node`."""
    if isinstance(node, bool):
        return node
    if id(node) in seen:
        return True
    seen |= {id(node)}

    def passes(inner: Json) -> bool:
        return accepts_null(reading, inner, seen)

    if "$ref" in node and reading.version != "3.1":
        meant = _meant("x-nullable", reading.siblings) and node.get("x-nullable") is True
        return meant or passes(reading.target(node["$ref"]))
    if node.get({"2.0": "x-nullable", "3.0": "nullable"}.get(reading.version)) is True:
        return reading.version == "2.0" or None in node.get("enum", [None])
    types = _types(node)
    return (
        (not types or "null" in types)
        and ("enum" not in node or None in node["enum"])
        and ("$ref" not in node or passes(reading.target(node["$ref"])))
        and all(passes(each) for each in node.get("allOf", ()))
        and ("anyOf" not in node or any(passes(each) for each in node["anyOf"]))
        and ("oneOf" not in node or sum(passes(each) for each in node["oneOf"]) == 1)
        and ("not" not in node or not passes(node["not"]))
    )


def _kinds(reading: Reading, node: Mapping[str, Json]) -> tuple[dict[str, Schema], frozenset[str]]:
    """The values of a discriminator, and those of them that the document itself writes out.

    In 2.0, the names of the schema and of those that have it among their `allOf`; in 3.x, the names
    of all schemas, and those of the mapping.
    """
    said = node.get("discriminator")
    if said is None:
        return {}, frozenset()
    if reading.version == "2.0":
        heirs = {name: each for name, each in reading.schemas.items() if node is each or _inherits(reading, each, node)}
        values = {str(each.get("x-ms-discriminator-value", name)): each for name, each in heirs.items()}
        return {value: Schema(reading, each) for value, each in values.items()}, frozenset(values)
    mapping = {
        value: reading.target(there) if there.startswith("#") else reading.schemas[there]
        for value, there in said.get("mapping", {}).items()
    }
    known = {**reading.schemas, **mapping}
    return {value: Schema(reading, each) for value, each in known.items()}, frozenset(mapping)


def _inherits(reading: Reading, node: Json, base: Json, seen: frozenset[int] = frozenset()) -> bool:
    if id(node) in seen or not isinstance(node, dict):
        return False
    seen |= {id(node)}
    for member in node.get("allOf", ()):
        inner = reading.target(member["$ref"]) if "$ref" in member else member
        if inner is base or _inherits(reading, inner, base, seen):
            return True
    return False


# --- Operations ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """A parameter, a header or a field of a form."""

    schema: Schema
    required: bool = False
    written: str = SINGLE
    inner: tuple[str, ...] = ()
    """How the lists in a list are written, outermost first; empty where nobody says."""
    allow_empty: bool = False
    notes: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Body:
    """What a request carries: values in each of some media types, or the fields of a form."""

    required: bool
    media: Mapping[str, Mapping[str, Json]]
    """Media type, to its Media Type Object as OpenAPI 3 has it; of Swagger 2.0 empty ones."""
    schema: Schema | None = None
    """Of Swagger 2.0."""
    fields: Mapping[str, Value] | None = None
    """Of a form of Swagger 2.0."""
    notes: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A response."""

    content: Mapping[str, Schema | None]
    examples: Mapping[str, Json]
    headers: Mapping[str, Value]
    notes: Mapping[str, Json]
    schema: Schema | None = None
    """Of Swagger 2.0, which has one for all media types."""


@dataclass(frozen=True)
class Operation:
    """An operation, with all that it inherits."""

    urls: frozenset[str]
    parameters: Mapping[tuple[str, str], Value]
    body: Body | None
    answers: Mapping[str, Answer]
    security: frozenset[frozenset[tuple[str, frozenset[str]]]]
    """Alternatives; each is what must be met at once: what a scheme asks for, and the scopes."""
    notes: Mapping[str, Json]
    """What is not on the wire: its id, its tags, extensions."""


def operations(reading: Reading) -> dict[tuple[str, str], Operation]:
    """(method, path template) to what the operation there says."""
    read = _old_operation if reading.version == "2.0" else _new_operation
    return {
        (method, path): read(reading, item, item[method])
        for path, item in reading.root.get("paths", {}).items()
        if path.startswith("/")
        for method in METHODS
        if method in item
    }


def _merged(reading: Reading, item: Json, node: Json) -> dict[tuple[str, str], Json]:
    """The parameters of a path and of an operation on it, which win by name and place."""
    listed = itertools.chain(item.get("parameters", ()), node.get("parameters", ()))
    return {(each["name"], each["in"]): each for each in (reading.follow(one) for one in listed)}


def _operation_notes(node: Json) -> dict[str, Json]:
    kept = ("operationId", "summary", "description", "tags", "externalDocs", "deprecated")
    return {name: node[name] for name in kept if name in node} | extensions(node)


def _security(reading: Reading, node: Json) -> frozenset[frozenset[tuple[str, frozenset[str]]]]:
    root = reading.root
    if reading.version == "2.0":
        schemes, meaning = root.get("securityDefinitions", {}), _old_scheme
    else:
        schemes, meaning = root.get("components", {}).get("securitySchemes", {}), _new_scheme
    return frozenset(
        frozenset(
            (meaning(schemes[name]) if name in schemes else f"unknown {name!r}", frozenset(scopes))
            for name, scopes in alternative.items()
        )
        for alternative in node.get("security", root.get("security", []))
    )


# --- Swagger 2.0 -----------------------------------------------------------------------------


def _old_operation(reading: Reading, item: Json, node: Json) -> Operation:
    merged = _merged(reading, item, node)
    return Operation(
        urls=_old_urls(reading.root, node),
        parameters={
            key: _old_value(reading, each) for key, each in merged.items() if key[1] not in ("body", "formData")
        },
        body=_old_body(reading, merged, node),
        answers={
            status: _old_answer(reading, reading.follow(each), _media(reading, node, "produces"))
            for status, each in node["responses"].items()
            if not status.startswith("x-")
        },
        security=_security(reading, node),
        notes=_operation_notes(node),
    )


def _old_urls(root: Json, node: Json) -> frozenset[str]:
    base = root.get("basePath", "").rstrip("/")
    schemes = node.get("schemes", root.get("schemes", []))
    if "host" not in root and not schemes:
        return frozenset({base})
    host = root.get("host", SAME_HOST)
    return frozenset(f"{scheme}://{host}{base}" for scheme in schemes) or frozenset({f"//{host}{base}"})


def _media(reading: Reading, node: Json, name: str) -> list[str]:
    return node.get(name, reading.root.get(name, []))


def _old_value(reading: Reading, node: Json, place: str = "") -> Value:
    schema = Schema(reading, node, of_parameter=True)
    empty = node.get("allowEmptyValue", False)
    required = node.get("required", False)
    notes = extensions(node, "x-nullable")
    if node.get("type") != "array":
        return Value(schema, required, allow_empty=empty, notes=notes)
    lists = list(_lists(node))
    return Value(schema, required, lists[0], tuple(lists[1:]), empty, notes)


def _lists(node: Json) -> Iterator[str]:
    while node.get("type") == "array":
        yield WRITTEN[node.get("collectionFormat", "csv")]
        node = node.get("items", {})


def _old_body(reading: Reading, merged: Mapping[tuple[str, str], Json], node: Json) -> Body | None:
    media: dict[str, Json] = {each: {} for each in _media(reading, node, "consumes")}
    for (_, place), each in merged.items():
        if place == "body":
            schema = Schema(reading, each["schema"])
            return Body(each.get("required", False), media, schema, notes=extensions(each))
    fields = {name: _old_value(reading, each) for (name, place), each in merged.items() if place == "formData"}
    if not fields:
        return None
    return Body(any(each.required for each in fields.values()), media, fields=fields)


def _old_answer(reading: Reading, node: Json, produces: list[str]) -> Answer:
    schema = Schema(reading, node["schema"]) if "schema" in node else None
    return Answer(
        content=dict.fromkeys(produces, schema) if schema else {},
        examples=node.get("examples", {}),
        headers={name.lower(): _old_value(reading, each) for name, each in node.get("headers", {}).items()},
        notes={"description": node["description"]} | extensions(node),
        schema=schema,
    )


_FLOWS = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}


def _old_scheme(node: Json) -> str:
    if node["type"] == "basic":
        return "HTTP basic"
    if node["type"] == "apiKey":
        return f"key in {node['in']} {node['name']!r}"
    return _flow(_FLOWS[node["flow"]], node)


def _flow(name: str, node: Json) -> str:
    scopes = {scope: said for scope, said in (node.get("scopes") or {}).items() if not scope.startswith("x-")}
    return f"OAuth {name} at {node.get('authorizationUrl')} and {node.get('tokenUrl')} for {canonical(scopes)}"


# --- OpenAPI 3 -------------------------------------------------------------------------------


def _new_operation(reading: Reading, item: Json, node: Json) -> Operation:
    servers = node.get("servers", item.get("servers", reading.root.get("servers"))) or [{"url": "/"}]
    parameters = _merged(reading, item, node)
    return Operation(
        urls=frozenset(each["url"].rstrip("/") for each in servers),
        parameters={key: _new_value(reading, each, key[1]) for key, each in parameters.items()},
        body=_new_body(reading.follow(node["requestBody"])) if "requestBody" in node else None,
        answers={
            status: _new_answer(reading, reading.follow(each))
            for status, each in node.get("responses", {}).items()
            if not status.startswith("x-")
        },
        security=_security(reading, node),
        notes=_operation_notes(node),
    )


def _new_value(reading: Reading, node: Json, place: str) -> Value:
    schema = Schema(reading, node.get("schema", ANYTHING))
    written = _styled(schema, node, place)
    return Value(
        schema,
        node.get("required", False),
        written,
        allow_empty=node.get("allowEmptyValue", False),
        notes=extensions(node),
    )


_STYLES = {"form": "commas", "simple": "commas", "spaceDelimited": "spaces", "pipeDelimited": "bars"}


def _styled(schema: Schema, node: Json, place: str) -> str:
    """How a value is written by `style` and `explode` of `node`, where it is a list."""
    if "array" not in facets(schema).words.get("type", ()):
        return SINGLE
    style = node.get("style", "form" if place in ("query", "cookie", "form") else "simple")
    if style != "simple" and node.get("explode", style == "form"):
        return "repeated"
    return _STYLES.get(style, style)


def _new_body(node: Json) -> Body:
    return Body(node.get("required", False), node.get("content", {}), notes=extensions(node))


def _form(reading: Reading, media: Json) -> dict[str, Value]:
    """The fields of a form."""
    said = facets(Schema(reading, media.get("schema", ANYTHING)))
    result = {}
    for (member, name), schema in said.below.items():
        if member == "property":
            style = media.get("encoding", {}).get(name, {})
            required = name in said.words.get("required", ())
            result[name] = Value(
                schema, required, _styled(schema, style, "form"), notes=extensions(facets(schema).notes)
            )
    return result


def _new_answer(reading: Reading, node: Json) -> Answer:
    content = node.get("content", {})
    return Answer(
        content={
            name: Schema(reading, media["schema"]) if "schema" in media else None for name, media in content.items()
        },
        examples={
            name: _example(media) for name, media in content.items() if "example" in media or media.get("examples")
        },
        headers={
            name.lower(): _new_value(reading, reading.follow(each), "header")
            for name, each in node.get("headers", {}).items()
        },
        notes={"description": node["description"]} | extensions(node),
    )


def _example(media: Json) -> Json:
    """The example of a media type, or the first of its several."""
    return media["example"] if "example" in media else next(iter(media["examples"].values())).get("value")


def _new_scheme(node: Json) -> str:
    if node["type"] == "http":
        return f"HTTP {node['scheme'].lower()}"
    if node["type"] == "apiKey":
        return f"key in {node['in']} {node['name']!r}"
    if node["type"] == "oauth2":
        return ", ".join(_flow(name, flow) for name, flow in node["flows"].items() if not name.startswith("x-"))
    return canonical(node)


# --- Two documents ---------------------------------------------------------------------------


Seen = set[tuple[int, int]]
"""The pairs of schemas that are or were being compared: of cycles, each pair is looked at once."""

_ON_THE_WIRE = frozenset({"default", "readOnly", "writeOnly", "xml"})
"""Notes that change what is sent or what a reader makes of it, so that none may be gained either."""
_WHOLE = frozenset({"items", "additionalProperties"})
"""Members that let anything pass where they are missing."""


def compare(old: Json, new: Json, *, siblings: frozenset[str] = frozenset()) -> list[Difference]:
    """Where `new`, of OpenAPI 3.0 or 3.1, promises something else than `old`, of Swagger 2.0.

    `siblings` are the members beside a `$ref` of Swagger 2.0 to read as meant.
    """
    # Objects are told apart by identity, so each must stand in one place.
    before, after = Reading(json.loads(json.dumps(old)), siblings), Reading(json.loads(json.dumps(new)))
    return list(_documents(before, after))


def _documents(old: Reading, new: Reading) -> Iterator[Difference]:
    for name in ("info", "tags", "externalDocs", *extensions(old.root)):
        yield from _equal("document", name, old.root.get(name), new.root.get(name))
    for path, item in old.root["paths"].items():
        there = new.root["paths"].get(path)
        kept = _equal("paths", path, item, there) if path.startswith("x-") else _notes_kept(path, item, there or {})
        yield from kept
    seen: Seen = set()
    before, after = operations(old), operations(new)
    for key in {**before, **after}:
        place = f"{key[0].upper()} {key[1]}"
        if key in before and key in after:
            yield from _operations(before[key], after[key], place, new, seen)
        else:
            yield _presence(place, "operation", key in before)
    yield from _definitions(old, new, seen)


def _definitions(old: Reading, new: Reading, seen: Seen) -> Iterator[Difference]:
    """Named schemas, used or not. One whose name is not lawful in OpenAPI 3 may have any that is new."""
    renamed = [name for name in new.schemas if name not in old.schemas]
    for name, node in old.schemas.items():
        place, before = f"schema {name!r}", Schema(old, node)
        if name in new.schemas:
            yield from _schemas(before, Schema(new, new.schemas[name]), place, seen)
        elif all(any(_schemas(before, Schema(new, new.schemas[each]), place, set())) for each in renamed):
            yield _presence(place, "schema", True)


def _presence(place: str, aspect: str, was: bool) -> Difference:
    return Difference(place, aspect, "there" if was else "missing", "missing" if was else "there")


def _equal(place: str, aspect: str, old: Json, new: Json) -> Iterator[Difference]:
    if canonical(old) != canonical(new):
        yield Difference(place, aspect, old, new)


def _notes_kept(place: str, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[Difference]:
    """Extensions and the like: each stays as it is; others may come."""
    for name, value in extensions(old).items():
        if name not in new or canonical(new[name]) != canonical(value):
            yield Difference(place, name, value, new.get(name, "missing"))


def _operations(old: Operation, new: Operation, place: str, reading: Reading, seen: Seen) -> Iterator[Difference]:
    if old.urls != new.urls:
        yield Difference(place, "servers", old.urls, new.urls)
    if old.security != new.security:
        yield Difference(place, "security", old.security, new.security)
    for name in {**old.notes, **new.notes}:
        if name in old.notes or not name.startswith("x-"):
            yield from _equal(place, name, old.notes.get(name), new.notes.get(name))
    named = {f"{key[1]} parameter {key[0]!r}": value for key, value in old.parameters.items()}
    others = {f"{key[1]} parameter {key[0]!r}": value for key, value in new.parameters.items()}
    yield from _each(named, others, place, "parameter", seen)
    yield from _bodies(old.body, new.body, f"{place} body", reading, seen)
    for status in {**old.answers, **new.answers}:
        there = f"{place} {status}"
        if status in old.answers and status in new.answers:
            yield from _answers(old.answers[status], new.answers[status], there, seen)
        else:
            yield _presence(there, "response", status in old.answers)


def _each(
    old: Mapping[str, Value], new: Mapping[str, Value], place: str, aspect: str, seen: Seen
) -> Iterator[Difference]:
    for name in {**old, **new}:
        if name in old and name in new:
            yield from _values(old[name], new[name], f"{place} {name}", seen)
        else:
            yield _presence(f"{place} {name}", aspect, name in old)


def _values(old: Value, new: Value, place: str, seen: Seen) -> Iterator[Difference]:
    for aspect in ("required", "allow_empty", "written", "inner"):
        before, after = getattr(old, aspect), getattr(new, aspect)
        if before != after:
            yield Difference(place, aspect, before, after)
    yield from _notes_kept(place, old.notes, new.notes)
    if old.written == new.written:
        yield from _schemas(old.schema, new.schema, place, seen)


def _bodies(old: Body | None, new: Body | None, place: str, reading: Reading, seen: Seen) -> Iterator[Difference]:
    if old is None or new is None:
        if old is not new:
            yield _presence(place, "body", old is not None)
        return
    if old.required != new.required:
        yield Difference(place, "required", old.required, new.required)
    yield from _notes_kept(place, old.notes, new.notes)
    aspect = "media types" if old.fields is None else _kind_of_form(old.fields)
    if set(old.media) != set(new.media):
        yield Difference(place, aspect, tuple(sorted(old.media)), tuple(sorted(new.media)))
    for name, media in new.media.items():
        there = f"{place} {name}"
        if old.fields is not None:
            yield from _forms(old.fields, media, there, reading, seen)
        elif old.schema is not None:
            yield from _schemas(old.schema, Schema(reading, media.get("schema", ANYTHING)), there, seen)


def _kind_of_form(fields: Mapping[str, Value]) -> str:
    files = any(each.schema.node.get("type") == "file" for each in fields.values())
    return "media types of a form with files" if files else "media types of a form"


def _forms(old: Mapping[str, Value], media: Json, place: str, reading: Reading, seen: Seen) -> Iterator[Difference]:
    said = facets(Schema(reading, media.get("schema", ANYTHING)))
    more = {name for name in said.words if name not in ("type", "required")}
    more |= {member for member, _ in said.below if member != "property"}
    if more or said.words.get("type") != frozenset({"object"}):
        yield Difference(place, "form", "an object of its fields", sorted(more) or said.words.get("type"))
    new = {f"field {name!r}": value for name, value in _form(reading, media).items()}
    yield from _each({f"field {name!r}": value for name, value in old.items()}, new, place, "field", seen)


def _answers(old: Answer, new: Answer, place: str, seen: Seen) -> Iterator[Difference]:
    for name, value in old.notes.items():
        yield from _equal(place, name, value, new.notes.get(name))
    exemplary = {name for name in old.examples if name not in old.content}
    media = tuple(sorted(name for name in new.content if name not in exemplary))
    if set(old.content) != set(media):
        aspect = "media types" if old.schema else "content"
        yield Difference(place, aspect, tuple(sorted(old.content)), media)
    for name, schema in new.content.items():
        if schema and not old.schema:
            yield Difference(f"{place} {name}", "schema", "missing", "there")
        elif schema and old.schema:
            yield from _schemas(old.schema, schema, f"{place} {name}", seen)
        elif old.schema and name in old.content:
            yield Difference(f"{place} {name}", "schema", "there", "missing")
    for name in {**old.examples, **new.examples}:
        before, after = old.examples.get(name, "missing"), new.examples.get(name, "missing")
        yield from _equal(f"{place} {name}", "example", before, after)
    yield from _each(
        {f"header {name}": value for name, value in old.headers.items()},
        {f"header {name}": value for name, value in new.headers.items()},
        place, "header", seen,
    )  # fmt: skip


def _schemas(old: Schema, new: Schema, place: str, seen: Seen) -> Iterator[Difference]:
    pair = (id(old.node), id(new.node))
    if pair in seen:
        return
    seen.add(pair)
    try:
        before, after = facets(old), facets(new)
    except LookupError as missing:
        yield Difference(place, "reference", "there", f"leads nowhere: {missing}")
        return
    if before.null != after.null:
        yield Difference(place, "null", before.null, after.null)
    for name in {**before.words, **after.words}:
        if before.words.get(name) != after.words.get(name):
            yield Difference(place, name, before.words.get(name), after.words.get(name))
    yield from _noted(before.notes, after.notes, place)
    for key in {**before.below, **after.below}:
        there = f"{place} {key[0]} {key[1]!r}".removesuffix(" ''")
        if key[0] in _WHOLE or (key in before.below and key in after.below):
            anything = Schema(old.reading, ANYTHING), Schema(new.reading, ANYTHING)
            yield from _schemas(before.below.get(key, anything[0]), after.below.get(key, anything[1]), there, seen)
        else:
            yield _presence(there, key[0], key in before.below)
    yield from _discriminators(before, after, place, seen)


def _noted(old: Mapping[str, Json], new: Mapping[str, Json], place: str) -> Iterator[Difference]:
    for name in {**old, **new}:
        if name not in new or (name not in old and name in _ON_THE_WIRE):
            yield Difference(place, name, old.get(name, "missing"), new.get(name, "missing"))
        elif name in old:
            yield from _equal(place, name, old[name], new[name])


def _discriminators(old: Facets, new: Facets, place: str, seen: Seen) -> Iterator[Difference]:
    """Each value of a discriminator keeps its meaning; one that the new document states itself must have been there."""
    for value, schema in old.kinds.items():
        if value in new.kinds:
            yield from _schemas(schema, new.kinds[value], f"{place} discriminator {value!r}", seen)
        else:
            yield _presence(place, f"discriminator value {value!r}", True)
    for value in sorted(new.declared - set(old.kinds)):
        yield _presence(place, f"discriminator value {value!r}", False)

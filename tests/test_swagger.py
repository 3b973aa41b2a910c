"""The random documents of `swagger` are valid, and rich: each construct that is said to occur does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from .swagger import METHODS, documents
from .validity import problems
from .wire import Reading

Json = Any

DRAWING = settings(
    database=None,
    deadline=None,
    # The documents are large, and only made here: there is nothing to shrink.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def drawn(number: int) -> list[Json]:
    found: list[Json] = []

    @settings(DRAWING, max_examples=number)
    @given(documents())
    def draw(document: Json) -> None:
        found.append(document)

    draw()
    return found


def test_the_documents_are_valid():
    assert [problem for document in drawn(50) for problem in problems(document)] == []


# --- What a document has ---------------------------------------------------------------------


def census(root: Json) -> Iterator[str]:
    """The names of the constructs in a document."""
    yield from _said("document", root, "host", "basePath", "schemes", "consumes", "produces", "security", "tags")
    yield from _said("document", root, "definitions", "parameters", "responses", "securityDefinitions")
    yield from ("trap in an extension" for _ in re.findall(r'"x-[a-z]+": \{"\$ref": ', json.dumps(root)))
    for name, node in root.get("definitions", {}).items():
        yield from (f"definition name with {sign}" for sign in " /~%«.#ßx-" if sign in name)
        yield from _schema(node, root, inside=frozenset({name}))
        if '"$ref": "#/paths' in json.dumps(node):
            yield "definition that refers into paths"
    for node in root.get("parameters", {}).values():
        yield f"shared {node['in']} parameter"
        yield from _value(node, root)
    for node in root.get("responses", {}).values():
        yield from _response(node, root, root.get("produces", []))
    for node in root.get("securityDefinitions", {}).values():
        yield f"security {node['type']} {node.get('flow', node.get('in', ''))}".strip()
    for path, item in root["paths"].items():
        yield from _path(path, item, root)


def _said(place: str, node: Json, *names: str) -> Iterator[str]:
    for name in names:
        if name in node:
            yield f"{place} {name}" if node[name] else f"{place} {name} empty"


def _path(path: str, item: Json, root: Json) -> Iterator[str]:
    if path.startswith("x-"):
        yield "extension of paths"
        return
    yield from ("extension of a path" for name in item if name.startswith("x-"))
    above = [*_parameters("path", item, root)]
    yield from (f"path-level {place} parameter" for _, place in above)
    for method in (name for name in item if name in METHODS):
        node = item[method]
        yield method
        yield from _said("operation", node, "consumes", "produces", "security", "schemes", "deprecated", "parameters")
        own = [*_parameters("operation", node, root)]
        yield from (f"operation-level {place} parameter" for _, place in own)
        yield from (f"{each[1]} parameter overridden" for each in own if each in above)
        if any(place == "body" for _, place in own) and "consumes" in node:
            yield "body with consumes"
        for requirement in node.get("security", []):
            yield f"alternative of {len(requirement)}"
        for each in (*item.get("parameters", ()), *node.get("parameters", ())):
            yield from _reference(each, "parameters") if "$ref" in each else _value(each, root)
        for status, each in node["responses"].items():
            yield from _status(status, each, root, node.get("produces", root.get("produces", [])))


def _parameters(level: str, node: Json, root: Json) -> Iterator[tuple[str, str]]:
    for each in node.get("parameters", ()):
        target = _target(each["$ref"], root) if "$ref" in each else each
        yield target["name"], target["in"]


def _target(reference: str, root: Json) -> Json:
    return Reading(root).target(reference)


def _reference(node: Json, what: str) -> Iterator[str]:
    yield f"reference to shared {what}"


def _status(status: str, node: Json, root: Json, produces: Json) -> Iterator[str]:
    if status.startswith("x-"):
        yield "extension of responses"
    elif "$ref" in node:
        yield from _reference(node, "responses")
        if produces != root.get("produces", []) and "schema" in _target(node["$ref"], root):
            yield "shared response under other media types"
    else:
        yield "default response" if status == "default" else "response by status"
        yield from _response(node, root, produces)


def _response(node: Json, root: Json, produces: Json) -> Iterator[str]:
    if node.get("schema", {}).get("type") == "file":
        yield "file response"
    elif "schema" in node:
        yield from _schema(node["schema"], root)
    else:
        yield "response without schema"
    for media, value in node.get("examples", {}).items():
        yield "example"
        if not value:
            yield f"example {json.dumps(value)}"
        if media not in produces:
            yield "example of a type outside produces"
    for header in node.get("headers", {}).values():
        yield f"header list {header.get('collectionFormat')}" if header["type"] == "array" else "header"


def _value(node: Json, root: Json) -> Iterator[str]:
    """Of a parameter."""
    if node["in"] == "body":
        yield from _schema(node["schema"], root)
        return
    if node["type"] == "array":
        yield f"{node['in']} list {node.get('collectionFormat')}"
        yield from ("list in a list" for _ in range(node["items"]["type"] == "array"))
        yield from ("list with a default" for _ in range("default" in node))
    yield from (f"form field {node['name']}" for _ in range(node["in"] == "formData"))
    yield from ("file parameter" for _ in range(node["type"] == "file"))
    yield from (f"parameter {name}" for name in ("x-nullable", "enum", "default", "allowEmptyValue") if name in node)


def _schema(node: Json, root: Json, inside: frozenset[str] = frozenset()) -> Iterator[str]:
    if "$ref" in node:
        yield from _referring(node, inside)
        return
    for name in node:
        yield f"schema {name}"
    yield from (f"{name} true" for name in ("exclusiveMinimum", "exclusiveMaximum") if node.get(name))
    yield from (f"format {node['format']}" for _ in range("format" in node))
    yield from ("enum with null" for _ in range(None in node.get("enum", ())))
    for name, each in node.get("properties", {}).items():
        yield f"property {name}"
        yield from _schema(each, root, inside)
    for name in ("items", "additionalProperties"):
        inner = node.get(name)
        if isinstance(inner, bool):
            yield f"{name} {inner}"
        elif inner is not None:
            yield from _schema(inner, root, inside)
    for each in node.get("allOf", ()):
        yield from ("inheritance" for _ in range("$ref" in each))
        yield from _schema(each, root, inside)


def _referring(node: Json, inside: frozenset[str]) -> Iterator[str]:
    parts = node["$ref"].split("/")
    yield f"reference into {parts[1]}"
    yield from ("reference to a property" for _ in range(len(parts) > 3 and parts[1] == "definitions"))
    yield from ("recursion" for _ in range(len(parts) == 3 and parts[2] in inside))
    yield from (f"{name} beside a reference" for name in node if name != "$ref")


EXPECTED = (
    *(f"document {name}" for name in ("host", "basePath", "schemes", "consumes", "produces", "security", "tags")),
    *(f"document {name} empty" for name in ("schemes", "consumes", "produces", "security", "definitions")),
    *(f"operation {name}" for name in ("consumes", "produces", "security", "schemes", "deprecated")),
    *(f"operation {name} empty" for name in ("consumes", "produces", "security", "schemes", "parameters")),
    *(f"definition name with {sign}" for sign in " /~%«.#ß"),
    *(f"{level}-level {place} parameter" for level in ("path", "operation")
      for place in ("query", "path", "header", "formData", "body")),
    *(f"{place} parameter overridden" for place in ("query", "path", "header", "formData", "body")),
    *(f"shared {place} parameter" for place in ("query", "header", "formData", "body")),
    *(f"{place} list {how}" for place in ("query", "path", "header", "formData")
      for how in ("csv", "ssv", "tsv", "pipes", None)),
    *(f"{place} list multi" for place in ("query", "formData")),
    *(f"header list {how}" for how in ("csv", "ssv", "tsv", "pipes", None)),
    *(f"form field {name}" for name in ("f", "f[]", "type", "$ref", "x-nullable", "required")),
    *(f"parameter {name}" for name in ("x-nullable", "enum", "default", "allowEmptyValue")),
    *(f"schema {name}" for name in (
        "type", "format", "title", "description", "default", "multipleOf", "maximum", "exclusiveMaximum", "minimum",
        "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems",
        "maxProperties", "minProperties", "required", "enum", "additionalProperties", "items", "allOf", "properties",
        "discriminator", "readOnly", "xml", "externalDocs", "example", "x-nullable", "x-a",
        "x-ms-discriminator-value")),
    *(f"property {name}" for name in (
        "$ref", "type", "discriminator", "x-nullable", "example", "properties", "a/b", "")),
    *(f"{name} beside a reference" for name in ("description", "title", "x-a", "x-nullable", "readOnly")),
    *(f"example {value}" for value in ("null", "0", "false", '""', "[]", "{}")),
    *(f"alternative of {number}" for number in (0, 1, 2)),
    *METHODS,
    "additionalProperties True", "additionalProperties False", "exclusiveMinimum true", "exclusiveMaximum true",
    "enum with null", "inheritance", "recursion", "reference to a property", "reference into definitions",
    "reference into paths", "definition that refers into paths", "list in a list", "list with a default",
    "file parameter", "file response", "body with consumes", "default response", "response by status",
    "response without schema", "header", "example of a type outside produces", "reference to shared parameters",
    "reference to shared responses", "shared response under other media types", "extension of paths",
    "extension of a path", "extension of responses", "trap in an extension", "format binary", "format byte",
    "format made-up", "security basic", "security apiKey header", "security apiKey query", "security oauth2 implicit",
    "security oauth2 password", "security oauth2 application", "security oauth2 accessCode",
)  # fmt: skip


@pytest.mark.slow
def test_every_construct_occurs_in_a_valid_document():
    valid = [document for document in drawn(600) if problems(document) == []]
    assert len(valid) == 600
    assert sorted(set(EXPECTED) - {name for document in valid for name in census(document)}) == []

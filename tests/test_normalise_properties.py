"""What holds of every document: properties of `normalise` over random valid, mutated and broken ones."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from scripts.document import Document, dump, parse, read
from scripts.errors import PlumblineError
from scripts.normalise import normalise

from .swagger import LISTS, METHODS, MULTIPART, URLENCODED, documents
from .validity import problems
from .wire import SAME_HOST, SINGLE, Difference, compare

TARGETS = ("3.0", "3.1")

# Whole documents are large, and the tests run beside others: neither is a fault of the strategy.
_BIG = {"suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large], "deadline": None}
# The same examples every time, so that a failure is the change's and not the day's.
QUICK = settings(max_examples=40, **_BIG)
BROKEN = settings(QUICK, max_examples=150)
# A failure among many is shown as it is: to shrink whole documents takes minutes.
DEEP = settings(QUICK, max_examples=150, phases=[Phase.generate])


def converted(document: Any, target: str) -> Any:
    return normalise(Document(document, "name"), target=target)[0]


# --- What goes over the wire -----------------------------------------------------------------


MEANT = frozenset({"title", "description", "default", "example", "readOnly", "externalDocs", "x-nullable", "x-"})
"""What may stand beside a reference: 2.0 has tools ignore it, but publishers mean it, so it is kept."""


@dataclass(frozen=True)
class Allowed:
    """A difference between a document and its conversion that is policy."""

    reason: str
    fits: Callable[[Difference], bool]
    warned: bool = True
    """Whether it is a loss, of which a warning tells."""


def _form_types(old: tuple[str, ...], *, files: bool) -> tuple[str, ...]:
    kept = tuple(each for each in old if each == MULTIPART or (each == URLENCODED and not files))
    return kept or ((MULTIPART,) if files else (URLENCODED,))


ALLOWED = (
    Allowed(
        "No style of OpenAPI 3 writes tabs: the list becomes a string whose description says how to write it.",
        lambda found: (found.aspect, found.old, found.new) == ("written", "tabs", SINGLE),
    ),
    Allowed(
        "Paths and headers know commas alone: other lists become described strings.",
        lambda found: (
            found.aspect == "written"
            and found.old in ("spaces", "bars")
            and found.new == SINGLE
            and re.search(r" (path|header) parameter | header ", found.place) is not None
        ),
    ),
    Allowed(
        "OpenAPI 3 cannot express how lists in a list are written.",
        lambda found: found.aspect == "inner" and found.new == (),
    ),
    Allowed(
        "OpenAPI 3 knows `allowEmptyValue` in queries alone.",
        lambda found: (found.aspect, found.new) == ("allow_empty", False) and " field " in found.place,
    ),
    Allowed(
        "OpenAPI 3 cannot say a scheme without a host.",
        lambda found: (
            found.aspect == "servers"
            and all(SAME_HOST in url for url in found.old)
            and found.new == {url.partition(SAME_HOST)[2] for url in found.old}
        ),
    ),
    Allowed(
        "A body or an answer of which nobody says a media type is JSON, or bytes.",
        lambda found: (
            (found.aspect, found.old) == ("media types", ())
            and found.new in (("application/json",), ("application/octet-stream",))
        ),
        warned=False,
    ),
    Allowed(
        "A form is sent as a form, whatever else is consumed.",
        lambda found: found.aspect == "media types of a form" and found.new == _form_types(found.old, files=False),
        warned=False,
    ),
    Allowed(
        "A form with files is sent in several parts.",
        lambda found: (
            found.aspect == "media types of a form with files" and found.new == _form_types(found.old, files=True)
        ),
        warned=False,
    ),
)


def differences(document: Any, result: Any) -> list[Difference]:
    return compare(document, result, siblings=MEANT)


def is_allowed(found: Difference, *, warned: bool | None = None) -> bool:
    return any(each.fits(found) and warned in (None, each.warned) for each in ALLOWED)


def harmless(document: Any) -> Any:
    """`document` without what OpenAPI 3 cannot say."""
    result = copy.deepcopy(document)
    for node in (result, *_operations(result)):
        if "host" not in result:
            node.pop("schemes", None)
        if node is not result:  # of the document's own types, those that no form can have go unmentioned
            node.pop("consumes", None)
    for name, node in list(result.get("parameters", {}).items()):
        if node["in"] in ("body", "formData") and f'"#/parameters/{name}"' not in json.dumps(result["paths"]):
            del result["parameters"][name]  # what no operation takes in has no place
    for node in _values(result):
        if node.get("collectionFormat") in LISTS:
            node["collectionFormat"] = "csv"
        while node.get("items", {}).get("type") == "array":
            node["items"] = node["items"]["items"]
        if node.get("in") == "formData":
            node.pop("allowEmptyValue", None)
    return result


def _operations(document: Any) -> Iterator[Any]:
    for path, item in document["paths"].items():
        if path.startswith("/"):
            yield from (each for name, each in item.items() if name in METHODS)


def _values(document: Any) -> Iterator[Any]:
    """The parameters and headers of a document."""
    yield from document.get("parameters", {}).values()
    for node in (*document["paths"].values(), *_operations(document)):
        if isinstance(node, dict):
            yield from node.get("parameters", ())
    listed = [document.get("responses", {}), *(node["responses"] for node in _operations(document))]
    for each in (each for one in listed for name, each in one.items() if one is listed[0] or name[:2] != "x-"):
        yield from each.get("headers", {}).values()


# --- Claims ----------------------------------------------------------------------------------


def is_valid_in_every_version(document: Any) -> None:
    for target in TARGETS:
        assert problems(converted(document, target)) == []


def is_stable_when_normalised_again(document: Any) -> None:
    of_3_0, of_3_1 = (converted(document, target) for target in TARGETS)
    assert normalise(Document(of_3_0, "name"), target="3.0") == (of_3_0, ())
    assert converted(of_3_0, "3.1") == of_3_1
    assert normalise(Document(of_3_1, "name"), target="3.1") == (of_3_1, ())


def gives_the_same_bytes(document: Any) -> None:
    before = copy.deepcopy(document)
    for target in TARGETS:
        texts = {
            dump(converted(given, target))
            for given in (
                document,
                parse(json.dumps(document)).data,
                parse(json.dumps(document, ensure_ascii=False, indent=1)).data,
                parse(dump(document)).data,
            )
        }
        assert len(texts) == 1
        assert parse(texts.pop()).data == converted(document, target)
    assert document == before


def keeps_what_goes_over_the_wire(document: Any) -> None:
    for target in TARGETS:
        found = differences(document, converted(document, target))
        assert [str(each) for each in found if not is_allowed(each)] == []


def warns_of_each_loss_and_of_nothing_else(document: Any) -> None:
    for target in TARGETS:
        result, warnings = normalise(Document(document, "name"), target=target)
        if any(is_allowed(each, warned=True) for each in differences(document, result)):
            assert warnings
        kept = harmless(document)
        result, warnings = normalise(Document(kept, "name"), target=target)
        assert not [each for each in differences(kept, result) if is_allowed(each, warned=True)]
        assert [str(each) for each in warnings if not _is_of_a_body_that_is_kept(each.what)] == []


def _is_of_a_body_that_is_kept(what: str) -> bool:
    return "body of a" in what


def has_no_defect(document: Any) -> None:
    for target in TARGETS:
        result, warnings = normalise(Document(document, "name"), target=target, strict=True)
        assert [str(each) for each in warnings if each.defect] == []
        assert result == converted(document, target)


CLAIMS = (
    is_valid_in_every_version,
    is_stable_when_normalised_again,
    gives_the_same_bytes,
    keeps_what_goes_over_the_wire,
    warns_of_each_loss_and_of_nothing_else,
    has_no_defect,
)


def _hold(claim: Callable[[Any], None], how: settings) -> None:
    """Check a claim on random documents; one that breaks it is shown as JSON."""

    @how
    @given(documents())
    def check(document: Any) -> None:
        note(json.dumps(document))
        claim(document)

    check()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.__name__)
def test_every_valid_document(claim):
    _hold(claim, QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.__name__)
def test_very_many_valid_documents(claim):
    _hold(claim, DEEP)


@pytest.mark.slow
def test_each_allowed_difference_occurs():
    found: set[Allowed] = set()

    @DEEP
    @given(documents())
    def look(document: Any) -> None:
        for each in differences(document, converted(document, "3.1")):
            found.update(allowed for allowed in ALLOWED if allowed.fits(each))

    look()
    assert [allowed.reason for allowed in ALLOWED if allowed not in found] == []


def _is_plain(document: Any) -> bool:
    """Whether it is valid as the texts have it: a list of types passes the validator alone."""
    return not problems(document) and not re.search(r'"type": \[', json.dumps(document))


def test_published_documents_keep_what_goes_over_the_wire(shared):
    files = [each for each in sorted((shared / "corpus").iterdir()) if each.suffix in (".json", ".yaml")]
    plain = [document for document in (read(each).data for each in files) if _is_plain(document)]
    assert plain
    for document in plain:
        keeps_what_goes_over_the_wire(document)


# --- Documents that are not valid ------------------------------------------------------------


PETS: Any = {
    "swagger": "2.0",
    "info": {"title": "Pets", "version": "1.0.0"},
    "host": "pets.example",
    "basePath": "/v2",
    "schemes": ["https"],
    "consumes": ["application/json"],
    "produces": ["application/json"],
    "securityDefinitions": {
        "login": {"type": "oauth2", "flow": "implicit", "authorizationUrl": "https://a.example", "scopes": {"r": ""}},
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    },
    "security": [{"login": ["r"]}, {"key": []}],
    "parameters": {"Limit": {"name": "limit", "in": "query", "type": "integer", "minimum": 1, "default": 10}},
    "responses": {"Gone": {"description": "gone", "schema": {"$ref": "#/definitions/Error"}}},
    "paths": {
        "/pets": {
            "get": {
                "parameters": [
                    {"$ref": "#/parameters/Limit"},
                    {"name": "tags", "in": "query", "type": "array", "items": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "pets",
                        "schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
                        "headers": {"X-Next": {"type": "string"}},
                        "examples": {"application/json": []},
                    },
                    "default": {"$ref": "#/responses/Gone"},
                },
            },
            "post": {
                "parameters": [
                    {"name": "pet", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Cat"}}
                ],
                "responses": {"201": {"description": "made"}},
            },
        },
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "type": "string"}],
            "put": {
                "consumes": ["multipart/form-data"],
                "parameters": [
                    {"name": "photo", "in": "formData", "type": "file"},
                    {"name": "size", "in": "formData", "type": "array", "items": {"type": "integer"}},
                ],
                "responses": {"200": {"description": "", "schema": {"type": "file"}}},
            },
        },
    },
    "definitions": {
        "Pet": {
            "type": "object",
            "discriminator": "kind",
            "required": ["kind"],
            "properties": {
                "kind": {"type": "string", "enum": ["Cat", "Dog"]},
                "friends": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
                "age": {"type": "number", "minimum": 0, "exclusiveMinimum": True, "x-nullable": True},
            },
        },
        "Cat": {"allOf": [{"$ref": "#/definitions/Pet"}, {"type": "object", "additionalProperties": False}]},
        "Error": {"type": "object", "properties": {"code": {"$ref": "#/definitions/Pet/properties/age"}}},
    },
}
"""A small document of the usual kind."""

WORDS = (
    "$ref", "type", "in", "name", "required", "items", "schema", "properties", "allOf", "enum", "default", "example",
    "examples", "discriminator", "x-nullable", "nullable", "collectionFormat", "consumes", "produces", "responses",
    "parameters", "get", "post", "paths", "definitions", "200", "/", "/{a}{b}", "", "~", "x-",
)  # fmt: skip
REFERENCES = (
    "", "#", "#/", "#/definitions", "#/definitions/Pet", "#/definitions/Nowhere", "#/paths/~1pets/get", "#Pet",
    "#/responses/Gone", "#/parameters/Limit", "#/definitions/Cat/allOf/0", "#/definitions/Pet/properties",
    "#/info/title", "#/%zz/~2", "other.yaml", "../../../etc/passwd", "/etc/hostname", "file:///etc/passwd",
    "http://127.0.0.1:1/a.yaml", "\0",
)  # fmt: skip
_odd = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
    | st.sampled_from((*WORDS, *REFERENCES, "string", "object", "array", "file", "null", "body", "multi", "oauth2"))
    | st.sampled_from(({}, [], [[]], [None], {"": {}}, {"$ref": 1}, {"type": "array"}, {"type": ["string", "null"]}))
    | st.sampled_from(REFERENCES).map(lambda reference: {"$ref": reference})
)  # fmt: skip


def _nodes(node: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of every value in `node`."""
    keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from _nodes(node[key])


def _mutate(draw: Any, root: Any) -> None:
    """Change one thing in `root`, in place."""
    node, key = draw(st.sampled_from(list(_nodes(root)) or [({"a": 1}, "a")]))
    change = draw(st.sampled_from(("replace", "drop", "copy", "rename", "wrap", "unwrap", "refer", "swap", "add")))
    if change == "replace":
        node[key] = draw(_odd)
    elif change == "drop":
        del node[key]
    elif change == "copy":
        node[key] = copy.deepcopy(draw(st.sampled_from([above[name] for above, name in _nodes(root)])))
    elif change == "rename" and isinstance(node, dict):
        node[draw(st.sampled_from(WORDS))] = node.pop(key)
    elif change == "wrap":
        node[key] = draw(st.sampled_from(([node[key]], {"a": node[key]}, [node[key], node[key]])))
    elif change == "unwrap" and node[key] and isinstance(node[key], (dict, list)):
        node[key] = next(iter(node[key].values() if isinstance(node[key], dict) else node[key]))
    elif change == "refer":
        node[key] = {"$ref": draw(st.sampled_from(REFERENCES))}
    elif change == "swap":
        node[key] = str(node[key]) if not isinstance(node[key], str) else len(node[key])
    elif isinstance(node[key], dict):
        node[key][draw(st.sampled_from(WORDS))] = draw(_odd)


@st.composite
def mutated(draw: Any, documents: st.SearchStrategy[Any]) -> Any:
    """A document with a few things changed; still a mapping that says its version."""
    root = copy.deepcopy(draw(documents))
    for _ in range(draw(st.integers(1, 5))):
        _mutate(draw, root)
    return root | {"swagger": "2.0"}


def _attempt(step: Callable[..., Any], *given: Any, **more: Any) -> Any:
    """What `step` gives, or the error that it raises on purpose."""
    try:
        return step(*given, **more)
    except PlumblineError as error:
        return error


def _is_a_document_or_an_error(given: Any) -> None:
    note(json.dumps(given))
    for target in TARGETS:
        outcome = _attempt(normalise, Document(given, "name"), target=target)
        if isinstance(outcome, PlumblineError):
            assert all(each.what for each in outcome.problems)
            assert str(outcome)
        else:
            assert parse(dump(outcome[0])).data == outcome[0]
            assert all(each.what for each in outcome[1])


@BROKEN
@given(mutated(st.just(PETS)))
def test_a_mutated_document_gives_a_document_or_an_error(document):
    _is_a_document_or_an_error(document)


@pytest.mark.slow
@settings(DEEP, max_examples=800)
@given(mutated(st.just(PETS) | documents()))
def test_very_many_mutated_documents_give_a_document_or_an_error(document):
    _is_a_document_or_an_error(document)


@pytest.mark.parametrize("target", TARGETS)
def test_the_mutated_document_is_one_that_converts_when_it_is_whole(target):
    assert problems(PETS) == []
    assert normalise(Document(PETS, "name"), target=target)[1] == ()


# --- Texts that are not documents ------------------------------------------------------------


TEXTS = (json.dumps(PETS), json.dumps(PETS, indent=2), dump(PETS), dump(PETS)[:400], '{"swagger": "2.0", "paths": {}}')
TOKENS = (
    "&a ", "*a", "<<: ", "? ", "- ", ": ", "---\n", "...\n", "!!float ", "!!binary ", "!t ", "!!python/name:os.system ",
    "|\n", ">-\n", "%YAML 1.1\n", "# ", "{", "}", "[", "]", ",", '"', "'", "\\", "\\u", "\\ud83e", "\t", "\r", "\n",
    "\0", "\x85", "\u2028", "\ufeff", "\ufffe", "\ud800", "1e999", "-", "0x", "9" * 5000, ".nan", "~", "[" * 3000,
    '{"a":' * 3000, "- " * 3000, "NaN", "Infinity", "//", "é", "🦜",
)  # fmt: skip


@st.composite
def edited(draw: Any, texts: tuple[Any, ...], tokens: st.SearchStrategy[Any]) -> Any:
    """One of `texts`, with some stretches of it replaced by tokens."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 8)))
        text = text[:start] + draw(tokens) + text[end:]
    return text


_insertions = st.sampled_from(TOKENS) | st.text(max_size=4)


def _is_read_or_refused(text: str) -> None:
    outcome = _attempt(parse, text, "name")
    if isinstance(outcome, PlumblineError):
        assert str(outcome).startswith("name")
    else:
        assert isinstance(outcome.data, dict)
        _is_a_document_or_an_error(outcome.data)


@BROKEN
@given(edited(TEXTS, _insertions))
def test_an_edited_text_is_read_or_refused(text):
    _is_read_or_refused(text)


@pytest.mark.slow
@settings(DEEP, max_examples=1500)
@given(edited(TEXTS, _insertions))
def test_very_many_edited_texts_are_read_or_refused(text):
    _is_read_or_refused(text)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("edited") / "document.yaml"


ENCODED = (TEXTS[0].encode(), TEXTS[2].encode(), TEXTS[1].encode("utf-16"), dump(PETS).encode("utf-32"), b"")


@BROKEN
@given(content=edited(ENCODED, st.binary(max_size=4)))
def test_edited_bytes_are_read_or_refused(file, content):
    file.write_bytes(content)
    outcome = _attempt(read, file)
    assert str(file) in str(outcome) if isinstance(outcome, PlumblineError) else isinstance(outcome.data, dict)

"""Documents made to hurt: each gives a document or a clear error, in bounded time and memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest

from scripts.document import Document, dump, parse
from scripts.errors import DocumentError
from scripts.normalise import normalise

from .processes import ROOT

HEAD = {"swagger": "2.0", "info": {"title": "T", "version": "1"}, "paths": {}}
OK = {"200": {"description": "fine"}}


def ref(name) -> dict:
    return {"$ref": f"#/definitions/{name}"}


def chain(make, count=3_000):
    """Definitions of which each is made with the next; the last is a text."""
    made = {f"D{number}": make(ref(f"D{number + 1}")) for number in range(count)}
    return {"definitions": {**made, f"D{count}": {"type": "string"}}}


def operations(count, **members):
    return {f"/{number}": {"get": {"responses": OK, **members}} for number in range(count)}


LARGE = {"type": "object", "properties": {f"p{number}": {"type": "string"} for number in range(1_000)}}
ANSWER = {"responses": {"200": {"description": "fine", "schema": LARGE}}}
MANY = [f"a/b{number}" for number in range(1_000)]


@pytest.mark.parametrize(
    "members",
    [
        pytest.param(chain(lambda inner: inner), id="a chain of references"),
        pytest.param(chain(lambda inner: {"allOf": [inner], "required": ["z"]}), id="a chain of wholes and parts"),
        pytest.param(chain(lambda inner: {**inner, "default": "x"}, 900), id="a chain of defaults"),
        pytest.param(
            chain(lambda inner: {"allOf": [inner], "discriminator": "k", "properties": {"k": {}}}),
            id="a chain of discriminators",
        ),
        pytest.param({"paths": operations(5_000, operationId="same")}, id="one operationId for all"),
        pytest.param({"definitions": {"«" * number: {} for number in range(1, 300)}}, id="names that become the same"),
        pytest.param(
            {
                "definitions": {
                    "A": {"properties": {f"p{number}": {"type": "string"} for number in range(3_000)}},
                    "B": {"properties": {f"p{number}": ref(f"A/properties/p{number}") for number in range(3_000)}},
                }
            },
            id="references to properties",
        ),
        pytest.param({"definitions": {"A": {"allOf": [{"allOf": [ref("A")]}]}}}, id="a circle inside of a part"),
        pytest.param(
            {"definitions": {f"D{n}": {"allOf": [ref(f"D{(n + 1) % 500}")]} for n in range(500)}}, id="a ring"
        ),
    ],
)
def test_what_grows_with_its_square_elsewhere_is_converted(members):
    result, _ = normalise(Document({**HEAD, **members}, "test.yaml"))
    assert normalise(parse(dump(result)))[0] == result


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        pytest.param(
            {"produces": MANY, "paths": {f"/{n}": {"get": ANSWER} for n in range(50)}}, "/paths", id="answers"
        ),
        pytest.param(
            {"paths": {f"/{n}": {"$ref": "#/x-item"} for n in range(1_000)}, "x-item": {"get": ANSWER}},
            "/paths",
            id="path items",
        ),
        pytest.param(
            {
                "parameters": {"B": {"name": "b", "in": "body", "schema": LARGE}},
                "paths": operations(1_000, parameters=[{"$ref": "#/parameters/B"}]),
            },
            "/paths",
            id="bodies",
        ),
        pytest.param(
            {
                "responses": {"R": ANSWER["responses"]["200"]},
                "paths": operations(1_000, produces=["a/b"], responses={"200": {"$ref": "#/responses/R"}}),
            },
            "/paths",
            id="shared answers",
        ),
    ],
)
def test_what_is_said_once_is_not_repeated_without_end(members, pointer):
    with pytest.raises(DocumentError) as caught:
        normalise(Document({**HEAD, **members}, "test.yaml"))
    (problem,) = caught.value.problems
    assert problem.what == "shared parts would have to be copied as more than 1,000,000 values"
    assert str(problem.pointer).startswith(pointer)


def test_files_that_copy_each_other_end(tmp_path):
    methods = ("get", "put", "post", "patch")
    for number in range(30):
        calls = {"c": {"{$url}": {"$ref": f"{number + 1}.json"}}}
        item = {method: {"responses": OK, "callbacks": calls} for method in methods}
        (tmp_path / f"{number}.json").write_text(json.dumps(item))
    (tmp_path / "30.json").write_text("{}")
    head = {"openapi": "3.0.3", "info": HEAD["info"], "paths": {"/a": {"$ref": "0.json"}}}
    (tmp_path / "openapi.json").write_text(json.dumps(head))
    path = tmp_path / "openapi.json"
    with pytest.raises(DocumentError, match=r"copied as more than 1,000,000 values"):
        normalise(parse(path.read_text(), str(path), path=path))


def test_a_long_chain_of_files_ends(tmp_path):
    for number in range(300):
        (tmp_path / f"{number}.json").write_text(json.dumps({"$ref": f"{number + 1}.json"}))
    path = tmp_path / "swagger.json"
    path.write_text(json.dumps({**HEAD, "paths": {"/a": {"$ref": "0.json"}}}))
    with pytest.raises(DocumentError, match="more than 50 references"):
        normalise(parse(path.read_text(), str(path), path=path))


@pytest.mark.parametrize("target", ["3.0", "3.1"])
def test_a_document_may_be_nested_deep_and_its_result_reads_back(target):
    node: dict = {"type": "string"}
    for _ in range(48):
        node = {"type": "object", "x-nullable": True, "properties": {"p": node}}
    result, _ = normalise(Document({**HEAD, "definitions": {"X": node}}, "test.yaml"), target=target)
    assert parse(dump(result)).data == result
    if target == "3.1":
        assert normalise(parse(dump(result)))[0] == result


def test_a_document_that_is_nested_too_deep_to_convert_is_an_error():
    node: dict = {"type": "string"}
    for _ in range(5_000):
        node = {"items": node}
    for head in (HEAD, {"openapi": "3.1.0", "info": HEAD["info"]}):
        with pytest.raises(DocumentError, match="nested deeper than"):
            normalise(Document({**head, "x-a": node}, "test.yaml"))


@pytest.mark.slow
def test_fifty_megabytes_are_converted_in_two_gigabytes(tmp_path):
    node = {"type": "object", "description": "Some words. " * 20}
    node["properties"] = {f"p{number}": {"type": "string", "x-nullable": True} for number in range(20)}
    count = 50_000_000 // len(json.dumps(node))
    data = {**HEAD, "definitions": {f"D{number}": node for number in range(count)}}
    path = tmp_path / "large.json"
    path.write_text(json.dumps(data))
    assert path.stat().st_size > 45_000_000
    words = [sys.executable, "-m", "scripts", "normalise", str(path), "-o", str(tmp_path / "out.yaml")]
    limit = 2_000_000_000
    done = subprocess.run(
        words,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out.yaml").stat().st_size > 40_000_000

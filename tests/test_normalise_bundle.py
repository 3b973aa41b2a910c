"""References to other files: taken in from the document's folder, and from nowhere else."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from scripts.document import read
from scripts.errors import DocumentError
from scripts.normalise import normalise

from .validity import problems

HEAD = {"swagger": "2.0", "info": {"title": "T", "version": "1"}}
OK = {"200": {"description": "fine"}}


@pytest.fixture
def folder(tmp_path):
    """A folder of its own inside another, so that there is an outside."""
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs"


def write(path: Path, value) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def bundled(folder: Path, members, *, head=HEAD, target="3.0", **options):
    """The valid form of a document in the folder, and its warnings."""
    path = write(folder / "swagger.json", {**head, "paths": {}, **members})
    result, warnings = normalise(read(path), target=target, **options)
    assert problems(result) == []
    assert '.json"' not in json.dumps(result)
    assert ".yaml" not in json.dumps(result)
    return result, warnings


def refused(folder: Path, reference: str, **options) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        bundled(folder, {"definitions": {"X": {"type": "object", "properties": {"p": {"$ref": reference}}}}}, **options)
    assert [problem.pointer for problem in caught.value.problems] == ["/definitions/X/properties/p"]
    assert all(problem.line for problem in caught.value.problems)
    return [problem.what for problem in caught.value.problems]


def schemas(result):
    return result["components"]["schemas"]


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def test_a_definition_of_another_file_becomes_one_of_its_own(folder):
    write(folder / "parts" / "pets.yaml", "definitions:\n  Pet: {type: object, x-nullable: true}\n")
    result, warnings = bundled(
        folder, {"definitions": {"X": {"allOf": [{"$ref": "parts/pets.yaml#/definitions/Pet"}]}}}
    )
    assert schemas(result) == {"X": {"allOf": [ref("Pet")]}, "Pet": {"type": "object", "nullable": True}}
    assert warnings == ()


def test_a_whole_file_is_called_after_its_file_and_never_like_another(folder):
    write(folder / "a" / "pet.json", {"type": "string"})
    write(folder / "b" / "pet.json", {"type": "integer"})
    members = {name: {"$ref": f"{name}/pet.json#/"} for name in ("a", "b")}
    result, _ = bundled(folder, {"definitions": {"X": {"type": "object", "properties": members}, "pet": {}}})
    assert schemas(result)["X"]["properties"] == {"a": ref("pet_2"), "b": ref("pet_3")}
    assert schemas(result)["pet_2"] == {"type": "string"}


def test_a_definition_that_is_nothing_but_a_reference_is_what_it_refers_to(folder):
    write(folder / "pet.json", {"type": "object", "properties": {"next": {"$ref": "pet.json"}}})
    result, _ = bundled(folder, {"definitions": {"Animal": {"$ref": "pet.json"}}})
    assert schemas(result) == {"Animal": {"type": "object", "properties": {"next": ref("Animal")}}}


def test_files_may_refer_to_each_other_and_back(folder):
    write(folder / "a.json", {"A": {"type": "object", "properties": {"b": {"$ref": "sub/b.json#/B"}}}})
    back = {"a": {"$ref": "../a.json#/A"}, "own": {"$ref": "#/C"}, "root": {"$ref": "../swagger.json#/definitions/R"}}
    write(folder / "sub" / "b.json", {"B": {"type": "object", "properties": back}, "C": {"type": "string"}})
    result, _ = bundled(folder, {"definitions": {"R": {"$ref": "a.json#/A"}, "S": {"type": "integer"}}})
    assert schemas(result) == {
        "R": {"type": "object", "properties": {"b": ref("B")}},
        "S": {"type": "integer"},
        "B": {"type": "object", "properties": {"a": ref("R"), "own": ref("C"), "root": ref("R")}},
        "C": {"type": "string"},
    }


def test_parameters_responses_paths_and_whole_sections_are_taken_in(folder):
    parts = {
        "page": {"name": "page", "in": "query", "type": "integer"},
        "body": {"name": "b", "in": "body", "schema": {"$ref": "#/shape"}},
        "shape": {"type": "object"},
        "fine": {"description": "fine", "schema": {"$ref": "#/shape"}},
        "item": {
            "put": {"parameters": [{"$ref": "#/body"}, {"$ref": "#/page"}], "responses": {"200": {"$ref": "#/fine"}}}
        },
        "definitions": {"D": {"$ref": "#/shape"}},
    }
    write(folder / "parts.json", parts)
    members = {"paths": {"/a": {"$ref": "parts.json#/item"}}, "definitions": {"$ref": "parts.json#/definitions"}}
    result, warnings = bundled(folder, members)
    operation = result["paths"]["/a"]["put"]
    assert operation["parameters"] == [{"$ref": "#/components/parameters/page"}]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == ref("D")
    assert operation["responses"] == {"200": {"$ref": "#/components/responses/fine"}}
    assert schemas(result) == {"D": {"type": "object"}}
    assert warnings == ()


def test_what_is_data_is_not_followed(folder):
    data = {"$ref": "../nowhere.html", "a": [{"$ref": "http://example.com/x"}]}
    members = {"x-a": data, "definitions": {"X": {"type": "object", "x-b": data, "example": data, "enum": [data]}}}
    result, _ = normalise(read(write(folder / "swagger.json", {**HEAD, "paths": {}, **members})), target="3.0")
    assert result["x-a"] == data
    assert schemas(result)["X"] == {"type": "object", "x-b": data, "example": data, "enum": [data]}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_openapi_3_takes_in_other_files_too(folder, version):
    write(
        folder / "pet.json", {"type": "string", "nullable": True} if version < "3.1" else {"type": ["string", "null"]}
    )
    body = {"content": {"application/json": {"schema": {"$ref": "pet.json"}}}}
    paths = {"/a": {"post": {"requestBody": body, "responses": OK}}}
    head = {"openapi": version, "info": HEAD["info"]}
    result, _ = bundled(folder, {"paths": paths}, head=head, target="3.1")
    assert schemas(result) == {"pet": {"type": ["string", "null"]}}


def test_problems_of_another_file_have_its_name_and_line(folder):
    write(folder / "pets.yaml", "\nPet:\n  type: array\n")
    _, warnings = bundled(folder, {"definitions": {"X": {"$ref": "pets.yaml#/Pet"}}})
    assert [(Path(each.file).name, each.line, each.pointer, each.what) for each in warnings] == [
        ("pets.yaml", 2, "/Pet", "an array needs `items`")
    ]


@pytest.mark.parametrize("reference", ["Pet", "/definitions/Pet", "definitions/Pet"])
def test_a_name_as_older_versions_wrote_it_is_a_defect_that_is_repaired(folder, reference):
    members = {"definitions": {"X": {"type": "array", "items": {"$ref": reference}}, "Pet": {"type": "object"}}}
    result, warnings = bundled(folder, members)
    assert schemas(result)["X"]["items"] == ref("Pet")
    assert [warning.defect for warning in warnings] == [True]


@pytest.mark.parametrize(
    ("reference", "what"),
    [
        ("http://127.0.0.1:9/x.json", "and the network is never used"),
        ("https://example.com/x.json#/X", "and the network is never used"),
        ("//example.com/x.json", "and the network is never used"),
        ("file:///etc/passwd", "and the network is never used"),
        ("../secret.json", "which is outside the document's folder"),
        ("parts/../../secret.json", "which is outside the document's folder"),
        ("%2e%2e/secret.json", "which is outside the document's folder"),
        ("link.json", "which is outside the document's folder"),
        ("linked/secret.json", "which is outside the document's folder"),
        ("/etc/hosts", "which is outside the document's folder"),
        ("loop.json", "and that file is not there"),
        ("pipe", "and that file is not there"),
        ("parts", "and that file is not there"),
        ("nowhere.json", "and that file is not there"),
        ("a\0b.json", "and that file is not there"),
        ("there.json#/Y", "which is not there"),
    ],
)
def test_nothing_outside_the_folder_is_read_and_no_network_is_used(folder, reference, what):
    write(folder.parent / "secret.json", {"type": "string", "description": "secret"})
    write(folder / "there.json", {"X": {}})
    (folder / "parts").mkdir()
    (folder / "link.json").symlink_to(folder.parent / "secret.json")
    (folder / "linked").symlink_to(folder.parent)
    (folder / "loop.json").symlink_to(folder / "loop.json")
    os.mkfifo(folder / "pipe")
    assert refused(folder, reference) == [f"refers to {reference!r}, {what}"]


def test_a_wider_folder_may_be_given(folder):
    write(folder.parent / "common" / "pet.json", {"type": "string"})
    members = {"definitions": {"X": {"type": "array", "items": {"$ref": "../common/pet.json"}}}}
    result, _ = bundled(folder, members, within=folder.parent)
    assert schemas(result)["pet"] == {"type": "string"}
    assert refused(folder, "../common/pet.json") != []
    assert refused(folder, "../../pet.json", within=folder.parent) != []


def test_all_references_that_cannot_be_followed_are_told_together(folder):
    write(folder / "broken.json", '{"a": ')
    members = {name: {"$ref": name} for name in ("http://example.com/a", "../b.json", "c.json", "broken.json")}
    with pytest.raises(DocumentError) as caught:
        bundled(folder, {"definitions": {"X": {"type": "object", "properties": members}}})
    assert [Path(problem.file).name for problem in caught.value.problems] == [
        *["swagger.json"] * 3, "broken.json", "swagger.json",
    ]  # fmt: skip


def test_path_items_that_refer_to_each_other_in_a_circle_are_an_error(folder):
    write(folder / "a.json", {"A": {"$ref": "#/B"}, "B": {"$ref": "#/A"}})
    with pytest.raises(DocumentError, match="which refers to itself"):
        bundled(folder, {"paths": {"/a": {"$ref": "a.json#/A"}}})


def test_no_socket_is_opened_for_a_default_beside_a_reference(folder):
    """Judging defaults must not fetch what they or their schemas look like they refer to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        remote = f"http://127.0.0.1:{server.getsockname()[1]}/x.json"
        node = {"type": "object", "default": {"a": 1}, "enum": [{"$ref": remote}, {"a": 1}], "x-a": {"$ref": remote}}
        bundled_node = {"X": node, "Y": {"$ref": "#/definitions/X", "default": {"b": {"$ref": remote}}}}
        normalise(read(write(folder / "swagger.json", {**HEAD, "paths": {}, "definitions": bundled_node})))
        with pytest.raises(TimeoutError):
            server.accept()

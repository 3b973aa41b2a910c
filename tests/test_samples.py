"""Every document of the sample becomes one that Schemathesis loads and a client that can be imported."""

from __future__ import annotations

import subprocess
import sys

import pytest
import schemathesis

from scripts import generate, tree
from scripts.document import dump_json, operations, pointer, read
from scripts.normalise import normalise
from scripts.normalise.lift import lift
from scripts.tree import Tree

MULTIFILE = "bravado-multifile/test-data/2.0/multi-file-recursive/swagger.json"
DOCUMENTS = [
    "alertmanager.yaml",
    "ar-body-formdata.json",
    "ar-header.json",
    "ar-url.json",
    "argo-workflows.json",
    "bitbucket.json",
    MULTIFILE,
    "connexion-secure.yaml",
    "connexion-simple.yaml",
    "eve-online.json",
    "fake-endpoints.yaml",
    "kin-petstore.json",
    "moby-1.25.yaml",
    "quay.json",
    "restler-demo.json",
]
LEFT_OUT: dict[str, list[tuple[str, str, str, str]]] = {
    "connexion-simple.yaml": [
        ("whole", "POST /text-request", "requestBody", "text/plain"),
    ],
    "fake-endpoints.yaml": [
        ("body", "POST /pet", "requestBody", "application/xml"),
        ("body", "PUT /pet", "requestBody", "application/xml"),
    ],
    "kin-petstore.json": [
        ("body", "POST /pet", "requestBody", "application/xml"),
        ("body", "PUT /pet", "requestBody", "application/xml"),
    ],
    "moby-1.25.yaml": [
        ("response", "GET /containers/{id}/archive", "responses/400", "application/x-tar"),
        ("response", "GET /containers/{id}/archive", "responses/500", "application/x-tar"),
        ("body", "PUT /containers/{id}/archive", "requestBody", "application/x-tar"),
        ("response", "POST /containers/{id}/attach", "responses/400", "application/vnd.docker.raw-stream"),
        ("response", "POST /containers/{id}/attach", "responses/500", "application/vnd.docker.raw-stream"),
        ("response", "POST /exec/{id}/start", "responses/404", "application/vnd.docker.raw-stream"),
        ("response", "POST /exec/{id}/start", "responses/409", "application/vnd.docker.raw-stream"),
        ("body", "POST /images/create", "requestBody", "text/plain"),
        ("response", "GET /images/get", "responses/200", "application/x-tar"),
        ("response", "GET /images/get", "responses/500", "application/x-tar"),
        ("whole", "POST /images/load", "requestBody", "application/x-tar"),
        ("response", "GET /images/{name}/get", "responses/200", "application/x-tar"),
        ("response", "GET /images/{name}/get", "responses/500", "application/x-tar"),
        ("body", "POST /nodes/{id}/update", "requestBody", "text/plain"),
        ("whole", "POST /plugins/create", "requestBody", "application/x-tar"),
        ("body", "POST /plugins/pull", "requestBody", "text/plain"),
        ("body", "POST /swarm/init", "requestBody", "text/plain"),
        ("body", "POST /swarm/join", "requestBody", "text/plain"),
        ("body", "POST /swarm/update", "requestBody", "text/plain"),
    ],
}
"""What is left out for a media type that the generator does not know: what, of which operation, where, which type."""


@pytest.fixture(params=DOCUMENTS, ids=lambda name: name.rpartition("/")[2].partition(".")[0])
def sample(request, shared):
    """One document's name, and what it becomes."""
    return request.param, normalise(read(shared / "corpus" / request.param))[0]


def test_schemathesis_loads_the_result_and_finds_every_operation(sample):
    _, data = sample
    found = [each.ok() for each in schemathesis.openapi.from_dict(data).get_all_operations()]
    assert {(each.method.upper(), each.path) for each in found} == {
        (each.method, each.path) for each in operations(data)
    }
    assert found


@pytest.mark.slow
def test_the_client_has_all_but_what_is_said_with_its_place(sample, tmp_path):
    name, data = sample
    lifted, _ = lift(data, names={})
    made = generate.generate_partly(dump_json(lifted), package="client", settings={}, templates=tmp_path, file=name)
    left_out = LEFT_OUT.get(name, [])
    assert sorted((problem.pointer, problem.what) for problem in made.problems) == sorted(map(said, left_out))
    assert all(problem.line and problem.hint and problem.file == name for problem in made.problems)
    assert modules(made.tree) == len(list(operations(data))) - sum(what == "whole" for what, *_ in left_out)
    tree.write(made.tree, tmp_path / "client")
    assert imported(tmp_path) == ""


def said(row):
    """The pointer and the words of the problem for a row of `LEFT_OUT`."""
    what, operation, where, media_type = row
    method, path = operation.split(" ")
    here = pointer("paths", path, method.lower(), *where.split("/"), "content", media_type)
    subject = operation if what == "whole" else f"a {what} of {operation}"
    return here, f"{subject} is left out: it cannot handle the media type {media_type}"


def modules(made: Tree) -> int:
    """How many operations a package has a module for."""
    return sum(path.startswith("api/") and not path.endswith("__init__.py") for path in made)


def imported(folder):
    """What goes wrong when every module of the client in `folder` is imported."""
    program = (
        "import importlib, pathlib\n"
        "for path in sorted(pathlib.Path('client').rglob('*.py')):\n"
        "    importlib.import_module('.'.join(path.with_suffix('').parts).removesuffix('.__init__'))"
    )
    words = [sys.executable, "-c", program]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False).stderr

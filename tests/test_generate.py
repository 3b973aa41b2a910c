from __future__ import annotations

import ast
import copy
import importlib
import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from scripts import generate, tree
from scripts.document import dump, pointer
from scripts.errors import GenerateError
from scripts.generate import client

from .conftest import ROOT

TEMPLATES = ROOT / "overrides" / "templates"

DOCUMENT = """
    openapi: 3.1.0
    info: {title: Shop, version: '1'}
    paths:
      /orders:
        get:
          operationId: listOrders
          tags: [orders]
          responses:
            '200':
              description: all
              content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}}
            '404':
              description: none
              content: {application/json: {schema: {$ref: '#/components/schemas/Failure'}}}
    components:
      schemas:
        Order:
          type: object
          required: [state]
          properties:
            state: {type: string, enum: [open, paid]}
            level: {type: integer, enum: [1, 2]}
        Failure: {type: object, properties: {reason: {type: string}}}
"""


def made(document: str = DOCUMENT, package: str = "shop") -> tree.Tree:
    # The templates name modules that overrides bring; these stand in for them.
    stand_ins = {
        "credentials.py": "class Credentials: ...\n\n\nclass CredentialsError(Exception): ...\n",
        "hooks.py": "def connect() -> None: ...\n",
    }
    text = textwrap.dedent(document)
    return generate.tidy(generate.generate(text, package=package, settings={}, templates=TEMPLATES) | stand_ins)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The generated package, imported."""
    folder = tmp_path_factory.mktemp("shop")
    tree.write(made(), folder / "shop")
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("shop.models")
    finally:
        sys.path.remove(str(folder))


def test_the_same_document_gives_the_same_bytes_wherever_it_is_generated(tmp_path):
    here = Path.cwd()
    (tmp_path / "ruff.toml").write_text("line-length = 40\n")
    os.chdir(tmp_path)
    try:
        elsewhere = made()
    finally:
        os.chdir(here)
    assert elsewhere == made()


def test_no_file_is_left_untidy_for_its_name_or_for_where_it_is_tidied(tmp_path):
    names = ("jobs", "build", "dist", "venv", "node_modules", "site-packages")
    untidy = {f"api/{name}/get.py": "x = {  'a':1 }\n" for name in names}
    (tmp_path / ".gitignore").write_text("*\n")
    (tmp_path / ".git").mkdir()
    program = "import sys; from scripts import generate; print(generate.tidy(eval(sys.argv[1])))"
    done = subprocess.run(
        [sys.executable, "-c", program, repr(untidy)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ast.literal_eval(done.stdout) == dict.fromkeys(untidy, 'x = {"a": 1}\n')


def test_an_operation_has_a_type_for_each_documented_status():
    module = made()["api/orders/list_orders.py"]
    assert "Response[Failure | list[Order]]" in module


def test_a_value_that_is_not_listed_is_copied_and_pickled_as_what_it_is(shop):
    unlisted = shop.OrderState("refunded")
    for other in (copy.copy(unlisted), copy.deepcopy(unlisted), pickle.loads(pickle.dumps(unlisted))):
        assert (type(other), other) == (shop.OrderState, "refunded")


@pytest.mark.parametrize("value", ["open", "paid", "refunded", "", "Öffnen"])
def test_a_string_enum_takes_values_that_are_not_listed_and_gives_them_back(shop, value):
    order = shop.Order.from_dict({"state": value})
    assert isinstance(order.state, shop.OrderState)
    assert order.state == order.state.value == str(order.state) == value
    assert order.to_dict() == {"state": value}


def test_what_is_not_listed_is_no_member_and_is_not_kept(shop):
    unlisted = shop.OrderState("refunded")
    assert list(shop.OrderState) == ["open", "paid"]
    assert unlisted not in shop.OrderState.__members__.values()
    assert unlisted == shop.OrderState("refunded")
    assert hash(unlisted) == hash("refunded")
    assert "refunded" not in shop.OrderState._value2member_map_
    assert shop.OrderState("open") is shop.OrderState.OPEN
    assert "OrderState" in repr(unlisted)


def test_what_is_no_text_is_no_value_of_a_string_enum(shop):
    with pytest.raises(ValueError, match="5 is not a valid OrderState"):
        shop.OrderState(5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("type: array, items:", "type: array, things:"), "items"),
        (("#/components/schemas/Failure", "#/components/schemas/Nothing"), "Nothing"),
    ],
    ids=["no items", "lost reference"],
)
def test_what_the_generator_would_leave_out_is_an_error(change, message):
    with pytest.raises(GenerateError, match=message) as caught:
        made(DOCUMENT.replace(*change))
    assert "/tmp" not in str(caught.value)
    assert all(problem.hint for problem in caught.value.problems)


# --- What is left out ---------------------------------------------------------------------------


TEXT = {"type": "string"}


def operation(**members):
    return {"responses": {"200": {"description": "d"}}, **members}


def parameter(schema, name="p", where="query"):
    return {"name": name, "in": where, "schema": schema, **({"required": True} if where == "path" else {})}


def content(schema, *kinds):
    return {"description": "d", "content": {kind: {"schema": schema} for kind in kinds or ("application/json",)}}


def thing(**properties):
    return {"type": "object", "properties": properties}


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def answer(schema, *kinds):
    return operation(responses={"200": content(schema, *kinds)})


def whole(paths, schemas=None):
    head = {"openapi": "3.1.1", "info": {"title": "T", "version": "1"}, "paths": paths}
    return dump({**head, "components": {"schemas": schemas or {}}})


def partly(tmp_path, paths, schemas=None):
    return generate.generate_partly(whole(paths, schemas), package="shop", settings={}, templates=tmp_path)


LEFT_OUT: list[tuple[str, dict, str, str]] = [
    # path item, or component; where the problem is, in it; what the problem says
    ("/xml", {"post": operation(requestBody=content(TEXT, "application/xml"))},
     "/post/requestBody/content/application~1xml",
     "POST /xml is left out: it cannot handle the media type application/xml"),
    ("/also-xml", {"put": operation(requestBody=content(thing(), "application/json", "application/xml"))},
     "/put/requestBody/content/application~1xml",
     "a body of PUT /also-xml is left out: it cannot handle the media type application/xml"),
    ("/answer", {"get": answer(TEXT, "application/xml")},
     "/get/responses/200/content/application~1xml",
     "a response of GET /answer is left out: it cannot handle the media type application/xml"),
    ("/status", {"get": operation(responses={"4x": {"description": "d"}})},
     "/get/responses",
     "a response of GET /status is left out: the status is none"),
    ("/path/{id}", {"get": operation()},
     "/get",
     "GET /path/{id} is left out: the names in the path and the path parameters are not the same, or hold other"
     " characters than letters, digits, `-` and `_`"),
    ("/twice", {"get": operation(parameters=[parameter(TEXT), parameter(TEXT)])},
     "/get",
     "GET /twice is left out: a parameter is there twice"),
    ("/object", {"get": operation(parameters=[parameter(thing(a=TEXT), "h", "header")])},
     "/get/parameters/0",
     "GET /object is left out: it cannot send GetObjectH | Unset in the header"),
    ("/gone", {"get": operation(parameters=[parameter(ref("Gone"))])},
     "/get/parameters/0/schema",
     "GET /gone is left out: it refers to #/components/schemas/Gone, which is left out itself, or is no component"),
    ("/gone-too", {"get": answer(ref("Gone"))},
     "/get/responses/200/content/application~1json/schema",
     "a response of GET /gone-too is left out: it refers to #/components/schemas/Gone, which is left out itself, or is"
     " no component"),
    ("/default", {"get": operation(parameters=[parameter({"type": "integer", "default": "x"})])},
     "/get",
     "GET /default is left out: its default does not fit"),
    ("/unlisted", {"get": operation(parameters=[parameter({"enum": ["a"], "default": "x"})])},
     "/get/parameters/0/schema",
     "GET /unlisted is left out: its default does not fit"),
    ("/one", {"get": operation(operationId="doIt"), "put": operation(operationId="do_it")},
     "/get",
     "the operation is left out: that at /paths/~1one/put is called do_it too"),
    ("/media", {"get": operation(parameters=[{"name": "c", "in": "query", "content": {"a/b": {"schema": TEXT}}}])},
     "/get/parameters/0",
     "the parameter is left out: the generator knows parameters with a `schema` alone"),
    ("List", {"type": "array"}, "",
     "List is left out, with all that refers to it: a list says nothing of its items"),
    ("User", thing(a=ref("List")), "/properties/a",
     "User is left out, with all that refers to it: it refers to #/components/schemas/List, which is left out itself,"
     " or is no component"),
    ("Loop", {"allOf": [ref("Loop"), thing(a=TEXT)]}, "/allOf/0",
     "Loop is left out, with all that refers to it: an `allOf` refers to what it is part of"),
    ("OfText", {"allOf": [ref("Text"), thing(a=TEXT)]}, "",
     "OfText is left out, with all that refers to it: an `allOf` refers to what is no object"),
    ("ItsOwnList", {"type": "array", "items": ref("ItsOwnList")}, "/items",
     "ItsOwnList is left out, with all that refers to it: a list is a list of itself"),
    ("Twofold", {"allOf": [ref("Whole"), thing(a={"type": "integer"})]}, "",
     "Twofold is left out, with all that refers to it: parts of an `allOf` describe one property differently"),
    ("Remote", thing(a={"$ref": "other.yaml#/X"}), "/properties/a",
     "Remote is left out, with all that refers to it: it names another document"),
    ("Alternatives", thing(u={"anyOf": [ref("Gone"), TEXT]}), "/properties/u/anyOf/0",
     "Alternatives is left out, with all that refers to it: it cannot take one of the alternatives"),
    ("Alike", thing(**{"a b": TEXT, "a-b": TEXT, "a_b": TEXT}), "",
     "Alike is left out, with all that refers to it: two properties have the same name in Python"),
]  # fmt: skip
FINE = {"Text": TEXT, "Whole": thing(a=TEXT)}


@pytest.fixture(scope="module")
def lacking(tmp_path_factory):
    """What is made of a document with everything in it that the generator leaves out."""
    paths = {name: node for name, node, *_ in LEFT_OUT if name.startswith("/")}
    schemas = {name: node for name, node, *_ in LEFT_OUT if not name.startswith("/")}
    fine = {"/fine": {"get": {**answer(ref("Whole")), "operationId": "fine"}}}
    return partly(tmp_path_factory.mktemp("templates"), {**paths, **fine}, {**schemas, **FINE})


@pytest.mark.parametrize(
    ("name", "below", "what"),
    [(name, below, what) for name, _, below, what in LEFT_OUT],
    ids=[each[0] for each in LEFT_OUT],
)
def test_what_is_left_out_is_said_with_its_place_and_the_reason(lacking, name, below, what):
    at = pointer("paths", name) if name.startswith("/") else pointer("components", "schemas", name)
    found = [(problem.pointer, problem.what) for problem in lacking.problems if what.partition(":")[0] in problem.what]
    assert (f"{at}{below}", what) in found


def test_nothing_else_is_said_and_all_has_a_line_and_a_hint(lacking):
    assert len(lacking.problems) == len(LEFT_OUT)
    for problem in lacking.problems:
        assert problem.file == "openapi.yaml"
        assert problem.line > 0
        assert problem.hint


def test_the_rest_is_generated_and_can_be_imported(lacking, tmp_path):
    tree.write(lacking.tree, tmp_path / "shop")
    assert (tmp_path / "shop/api/default/fine.py").is_file()
    assert imported(tmp_path, "shop") == ""


def imported(folder, package):
    """What goes wrong when all modules of a package in `folder` are imported."""
    program = (
        "import importlib, pathlib, sys\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).rglob('*.py')):\n"
        "    importlib.import_module('.'.join(path.with_suffix('').parts).removesuffix('.__init__'))"
    )
    words = [sys.executable, "-c", program, package]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize(
    ("paths", "schemas", "pointers"),
    [
        pytest.param(
            {"/a": {"get": operation(parameters=[parameter(TEXT, "x", "body")]), "put": operation()}},
            {"A": {"type": "string", "minLength": -1}, "B": thing(x={"type": "wrong"})},
            [
                "/paths/~1a/get/parameters/0/in",
                "/components/schemas/A/minLength",
                "/components/schemas/B/properties/x/type",
            ],
            id="what its model of OpenAPI does not allow",
        ),
        pytest.param(
            {}, {"B" * 300: thing(a=TEXT)}, [f"/components/schemas/{'B' * 300}"], id="a name too long for a file"
        ),
    ],
)
def test_what_stops_the_generator_is_found_and_the_rest_generated(tmp_path, paths, schemas, pointers):
    made = partly(tmp_path, {**paths, "/fine": {"get": {**answer(TEXT), "operationId": "fine"}}}, schemas)
    assert [problem.pointer for problem in made.problems] == pointers
    assert all("stops the generator" in problem.what for problem in made.problems)
    assert "api/default/fine.py" in made.tree


def test_where_nothing_can_be_generated_that_is_an_error_with_all_problems(tmp_path):
    with pytest.raises(GenerateError, match=r"#/info: .*`version` is required") as caught:
        generate.generate_partly(
            "openapi: 3.1.1\ninfo: {title: T}\npaths: {}\n", package="x", settings={}, templates=tmp_path
        )
    assert len(caught.value.problems) == 1


def test_no_setting_and_no_secret_of_the_environment_reaches_the_generator(tmp_path):
    given = {"PATH": "/bin", "HOME": "/home/user", "WASABI_SECRET_KEY": "s", "RUFF_CONFIG": "x", "PYTHONPATH": "/y"}
    assert client._environment(tmp_path, given) == {
        "PATH": "/bin",
        "HOME": str(tmp_path),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }

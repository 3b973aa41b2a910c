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
from scripts.errors import GenerateError

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
def test_what_the_generator_would_leave_out_is_an_error_in_its_words(change, message):
    with pytest.raises(GenerateError, match=message) as caught:
        made(DOCUMENT.replace(*change))
    assert "/tmp" not in str(caught.value)
    assert all(problem.hint for problem in caught.value.problems)


def test_no_setting_and_no_secret_of_the_environment_reaches_the_generator(tmp_path):
    given = {"PATH": "/bin", "HOME": "/home/user", "WASABI_SECRET_KEY": "s", "RUFF_CONFIG": "x", "PYTHONPATH": "/y"}
    assert generate._environment(tmp_path, given) == {
        "PATH": "/bin",
        "HOME": str(tmp_path),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }

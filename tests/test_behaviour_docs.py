from __future__ import annotations

import re

import pytest

from scripts import behaviour
from scripts.document import read

from .processes import ROOT, verb

PAGE = (ROOT / "docs/behaviour.md").read_text(encoding="utf-8")
FORM = read(ROOT / "scripts/behaviour/form.yaml").data


def test_the_page_shows_the_lifecycle_as_the_verb_draws_it(apis):
    api = apis["wasabi_air"]
    drawn = behaviour.diagram(behaviour.read(api.behaviour, read(api.openapi).data))
    assert f"```mermaid\n{drawn}```\n" in PAGE


@pytest.mark.parametrize("rule", FORM["properties"])
def test_every_rule_of_the_form_is_on_the_page(rule):
    assert re.search(rf"^\| `{rule}` \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("point", FORM["properties"]["open"]["items"]["properties"]["point"]["enum"])
def test_every_point_that_may_be_open_is_on_the_page(point):
    assert re.search(rf"^\| [^|]*`{point}`", PAGE, re.MULTILINE)


def test_the_verb_prints_the_diagram_alone_and_says_on_standard_error_what_it_read():
    done = verb("behaviour", "--api", "wasabi_air")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "stateDiagram-v2")
    assert re.fullmatch(
        r"spec/wasabi_air/behaviour\.yaml: \d+ rules \(.*published.*\), \d+ points left open\n", done.stderr
    )


def test_the_verb_writes_the_diagram_to_a_file(tmp_path):
    done = verb("behaviour", "-o", str(tmp_path / "life.mmd"))
    assert done.returncode == 0
    assert (tmp_path / "life.mmd").read_text().startswith("stateDiagram-v2\n    [*] --> ")

"""What `diff` shows, its JSON, its exit codes, and that no change of a document goes untold."""

from __future__ import annotations

import copy
import json
import re

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts import document
from scripts.diff import diff, version
from scripts.diff.report import Edition, Report, as_json, as_text
from scripts.document import Json, escape

from .processes import ROOT, verb

OLD = """
openapi: 3.1.1
info: {title: Things, version: '7'}
paths:
  /things:
    get:
      summary: List
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses: {'200': {description: ok}}
components:
  schemas:
    Thing: {type: object, properties: {kind: {enum: [a, b]}}}
"""
NEW = OLD.replace("[a, b]", "[a]").replace("summary: List", "summary: Lists")


def report(old: str = OLD, new: str = NEW, current: str | None = None) -> Report:
    before, after = (document.parse(text).data for text in (old, new))
    return Report(Edition.of("old.yaml", before), Edition.of("new.yaml", after), diff(before, after), current)


# --- For a person ---------------------------------------------------------------------------------------


def test_the_text_says_where_whom_and_why():
    assert as_text(report(), width=100).splitlines() == [
        "old: old.yaml (Things 7)",
        "new: new.yaml (Things 7)",
        "",
        "schema Thing",
        "  breaks clients, servers, client code: Requests that were valid are refused. Servers must no longer",
        "    send some of what they may send today. Reached by GET /things, POST /things.",
        "  - kind: no longer allows `b`",
        "    #/components/schemas/Thing/properties/kind/enum",
        "",
        "1 change; breaking: 1 clients, 1 servers, 1 client code; 1 more in words for people (--all shows",
        "them).",
        "The client's next version is a step of kind: major (--version X.Y.Z gives the number).",
    ]


def test_words_for_people_are_listed_on_request():
    assert "summary changed" not in as_text(report())
    assert "GET /things\n  safe: Nothing that is sent or read today changes.\n  - summary changed" in as_text(
        report(), every=True
    )


def test_lines_fit_the_width_where_words_allow():
    lines = as_text(report(), width=60).splitlines()
    assert all(len(line) <= 60 or " " not in line.strip() for line in lines)


def test_what_breaks_comes_first():
    old = document.read(ROOT / "tests" / "data" / "everything.yaml").data
    new = {**old, "paths": {}, "servers": []}
    severities = [each.worst for each in diff(old, new)]
    assert severities == sorted(severities, reverse=True)


# --- The next version -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "step"),
    [
        (NEW, "major"),
        (OLD.replace("[a, b]", "[a, b, c]"), "major"),
        (OLD.replace("get:\n", "get:\n      operationId: list\n"), "major"),
        (OLD.replace("{kind:", "{more: {type: string}, kind:"), "minor"),
        (OLD.replace("get:\n", "get:\n      deprecated: true\n"), "minor"),
        (OLD.replace("List", "Lists"), "patch"),
        (OLD, "none"),
    ],
    ids=["value gone", "value new in an answer", "name", "member", "deprecated", "words", "nothing"],
)
def test_the_step_goes_by_what_breaks_for_users_of_the_client(new, step):
    assert report(new=new).step == step


def test_what_breaks_servers_alone_is_a_minor_step():
    wider = OLD.replace("post:\n", "post:\n      parameters: [{name: a, in: query, schema: {enum: [1]}}]\n")
    made = report(wider, wider.replace("enum: [1]", "enum: [1, 2]"))
    assert (made.step, made.exit_code) == ("minor", 1)


@pytest.mark.parametrize(
    ("current", "step", "following"),
    [
        ("1.4.2", "major", "2.0.0"),
        ("1.4.2", "minor", "1.5.0"),
        ("1.4.2", "patch", "1.4.3"),
        ("1.4.2", "none", "1.4.2"),
        ("0.4.2", "major", "0.5.0"),
        ("0.4.2", "minor", "0.4.3"),
        ("0.4.2", "patch", "0.4.3"),
        ("0.0.0", "none", "0.0.0"),
    ],
)
def test_the_next_version(current, step, following):
    assert version.after(current, step) == following


@pytest.mark.parametrize("current", ["1.4", "1.4.2-rc.1", "01.4.2", "v1.4.2", "1.4.2\n"])
def test_what_is_not_three_numbers_is_no_version(current):
    with pytest.raises(ValueError, match=re.escape(current)):
        version.after(current, "major")


# --- JSON ---------------------------------------------------------------------------------------------------


def described_form() -> Json:
    text = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    return json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])


def closed(schema: Json) -> Json:
    """`schema` without room for members that it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    result = {name: closed(value) for name, value in schema.items()}
    return {**result, "additionalProperties": False} if "properties" in schema else result


def test_the_json_has_the_documented_form():
    validator = jsonschema_rs.validator_for(closed(described_form()))
    old = document.read(ROOT / "tests" / "data" / "everything.yaml").data
    for new in (old, {**old, "paths": {}}, {**old, "components": {}}):
        made = Report(Edition.of("old.yaml", old), Edition.of("new.yaml", new), diff(old, new), "1.0.0")
        validator.validate(json.loads(as_json(made)))


def test_the_json_says_what_the_text_says():
    told = json.loads(as_json(report(current="0.3.0")))
    assert (told["status"], told["exit_code"], told["step"], told["next_version"]) == (
        "something breaks",
        1,
        "major",
        "0.4.0",
    )
    assert told["changes"][0] == {
        "kind": "enum-value-removed",
        "subject": "schema Thing",
        "part": "kind",
        "what": "no longer allows `b`",
        "why": "Requests that were valid are refused. Servers must no longer send some of what they may send today.",
        "clients": "breaks",
        "servers": "breaks",
        "client_code": "breaks",
        "old": "/components/schemas/Thing/properties/kind/enum",
        "new": "/components/schemas/Thing/properties/kind/enum",
        "operations": ["GET /things", "POST /things"],
    }
    assert [each["kind"] for each in told["changes"]] == ["enum-value-removed", "text"]


# --- The verb -------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path):
    """Write two editions; gives their paths."""

    def write(old: str = OLD, new: str = NEW) -> tuple[str, str]:
        (tmp_path / "old.yaml").write_text(old)
        (tmp_path / "new.yaml").write_text(new)
        return str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml")

    return write


@pytest.mark.parametrize(
    ("new", "code", "last"),
    [
        (OLD, 0, "no changes (exit code 0)"),
        (OLD.replace("List", "Lists"), 0, "nothing breaks (exit code 0)"),
        (OLD.replace("{kind: {", "{kind: {pattern: a, "), 1, "something breaks (exit code 1)"),
        (NEW, 1, "something breaks (exit code 1)"),
        ("openapi: 4.0.0", 2, "could not run (exit code 2)"),
    ],
    ids=["the same", "words", "narrower", "breaks", "unreadable"],
)
def test_the_last_line_and_the_exit_code_say_whether_something_breaks(files, new, code, last):
    done = verb("diff", *files(new=new))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (code, last)
    assert "\x1b" not in done.stdout


def test_json_alone_is_printed_and_what_is_written_is_the_same(files, tmp_path):
    pair = files()
    printed = verb("diff", *pair, "--json", "--version", "1.4.2")
    written = verb("diff", *pair, "--json", "--version", "1.4.2", "-o", str(tmp_path / "out" / "diff.json"))
    assert json.loads(printed.stdout)["next_version"] == "2.0.0"
    assert printed.stderr.splitlines()[-1] == "something breaks (exit code 1)"
    assert (tmp_path / "out" / "diff.json").read_text() == printed.stdout
    assert written.stdout.splitlines()[-1] == "something breaks (exit code 1)"
    assert printed.returncode == written.returncode == 1


def test_a_version_that_is_none_is_wrong_use(files):
    done = verb("diff", *files(), "--version", "next")
    assert done.returncode == 2
    assert "--version 'next' is not three numbers" in done.stderr


def test_losses_of_the_conversion_are_warned_of(files):
    swagger = """
        swagger: '2.0'
        info: {title: T, version: '1'}
        paths:
          /a:
            get:
              parameters: [{name: ids, in: query, type: array, items: {type: string}, collectionFormat: tsv}]
              responses: {200: {description: ok}}
    """
    done = verb("diff", *files(swagger, swagger))
    assert done.returncode == 0
    assert re.search(r"warning: .*old\.yaml:7.*\n.*\n?warning: .*new\.yaml:7", done.stderr)


# --- Nothing goes untold -----------------------------------------------------------------------------------------


def pointers(value: Json, here: str = "") -> list[str]:
    """The pointers of all that is in `value`."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    places = [(f"{here}/{escape(str(name))}", each) for name, each in inner]
    return [found for place, each in places for found in (place, *pointers(each, place))]


def edited(data: Json, pointer: str, edit: str) -> Json:
    """`data` with one part of it deleted, or with another value."""
    result = copy.deepcopy(data)
    above, _, _ = pointer.rpartition("/")
    parent, name = document.at(result, above), document.parts(pointer)[-1]
    place = int(name) if isinstance(parent, list) else name
    if edit == "delete":
        del parent[place]
    else:
        parent[place] = another(parent[place])
    return result


def another(value: Json) -> Json:
    """A value of the same type, if there is one."""
    if isinstance(value, dict):
        return {} if value else {"x-other": 0}
    if isinstance(value, list):
        return [] if value else [0]
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + "x"
    return 0 if value is None else value + 1


MEANINGLESS = {
    ("delete", "/openapi"): "both are read as 3.1",
    ("change", "/openapi"): "both are read as 3.1",
    ("delete", "/components/parameters/Fields/style"): "states the default",
    (
        "delete",
        "/paths/~1pets/post/requestBody/content/multipart~1form-data/encoding/names/explode",
    ): "states the default",
}
"""The edits that change nothing, and why."""

EVERYTHING = document.read(ROOT / "tests" / "data" / "everything.yaml").data
EDITS = [(edit, pointer) for pointer in pointers(EVERYTHING) for edit in ("delete", "change")]


def untold(edit: str, pointer: str) -> bool:
    new = edited(EVERYTHING, pointer, edit)
    there, back = diff(EVERYTHING, new), diff(new, EVERYTHING)
    for changes, old_data, new_data in ((there, EVERYTHING, new), (back, new, EVERYTHING)):
        for change in changes:
            assert change.old is None or document.at(old_data, change.old) is not Ellipsis
            assert change.new is None or document.at(new_data, change.new) is not Ellipsis
    return not there or not back


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(EDITS))
def test_a_random_edit_is_told_at_places_that_exist(one):
    assert untold(*one) is (one in MEANINGLESS)


@pytest.mark.slow
def test_every_edit_of_every_part_is_told():
    assert {one for one in EDITS if untold(*one)} == set(MEANINGLESS)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(EDITS), max_size=4))
def test_a_document_equals_itself_whatever_is_wrong_with_it(edits):
    data = EVERYTHING
    for edit, pointer in edits:
        try:
            data = edited(data, pointer, edit)
        except (KeyError, IndexError):  # gone with an edit before
            continue
    assert diff(data, copy.deepcopy(data)) == ()

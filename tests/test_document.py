from __future__ import annotations

import pytest

from scripts import document
from scripts.errors import DocumentError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: on", "on"),
        ("a: yes", "yes"),
        ("a: 2024-11-13", "2024-11-13"),
        ("a: 2024-11-13T07:11:51Z", "2024-11-13T07:11:51Z"),
        ("a: 1_000", "1_000"),
        ("a: 12:30", "12:30"),
        ("a: 1e3", 1000.0),
        ("a: 0o17", 15),
        ("a: 0017", 17),
        ("a: true", True),
        ("a: ~", None),
        ("a:", None),
        ("a: '5'", "5"),
        ('{"a": 5}', 5),
        ("a: .inf", float("inf")),
    ],
)
def test_scalars_are_read_by_the_core_schema_of_yaml_1_2(text, value):
    assert document.parse(text).data == {"a": value}


def test_keys_are_strings():
    assert document.parse("200: {true: 1}").data == {"200": {"true": 1}}


def test_a_byte_order_mark_is_no_part_of_a_document(tmp_path):
    path = tmp_path / "marked.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert document.read(path).data == {"a": 1}


def test_a_problem_has_the_line_and_column_of_its_nearest_place():
    read = document.parse("a:\n  b:\n    - c: 1\n", "spec.yaml")
    assert str(read.problem("/a/b/0/c", "wrong", "mend it")) == "spec.yaml:3:7 #/a/b/0/c: wrong\n  mend it"
    assert read.problem("/a/b/0/d", "missing").line == 3


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1", 1), ("a: b: c", 1), ("a: 1\n\tb: 2", 2), ("? [x]\n: 1", 1)],
    ids=["unclosed", "two colons", "tab", "key that is a list"],
)
def test_what_is_not_yaml_is_an_error_with_its_line(text, line):
    with pytest.raises(DocumentError) as caught:
        document.parse(text, "spec.yaml")
    assert caught.value.problems[0].file == "spec.yaml"
    assert caught.value.problems[0].line >= line


@pytest.mark.parametrize("text", ["", "- a", "text"], ids=["empty", "list", "scalar"])
def test_a_document_is_a_mapping(text):
    with pytest.raises(DocumentError, match="not a mapping"):
        document.parse(text)


def test_a_file_that_is_not_utf_8_or_not_there_is_an_error_with_its_name(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes("a: é".encode("latin-1"))
    with pytest.raises(DocumentError, match=r"latin\.yaml: not UTF-8"):
        document.read(path)
    with pytest.raises(DocumentError, match=r"absent\.yaml: cannot be read"):
        document.read(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    "value",
    [
        "1e3",
        "0o17",
        "on",
        "2024-11-13",
        "null",
        "",
        " a",
        "a\nb\n",
        "a: b",
        "# a",
        "\u2028",
        "é",
        "'",
        '"',
        "0x1F",
        "1.",
        "~",
    ],
)
def test_what_is_dumped_reads_back_as_it_was(value):
    data = {value: [value, {"b": value}]}
    assert document.parse(document.dump(data)).data == data


def test_a_dump_keeps_the_order_and_has_no_aliases():
    shared = {"z": 1, "a": 2}
    assert document.dump({"one": shared, "two": shared}) == "one:\n  z: 1\n  a: 2\ntwo:\n  z: 1\n  a: 2\n"


def test_pointers_escape_as_rfc_6901_says():
    assert document.pointer("a/b", "c~d", 0) == "/a~1b/c~0d/0"
    assert document.parts("/a~1b/c~0d/0") == ["a/b", "c~d", "0"]
    assert document.at({"a/b": {"c~d": [7]}}, "/a~1b/c~0d/0") == 7


@pytest.mark.parametrize("reference", ["#/a", "#/nowhere", "other.yaml#/b"], ids=["itself", "nowhere", "outside"])
def test_a_reference_that_leads_nowhere_is_an_error(reference):
    with pytest.raises(KeyError):
        document.follow({"a": {"$ref": reference}}, {"$ref": "#/a"})


def test_operations_have_their_path_s_parameters_and_their_own_win(parse):
    found = list(
        document.operations(
            parse("""
                paths:
                  /a/{id}:
                    parameters:
                      - {name: id, in: path, description: of the path}
                      - {name: q, in: query}
                    get:
                      operationId: read
                      parameters: [{name: id, in: path, description: its own}]
                    delete: {x-stage: preview}
            """).data
        )
    )
    assert [(each.id, each.method, each.preview) for each in found] == [
        ("read", "GET", False),
        ("DELETE /a/{id}", "DELETE", True),
    ]
    assert [parameter.get("description") for parameter in found[0].parameters] == ["its own", None]
    assert found[0].pointer == "/paths/~1a~1{id}/get"

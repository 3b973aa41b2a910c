from __future__ import annotations

import os

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts import document
from scripts.errors import DocumentError, UsageError


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
    with pytest.raises(DocumentError, match=r"latin\.yaml:1:4: not UTF-8"):
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


# --- What texts do to a reader ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("a: !!float 5", 5.0, id="float"),
        pytest.param("a: !!str 5", "5", id="text"),
        pytest.param("a: !!int '5'", 5, id="whole number"),
        pytest.param("a: !!timestamp 2024-11-13", "2024-11-13", id="time"),
        pytest.param("a: !!binary aGk=", "aGk=", id="bytes"),
        pytest.param("a: !own 5", "5", id="a tag of somebody's own"),
        pytest.param("a: ! 5", "5", id="no type at all"),
        pytest.param("b: &b {c: 1}\na: {<<: *b, d: 2}", {"c": 1, "d": 2}, id="merge"),
        pytest.param("b: &b {c: 1, d: 1}\na: {d: 2, <<: *b}", {"c": 1, "d": 2}, id="own members win"),
        pytest.param("b: &b {c: 1}\na: {<<: [{c: 3}, *b]}", {"c": 3}, id="the first merged wins"),
        pytest.param("b: &b {c: 1}\na: {'<<': *b}", {"<<": {"c": 1}}, id="a quoted key merges nothing"),
        pytest.param("b: &b [1]\na: [*b, *b]", [[1], [1]], id="aliases"),
        pytest.param("b: &b k\na: {*b : 1}", {"k": 1}, id="an alias as a key"),
        pytest.param('{"a": "\\ud83d\\ude00\\/"}', "😀/", id="JSON escapes"),
    ],
)
def test_tags_merges_and_aliases_become_plain_values(text, value):
    assert document.parse(text).data["a"] == value


@pytest.mark.parametrize(
    "text", ['{"a": {"b": 1, "c": 2,\n "b": 3}}', "a:\n  {b: 1, c: 2,\n b: 3}"], ids=["JSON", "YAML"]
)
def test_of_a_key_that_is_there_twice_the_last_counts_and_its_place_is_told(text):
    read = document.parse(text, "spec")
    assert read.data == {"a": {"b": 3, "c": 2}}
    found = [(flaw.what, flaw.file, flaw.column, flaw.pointer) for flaw in read.flaws]
    assert found == [("the key 'b' appears twice", "spec", 2, "/a/b")]


JSON = '{"a": [1, {"b~/": [true]}],\n "": {"é": "\\"}", "d": {}}}'


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("", (1, 1)),
        ("/a", (1, 2)),
        ("/a/0", (1, 8)),
        ("/a/1/b~0~1", (1, 12)),
        ("/a/1/b~0~1/0", (1, 20)),
        ("/", (2, 2)),
        ("//é", (2, 7)),
        ("//d", (2, 19)),
    ],
)
def test_places_are_the_same_in_json_read_by_either_reader(pointer, place):
    for text in (JSON, f"# YAML\n{JSON}"):
        problem = document.parse(text).problem(pointer, "wrong")
        assert (problem.line, problem.column) == (place[0] + (text is not JSON), place[1])


def nested(levels: int, style: str) -> str:
    if style == "JSON":
        return '{"a":' * levels + "1" + "}" * levels
    if style == "aliases":
        return "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, levels))
    return "".join(f"{' ' * level}a:\n" for level in range(levels))


@pytest.mark.parametrize("style", ["JSON", "YAML", "aliases"])
def test_a_text_may_be_nested_deep_and_no_deeper(style):
    document.parse(nested(199, style))
    for levels in (201, 1_000, 50_000 if style == "JSON" else 2_000):
        with pytest.raises(DocumentError, match="nested deeper than 200 levels") as caught:
            document.parse(nested(levels, style), "deep")
        assert caught.value.problems[0].line


def test_a_bomb_of_aliases_is_an_error_at_once():
    text = "a: &a [1,1,1,1,1,1,1,1,1]\n"
    text += "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    with pytest.raises(DocumentError, match="aliases stand for more than 1,000,000 values"):
        document.parse(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("a: &a [*a]", "the alias *a stands in what it names", id="an alias in itself"),
        pytest.param("a: *b", "the alias *b stands for nothing", id="an alias of nothing"),
        pytest.param("a: 1\n---\nb: 2", "a second document starts here", id="two documents"),
        pytest.param("a: !!int x", "'x' cannot be read as int", id="not what its tag says"),
        pytest.param("a: " + "9" * 5000, "cannot be read as number", id="an absurd number"),
        pytest.param('{"a": ' + "9" * 5000 + "}", "cannot be read as number", id="an absurd number in JSON"),
        pytest.param("a: .inf", "'.inf' cannot be read as number", id="infinity"),
        pytest.param("a: !!float .nan", "'.nan' cannot be read as float", id="no number"),
        pytest.param('{"a": 1e999}', "'1e999' cannot be read as number", id="too large a number in JSON"),
        pytest.param("a: {<<: 1}", "`<<` merges what is not a mapping", id="a merge of nothing"),
        pytest.param('{"a": "\\ud800"}', "half of a surrogate pair", id="half a character in JSON"),
        pytest.param('{"a": "\\udc00\\ud800"}', "half of a surrogate pair", id="two halves in the wrong order"),
        pytest.param('{"a": "\ud800"}', "half of a surrogate pair", id="half a character in a JSON text"),
        pytest.param("a: \ud800", "half of a surrogate pair", id="half a character in a YAML text"),
        pytest.param("a: \x01", "control characters are not allowed", id="a control character"),
    ],
)
def test_a_text_that_has_no_value_is_an_error(text, what):
    with pytest.raises(DocumentError) as caught:
        document.parse(text, "spec")
    problem = caught.value.problems[0]
    assert what in problem.what
    assert problem.line
    assert problem.column


def test_utf_16_is_read_by_its_byte_order_mark(tmp_path):
    path = tmp_path / "wide.json"
    path.write_bytes('{"a": "é"}'.encode("utf-16"))
    assert document.read(path).data == {"a": "é"}


def test_what_is_written_as_json_reads_back(tmp_path):
    value = {"a": ["é", 1.5, None, True, {"b": "\n"}]}
    assert document.parse(document.dump_json(value)).data == value


# --- What is written -----------------------------------------------------------------------------

TEXTS = st.text() | st.sampled_from(["on", "Yes", "1e3", "0o17", "12:30", "2024-11-13", "1_000", "=", "<<", "? a", "-"])
TEXTS |= st.from_regex(r"[ -~\n\t]{0,12}", fullmatch=True)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_whatever_is_dumped_is_read_back_by_readers_of_yaml_1_1_and_1_2(value):
    text = document.dump(value)
    assert document.parse(text).data == value
    assert yaml.load(text, yaml.CSafeLoader) == value
    assert document.parse(document.dump_json(value)).data == value


def test_a_dump_is_one_that_a_person_would_write():
    value = {
        "openapi": "3.1.1",
        "description": "One line.\nAnd another.\n",
        "paths": {"/a/{b}": {"$ref": "#/x"}},
        "tags": [{"name": "it's", "x-a": []}, "yes", "5", ["a: b"], {}],
        "control": "\x07",
        ".1": ".a",
        "x" * 1100: 1e16,
    }
    assert document.dump(value) == (
        "openapi: 3.1.1\ndescription: |\n  One line.\n  And another.\npaths:\n  /a/{b}:\n    $ref: '#/x'\n"
        "tags:\n- name: it's\n  x-a: []\n- 'yes'\n- '5'\n- - 'a: b'\n- {}\n"
        "control: \"\\u0007\"\n'.1': .a\n? " + "x" * 1100 + "\n: 1.0e+16\n"
    )


def test_a_text_is_written_only_where_it_differs(tmp_path):
    path = tmp_path / "folder" / "a.txt"
    assert document.write_text("1\n", path)
    assert not document.write_text("1\n", path)
    assert document.write_text("2\n", path)
    assert path.read_bytes() == b"2\n"
    assert [each.name for each in path.parent.iterdir()] == ["a.txt"]


def test_a_link_stays_one_and_a_file_keeps_its_permissions(tmp_path):
    path, link = tmp_path / "a.txt", tmp_path / "link.txt"
    path.write_text("1\n")
    path.chmod(0o640)
    link.symlink_to(path)
    assert document.write_text("2\n", link)
    assert link.is_symlink()
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("2\n", 0o640)


def test_what_is_no_file_is_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)) as reader:
        assert document.write_text("1\n", pipe)
        assert reader.read() == "1\n"
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", [".", "file/a.txt", "x" * 300])
def test_a_place_that_cannot_be_written_to_is_an_error(tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        document.write_text("1\n", tmp_path / name)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts import overlay
from scripts.document import Document, dump, read
from scripts.errors import OverlayError, PlumblineError

from .processes import ROOT, surroundings, verb

HEAD = "info: {title: T, version: '1'}\nactions:\n"


@pytest.fixture
def made(parse):
    """What an overlay of the given actions, written as YAML, makes of a document."""

    def make(data, actions: str, *, version: str = "1.1", **options):
        return overlay.overlaid(data, [parse(f"overlay: {version}.0\n{HEAD}{actions}", "fix.yaml")], **options)

    return make


def why(standing: str = "published") -> str:
    return f"description: because, x-source: a page, x-standing: {standing}"


BOTH, OLD, NEW = ("1.0", "1.1"), ("1.0",), ("1.1",)

APPLIED = [
    # Objects are merged member by member.
    (BOTH, {"a": {"b": 1}}, "{target: $.a, update: {c: 2}}", {"a": {"b": 1, "c": 2}}),
    (BOTH, {"a": {"b": 1}}, "{target: $.a, update: {b: 2}}", {"a": {"b": 2}}),
    (BOTH, {"a": {"b": 1}}, "{target: $.a, update: {b: null}}", {"a": {"b": None}}),
    (BOTH, {"a": {"b": None}}, "{target: $.a, update: {b: text}}", {"a": {"b": "text"}}),
    (BOTH, {"a": {"b": {"c": 1}}}, "{target: $.a, update: {b: {d: {e: 2}}}}", {"a": {"b": {"c": 1, "d": {"e": 2}}}}),
    (BOTH, {"a": {"b": [1]}}, "{target: $.a, update: {b: [2, [3]]}}", {"a": {"b": [1, 2, [3]]}}),
    (BOTH, {"a": {}, "b": {"c": 1}}, "{target: $.*, update: {c: 2}}", {"a": {"c": 2}, "b": {"c": 2}}),
    (BOTH, {"a": 1}, "{target: $, update: {b: {c: 2}}}", {"a": 1, "b": {"c": 2}}),
    (BOTH, {"a": {"a": {}}}, "{target: $..a, update: {b: 1}}", {"a": {"a": {"b": 1}, "b": 1}}),
    (BOTH, {"a": {}}, "{target: '$[''a'',''a'']', update: {b: [1]}}", {"a": {"b": [1]}}),
    # A list takes an item, and from 1.1 on the items of a list.
    (BOTH, {"a": [1]}, "{target: $.a, update: {b: 2}}", {"a": [1, {"b": 2}]}),
    (BOTH, {"a": [1]}, "{target: $.a, update: 2}", {"a": [1, 2]}),
    (BOTH, {"a": [1]}, "{target: $.a, update: null}", {"a": [1, None]}),
    (NEW, {"a": [1]}, "{target: $.a, update: [2, 3]}", {"a": [1, 2, 3]}),
    (NEW, {"a": [1]}, "{target: $.a, update: []}", {"a": [1]}),
    (NEW, {"a": [[1]]}, "{target: $.a, update: [[2]]}", {"a": [[1], [2]]}),
    (BOTH, {"a": [1]}, "{target: '$[''a'',''a'']', update: 2}", {"a": [1, 2]}),
    # A primitive value is replaced, from 1.1 on.
    (NEW, {"a": {"b": "old"}}, "{target: $.a.b, update: new}", {"a": {"b": "new"}}),
    (NEW, {"a": [1, 2]}, "{target: '$.a[?@ == 2]', update: null}", {"a": [1, None]}),
    (NEW, {"a": 1, "b": None}, "{target: $.*, update: true}", {"a": True, "b": True}),
    # Whatever is selected goes, and what is inside it with it.
    (BOTH, {"a": {"b": {}, "c": 1}}, "{target: $.a.b, remove: true}", {"a": {"c": 1}}),
    (BOTH, {"a": [{"b": 1}, {"b": 2}, {"b": 1}]}, "{target: '$.a[?@.b == 1]', remove: true}", {"a": [{"b": 2}]}),
    (BOTH, {"a": [{}, [], {}, []]}, "{target: '$.a[2,0,-2]', remove: true}", {"a": [[], []]}),
    (BOTH, {"a": {"a": {"a": {}}}, "b": {"a": []}}, "{target: $..a, remove: true}", {"b": {}}),
    (BOTH, {"a": [{"b": [{}]}, {"b": []}]}, "{target: '$..[0]', remove: true}", {"a": [{"b": []}]}),
    (BOTH, {"a": {}}, "{target: '$[''a'',''a'']', remove: true}", {}),
    (NEW, {"a": ["x", "y", "x"]}, "{target: '$.a[?@ == ''x'']', remove: true}", {"a": ["y"]}),
    (NEW, {"a": {"b": 1}}, "{target: $.a.b, remove: true}", {"a": {}}),
    (BOTH, {"a": {}}, "{target: $, update: {b: 1}, remove: false}", {"a": {}, "b": 1}),
    # A copy is an update with what stands elsewhere.
    (NEW, {"a": {"x": 1}, "b": {"y": 2}}, "{target: $.b, copy: $.a}", {"a": {"x": 1}, "b": {"y": 2, "x": 1}}),
    (NEW, {"a": [1], "b": [2]}, "{target: $.b, copy: $.a}", {"a": [1], "b": [2, 1]}),
    (NEW, {"a": {"x": 1}, "b": [2]}, "{target: $.b, copy: $.a}", {"a": {"x": 1}, "b": [2, {"x": 1}]}),
    (NEW, {"a": 1, "b": 2}, "{target: $.b, copy: $.a}", {"a": 1, "b": 1}),
    (NEW, {"a": {"b": {}}}, "{target: $.a.b, copy: $.a}", {"a": {"b": {"b": {}}}}),
    (NEW, {"a": {}, "b": 1}, "{target: $.a, copy: $}", {"a": {"a": {}, "b": 1}, "b": 1}),
    (NEW, {"a": {"x": 1}, "l": [{}, {}]}, "{target: '$.l[*]', copy: $.a}", {"a": {"x": 1}, "l": [{"x": 1}, {"x": 1}]}),
    (NEW, {"a": {"x": {}}, "b": {}}, "{target: $.b, copy: '$[''a'',''a'']'}", {"a": {"x": {}}, "b": {"x": {}}}),
]


@pytest.mark.parametrize(
    ("version", "data", "action", "result"),
    [(version, *row) for versions, *row in APPLIED for version in versions],
)
def test_an_action_does_what_the_specification_says(made, version, data, action, result):
    before = copy.deepcopy(data)
    done = made(data, f"- {action}", version=version)
    assert dump(done.data) == dump(result)
    assert (data, done.warnings) == (before, ())


WARNED = [
    (BOTH, "{target: $.nowhere, update: {a: 1}}", "matches nothing"),
    (BOTH, "{target: '$.object[?@.a]', remove: true}", "matches nothing"),
    (BOTH, "{target: $.object}", "changes nothing"),
    (BOTH, "{target: $.object, remove: false}", "changes nothing"),
    (NEW, "{target: $.object, update: {a: 1}, copy: $.other}", "`update` and `copy` take each other's effect"),
    (NEW, "{target: $.nowhere, copy: $.neither}", "matches nothing"),
]


@pytest.mark.parametrize(
    ("version", "action", "said"), [(version, *row) for versions, *row in WARNED for version in versions]
)
def test_what_has_no_effect_is_a_warning_with_its_place(made, version, action, said):
    data = {"object": {}, "other": {"b": 1}}
    done = made(data, f"- {action}", version=version)
    assert done.data == data
    (warning,) = done.warnings
    assert said in warning.what
    assert (warning.file, warning.line, warning.pointer) == ("fix.yaml", 4, "/actions/0")


@pytest.mark.parametrize(
    ("version", "action", "result", "said"),
    [
        ("1.0", "{target: $.object, remove: true, update: {a: 1}}", {"list": [1], "text": "t"}, "without effect"),
        ("1.1", "{target: $.object, remove: true, copy: $.list}", {"list": [1], "text": "t"}, "without effect"),
        ("1.0", "{target: $.list, update: [2]}", {"object": {}, "list": [1, [2]], "text": "t"}, "as one item"),
        ("1.0", "{target: $.text, remove: true}", {"object": {}, "list": [1]}, "objects and lists alone"),
    ],
)
def test_what_surprises_is_done_with_a_warning(made, version, action, result, said):
    done = made({"object": {}, "list": [1], "text": "t"}, f"- {action}", version=version)
    assert done.data == result
    assert [said in warning.what for warning in done.warnings] == [True]


def test_the_same_action_twice_is_done_twice_with_a_warning(made):
    done = made({"a": []}, "- {target: $.a, update: 1}\n- {update: 1, target: $.a}")
    assert done.data == {"a": [1, 1]}
    assert [(warning.line, "second time" in warning.what) for warning in done.warnings] == [(5, True)]


REFUSED = [
    (BOTH, "{target: $, remove: true}", "whole document"),
    (BOTH, "{target: $.object, update: 1}", "meets an object at /object and would merge a number"),
    (BOTH, "{target: $.object, update: null}", "would merge null"),
    (BOTH, "{target: $.object, update: [1]}", "would merge a list"),
    (BOTH, "{target: $, update: {object: text}}", "meets an object at /object and would merge a text"),
    (BOTH, "{target: $, update: {object: null}}", "would merge null"),
    (BOTH, "{target: $, update: {list: {a: 1}}}", "meets a list at /list and would merge an object"),
    (BOTH, "{target: $, update: {text: []}}", "meets a text at /text and would merge a list"),
    (OLD, "{target: $.text, update: new}", "1.0 cannot update it"),
    (OLD, "{target: '$.list[0]', update: 2}", "meets a number at /list/0"),
    (NEW, "{target: $.text, update: {a: 1}}", "meets a text at /text and would merge an object"),
    (NEW, "{target: $.*, update: {a: 1}}", "different kinds"),
    (NEW, "{target: '$[''object'',''list'']', copy: $.object}", "different kinds"),
    (NEW, "{target: $.object, copy: $.nowhere}", "selects no nodes"),
    (NEW, "{target: $.object, copy: $.*}", "selects 3 nodes"),
    (NEW, "{target: $.object, copy: $.text}", "would merge a text"),
    (NEW, "{target: $.text, copy: $.object}", "would merge an object"),
    (NEW, "{target: $.object, copy: object}", "`copy` is not a JSONPath of RFC 9535"),
    (NEW, "{target: $.object, copy: 1}", "`copy` is not a JSONPath of RFC 9535"),
    (OLD, "{target: $.object, copy: $.object}", "`copy` is unknown to version 1.0"),
    (BOTH, "{update: {}}", "no `target`"),
    (BOTH, "{target: object, update: {}}", "`target` is not a JSONPath of RFC 9535"),
    (BOTH, "{target: '', update: {}}", "`target` is not a JSONPath of RFC 9535"),
    (BOTH, "{target: 1, update: {}}", "`target` is not a JSONPath of RFC 9535"),
    (BOTH, "{target: $.object~, update: {}}", "`target` is not a JSONPath of RFC 9535"),
    (BOTH, "{target: $.object, remove: 'yes'}", "`remove` is not true or false"),
    (BOTH, "{target: $.object, update: {}, description: 1}", "`description` is not a text"),
    (BOTH, "{target: $.object, update: {}, upsert: 1}", "no member 'upsert'"),
    (BOTH, "text", "not a mapping"),
]


@pytest.mark.parametrize(
    ("version", "action", "said"), [(version, *row) for versions, *row in REFUSED for version in versions]
)
def test_an_action_that_cannot_be_applied_is_an_error_with_its_place(made, version, action, said):
    data = {"object": {}, "list": [1], "text": "t"}
    with pytest.raises(OverlayError) as caught:
        made(data, f"- {action}", version=version)
    (problem,) = caught.value.problems
    assert said in problem.what
    assert (problem.file, problem.line, problem.pointer) == ("fix.yaml", 4, "/actions/0")
    assert data == {"object": {}, "list": [1], "text": "t"}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("overlay: 1.2.0\ninfo: &info {title: T, version: '1'}\nactions: &actions [{target: $}]", "/overlay"),
        ("overlay: 1.1\ninfo: &info {title: T, version: '1'}\nactions: [{target: $}]", "/overlay"),
        ("info: {title: T, version: '1'}\nactions: [{target: $}]", "/overlay"),
        ("overlay: 1.0.0\nactions: [{target: $}]", "/info"),
        ("overlay: 1.0.0\ninfo: text\nactions: [{target: $}]", "/info"),
        ("overlay: 1.0.0\ninfo: {version: '1'}\nactions: [{target: $}]", "/info"),
        ("overlay: 1.0.0\ninfo: {title: T}\nactions: [{target: $}]", "/info"),
        ("overlay: 1.0.0\ninfo: {title: T, version: 1}\nactions: [{target: $}]", "/info/version"),
        ("overlay: 1.0.0\ninfo: {title: [], version: '1'}\nactions: [{target: $}]", "/info/title"),
        ("overlay: 1.1.0\ninfo: {title: T, version: '1', description: 1}\nactions: [{target: $}]", "/info/description"),
        ("overlay: 1.1.0\ninfo: {title: T, version: '1', summary: S}\nactions: [{target: $}]", "/info/summary"),
        ("overlay: 1.1.0\ninfo: {title: T, version: '1'}\nextends: 1\nactions: [{target: $}]", "/extends"),
        ("overlay: 1.1.0\ninfo: {title: T, version: '1'}\nactions: []", "/actions"),
        ("overlay: 1.1.0\ninfo: {title: T, version: '1'}\nactions: {target: $}", "/actions"),
        ("overlay: 1.1.0\ninfo: {title: T, version: '1'}", "/actions"),
        ("overlay: 1.1.0\ninfo: {title: T, version: '1'}\nhello: 1\nactions: [{target: $}]", "/hello"),
    ],
)
def test_what_is_no_overlay_is_refused_where_it_is_not_well_formed(parse, text, at):
    with pytest.raises(OverlayError) as caught:
        overlay.overlaid({}, [parse(text)])
    assert [problem.pointer for problem in caught.value.problems] == [at]


@pytest.mark.parametrize("version", BOTH)
def test_extensions_and_descriptions_may_stand_everywhere(parse, version):
    text = (
        f"overlay: {version}.7\nx-a: [1]\ninfo: {{title: T, version: '1', description: D, x-b: null}}\n"
        "extends: https://example.com/openapi.yaml\n"
        "actions: [{target: $, description: D, x-standing: certain, x-source: [1], update: {a: 1}}]"
    )
    assert overlay.overlaid({}, [parse(text)]) == overlay.Overlaid({"a": 1}, {}, ())


def test_actions_and_overlays_see_what_those_before_them_did(parse):
    first = parse(f"overlay: 1.0.0\n{HEAD}- {{target: $, update: {{a: {{}}}}}}\n- {{target: $.a, update: {{b: 1}}}}")
    second = parse(f"overlay: 1.1.0\n{HEAD}- {{target: $.a.b, update: 2}}\n- {{target: $.a, update: {{c: 3}}}}")
    assert overlay.overlaid({}, [first, second]).data == {"a": {"b": 2, "c": 3}}
    other_way = overlay.overlaid({}, [second, first])
    assert (other_way.data, len(other_way.warnings)) == ({"a": {"b": 1}}, 2)


def test_what_is_removed_can_be_made_anew(made):
    actions = "- {target: $.a, remove: true}\n- {target: $, update: {a: [new]}}"
    assert made({"a": {"old": 1}}, actions).data == {"a": ["new"]}


def test_an_object_is_renamed_by_update_copy_and_remove(made):
    actions = (
        "- {target: $.paths, update: {/new: {}}}\n"
        "- {target: '$.paths[''/new'']', copy: '$.paths[''/old'']'}\n"
        "- {target: '$.paths[''/old'']', remove: true}"
    )
    done = made({"paths": {"/old": {"get": {"responses": {}}}, "/other": {}}}, actions)
    assert done.data == {"paths": {"/other": {}, "/new": {"get": {"responses": {}}}}}


def test_parts_with_a_trait_are_found_by_it(made):
    paths = {"/a": {"get": {"x-traits": ["paged"], "parameters": [1]}}, "/b": {"get": {}}}
    action = "- {target: '$.paths[?@.get[''x-traits''][?@ == ''paged'']].get', update: {parameters: [2]}}"
    done = made({"paths": paths}, action)
    assert done.data["paths"]["/a"]["get"]["parameters"] == [1, 2]
    assert done.data["paths"]["/b"] == {"get": {}}


def test_the_result_shares_nothing_with_what_went_in(made, parse):
    data = {"a": {}, "b": {}, "c": {"d": []}}
    fix = parse(
        f"overlay: 1.1.0\n{HEAD}- {{target: '$[''a'',''b'']', update: {{l: []}}}}\n- {{target: $.a, copy: $.c}}"
    )
    written = copy.deepcopy(fix.data)
    done = overlay.overlaid(data, [fix]).data
    for place in (done["a"]["l"], done["a"]["d"]):
        place.append(1)
    assert done == {"a": {"l": [1], "d": [1]}, "b": {"l": []}, "c": {"d": []}}
    assert (data, fix.data) == ({"a": {}, "b": {}, "c": {"d": []}}, written)


def test_all_problems_of_all_overlays_are_reported_together(parse):
    first = parse(f"overlay: 1.1.0\n{HEAD}- {{target: $.t, update: {{}}}}\n- {{target: b, remove: true}}", "1.yaml")
    second = parse(f"overlay: 9.9.9\n{HEAD}- {{target: $, remove: true}}", "2.yaml")
    with pytest.raises(OverlayError) as caught:
        overlay.overlaid({"t": "text"}, [first, second])
    assert {(problem.file, problem.line) for problem in caught.value.problems} == {
        ("1.yaml", 4),
        ("1.yaml", 5),
        ("2.yaml", 1),
        ("2.yaml", 4),
    }


# --- Standings -------------------------------------------------------------------------------


def standings(done: overlay.Overlaid) -> dict[str, str]:
    return {at: each.standing for at, each in done.standings.items()}


def test_every_change_has_its_standing(made):
    done = made(
        {"a": {"b": {"c": 1}, "l": [0]}},
        f"- {{target: $.a, update: {{b: {{d: 2}}, l: [1]}}, {why()}}}\n"
        f"- {{target: $.a.b.c, update: 2, {why('inferred')}}}",
        explained=True,
    )
    assert standings(done) == {"/a/b/c": "inferred", "/a/b/d": "published", "/a/l/1": "published"}
    assert overlay.stated(done.standings, "/a/b/d/deep/down").source == "a page"
    assert overlay.stated(done.standings, "/a/b") is None


def test_a_removal_takes_the_standings_below_it_and_moves_those_of_later_items(made):
    done = made(
        {"a": [{}, {}, {}, {}], "b": {}},
        f"- {{target: '$.a[0,3]', update: {{b: 1}}, {why()}}}\n- {{target: '$.a[1]', update: {{c: 1}}, {why()}}}\n"
        f"- {{target: '$[''a''][0,2]', remove: true, {why()}}}",
    )
    assert done.data["a"] == [{"c": 1}, {"b": 1}]
    assert list(done.standings) == ["/a/0/c", "/a/1/b"]


@pytest.mark.parametrize(
    ("original", "of_the_copy", "copied"),
    [
        ("inferred", "published", "inferred"),
        ("published", "inferred", "inferred"),
        ("standard", "published", "standard"),
        ("published", "published", "published"),
    ],
)
def test_a_copy_stands_on_the_weaker_of_its_action_and_its_original(made, original, of_the_copy, copied):
    done = made(
        {"a": {"x": {}, "y": 1}, "b": {}},
        f"- {{target: $.a.x, update: {{z: 1}}, {why(original)}}}\n- {{target: $.b, copy: $.a, {why(of_the_copy)}}}",
        explained=True,
    )
    assert standings(done) == {"/a/x/z": original, "/b/x": of_the_copy, "/b/x/z": copied, "/b/y": of_the_copy}


def test_items_that_are_copied_bring_their_standings_to_their_new_index(made):
    done = made(
        {"a": [1], "b": [1, 2]},
        f"- {{target: $.a, update: {{x: 1}}, {why('inferred')}}}\n- {{target: $.b, copy: $.a, {why()}}}\n"
        f"- {{target: '$.b[0]', remove: true, {why()}}}",
    )
    assert done.data["b"] == [2, 1, {"x": 1}]
    assert standings(done) == {"/a/1": "inferred", "/b/1": "published", "/b/2": "inferred"}


def test_what_moves_away_leaves_no_standing_behind(made):
    done = made(
        {"a": {"x": {}}},
        f"- {{target: $.a.x, update: {{y: 1}}, {why('inferred')}}}\n- {{target: $, update: {{b: {{}}}}, {why()}}}\n"
        f"- {{target: $.b, copy: $.a, {why()}}}\n- {{target: $.a, remove: true, {why()}}}",
    )
    assert standings(done) == {"/b": "published", "/b/x": "published", "/b/x/y": "inferred"}


@pytest.mark.parametrize(
    "action",
    [
        "{target: $, update: {a: 1}}",
        "{target: $, update: {a: 1}, description: because}",
        "{target: $, update: {a: 1}, description: because, x-source: a page, x-standing: certain}",
        "{target: $, update: {a: 1}, description: ' ', x-source: a page, x-standing: published}",
    ],
)
def test_an_action_must_say_why_where_that_is_asked_for(made, action):
    with pytest.raises(OverlayError, match="says not why"):
        made({}, f"- {action}", explained=True)
    assert made({}, f"- {action}").data == {"a": 1}


def test_what_is_a_warning_elsewhere_is_an_error_where_actions_must_say_why(made):
    with pytest.raises(OverlayError, match="matches nothing"):
        made({}, f"- {{target: $.a, update: {{}}, {why()}}}", explained=True)


def test_every_action_of_every_shipped_overlay_says_why(apis):
    for api in apis.values():
        for path in api.overlays:
            assert all(action.standing is not None for action in overlay.actions(read(path))), path


# --- Properties ------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | NAMES | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
SEGMENTS = st.sampled_from(
    [".a", ".b", "..c", ".*", "..*", "[0]", "[-1]", "[::-1]", "['a','b','a']", "[?@.a]", "[?@ == 1]", "[?@.b == $.a]"]
)
QUERIES = st.lists(SEGMENTS, max_size=3).map(lambda segments: "$" + "".join(segments))
ACTIONS = st.fixed_dictionaries(
    {"target": QUERIES}, optional={"update": VALUES, "copy": QUERIES, "remove": st.booleans(), "x-a": VALUES}
)


def written(actions: list, version: str = "1.1.0") -> Document:
    return Document({"overlay": version, "info": {"title": "T", "version": "1"}, "actions": actions}, "fix.yaml")


@given(VALUES, st.lists(ACTIONS, min_size=1, max_size=4), st.sampled_from(["1.0.0", "1.1.0"]))
@settings(max_examples=300, deadline=None)
def test_applying_anything_to_anything_ends_in_a_result_or_in_problems_and_leaves_the_document_as_it_is(
    data, actions, version
):
    before, fix = copy.deepcopy(data), written(actions, version)
    done = outcome(data, fix)
    assert done == outcome(data, fix)
    if not isinstance(done, overlay.Overlaid):
        assert {problem.pointer.rpartition("/")[0] for problem in done} == {"/actions"}
    assert data == before


def outcome(data, fix: Document):
    try:
        return overlay.overlaid(data, [fix])
    except OverlayError as error:
        return error.problems


OBJECTS = st.recursive(
    st.integers() | st.text(max_size=3), lambda inner: st.dictionaries(NAMES, inner, max_size=3), max_leaves=12
).filter(lambda value: isinstance(value, dict))


@given(OBJECTS, OBJECTS)
@settings(deadline=None)
def test_an_update_without_lists_is_the_same_applied_twice(data, update):
    fix = written([{"target": "$", "update": update}])
    try:
        once = overlay.overlaid(data, [fix]).data
    except OverlayError:
        return
    assert overlay.overlaid(once, [fix]).data == once
    assert overlay.overlaid(data, [fix, fix]).data == once


@given(VALUES, st.sampled_from(["$..a", "$..['a','b']", "$..*", "$..[?@.a]", "$..[?@ == 1]"]))
@settings(deadline=None)
def test_what_is_removed_is_selected_no_more(data, query):
    done = overlay.overlaid({"top": data}, [written([{"target": query, "remove": True}])]).data
    again = overlay.overlaid(done, [written([{"target": query, "remove": True}])])
    assert [warning.what for warning in again.warnings] == [f"action on {query} matches nothing"]


# --- The command -----------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path):
    """Write files into a folder of their own: the folder."""

    def write(**texts: str):
        for name, text in texts.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def run(folder, *words: str):
    return verb("overlay", *words, cwd=folder, env=surroundings(PYTHONPATH=str(ROOT)))


ONE = f"overlay: 1.1.0\n{HEAD}- {{target: $.definitions.A, update: {{type: object}}}}\n"
TWO = f"overlay: 1.0.0\n{HEAD}- {{target: $.info, update: {{title: Two}}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        '{"swagger": "2.0",\n\t"info": {"title": "A"}, "definitions": {"A": {}}}',
        "{info: {title: A}, definitions: {A: {}}}",
    ],
    ids=["JSON, Swagger 2.0", "YAML, anything"],
)
def test_overlays_are_applied_to_any_document_in_the_order_given(files, text):
    three = TWO.replace("Two", "Three")
    folder = files(doc_yaml=text, one_yaml=ONE, two_yaml=TWO, three_yaml=three)
    done = run(folder, "doc.yaml", "one.yaml", "three.yaml", "two.yaml", "-o", "out/new.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    new = read(folder / "out" / "new.yaml").data
    assert (new["info"], new["definitions"]) == ({"title": "Two"}, {"A": {"type": "object"}})
    printed = run(folder, "doc.yaml", "two.yaml", "three.yaml")
    assert "title: Three\n" in printed.stdout
    assert (folder / "doc.yaml").read_text() == text


def test_the_command_reports_every_problem_of_every_file_and_writes_nothing(files):
    bad = (
        f"overlay: 1.1.0\n{HEAD}- {{target: $.info, update: 1}}\n- {{target: $.lost, remove: true}}\n- {{target: x}}\n"
    )
    folder = files(doc_yaml="info: {title: A}", one_yaml=bad, two_yaml=bad)
    done = run(folder, "doc.yaml", "one.yaml", "two.yaml", "-o", "out.yaml")
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    for place in ("one.yaml:4:3 #/actions/0", "one.yaml:6:3 #/actions/2", "two.yaml:4:3 #/actions/0", "two.yaml:6:3"):
        assert place in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "out.yaml").exists()
    unread = run(folder, "lost.yaml", "one.yaml", "two.yaml", "none.yaml")
    for place in ("lost.yaml: cannot be read", "one.yaml:6:3", "two.yaml:6:3", "none.yaml: cannot be read"):
        assert place in unread.stderr


def test_what_is_seldom_meant_is_warned_of_and_the_rest_is_done(files):
    lost = f"overlay: 1.1.0\n{HEAD}- {{target: $.lost, remove: true}}\n- {{target: $.a, update: 2, update: 3}}\n"
    folder = files(doc_yaml="a: 1", one_yaml=lost)
    done = run(folder, "doc.yaml", "one.yaml")
    assert (done.returncode, done.stdout) == (0, "a: 3\n")
    assert "warning: one.yaml:4:3 #/actions/0: action on $.lost matches nothing" in done.stderr
    assert "one.yaml:5" in done.stderr


# --- extends ---------------------------------------------------------------------------------


def extending(reference: str) -> str:
    return f"overlay: 1.1.0\nextends: {reference}\n{HEAD}- {{target: $, update: {{b: 2}}}}\n"


@pytest.mark.parametrize("reference", ["doc.yaml", "./doc.yaml", "'%64oc.yaml'", "../here/doc.yaml"])
def test_an_overlay_alone_is_applied_to_the_document_that_it_extends(files, reference):
    folder = files(here__doc_yaml="a: 1", here__fix_yaml=extending(reference))
    document, overlays, warnings = overlay.gather([folder / "here" / "fix.yaml"])
    assert (document.data, len(overlays), warnings) == ({"a": 1}, 1, ())


def test_a_document_in_a_folder_below_may_be_extended(files):
    folder = files(fix_yaml=extending("below/doc.yaml"), below__doc_yaml="a: 1")
    done = run(folder, "fix.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (0, "a: 1\nb: 2\n", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (extending("https://example.com/doc.yaml"), "nothing is fetched"),
        (extending("//example.com/doc.yaml"), "nothing is fetched"),
        (extending("file:///etc/passwd"), "nothing is fetched"),
        (extending("'http://[bad'"), "nothing is fetched"),
        (extending(r'"a\0b"'), "nothing is fetched"),
        (extending("../doc.yaml"), "outside its own folder"),
        (extending("/etc/passwd"), "outside its own folder"),
        (extending("link.yaml"), "outside its own folder"),
        (extending("none.yaml"), "cannot be read"),
        (extending("[1]"), "not a text"),
        (ONE, "no overlay to apply"),
        ("a: 1", "no overlay to apply"),
    ],
)
def test_an_overlay_alone_that_leads_to_no_document_here_is_an_error(files, text, said):
    folder = files(doc_yaml="a: 1", here__fix_yaml=text)
    (folder / "here" / "link.yaml").symlink_to(folder / "doc.yaml")
    with pytest.raises(PlumblineError, match=said):
        overlay.gather([folder / "here" / "fix.yaml"])


@pytest.mark.parametrize(
    ("reference", "warned"),
    [("../doc.yaml", 0), ("https://example.com/doc.yaml", 0), ("doc.yaml", 1), ("../other.yaml", 1)],
)
def test_an_overlay_for_another_document_is_applied_with_a_warning(files, reference, warned):
    folder = files(doc_yaml="a: 1", here__fix_yaml=extending(reference))
    document, _, warnings = overlay.gather([folder / "doc.yaml", folder / "here" / "fix.yaml"])
    assert document.data == {"a": 1}
    assert [(problem.pointer, problem.line) for problem in warnings] == [("/extends", 2)] * warned

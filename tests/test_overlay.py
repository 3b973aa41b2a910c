from __future__ import annotations

import pytest

from scripts import overlay
from scripts.document import read
from scripts.errors import OverlayError


@pytest.fixture
def applied(parse):
    """Apply an overlay of the given actions, written as YAML, to a document."""

    def apply(data, actions: str, **options):
        text = "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions:\n" + actions
        return overlay.apply(data, [parse(text, "fix.yaml")], **options)

    return apply


def why(standing: str = "published") -> str:
    return f"description: because, x-source: a page, x-standing: {standing}"


def test_an_update_merges_objects_and_appends_to_lists(applied):
    data = {"a": {"b": {"c": 1, "d": [1]}, "e": 2}}
    result, _ = applied(data, "- {target: $.a, update: {b: {d: [2], f: 3}, e: {g: 4}}}")
    assert result == {"a": {"b": {"c": 1, "d": [1, 2], "f": 3}, "e": {"g": 4}}}
    assert data == {"a": {"b": {"c": 1, "d": [1]}, "e": 2}}


def test_a_list_is_appended_to_by_an_item_or_a_list(applied):
    assert applied({"a": [1]}, "- {target: $.a, update: {b: 2}}")[0] == {"a": [1, {"b": 2}]}
    assert applied({"a": [1]}, "- {target: $.a, update: [2, 3]}")[0] == {"a": [1, 2, 3]}


def test_all_matches_of_a_removal_go_whatever_their_order(applied):
    assert applied({"a": [1, 5, 2, 6]}, "- {target: '$.a[?@ < 3]', remove: true}")[0] == {"a": [5, 6]}


def test_actions_see_what_those_before_them_did(applied):
    result, _ = applied({}, "- {target: $, update: {a: {}}}\n- {target: $.a, update: {b: 1}}")
    assert result == {"a": {"b": 1}}


def test_what_is_merged_in_twice_is_not_shared(applied):
    result, _ = applied({"a": {}, "b": {}}, "- {target: '$[*]', update: {c: []}}\n- {target: $.a.c, update: 1}")
    assert result == {"a": {"c": [1]}, "b": {"c": []}}


def test_every_change_has_its_standing(applied):
    _, standings = applied(
        {"a": {"b": {"c": 1}, "l": [0]}},
        f"- {{target: $.a, update: {{b: {{d: 2}}, l: [1]}}, {why()}}}\n"
        f"- {{target: $.a.b, update: {{c: 2}}, {why('inferred')}}}",
    )
    assert {at: each.standing for at, each in standings.items()} == {
        "/a/b/c": "inferred",
        "/a/b/d": "published",
        "/a/l/1": "published",
    }
    assert overlay.stated(standings, "/a/b/d/deep/down").source == "a page"
    assert overlay.stated(standings, "/a/b") is None


def test_a_removal_takes_the_standings_below_it_and_moves_those_of_later_items(applied):
    _, standings = applied(
        {"a": [{}, {}]},
        f"- {{target: '$.a[*]', update: {{b: 1}}, {why()}}}\n- {{target: '$.a[0]', remove: true, {why()}}}",
    )
    assert list(standings) == ["/a/0/b"]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("{target: $.nowhere, update: {a: 1}}", "matches nothing"),
        ("{target: $.nowhere, remove: true}", "matches nothing"),
        ("{target: $.text, update: {a: 1}}", "meets a text at /text"),
        ("{target: $.object, update: 1}", "would merge a number"),
        ("{target: $, remove: true}", "whole document"),
        ("{target: $.object}", "either `update` or `remove"),
        ("{target: $.object, remove: true, update: {}}", "either `update` or `remove"),
        ("{update: {}}", "no `target`"),
        ("{target: object, update: {}}", "RFC 9535"),
        ("{target: '$.object~', update: {}}", "RFC 9535"),
        ("{target: $.object, update: {}, upsert: 1}", "no member 'upsert'"),
        ("{target: $.object, update: {}, x-standing: certain}", "Known are published"),
    ],
)
def test_an_action_that_cannot_be_applied_is_an_error_with_its_place(applied, action, message):
    with pytest.raises(OverlayError, match=message) as caught:
        applied({"text": "t", "object": {}}, f"- {action}")
    assert caught.value.problems[0].file == "fix.yaml"
    assert caught.value.problems[0].line == 4
    assert caught.value.problems[0].pointer == "/actions/0"


def test_the_problems_of_all_actions_are_reported_together(applied):
    with pytest.raises(OverlayError) as caught:
        applied({}, "- {target: $.a, remove: true}\n- {target: $.b, remove: true}")
    assert [problem.line for problem in caught.value.problems] == [4, 5]


def test_an_action_must_say_why_where_that_is_asked_for(applied):
    with pytest.raises(OverlayError, match="says not why"):
        applied({}, "- {target: $, update: {a: 1}, description: because}", explained=True)
    applied({}, f"- {{target: $, update: {{a: 1}}, {why()}}}", explained=True)


@pytest.mark.parametrize(
    "text", ["overlay: 2.0.0\nactions: [{target: $, remove: true}]", "overlay: 1.0.0\nactions: []"]
)
def test_what_is_no_overlay_is_refused(parse, text):
    with pytest.raises(OverlayError):
        overlay.apply({}, [parse(text)])


def test_every_action_of_every_shipped_overlay_says_why(apis):
    for api in apis.values():
        for path in api.overlays:
            assert all(action.standing is not None for action in overlay.actions(read(path))), path

from __future__ import annotations

import pytest

from scripts.overlay.query import fault, find


@pytest.mark.parametrize(
    ("query", "data", "places"),
    [
        ("$", {"a": 1}, [()]),
        ("$.a.b", {"a": {"b": 1}}, [("a", "b")]),
        ("$['a','b']", {"a": 1, "b": 2}, [("a",), ("b",)]),
        ("$['a','a']", {"a": 1}, [("a",)]),
        ("$..['a','b']", {"a": {"b": 1}}, [("a",), ("a", "b")]),
        ("$..[0,-1]", [[1]], [(0,), (0, 0)]),
        ("$.*", {"a": 1, "b": [2]}, [("a",), ("b",)]),
        ("$[-1]", [1, 2, 3], [(2,)]),
        ("$[-2:]", [1, 2, 3], [(1,), (2,)]),
        ("$[::-2]", [1, 2, 3], [(2,), (0,)]),
        ("$[1:1]", [1, 2], []),
        ("$['0']", [1], []),
        ("$[0]", {"0": 1}, []),
        ("$.größe", {"größe": 1}, [("größe",)]),
        ("$.😀1", {"😀1": 1}, [("😀1",)]),
        (r"$['\u00e9']", {"é": 1}, [("é",)]),
        (r"$['\ud83d\ude00']", {"😀": 1}, [("😀",)]),
        ("$['/a~b']", {"/a~b": 1}, [("/a~b",)]),
        ("$[?@.n < 3 && !(@.n == 1)]", [{"n": 1}, {"n": 2}, {"n": 3}], [(1,)]),
        ("$[?@.a == 1]", [{"a": 1}, {"a": True}, {"a": 1.0}, {"a": "1"}], [(0,), (2,)]),
        ("$[?@.a == null]", [{"a": None}, {}], [(0,)]),
        ("$[?@.a == @.b]", [{"a": [1], "b": [1]}, {}, {"a": 1}], [(0,), (1,)]),
        ("$.a[?@ == $.b]", {"a": [1, 2], "b": 2}, [("a", 1)]),
        ("$[?length(@) > 1]", ["ab", "😀", [1, 2], {"a": 1}, 12], [(0,), (2,)]),
        ("$[?count(@.*) == 2]", [{"a": 1, "b": 2}, [1]], [(0,)]),
        ("$[?value(@..a) == 1]", [{"a": 1}, {"a": 1, "b": {"a": 1}}], [(0,)]),
        ("$[?match(@, 'a.b')]", ["a-b", "a-bc", "a\nb", "a\rb", "a\u2028b"], [(0,), (4,)]),
        ("$[?search(@, 'b+')]", ["abba", "aa", 7], [(0,)]),
        (r"$[?match(@, '\\p{Lu}\\p{Nd}*')]", ["Ж1", "ж1", "A", "1"], [(0,), (2,)]),
        (r"$[?match(@, '[\\p{Lu}_]+')]", ["Ж_", "ж"], [(0,)]),
        (r"$[?match(@, '[^\\P{L}]')]", ["ж", "1"], [(0,)]),
        (r"$[?match(@, '\\P{L}')]", ["ж", "1"], [(1,)]),
        (r"$[?match(@, '[.]\\.')]", ["..", "a."], [(0,)]),
        ("$[?match(@, '(a')]", ["(a", "a"], []),
        ("$[?match(@, 1)]", ["1"], []),
        ("$.a", "text", []),
        ("$", "text", [()]),
        ("$", None, [()]),
    ],
)
def test_a_query_selects_what_rfc_9535_says_each_node_once(query, data, places):
    assert fault(query) == ""
    assert find(query, data) == places


@pytest.mark.parametrize(
    "query",
    [
        *("", " $", "$ ", "a", "@.a", "$.", "$.a~", "$.x-y", "$.0", "$[01]", "$[99999999999999999999]"),
        *("$.a | $.b", "$.a & $.b", "^.a", "$.a.#", "$[?@ =~ /a/]", "$[?@.a in [1]]", "$[?@.a == [1]]", "$[?@.a <> 1]"),
        *("$[?foo(@)]", "$[?length(@)]", "$[?count(1) > 0]", "$[?match(@.*, 'a')]", "$[?@.a == 1e400]"),
    ],
)
def test_what_rfc_9535_does_not_define_is_no_query(query):
    assert fault(query) != ""
    with pytest.raises(ValueError, match=r"."):
        find(query, {})


def test_a_document_too_deep_for_a_descendant_segment_is_said_to_be_so():
    data: dict = {}
    for _ in range(150):
        data = {"a": data}
    assert len(find("$" + ".a" * 150, data)) == 1
    with pytest.raises(ValueError, match="limit"):
        find("$..b", data)

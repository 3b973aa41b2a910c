"""Lists as values: pages, filters and orders, as far as all lawful servers agree on them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scripts.contract.filtering import findable, fits, groups, matching, misfits, singly, together
from scripts.contract.listing import Listing, in_words, worded
from scripts.contract.ordering import Sorting, ascends, compared, sortings, ties
from scripts.document import Operation

from .test_contract_exchanges import exchange
from .test_contract_sightings import RULES

LISTING = Listing(0, RULES.lists[0], RULES)
LENIENT = replace(RULES, open={**RULES.open, "filter-match": frozenset()})
"""Rules that leave open what a text is like which a filter finds."""


def answered(body, **changes):
    return exchange(**{"operation": "listTickets", "response_body": json.dumps(body).encode(), **changes})


def page(*keys, total=None, **query):
    return LISTING.page(query, answered({"items": [{"key": key} for key in keys], "total": total}))


# --- Pages ----------------------------------------------------------------------------------------


def test_a_page_has_its_items_by_identity_and_its_total():
    made = page("T-1", 2, "T-1", total=9, size=3)
    assert made.identities == ["T-1", "2", "T-1"]
    assert made.repeated == ["T-1"]
    assert (made.total, made.query) == (9, {"size": 3})


@pytest.mark.parametrize(
    "answer",
    [answered({"items": []}, status=400), answered({"items": 1}), answered([]), answered({"items": [{"name": 1}]})],
    ids=["refused", "no list", "another form", "without identities"],
)
def test_what_is_no_list_of_resources_is_no_page(answer):
    assert LISTING.page({}, answer) is None


@pytest.mark.parametrize(
    ("made", "whole"),
    [
        (page("a", "b", total=2), True),
        (page("a", "b", total=3), False),
        (page("a", "b", size=3), True),
        (page("a", "b", size=2), False),
        (page("a", "b"), True),
        (page(*"abcdefghij"), False),
    ],
    ids=["counted", "counted, more", "not full", "full", "not full by default", "full by default"],
)
def test_a_first_page_is_the_whole_list_where_that_is_certain(made, whole):
    assert LISTING.whole(made) is whole


def test_a_query_is_sized_and_numbered_by_the_words_of_the_rule():
    assert LISTING.numbered_page(LISTING.sized({"urgent": True}, 5), 2) == {"urgent": True, "size": 5, "page": 2}
    assert worded({"urgent": True, "size": 5}) == {"urgent": "true", "size": 5}
    assert in_words({"size": 5, "page": 0}) == "size=5&page=0"
    assert (LISTING.state, LISTING.largest, LISTING.numbered) == ("state", 50, True)


@pytest.mark.parametrize(
    ("count", "size"), [(0, None), (1, None), (2, 1), (3, 2), (4, 2), (10, 4), (150, 50), (151, None)]
)
def test_a_list_is_cut_into_about_three_pages_where_they_may_be_so_long(count, size):
    assert LISTING.cut(count, least=3) == size


@pytest.mark.parametrize(
    ("made", "exceeds"),
    [
        (page("a", "b", total=1), True),
        (page("a", "b", total=2), False),
        (page("a", "b", total=3), False),
        (page("a", "b"), False),
        (page("a", "b", total="1"), False),
    ],
    ids=["fewer", "as many", "more", "none", "no number"],
)
def test_a_page_exceeds_a_total_that_counts_fewer_items(made, exceeds):
    assert made.exceeds is exceeds


@pytest.mark.parametrize(
    ("parameters", "size"),
    [
        ([{"name": "size", "in": "query", "schema": {"minimum": 1}}], 1),
        ([{"name": "size", "in": "query", "schema": {"minimum": 0}}], None),
        ([{"name": "size", "in": "query", "schema": {}}], None),
        ([{"name": "size", "in": "header", "schema": {"minimum": 1}}], None),
        ([], None),
    ],
    ids=["one", "none at all", "unbounded", "a header", "absent"],
)
def test_the_shortest_page_is_what_the_document_says(parameters, size):
    operation = Operation("listTickets", "GET", "/tickets", "/paths/~1tickets/get", {}, tuple(parameters))
    assert LISTING.shortest(operation) == size


# --- Filters --------------------------------------------------------------------------------------

KNOWN = {
    "a": {"name": "plumbline-x", "urgent": True, "weight": 1},
    "b": {"name": "plumbline-x", "urgent": True, "weight": 2},
    "c": {"name": "plumbline-y", "urgent": False, "weight": 1},
    "d": {"name": None, "urgent": None, "weight": None},
}


def test_the_largest_groups_come_first_and_texts_before_all_others():
    found = [(group.parameter, group.value, sorted(group.identities)) for group in groups(RULES, KNOWN)]
    assert found[:2] == [("name", "plumbline-x", ["a", "b"]), ("name", "plumbline-y", ["c"])]
    assert ("urgent", True, ["a", "b"]) in found
    assert ("weight", 1, ["a", "c"]) in found
    assert len(found) == 6


def test_a_boolean_is_no_number():
    assert matching(KNOWN, {"weight": 1}) == {"a", "c"}
    assert matching(KNOWN, {"weight": True}) == set()
    assert not fits(RULES, "urgent", True, 1)


def test_each_filter_is_tried_alone_and_two_that_cut_across_each_other_together():
    found = groups(RULES, KNOWN)
    assert {"name": "plumbline-x"} in list(singly(found))
    assert all(len(query) == 1 for query in singly(found))
    one, other = together(found)
    assert list(one) == list(other)[::-1]
    assert 0 < len(matching(KNOWN, one)) < min(len(matching(KNOWN, {name: value})) for name, value in one.items())


@pytest.mark.parametrize(
    ("rules", "value", "can"),
    [
        (RULES, "a & b", True),
        (LENIENT, "a & b", False),
        (LENIENT, " a", False),
        (LENIENT, "e\u0301", False),
        (LENIENT, "plain", True),
        (LENIENT, 7, True),
        (RULES, "", False),
        (RULES, None, False),
        (RULES, ["a"], False),
    ],
)
def test_a_value_is_filtered_by_where_every_lawful_filter_finds_it(rules, value, can):
    assert findable(rules, "name", value) is can


@pytest.mark.parametrize(
    ("rules", "shown", "may"),
    [(RULES, "Ab", False), (LENIENT, "Ab", True), (LENIENT, "xÁb", True), (LENIENT, "c", False), (RULES, "ab", True)],
)
def test_a_filter_may_find_what_is_like_its_value_only_where_that_is_open(rules, shown, may):
    assert fits(rules, "name", "ab", shown) is may


def test_what_a_filter_must_not_find_is_told_with_its_value():
    rule = LISTING.rule
    items = [("a", {"weight": 1}), ("x", {"weight": 2}), ("y", {}), ("c", {})]
    assert dict(misfits(RULES, rule, KNOWN, items, {"weight": 1})) == {"x": 2}
    assert dict(misfits(RULES, rule, KNOWN, [("b", {})], {"weight": 1})) == {"b": 2}


# --- Orders ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "up"),
    [
        (1, 2, True),
        (2.5, 1, False),
        (1, 1, None),
        ("a", "b", True),
        ("b", "a", False),
        ("A", "b", True),
        ("a", "B", None),
        ("item 9", "item 10", None),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5Z", True),
        ("2024-01-01T00:00:00+02:00", "2024-01-01T00:00:00Z", True),
        ("2024-01-01T00:00:00.10Z", "2024-01-01T00:00:00.1Z", None),
        ("a", 1, None),
        ([1], [2], None),
    ],
)
def test_one_value_is_before_another_where_all_who_sort_agree(one, other, up):
    assert ascends(one, other) is up


UP = Sorting({"sort": "title"}, "/title", descending=False, asked=True)


@pytest.mark.parametrize(
    ("titles", "differ", "wrong"),
    [
        (["a", "b", "c"], True, ""),
        (["a", "a"], False, ""),
        (["a", None, "b"], True, ""),
        (["b", "a"], True, "title: b (0) stands before a (1), sorted upwards"),
        ([], False, ""),
    ],
)
def test_items_are_sorted_or_two_of_them_tell_why_not(titles, differ, wrong):
    items = [(str(index), {"title": title}) for index, title in enumerate(titles)]
    order = compared(items, UP)
    assert (order.differ, order.wrong) == (differ, wrong)


def test_items_that_may_stand_either_way_are_ties():
    assert ties([{"title": "a"}, {"title": "a"}], UP)
    assert not ties([{"title": "a"}, {"title": "b"}], UP)


def test_every_order_that_is_promised_can_be_asked_for():
    asked = [(way.query, way.descending) for way in sortings(LISTING.rule.order, unasked=True)]
    assert asked[:2] == [({"sort": "title", "down": "yes"}, True), ({"sort": "title", "down": "no"}, False)]
    assert len(asked) == 4
    assert not list(sortings(None, unasked=True))
    unasked = replace(LISTING.rule.order, unasked="/opened", unasked_descending=True)
    assert [way.query for way in sortings(unasked, unasked=True)][-1] == {}
    assert len(list(sortings(unasked, unasked=False))) == 4

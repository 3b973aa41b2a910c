from __future__ import annotations

import json
from collections import Counter

import pytest

from scripts.document import read
from scripts.normalise import normalise

from .differential import Case, cases, outright, tables
from .validity import problems

CASES = [pytest.param(case, id=f"{table.stem}: {case.name}") for table in tables() for case in cases(table)]


def text(value) -> str:
    """A JSON value such that true is not 1, 1 is not 1.0, members have no order, and defaults need not be said."""
    return json.dumps(outright(value), indent=1, sort_keys=True, ensure_ascii=False)


@pytest.mark.parametrize("case", CASES)
def test_a_construct_becomes_what_swagger2openapi_makes_of_it_or_differs_as_explained(case: Case, tmp_path):
    result, warnings = normalise(read(case.write(tmp_path)), target="3.0")
    expected = case.entry["ours"] if "ours" in case.entry else case.entry["peer"]
    assert text(case.part(result)) == text(expected)
    assert problems(result) == []
    assert bool(warnings) == case.entry.get("warns", False), [str(warning) for warning in warnings]


@pytest.mark.parametrize("case", CASES)
def test_every_difference_is_one_and_has_its_reason(case: Case):
    entry = case.entry
    differs = "peer_refuses" in entry or text(entry["peer"]) != text(entry.get("ours", entry["peer"]))
    assert differs == ("ours" in entry)
    assert ("because" in entry) == ("ours" in entry)
    if entry.get("peer_valid") is False:
        assert "ours" in entry, "what is not valid is no example to follow"


def test_the_tables_are_of_every_family_of_constructs():
    counts = Counter(table.stem for table in tables() for _ in cases(table))
    assert set(counts) == {"parameters", "bodies", "responses", "schemas", "root", "input", "repair"}
    assert sum(counts.values()) >= 90

from __future__ import annotations

import pytest

from scripts.contract.equality import contradicting, lacking, same

DOCUMENT = {
    "components": {
        "schemas": {
            "Sent": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "secret": {"type": "string"}, "options": {"type": "object"}},
            },
            "Shown": {"type": "object", "properties": {"name": {"type": "string"}, "options": {"type": "object"}}},
        }
    }
}
SENT, SHOWN = "/components/schemas/Sent", "/components/schemas/Shown"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (1, "1", False),
        (0.1 + 0.2, 0.3, True),
        (10**9, 10**9 + 1, False),
        ("2025-01-01T00:00:00Z", "2025-01-01T01:00:00+01:00", True),
        ("2025-01-01T00:00:00.123Z", "2025-01-01T00:00:00.123456789Z", True),
        ("2025-01-01T00:00:00.123Z", "2025-01-01T00:00:00.125Z", False),
        ("a", "A", False),
        ("é", "e\u0301", False),
        ([1, 2], [2, 1], False),
        ({"a": 1, "b": [2.0]}, {"b": [2], "a": 1}, True),
        ({"a": None}, {}, False),
        (None, None, True),
        (None, 0, False),
    ],
)
def test_values_are_the_same_to_every_reader_of_json_or_they_are_not(one, other, equal):
    assert same(one, other) is same(other, one) is equal


def test_objects_contradict_each_other_where_both_have_a_member():
    one, other = {"a": 1, "b": {"c": "x", "d": None}, "e": 1}, {"a": 1.0, "b": {"c": "y", "d": None}, "f": 2}
    assert list(contradicting(one, other)) == [("/b/c", "x", "y")]


@pytest.mark.parametrize(
    ("sent", "shown", "lacks"),
    [
        ({"name": "x"}, {"name": "x", "more": 1}, []),
        ({"name": "x"}, {"name": " x"}, ["/name"]),
        ({"name": "x"}, {}, ["/name"]),
        ({"name": None}, {}, []),
        ({"name": ""}, {}, []),
        ({"name": "a\u0000b"}, {"name": "ab"}, []),
        ({"secret": "x"}, {}, []),
        ({"unnamed": "x"}, {}, []),
        ({"options": {"ocr": {"level": 2}}}, {"options": {"ocr": {"level": 2, "of": "server"}}}, []),
        ({"options": {"ocr": {"level": 2}}}, {"options": {"ocr": {}}}, ["/options/ocr/level"]),
        ({"options": {"ocr": {}}}, {"options": {}}, ["/options/ocr"]),
        ({"options": {"list": [1, 2]}}, {"options": {"list": [1]}}, ["/options/list"]),
        ({"options": {}}, {"options": []}, ["/options"]),
        ("x", None, [""]),
    ],
)
def test_an_answer_lacks_what_was_sent_and_is_promised_to_come_back(sent, shown, lacks):
    assert [place for place, _, _ in lacking(DOCUMENT, (sent, SENT), (shown, SHOWN), "")] == lacks

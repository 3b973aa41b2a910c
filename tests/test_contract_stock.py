from __future__ import annotations

from itertools import islice

import jsonschema_rs
import pytest

from scripts import behaviour
from scripts.contract.samples import json_schema, sample
from scripts.contract.stock import UNUSUAL, bodies
from scripts.document import operations, read


@pytest.fixture
def made(apis):
    """Makes the first bodies of the shipped API's submission, with its schema beside them."""
    api = apis["wasabi_air"]
    document = read(api.openapi).data
    rules = behaviour.read(api.behaviour, document)
    creating = next(each for each in operations(document) if each.id == rules.create.operation)
    schema = json_schema(document, creating)

    def make(count: int = 12, *, seed: int = 0, fixed=("/Source/Bucket",)):
        plain = sample(document, schema)
        return list(islice(bodies(document, rules, creating, plain, fixed=fixed, seed=seed), count))

    make.validator = jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})
    return make


def test_every_body_is_valid_and_the_same_in_every_run_of_a_seed(made):
    assert all(made.validator.is_valid(body) for body in made())
    assert made() == made()
    assert made(seed=1) != made(seed=2)


def test_the_first_four_have_every_combination_of_two_filters(made):
    pairs = {(body["Name"], body["Batch"]) for body in made(4)}
    assert len(pairs) == 4
    assert all(len({pair[place] for pair in pairs}) == 2 for place in (0, 1))


def test_no_value_that_is_filtered_by_is_part_of_another(made):
    for member in ("Name", "Batch"):
        one, other = {body[member] for body in made(4)}
        assert one not in other
        assert other not in one


def test_bounds_of_texts_and_numbers_are_reached_among_the_first(made):
    bodies_ = made(4)
    assert max(len(body["Name"]) for body in bodies_) == 256
    assert {body["Priority"] for body in bodies_} >= {1, 10}


def test_later_ones_hold_unusual_texts_but_not_where_characters_may_be_refused(made):
    later = made()[4:]
    assert {body["Name"] for body in later} == set(UNUSUAL)
    assert all(body.get("Batch", "").isascii() for body in later)


def test_every_text_has_small_letters_and_capitals(made):
    texts = [body[name] for body in made(4) for name in ("Name", "Batch")]
    assert all(text != text.lower() and text != text.upper() for text in texts)


def test_members_that_are_fixed_stay_as_they_are(made):
    assert {str(body["Source"]) for body in made()} == {str(made(1)[0]["Source"])}

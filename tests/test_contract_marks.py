from __future__ import annotations

import dataclasses
import json

import pytest

from scripts.contract import marks
from scripts.contract.samples import labelled
from scripts.document import operations, read
from scripts.errors import UsageError

from .processes import KEYS, ROOT, mock, surroundings, verb


@pytest.fixture
def asked(tickets):
    """What the marks of the invented API are made of."""
    document = read(tickets.openapi).data
    return tickets, document, tuple(operations(document)), frozenset({"openTicket"})


def changed(asked, **settings):
    api, *rest = asked
    return dataclasses.replace(api, **settings), *rest


def test_every_operation_whose_body_has_the_label_bears_it(asked):
    assert marks.labels(*asked) == {"openTicket": "/title", "renameTicket": "/title"}


def test_an_api_need_have_no_label(asked):
    assert marks.labels(*changed(asked, label="")) == {}


def test_the_batch_is_a_given_value_of_every_operation_whose_body_has_it(asked):
    ((given, text),) = marks.batch(*asked, "run-42").values()
    assert (given.operation, given.member, text) == ("openTicket", "/note", "run-42")


@pytest.mark.parametrize("place", ["/nothing", "/title/deep", "/weight"], ids=["absent", "below a text", "a number"])
def test_a_member_that_takes_no_text_is_an_error_that_names_it_and_its_file(asked, place):
    for settings, make in (({"label": place}, marks.labels), ({"batch": place}, lambda *each: marks.batch(*each, "x"))):
        with pytest.raises(UsageError, match=place) as raised:
            make(*changed(asked, **settings))
        assert raised.value.problems[0].file.endswith("api.toml")


def test_a_batch_without_a_member_for_it_is_an_error_that_says_where_one_is_named(asked):
    with pytest.raises(UsageError, match="no place in a request of Tickets") as raised:
        marks.batch(*changed(asked, batch=""), "run-42")
    assert "[contract]" in raised.value.problems[0].hint


def test_a_text_that_the_member_does_not_take_is_an_error(asked):
    with pytest.raises(UsageError, match="does not fit /title"):
        marks.batch(*changed(asked, batch="/title"), "more than twenty characters")


@pytest.mark.parametrize(
    ("name", "longest", "made"),
    [
        ("A", 20, "plumbline A"),
        ("", 20, "plumbline"),
        (None, 20, "plumbline"),
        ("plumbline-1", 20, "plumbline-1"),
        ("x" * 20, 20, "plumbline xxxxxxxxxx"),
        ("ab", 9, "plumbline"),
        ("ab", 5, "ab"),
        (7, 20, 7),
    ],
    ids=["before", "empty", "absent", "there already", "cut", "no room for more", "no room", "no text"],
)
def test_a_label_comes_first_and_what_was_there_follows_as_far_as_there_is_room(name, longest, made):
    body = {"other": 1} if name is None else {"name": name, "other": 1}
    found = labelled(body, "/name", lambda value: len(str(value["name"])) <= longest)
    assert found == {"name": made, "other": 1}
    assert body == ({"other": 1} if name is None else {"name": name, "other": 1})


@pytest.mark.slow
def test_all_that_a_run_creates_says_whose_it_is_and_of_which_run(tmp_path):
    """Unless a request is about that very member."""
    with mock("--step", "0.05") as url:
        words = ("--mode", "frugal", "--batch", "run-42", "--report", str(tmp_path))
        done = verb("contract", "--url", url, *words, env=surroundings(**KEYS))
    assert done.returncode == 0, done.stdout + done.stderr
    created = [
        json.loads(entry["request"]["postData"]["text"])
        for entry in json.loads((tmp_path / "exchanges.har").read_text())["log"]["entries"]
        if (entry["request"]["method"], entry["response"]["status"]) == ("POST", 200)
    ]
    assert len(created) > 5
    assert {body["Batch"] for body in created} == {"run-42"}
    ours = [body for body in created if body["Name"].casefold().strip().startswith("plumbline")]
    assert len(ours) >= 0.8 * len(created)


def test_a_batch_that_has_no_place_is_wrong_use(tickets):
    text = tickets.settings.read_text().replace('batch = "/note"\n', "")
    tickets.settings.write_text(text)
    done = verb("contract", "--batch", "x", cwd=tickets.root, env=surroundings(PYTHONPATH=str(ROOT)))
    assert done.returncode == 2
    assert "--batch has no place" in done.stderr

"""What a client knows after each answer, and what the next one must be by it."""

from __future__ import annotations

import json

import pytest

from scripts import behaviour
from scripts.contract.expectations import SENTENCES, of_change, of_page, of_sighting, of_view
from scripts.contract.listing import Listing
from scripts.contract.model import Model, Resource
from scripts.contract.ordering import Sorting
from scripts.contract.reading import Reader
from scripts.contract.sightings import sightings
from scripts.contract.trips import Sent
from scripts.document import operations, read

from .conftest import ROOT
from .test_contract_exchanges import exchange

TICKETS = ROOT / "tests" / "data" / "tickets"
DOCUMENT = read(TICKETS / "source.yaml").data
RULES = behaviour.read(TICKETS / "behaviour.yaml", DOCUMENT)
READER = Reader(DOCUMENT, {each.id: each for each in operations(DOCUMENT)}, {})
(VIEW,), (RENAME, DROP) = RULES.views, RULES.changes
LISTING = Listing(0, RULES.lists[0], RULES)

TITLE = "/components/schemas/Title"
SENT = {"/title": Sent("Broken door", TITLE, 0), "/weight": Sent(3, "", 0), "/urgent": Sent(False, "", 0)}
TICKET = {"key": "T-1", "title": "Broken door", "state": "waiting", "opened": 5, "urgent": False, "weight": 3}


def shown(operation: str = "readTicket", number: int = 1, **members):
    """What an answer shows of the ticket, with other members."""
    body = json.dumps({**TICKET, **members}).encode()
    answer = exchange(operation=operation, number=number, url="http://h/tickets/T-1", response_body=body)
    return next(sightings(READER, RULES, answer))


def answered(status: int, operation: str = "readTicket"):
    return exchange(operation=operation, status=status, url="http://h/tickets/T-1")


def page(*items: dict, total: int | None = None, **query):
    """A page of a list, of tickets with other members."""
    every = [{**TICKET, **item} for item in items]
    body = {"items": every, "total": len(every) if total is None else total}
    return LISTING.page(query, exchange(operation="listTickets", response_body=json.dumps(body).encode()))


def wrong(checks) -> dict[str, str]:
    """Promise to what is wrong, of the checks that failed."""
    return {check.promise: check.wrong for check in checks if check.wrong}


def kept(checks) -> set[str]:
    return {check.promise for check in checks if not check.wrong}


CREATED = Model(RULES).created("T-1", SENT)


# --- What is known --------------------------------------------------------------------------------


def test_what_was_created_can_be_in_every_state_that_time_leads_to():
    assert CREATED.resources["T-1"].states == {"waiting", "open", "closed", "dropped"}
    assert CREATED.resources["T-1"].sent == SENT


def test_an_answer_narrows_the_states_to_those_that_follow():
    assert CREATED.saw(shown(state="open")).resources["T-1"].states == {"open", "closed", "dropped"}
    assert CREATED.saw(shown(state="closed")).resources["T-1"].states == {"closed"}


def test_what_is_not_known_is_not_learnt_from_an_answer():
    assert CREATED.saw(shown(key="T-2")).resources == CREATED.resources
    assert CREATED.saw(shown(state="unheard")).resources == CREATED.resources


def test_an_identity_that_is_given_twice_is_not_known_any_more():
    assert CREATED.created("T-1", SENT).resources == {}


def test_a_model_can_be_reduced_to_some_resources():
    both = CREATED.created("T-2", {})
    assert both.only({"T-2"}).resources.keys() == {"T-2"}


@pytest.mark.parametrize(
    ("status", "title", "weight"),
    [(200, "New", 3), (409, "Broken door", 3), (404, "Broken door", 3), (202, None, None), (500, None, None)],
)
def test_an_update_is_known_if_it_was_done_and_in_doubt_if_it_may_have_been(status, title, weight):
    after = CREATED.changed(RENAME, "T-1", answered(status, "renameTicket"), {"/title": Sent("New", TITLE, 0)})
    sent = after.resources["T-1"].sent
    assert (sent["/title"].value if sent else None) == title
    assert (sent["/weight"].value if sent else None) == weight


def test_a_change_without_an_answer_is_in_doubt():
    assert CREATED.changed(RENAME, "T-1", None, {}).resources["T-1"].sent == {}
    seen = CREATED.saw(shown(state="closed"))
    assert seen.changed(DROP, "T-1", None, {}).resources["T-1"].states == {"closed", "dropped"}


def test_a_move_that_was_done_leaves_one_way():
    assert CREATED.changed(DROP, "T-1", answered(204, "dropTicket"), {}).resources["T-1"].states == {"dropped"}


# --- What answers must be -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "members", "breaks"),
    [
        ({}, {}, {}),
        ({}, {"title": "Another"}, {"round-trip"}),
        ({}, {"weight": 4}, {"round-trip"}),
        ({"state": "open"}, {"state": "closed"}, {}),
        ({"state": "open"}, {"state": "waiting"}, {"moves-listed"}),
        ({"state": "closed"}, {"state": "open"}, {"end-stays"}),
        ({"state": "closed"}, {"state": "dropped"}, {"end-stays"}),
    ],
    ids=str,
)
def test_a_resource_is_shown_as_it_was_sent_and_further_on_its_way(before, members, breaks):
    known = CREATED.saw(shown(**before)) if before else CREATED
    assert wrong(of_sighting(known, READER, shown(**members))).keys() == set(breaks)


def test_a_state_that_another_operation_showed_to_be_past_is_out_of_step():
    known = CREATED.saw(shown(state="closed"))
    listed = exchange(operation="listTickets", response_body=json.dumps({"items": [TICKET], "total": 1}).encode())
    (sighting,) = sightings(READER, RULES, listed)
    told = wrong(of_sighting(known, READER, sighting))
    assert told == {"state-in-step": "waiting, after readTicket had shown closed"}


def test_a_move_leaves_a_resource_in_the_state_that_it_names():
    moved = CREATED.changed(DROP, "T-1", answered(204, "dropTicket"), {})
    assert kept(of_sighting(moved, READER, shown(state="dropped"))) >= {"change-moves"}
    told = wrong(of_sighting(moved, READER, shown(state="waiting")))
    assert told == {"change-moves": "the state is waiting afterwards, not dropped"}


def test_what_was_created_stays_and_what_others_created_need_not():
    others = Model(RULES).known(Resource("T-1", frozenset(RULES.lifecycle.states), own=False))
    assert wrong(of_view(CREATED, VIEW, "T-1", answered(404))).keys() == {"created-stays"}
    assert kept(of_view(CREATED, VIEW, "T-1", answered(200))) == {"created-stays"}
    assert not list(of_view(others, VIEW, "T-1", answered(404)))
    assert not list(of_view(CREATED, VIEW, "T-9", answered(404)))


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503, None])
def test_an_answer_that_says_nothing_of_a_resource_is_passed_over(status):
    assert not list(of_view(CREATED, VIEW, "T-1", answered(status)))
    assert not list(of_change(CREATED.saw(shown(state="closed")), DROP, "T-1", answered(status, "dropTicket")))


@pytest.mark.parametrize(
    ("state", "status", "breaks"),
    [("waiting", 200, {}), ("closed", 409, {}), ("closed", 200, {"change-refused"}), ("dropped", 204, {})],
)
def test_a_change_is_made_in_no_state_in_which_it_may_not_be(state, status, breaks):
    """What is in the state already that a move leads to may be asked for again."""
    known = CREATED.saw(shown(state=state))
    assert wrong(of_change(known, DROP, "T-1", answered(status, "dropTicket"))).keys() == set(breaks)


# --- Lists ----------------------------------------------------------------------------------------

OTHER = {"key": "X-9", "title": "of another", "weight": 9}


@pytest.mark.parametrize(
    ("made", "breaks"),
    [
        (page({}), {}),
        (page({}, OTHER), {}),
        (page(OTHER), {"list-complete"}),
        (page(OTHER, total=30), {}),
        (page({}, OTHER, size=1), {"page-size"}),
        (page({}, weight=3), {}),
        (page(weight=3), {"filter-complete"}),
        (page({}, OTHER, weight=3), {"filter-sound"}),
        (page({}, state="waiting"), {}),
        (page(state="waiting"), {}),
        (page(urgent=True), {}),
        (page({}, weight=3, state="waiting"), {}),
    ],
    ids=range(12),
)
def test_a_list_has_what_it_must_and_may_have_what_others_created(made, breaks):
    assert wrong(of_page(CREATED, LISTING, made, None)).keys() == set(breaks)


def test_a_list_of_a_state_has_what_rests_in_it_and_nothing_that_is_past_it():
    closed = CREATED.saw(shown(state="closed"))
    assert wrong(of_page(closed, LISTING, page({"state": "closed"}, state="waiting"), None)).keys() == {"filter-sound"}
    assert wrong(of_page(closed, LISTING, page(state="closed"), None)).keys() == {"filter-complete"}
    assert not wrong(of_page(closed, LISTING, page({"state": "closed"}, state="closed"), None))


def test_what_is_in_doubt_may_be_found_by_a_filter_or_not():
    doubted = CREATED.changed(RENAME, "T-1", None, {})
    assert not wrong(of_page(doubted, LISTING, page(weight=3), None))
    assert not wrong(of_page(doubted, LISTING, page({}, weight=3), None))


def test_a_list_is_sorted_in_the_way_that_was_asked_for():
    upwards = Sorting({"sort": "title", "down": "no"}, "/title", descending=False, asked=True)
    items = ({"title": "b"}, {"key": "X-9", "title": "a"})
    assert wrong(of_page(Model(RULES), LISTING, page(*items), upwards)).keys() == {"list-ordered"}
    assert kept(of_page(Model(RULES), LISTING, page(*items[::-1]), upwards)) >= {"list-ordered"}


def test_every_promise_of_a_check_has_a_sentence():
    known = CREATED.saw(shown(state="closed"))
    checks = [
        *of_sighting(known, READER, shown(state="open", title="Another")),
        *of_view(known, VIEW, "T-1", answered(404)),
        *of_change(known, DROP, "T-1", answered(200)),
        *of_page(known, LISTING, page(OTHER, size=1, weight=3, state="open"), None),
    ]
    assert checks
    assert {check.promise for check in checks} <= SENTENCES.keys()

from __future__ import annotations

import pytest
import requests
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import CaseMetadata, CoverageScenario, GenerationInfo, PhaseInfo
from schemathesis.specs.openapi.checks import ignored_auth

from scripts.contract import engine
from scripts.contract.budget import Mode, Spent
from scripts.contract.reading import Reader
from scripts.document import operations, read
from scripts.project import Given

from .conftest import ROOT
from .loopback import Answer, loopback
from .test_contract_sender import KEY, sender

DOCUMENT = read(ROOT / "tests" / "data" / "tickets" / "source.yaml").data
OPERATIONS = {operation.id: operation for operation in operations(DOCUMENT)}
GIVEN = {"openTicket": [(Given("openTicket", "/project", "PROJECT", "house"), "house")]}


def made(sending, only=("openTicket", "listTickets", "readTicket")):
    return engine.schema(DOCUMENT, sending, seed=1, only=[OPERATIONS[name] for name in only], examples=5)


def test_a_case_leaves_through_our_sender_whatever_session_it_is_handed():
    with loopback(lambda _: Answer()) as server:
        sending = sender(server.url)
        session = requests.Session()
        session.headers["X-Theirs"] = "1"
        made(sending)["/tickets"]["GET"].Case(query={"size": 3}).call(session=session)
        made(sending).clone()["/tickets"]["GET"].Case().call()
    assert len(server.received) == len(sending.exchanges) == sending.budget.requests == 2
    assert server.received[0].path == "/tickets?size=3"
    assert server.received[0].headers["x-key"] == KEY
    assert not any(name.lower() == "x-schemathesis-testcaseid" for name in server.received[0].headers)


def test_what_a_check_of_schemathesis_sends_by_itself_is_counted_too():
    with loopback(lambda _: Answer(body=b'{"items": [], "total": 0}')) as server:
        sending = sender(server.url)
        case = made(sending)["/tickets"]["GET"].Case(headers={"x-key": "theirs"})
        response = case.call()
        try:
            case.validate_response(response, checks=[ignored_auth])
        except FailureGroup:
            pass  # The server takes any key; what matters is who counted.
    assert len(server.received) == sending.budget.requests > 1


def test_a_spent_budget_ends_a_case_as_a_skip():
    with loopback(lambda _: Answer()) as server:
        sending = sender(server.url, mode=Mode("none", requests=0, created=0))
        with pytest.raises(Spent):
            made(sending)["/tickets"]["GET"].Case().call()
    assert server.received == []


def test_only_the_operations_in_scope_are_called_and_linked():
    schema = made(sender("http://127.0.0.1:9"), only=("openTicket", "readTicket"))
    assert [found.ok().definition.raw["operationId"] for found in schema.get_all_operations()] == [
        *("openTicket", "readTicket"),
    ]
    links = schema.raw_schema["paths"]["/tickets"]["post"]["responses"]["201"]["links"]
    assert list(links) == ["readTicket"]
    assert "listTickets" in OPERATIONS


@pytest.mark.parametrize(
    ("positive", "body", "sent"),
    [
        (True, {"title": "a", "project": "x", "extra": 1}, {"title": "a", "project": "house"}),
        (True, {"title": "a"}, {"title": "a", "project": "house"}),
        (False, {"title": "", "project": "x"}, {"title": "", "project": "house"}),
        (False, {"title": "a"}, {"title": "a"}),
        (False, {"title": "a", "project": 5}, {"title": "a", "project": 5}),
        (False, [1], [1]),
    ],
    ids=["valid", "valid without", "invalid elsewhere", "invalid by absence", "invalid there", "not an object"],
)
def test_given_values_are_put_where_they_do_not_make_an_invalid_body_valid(positive, body, sent):
    class Meta:
        class generation:  # noqa: N801 - as Schemathesis has it
            class mode:  # noqa: N801
                is_positive = positive

    class Case:
        meta = Meta

    case = Case()
    case.body = body
    reader = Reader(DOCUMENT, OPERATIONS, GIVEN)
    words = {"document": DOCUMENT, "given": GIVEN, "labels": {}, "reader": reader}
    accepted = engine.fit(case, OPERATIONS["openTicket"], **words)
    assert (accepted, case.body) == (positive, sent)


@pytest.mark.parametrize(
    ("description", "title"),
    [
        ("Valid object", "plumbline a"),
        ("Object with valid 'project' value: Minimum length string", "plumbline a"),
        ("Object with valid 'title' value: Minimum length string", "a"),
    ],
    ids=["the whole", "another member", "the label itself"],
)
def test_what_is_meant_to_be_accepted_says_whose_it_is_unless_it_is_about_that(description, title):
    schema = made(sender("http://127.0.0.1:9"), only=("openTicket",))
    case = next(iter(schema.get_all_operations())).ok().Case(body={"title": "a", "project": "x"})
    case._meta = CaseMetadata(
        generation=GenerationInfo(0.0, GenerationMode.POSITIVE),
        components={},
        phase=PhaseInfo.coverage(CoverageScenario.VALID_OBJECT, description),
    )
    words = {"document": DOCUMENT, "given": {}, "labels": {"openTicket": "/title"}}
    assert engine.fit(case, OPERATIONS["openTicket"], **words, reader=Reader(DOCUMENT, OPERATIONS, {}))
    assert case.body["title"] == title

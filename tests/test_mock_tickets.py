"""An API that nobody serves, with other names, states and pages than the shipped one: no code knows of it."""

from __future__ import annotations

import pytest

from scripts.document import dump, read

from .pure import START, STEP, TICKET, Mock, opened


@pytest.fixture
def mock(tickets) -> Mock:
    return Mock(tickets, preview=True)


def test_what_was_opened_lives_by_its_own_states(mock):
    answer = mock.ask("POST", "/tickets", {**TICKET, "note": "not kept"})
    key = answer.body["key"]
    assert (answer.status, answer.body) == (
        201,
        {
            **TICKET,
            "key": key,
            "state": "waiting",
            "urgent": False,
            "opened": START,
            "changed": START,
            "closed": None,
            "path": f"tickets/house/{key}",
        },
    )
    mock.now += STEP
    assert mock.ask("GET", f"/tickets/{key}").body["state"] == "open"
    mock.now += STEP + 0.9
    told = mock.ask("GET", f"/tickets/{key}").body
    assert (told["state"], told["closed"], told["outcome"]) == ("closed", START + 2 * STEP, "A door was done")


def test_a_renamed_ticket_keeps_what_was_not_sent_again_until_it_is_closed(mock):
    key = opened(mock, weight=3, urgent=True)
    mock.now += STEP / 2
    renamed = mock.ask("PATCH", f"/tickets/{key}", {"title": "Door", "project": "garden"})
    assert renamed.body == mock.ask("GET", f"/tickets/{key}").body
    kept = {name: renamed.body[name] for name in ("title", "project", "weight", "urgent", "opened", "changed", "state")}
    assert kept == {
        "title": "Door",
        "project": "house",
        "weight": 3,
        "urgent": True,
        "opened": START,
        "changed": START + STEP / 2,
        "state": "waiting",
    }
    mock.now = START + 2 * STEP
    assert mock.ask("PATCH", f"/tickets/{key}", {"title": "Late"}).status == 409


def test_what_is_dropped_stays_so_and_is_answered_without_a_body(mock):
    key = opened(mock)
    mock.now += STEP
    answer = mock.ask("DELETE", f"/tickets/{key}")
    assert (answer.status, answer.content) == (204, b"")
    mock.now += 5 * STEP
    told = mock.ask("GET", f"/tickets/{key}").body
    assert (told["state"], told["closed"]) == ("dropped", START + STEP)
    assert mock.ask("DELETE", f"/tickets/{key}").status == 409


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["c", "a", "b", "d"]),
        ("urgent=true", ["a", "d"]),
        ("urgent=false", ["c", "b"]),
        ("weight=2", ["a", "b"]),
        ("weight=2&urgent=true", ["a"]),
        ("weight=1", []),
        ("state=waiting&urgent=true", ["d"]),
        ("state=open&weight=2&urgent=false", ["b"]),
        ("sort=title", ["a", "b", "c", "d"]),
        ("sort=title&down=yes", ["d", "c", "b", "a"]),
        ("sort=title&down=no", ["a", "b", "c", "d"]),
        ("sort=opened&down=yes", ["d", "b", "a", "c"]),
        ("size=3", ["c", "a", "b"]),
        ("size=3&page=0", ["c", "a", "b"]),
        ("size=3&page=1", ["d"]),
        ("size=3&page=2", []),
        ("size=1&page=1&sort=title&urgent=true", ["d"]),
    ],
)
def test_a_list_is_filtered_by_values_of_any_type_sorted_and_cut_into_pages_from_0(mock, query, titles):
    opened(mock, title="c")
    opened(mock, title="a", urgent=True, weight=2)
    opened(mock, title="b", weight=2)
    mock.now += STEP
    opened(mock, title="d", urgent=True, weight=3)
    answer = mock.ask("GET", "/tickets", query=query).body
    assert [item["title"] for item in answer["items"]] == titles


def test_the_total_is_of_what_the_filters_find_on_whatever_page(mock):
    for weight in (1, 1, 2):
        opened(mock, weight=weight)
    totals = [mock.ask("GET", "/tickets", query=f"size=1&page={page}&weight=1").body["total"] for page in range(4)]
    assert totals == [2, 2, 2, 2]


def test_tickets_are_shared_between_accounts_where_no_rule_keeps_them_apart(mock):
    key = opened(mock)
    assert mock.ask("GET", f"/tickets/{key}", holder="other").status == 200
    assert mock.ask("GET", "/tickets", holder="other").body["total"] == 1
    assert mock.ask("PATCH", f"/tickets/{key}", {"title": "Theirs"}, holder="other").status == 200
    assert mock.ask("GET", f"/tickets/{key}").body["title"] == "Theirs"


def test_its_refusals_have_its_own_shape(mock):
    assert mock.ask("GET", "/tickets", headers={"x-key": "no"}).body == {"reason": "Bad"}
    assert mock.ask("GET", "/none").body == {"reason": "Not Found"}
    assert mock.ask("POST", "/tickets", TICKET, holder="view").body == {"reason": "these keys may only read"}


def test_a_limit_holds_for_a_minute_of_the_clock_and_says_when_the_next_begins(tickets):
    mock = Mock(tickets, limits={"rate": 2})
    opened(mock), opened(mock)
    refused = mock.ask("POST", "/tickets", TICKET)
    assert (refused.status, refused.body, refused.headers) == (429, {"reason": "Too many"}, {"Retry-After": "40"})
    mock.now += 40
    opened(mock)


@pytest.fixture
def invented(tickets):
    """Serve the invented API with its document changed."""

    def make(change, *, words=()) -> Mock:
        document = read(tickets.openapi).data
        change(document)
        tickets.openapi.write_text(dump(document), encoding="utf-8")
        return Mock(tickets, words=words)

    return make


def query_of(document, name: str):
    return next(each for each in document["paths"]["/tickets"]["get"]["parameters"] if each["name"] == name)


def test_a_path_parameter_that_is_not_valid_is_not_found(invented):
    def change(document):
        document["paths"]["/tickets/{key}"]["get"]["parameters"][0]["schema"] = {
            "type": "string",
            "pattern": "^[0-9]+$",
        }

    assert invented(change).ask("GET", "/tickets/seven").body == {"reason": "key is not valid"}


@pytest.mark.parametrize(
    ("schema", "extra", "accepted", "refused"),
    [
        ({"type": ["integer", "null"]}, {}, ["text=1"], ["text=x", "text="]),
        ({"type": "number"}, {}, ["text=1", "text=-1.5e3"], ["text=nan", "text=inf", "text=1e999", "text=1_0"]),
        ({"type": "boolean"}, {}, ["text=true"], ["text=True", "text=1"]),
        ({"type": "array", "items": {"type": "integer"}}, {}, ["text=1", "text=1&text=2"], ["text=1,2", "text=x"]),
        ({"type": "array", "items": {"type": "integer"}}, {"explode": False}, ["text=1,2"], ["text=1,x"]),
        ({"type": "array", "maxItems": 1, "items": {"type": "string"}}, {}, ["text=a"], ["text=a&text=b"]),
        ({"type": "string"}, {"required": True}, ["text="], ["", "text=a&text=b"]),
    ],
    ids=str,
)
def test_query_parameters_are_read_as_the_document_types_them(invented, schema, extra, accepted, refused):
    mock = invented(lambda document: query_of(document, "text").update(schema=schema, **extra))
    assert [mock.ask("GET", "/tickets", query=query).status for query in accepted] == [200] * len(accepted)
    assert [mock.ask("GET", "/tickets", query=query).status for query in refused] == [400] * len(refused)


def test_numbers_are_sorted_as_numbers_and_what_has_none_comes_first(tickets, invented):
    rules = tickets.behaviour.read_text(encoding="utf-8")
    rules = rules.replace("keys: {title", "keys: {count: /count, title").replace("[/title, ", "[/title, /count, ")
    tickets.behaviour.write_text(rules, encoding="utf-8")

    def change(document):
        document["components"]["schemas"]["Ticket"]["properties"]["count"] = {"type": "integer"}
        query_of(document, "sort")["schema"] = {"type": "string"}

    mock = invented(change)
    for more in ({"count": 10}, {"count": 9}, {}, {"count": -1}):
        mock.ask("POST", "/tickets", {**TICKET, **more})
    items = mock.ask("GET", "/tickets", query="sort=count").body["items"]
    assert [item.get("count") for item in items] == [None, -1, 9, 10]


def test_statuses_that_are_documented_by_range_or_by_default_are_kept(invented):
    def change(document):
        opening = document["paths"]["/tickets"]["post"]["responses"]
        opening["2XX"], opening["default"] = opening.pop("201"), opening.pop("401")
        reading = document["paths"]["/tickets/{key}"]["get"]["responses"]
        reading["4XX"] = reading.pop("404")

    mock = invented(change)
    assert mock.ask("POST", "/tickets", TICKET).status == 200
    assert mock.ask("POST", "/tickets", TICKET, headers={"x-key": "no"}).status == 401
    assert mock.ask("GET", "/tickets/none").status == 404


def test_what_a_schema_is_made_of_is_shown_and_nothing_else(tickets, invented):
    rules = tickets.behaviour.read_text(encoding="utf-8")
    tickets.behaviour.write_text(rules.replace("[/title, ", "[/title, /note, "), encoding="utf-8")

    def change(document):
        schemas = document["components"]["schemas"]
        schemas["Ticket"] = {"allOf": [schemas["Ticket"], {"properties": {"note": {"type": "string"}}}]}

    answer = invented(change).ask("POST", "/tickets", {**TICKET, "note": "squeaks", "count": 2}).body
    assert (answer["note"], "count" in answer) == ("squeaks", False)


@pytest.mark.parametrize(
    ("security", "headers", "status"),
    [
        ([{"Key": []}], {"x-key": None}, 401),
        ([{}, {"Key": []}], {"x-key": None}, 200),
        ([{}, {"Key": []}], {"x-key": "wrong"}, 401),
        ([{"Other": []}], {}, 401),
        ([{"Other": []}, {"Key": []}], {}, 200),
        ([], {"x-key": "wrong"}, 200),
    ],
    ids=str,
)
def test_keys_are_asked_for_as_the_operation_says(invented, security, headers, status):
    def change(document):
        document["components"]["securitySchemes"]["Other"] = {"type": "apiKey", "in": "header", "name": "x-other"}
        document["paths"]["/tickets"]["get"]["security"] = security

    assert invented(change).ask("GET", "/tickets", headers=headers).status == status


def test_an_identity_that_the_document_gives_as_an_integer_is_one(invented):
    def change(document):
        document["components"]["schemas"]["Ticket"]["properties"]["key"] = {"type": "integer"}
        for operation in document["paths"]["/tickets/{key}"].values():
            operation["parameters"][0]["schema"] = {"type": "integer", "minimum": 1}

    mock = invented(change)
    assert [opened(mock), opened(mock)] == [1, 2]
    assert mock.ask("GET", "/tickets/2").body["path"] == "tickets/house/2"
    assert [mock.ask("GET", f"/tickets/{key}").status for key in ("3", "0", "two", "2.0", "02", "+2")] == [404] * 6


def test_a_key_is_told_by_the_fault_whatever_its_header_is_called(invented):
    def change(document):
        document["components"]["securitySchemes"]["Key"]["name"] = "api-key"

    assert invented(change, words=["tell-secret"]).ask("GET", "/tickets").headers["X-Debug"] == "example-key-one"

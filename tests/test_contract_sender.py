from __future__ import annotations

import gzip
import time

import pytest
import requests

from scripts.contract.budget import Budget, Mode, Spent
from scripts.contract.exchanges import Secrets
from scripts.contract.sender import LARGEST_BODY, LARGEST_CUT, LARGEST_LOG, Connection, Sender, Unanswered
from scripts.document import operations, read

from .conftest import ROOT
from .loopback import Answer, loopback

KEY = "the-value-of-the-key"


def sender(url: str, *, mode: Mode | None = None, seconds: float = 20.0, limits=None, **connection) -> Sender:
    document = read(ROOT / "tests" / "data" / "tickets" / "source.yaml").data
    return Sender(
        connection=Connection(url, **connection),
        credentials={"x-key": KEY},
        secrets=Secrets({KEY: "THE_KEY"}),
        budget=Budget(mode or Mode("test", requests=20, created=3), seconds),
        operations=tuple(operations(document)),
        creating=frozenset({"openTicket"}),
        limits=limits or {},
    )


def get(url: str, path: str = "/tickets", **options) -> requests.Request:
    return requests.Request("GET", url + path, **options)


def post(url: str, path: str = "/tickets") -> requests.Request:
    return requests.Request("POST", url + path, json={})


def test_the_account_s_key_goes_with_every_request_and_is_logged_by_its_name():
    with loopback(lambda _: Answer()) as server:
        sending = sender(server.url)
        exchange = sending.send(get(server.url, headers={"X-Key": "generated", "X-Other": "1"}))
    assert server.received[0].headers["x-key"] == KEY
    assert server.received[0].headers["X-Other"] == "1"
    assert ("x-key", "$THE_KEY") in exchange.request_headers
    assert exchange.authentic
    assert KEY not in repr(exchange) + repr(sending)


def test_credentials_can_be_changed_and_left_out():
    with loopback(lambda _: Answer()) as server:
        sending = sender(server.url)
        missing = sending.send(get(server.url), credentials={"x-key": None})
        empty = sending.send(get(server.url), credentials={"x-key": ""})
    assert "x-key" not in {name.lower() for name in server.received[0].headers}
    assert server.received[1].headers["x-key"] == ""
    assert not missing.authentic
    assert not empty.authentic


def test_a_secret_in_an_answer_is_masked_and_told():
    with loopback(lambda _: Answer(headers={"X-Echo": KEY}, body=f'{{"key": "{KEY}"}}'.encode())) as server:
        exchange = sender(server.url).send(get(server.url))
    assert exchange.leaked == ("THE_KEY",)
    assert KEY not in repr(exchange)


def test_no_more_is_sent_than_the_budget_allows_and_the_server_counts_the_same():
    with loopback(lambda _: Answer()) as server:
        sending = sender(server.url, mode=Mode("test", requests=3, created=0))
        for _ in range(3):
            sending.send(get(server.url))
        with pytest.raises(Spent):
            sending.send(get(server.url))
    assert len(server.received) == sending.budget.requests == len(sending.exchanges) == 3


@pytest.mark.parametrize(
    ("status", "created"), [(200, 1), (201, 1), (400, 0), (401, 0), (429, 0), (302, 0), (500, 1)], ids=str
)
def test_what_may_have_been_created_is_counted(status, created):
    with loopback(lambda _: Answer(status)) as server:
        sending = sender(server.url)
        sending.send(post(server.url))
    assert sending.budget.created == created


def test_an_unsafe_request_that_no_operation_documents_counts_as_creating():
    with loopback(lambda _: Answer()) as server:
        sending = sender(server.url, mode=Mode("reads", requests=9, created=0))
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            with pytest.raises(Spent):
                sending.send(requests.Request(method, server.url + "/other"))
    assert server.received == []


def test_a_lost_answer_to_a_creating_request_counts_as_created():
    with loopback(lambda _: Answer(raw=b"HTTP/1.1 2")) as server:
        sending = sender(server.url)
        with pytest.raises(Unanswered):
            sending.send(post(server.url))
    assert sending.budget.created == 1
    assert sending.exchanges[0].status is None
    assert len(server.received) == 1


def test_redirects_are_not_followed():
    with loopback(lambda _: Answer(302, {"Location": "/elsewhere"})) as server:
        assert sender(server.url).send(get(server.url)).status == 302
    assert len(server.received) == 1


def test_nothing_is_taken_from_the_surroundings(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with loopback(lambda _: Answer()) as server:
        sender(server.url).send(get(server.url))
    assert "Authorization" not in server.received[0].headers


def test_extra_headers_go_with_every_request():
    with loopback(lambda _: Answer()) as server:
        sender(server.url, headers={"X-Extra": "yes"}).send(get(server.url))
    assert server.received[0].headers["X-Extra"] == "yes"


def test_of_an_enormous_answer_only_the_beginning_is_read():
    with loopback(lambda _: Answer(body=b"x" * (LARGEST_BODY + 100_000))) as server:
        exchange = sender(server.url).send(get(server.url))
    assert exchange.cut
    assert len(exchange.response_body) == LARGEST_CUT


def test_an_answer_that_drips_is_given_up():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"

    def drip(_):
        time.sleep(0.5)
        return Answer(raw=head)

    with loopback(drip) as server:
        sending = sender(server.url, seconds=0.3)
        with pytest.raises(Unanswered):
            sending.send(get(server.url))


def test_after_five_requests_without_an_answer_nothing_more_is_sent():
    with loopback(lambda _: Answer(raw=b"")) as server:
        sending = sender(server.url)
        for _ in range(5):
            with pytest.raises(Unanswered):
                sending.send(get(server.url))
        with pytest.raises(Spent, match="in a row"):
            sending.send(get(server.url))
    assert len(server.received) == 5


@pytest.mark.parametrize("status", [403, 429])
def test_after_two_creations_that_a_limit_refused_no_more_are_sent_and_reads_go_on(status):
    with loopback(lambda request: Answer(status if request.method == "POST" else 200)) as server:
        sending = sender(server.url, limits={"openTicket": frozenset({403})})
        for _ in range(2):
            sending.send(post(server.url))
        for path in ("/tickets", "/elsewhere"):
            with pytest.raises(Spent, match="a limit is reached"):
                sending.send(post(server.url, path))
        assert sending.send(get(server.url)).succeeded
    assert [request.method for request in server.received] == ["POST", "POST", "GET"]
    assert f"openTicket: {status}" in sending.limited
    assert sending.budget.created == 0


def test_a_limit_is_taken_for_reached_only_by_what_tells_it_of_the_account_s_own_requests():
    answers = iter([429, 201, 429, 400, 403, 429, 429])
    with loopback(lambda _: Answer(next(answers))) as server:
        sending = sender(server.url)
        for _ in range(5):
            sending.send(post(server.url))
        sending.send(post(server.url), credentials={"x-key": None})
        assert not sending.limited
        sending.send(post(server.url))
        assert sending.limited


def test_a_short_time_that_a_limit_asks_to_wait_is_waited_before_the_next_creation_and_a_long_one_is_not():
    answers = iter([Answer(429, {"Retry-After": "1"}), Answer(201), Answer(429, {"Retry-After": "3600"}), Answer(201)])
    with loopback(lambda _: next(answers)) as server:
        sending = sender(server.url)
        first, second, third, fourth = (sending.send(post(server.url)) for _ in range(4))
    assert second.started - first.started >= 1
    assert fourth.started - third.started < 1


def test_a_short_time_that_a_busy_server_asks_to_wait_is_waited_before_the_next_read_too():
    answers = iter([Answer(503, {"Retry-After": "1"}), Answer(), Answer()])
    with loopback(lambda _: next(answers)) as server:
        sending = sender(server.url)
        first, second, third = (sending.send(get(server.url)) for _ in range(3))
    assert second.started - first.started >= 1
    assert third.started - second.started < 1


def test_after_twenty_answers_that_the_server_is_busy_nothing_more_is_sent():
    answers = iter([429, 503] * 9 + [200] + [429] * 99)
    with loopback(lambda _: Answer(next(answers))) as server:
        sending = sender(server.url, mode=Mode("test", requests=99, created=0))
        for _ in range(18 + 1 + 20):
            sending.send(get(server.url))
        with pytest.raises(Spent, match="busy"):
            sending.send(get(server.url))
    assert "busy" in sending.stopped


def test_when_the_answers_together_are_too_large_nothing_more_is_sent():
    with loopback(lambda _: Answer(body=b"x" * LARGEST_BODY)) as server:
        sending = sender(server.url, mode=Mode("test", requests=999, created=0))
        sending._kept = LARGEST_LOG - LARGEST_BODY
        sending.send(get(server.url))
        with pytest.raises(Spent, match="MB"):
            sending.send(get(server.url))


def test_no_cookie_is_sent_back_and_nothing_of_a_redirect_is_read():
    headers = {"Set-Cookie": "a=1; Path=/", "Location": "http://[::1", "Content-Encoding": "gzip"}
    with loopback(lambda _: Answer(302, headers, body=gzip.compress(b"{}"))) as server:
        sending = sender(server.url)
        assert [sending.send(get(server.url)).status for _ in range(2)] == [302, 302]
    assert not any("Cookie" in received.headers for received in server.received)


def test_an_answer_has_the_seconds_that_the_connection_allows():
    with loopback(lambda _: time.sleep(0.8) or Answer()) as server:
        with pytest.raises(Unanswered):
            sender(server.url, timeout=0.2).send(get(server.url))
        assert sender(server.url, timeout=5).send(get(server.url)).succeeded


def test_a_header_of_the_command_line_never_stands_in_for_a_key_that_is_left_out():
    with loopback(lambda _: Answer()) as server:
        sending = sender(server.url, headers={"X-KEY": "of the command line"})
        sending.send(get(server.url), credentials={"x-key": None})
        sending.send(get(server.url))
    assert [received.headers.get("x-key") for received in server.received] == [None, KEY]


@pytest.mark.parametrize(
    ("headers", "proxy", "secrets"),
    [
        ({"Accept": "application/json", "X-Request-Source": "nightly"}, None, {}),
        ({"X-Api-Key": "short"}, None, {"short": "HEADER_X_API_KEY"}),
        (
            {"Authorization": "Bearer 0123456789abcdef"},
            None,
            {"Bearer 0123456789abcdef": "HEADER_AUTHORIZATION", "0123456789abcdef": "HEADER_AUTHORIZATION"},
        ),
        (
            {"Cookie": "id=0123456789abcdef; b=1"},
            None,
            {"id=0123456789abcdef; b=1": "HEADER_COOKIE", "0123456789abcdef": "HEADER_COOKIE"},
        ),
        ({}, "http://proxy.example:1", {}),
        (
            {},
            "http://me:a%20word@proxy.example:1",
            {"a%20word": "PROXY_PASSWORD", "a word": "PROXY_PASSWORD"},
        ),
    ],
    ids=["no secret", "a key", "a token", "a cookie", "a proxy", "a proxy's user"],
)
def test_what_a_connection_carries_for_the_server_or_the_proxy_alone_is_a_secret(headers, proxy, secrets):
    connection = Connection("http://127.0.0.1:1", headers=headers, proxy=proxy)
    assert connection.secrets == secrets
    assert not any(value in repr(connection) for value in secrets)


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/api/tickets", "listTickets"),
        ("POST", "/api/tickets?x=1", "openTicket"),
        ("GET", "/api/tickets/1", "readTicket"),
        ("GET", "/api/tickets/a%2Fb", "readTicket"),
        ("PUT", "/api/tickets/1", None),
        ("GET", "/tickets", None),
        ("GET", "/api/tickets/1/more", None),
    ],
)
def test_a_request_belongs_to_the_operation_of_its_method_and_path(method, path, operation):
    assert sender("http://127.0.0.1:1/api").operation_of(method, f"http://127.0.0.1:1{path}") == operation


@pytest.mark.parametrize("target", ["/tickets?text=%zz", "/tickets/%2e%2E/a", "/tickets?text=%6a%00", "/tickets//a"])
def test_an_exact_request_leaves_as_it_stands(target):
    with loopback(lambda _: Answer()) as server:
        sending = sender(server.url)
        exchange = sending.send(requests.Request("GET", server.url + target), exact=True)
    assert server.received[0].path == target
    assert exchange.url == server.url + target


def test_other_requests_are_encoded_where_they_must_be():
    with loopback(lambda _: Answer()) as server:
        sender(server.url).send(requests.Request("GET", f"{server.url}/tickets?text=%zz ä"))
    assert server.received[0].path == "/tickets?text=%25zz%20%C3%A4"


def test_it_is_known_which_requests_opened_a_connection():
    def answer(received):
        return Answer(headers={"Connection": "close"} if received.path.endswith("last") else {})

    with loopback(answer) as server:
        sending = sender(server.url)
        opened = [sending.send(requests.Request("GET", f"{server.url}/{step}")).opened for step in ("a", "last", "b")]
    assert opened == [True, False, True]


def test_a_method_that_a_server_does_not_know_creates_nothing():
    with loopback(lambda _: Answer(status=501)) as server:
        sending = sender(server.url)
        sending.send(requests.Request("PLUMBLINE", f"{server.url}/tickets"))
    assert (sending.budget.requests, sending.budget.created) == (1, 0)

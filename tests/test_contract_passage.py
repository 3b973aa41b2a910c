from __future__ import annotations

import pytest

from scripts.contract.passage import hindrance

from .test_contract_exchanges import exchange


@pytest.mark.parametrize(
    "url",
    [
        "http://h/a?b=c%20d&e=%C3%A9",
        "http://h/a/%2E5?b=%2F..%2F",
        "http://h/a?b=" + "x" * 1000,
        "http://h/a.b/..c?b[]=1",
    ],
)
def test_a_usual_url_comes_through(url):
    assert hindrance(exchange(url=url)) == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://h/a?b=%zz",
        "http://h/a?b=%",
        "http://h/a%00",
        "http://h/a?b=%0a",
        "http://h/a?b=%ff",
        "http://h/a%2fb",
        "http://h/a%5Cb",
        "http://h//a",
        "http://h/%2e%2E/a",
        "http://h/a/..",
        "http://h/a?b=" + "x" * 2000,
        "http://h/a?" + "&".join("b=1" for _ in range(60)),
    ],
)
def test_a_url_that_proxies_treat_in_their_own_way_may_not(url):
    assert hindrance(exchange(url=url)) != ""


@pytest.mark.parametrize(
    ("changes", "comes_through"),
    [
        ({"method": "POST", "request_body": b"{}"}, True),
        ({"request_headers": (("Content-Type", "application/json; charset=utf-8"),)}, True),
        ({"request_headers": (("Content-Type", "Text/Plain"),)}, True),
        ({"method": "PLUMBLINE"}, False),
        ({"method": "GET", "request_body": b"{}"}, False),
        ({"method": "POST", "request_body": b"x" * 200_000}, False),
        ({"request_headers": (("X-A", "x" * 5000),)}, False),
        ({"request_headers": (("Content-Type", ";;"),)}, False),
        ({"request_headers": (("Content-Type", "application/json; charset=utf-16"),)}, False),
        ({"request_headers": (("Content-Encoding", "gzip"),)}, False),
        ({"request_headers": (("Accept", "text/html"),)}, False),
        ({"request_headers": (("Accept", "*/*"),)}, True),
    ],
    ids=[
        *("a body", "a character set", "another type", "no method", "a body of GET", "a large body", "a long header"),
        *("no type", "another character set", "a compressed body", "another answer", "any answer"),
    ],
)
def test_methods_headers_and_bodies_come_through_where_they_are_usual(changes, comes_through):
    assert (hindrance(exchange(**changes)) == "") is comes_through

from __future__ import annotations

import base64
import subprocess
from urllib.parse import quote

import pytest

from scripts.contract.exchanges import Exchange, Secrets

KEY, LONGER = "s3cr+t/key/of/16=", "s3cr+t/key/of/16=longer"
SECRETS = Secrets({KEY: "THE_KEY", LONGER: "THE_LONGER_KEY"})


def exchange(**changes) -> Exchange:
    plain = {
        "number": 1,
        "family": "journey",
        "operation": "read",
        "method": "GET",
        "url": "http://127.0.0.1/a",
        "request_headers": (),
        "request_body": b"",
        "status": 200,
    }
    return Exchange(**{**plain, **changes})


@pytest.mark.parametrize(
    "form",
    [
        KEY,
        quote(KEY, safe=""),
        base64.b64encode(KEY.encode()).decode().rstrip("="),
        base64.b64encode(f"user:{KEY}".encode()).decode(),
        base64.b64encode(f"u:{KEY}".encode()).decode(),
        base64.b64encode(f"us:{KEY} and more".encode()).decode(),
        base64.urlsafe_b64encode(f"x{KEY}".encode()).decode(),
    ],
    ids=["raw", "url-encoded", "base64", "base64 after five", "base64 after two", "base64 inside", "base64url"],
)
def test_a_secret_is_found_and_masked_in_every_form(form):
    text = f"before {form} after"
    assert SECRETS.found(text) == ["THE_KEY"]
    assert SECRETS.found(SECRETS.mask(text)) == []
    assert KEY not in SECRETS.mask(text)


def test_the_longer_of_two_secrets_is_masked_whole():
    assert SECRETS.mask(LONGER, named=True) == "$THE_LONGER_KEY"
    assert SECRETS.mask(f"{LONGER}|{KEY}") == "[secret]|[secret]"


@pytest.mark.parametrize(
    ("value", "text", "masked"),
    [
        ("secret-key", "x-amz-secret-key: secret-key", "x-amz-secret-key: [secret]"),
        ("secret-key", '{"a": "secret-key"}', '{"a": "[secret]"}'),
        ("testing1", "testing12 testing1", "testing12 [secret]"),
        ("test", '<testcase name="a test">', '<testcase name="a test">'),
        ("test", "test", "[secret]"),
    ],
)
def test_a_short_secret_does_not_blank_ordinary_words(value, text, masked):
    assert Secrets({value: "NAME"}).mask(text) == masked


def test_what_is_too_short_to_be_looked_for_is_named():
    assert Secrets({"test": "A", "long enough to be looked for": "B"}).short == ["A"]


def test_no_repr_holds_a_secret():
    assert KEY not in repr(SECRETS)


def test_a_curl_line_sends_the_same_request_with_keys_from_the_environment(tmp_path):
    body = """{"name": "it's $HOME \\"quoted\\" é"}"""
    line = exchange(
        method="POST",
        url="http://127.0.0.1/a?b=c&d='e'",
        request_headers=(("x-key", "$THE_KEY"), ("x-empty", ""), ("Content-Type", "application/json"), ("Host", "h")),
        request_body=body.encode(),
    ).curl()
    script = f'curl() {{ printf "%s\\0" "$@"; }}; {line}'
    run = subprocess.run(["sh", "-c", script], env={"THE_KEY": "value"}, capture_output=True, check=True)
    assert run.stdout.decode().split("\0")[:-1] == [
        *("-sS", "-i", "-X", "POST"),
        *("-H", "x-key: value", "-H", "x-empty;", "-H", "Content-Type: application/json"),
        *("--data-binary", body, "http://127.0.0.1/a?b=c&d='e'"),
    ]


def test_the_media_type_of_an_answer_is_without_parameters_and_case():
    assert (
        exchange(response_headers=(("Content-Type", "Application/JSON; charset=utf-8"),)).media_type
        == "application/json"
    )
    assert exchange().media_type == ""

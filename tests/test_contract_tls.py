"""The contract verb behind TLS, with a client's certificate, through a proxy, with headers of its own."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from .hostile import always, answer, each, field_of, hostile, page
from .processes import KEYS, mock, surroundings, verb
from .tls import Certificates, before, certificates, proxy

ENV = surroundings(**KEYS)
ONE_READ = ("--only", "listJobs", "--max-seconds", "30", "--timeout", "5")


@pytest.fixture(scope="module")
def target():
    """A mock's URL."""
    with mock(env=ENV) as url:
        yield url


@pytest.fixture(scope="module")
def held(tmp_path_factory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("certificates"))


def judged(url: str, folder: Path, *words: str):
    """Run the verb on a URL: its exit code and all that it told and wrote."""
    done = verb("contract", "--url", url, "--report", str(folder), *ONE_READ, *words, env=ENV)
    texts = [done.stdout, done.stderr, *(path.read_text() for path in folder.rglob("*") if path.is_file())]
    assert "Traceback" not in done.stderr
    return done.returncode, "\n".join(texts)


def secure(server, target: str) -> str:
    """The URL of the mock behind a server that speaks TLS before it."""
    return server.url.removesuffix("/api/v1") + target[target.index("/api/v1") :]


# --- TLS --------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("wants_client", [False, True], ids=["any client", "known clients"])
def test_a_server_with_an_authority_of_its_own_is_judged(target, held, wants_client, tmp_path):
    words = ["--cacert", str(held.authority)] + (["--cert", str(held.client)] if wants_client else [])
    with hostile(before(target), tls=held.server_side(wants_client=wants_client)) as server:
        code, told = judged(secure(server, target), tmp_path, *words)
    assert code == 0, told
    assert server.connections > 0


WITHOUT = {
    "an authority that is not known": ("server", False, (), "--cacert"),
    "another server's certificate": ("elsewhere", False, ("--cacert", "authority"), "--cacert|Hostname|hostname|IP"),
    "no certificate of a client": ("server", True, ("--cacert", "authority"), "--cert"),
    "a client's key with a passphrase": ("server", True, ("--cacert", "authority", "--cert", "locked"), "encrypted"),
    "a client's file without a key": ("server", True, ("--cacert", "authority", "--cert", "authority"), "--cert|key"),
    "a file that is no authority's": ("server", False, ("--cacert", "broken"), "--cacert|cert"),
}
"""What is wrong: the server's certificate, whether it wants a client's, the flags, and a word of the error."""


@pytest.mark.slow
@pytest.mark.parametrize(("chain", "wants_client", "flags", "words"), WITHOUT.values(), ids=WITHOUT)
def test_what_is_missing_for_tls_is_told_and_ends_with_2(target, held, chain, wants_client, flags, words, tmp_path):
    (held.authority.parent / "broken.pem").write_text("no certificate\n")
    flags = [flag if flag.startswith("--") else str(held.authority.with_name(f"{flag}.pem")) for flag in flags]
    context = held.server_side(chain=getattr(held, chain), wants_client=wants_client)
    with hostile(before(target), tls=context) as server:
        code, told = judged(secure(server, target), tmp_path, *flags)
    assert code == 2, told
    assert any(word in told for word in words.split("|")), told
    assert "passphrase" not in told


# --- A proxy ----------------------------------------------------------------------------------

USER = "me:a-word-for-the-proxy"
SHOWN = f"Basic {base64.b64encode(USER.encode()).decode()}"


@pytest.mark.slow
def test_a_run_goes_through_the_proxy_and_nowhere_else(target, tmp_path):
    with hostile(proxy(wants=SHOWN)) as between:
        through = between.url.removesuffix("/api/v1").replace("://", f"://{USER}@")
        code, told = judged(target, tmp_path, "--proxy", through)
    assert code == 0, told
    assert between.heads[0].startswith(f"GET {target}/jobs")
    assert not any(word in told for word in (*USER.split(":"), SHOWN.split()[1]) if len(word) > 2)


@pytest.mark.slow
def test_a_run_behind_tls_goes_through_the_proxy_which_sees_no_key(target, held, tmp_path):
    with hostile(before(target), tls=held.server_side()) as server, hostile(proxy(wants=SHOWN)) as between:
        through = between.url.removesuffix("/api/v1").replace("://", f"://{USER}@")
        words = ("--proxy", through, "--cacert", str(held.authority))
        code, told = judged(secure(server, target), tmp_path, *words)
    assert code == 0, told
    assert {head.split()[0] for head in between.heads} == {"CONNECT"}
    assert not any(key in head for key in KEYS.values() for head in between.heads)
    assert not any(word in told for word in (USER.split(":")[1], SHOWN.split()[1]))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_to_know_who_asks_is_told(target, scheme, tmp_path):
    with hostile(proxy(wants=SHOWN)) as between:
        url = target.replace("http", scheme, 1)
        code, told = judged(url, tmp_path, "--proxy", between.url.replace("://", "://me:a-wrong-word@"))
    assert code == 2
    assert "--proxy" in told
    assert "a-wrong-word" not in told


@pytest.mark.parametrize("url", ["proxy.example:3128", "socks5://127.0.0.1:1", "http://", "http://[::1"])
def test_what_is_no_url_of_a_proxy_is_refused(url, tmp_path):
    code, told = judged("http://127.0.0.1:9", tmp_path, "--proxy", url)
    assert code == 2
    assert "--proxy" in told


# --- Headers ----------------------------------------------------------------------------------

TOKEN = "a-token-of-the-gateway-0123456789"
HEADERS = ("--header", f"Authorization: Bearer {TOKEN}", "--header", "X-Request-Source: nightly-build")


@pytest.mark.slow
def test_headers_go_with_every_request_and_what_they_carry_is_not_told(tmp_path):
    def echoes(head: str, _number: int) -> bytes:
        told = {"Error": field_of(head, "authorization"), "ErrorCode": TOKEN, "Source": "nightly-build"}
        return answer(json.dumps(told), headers={"X-Echo": field_of(head, "authorization")})

    with hostile(each(echoes)) as server:
        code, told = judged(server.url, tmp_path, *HEADERS)
    assert code == 1
    assert {field_of(head, "authorization") for head in server.heads} == {f"Bearer {TOKEN}"}
    assert {field_of(head, "x-request-source") for head in server.heads} == {"nightly-build"}
    assert TOKEN not in told
    assert "$HEADER_AUTHORIZATION" in told
    assert "$HEADER_X_REQUEST_SOURCE" in told
    assert "no-secret-told" in told


@pytest.mark.slow
def test_a_server_that_repeats_a_header_which_is_no_secret_is_not_accused(tmp_path):
    body = answer(page(), headers={"X-Request-Source": "nightly-build"})
    with hostile(always(body)) as server:
        judged(server.url, tmp_path, *HEADERS)
    findings = json.loads((tmp_path / "verdict.json").read_text())["findings"]
    assert "no-secret-told" not in {finding["promise"] for finding in findings}


@pytest.mark.parametrize("name", ["x-amz-secret-key", "X-Amz-Secret-Key"])
def test_a_header_never_takes_the_place_of_a_key(name, tmp_path):
    with hostile(always(answer())) as server:
        code, told = judged(server.url, tmp_path, "--header", f"{name}: another-value")
    assert code == 2
    assert "WASABI_SECRET_KEY" in told
    assert "another-value" not in told
    assert server.heads == []


@pytest.mark.parametrize("header", ["X-Line: a\r\nX-Other: b", "X Blank: a", ": a", "X-Snow: ☃", "X-Nul: a\x0b"])
def test_what_no_header_can_hold_is_refused(header, tmp_path):
    with hostile(always(answer())) as server:
        code, _ = judged(server.url, tmp_path, "--header", header)
    assert (code, server.heads) == (2, [])

"""The generated client's credentials and connection, over real sockets."""

from __future__ import annotations

import asyncio
import base64
import copy
import importlib
import pickle
import subprocess
import sys
from urllib.parse import quote

import httpx
import pytest

from .conftest import ROOT
from .loopback import Answer, loopback
from .processes import surroundings

ACCESS, SECRET = "AKIA-the-access", "the+secret/value="
KEYS = {"WASABI_ACCESS_KEY": ACCESS, "WASABI_SECRET_KEY": SECRET}
HEADERS = ("x-amz-access-key", "x-amz-secret-key")
FORMS = [
    form
    for value in (ACCESS, SECRET)
    for form in (value, quote(value, safe=""), base64.b64encode(value.encode()).decode())
]
LIST = b'{"Records": [], "Pagination": {"TotalRecords": 0, "PageNumber": 1, "PageSize": 100}}'


@pytest.fixture
def operation(generated):
    return importlib.import_module("wasabi_air.api.jobs.list_jobs")


def sent(server) -> list[dict[str, str | None]]:
    """The keys that a server got, request by request."""
    return [
        {name: request.headers.get(name) for name in HEADERS if name in request.headers} for request in server.received
    ]


BOTH = dict(zip(HEADERS, (ACCESS, SECRET), strict=True))


def test_both_keys_go_with_every_request_from_the_environment_or_from_arguments(generated, operation):
    with loopback(lambda _: Answer(body=LIST)) as server:
        with generated.connect(base_url=server.url, environment=KEYS) as client:
            operation.sync(client=client)
        with generated.connect("other", base_url=server.url, environment=KEYS) as client:
            operation.sync(client=client)
    assert sent(server) == [BOTH, {**BOTH, HEADERS[0]: "other"}]


def test_both_keys_go_with_an_asynchronous_request(generated, operation):
    async def ask(url: str):
        async with generated.connect(base_url=url, environment=KEYS) as client:
            return await operation.asyncio(client=client)

    with loopback(lambda _: Answer(body=LIST)) as server:
        assert asyncio.run(ask(server.url)).records == []
    assert sent(server) == [BOTH]


def test_missing_keys_are_all_named_with_their_variables(generated):
    with pytest.raises(
        generated.CredentialsError, match=r"access_key .*WASABI_ACCESS_KEY.*secret_key .*WASABI_SECRET_KEY"
    ):
        generated.connect(environment={})


def test_a_key_that_was_given_empty_is_not_replaced_by_another(generated):
    with pytest.raises(generated.CredentialsError, match=rf"{HEADERS[0]} is empty"):
        generated.connect("", environment=KEYS)
    with pytest.raises(generated.CredentialsError, match="WASABI_ACCESS_KEY"):
        generated.connect(environment={**KEYS, "WASABI_ACCESS_KEY": ""})


def test_a_key_by_a_name_that_no_credential_has_is_refused(generated):
    open_client = importlib.import_module("wasabi_air.connection").open_client
    with pytest.raises(generated.CredentialsError, match="there is access_key, secret_key") as caught:
        open_client({"acces_key": ACCESS, SECRET: ACCESS}, environment=KEYS)
    assert not any(key in str(caught.value) for key in (ACCESS, SECRET))


@pytest.mark.parametrize("value", ["se\r\ncret", "secret\0", "sécret", " secret", "secret "], ids=repr)
def test_a_key_that_no_header_can_carry_is_refused_without_being_told(generated, value):
    with pytest.raises(generated.CredentialsError) as caught:
        generated.connect(value, "other")
    assert "cret" not in str(caught.value)
    assert HEADERS[0] in str(caught.value)


@pytest.mark.parametrize("follow", ["same origin", "other port", "other host", "https"])
@pytest.mark.parametrize("mode", ["sync", "async", "own client"])
def test_a_redirect_takes_the_keys_to_no_other_origin(generated, operation, follow, mode):
    with loopback(lambda _: Answer(body=LIST)) as other:

        def first(request):
            port = other.url.rpartition(":")[2]
            places = {
                "same origin": "/elsewhere",
                "other port": f"http://127.0.0.1:{port}/elsewhere",
                "other host": f"http://localhost:{port}/elsewhere",
                "https": f"https://127.0.0.1:{port}/elsewhere",
            }
            if request.path.startswith("/elsewhere"):
                return Answer(body=LIST)
            return Answer(307, {"Location": places[follow]})

        with loopback(first) as server:
            try:
                ask(generated, operation, server.url, mode)
            except httpx.ConnectError:
                assert follow == "https"
    assert sent(server) == [BOTH, BOTH] if follow == "same origin" else [BOTH]
    assert sent(other) == ([] if follow in ("same origin", "https") else [{}])


def ask(generated, operation, url: str, mode: str) -> None:
    if mode == "sync":
        with generated.connect(base_url=url, environment=KEYS, follow_redirects=True) as client:
            operation.sync(client=client)
    elif mode == "own client":
        client = generated.connect(base_url=url, environment=KEYS)
        with client.set_httpx_client(httpx.Client(base_url=url, follow_redirects=True)):
            operation.sync(client=client)
    else:

        async def run() -> None:
            async with generated.connect(base_url=url, environment=KEYS, follow_redirects=True) as client:
                await operation.asyncio(client=client)

        asyncio.run(run())


def test_a_request_of_one_s_own_to_another_origin_has_no_keys(generated):
    with loopback(lambda _: Answer()) as other, generated.connect(base_url="https://h", environment=KEYS) as client:
        client.get_httpx_client().get(f"{other.url}/pre-signed")
    assert sent(other) == [{}]


@pytest.mark.parametrize(
    "url",
    [
        "http://generated.example.com/api",
        "http://10.0.0.1",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
    ],
)
def test_keys_go_over_plain_http_to_this_machine_alone_unless_asked(generated, url):
    with pytest.raises(generated.CredentialsError, match="unencrypted"):
        generated.connect(base_url=url, environment=KEYS)
    generated.connect(base_url=url, environment=KEYS, allow_plain_http=True)


@pytest.mark.parametrize("url", ["generated.example.com", "", "https://", "ftp://127.0.0.1", "/api"])
def test_a_base_url_that_is_none_is_refused_before_anything_is_sent(generated, url):
    with pytest.raises(generated.CredentialsError, match="must start with https://"):
        generated.connect(base_url=url, environment=KEYS, allow_plain_http=True)


def test_where_there_are_no_keys_plain_http_needs_no_leave(generated):
    generated.Credentials({}, base_url="http://tickets.example.com")


@pytest.mark.parametrize("asked", [False, True], ids=["environment", "asked"])
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_plain_http_to_this_machine_goes_through_no_proxy_that_was_not_asked_for(tmp_path, mode, asked):
    calls = {"sync": "list_jobs.sync(client=client)", "async": "asyncio.run(list_jobs.asyncio(client=client))"}
    program = (
        "import asyncio, sys; from wasabi_air import connect; from wasabi_air.api.jobs import list_jobs\n"
        f"arguments = {{'proxy': sys.argv[2]}} if {asked} else {{}}\n"
        f"client = connect('a', 'b', base_url=sys.argv[1], httpx_args=arguments); {calls[mode]}"
    )
    with loopback(lambda _: Answer(body=LIST)) as proxy, loopback(lambda _: Answer(body=LIST)) as server:
        done = subprocess.run(
            [sys.executable, "-c", program, server.url, proxy.url],
            cwd=tmp_path,
            env=surroundings(PYTHONPATH=str(ROOT / "generated"), http_proxy=proxy.url, no_proxy=""),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert (len(proxy.received), len(server.received)) == (asked, not asked)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://127.8.9.1", "http://[::1]:1", "http://localhost:1", "https://h"]
)
def test_this_machine_and_https_need_not_be_asked_for(generated, url):
    generated.connect(base_url=url, environment=KEYS)


def test_no_repr_and_no_error_holds_a_key(generated, operation):
    with (
        loopback(lambda _: Answer(418, body=SECRET.encode())) as server,
        generated.connect(base_url=server.url, environment=KEYS, headers={"x-more": SECRET}) as client,
    ):
        response = client.get_httpx_client().get("/jobs")
        seen = [client, client._credentials, client.get_httpx_client(), response, response.request]
        seen += [response.request.headers, client.with_headers({"x": SECRET})]
        with pytest.raises(Exception, match="418") as caught:
            operation.sync(client=client)
        seen += [caught.value, caught.value.args]
    text = "\n".join(repr(each) + str(each) for each in seen)
    assert [form for form in FORMS if form in text] == []
    assert "[secret]" in text


def test_credentials_are_not_pickled_by_accident(generated):
    client = generated.connect(base_url="https://h", environment=KEYS)
    with pytest.raises(TypeError, match="credentials"):
        pickle.dumps(client._credentials)


def test_a_request_that_is_copied_or_pickled_shows_no_key(generated):
    with loopback(lambda _: Answer()) as server, generated.connect(base_url=server.url, environment=KEYS) as client:
        response = client.get_httpx_client().get("/jobs")
    headers = response.request.headers
    copies = [headers.copy(), copy.copy(headers), copy.deepcopy(headers)]
    assert [{name: each[name] for name in HEADERS} for each in copies] == [BOTH] * 3
    seen = [repr(each) for each in copies] + [repr(pickle.dumps(each)) for each in (headers, response)]
    assert [form for form in FORMS if form in "\n".join(seen)] == []
    again = pickle.loads(pickle.dumps(response))
    assert again.request.headers[HEADERS[0]] == "[secret]"


def test_a_copy_of_a_client_keeps_its_credentials_and_leaves_the_first_as_it_was(generated, operation):
    with loopback(lambda _: Answer(body=LIST)) as server:
        first = generated.connect(base_url=server.url, environment=KEYS)
        with first as client, first.with_headers({"X-Mine": "1"}) as copy:
            operation.sync(client=client)
            operation.sync(client=copy)
    assert sent(server) == [BOTH, BOTH]
    assert ["X-Mine" in request.headers for request in server.received] == [False, True]


def test_every_operation_has_a_type_for_its_success_and_its_errors(generated):
    expected = {
        "submit_job": "ErrorResponse | JobSubmissionResponse",
        "list_jobs": "ErrorResponse | JobPage",
        "get_job": "ErrorResponse | Job",
        "get_job_status": "ErrorResponse | JobStatus",
        "get_job_errors": "ErrorResponse | JobErrors",
        "get_job_metadata": "ErrorResponse | MetaResponse",
        "replace_job": "ErrorResponse | Job",
        "cancel_job": "ErrorResponse | Job",
    }
    folder = ROOT / "generated" / "wasabi_air" / "api" / "jobs"
    assert {path.stem for path in folder.glob("[a-z]*.py")} == set(expected)
    for name, types in expected.items():
        assert f"-> Response[{types}]:" in (folder / f"{name}.py").read_text(), name


@pytest.mark.parametrize("name", ["replace_job", "cancel_job"])
def test_a_preview_operation_says_so_in_its_docstring(generated, name):
    assert "(preview)" in importlib.import_module(f"wasabi_air.api.jobs.{name}").sync.__doc__

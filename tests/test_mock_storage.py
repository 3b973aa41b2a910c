from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import subprocess
import sys
import textwrap
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import boto3
import pytest
import requests
from botocore.config import Config

from scripts.errors import UsageError
from scripts.mock.storage import Keys, Storage, StorageError

from .loopback import Answer, Loopback, Received, loopback
from .processes import ROOT, surroundings
from .s3 import s3

KEYS = Keys("EXAMPLEACCESSKEY0001", "example-secret-of-account-one")


@dataclass(frozen=True)
class Served:
    """A storage that checks signatures and permissions, as a user with a client of their own sees it."""

    url: str
    keys: Keys
    """Of a user who may read and write objects in every bucket but `closed`."""
    user: object

    def there(self, bucket: str) -> list[str]:
        """The keys of the objects in a bucket."""
        return [each["Key"] for each in self.user.list_objects_v2(Bucket=bucket).get("Contents", [])]


POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*Object", "Resource": "arn:aws:s3:::closed/*"},
    ],
}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with s3() as url:
        made = _client("iam", url, Keys("first", "first"))
        made.create_user(UserName="partner")
        made.put_user_policy(UserName="partner", PolicyName="objects", PolicyDocument=json.dumps(POLICY))
        issued = made.create_access_key(UserName="partner")["AccessKey"]
        keys = Keys(issued["AccessKeyId"], issued["SecretAccessKey"])
        requests.post(f"{url}/moto-api/reset-auth", data="0", timeout=10).raise_for_status()
        user = _client("s3", url, keys)
        for bucket in ("media", "results", "closed"):
            user.create_bucket(Bucket=bucket)
        user.put_object(Bucket="media", Key="clips/a.mp4", Body=b"film")
        yield Served(url, keys, user)


def _client(service: str, url: str, keys: Keys):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=keys.access,
        aws_secret_access_key=keys.secret,
        config=Config(s3={"addressing_style": "path"}, proxies={}),
    )


def readable(url: str, *words, timeout: float = 5.0, **more) -> bool:
    return asyncio.run(_asked(url, timeout, lambda storage: storage.readable(*words, **more)))


def write(url: str, *words, timeout: float = 5.0, **more) -> bool:
    return asyncio.run(_asked(url, timeout, lambda storage: storage.write(*words, **more)))


async def _asked(url: str, timeout: float, ask) -> bool:
    async with contextlib.aclosing(Storage(url, timeout=timeout)) as storage:
        return await ask(storage)


@pytest.mark.parametrize(
    ("bucket", "key", "expected"),
    [
        pytest.param("media", "clips/a.mp4", True, id="there"),
        pytest.param("media", "clips/b.mp4", False, id="missing key"),
        pytest.param("nobody", "clips/a.mp4", False, id="missing bucket"),
        pytest.param("closed", "clips/a.mp4", False, id="not permitted"),
    ],
)
def test_an_object_is_readable_if_it_is_there_and_the_keys_may_read_it(served, bucket, key, expected):
    assert readable(served.url, bucket, key, served.keys) is expected


@pytest.mark.parametrize("of", ["access", "secret"])
def test_nothing_is_readable_or_written_with_wrong_keys(served, of):
    wrong = Keys("WRONG", served.keys.secret) if of == "access" else Keys(served.keys.access, "wrong")
    assert not readable(served.url, "media", "clips/a.mp4", wrong)
    assert not write(served.url, "results", f"wrong/{of}", b"{}", wrong)
    assert f"wrong/{of}" not in served.there("results")


@pytest.mark.parametrize("body", [b"", b'{"text": "\xc3\xbc\r\n"}', bytes(range(256)) * 5000], ids=len)
def test_what_is_written_is_what_the_user_gets(served, body):
    key = f"metadata/{len(body)}.json"
    assert write(served.url, "results", key, body, served.keys)
    assert served.user.get_object(Bucket="results", Key=key)["Body"].read() == body


def test_a_document_takes_the_place_of_the_one_written_before(served):
    for body in (b"first", b"second"):
        assert write(served.url, "results", "twice", body, served.keys)
    assert served.user.get_object(Bucket="results", Key="twice")["Body"].read() == b"second"


@pytest.mark.parametrize("bucket", ["nobody", "closed"])
def test_nothing_is_written_where_there_is_no_bucket_or_no_permission(served, bucket):
    assert not write(served.url, bucket, "a.json", b"{}", served.keys)
    assert bucket not in [each["Name"] for each in served.user.list_buckets()["Buckets"]] or not served.there(bucket)


ODD_KEYS = [
    "/at/the/start",
    "at/the/end/",
    "two//slashes",
    "a?b=c&d#e",
    "with space+plus",
    "Grüße 😀",
    "percent%2F..%2e%00",
    "user@evil.example:80",
    "http://evil.example/",
    "~a.b..c'()*!;,$:[]{}|^`\\\"<>",
    "k" * 1024,
]


@pytest.mark.parametrize("key", ODD_KEYS, ids=lambda key: key[:20])
def test_odd_keys_mean_to_the_storage_what_they_mean_to_the_user(served, key):
    assert write(served.url, "results", key, b"odd", served.keys)
    assert key in served.there("results")
    assert readable(served.url, "results", key, served.keys)


@pytest.mark.parametrize("region", ["", "us-east-1", "eu-central-2", "fips-us-east-1", "aws-global", "here"])
def test_any_well_formed_region_is_signed_for_at_the_same_endpoint(served, region):
    assert readable(served.url, "media", "clips/a.mp4", served.keys, region=region)


@pytest.fixture
def elsewhere() -> Iterator[Loopback]:
    """A server that nothing may come to."""
    with loopback(lambda _: Answer()) as server:
        yield server
    assert server.received == []


NO_BUCKETS = [
    "",
    "ab",
    "a" * 64,
    ".",
    "..",
    "a..b",
    "../media",
    "media/..",
    "media/clips",
    "Media",
    "me_dia",
    "média",
    "media\n",
    "media\r\nHost: evil.example",
    "%6dedia",
    "media?x=",
    "media#",
    "@evil.example",
    "user:word@evil.example",
    "//evil.example/media",
    "http://evil.example/media",
    "media--use1-az4--x-s3",
    "media--ol-s3",
    "media-abcdefghijklm-s3alias",
    "media--table-s3",
    "mfzwi23gnjvgw.mrap",
    "arn:aws:s3:::media",
    "arn:aws:s3:eu-west-1:123456789012:accesspoint/media",
    "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap",
    "arn:aws:s3-outposts:eu-west-1:123456789012:outpost/op-0123/accesspoint/media",
    "arn:aws:s3-object-lambda:eu-west-1:123456789012:accesspoint/media",
    "\ud800",
]
NO_KEYS = ["", "k" * 1025, "k" * 5000, "ü" * 513, ".", "..", "../media/a", "a/../../other/b", "a/..", "./a", "\ud800"]
NO_REGIONS = ["evil.example/#", "evil.example", "@evil.example", "us east", "us-east-1\r\nX: y", "-", "a--b", "r" * 64]
NO_CREDENTIALS = [
    Keys("", "secret"),
    Keys("a" * 129, "secret"),
    Keys("ACCESS\r\nHost: evil.example", "secret"),
    Keys("ACCESS KEY", "secret"),
    Keys("ACCÈS", "secret"),
    Keys("\ud800", "secret"),
    Keys("ACCESS", ""),
    Keys("ACCESS", "sec\r\nret"),
    Keys("ACCESS", "\ud800"),
]


@pytest.mark.parametrize(
    ("bucket", "key", "keys", "region"),
    [
        *(pytest.param(each, "k", KEYS, "", id=f"bucket {ascii(each)[:70]}") for each in NO_BUCKETS),
        *(pytest.param("media", each, KEYS, "", id=f"key {ascii(each)[:30]}") for each in NO_KEYS),
        *(pytest.param("media", "k", KEYS, each, id=f"region {ascii(each)[:30]}") for each in NO_REGIONS),
        *(pytest.param("media", "k", each, "", id=f"keys {at}") for at, each in enumerate(NO_CREDENTIALS)),
    ],
)
def test_nothing_is_sent_for_what_is_not_well_formed(bucket, key, keys, region):
    with loopback(lambda _: Answer(body=b"")) as server:
        assert not readable(server.url, bucket, key, keys, region)
        assert not write(server.url, bucket, key, b"{}", keys, region)
        assert server.received == []


def _error(code: str, more: str) -> bytes:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code>{more}</Error>".encode()


def _astray(place: str) -> dict[str, Answer]:
    """Answers that lead a client to another place, or that mean to."""
    xml = {"Content-Type": "application/xml"}
    region = "<Region>eu-west-9</Region>"
    return {
        **{f"{status} location": Answer(status, {"Location": f"http://{place}/media/k"}) for status in range(300, 309)},
        **{f"{status} region": Answer(status, {"x-amz-bucket-region": "eu-west-9"}) for status in (301, 307, 400, 403)},
        "region of a host": Answer(301, {"x-amz-bucket-region": f"{place}/#"}),
        "endpoint": Answer(307, xml, _error("TemporaryRedirect", f"<Endpoint>{place}</Endpoint>")),
        "permanent": Answer(301, xml, _error("PermanentRedirect", f"<Endpoint>{place}</Endpoint>{region}")),
        "other region": Answer(400, xml, _error("AuthorizationHeaderMalformed", region)),
        "no such document": Answer(404, xml, b"<Error><"),
        "alternative": Answer(404, {"Alt-Svc": f'h2="{place}"', "Refresh": f"0; url=http://{place}/", "Link": place}),
        "proxy": Answer(305, {"Location": f"http://{place}"}),
        "sign in": Answer(401, {"WWW-Authenticate": f'Bearer realm="http://{place}/"'}),
    }


@pytest.mark.parametrize("name", _astray(""))
def test_answers_lead_nowhere_else(elsewhere, name):
    place = urlsplit(elsewhere.url).netloc
    with loopback(lambda _: _astray(place)[name]) as server:
        assert not readable(server.url, "media", "k", KEYS)
        assert not write(server.url, "media", "k", b"{}", KEYS)
        assert [(each.method, each.path) for each in server.received] == [("HEAD", "/media/k"), ("PUT", "/media/k")]


@pytest.mark.parametrize("key", [key for key in ODD_KEYS if len(key) < 1000])
def test_odd_keys_stay_in_the_path_of_their_bucket(key):
    with loopback(lambda _: Answer(body=b"")) as server:
        assert readable(f"{server.url}/below/", "media", key, KEYS)
    [received] = server.received
    assert received.path.isascii()
    assert not set(received.path) & set("?# ")
    assert unquote(received.path) == f"/below/media/{key}"
    assert received.headers["Host"] == urlsplit(server.url).netloc


def test_what_is_sent_is_a_plain_signed_request():
    with loopback(lambda _: Answer(body=b"")) as server:
        assert write(server.url, "media", "k", b'{"a": 1}', KEYS, "eu-west-1")
    [received] = server.received
    assert received.body == b'{"a": 1}'
    assert f"Credential={KEYS.access}/" in received.headers["Authorization"]
    assert "/eu-west-1/s3/aws4_request" in received.headers["Authorization"]
    names = {name.lower() for name in received.headers}
    assert names == {
        *("host", "content-length", "accept-encoding", "user-agent"),
        *("authorization", "x-amz-date", "x-amz-content-sha256"),
    }


def test_callers_share_nothing(elsewhere):
    def answer(_: Received) -> Answer:
        return Answer(headers={"Set-Cookie": "whose=first; Path=/"}, body=b"")

    async def ask(storage: Storage) -> bool:
        return all([await storage.readable("media", "k", Keys(name, "secret")) for name in ("FIRST", "SECOND")])

    with loopback(answer) as server:
        assert asyncio.run(_asked(server.url, 5, ask))
    assert [each.headers["Authorization"].split("/")[0] for each in server.received] == [
        "AWS4-HMAC-SHA256 Credential=FIRST",
        "AWS4-HMAC-SHA256 Credential=SECOND",
    ]
    assert not any("Cookie" in each.headers for each in server.received)


@pytest.mark.parametrize(
    "answer",
    [
        *(pytest.param(Answer(status), id=str(status)) for status in (408, 429, 500, 503, 599)),
        pytest.param(Answer(raw=b""), id="nothing"),
        pytest.param(Answer(raw=b"\x00\x01\r\n\r\n"), id="no HTTP"),
        pytest.param(Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), id="broken HTTP"),
    ],
)
def test_a_storage_that_fails_is_an_error_of_its_own(answer):
    with loopback(lambda _: answer) as server:
        for ask in (
            lambda: readable(server.url, "media", "k", KEYS),
            lambda: write(server.url, "media", "k", b"", KEYS),
        ):
            with pytest.raises(StorageError, match=server.url):
                ask()
        assert 2 <= len(server.received) <= 4


def test_a_connection_that_breaks_once_does_no_harm():
    answers = iter([Answer(raw=b""), Answer(body=b"")])
    with loopback(lambda _: next(answers)) as server:
        assert write(server.url, "media", "k", b"again", KEYS)
    assert [each.body for each in server.received] == [b"again", b"again"]


def test_a_storage_out_of_reach_is_an_error_of_its_own():
    with loopback(lambda _: Answer()) as server:
        pass
    with pytest.raises(StorageError, match="cannot be used"):
        readable(server.url, "media", "k", KEYS)


def test_a_storage_that_does_not_answer_is_given_up():
    over = threading.Event()

    def answer(_: Received) -> Answer:
        over.wait(20)
        return Answer()

    with loopback(answer) as server:
        try:
            with pytest.raises(StorageError, match="in time"):
                readable(server.url, "media", "k", KEYS, timeout=0.1)
        finally:
            over.set()
        assert len(server.received) == 1


async def _drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with a header that never ends, until the client goes."""
    with contextlib.suppress(ConnectionError):
        writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)
    writer.close()


def test_a_storage_that_never_ends_its_answer_is_given_up():
    async def ask() -> None:
        ended = asyncio.Event()

        async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await _drip(reader, writer)
            ended.set()

        async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            try:
                await _asked(url, 0.1, lambda storage: storage.readable("media", "k", KEYS))
            finally:
                await ended.wait()

    with pytest.raises(StorageError, match="in time"):
        asyncio.run(asyncio.wait_for(ask(), 10))


def test_many_at_once_do_not_wait_for_each_other(served):
    async def ask(storage: Storage) -> bool:
        asked = (storage.write("results", f"many/{number}", b"{}", served.keys) for number in range(50))
        return all(await asyncio.gather(*asked))

    assert asyncio.run(_asked(served.url, 10, ask))
    assert len([key for key in served.there("results") if key.startswith("many/")]) == 50


@pytest.mark.parametrize(
    "url",
    [
        *("", "127.0.0.1:9000", "s3://media", "ftp://host", "file:///etc/passwd", "http://", "http:///media"),
        *(
            "http://user@host",
            "http://user:word@host",
            "http://host:0",
            "http://host:65536",
            "http://host:",
            "http://h:x",
        ),
        *("http://host?a=b", "http://host/#a", "http://ho st", " http://host", "http://host\n", "http://hôte"),
        *("http://host/..", "http://host/a/../b", "http://host/%2e", "http://host\\@evil.example", "http://[::1"),
        *("http://[::::]", "http://[:::1]:9", "http://999.1.1.1", "http://xn--zzzzzz"),
    ],
)
def test_what_is_no_url_of_a_storage_is_wrong_use(url):
    with pytest.raises(UsageError, match="is no URL of a storage"):
        Storage(url)


def test_a_refused_url_does_not_show_what_stands_before_its_host():
    with pytest.raises(UsageError) as caught:
        Storage("http://user:pass@word@host")
    assert "word" not in str(caught.value)


@pytest.mark.parametrize("form", ["http://LocalHost:{port}", "HTTP://127.0.0.1:{port}/", "http://127.0.0.1:{port}//"])
def test_forms_of_the_same_url_are_the_same_storage(served, form):
    assert readable(form.format(port=urlsplit(served.url).port), "media", "clips/a.mp4", served.keys)


def test_keys_are_in_no_output(caplog):
    caplog.set_level(logging.DEBUG)
    shown = [repr(KEYS), f"{KEYS}", f"{Storage('http://host')!r}"]
    for answer in (Answer(500, body=b""), Answer(raw=b"\x00")):
        with loopback(lambda _, answer=answer: answer) as server, pytest.raises(StorageError) as caught:
            write(server.url, "media", "k", b"{}", KEYS)
        shown += traceback.format_exception(caught.value)
    for answer in (Answer(body=b""), Answer(403, body=b"no")):
        with loopback(lambda _, answer=answer: answer) as server:
            write(server.url, "media", "k", b"{}", KEYS)
    said = "\n".join([*shown, caplog.text])
    assert "Calculating signature" in said
    assert KEYS.access not in said
    assert KEYS.secret not in said


def _run(program: str, home: Path, **more: str) -> str:
    env = surroundings(HOME=str(home), PYTHONPATH=str(ROOT), **more)
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


ALONE = """
    import asyncio, os, sys
    read = []
    sys.addaudithook(lambda event, words: read.append(str(words[0])) if event == "open" else None)
    from scripts.mock.storage import Keys, Storage
    async def ask():
        storage = Storage(os.environ["STORAGE"])
        print(await storage.readable("media", "k", Keys("ACCESS", "secret")))
        await storage.aclose()
    asyncio.run(ask())
    print([path for path in read if ".aws" in path or ".netrc" in path])
"""


def test_nothing_around_the_mock_changes_where_it_sends_and_with_which_keys(elsewhere, tmp_path):
    folder = tmp_path / ".aws"
    folder.mkdir()
    for name in ("config", "credentials"):
        (folder / name).write_text(f"[default]\nendpoint_url = {elsewhere.url}\naws_access_key_id = OTHER\n")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login OTHER password other\n")
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    names += ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_EC2_METADATA_SERVICE_ENDPOINT")
    around = dict.fromkeys(names, elsewhere.url)
    around |= {"AWS_ACCESS_KEY_ID": "OTHER", "AWS_SECRET_ACCESS_KEY": "other", "AWS_SESSION_TOKEN": "other"}
    around |= {"AWS_PROFILE": "missing", "AWS_REGION": "other-1", "AWS_DEFAULT_REGION": "other-1"}
    around |= {"AWS_BEARER_TOKEN_S3": "other", "AWS_CA_BUNDLE": "missing.pem", "NO_PROXY": "", "no_proxy": ""}
    with loopback(lambda _: Answer(body=b"")) as server:
        assert _run(ALONE, tmp_path, STORAGE=server.url, **around).split("\n")[:2] == ["True", "[]"]
    [received] = server.received
    assert "Credential=ACCESS/" in received.headers["Authorization"]
    assert "/us-east-1/s3/" in received.headers["Authorization"]
    assert "other" not in str(received).lower()


def test_a_mock_without_storage_does_not_load_its_client(tmp_path):
    program = """
        import sys
        import scripts.mock.server, scripts.mock.storage
        print(sorted({"boto3", "botocore", "httpx"} & set(sys.modules)))
    """
    assert _run(program, tmp_path) == "[]\n"

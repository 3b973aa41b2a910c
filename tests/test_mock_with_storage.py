"""The mock beside a real S3-compatible server, and a user's own client of it."""

from __future__ import annotations

import json
import time
import uuid

import boto3
import httpx
import pytest

from .loopback import Answer, loopback
from .processes import KEYS, mock
from .s3 import s3

HEADERS = {"x-amz-access-key": KEYS["WASABI_ACCESS_KEY"], "x-amz-secret-key": KEYS["WASABI_SECRET_KEY"]}


@pytest.fixture(scope="module")
def endpoint():
    with s3() as url:
        yield url


@pytest.fixture(scope="module")
def storage(endpoint):
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEYS["WASABI_ACCESS_KEY"],
        aws_secret_access_key=KEYS["WASABI_SECRET_KEY"],
    )


@pytest.fixture(scope="module")
def url(endpoint):
    with mock("--storage", endpoint) as served:
        yield served


@pytest.fixture
def buckets(storage):
    """A bucket with one object in it, and an empty one."""
    media, results = (f"{name}-{uuid.uuid4()}" for name in ("media", "results"))
    for name in (media, results):
        storage.create_bucket(Bucket=name)
    storage.put_object(Bucket=media, Key="clips/ä b.mp4", Body=b"a video")
    return media, results


def job(media: str, results: str, *, key: str = "clips/ä b.mp4", **source: str) -> dict:
    return {
        "Name": "a job",
        "Services": {"ocr": {}},
        "Source": {"Bucket": media, "ObjectKey": key, **source},
        "Destination": {"Bucket": results, "Region": "us-east-1"},
    }


def submitted(url: str, body: dict) -> str:
    answer = httpx.post(f"{url}/jobs", headers=HEADERS, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["Job"]["Id"]


def ended(url: str, identity: str, *, within: float = 10) -> dict:
    """The job, once its state is one of the last."""
    deadline = time.monotonic() + within
    while True:
        found = httpx.get(f"{url}/jobs/{identity}", headers=HEADERS).json()
        if found["Status"] in ("completed", "failed", "cancelled"):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


def written(storage, url: str, identity: str) -> dict:
    """The metadata document of a job, from where the API says that it is."""
    path = httpx.get(f"{url}/jobs/{identity}/metadata", headers=HEADERS).json()["DestinationPath"]
    bucket, _, key = path.removeprefix("s3://").partition("/")
    return json.loads(storage.get_object(Bucket=bucket, Key=key)["Body"].read())


def test_a_job_is_completed_no_sooner_than_its_document_is_where_the_api_says(storage, url, buckets):
    identity = submitted(url, job(*buckets))
    found = ended(url, identity)
    document = written(storage, url, identity)
    assert (found["Status"], document["Id"], document["Services"]) == ("completed", identity, {"ocr": {}})
    assert not any(value in json.dumps(document) for value in HEADERS.values())


def test_the_document_is_written_while_nobody_asks(storage, url, buckets):
    identity = submitted(url, job(*buckets))
    deadline = time.monotonic() + 10
    while not (found := storage.list_objects_v2(Bucket=buckets[1]).get("Contents")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [identity in each["Key"] for each in found] == [True]


@pytest.mark.parametrize(
    "change",
    [{"key": "clips/other.mp4"}, {"Bucket": "no-such-bucket"}, {"Bucket": "arn:aws:s3:::x"}, {"key": "../a"}],
    ids=["key", "bucket", "arn", "path"],
)
def test_a_source_that_is_not_there_is_the_documented_400_and_creates_nothing(url, buckets, change):
    before = httpx.get(f"{url}/jobs", headers=HEADERS).json()["Pagination"]["TotalRecords"]
    answer = httpx.post(f"{url}/jobs", headers=HEADERS, json=job(*buckets, **change))
    told = {"Error": "source object not found or inaccessible", "ErrorCode": "BAD_REQUEST"}
    assert (answer.status_code, answer.json()) == (400, told)
    assert httpx.get(f"{url}/jobs", headers=HEADERS).json()["Pagination"]["TotalRecords"] == before


def test_the_endpoint_that_a_request_names_is_never_contacted(storage, url, buckets):
    with loopback(lambda _: Answer()) as elsewhere:
        host = elsewhere.url.removeprefix("http://")
        for named in (elsewhere.url, host, f"{host}/", f"http://{host}#"):
            identity = submitted(url, job(*buckets, Endpoint=named, Region="us-west-1"))
            assert ended(url, identity)["Source"]["Endpoint"] == named
            assert written(storage, url, identity)["Id"] == identity
        assert elsewhere.received == []


def test_a_job_whose_document_cannot_be_written_fails(url, buckets):
    identity = submitted(url, job(buckets[0], "no-such-bucket"))
    assert ended(url, identity)["Status"] == "failed"
    errors = httpx.get(f"{url}/jobs/{identity}/errors", headers=HEADERS).json()
    assert (errors["ErrorCount"], errors["ErrorCode"]) == (1, "INTERNAL_ERROR")
    assert httpx.get(f"{url}/jobs/{identity}/metadata", headers=HEADERS).status_code == 404


def test_a_storage_that_is_out_of_reach_is_a_500_in_the_api_s_shape_and_creates_nothing():
    with loopback(lambda _: Answer()) as gone:
        pass
    with mock("--storage", gone.url) as url:
        answer = httpx.post(f"{url}/jobs", headers=HEADERS, json=job("media", "results"))
        assert (answer.status_code, sorted(answer.json())) == (500, ["Error", "ErrorCode"])
        assert httpx.get(f"{url}/jobs", headers=HEADERS).json()["Records"] == []


def test_replacing_a_job_looks_at_its_new_source(endpoint, buckets):
    with mock("--storage", endpoint, "--preview", "--step", "30") as url:
        identity = submitted(url, job(*buckets))
        replacing = {"url": f"{url}/jobs/{identity}", "headers": HEADERS}
        assert httpx.put(json=job(*buckets, key="clips/other.mp4"), **replacing).status_code == 400
        assert httpx.put(json={**job(*buckets), "Name": "renamed"}, **replacing).json()["Name"] == "renamed"


def test_what_was_on_its_way_is_written_after_a_restart(endpoint, storage, buckets, tmp_path):
    words = ("--storage", endpoint, "--state", str(tmp_path / "jobs.db"))
    with mock(*words, "--step", "30") as url:
        identity = submitted(url, job(*buckets))
    with mock(*words) as url:
        assert ended(url, identity)["Status"] == "completed"
        assert written(storage, url, identity)["Id"] == identity


def test_a_source_of_another_account_is_asked_for_with_that_account_s_keys(endpoint):
    with loopback(lambda _: Answer()) as watched, mock("--storage", watched.url) as url:
        for access, secret in (
            ("WASABI_ACCESS_KEY", "WASABI_SECRET_KEY"),
            ("WASABI_OTHER_ACCESS_KEY", "WASABI_OTHER_SECRET_KEY"),
        ):
            keys = {"x-amz-access-key": KEYS[access], "x-amz-secret-key": KEYS[secret]}
            httpx.post(f"{url}/jobs", headers=keys, json=job("media", "results"))
        asked = [each.headers["Authorization"] for each in watched.received if each.method == "HEAD"]
    assert [KEYS["WASABI_ACCESS_KEY"] in asked[0], KEYS["WASABI_OTHER_ACCESS_KEY"] in asked[1]] == [True, True]
    assert not any(KEYS["WASABI_SECRET_KEY"] in value for value in asked)


def test_a_storage_that_hangs_holds_up_nobody_but_the_job_that_waits_for_it():
    def answer(received):
        if received.method == "PUT":
            time.sleep(3)
        return Answer()

    with loopback(answer) as slow, mock("--storage", slow.url, "--step", "0.02") as url:
        identities = [submitted(url, job("media-of-one", "results-of-one")) for _ in range(3)]
        time.sleep(0.5)
        started = time.monotonic()
        states = [httpx.get(f"{url}/jobs/{each}/status", headers=HEADERS).json()["Status"] for each in identities]
        assert states == ["in_progress"] * 3
        assert time.monotonic() - started < 1

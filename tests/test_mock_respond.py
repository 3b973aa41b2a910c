from __future__ import annotations

import dataclasses
import json

import jsonschema_rs
import pytest

from scripts.document import dump, read
from scripts.mock import server
from scripts.mock.faults import KNOWN
from scripts.mock.messages import LARGEST_BODY, Request
from scripts.mock.respond import respond
from scripts.mock.store import Store

STEP = 10.0


class Mock:
    """An API's mock with a clock of its own."""

    def __init__(self, api, *, preview: bool = False, words=()) -> None:
        self.service = server.service(api, step=STEP, preview=preview, words=words, environment={})
        self.keys = {
            holder: {
                name: credential.example[holder]
                for name, credential in zip(self.service.headers, api.credentials, strict=True)
            }
            for holder in ("account", "other", "view")
        }
        self.store, self.now = Store(), 1_700_000_000.0

    def ask(self, method: str, path: str, body=None, *, query="", holder="account", headers=None, raw=None):
        sent = {**self.keys[holder], "content-type": "application/json", **(headers or {})}
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        request = Request(method, path, query, tuple((k, v) for k, v in sent.items() if v is not None), content)
        response, change = respond(self.service, self.store, self.now, request)
        if change is not None:
            self.store.put(change)
        return response


@pytest.fixture
def air(apis) -> Mock:
    return Mock(apis["wasabi_air"])


JOB = {
    "Name": "a job",
    "Services": {"ocr": {}},
    "Source": {"Bucket": "media", "ObjectKey": "clip.mp4"},
    "Destination": {"Bucket": "results", "Region": "us-west-1"},
    "Batch": "one",
    "Priority": 3,
}


def submitted(mock: Mock, **changes) -> str:
    answer = mock.ask("POST", "/jobs", {**JOB, **changes})
    assert answer.status == 200
    return answer.body["Job"]["Id"]


# --- What operations do ------------------------------------------------------------------------


def test_a_submission_is_answered_with_the_job_as_it_was_sent(air):
    job = air.ask("POST", "/jobs", JOB).body["Job"]
    assert {name: job[name] for name in JOB if name != "Source"} == {
        name: JOB[name] for name in JOB if name != "Source"
    }
    assert job["Source"] == {**JOB["Source"], "Provider": "wasabi"}
    assert (job["Status"], job["Completed"], job["Created"]) == ("submitted", None, "2023-11-14T22:13:20.000Z")


def test_what_was_not_sent_is_not_shown(air):
    identity = air.ask(
        "POST", "/jobs", {name: JOB[name] for name in ("Name", "Services", "Source", "Destination")}
    ).body
    assert not {"Batch", "Priority"} & set(identity["Job"])


def test_what_the_document_does_not_name_is_not_kept(air):
    sent = {**JOB, "ErrorCode": 5, "DestinationPath": 1, "Status": "lost", "Id": "mine", "surprise": True}
    identity = air.ask("POST", "/jobs", sent).body["Job"]["Id"]
    assert air.ask("GET", f"/jobs/{identity}/errors").body == {"Id": identity, "Status": "submitted", "ErrorCount": 0}
    assert air.ask("GET", f"/jobs/{identity}").body["Services"] == JOB["Services"]


def test_a_job_moves_through_its_states_with_time_and_stays_in_the_last(air):
    identity = submitted(air)
    seen = []
    for _ in range(6):
        seen.append(air.ask("GET", f"/jobs/{identity}/status").body["Status"])
        air.now += STEP
    assert seen == ["submitted", "preflight", "in_progress", "completed", "completed", "completed"]
    assert air.ask("GET", f"/jobs/{identity}").body["Completed"] == "2023-11-14T22:13:50.000Z"


def test_metadata_is_there_once_the_job_is_completed(air):
    identity = submitted(air)
    assert air.ask("GET", f"/jobs/{identity}/metadata").status == 404
    air.now += 3 * STEP
    answer = air.ask("GET", f"/jobs/{identity}/metadata")
    assert answer.body["DestinationPath"] == f"s3://results/jobs/{identity}/metadata.json"


def test_all_views_show_the_same_job(air):
    identity = submitted(air)
    assert air.ask("GET", f"/jobs/{identity}/errors").body == {"Id": identity, "Status": "submitted", "ErrorCount": 0}
    listed = air.ask("GET", "/jobs").body["Records"][0]
    job = air.ask("GET", f"/jobs/{identity}").body
    assert "Services" not in listed
    assert listed == {name: value for name, value in job.items() if name != "Services"}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["a", "b", "c"]),
        ("batch=one", ["a", "c"]),
        ("batch=one&name=c", ["c"]),
        ("status=submitted", ["b", "c"]),
        ("status=preflight", ["a"]),
        ("status=failed", []),
        ("sortBy=Created&sortOrder=Desc", ["c", "b", "a"]),
        ("sortBy=Created&sortOrder=Asc", ["a", "b", "c"]),
        ("pageSize=2", ["a", "b"]),
        ("pageSize=2&pageNumber=2", ["c"]),
        ("pageSize=2&pageNumber=3", []),
    ],
)
def test_a_list_is_filtered_sorted_and_cut_into_pages(air, query, names):
    submitted(air, Name="a", Batch="one")
    air.now += STEP
    submitted(air, Name="b", Batch="two")
    submitted(air, Name="c", Batch="one")
    answer = air.ask("GET", "/jobs", query=query)
    assert [record["Name"] for record in answer.body["Records"]] == names


def test_a_page_repeats_what_was_asked_for_and_counts_what_was_found(air):
    for _ in range(3):
        submitted(air)
    answer = air.ask("GET", "/jobs", query="pageSize=2&pageNumber=2&batch=one")
    assert answer.body["Pagination"] == {"TotalRecords": 3, "PageNumber": 2, "PageSize": 2}
    assert air.ask("GET", "/jobs").body["Pagination"] == {"TotalRecords": 3, "PageNumber": 1, "PageSize": 100}


# --- Who may do what ---------------------------------------------------------------------------


def test_accounts_do_not_see_each_other_s_jobs(air):
    identity = submitted(air)
    assert air.ask("GET", "/jobs", holder="other").body["Records"] == []
    for view in ("", "/status", "/errors", "/metadata"):
        assert air.ask("GET", f"/jobs/{identity}{view}", holder="other").status == 404


def test_a_viewer_reads_its_account_s_jobs_and_creates_none(air):
    identity = submitted(air)
    assert air.ask("GET", f"/jobs/{identity}", holder="view").status == 200
    assert air.ask("POST", "/jobs", JOB, holder="view").status == 403
    assert len(list(air.store.all("account"))) == 1


@pytest.mark.parametrize("path", ["/jobs", "/jobs/1", "/jobs/1/status", "/jobs/1/errors", "/jobs/1/metadata"])
@pytest.mark.parametrize(
    "headers",
    [
        {"x-amz-access-key": None},
        {"x-amz-secret-key": None},
        {"x-amz-access-key": None, "x-amz-secret-key": None},
        {"x-amz-access-key": ""},
        {"x-amz-secret-key": "wrong"},
        {"x-amz-secret-key": "example-secret-of-account-two"},
        {"x-amz-access-key": "EXAMPLEACCESSKEY0002"},
        {"x-amz-secret-key": "é"},
    ],
    ids=str,
)
def test_both_keys_are_needed_whole_and_of_one_holder(air, path, headers):
    answer = air.ask("GET", path, headers=headers)
    assert (answer.status, answer.body) == (401, {"Error": "Unauthorized", "ErrorCode": "UNAUTHORIZED"})


def test_keys_are_looked_at_before_the_request(air):
    assert air.ask("POST", "/jobs", raw=b"{", headers={"x-amz-secret-key": "wrong"}).status == 401


def test_no_refusal_repeats_what_was_sent_in_the_wrong_place(air):
    secret = "example-secret-of-account-one"
    for body in ({**JOB, "Destination": secret}, {**JOB, "Priority": secret}, secret, [secret]):
        answer = air.ask("POST", "/jobs", body)
        assert answer.status == 400
        assert secret not in str(answer)


def test_keys_come_from_the_environment_where_it_names_them(apis):
    environment = {"WASABI_ACCESS_KEY": "mine", "WASABI_SECRET_KEY": "s3cr3t"}
    service = server.service(apis["wasabi_air"], step=1, preview=False, words=[], environment=environment)
    assert service.holders[0].values == ("mine", "s3cr3t")
    assert service.holders[1].values == ("EXAMPLEACCESSKEY0002", "example-secret-of-account-two")
    assert "s3cr3t" not in repr(service)


# --- What is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Name": ""}, "/Name"),
        ({"Name": "  "}, "/Name"),
        ({"Name": "x" * 257}, "/Name"),
        ({"Name": 5}, "/Name"),
        ({"Priority": 0}, "/Priority"),
        ({"Priority": 11}, "/Priority"),
        ({"Priority": "5"}, "/Priority"),
        ({"Services": {}}, "/Services"),
        ({"Services": []}, "/Services"),
        ({"Source": {"Bucket": "b"}}, "/Source"),
        ({"Destination": {"Bucket": "b"}}, "/Destination"),
        ({"Destination": None}, "/Destination"),
        ({"Batch": "x" * 257}, "/Batch"),
    ],
    ids=repr,
)
def test_a_body_that_the_document_forbids_is_refused_with_its_place(air, changes, said):
    answer = air.ask("POST", "/jobs", {**JOB, **changes})
    assert (answer.status, answer.body["ErrorCode"]) == (400, "BAD_REQUEST")
    assert answer.body["Error"].startswith(said)
    assert list(air.store.all("account")) == []


@pytest.mark.parametrize(
    "query",
    [
        "pageSize=0",
        "pageSize=101",
        "pageSize=x",
        "pageSize=1.5",
        "pageNumber=0",
        "status=lost",
        "sortBy=Name",
        "sortOrder=up",
        "pageSize=1&pageSize=2",
        "pageNumber=" + "9" * 400,
    ],
)
def test_a_query_that_the_document_forbids_is_refused(air, query):
    assert air.ask("GET", "/jobs", query=query).status == 400


def within_services(raw: bytes) -> bytes:
    """A submission with `raw` where the document allows any object."""
    return json.dumps({**JOB, "Services": "HERE"}).encode().replace(b'"HERE"', raw)


@pytest.mark.parametrize(
    ("raw", "headers"),
    [
        (b"", {}),
        (b"{", {}),
        (b"\xff\xfe", {}),
        (b"null", {}),
        (b"NaN", {}),
        (b"[" * 100_000, {}),
        (b'{"Name": "\\ud800"}', {}),
        (b"9" * 5000, {}),
        (b" " * (LARGEST_BODY + 1), {}),
        (json.dumps(JOB).encode(), {"content-type": "text/plain"}),
        (json.dumps(JOB).encode(), {"content-type": None}),
        (json.dumps(JOB).encode("utf-16"), {}),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, {}),
        (within_services(b'{"a":' * 900 + b"1" + b"}" * 900), {}),
        (within_services(b'{"a":' * 400 + b"1" + b"}" * 400), {}),
        (within_services(b'{"ocr": 1e999}'), {}),
        (within_services(b'{"ocr": -1e999}'), {}),
        (within_services(b'{"ocr": Infinity}'), {}),
        (within_services(b'{"ocr": "\\ud800"}'), {}),
        (within_services(b'{"\\udfff": {}}'), {}),
    ],
    ids=[
        "none",
        "cut",
        "not UTF-8",
        "null",
        "NaN",
        "deep",
        "half a pair",
        "huge number",
        "too large",
        "text",
        "no type",
        "UTF-16",
        "nested",
        "nested where anything goes",
        "nested less",
        "beyond a double",
        "below a double",
        "infinite",
        "half a pair within",
        "half a pair as a name",
    ],
)
def test_a_hostile_body_is_refused_as_documented(air, raw, headers):
    answer = air.ask("POST", "/jobs", raw=raw, headers=headers)
    assert (answer.status, answer.body["ErrorCode"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/nowhere", 404, None),
        ("GET", "/jobs/1/2/3", 404, None),
        ("GET", "/jobs/", 404, None),
        ("PUT", "/jobs", 405, "GET, POST"),
        ("DELETE", "/jobs/1", 405, "GET"),
        ("HEAD", "/jobs", 405, "GET, POST"),
        ("PROPFIND", "/jobs", 405, "GET, POST"),
    ],
)
def test_unknown_paths_and_methods_are_answered_in_the_api_s_shape(air, method, path, status, allow):
    answer = air.ask(method, path)
    assert (answer.status, answer.headers.get("Allow")) == (status, allow)
    assert sorted(answer.body) == ["Error", "ErrorCode"]


# --- Preview -----------------------------------------------------------------------------------


def test_with_preview_a_job_is_cancelled_in_its_first_states_and_stays_cancelled(apis):
    mock = Mock(apis["wasabi_air"], preview=True)
    identity, late = submitted(mock), submitted(mock)
    assert mock.ask("DELETE", f"/jobs/{identity}").body["Status"] == "cancelled"
    assert mock.ask("DELETE", f"/jobs/{identity}").status == 409
    mock.now += 2 * STEP
    assert mock.ask("GET", f"/jobs/{identity}/status").body["Status"] == "cancelled"
    assert mock.ask("DELETE", f"/jobs/{late}").status == 409


def test_with_preview_a_job_is_replaced_while_it_is_submitted(apis):
    mock = Mock(apis["wasabi_air"], preview=True)
    identity = submitted(mock)
    assert mock.ask("PUT", f"/jobs/{identity}", {**JOB, "Name": "another"}).body["Name"] == "another"
    assert mock.ask("PUT", f"/jobs/{identity}", {"Name": "half"}).status == 400
    mock.now += STEP
    assert mock.ask("PUT", f"/jobs/{identity}", JOB).status == 409


# --- Every answer ------------------------------------------------------------------------------

ONE = {"POST": JOB, "PUT": JOB}
WAYS = ("", "/status", "/errors", "/metadata")


@pytest.mark.parametrize("after", [0, 1, 2, 3, 9], ids="after {} states".format)
def test_every_answer_is_documented_and_fits_its_schema(apis, after):
    mock = Mock(apis["wasabi_air"], preview=True)
    identity = submitted(mock)
    mock.now += after * STEP
    asked = [("/jobs", method, "/jobs", {}) for method in ("GET", "POST")]
    asked += [(f"/jobs/{{Id}}{way}", "GET", f"/jobs/{each}{way}", {}) for way in WAYS for each in (identity, "none")]
    asked += [("/jobs/{Id}", method, f"/jobs/{identity}", {}) for method in ("PUT", "DELETE")]
    asked += [(path, method, at, {"headers": {"x-amz-secret-key": "wrong"}}) for path, method, at, _ in asked]
    asked += [("/jobs", "GET", "/jobs", {"query": "pageSize=0"}), ("/jobs", "POST", "/jobs", {"raw": b"{"})]
    asked += [("/jobs", "POST", "/jobs", {"holder": "view"}), ("/jobs/{Id}", "DELETE", f"/jobs/{identity}", {})]
    for path, method, at, how in asked:
        answer = mock.ask(method, at, ONE.get(method), **how)
        assert answer.path == path
        assert fits(mock, path, str(answer.status), answer.body, method.lower()), (method, at, answer)


# --- Any API -----------------------------------------------------------------------------------


def test_an_invented_api_is_served_without_code(tickets):
    mock = Mock(tickets)
    opened = mock.ask("POST", "/tickets", {"title": "Broken door", "project": "house"})
    key = opened.body["key"]
    assert (opened.status, opened.body["state"], opened.body["path"]) == (201, "open", f"tickets/house/{key}")
    assert mock.ask("PATCH", f"/tickets/{key}", {"title": "Door"}).body["title"] == "Door"
    mock.ask("POST", "/tickets", {"title": "A window", "project": "house"})
    page = mock.ask("GET", "/tickets", query="page=0&size=1&sort=title")
    assert ([item["title"] for item in page.body["items"]], page.body["total"]) == (["A window"], 2)
    assert mock.ask("GET", "/tickets", query="page=1&size=1&sort=title").body["items"][0]["title"] == "Door"
    mock.now += STEP
    assert mock.ask("GET", f"/tickets/{key}").body["state"] == "closed"
    assert mock.ask("PATCH", f"/tickets/{key}", {"title": "Late"}).status == 409
    assert mock.ask("GET", "/tickets", headers={"x-key": "no"}).body == {"reason": "Bad"}


@pytest.fixture
def invented(tickets):
    """Serve the invented API with its document changed."""

    def make(change, *, words=()) -> Mock:
        document = read(tickets.openapi).data
        change(document)
        tickets.openapi.write_text(dump(document), encoding="utf-8")
        return Mock(tickets, words=words)

    return make


TICKET = {"title": "A door", "project": "house"}


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
    tickets.behaviour.write_text(rules.replace("keys: {title", "keys: {count: /count, title"), encoding="utf-8")

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


def test_what_a_schema_is_made_of_is_shown_and_nothing_else(invented):
    def change(document):
        schemas = document["components"]["schemas"]
        schemas["Ticket"] = {"allOf": [schemas["Ticket"], {"properties": {"note": {"type": "string"}}}]}

    answer = invented(change).ask("POST", "/tickets", {**TICKET, "note": "squeaks", "weight": 2}).body
    assert (answer["note"], "weight" in answer) == ("squeaks", False)


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


def test_a_key_is_told_by_the_fault_whatever_its_header_is_called(invented):
    def change(document):
        document["components"]["securitySchemes"]["Key"]["name"] = "api-key"

    assert invented(change, words=["tell-secret"]).ask("GET", "/tickets").headers["X-Debug"] == "example-key-one"


# --- Faults ------------------------------------------------------------------------------------


def fits(mock: Mock, path: str, status: str, body, method: str = "get") -> bool:
    document = mock.service.document
    schema = document["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
    return jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]}).is_valid(body)


@pytest.mark.parametrize("name", ["wrong-enum", "drop-required", "wrong-type"])
def test_a_fault_in_a_body_breaks_its_schema_and_no_fault_does_not(apis, name):
    for words, expected in (((), True), ((name,), False)):
        mock = Mock(apis["wasabi_air"], words=words)
        mock.ask("POST", "/jobs", JOB)
        identity = next(mock.store.all("account")).identity
        answer = mock.ask("GET", f"/jobs/{identity}/errors")
        assert fits(mock, "/jobs/{Id}/errors", "200", answer.body) is expected


@pytest.mark.parametrize(
    ("word", "method", "changes", "status"),
    [
        ("error-500", "GET", {}, 500),
        ("error-500:submitJob", "GET", {}, 200),
        ("quota", "POST", {}, 403),
        ("quota", "GET", {}, 200),
        ("cap", "POST", {}, 429),
        ("wrong-status", "GET", {}, 202),
        ("refuse-valid", "GET", {}, 400),
        ("accept-wrong-secret", "GET", {"headers": {"x-amz-secret-key": "wrong"}}, 200),
        ("accept-wrong-secret", "GET", {"headers": {"x-amz-access-key": "wrong"}}, 401),
        ("accept-any-key", "GET", {"headers": {"x-amz-access-key": None}}, 200),
        ("accept-invalid", "GET", {"query": "pageSize=0"}, 200),
    ],
)
def test_a_fault_is_seen_in_the_status_where_it_is_on(apis, word, method, changes, status):
    mock = Mock(apis["wasabi_air"], words=[word])
    assert mock.ask(method, "/jobs", JOB if method == "POST" else None, **changes).status == status


def test_the_other_faults_are_seen_too(apis):
    assert Mock(apis["wasabi_air"], words=["wrong-media-type"]).ask("GET", "/jobs").media_type == "text/plain"
    told = Mock(apis["wasabi_air"], words=["tell-secret"]).ask("GET", "/jobs").headers["X-Debug"]
    assert "example-secret-of-account-one" in told
    hidden = Mock(apis["wasabi_air"], words=["hide-created"])
    assert hidden.ask("GET", f"/jobs/{submitted(hidden)}").status == 404
    assert hidden.ask("GET", "/jobs").body["Records"] != []


def test_an_unknown_fault_is_an_error_that_lists_the_known_ones(apis):
    for word in ("explode", "quota:nothing"):
        with pytest.raises(Exception, match="is called"):
            Mock(apis["wasabi_air"], words=[word])
    assert len(KNOWN) == len(set(KNOWN.values()))


def test_the_store_is_only_read_by_a_response(air):
    identity = submitted(air)
    before = [dataclasses.asdict(each) for each in air.store.all("account")]
    body = air.ask("GET", f"/jobs/{identity}").body
    body["Source"]["Bucket"] = "changed by the reader"
    body["Services"]["ocr"]["x"] = 1
    assert [dataclasses.asdict(each) for each in air.store.all("account")] == before

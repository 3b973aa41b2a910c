"""Every fault of the mock breaks its promise, and nothing else."""

from __future__ import annotations

from fnmatch import fnmatchcase
from urllib.parse import parse_qs

import pytest

from scripts import project
from scripts.mock import server
from scripts.mock.faults import FAMILIES, KNOWN, listed, operations_of
from scripts.mock.service import End

from .conftest import ROOT
from .pure import JOB
from .walk import STEP, Step, walk_of

RICH = {
    **JOB,
    "Name": " Tom & Zoë " + "x" * 200,
    "Services": {"logo": {"config": {"limit": 0.5, "names": ["a", "b"]}}},
    "Batch": "Two",
}
MINIMAL = {name: value for name, value in JOB.items() if name not in ("Batch", "Priority")}
UNKNOWN = "0123456789abcdef0123456789abcdef"
ACCESS, SECRET = "x-amz-access-key", "x-amz-secret-key"
KEY, SAID = "EXAMPLEACCESSKEY0001", "example-secret-of-account-one"


def create(label, body=JOB, **more):
    return Step(label, "POST", "/jobs", body=body, **more)


def made(name, after=1.0, **more):
    """A job that is there before the walk."""
    return create(f"create {name}", {**JOB, **more.pop("body", {})}, names=name, after=after, **more)


def jobs(label, query="", **more):
    return Step(label, "GET", "/jobs", query, **more)


def job(label, name, view="", **more):
    return Step(label, "GET", f"/jobs/{{{name}}}{view}" if len(name) == 1 else f"/jobs/{name}{view}", **more)


def status(label, **keys):
    """The status of the first job, asked for with other keys."""
    headers = {{"access": ACCESS, "secret": SECRET}[name]: value for name, value in keys.items()}
    return job(label, "a", "/status", keys=headers)


# Before the walk: two jobs that have completed and one that failed, two in their second state, two new ones, and two of
# another account.
BEFORE = [
    made("a"),
    made("b", body={"Name": "fail b"}),
    made("x", holder="other"),
    made("c", body={"Name": "c", "Batch": "Two", "Priority": 1}),
    made("d", after=400.0),
    made("e", body={"Batch": "Two"}),
    made("y", holder="other"),
    made("f", after=120.0, body={"Name": "f"}),
    made("g"),
]

READS = [
    job("read a", "a"),
    job("status a", "a", "/status"),
    job("errors a", "a", "/errors"),
    job("metadata a", "a", "/metadata"),
    job("read failed", "b"),
    job("errors failed", "b", "/errors"),
    job("metadata failed", "b", "/metadata"),
    job("read second", "d"),
    job("status second", "d", "/status"),
    job("metadata second", "d", "/metadata"),
    job("read new", "f"),
    job("status new", "f", "/status"),
    job("errors new", "f", "/errors"),
    job("read foreign", "x"),
    job("status foreign", "x", "/status"),
    job("errors foreign", "x", "/errors"),
    job("metadata foreign", "x", "/metadata"),
    job("read unknown", UNKNOWN),
    job("status unknown", UNKNOWN, "/status"),
    job("errors unknown", UNKNOWN, "/errors"),
    job("metadata unknown", UNKNOWN, "/metadata"),
    job("read odd identity", "%24%7Bx%7D"),
    job("read bad escape", "%zz"),
    job("read encoded", "{%a}"),
    job("read as viewer", "a", holder="view"),
    job("read as other", "x", holder="other"),
]

LISTS = [
    jobs("list"),
    jobs("list page 1", "pageSize=3&pageNumber=1"),
    jobs("list page 2", "pageSize=3&pageNumber=2"),
    jobs("list page 3", "pageSize=3&pageNumber=3"),
    jobs("list page 9", "pageSize=3&pageNumber=9"),
    jobs("list up", "sortBy=Created&sortOrder=Asc"),
    jobs("list down", "sortBy=Created&sortOrder=Desc"),
    jobs("list down 1", "sortBy=Created&sortOrder=Desc&pageSize=3"),
    jobs("list down 2", "sortBy=Created&sortOrder=Desc&pageSize=3&pageNumber=2"),
    jobs("list sorted", "sortBy=Created"),
    jobs("list batch", "batch=one"),
    jobs("list status", "status=completed"),
    jobs("list batch and status", "batch=one&status=completed"),
    jobs("list batch page", "batch=one&pageSize=2&pageNumber=2"),
    jobs("list name", "name=a%20job"),
    jobs("list largest", "pageSize=100"),
    jobs("list smallest", "pageSize=1"),
    jobs("list as viewer", holder="view"),
    jobs("list as other", holder="other"),
    jobs("list batch as other", "batch=one", holder="other"),
    jobs("list unicode", "name=Zo%C3%AB"),
    jobs("list emoji", "name=%F0%9F%98%80"),
    jobs("list null character", "name=a%00b"),
    jobs("list bad escape", "name=a%zz"),
    jobs("list long", f"name={'n' * 1500}"),
    jobs("list twice", "pageSize=3&pageSize=3"),
    jobs("list page 0", "pageNumber=0"),
    jobs("list page large", "pageNumber=99999999999"),
    jobs("list size 0", "pageSize=0"),
    jobs("list size 101", "pageSize=101"),
    jobs("list size text", "pageSize=three"),
    jobs("list unlisted", "status=lost"),
]

KEYS = [
    status("keys none", access=None, secret=None),
    status("keys access missing", access=None),
    status("keys secret missing", secret=None),
    status("keys access empty", access=""),
    status("keys secret empty", secret=""),
    status("keys access wrong", access="wrong"),
    status("keys secret wrong", secret="wrong"),
    status("keys access truncated", access=KEY[:-1]),
    status("keys secret truncated", secret=SAID[:-1]),
    status("keys access lengthened", access=f"{KEY}1"),
    status("keys secret lengthened", secret=f"{SAID}1"),
    status("keys access case", access=KEY.lower()),
    status("keys secret case", secret=SAID.upper()),
    status("keys swapped", access=SAID, secret=KEY),
    status("keys crossed", secret="example-secret-of-account-two"),
    job("keys wrong: unknown", UNKNOWN, keys={SECRET: "wrong"}),
    jobs("keys wrong: malformed", "pageSize=0", keys={SECRET: "wrong"}),
    create("keys wrong: create", keys={SECRET: "wrong"}),
]

CHANGES = [
    Step("replace", "PUT", "/jobs/{f}", body={**MINIMAL, "Name": "new"}),
    job("read replaced", "f"),
    Step("replace second", "PUT", "/jobs/{d}", body=MINIMAL),
    Step("replace ended", "PUT", "/jobs/{a}", body=MINIMAL),
    Step("replace foreign", "PUT", "/jobs/{y}", body=MINIMAL),
    Step("replace unknown", "PUT", f"/jobs/{UNKNOWN}", body=MINIMAL),
    Step("replace malformed", "PUT", "/jobs/{f}", body={**JOB, "Priority": 11}),
    Step("replace as viewer", "PUT", "/jobs/{f}", body=MINIMAL, holder="view"),
    Step("cancel", "DELETE", "/jobs/{g}"),
    job("read cancelled", "g"),
    Step("cancel second", "DELETE", "/jobs/{e}"),
    Step("cancel ended", "DELETE", "/jobs/{b}"),
    Step("cancel foreign", "DELETE", "/jobs/{y}"),
    Step("cancel unknown", "DELETE", f"/jobs/{UNKNOWN}"),
    Step("cancel as viewer", "DELETE", "/jobs/{f}", holder="view"),
    jobs("list cancelled", "status=cancelled"),
    job("read ended", "a"),
    job("read foreign as other", "y", holder="other"),
]

CREATIONS = [
    create("create h", RICH, names="h"),
    create("create i", names="i", after=1.0),
    job("read h", "h"),
    job("read i", "i"),
    jobs("list with h", "batch=Two"),
    job("status h +1", "h", "/status", after=STEP),
    job("read h +1", "h"),
    job("metadata h +1", "h", "/metadata"),
    job("status h +2", "h", "/status", after=STEP),
    job("read h +2", "h"),
    job("status h +3", "h", "/status", after=STEP),
    job("read h +3", "h"),
    job("metadata h +3", "h", "/metadata"),
    job("status h +4", "h", "/status", after=STEP),
    job("read h +4", "h"),
    job("status h +5", "h", "/status", after=STEP),
    create("create minimal", MINIMAL, names="j", after=1.0),
    create("create longest", {**JOB, "Name": "n" * 256}, names="k", after=1.0),
    create("create highest", {**JOB, "Priority": 10}, names="l", after=1.0),
    create("create lowest", {**JOB, "Priority": 1}, names="m", after=1.0),
    create("create emoji", {**JOB, "Name": "😀"}, names="n", after=1.0),
    create(
        "create deep",
        {**JOB, "Services": {"ocr": {"a": {"b": {"c": [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}}}}},
        names="o",
    ),
    create("create large number", {**JOB, "Services": {"ocr": {"most": 2**40}}}, names="p"),
    create("create as viewer", holder="view"),
    create("create malformed", raw=b"{"),
    create("create text", raw=b"hello", media_type="text/plain"),
    create("create too high", {**JOB, "Priority": 11}),
    create("create too low", {**JOB, "Priority": 0}),
    create("create too long", {**JOB, "Name": "n" * 257}),
    create("create blank", {**JOB, "Name": " "}),
    create("create without name", {name: value for name, value in JOB.items() if name != "Name"}),
    create("create without services", {**JOB, "Services": {}}),
    create("create other type", {**JOB, "Priority": "3"}),
    create("create null character", {**JOB, "Name": "a\0b"}, names="q"),
    jobs("list end", "pageSize=100"),
    create("create last", left=1, names="r"),
    create("create over"),
    job("read over", "a"),
    jobs("list over", "pageSize=100"),
]


# Fault to the steps that it must change and no others. `@` is a group of steps (`groups`), `*` and `?` are those of
# the shell, and `-` takes away. Of two texts, the second has steps that may change too, because of what the first left.
SHOWS = {
    # shapes and statuses
    "wrong-enum": "@state",
    "drop-required": "@success",
    "null-required": "@success",
    "wrong-type": "@identity",
    "time-without-offset": "@created",
    "cut-body": "@success",
    "wrong-status": "@success",
    "wrong-media-type": "@success",
    "undocumented-refusal": "@400",
    "error-as-list": "@refused",
    "error-as-page": "@refused",
    "error-without-body": "@refused",
    "error-500": "*, -keys *",
    "refuse-valid": "*, -keys *",
    "accept-invalid": "@400, list end, list over, -replace as viewer",
    "accept-invalid-query": "list twice, list page 0, list size 0, list size 101, list size text, list unlisted",
    "accept-above-maximum": "list size 101, replace malformed, create too high, list end, list over",
    "accept-below-minimum": "list page 0, list size 0, create too low, list end, list over",
    "accept-too-long": "create too long, list end, list over",
    "accept-blank": "create blank, list end, list over",
    "accept-unlisted": "list unlisted",
    "accept-other-type": "create other type, list end, list over",
    "accept-missing": "create without name, list end, list over",
    "accept-empty-object": "create without services, list end, list over",
    "refuse-maximum": "list largest, replace malformed, create highest, create too high, list end, list over",
    "refuse-minimum": "list page 1, list smallest, create lowest, create too low, list end, list over",
    "refuse-longest": "create longest, create too long, list end, list over",
    "refuse-without-optional": (
        "replace*, read replaced, create minimal, list end, list over, -replace malformed, -replace as viewer"
    ),
    "refuse-unicode": ("list unicode, create h, create emoji", "list emoji, * h*, list end, list over"),
    "refuse-percent-encoding": (
        "read odd identity, * bad escape, read encoded, list name, list unicode, list emoji, list null character"
    ),
    "create-refused": "list end, list over",
    # credentials
    "accept-any-key": "keys *, list end, list over",
    "accept-wrong-secret": "keys secret *, keys crossed, keys wrong: *, list end, list over",
    "accept-wrong-first-key": "keys access *, keys crossed",
    "accept-no-keys": "keys none",
    "accept-missing-key": "keys access missing, keys secret missing",
    "accept-empty-key": "keys access empty, keys secret empty",
    "accept-truncated-key": "keys access truncated, keys secret truncated",
    "accept-lengthened-key": "keys access lengthened, keys secret lengthened",
    "accept-other-case": "keys access case, keys secret case",
    "accept-swapped-keys": "keys swapped",
    "accept-crossed-keys": "keys crossed",
    "refuse-keys-403": "keys *",
    "refuse-keys-404": "keys *",
    "refuse-keys-500": "keys *",
    "absent-before-keys": "keys wrong: unknown",
    "malformed-before-keys": "keys wrong: malformed",
    "tell-secret": "*",
    "tell-secret-in-body": "@success",
    "tell-secret-in-refusal": "@refused",
    "tell-right-key": "keys secret *, keys crossed, keys wrong: *",
    "tell-trace": "@refused",
    "tell-other-trace": "@refused",
    # round trip
    "lose-member": ("create h, read h, create longest", "create *, read *, list*, -read a, -read e*, -create minimal"),
    "change-number": ("create h, read h, create longest", "create *, read *, list*, -read a, -create minimal"),
    "swap-members": ("replace, read replaced, create h, read h", "create *, read *, list*, -read a"),
    "empty-objects": "create h, read h, read h +1, read h +2, read h +3, read h +4, create deep, create large number",
    "trim-text": "create h, read h*, list with h, list end, list over",
    "lower-case-text": "create h, read h*, list with h, list end, list over",
    "truncate-text": "create h, read h*, list with h, create longest, list end, list over",
    "escape-text": "create h, read h*, list with h, list end, list over",
    "fold-unicode": "create h, read h*, list with h, create emoji, list end, list over",
    # what never changes
    "created-moves": ("read a, list, read h +1", "read *, list*, -read new, -read h, -read i"),
    "owner-changes": ("read a, metadata a, list, read h +1", "read *, list*, metadata *, -read new, -read h, -read i"),
    "kept-changes": ("read a, list, read h +1", "read *, list*, -read new, -read h, -read i"),
    # identity
    "repeat-identity": ("create h, read h", "create *, * h*, list*, -list"),
    "forget-created": ("read h, read i, list with h", "create *, * h*, list*, -create h, -list"),
    "hide-created": "@shown",
    "other-identity": "@shown",
    "identity-of-newest": ("read a, status h +1", "read *, status *, errors *, metadata *, -* unknown"),
    "unknown-found": (
        "* foreign, * unknown, read odd identity, read bad escape, -metadata *, -replace *, -cancel *, -keys *"
    ),
    "unknown-400": "* foreign, * unknown, read odd identity, read bad escape, -replace *, -cancel *, -keys *",
    "unknown-500": "* foreign, * unknown, read odd identity, read bad escape, -replace *, -cancel *, -keys *",
    # views agree
    "view-differs": ("read a, metadata a, list", "read *, metadata *, list*, -read unknown"),
    "view-leaves-out": ("read a, metadata a, list", "read *, metadata *, list*, -read unknown"),
    "view-lags": (
        "* second, read foreign as other, * h +1, * h +2, * h +3, -metadata second, "
        "-metadata h +1, -replace *, -cancel *"
    ),
    "view-leads": (
        "* second, * new, read replaced, read foreign as other, read h, read i, * h +1, "
        "-metadata *, -replace *, -cancel *"
    ),
    "list-lags": "list, list page 2, list up, list down, list down ?, list sorted, list largest, list as *",
    # lifecycle
    "skip-state": "status h +1, read h +1, status h +2, read h +2, read h +3, read h +4, list end, list over",
    "step-back": "* h +2, * h +3, * h +4, list end, list over",
    "leave-end": "status h +4, read h +4, list end, list over",
    "another-end": "status h +4, read h +4, status h +5, list end, list over",
    "never-end": "status h +3, read h +3, metadata h +3, status h +4, read h +4, status h +5, list end, list over",
    "start-later": ("create h, read h, status h +1", "create *, * h*, read i, list*, -list"),
    "start-ended": ("create h, read h, status h +1", "create *, * h*, read i, list*, -list"),
    "end-unstamped": ("read a, read failed, list, read h +3", "read *, list*, -read new, -read h, -read h +1"),
    "end-stamped-early": ("read new, read second, list, read h +1", "read *, list*, -read a, -read failed, -read h +3"),
    "end-stamped-backwards": ("read a, read failed, list, read h +3", "read *, list*, -read new, -read h, -read h +1"),
    "end-stamped-elsewhere": ("read a, read failed, list, read h +3", "read *, list*, -read new, -read h, -read h +1"),
    "end-stamp-moves": ("read a, read failed, list, read h +3", "read *, list*, -read new, -read h, -read h +1"),
    "view-opens-early": "metadata failed, metadata second, metadata h +1",
    "view-stays-closed": "metadata a, metadata h +3",
    "view-closed-otherwise": "metadata failed, metadata second, metadata h +1",
    "view-closed-as-wrong-keys": "metadata failed, metadata second, metadata h +1",
    # lists
    "ignore-filters": "@filtered, -list batch as other",
    "ignore-first-filter": "@filtered, -list batch as other",
    "ignore-combined-filter": "list batch and status",
    "either-filter": "list batch and status",
    "incomplete-filter": "list batch*, list status, list name, list cancelled, list with h",
    "leaky-filter": "@filtered, -list batch as other",
    "ignore-order": "list down, list down 1, list down 2",
    "ignore-direction": "list down, list down 1, list down 2",
    "reverse-order": "list up, list down, list down 1, list down 2, list sorted",
    "sort-by-identity": "list up, list down, list down 1, list down 2, list sorted",
    "sort-within-page": "list down 1, list down 2",
    "unstable-order": "list down, list down 1",
    "other-default-direction": "list sorted",
    "overlap-pages": "list page 2, list page 3, list down 2, list batch page",
    "gap-pages": "list page 2, list page 3, list down 2, list batch page",
    "ignore-page-number": "list page 2, list page 3, list page 9, list down 2, list batch page, list page large",
    "first-page-lost": "@items",
    "ignore-page-size": "list page ?, list down ?, list batch page, list smallest, -list page 0, -list page 9",
    "short-pages": "list page 1, list page 2, list page 3, list down 1, list down 2, list batch page",
    "long-pages": "list page 1, list page 2, list page 3, list down 1, list down 2, list batch page, list smallest",
    "other-default-size": "@unsized",
    "lose-last-page": "list page 3",
    "fail-beyond-the-end": "list page 9, list page large",
    "total-of-page": "list page ?, list page large, list down ?, list batch page, list smallest, -list page 0",
    "total-off-by-one": "@listed",
    "total-unfiltered": "@filtered, -list batch as other",
    "wrong-number-echo": "@listed",
    "wrong-size-echo": "@listed",
    "hide-new": ("list, list page 3, list down", "list*, -list status"),
    "hide-ended": ("list, list status", "list*, -list unicode"),
    "list-twice": ("list, list page 1, list batch", "list*, -list unicode"),
    "empty-list": ("list, list page 2, list batch", "list*, -list unicode"),
    "read-changes": ("list, read ended, read h +1", "read *, list*, metadata *, -read a, -read new"),
    "list-adds": ("list page 1, list end", "list *"),
    "filter-adds": ("list as viewer, list end", "list *"),
    # isolation
    "show-others": "read foreign, status foreign, errors foreign, metadata foreign",
    "change-others": "replace foreign, cancel foreign, read foreign as other",
    "change-others-quietly": "read foreign as other",
    "forbid-others": "* foreign",
    "list-others": ("list, list batch, list as other", "list*"),
    "list-others-filtered": "list batch*, list status, list name",
    "count-others": ("list, list batch, list as other", "list*"),
    # permissions
    "view-may-create": "create as viewer, list end, list over",
    "view-may-change": "replace as viewer, cancel as viewer, list cancelled, list end, list over",
    "view-may-not-read": "read as viewer, list as viewer",
    "deny-as-absent": "replace as viewer, cancel as viewer, create as viewer",
    # changes
    "change-in-any-state": (
        "replace second, replace ended, cancel ended, list cancelled, read ended, list end, * over, -create over"
    ),
    "change-one-state-later": "replace second, list end, list over",
    "change-in-no-state": (
        "replace, read replaced, cancel, read cancelled, cancel second, list cancelled, "
        "list with h, list end, list over"
    ),
    "change-as-absent": (
        "replace, read replaced, cancel, read cancelled, cancel second, list cancelled, "
        "list with h, list end, list over"
    ),
    "change-refused-otherwise": "replace second, replace ended, cancel ended",
    "change-nothing": "read replaced, read cancelled, list cancelled, list with h, list end, list over",
    "change-creation-time": "read replaced, list cancelled, list with h, list end, list over",
    "change-owner": "read replaced, read cancelled, list cancelled, list with h, list end, list over",
    "replace-first-text": "read replaced, list end, list over",
    "replace-keeps": "replace, read replaced, list end, list over",
    "move-elsewhere": "cancel, read cancelled, cancel second, list cancelled, list with h, list end, list over",
    # robustness
    "fail-on-malformed": "create malformed, create text",
    "fail-on-media-type": "create text",
    "fail-on-depth": "create deep, list end, list over",
    "fail-on-length": "list long",
    "fail-on-large-number": "list page large, create large number, list end, list over",
    "fail-on-bad-escape": "read bad escape, list bad escape",
    "fail-on-null-character": "list null character, create null character, list end, list over",
    "fail-on-emoji": "list emoji, create emoji, list end, list over",
    "fail-on-repeated-parameter": "list twice",
    "fail-on-odd-identity": "read odd identity, read bad escape",
    "refuse-in-part": "@refused",
    "refuse-misencoded": "@refused",
    "close-on-refusal": "@refused",
    # limits
    "quota": ("create h, create last", "create *, * h*, read i, list*, -list"),
    "cap": ("create h, create last", "create *, * h*, read i, list*, -list"),
    "limit-as-malformed": "create over",
    "limit-as-500": "create over",
    "limit-as-list": "create over",
    "limit-as-success": "create over",
    "limit-creates": "list over",
    "limit-creates-ended": "list over",
    "limit-without-retry-after": "create over",
    "limit-with-odd-retry-after": "create over",
    "limit-with-past-retry-after": "create over",
    "limit-too-late": "create over, list over",
    "limit-too-early": "create last, list over",
    "limit-counts-others": "create last, list over",
    "limit-empties-lists": "list over",
    "limit-stops-reads": "read over, list over",
}


@pytest.fixture(scope="module")
def air():
    service = server.service(project.discover(ROOT)["wasabi_air"], preview=True, environment={})
    steps = [*READS, *LISTS, *KEYS, *CHANGES, *CREATIONS]
    return walk_of(service, BEFORE, steps, lambda body: body["Job"]["Id"], End("failed", "/Name", "fail*"))


def groups(air):
    """The steps that have something in common, by what it is called."""
    right = air.right
    listed = {
        each.label: each.query
        for each in air.steps
        if right[each.label].status < 300 and each.path == "/jobs" and each.method == "GET"
    }
    views = {label for view in air.service.behaviour.views for label in air.asked(view.operation)}
    return {
        "@success": {label for label, answer in right.items() if answer.status < 300},
        "@refused": {label for label, answer in right.items() if answer.status >= 400},
        "@400": {label for label, answer in right.items() if answer.status == 400},
        "@shown": {label for label in views if right[label].status < 300},
        "@listed": set(listed),
        "@items": {label for label in listed if '"Records":[]' not in right[label].body},
        "@filtered": {label for label, query in listed.items() if FILTERS & set(parse_qs(query))},
        "@unsized": {label for label, query in listed.items() if "pageSize" not in query},
        **{
            group: {label for label, answer in right.items() if f'"{name}":' in answer.body}
            for group, name in MEMBERS.items()
        },
    }


FILTERS = {"batch", "status", "name"}
MEMBERS = {"@state": "Status", "@identity": "Id", "@created": "Created"}


def steps(text, labels, found):
    """The labels that a text of the table means."""
    meant = set()
    for word in text.split(", "):
        pattern = word.removeprefix("-")
        named = found[pattern] if pattern.startswith("@") else {each for each in labels if fnmatchcase(each, pattern)}
        assert named, f"no step is {pattern}"
        meant = meant - named if word.startswith("-") else meant | named
    return meant


# --- What a fault breaks --------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHOWS)
def test_a_fault_breaks_its_promise_and_nothing_else(air, name):
    must, *may = [SHOWS[name]] if isinstance(SHOWS[name], str) else SHOWS[name]
    found = groups(air)
    expected = steps(must, air.right, found)
    differing = air.differing(name)
    assert expected <= differing, "the promise is kept"
    assert differing <= expected.union(*(steps(each, air.right, found) for each in may)), "another promise is broken"


def test_every_fault_that_the_api_can_have_is_in_the_table(air):
    assert set(SHOWS) == {name for name in KNOWN if operations_of(air.service, name)}


def test_two_walks_without_a_fault_are_the_same(air):
    assert air.answers() == air.right
    assert len(air.right) > 120


READING = ("getJob", "getJobStatus", "getJobErrors", "getJobMetadata", "listJobs")
LASTING = {"read-changes", "list-adds"}
"""Faults by which reading changes what is held, so that later answers of others show it."""


@pytest.mark.parametrize("operation", READING)
def test_a_fault_of_one_reading_operation_leaves_all_others_alone(air, operation):
    names = [name for name in KNOWN if operation in operations_of(air.service, name) and name not in LASTING]
    asked = air.asked(operation)
    assert len(names) > 40
    for name in names:
        assert air.differing(f"{name}:{operation}") <= asked, name


@pytest.mark.parametrize("operation", ["submitJob", "replaceJob", "cancelJob"])
def test_a_fault_of_one_writing_operation_shows_when_it_is_asked_and_not_before(air, operation):
    labels = [step.label for step in air.steps]
    first = min(map(labels.index, air.asked(operation)))
    for name in KNOWN:
        differing = air.differing(f"{name}:{operation}")
        assert min(map(labels.index, differing), default=first) >= first, name
        assert not differing or operation in operations_of(air.service, name), name


@pytest.mark.parametrize("name", [*sorted(set(KNOWN) - set(SHOWS)), "hide-created", "unknown-500"])
def test_a_fault_of_an_operation_that_it_is_not_about_does_nothing(air, name):
    assert air.differing(f"{name}:submitJob") == set()


# --- Another API ----------------------------------------------------------------------------------


TICKET = {"title": "A door", "project": "house", "weight": 3}


def ticket(label, name, method="GET", **more):
    path = f"/tickets/{{{name}}}" if len(name) == 1 else f"/tickets/{name}"
    return Step(label, method, path, **more)


def opened(label, body=TICKET, **more):
    return Step(label, "POST", "/tickets", body=body, **more)


def tickets_(label, query="", **more):
    return Step(label, "GET", "/tickets", query, **more)


TICKETS_BEFORE = [
    opened("a", names="a", after=1.0),
    opened("b", {**TICKET, "title": "b", "weight": 2}, names="b", after=1.0),
    opened("x", names="x", holder="other", after=1.0),
    opened("c", {**TICKET, "urgent": True}, names="c", after=350.0),
    opened("d", {**TICKET, "title": "D", "urgent": True}, names="d", after=120.0),
    opened("e", {**TICKET, "title": "e"}, names="e", after=1.0),
]
TICKETS_STEPS = [
    ticket("read a", "a"),
    ticket("read second", "c"),
    ticket("read new", "d"),
    ticket("read unknown", UNKNOWN),
    ticket("read odd", "%24x"),
    ticket("read bad escape", "%zz"),
    ticket("read as viewer", "a", holder="view"),
    tickets_("list"),
    tickets_("list page 0", "size=2&page=0"),
    tickets_("list page 1", "size=2&page=1"),
    tickets_("list page 2", "size=2&page=2"),
    tickets_("list page 9", "size=2&page=9"),
    tickets_("list state", "state=closed"),
    tickets_("list urgent", "urgent=true"),
    tickets_("list both", "urgent=true&state=waiting"),
    tickets_("list sorted", "sort=title"),
    tickets_("list up", "sort=opened&down=no"),
    tickets_("list down", "sort=opened&down=yes"),
    tickets_("list down 0", "sort=opened&down=yes&size=2"),
    tickets_("list emoji", "text=%F0%9F%98%80"),
    tickets_("list null character", "text=%00"),
    tickets_("list long", f"text={'n' * 1500}"),
    tickets_("list large", "page=99999999999"),
    tickets_("list largest", "size=50"),
    tickets_("list twice", "size=2&size=2"),
    tickets_("list size 0", "size=0"),
    tickets_("list size 51", "size=51"),
    tickets_("list unlisted", "state=lost"),
    *[
        ticket(f"keys {label}", "a", keys={"x-key": value})
        for label, value in {
            "none": None,
            "empty": "",
            "wrong": "wrong",
            "truncated": "example-key-on",
            "lengthened": "example-key-one1",
            "case": "EXAMPLE-KEY-ONE",
        }.items()
    ],
    ticket("keys wrong: unknown", UNKNOWN, keys={"x-key": "wrong"}),
    tickets_("keys wrong: malformed", "size=0", keys={"x-key": "wrong"}),
    ticket("rename", "d", "PATCH", body={"title": "Other"}, after=1.0),
    ticket("read renamed", "d"),
    ticket("rename ended", "a", "PATCH", body={"title": "Other"}),
    ticket("rename as viewer", "d", "PATCH", body={"title": "Other"}, holder="view"),
    ticket("drop", "e", "DELETE", after=1.0),
    ticket("read dropped", "e"),
    ticket("drop ended", "a", "DELETE"),
    opened("open f", {**TICKET, "title": " Zoë & Tom Miller ", "note": "x"}, names="f"),
    ticket("read f", "f"),
    opened("open g", names="g"),
    ticket("read f +1", "f", after=STEP),
    ticket("read f +2", "f", after=STEP),
    ticket("read f +3", "f", after=STEP),
    ticket("read f +4", "f", after=STEP),
    opened("open longest", {**TICKET, "title": "n" * 20}),
    opened("open highest", {**TICKET, "weight": 9}),
    opened("open lowest", {**TICKET, "weight": 1}),
    opened("open deep", {**TICKET, "more": [[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]}),
    opened("open large", {**TICKET, "count": 2**40}),
    opened("open minimal", {"title": "m", "project": "house"}),
    opened("open as viewer", holder="view"),
    opened("open malformed", raw=b"{"),
    opened("open text", raw=b"hello", media_type="text/plain"),
    opened("open too high", {**TICKET, "weight": 10}),
    opened("open too low", {**TICKET, "weight": 0}),
    opened("open too long", {**TICKET, "title": "n" * 21}),
    opened("open blank", {**TICKET, "title": " "}),
    opened("open without project", {"title": "m"}),
    opened("open other type", {**TICKET, "weight": "3"}),
    tickets_("list end", "size=50"),
    opened("open as other", holder="other"),
    opened("open last", left=1),
    opened("open over"),
    ticket("read over", "a"),
    tickets_("list over", "size=50"),
]


@pytest.fixture
def tickets_walk(tickets):
    service = server.service(tickets, preview=True, environment={})
    return walk_of(service, TICKETS_BEFORE, TICKETS_STEPS, lambda body: body["key"])


def test_a_fault_shows_in_any_api_that_can_have_it(tickets_walk):
    can = [name for name in KNOWN if operations_of(tickets_walk.service, name)]
    assert [name for name in can if not tickets_walk.differing(name)] == []
    assert len(can) > 120


# --- The list of faults -----------------------------------------------------------------------------


def test_all_faults_are_listed_once_with_a_sentence_and_a_family():
    names = [name for name, _, _ in listed()]
    assert sorted(names) == sorted(KNOWN)
    assert len(names) == len(set(names)) == sum(map(len, FAMILIES.values()))
    assert all(says and not says.endswith(".") and family in FAMILIES for _, says, family in listed())


def test_every_family_of_promises_has_faults():
    assert all(len(faults) >= 2 for faults in FAMILIES.values())

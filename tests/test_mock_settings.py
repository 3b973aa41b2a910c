from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scripts import arguments
from scripts.errors import DocumentError, UsageError
from scripts.mock import server
from scripts.mock.service import End
from scripts.mock.settings import Settings, changed, chosen, steered, wrong

from .processes import verb
from .pure import Mock, submitted

EVERY = {
    "step": 0.5,
    "clock": 10,
    "limits": {"quota": 100, "cap": 0},
    "ends": [{"state": "failed", "member": "/Name", "pattern": "*broken*"}],
    "faults": ["wrong-enum", "hide-created:getJob"],
    "latency": 0.2,
    "drop": 7,
    "prefer": True,
}
"""Every word, with something else than its default."""

FLAGS = (
    "--step 0.5 --clock 10 --limit quota=100 --limit cap=0 --end failed:/Name=*broken* "
    "--fault wrong-enum --fault hide-created:getJob --latency 0.2 --drop 7 --prefer"
)
"""The same as flags."""


@pytest.fixture
def service(apis):
    return server.service(apis["wasabi_air"], preview=False, environment={})


def as_words(flags: dict) -> dict:
    """Parsed flags in the words that they stand for."""
    names = {"limits": "limit", "ends": "end", "faults": "fault"}
    said = {word: flags[names.get(word, word)] for word in EVERY}
    return said | {"limits": dict(said["limits"])}


def test_flags_a_scenario_and_the_control_interface_say_the_same_words(service, tmp_path):
    path = tmp_path / "scenario.yaml"
    path.write_text(json.dumps(EVERY))
    expected = Settings(
        step=0.5,
        clock=10,
        limits={"quota": 100, "cap": 0},
        ends=(End("failed", "/Name", "*broken*"),),
        faults=["wrong-enum", "hide-created:getJob"],
        latency=0.2,
        drop=7,
        prefer=True,
    )
    _, flags = arguments.parse(["mock", *FLAGS.split()])
    assert as_words(flags) == EVERY
    assert chosen(path, {}, service) == chosen(None, as_words(flags), service) == changed(Settings(), EVERY) == expected
    assert changed(Settings(), expected.words()) == expected
    assert expected.words() == EVERY


def test_without_a_word_nothing_is_steered(service):
    assert chosen(None, {}, service) == Settings()
    assert Settings().words() == {
        "step": 1.0,
        "clock": 1.0,
        "limits": {},
        "ends": [],
        "faults": [],
        "latency": 0.0,
        "drop": 0,
        "prefer": False,
    }


def test_a_flag_takes_the_place_of_the_scenario_s_word_and_of_no_other(service, tmp_path):
    path = tmp_path / "scenario.yaml"
    path.write_text("step: 5\nlimits: {quota: 1, cap: 1}\n")
    made = chosen(path, {"limits": {"cap": 2}}, service)
    assert (made.step, made.limits) == (5, {"cap": 2})


@pytest.mark.parametrize(
    ("words", "pointer", "what", "hint"),
    [
        ({"stpe": 1}, "", "'stpe' was unexpected", "The words are step, clock, limits, ends, faults, latency"),
        ({"step": -1}, "/step", "`step`: -1 is less than the minimum", "seconds that a resource stays"),
        ({"step": "1"}, "/step", 'not of type "number"', "seconds"),
        ({"step": True}, "/step", 'not of type "number"', "seconds"),
        ({"step": float("inf")}, "/step", "", "seconds"),
        ({"clock": -0.1}, "/clock", "minimum", "only when it is told to"),
        ({"latency": 1e9}, "/latency", "maximum", "held back"),
        ({"drop": 1.5}, "/drop", 'not of type "integer"', "closed without an answer"),
        ({"prefer": 1}, "/prefer", 'not of type "boolean"', "RFC 7240"),
        ({"limits": {"quota": -1}}, "/limits/quota", "minimum", "How many"),
        ({"limits": {"qouta": 1}}, "/limits/qouta", "no limit is called 'qouta'", "There is quota, cap."),
        ({"ends": [{"state": "failed", "member": "/Name"}]}, "/ends/0", "is a required property", "Which resources"),
        (
            {"ends": [{"state": "done", "member": "/Name", "pattern": "*"}]},
            "/ends/0/state",
            "no state is called 'done'",
            "There is submitted, preflight, in_progress, completed, failed, cancelled.",
        ),
        (
            {"ends": [{"state": "failed", "member": "/Source/Buckt", "pattern": "*"}]},
            "/ends/0/member",
            "no member stands at '/Source/Buckt'",
            "/Source/Bucket",
        ),
        ({"ends": [{"state": "failed", "member": "Name", "pattern": "*"}]}, "/ends/0/member", "does not match", ""),
        ({"faults": ["wrong-enum", "lazy"]}, "/faults/1", "no fault is called 'lazy'", "There is wrong-enum,"),
        (
            {"faults": ["wrong-enum:getJbo"]},
            "/faults/0",
            "no operation is called 'getJbo'",
            "There is cancelJob, getJob,",
        ),
        ({"faults": ["hide-created:listJobs"]}, "/faults/0", "is not about 'listJobs'", "There is getJob,"),
        ([], "", 'not of type "object"', "The words are"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict | list) else "",
)
def test_what_is_wrong_is_told_with_what_there_is(service, words, pointer, what, hint):
    [found] = wrong(words, service)
    assert found[0] == pointer
    assert what in found[1]
    assert hint in found[2]


def test_a_fault_that_an_api_has_nothing_for_is_refused(tickets):
    service = server.service(tickets, preview=False, environment={})
    without = replace(service, behaviour=replace(service.behaviour, limits=()))
    assert list(wrong({"faults": ["limit-too-late"]}, service)) == []
    [found] = wrong({"faults": ["limit-too-late"]}, without)
    assert found[1] == "the API has nothing that the fault 'limit-too-late' breaks"


def test_everything_wrong_with_a_scenario_and_flags_is_told_together_with_its_place(service, tmp_path):
    path = tmp_path / "scenario.yaml"
    path.write_text("step: 1\nlimits:\n  qouta: 1\nfaults:\n  - wrong-enum\n  - lazy\nstep: 2\n")
    with pytest.raises(UsageError) as caught:
        chosen(path, {"limits": {"rate": 1}}, service)
    places = [(each.file, each.line, each.pointer) for each in caught.value.problems]
    assert places == [
        (str(path), 7, "/step"),
        (str(path), 3, "/limits/qouta"),
        (str(path), 6, "/faults/1"),
        ("", 0, None),
    ]
    assert all(each.hint for each in caught.value.problems)


@pytest.mark.parametrize("text", ["", "- step", "step: [", "\0"], ids=["empty", "a list", "no YAML", "NUL"])
def test_a_scenario_that_is_no_mapping_is_refused(service, tmp_path, text):
    path = tmp_path / "scenario.yaml"
    path.write_text(text)
    with pytest.raises(DocumentError):
        chosen(path, {}, service)


def test_settings_are_put_in_and_taken_out_of_a_service(apis):
    mock = Mock(apis["wasabi_air"])
    plain = mock.service
    mock.service = steered(plain, changed(Settings(), {"limits": {"quota": 0}}))
    assert mock.ask("POST", "/jobs", {}).status == 400
    assert mock.ask("GET", "/jobs").status == 200
    mock.service = steered(plain, changed(Settings(), {"faults": ["error-500"]}))
    assert mock.ask("GET", "/jobs").status == 500
    mock.service = steered(plain, Settings())
    submitted(mock)


def test_ends_are_chosen_by_a_member_of_the_resource_and_the_first_that_meets_counts(apis):
    ends = [
        {"state": "cancelled", "member": "/Source/Bucket", "pattern": "media-[0-9]"},
        {"state": "failed", "member": "/Name", "pattern": "*broken*"},
    ]
    mock = Mock(apis["wasabi_air"])
    mock.service = steered(mock.service, changed(Settings(), {"ends": ends}))
    source = {"Bucket": "media-1", "ObjectKey": "k"}
    for changes in ({"Name": "a broken one", "Source": source}, {"Name": "a broken one"}, {"Name": "a whole one"}):
        submitted(mock, **changes)
    mock.now += 1000
    mock.store.advance(mock.now)
    assert [each.state for each in mock.held()] == ["cancelled", "failed", "completed"]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("--limit quota", "argument --limit: 'quota' is not NAME=NUMBER, like quota=100"),
        ("--limit quota=-1", "argument --limit: 'quota=-1' is not NAME=NUMBER"),
        ("--end failed", "argument --end: 'failed' is not STATE:/MEMBER=PATTERN"),
        ("--end failed:Name=x", "argument --end: 'failed:Name=x' is not STATE:/MEMBER=PATTERN"),
        ("--clock -1", "argument --clock: -1 is less than 0"),
        ("--step nan", "argument --step: nan is less than 0"),
        ("--drop 1.5", "argument --drop: invalid int value"),
        ("--log xml", "argument --log: invalid choice: 'xml'"),
        ("--limit rate=1 --fault lazy", "no limit is called 'rate'\n  There is quota, cap.\nno fault is called 'lazy'"),
        ("--step inf", "`step`"),
        ("--scenario nowhere.yaml", "nowhere.yaml: cannot be read"),
    ],
)
def test_wrong_flags_are_2_and_say_what_is_wrong(flags, said):
    done = verb("mock", "--port", "0", *flags.split())
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_wrong_with_a_scenario_is_2_with_its_place(tmp_path):
    (tmp_path / "scenario.yaml").write_text("step: 1\nlimits:\n  qouta: 1\n")
    done = verb("mock", "--port", "0", "--scenario", str(tmp_path / "scenario.yaml"))
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert done.stderr.endswith(
        "scenario.yaml:3:3 #/limits/qouta: no limit is called 'qouta'\n  There is quota, cap.\n"
    )

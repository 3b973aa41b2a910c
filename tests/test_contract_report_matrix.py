from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest

from scripts.contract import plugin, prepare
from scripts.contract.attempts import FAILED, PASSED, SKIPPED, SPENT, UNABLE, Attempt, attempt
from scripts.contract.budget import Spent
from scripts.contract.report import matrix
from scripts.contract.sender import Connection
from scripts.contract.verdict import Promise

from .conftest import ROOT
from .loopback import Answer, loopback

SUITE = sorted((ROOT / "tests" / "contract").glob("test_*.py"))
PACKAGE = sorted((ROOT / "scripts" / "contract").glob("*.py"))
PROMISE = Promise("a-promise", "It is right.", "published", "a page")


@pytest.fixture
def run(tickets):
    """A run on a server of the invented API that answered its first request."""
    with loopback(lambda _: Answer(body=b'{"items": [], "total": 0}')) as server:
        options = prepare.Options(Connection(f"{server.url}/v2"), mode="read-only")
        yield prepare.prepare(tickets, options, {"TICKETS_KEY": "the-value-of-the-key"})


def tried(run, outcome: str, reason: str = "", *, operation: str | None = None, promise: str = "a-promise") -> None:
    run.ledger.attempts.append(Attempt("test_it", "some", (promise,), operation, outcome, reason))


def row(run) -> matrix.Row:
    return next(each for each in matrix.rows(run, run.verdict()) if each.id == "a-promise")


# --- Reasons ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "told", "reason"),
    [
        (PASSED, "", "nothing was seen at this operation to judge it by"),
        (SKIPPED, "no resource is held", "no resource is held"),
        (SKIPPED, "got empty parameter set for (name)", "nothing of this API is of the kind that it is about"),
        (SPENT, "the requests of this phase are spent", "the budget ended it: the requests of this phase are spent"),
        (FAILED, "", "its test found another promise broken"),
        (UNABLE, "", "a test that judges it could not run"),
    ],
)
def test_a_promise_that_was_not_exercised_says_why(run, outcome, told, reason):
    tried(run, outcome, told)
    assert row(run).not_exercised["listTickets"] == reason
    assert row(run).promise is None


def test_a_promise_that_no_test_is_about_at_an_operation_says_at_which_it_is(run):
    tried(run, PASSED, operation="another")
    assert row(run).not_exercised["listTickets"] == "it is not about this operation, but about another"


def test_the_reason_of_a_test_of_the_operation_is_known_from_those_of_others(run):
    tried(run, SKIPPED, "of another", operation="another")
    tried(run, SKIPPED, "of this", operation="listTickets")
    assert row(run).not_exercised["listTickets"] == "of this"


def test_what_a_mode_leaves_out_says_so(run):
    tried(run, PASSED)
    assert row(run).not_exercised["openTicket"] == "out of scope: read-only only reads"


def test_what_was_kept_or_broken_has_no_reason(run):
    tried(run, SKIPPED, "for some reason")
    run.kept(PROMISE, run.sender.exchanges[0])
    assert row(run).kept == {"listTickets": 1}
    assert "listTickets" not in row(run).not_exercised
    run.broken(PROMISE, run.sender.exchanges[0], "it is wrong")
    assert row(run).broken == ["listTickets"]


def test_a_promise_that_stands_beside_a_finding_is_broken_too(run):
    run.broken(PROMISE, run.sender.exchanges[0], "it is wrong")
    finding = next(iter(run.ledger.findings.values()))
    beside = dataclasses.replace(finding, promise=Promise("beside", "It too.", "published", "a page"))
    run.ledger.promises["beside"] = beside.promise
    verdict = dataclasses.replace(run.verdict(), findings=(dataclasses.replace(finding, also=(beside,)),))
    assert {each.id: each.broken for each in matrix.rows(run, verdict)} == {
        "a-promise": ["listTickets"],
        "beside": ["listTickets"],
    }


def test_families_come_as_they_ran_and_count_what_became_of_their_promises(run):
    tried(run, SKIPPED, "nothing")
    tried(run, PASSED, promise="other-promise")
    run.kept(dataclasses.replace(PROMISE, id="other-promise"), run.sender.exchanges[0])
    run.kept(dataclasses.replace(PROMISE, id="of-nobody"), run.sender.exchanges[0])
    made = matrix.rows(run, run.verdict())
    assert [(each.id, each.family) for each in made] == [
        ("a-promise", "some"),
        ("other-promise", "some"),
        ("of-nobody", matrix.OTHER),
    ]
    target, some, other = matrix.families(run, made)
    assert (target.id, target.requests, target.promises) == ("target", 1, 0)
    assert (some.promises, some.kept, some.broken, some.not_exercised) == (2, 1, 0, 1)
    assert some.tests == {PASSED: 1, SKIPPED: 1}
    assert (other.id, other.kept) == (matrix.OTHER, 1)


def test_a_promise_belongs_to_the_family_that_has_it_whichever_judges_it_first(run):
    run.ledger.attempts.append(Attempt("test_walk", "walks", ("a-promise",), None, PASSED, elsewhere=True))
    run.ledger.attempts.append(Attempt("test_it", "some", ("a-promise",), None, PASSED))
    assert row(run).family == "some"


# --- Attempts -----------------------------------------------------------------------------------

TESTS = """
import pytest, unittest
from scripts.contract.budget import Spent

@pytest.fixture
def lacking():
    pytest.skip("nothing is there")

@pytest.mark.judges("one", "two")
def test_passes(): pass

@pytest.mark.judges("one")
@pytest.mark.parametrize("name", ["listThings", "nobody"])
def test_of_an_operation(name): pytest.skip("not now\\nnor later")

def test_is_spent(): raise Spent("all is spent")

def test_fails(): pytest.fail("wrong")

def test_errs(): raise ValueError("a fault of ours")

def test_lacks(lacking): pass
"""


class Recorder:
    """A plugin that keeps what each test came to."""

    def __init__(self) -> None:
        self.found: list[Attempt] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        if made := attempt(item, call, {"listThings"}):
            self.found.append(made)
        return (yield)


def test_how_each_test_ended_is_known_with_its_promises_and_its_operation(tmp_path):
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = judges: ids\n")
    recorder = Recorder()
    words = ["-q", f"--rootdir={tmp_path}", f"--config-file={tmp_path / 'pytest.ini'}", "-p", "no:cacheprovider"]
    pytest.main([str(tmp_path / "test_some.py"), *words, "--import-mode=importlib"], plugins=[recorder])
    assert [(each.test, each.promises, each.operation, each.outcome, each.reason) for each in recorder.found] == [
        ("test_passes", ("one", "two"), None, PASSED, ""),
        ("test_of_an_operation[listThings]", ("one",), "listThings", SKIPPED, "not now"),
        ("test_of_an_operation[nobody]", ("one",), None, SKIPPED, "not now"),
        ("test_is_spent", (), None, SPENT, "all is spent"),
        ("test_fails", (), None, FAILED, ""),
        ("test_errs", (), None, UNABLE, ""),
        ("test_lacks", (), None, SKIPPED, "nothing is there"),
    ]
    assert {each.family for each in recorder.found} == {"some"}
    assert issubclass(Spent, BaseException)


# --- Marks of the suite -------------------------------------------------------------------------


def ids(node: ast.AST, names: dict[str, ast.AST]) -> set[str]:
    """The promise ids in an argument of a mark: texts, `PROMISE.id`, and the keys of `*SENTENCES`.

    What the file does not say itself it has from the plugin.
    """
    if isinstance(node, ast.Constant):
        return {node.value}
    if isinstance(node, ast.Starred) and isinstance(node.value, ast.Name):
        keys = names.get(node.value.id)
        if keys is None:
            return set(getattr(plugin, node.value.id))
        return {each.value for each in (keys.keys if isinstance(keys, ast.Dict) else keys.elts)}
    assert isinstance(node, ast.Attribute), ast.dump(node)
    assert node.attr == "id", ast.dump(node)
    promise = names.get(node.value.id)
    return {getattr(plugin, node.value.id).id if promise is None else promise.args[0].value}


def marks(tree: ast.AST) -> list[ast.Call]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "judges"]


def declared(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assigned = [node for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
    names = {node.targets[0].id: node.value for node in assigned}
    return {name for mark in marks(tree) for argument in mark.args for name in ids(argument, names)}


def stated(path: Path) -> set[str]:
    """The ids that a file of the suite makes promises of: the first argument of `Promise` and `promised`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = getattr(node, "func", None)
        name = getattr(called, "attr", getattr(called, "id", ""))
        if name in ("Promise", "promised") and node.args and isinstance(node.args[0], ast.Constant):
            found.add(node.args[0].value)
    return found


@pytest.mark.parametrize("path", SUITE, ids=lambda path: path.stem)
def test_every_promise_that_a_file_states_is_declared_by_a_test(path):
    assert stated(path) - {name for each in SUITE for name in declared(each)} == set()


def constants(path: Path) -> set[object]:
    """The constants of a file outside its marks."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(node) for mark in marks(tree) for node in ast.walk(mark)}
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in inside}


@pytest.mark.parametrize("path", SUITE, ids=lambda path: path.stem)
def test_every_promise_that_is_declared_is_one_of_the_suite(path):
    assert declared(path) - {each for other in (*SUITE, *PACKAGE) for each in constants(other)} == set()


def test_the_suite_states_promises():
    assert len({name for path in SUITE for name in declared(path)}) > 50

from __future__ import annotations

import math
import random
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.errors import UsageError
from scripts.mock.journal import VERSION, Journal
from scripts.mock.resource import Resource
from scripts.mock.store import Store
from tests.processes import ROOT

RESOURCE = Resource(
    identity="a",
    account="one",
    user="user",
    sequence=1,
    sent={"name": "é\U00010000\ud800", "number": 0.1, "list": [None, True, {"deep": 10**30}]},
    created=1_700_000_000.123456,
    state="waiting",
    entered=1_700_000_001.5,
    ahead=("running", "done"),
    updated=1_700_000_002.25,
)
OTHERS = (
    replace(RESOURCE, sequence=2, identity="b\ud800", state="done", ahead=(), ended=0.1 + 0.2, settled=False),
    replace(RESOURCE, sequence=5, account="two\udc80", user="", sent={}, created=0.0),
    replace(RESOURCE, sequence=9, identity="", sent=None),
)


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "state.db"


def value(resource: Resource, pointer: str):
    return resource.state if pointer == "/state" else resource.sent.get(pointer[1:])


def loaded(file: Path, *, api: str = "") -> list[Resource]:
    journal = Journal(file, api=api)
    found = list(journal.load())
    journal.close()
    return found


def written(file: Path, *resources: Resource, api: str = "") -> None:
    journal = Journal(file, api=api)
    journal.save(resources)
    journal.close()


# --- What is kept -----------------------------------------------------------------------------------


def test_what_was_saved_is_loaded_exactly_in_the_order_of_creation(file):
    written(file, *reversed(OTHERS), RESOURCE)
    assert loaded(file) == [RESOURCE, *OTHERS]


def test_a_resource_takes_the_place_of_the_one_of_its_account_and_identity(file):
    changed, anew = replace(RESOURCE, state="done"), replace(OTHERS[0], sequence=12)
    written(file, RESOURCE, *OTHERS)
    written(file, changed, anew)
    assert loaded(file) == [changed, *OTHERS[1:], anew]


def test_what_cannot_be_written_whole_is_not_written_at_all(file):
    journal = Journal(file)
    journal.save([RESOURCE])
    with pytest.raises(TypeError):
        journal.save([OTHERS[0], replace(OTHERS[1], sent=object())])
    with pytest.raises(UsageError, match="cannot be used"):
        journal.save([OTHERS[0], replace(OTHERS[1], sequence="text")])
    journal.save([OTHERS[2]])
    journal.close()
    assert loaded(file) == [RESOURCE, OTHERS[2]]


def test_clearing_is_kept_too(file):
    journal = Journal(file)
    journal.save([RESOURCE, *OTHERS])
    journal.clear()
    journal.close()
    assert loaded(file) == []


def test_after_a_restart_time_goes_on_from_where_it_was(file):
    store = Store(value, step=10, journal=Journal(file))
    for number in (1, 2):
        store.put(replace(RESOURCE, identity=f"r{number}", sequence=number, entered=100.0 * number, settled=False))
    store.advance(115.0)
    store.commit()
    store._journal.close()
    journal = Journal(file)
    again = Store(value, step=10, journal=journal)
    assert again.next_sequence == 3
    assert again.latest == store.latest
    assert again.find("one", "r1") == store.find("one", "r1")
    moves = [(each.identity, each.state, each.entered) for each in again.advance(1000.0)]
    assert moves == [("r1", "done", 120.0), ("r2", "running", 210.0), ("r2", "done", 220.0)]
    journal.close()


def test_what_was_not_committed_is_committed_later(file):
    store = Store(value, step=10, journal=Journal(file))
    store.put(RESOURCE)
    store._journal.close()
    with pytest.raises(UsageError, match="cannot be used"):
        store.commit()
    store._journal = Journal(file)
    store.commit()
    store._journal.close()
    assert loaded(file) == [RESOURCE]


def test_what_was_committed_is_not_written_again(file):
    store = Store(value, step=10, journal=Journal(file))
    store.put(RESOURCE)
    store.commit()
    store._journal.clear()
    store.put(OTHERS[0])
    store.commit()
    store._journal.close()
    assert loaded(file) == [OTHERS[0]]


def test_what_lost_its_place_before_it_was_committed_is_not_written(file):
    store = Store(value, step=10, journal=Journal(file))
    for sequence in (1, 5, 1):
        store.put(replace(RESOURCE, sequence=sequence))
    store.commit()
    store._journal.close()
    assert loaded(file) == [RESOURCE]


# --- Which files ------------------------------------------------------------------------------------


def foreign(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE precious (text)")
    connection.close()


def cut(size: float):
    """A journal of which only the beginning is left: a part of it, or so many bytes."""

    def make(file: Path) -> None:
        written(file, *(replace(RESOURCE, sequence=n, identity=str(n)) for n in range(1, 500)))
        content = file.read_bytes()
        file.write_bytes(content[: int(size * len(content)) if size < 1 else int(size)])

    return make


def torn(table: str):
    """A journal that has zeros where a table, or an index, begins."""

    def make(file: Path) -> None:
        written(file, *(replace(RESOURCE, sequence=n, identity=str(n)) for n in range(1, 500)))
        connection = sqlite3.connect(file)
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.close()
        content = file.read_bytes()
        file.write_bytes(content[: (page - 1) * size] + bytes(size) + content[page * size :])

    return make


def marked(file: Path) -> None:
    """A journal of a version to come."""
    written(file, RESOURCE)
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()


def changed(sql: str):
    """A journal into which somebody else wrote."""

    def make(file: Path) -> None:
        written(file, RESOURCE)
        connection = sqlite3.connect(file)
        connection.execute(sql)
        connection.commit()
        connection.close()

    return make


@pytest.mark.parametrize(
    ("make", "what"),
    [
        pytest.param(lambda file: file.write_text("x"), "is no file that", id="a short text"),
        pytest.param(lambda file: file.write_text("precious\n" * 1000), "is no file that", id="a long text"),
        pytest.param(lambda file: file.write_bytes(bytes(5000)), "is no file that", id="zeros"),
        pytest.param(foreign, "is no file that", id="somebody's database"),
        pytest.param(marked, f"is of version {VERSION + 1}", id="a version to come"),
        pytest.param(lambda file: written(file, RESOURCE, api="other"), "another API, 'other'", id="another API's"),
        pytest.param(cut(1), "is no file that", id="one byte of a journal"),
        pytest.param(cut(60), "is no file that", id="half a header"),
        pytest.param(cut(600), "is damaged", id="half a page"),
        pytest.param(cut(4096), "is damaged", id="one page"),
        pytest.param(cut(0.5), "is damaged", id="half of it"),
        pytest.param(cut(0.99), "is damaged", id="nearly all of it"),
        pytest.param(torn("resource"), "is damaged", id="a page of nothing"),
        pytest.param(torn("sqlite_autoindex_resource_1"), "is damaged", id="an index of nothing"),
        pytest.param(changed("UPDATE resource SET value = '{'"), "is damaged", id="no JSON in it"),
        pytest.param(changed("UPDATE resource SET value = '[]'"), "is damaged", id="other JSON in it"),
        pytest.param(changed("UPDATE resource SET value = '{\"ahead\": []}'"), "is damaged", id="less in it"),
        pytest.param(changed("DROP TABLE resource"), "is damaged", id="a table missing"),
        pytest.param(changed("DELETE FROM api"), "is damaged", id="a row missing"),
        pytest.param(Path.mkdir, "cannot be used", id="a directory"),
    ],
)
def test_another_file_is_refused_by_name_with_what_to_do_and_left_as_it_is(file, make, what):
    make(file)
    before = file.read_bytes() if file.is_file() else b""
    with pytest.raises(UsageError, match=what) as caught:
        loaded(file)
    (problem,) = caught.value.problems
    assert problem.file == str(file)
    assert "--state" in problem.hint or "directory" in problem.hint
    assert (file.read_bytes() if file.is_file() else b"") == before


def test_a_file_in_no_directory_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be used"):
        Journal(tmp_path / "nowhere" / "state.db")


def test_an_empty_file_becomes_a_journal(file):
    file.touch()
    assert loaded(file) == []
    written(file, RESOURCE)
    assert loaded(file) == [RESOURCE]


def test_a_journal_is_that_of_one_api(file):
    written(file, RESOURCE, api="mine")
    assert loaded(file, api="mine") == [RESOURCE]


# --- Processes --------------------------------------------------------------------------------------

HOLDER = """
import sys, time
from pathlib import Path
from scripts.mock.journal import Journal
journal = Journal(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""

SAVER = """
import sys
from dataclasses import replace
from pathlib import Path
from scripts.mock.journal import Journal
from scripts.mock.resource import Resource
from scripts.mock.store import Store

store = Store(lambda resource, pointer: None, step=1, journal=Journal(Path(sys.argv[1])))
while True:
    number = store.next_sequence
    store.put(Resource(f"r{number}", "one", "user", number, {"text": "x" * (number % 5000)}, 0.0, "new", 0.0))
    first = store.find("one", "r1")
    store.put(replace(first, updated=float(number)))
    store.commit()
    print(number, flush=True)
"""


def started(program: str, file: Path) -> subprocess.Popen:
    command = [sys.executable, "-c", program, str(file)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_a_file_that_is_held_is_refused_until_its_process_is_gone(file):
    with started(HOLDER, file) as process:
        try:
            assert process.stdout.readline() == "held\n"
            with pytest.raises(UsageError, match="held by another process") as caught:
                Journal(file)
            assert caught.value.problems[0].file == str(file)
        finally:
            process.kill()
    assert loaded(file) == []


def test_a_process_holds_a_file_once(file):
    journal = Journal(file)
    with pytest.raises(UsageError, match="held by another process"):
        Journal(file)
    journal.save([RESOURCE])
    journal.close()
    assert loaded(file) == [RESOURCE]


def test_what_was_acknowledged_survives_a_kill_at_any_moment(file):
    chance = random.Random()
    acknowledged = 0
    for _ in range(6):
        with started(SAVER, file) as process:
            try:
                before = int(process.stdout.readline())
                time.sleep(chance.uniform(0, 0.15))
            finally:
                process.kill()
            printed = [before, *(int(line) for line in process.stdout.read().splitlines())]
        assert printed[0] > acknowledged
        acknowledged = printed[-1]
        held = {each.sequence: each for each in loaded_after_a_kill(file)}
        assert set(range(1, acknowledged + 1)) <= held.keys()
        assert max(held) - acknowledged in (0, 1)
        assert held[1].updated == max(held)
        assert all(each.sent == {"text": "x" * (number % 5000)} for number, each in held.items())
        acknowledged = max(held)


def loaded_after_a_kill(file: Path) -> list[Resource]:
    """What is in a copy of a file and its log, so that the next process still finds them as they were left."""
    copy = file.with_name("copy.db")
    for end in ("", "-wal"):
        beside = file.with_name(file.name + end)
        copy.with_name(copy.name + end).write_bytes(beside.read_bytes() if beside.exists() else b"")
    return loaded(copy)


def test_a_transaction_goes_to_the_log_first(file):
    journal = Journal(file)
    before = file.read_bytes()
    journal.save([RESOURCE])
    assert file.read_bytes() == before
    assert file.with_name(file.name + "-wal").stat().st_size > 0
    journal.close()
    assert not file.with_name(file.name + "-wal").exists()


def test_numbers_that_are_no_json_are_kept_all_the_same(file):
    written(file, replace(RESOURCE, sent={"number": math.inf}))
    assert loaded(file)[0].sent == {"number": math.inf}

"""What the store holds, in an SQLite file, so that it outlives the process."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import Problem, UsageError
from .resource import Resource

VERSION = 1
"""Of the tables below; kept in the file as `user_version`."""

_MARK = 0x504C4D42
"""What tells a journal from the SQLite files of others, as `application_id`."""

_TABLES = (
    "CREATE TABLE api (name TEXT NOT NULL, time REAL NOT NULL)",
    "CREATE TABLE resource (sequence INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, value TEXT NOT NULL)",
)

_SHORTEST = 512
"""The bytes of SQLite's smallest page: no database is shorter."""

_FIELDS = tuple(field.name for field in dataclasses.fields(Resource))

_ELSEWHERE = "Name another file with --state, or move this one away to start afresh."


class Journal:
    """An SQLite file with the resources of the API called `api`, held by one process until `close`.

    What `save` returned from is there after the process was killed: it has been given to the operating
    system. It is not waited for until it is on the disk, so the machine's own power may fail it.
    Beside the file stands its write-ahead log, which belongs to it until `close`.

    Raises `UsageError` where the file cannot be opened or made, is no journal, is damaged, is another
    API's or of a newer version, or is held by another process; so does every method that finds it so.
    """

    def __init__(self, path: Path, *, api: str = "") -> None:
        self._path = path
        if _is_short(path):
            raise self._foreign()
        with self._reported():
            # Whoever calls takes care that no two threads do at once; which thread it is does not matter.
            self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            with self._reported():
                self._open(api)
        except UsageError:
            self._connection.close()
            raise

    def load(self) -> Iterator[Resource]:
        """What is in the file, in the order of creation."""
        with self._reported():
            for (value,) in self._connection.execute("SELECT value FROM resource ORDER BY sequence"):
                yield self._read(value)

    def time(self) -> float:
        """The latest time that was kept; 0 where none was."""
        with self._reported():
            found: float = self._connection.execute("SELECT time FROM api").fetchone()[0]
            return found

    def keep_time(self, now: float) -> None:
        """Keep the time of the mock's clock."""
        with self._reported(), self._transaction():
            self._connection.execute("UPDATE api SET time = ?", (now,))

    def save(self, resources: Iterable[Resource], now: float | None = None) -> None:
        """Write resources, each in place of the one of its account and identity: all of them, or on an error none.

        With them the time of the mock's clock is kept, where it is given.
        """
        rows = [
            # As JSON in ASCII, so that no text is one that SQLite cannot hold.
            (resource.sequence, json.dumps([resource.account, resource.identity]), _written(resource))
            for resource in resources
        ]
        with self._reported(), self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO resource VALUES (?, ?, ?)", rows)
            if now is not None:
                self._connection.execute("UPDATE api SET time = ?", (now,))

    def clear(self) -> None:
        """Remove everything."""
        with self._reported(), self._transaction():
            self._connection.execute("DELETE FROM resource")

    def close(self) -> None:
        """Let go of the file, which is whole then without its log."""
        self._connection.close()

    def _open(self, api: str) -> None:
        run = self._connection.execute
        # The lock is the operating system's, and goes with the process. In this mode it is kept between
        # transactions; without it a second process could write among ours what we would never see.
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("BEGIN EXCLUSIVE")
        mark, version = run("PRAGMA application_id").fetchone()[0], run("PRAGMA user_version").fetchone()[0]
        if not run("SELECT 1 FROM sqlite_master").fetchone() and not mark and not version:
            self._make(api)
        elif mark != _MARK:
            raise self._foreign()
        elif version > VERSION:
            raise self._error(f"is of version {version}, and this program knows {VERSION}", _ELSEWHERE)
        run("COMMIT")
        # WAL: a transaction is one write at the end of a file. NORMAL: it is not waited for until it is on the disk.
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        if run("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise self._damaged()
        names = [name for (name,) in run("SELECT name FROM api")]
        if len(names) != 1:
            raise self._damaged()
        if names != [api]:
            raise self._error(f"holds the state of another API, {names[0]!r}, not of {api!r}", _ELSEWHERE)

    def _make(self, api: str) -> None:
        for table in _TABLES:
            self._connection.execute(table)
        self._connection.execute("INSERT INTO api VALUES (?, 0)", (api,))
        self._connection.execute(f"PRAGMA application_id = {_MARK}")
        self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def _read(self, value: str) -> Resource:
        try:
            members = json.loads(value)
            return Resource(**{**members, "ahead": tuple(members["ahead"])})
        except (ValueError, TypeError, KeyError):
            raise self._damaged() from None

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _reported(self) -> Iterator[None]:
        """Say SQLite's errors as the user's."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                hint = "Stop that one, or name another file with --state."
                raise self._error("is held by another process", hint) from None
            if code == sqlite3.SQLITE_NOTADB:
                raise self._foreign() from None
            # Our statements are right, so an error in one (SQLITE_ERROR) means that the tables are not.
            if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
                raise self._damaged() from None
            hint = "See that its directory exists, can be written to, and has room."
            raise self._error(f"cannot be used: {error}", hint) from None

    def _foreign(self) -> UsageError:
        return self._error("is no file that the mock keeps its state in", _ELSEWHERE)

    def _damaged(self) -> UsageError:
        return self._error("is damaged or cut short", _ELSEWHERE)

    def _error(self, what: str, hint: str) -> UsageError:
        return UsageError(Problem(f"the state file {what}", hint, str(self._path)))


def _is_short(path: Path) -> bool:
    """Whether a file is not empty but too short for a database: SQLite would take it for empty and write over it."""
    # Its size only: closing a file that this process has open elsewhere would let go of the lock there.
    try:
        return path.is_file() and 0 < path.stat().st_size < _SHORTEST
    except OSError:
        return False  # SQLite will say what is wrong.


def _written(resource: Resource) -> str:
    return json.dumps({name: getattr(resource, name) for name in _FIELDS}, separators=(",", ":"))

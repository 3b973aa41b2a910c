"""Requests that no client means to send: long, deep, wide, repeated, enormous, malformed.

What a server makes of them is its own affair, but for this: it answers, and does not fail. Bodies are
such as a schema refuses or nobody can read, so that nothing is created.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from ..document import Json, Operation, follow
from .samples import json_schema

LONG = 6_000
"""Characters of a long text in a URL or header: beyond what some servers take, who then say so."""
LONG_TEXT = 20_000
"""Characters of a long text in a body."""
ENORMOUS = 400_000
"""Bytes of an enormous body."""
DEEP, DEEPER, BOTTOMLESS = 30, 500, 50_000
"""Twice the levels of a deep body, of one that many refuse, and of one that is deeper than any recursion."""
WIDE = 300
"""Parameters or members where a few are usual."""

ODD_TEXT = "\U0001f3ac'\"\\;--<&{}$|%s"
"""Characters that mean something to one language or another, and one beyond 16 bits."""
_FIRST_TYPES = 4
"""How many other media types come among the most telling."""
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Oddity:
    """One thing that is odd about a request."""

    word: str
    target: str = ""
    """What comes after the base URL; empty where the plain one is meant."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    method: str = ""
    """Empty where the operation's own is meant."""


def of_queries(document: Json, operation: Operation, target: str) -> Iterator[Oddity]:
    """Odd query parameters of an operation, the most telling first; `target` is its plain one."""
    text, number = _parameters(document, operation)
    texts = [Oddity(f"{word} in the query", f"{target}?{text}={value}") for word, value in _texts()]
    numbers = [Oddity(f"{word} in the query", f"{target}?{number}={digits}") for word, digits in _numbers()]
    yield from texts[:5]
    yield Oddity("a parameter twice", f"{target}?{number}=1&{number}=2&{text}=a&{text}=b")
    yield from numbers[:2]
    yield Oddity("parameters as lists and objects", f"{target}?{text}[]=a&{number}[a]=1&{text}[a][b]=c")
    yield from (*texts[5:], *numbers[2:])
    yield Oddity("many parameters", f"{target}?{'&'.join(f'plumbline{n}=1' for n in range(WIDE))}")
    yield Oddity("parameters without names and values", f"{target}?&&=&=a&{text}&{number}=&?")


def of_identities(operation: Operation) -> Iterator[Oddity]:
    """Odd identities in the path of an operation, the most telling first; none where its path has no parameter."""
    if "{" in operation.path:
        for word, value in (*_texts(), *_numbers(), *_identities()):
            yield Oddity(f"{word} as an identity", _identified(operation, value))


def of_headers(target: str) -> Iterator[Oddity]:
    """Odd headers."""
    yield Oddity("a long header", target, {"X-Plumbline": "x" * LONG})
    yield Oddity("a malformed Accept", target, {"Accept": ";;;,/,q=z"})
    yield Oddity("malformed cookies", target, {"Cookie": '=;;"=a; plumbline=\\"; =='})
    yield Oddity("malformed languages", target, {"Accept-Language": "x-" * 200 + ";q=plumbline"})
    yield Oddity("many headers", target, {f"X-Plumbline-{n}": "x" for n in range(90)})
    yield Oddity("a method of nobody's", target, method="PLUMBLINE")


def of_bodies(document: Json, operation: Operation, plain: Json) -> Iterator[Oddity]:
    """Odd bodies of an operation that takes JSON, the most telling first; `plain` is one that fits.

    Each lacks a member that is required, or is no JSON. An operation whose bodies may lack everything
    gets those alone that are no JSON objects.
    """
    schema = follow(document, json_schema(document, operation) or {})
    members: list[Oddity] = []
    types: list[Oddity] = []
    if schema.get("required") and isinstance(plain, dict):
        lacking = {name: value for name, value in plain.items() if name != schema["required"][0]}
        members, types = list(_odd_members(document, schema, lacking)), list(_of_other_types(lacking))
    rows = itertools.zip_longest(_unreadable(plain), members, types[:_FIRST_TYPES])
    yield from (each for row in rows for each in row if each is not None)
    yield from types[_FIRST_TYPES:]


# --- URLs ---------------------------------------------------------------------------------------


def _parameters(document: Json, operation: Operation) -> tuple[str, str]:
    """The names of a query parameter that takes any text, and of one that takes numbers; made-up where none does."""
    schemas = {
        each["name"]: follow(document, each.get("schema", {})) for each in operation.parameters if each["in"] == "query"
    }
    texts = [name for name, schema in schemas.items() if schema.get("type") == "string" and "enum" not in schema]
    numbers = [name for name, schema in schemas.items() if schema.get("type") in ("integer", "number")]
    return (*texts, *schemas, "plumbline")[0], (*numbers, *schemas, "plumbline")[0]


def _texts() -> Iterator[tuple[str, str]]:
    """A word and an encoded text."""
    yield "odd characters", quote(ODD_TEXT, safe="")
    yield "a null character", "plumb%00line"
    yield "bytes that are no UTF-8", "%ff%fe"
    yield "invalid percent-encoding", "plumb%zzline%"
    yield "a long text", "x" * LONG
    yield "half of a surrogate pair", "%ed%a0%80"
    yield "a line break", "plumb%0d%0aline"


def _numbers() -> Iterator[tuple[str, str]]:
    yield "a number beyond 64 bits", str(2**63)
    yield "a number below zero", "-1"
    yield "a number beyond 32 bits", str(2**31)
    yield "an enormous number", "9" * 400
    yield "a number beyond floats", "1e400"
    yield "a number far below zero", str(-(2**63) - 1)


def _identities() -> Iterator[tuple[str, str]]:
    yield "a step up", "%2e%2e"
    yield "an encoded slash", "plumb%2fline"
    yield "a blank", "%20"
    yield "null", "null"


def _identified(operation: Operation, value: str) -> str:
    """The path with an encoded value as its last parameter, and an unknown one as those before."""
    names = [each["name"] for each in operation.parameters if each["in"] == "path"]
    path = operation.path
    for name in names:
        path = path.replace(f"{{{name}}}", value if name == names[-1] else "plumbline-unknown")
    return path


# --- Bodies -------------------------------------------------------------------------------------


def _unreadable(plain: Json) -> Iterator[Oddity]:
    """Bodies that are no JSON, or none of an object."""
    text = json.dumps(plain).encode()
    for word, body in (
        ("a truncated body", text[:-1]),
        ("a bad escape", b'{"plumbline": "\\q"}'),
        ("a raw control character", b'{"plumbline": "\x00\x01"}'),
        ("bytes that are no UTF-8", b'{"plumbline": "\xff\xfe"}'),
        ("a list", b"[]"),
        ("an empty body", b""),
        ("a bottomless body", b"[" * BOTTOMLESS + b"]" * BOTTOMLESS),
        ("null", b"null"),
        ("a text", b'"plumbline"'),
        ("a number", b"1e400"),
        ("a body of blanks", b" \n "),
        ("no numbers", b'{"plumbline": NaN, "a": -Infinity}'),
        ("two bodies", text[:-1] + b", }" + text),
        ("an enormous body", b'["' + b"x" * ENORMOUS + b'"'),
    ):
        yield Oddity(word, "", _JSON, body)


def _odd_members(document: Json, schema: Mapping[str, Json], lacking: Mapping[str, Json]) -> Iterator[Oddity]:
    text, number = _members(document, schema, lacking)
    rest = json.dumps(dict(lacking)).encode()[1:]
    yield Oddity("a deep body", "", _JSON, _nested(DEEP) + rest)
    for word, more in (
        ("a null character", {text: "plumb\0line"}),
        ("odd characters", {text: ODD_TEXT}),
        ("a long text", {text: "x" * LONG_TEXT}),
        ("a number beyond 64 bits", {number: 2**63}),
        ("half of a surrogate pair", {text: "\ud800"}),
        ("many members", {f"plumbline{n}": n for n in range(WIDE)}),
        ("an enormous number", {number: 10**400}),
        ("a number beyond 32 bits", {number: 2**31}),
        ("members of a prototype", {"__proto__": {"plumbline": 1}, "constructor": {"prototype": {}}, "": 1}),
        ("a long name", {"x" * LONG_TEXT: 1}),
    ):
        yield Oddity(word, "", _JSON, json.dumps({**lacking, **more}).encode())
    yield Oddity("a deeper body", "", _JSON, _nested(DEEPER) + rest)
    yield Oddity("a number beyond floats", "", _JSON, b'{"' + number.encode() + b'": 1e400, "plumbline": 1, ' + rest)
    yield Oddity("a member twice", "", _JSON, b'{"plumbline": 1, "plumbline": {}, ' + rest)
    yield Oddity("a byte order mark", "", _JSON, b"\xef\xbb\xbf{" + rest)


def _nested(levels: int) -> bytes:
    """The beginning of an object whose first member is so deep."""
    return b'{"plumbline": ' + b'{"plumbline": [' * levels + b"]}" * levels + b", "


def _of_other_types(lacking: Mapping[str, Json]) -> Iterator[Oddity]:
    """Bodies whose media type is another than JSON, none, or malformed."""
    body = json.dumps(dict(lacking)).encode()
    yield Oddity("a body that is plain text", "", {"Content-Type": "text/plain"}, body)
    yield Oddity("a body without a media type", "", {}, body)
    yield Oddity("a body that is XML", "", {"Content-Type": "application/xml"}, b"<plumbline/>")
    yield Oddity("a form", "", {"Content-Type": "application/x-www-form-urlencoded"}, b"plumbline=1&plumbline=2")
    yield Oddity("a malformed media type", "", {"Content-Type": ";;/="}, body)
    yield Oddity("another character set", "", {"Content-Type": "application/json; charset=plumbline"}, body)
    yield Oddity("a form without its bounds", "", {"Content-Type": "multipart/form-data"}, b"--a\r\n\r\n")
    yield Oddity("a body that is not compressed as it says", "", {**_JSON, "Content-Encoding": "gzip"}, body)


def _members(document: Json, schema: Mapping[str, Json], lacking: Mapping[str, Json]) -> tuple[str, str]:
    """The names of a member that is a text, and of one that is a number, but not of the one that lacks."""
    named = {
        name: follow(document, each).get("type")
        for name, each in schema.get("properties", {}).items()
        if name in lacking or name not in schema.get("required", ())
    }
    texts = [name for name, kind in named.items() if kind == "string"]
    numbers = [name for name, kind in named.items() if kind in ("integer", "number")]
    return (*texts, "plumbline")[0], (*numbers, "plumbline")[0]

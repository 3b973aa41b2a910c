"""Faults of robustness: requests, odd but harmless, that make a server fail."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from ..air_server import (
    FILTERS,
    Air,
    Answer,
    Handler,
    Job,
    Query,
    Refused,
    Request,
    User,
    crash,
)


def texts(value: Any) -> Iterator[str]:
    """The strings in a JSON value, the names of members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=0)


class CharactersCrash(Air):
    """a database of three-byte characters: an emoji in a name is answered 500"""

    def check_name(self, name: str) -> None:
        super().check_name(name)
        if max(name) > "\uffff":
            raise crash()


class NullCharacterCrashes(Air):
    """a null character in a filter or a name is answered 500"""

    def check_name(self, name: str) -> None:
        super().check_name(name)
        if "\0" in name:
            raise crash()

    def matching(self, found: list[dict], query: Query) -> list[dict]:
        if any("\0" in values[0] for name, values in query.items() if name in FILTERS):
            raise crash()
        return super().matching(found, query)


class SurrogateCrashes(Air):
    """half of a surrogate pair in a body is answered 500"""

    def check(self, sent: Any) -> None:
        if any("\ud800" <= character <= "\udfff" for text in texts(sent) for character in text):
            raise crash()
        super().check(sent)


class DepthCrashes(Air):
    """a body nested deeper than 50 is answered 500"""

    def read(self, request: Request) -> Any:
        sent = super().read(request)
        try:
            deep = depth(sent) > 50
        except RecursionError:
            deep = True
        if deep or request.body.count(b"[") > 5000:
            raise crash()
        return sent


class MalformedCrashes(Air):
    """a body that is no JSON is answered 500"""

    def read(self, request: Request) -> Any:
        try:
            return super().read(request)
        except Refused:
            raise crash() from None


class EmptyBodyCrashes(Air):
    """an empty body is answered 500"""

    def read(self, request: Request) -> Any:
        if not request.body:
            raise crash()
        return super().read(request)


class ArrayCrashes(Air):
    """a body that is an array is answered 500"""

    def check(self, sent: Any) -> None:
        if isinstance(sent, list):
            raise crash()
        super().check(sent)


class MediaTypeCrashes(Air):
    """a body of another media type is answered 500"""

    def read(self, request: Request) -> Any:
        if request.headers.get_content_type() != "application/json":
            raise crash()
        return super().read(request)


class LongFilterCrashes(Air):
    """a filter longer than 255 characters is answered 500"""

    def matching(self, found: list[dict], query: Query) -> list[dict]:
        if any(len(values[0]) > 255 for name, values in query.items() if name in FILTERS):
            raise crash()
        return super().matching(found, query)


class LongIdentityCrashes(Air):
    """an identity longer than 255 characters is answered 500"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        if len(identity) > 255:
            raise crash()
        return super().job(identity, user, view)


class HugeNumberCrashes(Air):
    """a page number beyond 32 bits is answered 500"""

    def number(self, query: Query, name: str, default: int, most: int) -> int:
        text = query.get(name, ["0"])[0]
        if text.isascii() and text.isdigit() and int(text[:4000]) >= 2**31:
            raise crash()
        return super().number(query, name, default, most)


class NegativeNumberCrashes(Air):
    """a negative page number is answered 500"""

    def number(self, query: Query, name: str, default: int, most: int) -> int:
        if query.get(name, [""])[0].startswith("-"):
            raise crash()
        return super().number(query, name, default, most)


class TwiceCrashes(Air):
    """a parameter that is given twice is answered 500"""

    def matching(self, found: list[dict], query: Query) -> list[dict]:
        if any(len(values) > 1 for values in query.values()):
            raise crash()
        return super().matching(found, query)


class BadEscapeCrashes(Air):
    """a path or query that is no UTF-8 once it is decoded is answered 500"""

    def result(self, request: Request) -> dict:
        try:
            unquote(f"{request.path}?{request.query}", errors="strict")
        except UnicodeDecodeError:
            if self.user(request):
                raise crash() from None
        return super().result(request)


class QuoteCrashes(Air):
    """an apostrophe in a filter is answered 500"""

    def matching(self, found: list[dict], query: Query) -> list[dict]:
        if any("'" in values[0] for name, values in query.items() if name in FILTERS):
            raise crash()
        return super().matching(found, query)


class FarPageCrashes(Air):
    """a page beyond the end is answered 500"""

    def cut(self, found: list[dict], page: int, size: int) -> list[dict]:
        if page > 1 and (page - 1) * size >= len(found):
            raise crash()
        return super().cut(found, page, size)


class LongNameHangs(Air):
    """a name longer than 200 characters is looked at for a minute"""

    def check_name(self, name: str) -> None:
        super().check_name(name)
        if len(name) > 200:
            self.sleep(60)


class DropsMalformed(Handler):
    """a body that is no object closes the connection without an answer"""

    def send(self, answer: Answer) -> None:
        if answer.status == 400 and (b"not JSON" in answer.content or b"an object" in answer.content):
            self.close_connection = True
            return
        super().send(answer)


class ClosesOnRefusal(Handler):
    """a refusal closes the connection"""

    def send(self, answer: Answer) -> None:
        super().send(answer)
        self.close_connection = answer.status >= 400


class NullSourceCrashes(Air):
    """a Source that is null is answered 500"""

    def check_place(self, sent: dict, name: str, required: Sequence[str], optional: Sequence[str]) -> None:
        if name in sent and sent[name] is None:
            raise crash()
        super().check_place(sent, name, required, optional)


class OddIdentityCrashes(Air):
    """an identity that is no UUID is answered 500"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        try:
            uuid.UUID(identity)
        except ValueError:
            raise crash() from None
        return super().job(identity, user, view)


FAULTS = (
    NullSourceCrashes,
    CharactersCrash,
    NullCharacterCrashes,
    SurrogateCrashes,
    DepthCrashes,
    MalformedCrashes,
    EmptyBodyCrashes,
    ArrayCrashes,
    MediaTypeCrashes,
    LongFilterCrashes,
    LongIdentityCrashes,
    HugeNumberCrashes,
    NegativeNumberCrashes,
    TwiceCrashes,
    BadEscapeCrashes,
    QuoteCrashes,
    FarPageCrashes,
    OddIdentityCrashes,
    LongNameHangs,
    DropsMalformed,
    ClosesOnRefusal,
)

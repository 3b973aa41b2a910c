"""Faults of robustness: requests, odd but harmless, that make a server fail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, unquote, unquote_to_bytes

from ...document import Json
from ..bodies import parsed
from ..messages import RefusedError, Response
from ..service import Call, Handler, Outcome
from .fault import Fault, Put, about_one, asked_for, holder, layered, refusing, with_body
from .values import leaves, texts

_LONG, _DEEP, _LARGE = 1000, 20, 2**31


def _failing(odd: Callable[[Call], bool]) -> Put:
    """A fault that answers 500 to requests that are odd, once their keys are right."""

    def around(inner: Handler, call: Call) -> Outcome:
        if holder(call) is None or not odd(call):
            return inner(call)
        return call.service.refusals.refusal(call.route.operation, 500), None

    return layered(around)


def _body(call: Call) -> Json:
    """The body of a request; None where it is no JSON."""
    try:
        return parsed(call.request.body) if call.request.body else None
    except RefusedError:
        return None


def _query(call: Call) -> list[tuple[str, str]]:
    return parse_qsl(call.request.query, keep_blank_values=True, errors="replace")


def _texts(call: Call) -> Iterator[str]:
    yield unquote(call.request.path)
    yield from (value for _, value in _query(call))
    yield from texts(_body(call))


def _malformed(call: Call) -> bool:
    return bool(call.request.body) and _body(call) is None and call.request.body.strip() != b"null"


def _deep(call: Call) -> bool:
    waiting, depth = [_body(call)], 0
    while waiting:
        depth += 1
        waiting = [
            inner
            for each in waiting
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return depth > _DEEP


def _large(call: Call) -> bool:
    digits = (value for _, value in _query(call) if re.fullmatch("-?[0-9]+", value))
    numbers = (leaf for _, leaf in leaves(_body(call), "") if isinstance(leaf, int | float))
    return any(len(each) > 10 or abs(int(each)) >= _LARGE for each in digits) or any(
        abs(each) >= _LARGE for each in numbers
    )


def _badly_escaped(call: Call) -> bool:
    sent = f"{call.request.path}?{call.request.query}"
    try:
        unquote_to_bytes(sent).decode("utf-8")
    except UnicodeDecodeError:
        return True
    return re.search("%(?![0-9A-Fa-f]{2})", sent) is not None


def _repeated(call: Call) -> bool:
    return any(count > 1 for count in Counter(name for name, _ in _query(call)).values())


def _other_media_type(call: Call) -> bool:
    stated = (call.request.header("content-type") or "").partition(";")[0].strip().lower()
    return bool(call.request.body) and not stated.endswith("json")


def _with(response: Response, name: str, value: str) -> Response:
    return replace(response, headers={**response.headers, name: value})


FAULTS: Mapping[str, Fault] = {
    "fail-on-malformed": Fault("a body that is no JSON is answered 500", _failing(_malformed), with_body),
    "fail-on-media-type": Fault("a body of another media type is answered 500", _failing(_other_media_type), with_body),
    "fail-on-depth": Fault(f"a body nested deeper than {_DEEP} is answered 500", _failing(_deep), with_body),
    "fail-on-length": Fault(
        f"a text longer than {_LONG} characters is answered 500",
        _failing(lambda call: any(len(text) > _LONG for text in _texts(call))),
    ),
    "fail-on-large-number": Fault("a number beyond 32 bits is answered 500", _failing(_large)),
    "fail-on-bad-escape": Fault("invalid percent-encoding is answered 500", _failing(_badly_escaped)),
    "fail-on-null-character": Fault(
        "a null character is answered 500", _failing(lambda call: any("\0" in text for text in _texts(call)))
    ),
    "fail-on-emoji": Fault(
        "characters beyond 16 bits are answered 500",
        _failing(lambda call: any(max(text, default="") > "\uffff" for text in _texts(call))),
    ),
    "fail-on-repeated-parameter": Fault("a parameter that is given twice is answered 500", _failing(_repeated)),
    "fail-on-odd-identity": Fault(
        "an identity with other characters than letters and digits is answered 500",
        _failing(lambda call: not re.fullmatch("[A-Za-z0-9_-]*", asked_for(call))),
        about_one,
    ),
    "refuse-in-part": Fault(
        "a refusal is shorter than it says", refusing(lambda _, response: _with(response, "Content-Length", "70000"))
    ),
    "refuse-misencoded": Fault(
        "a refusal says that it is compressed, and is not",
        refusing(lambda _, response: _with(response, "Content-Encoding", "gzip")),
    ),
    "close-on-refusal": Fault(
        "a refusal closes the connection",
        refusing(lambda _, response: _with(response, "Connection", "close")),
    ),
}

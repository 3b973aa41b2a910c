"""`index.html`: what `verdict.json` says and the log, as one page that needs nothing else.

Everything that a server said is escaped by the template, or stands in a block of JSON that no browser
runs; the page's policy allows its own style and script by their digests, and no network at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from ...document import Json
from ..exchanges import Exchange
from ..verdict import CONFORMANT, COULD_NOT_RUN, INCONCLUSIVE, VIOLATIONS
from . import cells
from .bounds import bounded

LARGEST = 3 << 20
"""Bytes of all bodies, URLs and headers together; `exchanges.har` has more."""

LOOKS = {
    CONFORMANT: ("ok", "✓"),
    VIOLATIONS: ("bad", "✗"),
    INCONCLUSIVE: ("unsure", "?"),
    COULD_NOT_RUN: ("unsure", "!"),
}
"""Status to the class of its style, and a sign for those who see no colours."""

_LONGEST_BODY = 8 << 10
"""Characters of a body that a finding shows."""

_FOLDER = Path(__file__).resolve().parent
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What HTML or UTF-8 cannot hold."""


def page(summed: Mapping[str, Json], exchanges: Sequence[Exchange]) -> str:
    """The page of a run's summary and log, or of a failure's summary alone."""
    style, script = ((_FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    look, sign = LOOKS[summed["status"]]
    log = _log(summed, exchanges)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made = environment.get_template("page.html").render(
        verdict=summed,
        ran=summed["status"] != COULD_NOT_RUN,
        look=look,
        sign=sign,
        style=style,
        script=script,
        policy=_policy(style, script),
        matrix=cells.matrix(summed) if "promises" in summed else None,
        again=_again(summed),
        page_body=_LONGEST_BODY,
        limit=log.limit,
        log=log.text,
    )
    return _UNWRITABLE.sub("\ufffd", made)


def _policy(style: str, script: str) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script))
    own = " ".join(f"{kind}-src 'sha256-{digest}';" for kind, digest in zip(("style", "script"), digests, strict=True))
    return f"default-src 'none'; {own} base-uri 'none'; form-action 'none'"


def _again(summed: Mapping[str, Json]) -> str:
    """The command that judges the same server again."""
    if summed["status"] == COULD_NOT_RUN:
        return ""
    words = ["python", "-m", "scripts", "contract", "--api", summed["api"], "--url", summed["target"]]
    return shlex.join([*words, "--mode", summed["mode"], "--seed", str(summed["seed"])])


# --- The log ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Log:
    text: str
    """JSON that can stand in a block of a page."""
    limit: int | None
    """How long a part of an exchange is at most; None where nothing is cut."""


def _log(summed: Mapping[str, Json], exchanges: Sequence[Exchange]) -> _Log:
    made = bounded(exchanges, LARGEST)
    broke: dict[int, list[int]] = {}
    for index, finding in enumerate(summed.get("findings", ())):
        for number in {*finding["seen_in"], finding["exchange"]["number"]}:
            broke.setdefault(number, []).append(index)
    start = exchanges[0].started if exchanges else 0.0
    entries = [
        _entry(each, whole, start=start, broke=broke.get(each.number, []))
        for each, whole in zip(made.exchanges, exchanges, strict=True)
    ]
    text = json.dumps(entries, separators=(",", ":"))
    return _Log(re.sub("[<>&]", lambda found: f"\\u{ord(found.group()):04x}", text), made.limit)


def _entry(exchange: Exchange, whole: Exchange, *, start: float, broke: Sequence[int]) -> dict[str, Any]:
    request = exchange.url, exchange.request_headers, exchange.request_body
    sendable = request == (whole.url, whole.request_headers, whole.request_body)
    return {
        "number": exchange.number,
        "family": exchange.family,
        "operation": exchange.operation,
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "at": round(exchange.started - start, 4),
        "seconds": round(exchange.seconds, 4),
        "sent": exchange.request_headers,
        "body": exchange.request_body.decode("utf-8", "replace"),
        "got": exchange.response_headers,
        "answer": exchange.response_body.decode("utf-8", "replace"),
        "failure": exchange.failure,
        "findings": broke,
        "cut": exchange.cut or exchange != whole,
        "curl": exchange.curl() if sendable else "",
    }

"""The files of a report folder.

The folder holds `verdict.json`, `junit.xml`, `exchanges.har` and `index.html`. None of them holds a
secret: what is written has been masked where it was logged, and is searched once more, in every form
that a format may give it, before it is moved into place.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from ...document import write_text
from ...errors import PlumblineError
from ...tree import Tree
from ..exchanges import Secrets
from ..run import Run
from ..verdict import Verdict
from . import har, junit, page
from .summary import failure, summary

_BACKSLASHES = re.compile(r"\\+([\"/])")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def files(run: Run, verdict: Verdict) -> Tree:
    """The report folder as a tree of texts. Raises `PlumblineError` if one of them holds a secret."""
    summed = summary(run, verdict)
    texts = {
        "verdict.json": json.dumps(summed, indent=2) + "\n",
        "junit.xml": junit.suites(run, verdict, summed),
        "exchanges.har": json.dumps(har.archive(run.exchanges), indent=1) + "\n",
        "index.html": page.page(summed, run.exchanges),
    }
    for name, text in texts.items():
        if leaked := told(run.sender.secrets, text):
            raise PlumblineError(
                f"{name} would hold the value of {', '.join(leaked)}",
                hint="Nothing was written. This is a fault of ours.",
            )
    return texts


def told(secrets: Secrets, text: str) -> list[str]:
    """The names of the secrets that a file holds as it stands, or once its format's escapes are read."""
    return sorted({name for reading in _readings(text) for name in secrets.found(reading)})


def _readings(text: str) -> Iterator[str]:
    yield text
    # JSON in JSON has more than one backslash before what it escapes.
    for read in (html.unescape(text), unquote(text), _ESCAPE.sub(_character, text), _BACKSLASHES.sub(r"\1", text)):
        if read != text:
            yield read


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape.group(1), 16))


def write(run: Run, verdict: Verdict, folder: Path) -> None:
    """Write the report's files into a folder, which is made if need be; its other files stay."""
    for name, text in files(run, verdict).items():
        write_text(text, folder / name)


def write_failure(error: PlumblineError, folder: Path) -> None:
    """Leave in a report folder that a run could not be made, and nothing of an earlier run's report."""
    summed = failure(error)
    write_text(json.dumps(summed, indent=2) + "\n", folder / "verdict.json")
    write_text(page.page(summed, ()), folder / "index.html")
    for name in ("junit.xml", "exchanges.har"):
        (folder / name).unlink(missing_ok=True)

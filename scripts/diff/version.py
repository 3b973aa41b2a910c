"""The next version of a client, by what changes for those who use it (Semantic Versioning 2.0.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .effects import Severity
from .ledger import TEXT, Change

FORM = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
"""Three numbers; what may follow them has no part in the next version."""

RULE = "below 1.0.0 a major step raises the second number, and any other the third"


def step(changes: Iterable[Change]) -> str:
    """`major` if something breaks clients or programs on them, or may; `minor`, `patch` for words alone, or `none`.

    What breaks servers alone is minor: a client's users see more of the API, or less is sent to them.
    """
    found = list(changes)
    if any(max(change.clients, change.code) is not Severity.SAFE for change in found):
        return "major"
    if any(change.kind != TEXT for change in found):
        return "minor"
    return "patch" if found else "none"


def after(version: str, step: str) -> str:
    """The version after `version`, which is three numbers. Raises `ValueError` if it is not.

    Of 0.y.z Semantic Versioning only says that anything may change (item 4); the rule here is the usual one of
    package managers: what would be major raises y, and all else z.
    """
    found = re.fullmatch(FORM, version)
    if found is None:
        raise ValueError(version)
    major, minor, patch = map(int, found.groups())
    if step == "none":
        return version
    if major == 0:
        return f"0.{minor + 1}.0" if step == "major" else f"0.{minor}.{patch + 1}"
    return {"major": f"{major + 1}.0.0", "minor": f"{major}.{minor + 1}.0"}.get(step, f"{major}.{minor}.{patch + 1}")

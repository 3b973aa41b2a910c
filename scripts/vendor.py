"""Put a client package into another project, and find what was edited there since.

Beside the package's files stands `vendored.json`: where the package came from, and the hash of
every file, so that a copy can be checked without this project.
"""

from __future__ import annotations

import json
from pathlib import Path

from . import __version__, tree
from .document import Json
from .errors import Problem, UsageError
from .project import Api
from .tree import Tree

RECORD = "vendored.json"


def vendor(package: Tree, destination: Path, *, api: Api, force: bool = False) -> Path:
    """Put `package` into the folder `destination`; the folder that it is in, which has its name.

    A copy that is there is replaced. Raises `UsageError` for a folder that is not a vendored copy, and
    for one that was edited, unless `force`.
    """
    folder = destination / api.package
    if folder.exists() and not force:
        _refuse_to_lose(folder)
    tree.write({**package, RECORD: _record(package, api)}, folder)
    return folder


def check(destination: Path) -> str:
    """What differs from what was vendored, a line each; empty if nothing does.

    `destination` is the package's folder or the one that it was vendored into. Raises `UsageError` if
    neither holds a vendored copy.
    """
    folders = (
        [destination]
        if (destination / RECORD).is_file()
        else sorted(path.parent for path in destination.glob(f"*/{RECORD}"))
    )
    if not folders:
        raise UsageError(
            f"there is no vendored package in {destination}", hint="Name the folder that it was vendored into."
        )
    return "".join(f"{line}\n" for folder in folders for line in _edits(folder))


def _record(package: Tree, api: Api) -> str:
    manifest = json.loads(package.get("manifest.json", "{}"))
    content = {
        "origin": {
            "project": "plumbline",
            "version": __version__,
            "api": api.name,
            "package": api.package,
            "openapi": manifest.get("inputs", {}).get(api.openapi.relative_to(api.root).as_posix(), ""),
            "tools": manifest.get("tools", {}),
        },
        "files": {name: tree.digest(text) for name, text in sorted(package.items())},
    }
    return json.dumps(content, indent=2) + "\n"


def _refuse_to_lose(folder: Path) -> None:
    if not (folder / RECORD).is_file():
        raise UsageError(
            f"{folder} is there and was not vendored by us", hint="Choose another folder, or say --force to replace it."
        )
    if edits := _edits(folder):
        raise UsageError(Problem(line, "Say --force to lose the edits.") for line in edits)


def _edits(folder: Path) -> list[str]:
    present = tree.read(folder)
    recorded = _hashes(folder, present.pop(RECORD))
    lines = []
    for name in sorted(recorded.keys() | present.keys()):
        if name not in present:
            lines.append(f"{folder / name}: missing")
        elif name not in recorded:
            lines.append(f"{folder / name}: stray")
        elif tree.digest(present[name]) != recorded[name]:
            lines.append(f"{folder / name}: edited")
    return lines


def _hashes(folder: Path, record: str) -> dict[str, Json]:
    try:
        files = json.loads(record)["files"]
    except (ValueError, KeyError, TypeError):
        files = None
    if not isinstance(files, dict):
        raise UsageError(
            Problem("not a record of a vendored package", "Vendor it again with --force.", str(folder / RECORD))
        )
    return files

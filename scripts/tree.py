"""A package as a value: a tree of texts, read from a folder, compared with one, or written to one."""

from __future__ import annotations

import difflib
import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import TypeAlias

Tree: TypeAlias = dict[str, str]
"""Path (relative, with `/`) to the file's text."""

_IGNORED_FOLDERS = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})


def read(folder: Path) -> Tree:
    """Every file below `folder`, in name order; empty if the folder is not there.

    Caches that tools leave behind are left out. A file that is not UTF-8 keeps its bytes as
    surrogate escapes, so that it is seen, and differs from any text.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    relative = ((path, path.relative_to(folder)) for path in paths)
    return {
        name.as_posix(): path.read_bytes().decode("utf-8", "surrogateescape")
        for path, name in relative
        if not _IGNORED_FOLDERS.intersection(name.parts)
    }


def write(tree: Tree, folder: Path) -> bool:
    """Make `folder` hold exactly `tree`; True if anything had to change.

    The new folder is written beside the old one and moved into its place, so that a failure
    leaves the old one as it was. Nothing different means nothing written.
    """
    if folder.is_dir() and read(folder) == tree:
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        fresh, old = Path(temporary, "new"), Path(temporary, "old")
        for name, text in tree.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
        if folder.exists():
            shutil.move(folder, old)
        shutil.move(fresh, folder)
    return True


def differences(old: Tree, new: Tree, *, label: str = "") -> str:
    """A unified diff from `old` to `new`, empty when they are equal; paths are put below `label`."""
    prefix = f"{label.rstrip('/')}/" if label else ""
    chunks: list[str] = []
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) == new.get(name):
            continue
        before = f"a/{prefix}{name}" if name in old else "/dev/null"
        after = f"b/{prefix}{name}" if name in new else "/dev/null"
        lines = (old.get(name, "").splitlines(keepends=True), new.get(name, "").splitlines(keepends=True))
        # An empty file that is missing or stray has no lines to differ in.
        chunks += list(difflib.unified_diff(*lines, before, after)) or [f"--- {before}\n", f"+++ {after}\n"]
        if not chunks[-1].endswith("\n"):
            chunks.append("\n\\ No newline at end of file\n")
    return "".join(chunks)


def digest(text: str) -> str:
    """The SHA-256 of a file's text, as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()

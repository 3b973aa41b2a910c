"""Make a client package of a document: openapi-python-client writes it, ruff tidies it.

Both are pinned, since what they write is committed. They run as processes of their own, in folders
of their own, with an environment that holds no secret and no configuration of the user's.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import tree
from .errors import GenerateError, Problem
from .tree import Tree

TOOLS = ("openapi-python-client", "ruff")
"""The distributions whose versions decide what is written."""

_PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
"""Environment variables that the tools need; no other reaches them."""

_WHOLE = ("--no-respect-gitignore", "--config=exclude = []")
"""Makes ruff leave out nothing: neither for a .gitignore above the temporary folder, nor for a name such as `dist`."""

_RULES = "F401,F811,I,UP006,UP007,UP035,UP037,RUF100,W291,W292,W293"
"""What ruff mends: unused imports, order of imports, today's spelling of types, blanks at line ends."""


def generate(document: str, *, package: str, settings: Mapping[str, Any], templates: Path) -> Tree:
    """The client package for the text of an OpenAPI 3.1 document, as the generator writes it.

    `settings` are openapi-python-client's own; `templates` is a folder whose templates take the place
    of its own by name. Paths of the result are relative to the package. Raises `GenerateError` with
    the generator's words for every warning and error: a warning means that something was left out.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source, config, output = folder / "openapi.yaml", folder / "config.json", folder / package
        source.write_text(document, encoding="utf-8")
        config.write_text(
            json.dumps({**settings, "package_name_override": package, "post_hooks": []}), encoding="utf-8"
        )
        words = ["openapi_python_client", "generate", "--path", str(source), "--config", str(config)]
        words += ["--meta", "none", "--output-path", str(output), "--fail-on-warning"]
        words += ["--custom-template-path", str(templates)]
        done = _run(words, folder)
        if done.returncode:
            raise GenerateError(_complaints(done.stderr + done.stdout, folder))
        return tree.read(output)


def tidy(made: Tree) -> Tree:
    """`made` with its Python files mended and formatted by ruff, by the rules stated here alone.

    Raises `GenerateError` if ruff is missing or fails.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "package")
        tree.write(made, folder)
        options = ["--isolated", "--no-cache", "--line-length=100", "--target-version=py311", *_WHOLE]
        for words in (["check", "--fix-only", "--select", _RULES, *options], ["format", *options]):
            # From the folder above: Python would take the package's types.py for its own.
            done = _run(["ruff", *words, folder.name], folder.parent)
            if done.returncode:
                raise GenerateError(
                    Problem(f"ruff {words[0]} failed: {done.stderr.strip()}", "Run `make setup` again.")
                )
        return tree.read(folder)


def _run(words: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    command, environment = [sys.executable, "-m", *words], _environment(folder, os.environ)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _environment(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What the tools see of the environment `given`; a home of their own, so that no user's settings reach them."""
    passed_on = {name: given[name] for name in _PASSED_ON if name in given}
    own = {"HOME": str(folder), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "NO_COLOR": "1", "COLUMNS": "200"}
    return passed_on | own


def _complaints(text: str, folder: Path) -> list[Problem]:
    """The generator's warnings and errors, one problem each, without its advice to report a bug."""
    text = text.replace(f"{folder}{os.sep}", "")
    text = re.sub(
        r"(?m)^(Generating .*|If you believe this was a mistake.*|.*encountered while generating.*)$", "", text
    )
    found = [part.strip() for part in re.split(r"\n\s*\n(?=WARNING|ERROR|Error|Unable|invalid)", text) if part.strip()]
    hint = "The generator would leave this out. Give it a form that it knows by an overlay, or a name for lifting."
    return [Problem(part, hint) for part in found] or [Problem("openapi-python-client failed without a word")]

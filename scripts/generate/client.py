"""The generator and the formatter at work.

Both are pinned, since what they write is committed. They run as processes of their own, in folders
of their own, with an environment that holds no secret and no configuration of the user's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import tree
from ..document import Json, parse
from ..errors import GenerateError, Problem
from ..tree import Tree
from .complaints import Complaint, explained, overlooked
from .prepare import content_types, prepare, pruned

TOOLS = ("openapi-python-client", "ruff")
"""The distributions whose versions decide what is written."""

_PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
"""Environment variables that the tools need; no other reaches them."""

_WHOLE = ("--no-respect-gitignore", "--config=exclude = []")
"""Makes ruff leave out nothing: neither for a .gitignore above the temporary folder, nor for a name such as `dist`."""

_RULES = "F401,F811,I,UP006,UP007,UP035,UP037,RUF100,W291,W292,W293"
"""What ruff mends: unused imports, order of imports, today's spelling of types, blanks at line ends."""

_PROGRAM = Path(__file__).resolve().with_name("program.py")

_ATTEMPTS = 40
"""How many parts that stop the generator are looked for, at a few seconds each."""


@dataclass(frozen=True)
class Partial:
    """A client package, and what it lacks."""

    tree: Tree
    problems: tuple[Problem, ...]
    """What was left out, with its place in the document, why, and what to do."""


def generate(
    document: str, *, package: str, settings: Mapping[str, Any], templates: Path, file: str = "openapi.yaml"
) -> Tree:
    """The client package for the text of an OpenAPI 3.1 document, as the generator writes it.

    `settings` are openapi-python-client's own; `templates` is a folder whose templates take the place
    of its own by name; `file` is what to call the document in errors. Paths of the result are relative
    to the package. Raises `GenerateError` with everything that would be left out.
    """
    made = generate_partly(document, package=package, settings=settings, templates=templates, file=file)
    if made.problems:
        raise GenerateError(made.problems)
    return made.tree


def generate_partly(
    document: str, *, package: str, settings: Mapping[str, Any], templates: Path, file: str = "openapi.yaml"
) -> Partial:
    """The client package for as much of a document as can be generated: `generate`, with the problems beside.

    A part that stops the generator is taken out, and the rest tried again. Raises `GenerateError`
    where nothing is left that could be.
    """
    source = parse(document, file)
    source = replace(source, data=prepare(source.data))
    data = source.data
    settings = {**settings, "content_type_overrides": content_types(data) | settings.get("content_type_overrides", {})}
    problems = overlooked(source)
    for _ in range(_ATTEMPTS):
        made, complaints = _attempt(data, package, settings, templates)
        problems += explained(source, complaints)
        stopped = [each for each in complaints if each["fatal"]]
        if not stopped:
            return Partial(made, tuple(dict.fromkeys(problems)))
        rest = _without(data, stopped)
        if rest is None:
            break
        data = rest
    raise GenerateError(dict.fromkeys(problems))


def _without(data: dict[str, Json], stopped: Iterable[Complaint]) -> dict[str, Json] | None:
    """`data` without what stopped the generator; None where that is not known."""
    rest: dict[str, Json] | None = data
    for complaint in stopped:
        if rest is None or complaint["pointer"] is None:
            return None
        rest = pruned(rest, complaint["pointer"])
    return rest


def _attempt(
    data: dict[str, Json], package: str, settings: Mapping[str, Any], templates: Path
) -> tuple[Tree, list[Complaint]]:
    """What the generator makes of `data`, and what it complains of. Raises `GenerateError` if it cannot be run."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source, config, output = folder / "openapi.json", folder / "config.json", folder / package
        report = folder / "report.json"
        source.write_text(json.dumps(data), encoding="utf-8")
        config.write_text(
            json.dumps({**settings, "package_name_override": package, "post_hooks": []}), encoding="utf-8"
        )
        words = [source, config, templates.resolve(), output, report]
        # -P: what stands beside the program must not be taken for modules of Python's own.
        done = _run(["-P", str(_PROGRAM), *(str(word) for word in words)], folder)
        if done.returncode or not report.is_file():
            raise GenerateError(
                Problem(f"openapi-python-client failed: {done.stderr.strip()}", "Run `make setup` again.")
            )
        complaints = json.loads(report.read_text(encoding="utf-8").replace(f"{folder}{os.sep}", ""))
        return tree.read(output), complaints


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
            done = _run(["-m", "ruff", *words, folder.name], folder.parent)
            if done.returncode:
                raise GenerateError(
                    Problem(f"ruff {words[0]} failed: {done.stderr.strip()}", "Run `make setup` again.")
                )
        return tree.read(folder)


def _run(words: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    command, environment = [sys.executable, *words], _environment(folder, os.environ)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _environment(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What the tools see of the environment `given`; a home of their own, so that no user's settings reach them."""
    passed_on = {name: given[name] for name in _PASSED_ON if name in given}
    own = {"HOME": str(folder), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "NO_COLOR": "1", "COLUMNS": "200"}
    return passed_on | own

"""Any API document becomes OpenAPI 3.1 (or 3.0): convert Swagger 2.0, upgrade 3.0, and lift inline schemas."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ..document import Document, Json, copied
from ..document.limits import CONVERTED, DEPTH, deeper
from ..errors import DocumentError, Problem
from .bundle import bundle
from .convert import convert
from .source import Source
from .upgrade import upgrade

__all__ = ["TARGETS", "normalise"]

TARGETS = ("3.0", "3.1")


def normalise(
    document: Document, *, target: str = "3.1", strict: bool = False, within: Path | None = None
) -> tuple[dict[str, Json], tuple[Problem, ...]]:
    """`document` as OpenAPI of the version `target`, and a warning, with its place, for everything lost or repaired.

    Swagger 2.0 goes to 3.0, and on to 3.1; OpenAPI 3.0 goes to 3.1; what is `target` already stays
    as it is. What it refers to in other files below the folder `within`, by default its own, is
    taken into it. `document` is not changed. A warning is a loss, or a `defect` of the document that
    was repaired. Raises `DocumentError` with all problems if the document is none of these, if part
    of it cannot be read, if it is newer than `target`, or, if `strict`, for its defects.
    """
    if target not in TARGETS:
        raise ValueError(f"no target {target!r}, only {', '.join(TARGETS)}")
    version = _version(document)
    if version == "3.1" and target == "3.0":
        hint = "Conversion only goes up; use --target 3.1."
        raise DocumentError(document.problem("/openapi", "an OpenAPI 3.1 document cannot become 3.0", hint))
    levels = DEPTH if version == "3.1" else CONVERTED
    if deeper(document.data, levels):
        hint = "Move inner parts into definitions and refer to them."
        raise DocumentError(document.problem("", f"nested deeper than {levels} levels", hint))
    bundled, problems = bundle(document, version, within=within)
    source = Source(bundled, errors=problems)
    result = convert(source) if version == "2.0" else copied(source.data)
    if target == "3.1" and version != "3.1":
        result = upgrade(source, result)
    warnings = tuple(dict.fromkeys([*source.document.flaws, *source.warnings]))
    defects = [each for each in warnings if strict and each.defect]
    refused = [*source.errors, *(replace(each, hint=f"Repaired unless strict: {each.hint}") for each in defects)]
    if refused:
        raise DocumentError(dict.fromkeys(refused))
    return result, warnings


def _version(document: Document) -> str:
    """`2.0`, `3.0` or `3.1`. Raises `DocumentError` for anything else."""
    data = document.data
    if str(data.get("swagger")) in ("2.0", "2"):
        return "2.0"
    found = re.fullmatch(r"(3\.[01])(\.\d+.*)?", str(data.get("openapi", "")))
    if found:
        return found[1]
    for name in ("swagger", "openapi"):
        if name in data:
            what = f"version {data[name]!r} is not known"
            raise DocumentError(document.problem(f"/{name}", what, "Known are Swagger 2.0, OpenAPI 3.0 and 3.1."))
    hint = "It must start with `swagger: '2.0'` or `openapi: 3.1.1`."
    raise DocumentError(document.problem("", "neither an OpenAPI nor a Swagger document", hint))

"""Read a file or a text into a document."""

from __future__ import annotations

import codecs
from functools import cache
from pathlib import Path

from ..errors import DocumentError, Problem
from .json_text import JsonPlaces, read_json
from .value import Document, Json, Locate, Place, after

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read(path: Path, *, mapping: bool = True) -> Document:
    """The document in the file at `path`. Raises `DocumentError` if it cannot be read.

    What is not the start of a description, but a part that one refers to, need be no `mapping`.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DocumentError(Problem(f"cannot be read: {error.strerror}", file=str(path))) from None
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        what = f"not {encoding.removesuffix('-sig').upper()}: {error.reason} at byte {error.start}"
        line, column = after(content[: error.start].decode(encoding, "replace"))
        hint = "Save it as UTF-8, or as UTF-16 with a byte order mark."
        raise DocumentError(Problem(what, hint, str(path), line, column)) from None
    return parse(text, str(path), path=path, mapping=mapping)


def parse(text: str, file: str = "<text>", *, path: Path | None = None, mapping: bool = True) -> Document:
    """The document in `text`, JSON or YAML. Raises `DocumentError` with line and column if it is not one.

    `path` is the file that it comes from, if it does.
    """
    text = text.removeprefix("\ufeff")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        problem = Problem("half of a surrogate pair", "Write the whole character.", file, *after(text[: error.start]))
        raise DocumentError(problem) from None
    data, flaws, locate = _parsed(text, file)
    if mapping and not isinstance(data, dict):
        hint = "It must start with a key such as `openapi:`."
        raise DocumentError(Problem("the document is not a mapping", hint, file))
    return Document(data, file, locate, path, tuple(flaws))


def _parsed(text: str, file: str) -> tuple[Json, list[Problem], Locate]:
    if text.lstrip(" \t\r\n").startswith("{"):
        try:
            data, flaws = read_json(text, file)
        except ValueError:
            pass  # YAML may start so too, and says better what is wrong
        else:
            return data, flaws, JsonPlaces(text).locate
    # JSON needs no YAML library, and to load one takes longer than to convert most documents.
    from .yaml_text import read_yaml  # noqa: PLC0415

    def located() -> dict[str, Place]:
        found: dict[str, Place] = {}
        read_yaml(text, file, found)
        return found

    places = cache(located)
    data, flaws = read_yaml(text, file)
    return data, flaws, lambda pointer: places().get(pointer)

"""A value as YAML or JSON text, and a text as a file. The same value gives the same text, with LF line ends.

YAML is written in block style: members in their own order, long texts as literal blocks, no anchors.
A text is plain only where every reader takes it for one, of YAML 1.1 (`on`, `12:30`) as of 1.2
(`0o17`, `1e3`). JSON values need so little of YAML that this is many times faster than a general
emitter, and a document that comes as JSON needs no YAML library at all.
"""

from __future__ import annotations

import json
import os
import re
from functools import lru_cache
from pathlib import Path

from ..errors import Problem, UsageError
from .value import Json

_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", ".nan"})
_is_plain = re.compile(
    r"(?:[^\W\d]|[/$(](?=\w)|\.(?=[^\W\d])|\d+\.\d+\.\d)(?:[^:#'\"]|:(?! |$)|(?<! )#|['\"])*(?<! )"
).fullmatch
_cannot_print = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_LONGEST_KEY = 1000
"""Characters of a key that is written before its colon on one line: readers look no further than 1024."""


def dump(data: Json) -> str:
    """`data` as YAML."""
    lines: list[str] = []
    if isinstance(data, (dict, list)) and data:
        _write(data, "", "", lines)
    else:
        lines.append(_inline(data, ""))
    return "\n".join(lines) + "\n"


def dump_json(data: Json) -> str:
    """`data` as JSON."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def write_text(text: str, path: Path) -> bool:
    """Make the file at `path` hold `text`; True if it had to change. Written beside it, then moved.

    A link stays one, a file keeps its permissions, and what is no file, such as a device or a pipe,
    is written to. Raises `UsageError` if the file cannot be written.
    """
    try:
        return _written(text.encode("utf-8"), path.resolve())
    except (OSError, RuntimeError) as error:
        what = f"cannot be written: {getattr(error, 'strerror', None) or error}"
        raise UsageError(Problem(what, "Name a file in a folder that may be written to.", str(path))) from None


def _written(content: bytes, path: Path) -> bool:
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return True
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name[:50]}-{os.getpid()}")
    try:
        fresh.write_bytes(content)
        if path.exists():
            fresh.chmod(path.stat().st_mode)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return True


def _write(value: Json, indent: str, lead: str, lines: list[str]) -> None:
    """Add the lines of a mapping or list that is not empty; the first starts with `lead`, not with `indent`."""
    if isinstance(value, dict):
        for name, each in value.items():
            key = _scalar(name)
            if len(key) > _LONGEST_KEY:
                lines.append(f"{lead}? {key}")
                lead, key = indent, ""
            if isinstance(each, dict) and each:
                lines.append(f"{lead}{key}:")
                _write(each, f"{indent}  ", f"{indent}  ", lines)
            elif isinstance(each, list) and each:
                lines.append(f"{lead}{key}:")
                _write(each, indent, indent, lines)
            else:
                lines.append(f"{lead}{key}: {_inline(each, f'{indent}  ')}")
            lead = indent
        return
    for each in value:
        if isinstance(each, (dict, list)) and each:
            _write(each, f"{indent}  ", f"{lead}- ", lines)
        else:
            lines.append(f"{lead}- {_inline(each, f'{indent}  ')}")
        lead = indent


def _inline(value: Json, indent: str) -> str:
    """A value that starts on the line of its key; the further lines of a literal block have the indent."""
    if isinstance(value, str):
        if "\n" in value and _is_block(value):
            return _block(value, indent)
        return _scalar(value)
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value)


@lru_cache(maxsize=4096)
def _scalar(text: str) -> str:
    """A text on one line: plain, in single quotes, or in double quotes with escapes."""
    if text.isprintable():
        if _is_plain(text) and text.casefold() not in _WORDS:
            return text
        return "'" + text.replace("'", "''") + "'"
    return _cannot_print.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _is_block(text: str) -> bool:
    """Whether a text can be a literal block whose indent its first line shows."""
    return text[0] not in " \t\n" and text.replace("\n", "").replace("\t", "").isprintable()


def _block(text: str, indent: str) -> str:
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    lines = [f"{indent}{line}" if line else "" for line in body.split("\n")]
    return "\n".join([{0: "|-", 1: "|"}.get(ends, "|+"), *lines, *[""] * (ends - 1)])


def _number(value: float) -> str:
    text = repr(value)
    if text in ("inf", "-inf", "nan"):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    # Without a point, a reader of YAML 1.1 takes it for a text.
    return text if "." in text else text.replace("e", ".0e")

"""Read and write documents: YAML or JSON text, places, JSON pointers, references.

A document's value is plain JSON (`dict`, `list`, `str`, `int`, `float`, `bool`, `None`), whatever
it was written in: mapping keys are strings, and dates stay strings. YAML is read by the core
schema of YAML 1.2, which JSON and OpenAPI use: `on`, `yes` and `0o17` are not what YAML 1.1 says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import yaml

from .errors import DocumentError, Problem

Json: TypeAlias = Any
"""A plain JSON value. `Any` here because its users always know more than a type can say."""


@dataclass(frozen=True)
class Document:
    """A document's value, and where each part of it stands in its file."""

    data: dict[str, Json]
    file: str
    """The name to show in errors."""
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict, repr=False)
    """JSON pointer to (line, column), both counted from 1; of a mapping's member, its key's."""

    def problem(self, pointer: str, what: str, hint: str = "") -> Problem:
        """The problem at `pointer`, with the place of the nearest part that has one."""
        near = pointer
        while near and near not in self.places:
            near = near.rpartition("/")[0]
        line, column = self.places.get(near, (0, 0))
        return Problem(what, hint, self.file, line, column, pointer)


# --- Reading ---------------------------------------------------------------------------------


_CORE_SCHEMA = (
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
)

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _CoreLoader(_Loader):  # type: ignore[misc]
    """libyaml's loader with the scalars of the YAML 1.2 core schema."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _tag, _pattern, _first in _CORE_SCHEMA:
    _CoreLoader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), list(_first))


def read(path: Path) -> Document:
    """The document in the file at `path`. Raises `DocumentError` if it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(Problem(f"not UTF-8: {error.reason} at byte {error.start}", file=str(path))) from None
    except OSError as error:
        raise DocumentError(Problem(f"cannot be read: {error.strerror}", file=str(path))) from None
    return parse(text, str(path))


def parse(text: str, file: str = "<text>") -> Document:
    """The document in `text`. Raises `DocumentError` with line and column if it is not one."""
    places: dict[str, tuple[int, int]] = {}
    try:
        loader = _CoreLoader(text)
        try:
            node = loader.get_single_node()
            data = _value(loader, node, "", places) if node is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise DocumentError(
            Problem(what, file=file, line=mark.line + 1 if mark else 0, column=mark.column + 1 if mark else 0)
        ) from None
    except yaml.YAMLError as error:
        raise DocumentError(Problem(str(error).partition("\n")[0], file=file)) from None
    if not isinstance(data, dict):
        raise DocumentError(
            Problem("the document is not a mapping", "It must start with a key such as `openapi:`.", file)
        )
    return Document(data, file, places)


def _value(loader: Any, node: Any, at: str, places: dict[str, tuple[int, int]]) -> Json:
    places.setdefault(at, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Json] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key that is not a string", problem_mark=key_node.start_mark)
            child = f"{at}/{escape(key_node.value)}"
            places[child] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            result[key_node.value] = _value(loader, value_node, child, places)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, f"{at}/{index}", places) for index, item in enumerate(node.value)]
    if node.tag == "tag:yaml.org,2002:int":
        return int(node.value, 0) if node.value[:2] in ("0x", "0o") else int(node.value)
    if node.tag in ("tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"):
        return loader.construct_object(node)
    return node.value


# --- Writing ---------------------------------------------------------------------------------


class _PlainDumper(_Dumper):  # type: ignore[misc]
    """Block style, members in their own order, long texts as literal blocks, no aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class names it
        return True


def _represent_str(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_PlainDumper.add_representer(str, _represent_str)
# A string such as `1e3` reads as a number in YAML 1.2 alone, so it needs quotes too.
for _tag, _pattern, _first in _CORE_SCHEMA:
    _PlainDumper.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), list(_first))


def dump(data: Json) -> str:
    """`data` as YAML: the same value gives the same text, with LF line ends."""
    return yaml.dump(data, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=1000)


# --- Pointers and references ------------------------------------------------------------------


def escape(part: str) -> str:
    """One part of a JSON pointer, escaped as RFC 6901 says."""
    return part.replace("~", "~0").replace("/", "~1")


def pointer(*parts: str | int) -> str:
    """The JSON pointer made of `parts`, which are unescaped."""
    return "".join(f"/{escape(str(part))}" for part in parts)


def parts(pointer: str) -> list[str]:
    """The unescaped parts of a JSON pointer, which may be a fragment (`#/a/b`)."""
    pointer = pointer.removeprefix("#")
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def at(data: Json, pointer: str) -> Json:
    """What `pointer` points at in `data`. Raises `KeyError` with the pointer if it is not there."""
    for part in parts(pointer):
        try:
            data = data[int(part)] if isinstance(data, list) else data[part]
        except (KeyError, IndexError, ValueError, TypeError):
            raise KeyError(pointer) from None
    return data


def follow(root: Json, node: Json) -> Json:
    """`node`, or what it refers to in `root` when it is a local `$ref`, through chains of them.

    Raises `KeyError` with the reference if it leads nowhere, leaves the document, or never ends.
    """
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if reference in seen or not reference.startswith("#"):
            raise KeyError(reference)
        seen.add(reference)
        node = at(root, reference)
    return node


METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Operation:
    """One operation of an OpenAPI document, with its path's parameters among its own."""

    id: str
    method: str
    """In capitals."""
    path: str
    """The path template, without the base URL."""
    pointer: str
    definition: Mapping[str, Json] = field(repr=False)
    parameters: tuple[Mapping[str, Json], ...] = field(repr=False)
    """Its own and its path's, references followed; its own win by (name, in)."""

    @property
    def preview(self) -> bool:
        """Whether only a guide describes it (`x-stage: preview`)."""
        return self.definition.get("x-stage") == "preview"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations(data: Json) -> Iterator[Operation]:
    """The operations of a normalised OpenAPI document, in its order.

    One without `operationId` is named by its method and path.
    """
    for path, item in data.get("paths", {}).items():
        for method in METHODS:
            if method not in item:
                continue
            definition = item[method]
            merged = {
                (parameter["name"], parameter["in"]): parameter
                for source in (item, definition)
                for parameter in (follow(data, each) for each in source.get("parameters", ()))
            }
            yield Operation(
                definition.get("operationId") or f"{method.upper()} {path}",
                method.upper(),
                path,
                pointer("paths", path, method),
                definition,
                tuple(merged.values()),
            )

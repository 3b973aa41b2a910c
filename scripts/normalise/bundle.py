"""Take into a document what it refers to in other files of its folder, as components of its own.

Nothing outside that folder is read, whatever links and `..` say, and the network is never used. References
are found by where they stand, so that examples and extensions may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote

from ..document import Document, Json, at, exists, parts, pointer, read, reference
from ..document.limits import COPIES, size
from ..errors import DocumentError, PlumblineError, Problem
from .distinct import Distinct
from .shape import SHAPES
from .source import METHODS

Shapes: TypeAlias = Mapping[str, Mapping[str, tuple[str, str]]]

_ABOUT = {"info": ("one", "info"), "tags": ("list", "tag")}
_SWAGGER: Shapes = {
    "document": {
        "paths": ("patterned", "path item"),
        "definitions": ("map", "schema"),
        "parameters": ("map", "parameter"),
        "responses": ("map", "response"),
        "securityDefinitions": ("map", "security scheme"),
        **_ABOUT,
    },
    "path item": {"parameters": ("list", "parameter"), **dict.fromkeys(METHODS, ("one", "operation"))},
    "operation": {"parameters": ("list", "parameter"), "responses": ("patterned", "response")},
    "parameter": {"schema": ("one", "schema"), "items": ("one", "schema")},
    "response": {"schema": ("one", "schema"), "headers": ("map", "header")},
    "header": {"items": ("one", "schema")},
    "schema": SHAPES["schema"],
}
"""What `shape` says of OpenAPI 3, for Swagger 2.0."""

_SWAGGER_SECTIONS = {
    "schema": ("definitions",),
    "parameter": ("parameters",),
    "response": ("responses",),
    "security scheme": ("securityDefinitions",),
}
_SECTIONS = {
    "schema": ("components", "schemas"),
    "parameter": ("components", "parameters"),
    "response": ("components", "responses"),
    "body": ("components", "requestBodies"),
    "header": ("components", "headers"),
    "callback": ("components", "callbacks"),
    "example": ("components", "examples"),
    "link": ("components", "links"),
    "security scheme": ("components", "securitySchemes"),
}
"""Kind of object, to where a document keeps those that are shared; others are copied to where they are used."""

_MORE = {"examples": ("map", "example"), "links": ("map", "link")}
_OPENAPI: Shapes = {
    **SHAPES,
    **{kind: {**SHAPES[kind], **_MORE} for kind in ("parameter", "header", "media", "response")},
    "document": {**SHAPES["document"], **_ABOUT},
    "components": {**SHAPES["components"], **_MORE, "securitySchemes": ("map", "security scheme")},
}
"""What `shape` says of OpenAPI 3, with what holds no schemas but may refer to other files."""

_CHAIN = 50
"""How many references to other files may lead to each other where each is copied."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def bundle(document: Document, version: str, *, within: Path | None = None) -> tuple[Document, list[Problem]]:
    """`document` of the OpenAPI or Swagger `version` with what it refers to in other files taken in.

    Files are read from below the folder `within`, by default the document's own. Problems with the
    parts taken in name the files that they come from. The second result are the references that lead
    outside the folder, to the network, or nowhere; they are left as they are. Raises `DocumentError`
    where parts would have to be copied without end.
    """
    if not _leads_elsewhere(document.data):
        return document, []
    return _Bundle(document, version, within).bundled()


def _leads_elsewhere(data: Json) -> bool:
    layer = [data]
    while layer:
        inner = []
        for outer in layer:
            if isinstance(outer, dict) and _names_a_file(outer):
                return True
            within = outer.values() if isinstance(outer, dict) else outer
            inner += [each for each in within if isinstance(each, (dict, list))]
        layer = inner
    return False


def _names_a_file(node: Mapping[str, Json]) -> bool:
    mapping = node.get("mapping")
    named = [node.get("$ref"), *(mapping.values() if isinstance(mapping, dict) else ())]
    return any(isinstance(each, str) and not each.startswith("#") for each in named)


@dataclass(frozen=True)
class _Spot:
    """A part of one of the documents, and where it goes in the bundled one."""

    document: Document
    there: str
    here: str

    def below(self, *names: str | int) -> _Spot:
        """The part of this one that the `names` lead to."""
        more = pointer(*names)
        return _Spot(self.document, self.there + more, self.here + more)


class _Bundle:
    """The files read, and what was taken from them so far."""

    def __init__(self, document: Document, version: str, within: Path | None) -> None:
        self._root = document
        self._within = within or (document.path.resolve().parent if document.path else Path())
        self._shapes = _SWAGGER if version == "2.0" else _OPENAPI
        self._sections = _SWAGGER_SECTIONS if version == "2.0" else _SECTIONS
        self._documents: dict[Path, Document | None] = {}
        self._paths: dict[tuple[str, str], tuple[Path | None, str, str]] = {}
        self._placed: dict[tuple[str, str], str] = {}
        """(file, pointer) of what was taken in, to its pointer in the bundled document."""
        self._waiting: list[tuple[_Spot, str]] = []
        self._copying: list[tuple[str, str]] = []
        self._copied = 0
        self._seen: set[tuple[str, str]] = set()
        self._ids = frozenset(_ids(document.data) if version == "3.1" else ())
        self._names: dict[str, Distinct] = {}
        self._origins: dict[str, tuple[Document, str]] = {}
        self._flaws: list[Problem] = []
        self._problems: list[Problem] = []

    def bundled(self) -> tuple[Document, list[Problem]]:
        """The document with everything taken in, and what could not be."""
        for kind in self._sections:
            self._claim(kind)
        data = self._walk(self._root.data, "document", _Spot(self._root, "", ""))
        while self._waiting:
            spot, kind = self._waiting.pop(0)
            *above, name = parts(spot.here)
            section = data
            for each in above:
                section = section.setdefault(each, {})
            section[name] = self._walk(at(spot.document.data, spot.there), kind, spot)
        flaws = [*self._root.flaws, *self._flaws]
        flaws += [flaw for each in self._documents.values() if each for flaw in each.flaws]
        document = replace(self._root, data=data, origins=self._origins, flaws=tuple(dict.fromkeys(flaws)))
        return document, list(dict.fromkeys(self._problems))

    def _claim(self, kind: str) -> None:
        """Note where the components of a kind are, and what they are nothing but a reference to."""
        here = pointer(*self._sections[kind])
        spot = _Spot(self._root, here, here)
        nodes = _members_of(self._root.data, self._sections[kind])
        if isinstance(nodes.get("$ref"), str):  # the whole section is in another file
            found = self._find(nodes, "map", spot)
            known = found is not None and exists(found.document.data, found.there)
            nodes, spot = (at(found.document.data, found.there), found) if found and known else ({}, spot)
        self._names[kind] = Distinct(nodes)
        for name, node in nodes.items() if isinstance(nodes, dict) else ():
            member = spot.below(name)
            if spot.document is not self._root:
                self._placed.setdefault((member.document.file, member.there), member.here)
            if isinstance(node, dict) and list(node) == ["$ref"] and isinstance(node["$ref"], str):
                target = self._find(node, kind, member)
                if target and target.document is not self._root:
                    self._placed.setdefault((target.document.file, target.there), member.here)

    # --- What stands in a document ------------------------------------------------------------

    def _walk(self, node: Json, kind: str, spot: _Spot) -> Json:
        if isinstance(node, list) and kind == "schema":  # items by position
            return [self._walk(each, kind, spot.below(index)) for index, each in enumerate(node)]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return self._referring(node, kind, spot)
        result = dict(node)
        for name in node:
            slot, child = self._slot(kind, name)
            if slot:
                result[name] = self._member(node[name], slot, child, spot.below(name))
        if kind == "schema" and isinstance(node.get("discriminator"), dict):
            result["discriminator"] = self._discriminator(node["discriminator"], spot.below("discriminator"))
        return result

    def _discriminator(self, node: dict[str, Json], spot: _Spot) -> dict[str, Json]:
        """A discriminator of OpenAPI 3, the files in its mapping taken in; a name alone is no file."""
        mapping = node.get("mapping")
        if not isinstance(mapping, dict):
            return node
        led = {}
        for value, named in mapping.items():
            is_file = isinstance(named, str) and not named.startswith("#") and re.search("[./]", named)
            taken = self._referring({"$ref": named}, "schema", spot.below("mapping", value)) if is_file else {}
            led[value] = taken.get("$ref", named)
        return {**node, "mapping": led}

    def _slot(self, kind: str, name: str) -> tuple[str, str]:
        if kind == "callback":
            return ("", "") if name.startswith("x-") else ("one", "path item")
        return self._shapes.get(kind, {}).get(name, ("", ""))

    def _member(self, value: Json, slot: str, child: str, spot: _Spot) -> Json:
        if slot == "one":
            return self._walk(value, child, spot)
        if isinstance(value, list):
            return [self._walk(each, child, spot.below(index)) for index, each in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("$ref"), str):  # a whole map from another file
            found = self._find(value, "map", spot)
            if found is None or not exists(found.document.data, found.there) or self._is_copying(found, spot):
                return value
            return self._copy(found, lambda node, to: self._member(node, slot, child, to))
        return {
            name: each if slot == "patterned" and name.startswith("x-") else self._walk(each, child, spot.below(name))
            for name, each in value.items()
        }

    # --- References ----------------------------------------------------------------------------

    def _referring(self, node: dict[str, Json], kind: str, spot: _Spot) -> Json:
        found = self._find(node, kind, spot)
        if found is None:
            return node
        key = (found.document.file, found.there)
        if found.document is self._root:
            return {**node, "$ref": reference(found.there)}
        if self._placed.get(key) == spot.here or kind not in self._sections:
            if self._is_copying(found, spot):
                return node
            return self._copy(found, lambda each, to: self._walk(each, kind, to))
        if key not in self._placed:
            here = pointer(*self._sections[kind], self._names[kind].give(_name(found)))
            self._placed[key] = here
            self._origins[here] = (found.document, found.there)
            self._waiting.append((_Spot(found.document, found.there, here), kind))
        return {**node, "$ref": reference(self._placed[key])}

    def _is_copying(self, found: _Spot, spot: _Spot) -> bool:
        """Whether what is found is being copied around this very spot, or too much is; that is a problem."""
        if (found.document.file, found.there) in self._copying:
            what = f"refers to #{found.there} of {found.document.file}, which refers to itself"
        elif len(self._copying) >= _CHAIN:
            what = f"is reached through more than {_CHAIN} references to other files"
        else:
            return False
        self._problems.append(self._problem(spot, what, "Make it a component, which can be referred to."))
        return True

    def _copy(self, found: _Spot, walk: Callable[[Json, _Spot], Json]) -> Json:
        """What is at the spot `found`, walked through, to stand where it is used."""
        node = at(found.document.data, found.there)
        if (found.document.file, found.there) in self._seen:
            self._copied += size(node)
        self._seen.add((found.document.file, found.there))
        if self._copied > COPIES:
            what = f"parts of other files would have to be copied as more than {COPIES:,} values"
            raise DocumentError(self._problem(found, what, "Refer to fewer of them."))
        self._origins[found.here] = (found.document, found.there)
        self._copying.append((found.document.file, found.there))
        result = walk(node, found)
        self._copying.pop()
        return result

    def _find(self, node: Mapping[str, Json], kind: str, spot: _Spot) -> _Spot | None:
        """Where the reference in `node` leads; None, with a problem, if it cannot be followed."""
        named = node["$ref"]
        name, _, fragment = named.partition("#")
        older = None if fragment else self._as_older_versions(name, kind, spot)
        if older is not None:
            return older
        if name and any(each == name or each.endswith(f"/{name}") for each in self._ids):
            return None  # a schema of this very document, by its `$id`
        document = self._document(name, spot, named) if name else spot.document
        if document is None:
            return None
        there = unquote(fragment)
        if there == "/" and not exists(document.data, there):  # meant for the whole of a file
            there = ""
        if document is not self._root and not exists(document.data, there):
            what = f"refers to {named!r}, which is not there"
            self._problems.append(self._problem(spot, what, "Put what it names there."))
            return None
        return _Spot(document, there, spot.here)

    def _as_older_versions(self, name: str, kind: str, spot: _Spot) -> _Spot | None:
        """Where a reference without `#` leads as older versions wrote it: by a component's name or a bare pointer."""
        section = self._sections.get(kind, ())
        if name in _members_of(spot.document.data, section):
            there, what = pointer(*section, name), f"`$ref` is the name {name!r} alone"
        elif name.startswith("/") or name.partition("/")[0] in spot.document.data:
            there, what = f"/{name.removeprefix('/')}", "`$ref` lacks a `#`"
            if not exists(spot.document.data, there):
                return None
        else:
            return None
        self._flaws.append(replace(self._problem(spot, what, f"It is read as #{there}."), defect=True))
        return _Spot(spot.document, there, spot.here)

    def _document(self, name: str, spot: _Spot, named: str) -> Document | None:
        """The document in the file `name` of the reference `named`; None, with a problem, if it cannot be read."""
        asked = (spot.document.file, name)
        if asked not in self._paths:
            self._paths[asked] = self._path(name, spot)
        path, what, hint = self._paths[asked]
        if path is None:
            self._problems.append(self._problem(spot, f"refers to {named!r}, {what}", hint))
            return None
        if self._root.path is not None and path == self._root.path.resolve():
            return self._root
        if path not in self._documents:
            try:
                self._documents[path] = read(path, mapping=False)
            except PlumblineError as error:
                self._documents[path] = None
                self._problems += error.problems
        if self._documents[path] is None:
            self._problems.append(self._problem(spot, f"refers to {named!r}, which cannot be read", "Fix that file."))
        return self._documents[path]

    def _path(self, name: str, spot: _Spot) -> tuple[Path | None, str, str]:
        """The file that a reference may be read from; else None, and why not."""
        if _SCHEME.match(name):
            return None, "and the network is never used", "Save what it names beside the document, and refer to that."
        if self._root.path is None or spot.document.path is None:
            return None, "another file, and this document has no folder", "Put what it names into this document."
        try:
            path = (spot.document.path.resolve().parent / unquote(name.partition("?")[0])).resolve()
            there = path.is_file()
        except (OSError, ValueError, RuntimeError):
            return None, "and that file is not there", "Put it there, or what it names into this document."
        if not path.is_relative_to(self._within.resolve()):
            hint = "Name the folder that it may be read from with --within FOLDER."
            return None, "which is outside the document's folder", hint
        if not there:
            return None, "and that file is not there", "Put it there, or what it names into this document."
        return path, "", ""

    def _problem(self, spot: _Spot, what: str, hint: str) -> Problem:
        return spot.document.problem(spot.there, what, hint)


def _members_of(data: Json, section: tuple[str, ...]) -> Mapping[str, Json]:
    for each in section:
        data = data.get(each) if isinstance(data, dict) else None
    return data if section and isinstance(data, dict) else {}


def _ids(data: Json) -> Iterator[str]:
    """What schemas of OpenAPI 3.1 call themselves."""
    layer = [data]
    while layer:
        outer = layer.pop()
        if isinstance(outer, dict) and isinstance(outer.get("$id"), str):
            yield outer["$id"]
        within = outer.values() if isinstance(outer, dict) else outer
        layer += [each for each in within if isinstance(each, (dict, list))]


def _name(found: _Spot) -> str:
    """What to call what stands at a spot: its own name there, or that of its file."""
    names = parts(found.there)
    return names[-1] if names else Path(found.document.file).stem or "part"

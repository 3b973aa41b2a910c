"""Which classes the client generator makes of a document's schemas, and what it calls them.

The rules are those of openapi-python-client 0.29: a class for every enumeration of texts or of whole
numbers and for every object, called after its title, else after where it stands, behind the class or the
operation that holds it; and a module for every class, so that two classes of one module overwrite
each other. Names are made by `class_name`, modules by `module_name`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..document import METHODS, Json, at, pointer

LONGEST = 200
"""Characters of a module's name that every file system can hold, with what Python's caches add."""


@dataclass(frozen=True)
class Made:
    """A class made of a schema."""

    pointer: str
    """Of the schema."""
    called: str
    """The title, or else the name, that it is called after in what holds it."""
    name: str
    module: str
    members: Mapping[str, str | int] | None
    """Of an enumeration: the names of its members, with their values. None for an object."""


def classes(data: Mapping[str, Json], *, without: Collection[str] = ()) -> list[Made]:
    """The classes made of the OpenAPI 3.1 document `data`.

    What stands at the pointers in `without` is passed over, with all in it. A schema in what operations
    share is there once for every operation that uses it.
    """
    walk = _Walk(data, frozenset(without))
    components = _mapping(data.get("components"))
    for name, node in _mapping(components.get("schemas")).items():
        walk.schema(node, pointer("components", "schemas", name), name, "")
    for path, item in _mapping(data.get("paths")).items():
        for method in METHODS:
            operation = _mapping(item).get(method)
            if isinstance(operation, dict):
                walk.operation(item, operation, pointer("paths", path), method)
    return walk.made


def classes_within(node: Mapping[str, Json], here: str, name: str, *, without: Collection[str] = ()) -> list[Made]:
    """The classes that would be made of the schema `node` and of what is in it, were it the component `name`.

    Pointers are those of `node` at `here`.
    """
    walk = _Walk({}, frozenset(without) - {here})
    walk.schema({key: value for key, value in node.items() if key != "title"}, here, name, "")
    return walk.made


def clashes(made: Iterable[Made]) -> Iterator[list[Made]]:
    """Those classes that overwrite each other: of one module, and not the same enumeration."""
    modules: dict[str, list[Made]] = defaultdict(list)
    for each in made:
        modules[each.module].append(each)
    for found in modules.values():
        if any(
            each.members is None or (each.name, each.members) != (found[0].name, found[0].members) for each in found[1:]
        ):
            yield found


# --- Names ------------------------------------------------------------------------------------


def class_name(text: str) -> str:
    """The class called after `text`. Reserved words, which only get an underscore, are left as they are."""
    name = _pascal(text)
    return name if name.isidentifier() else _pascal(f"field_{name}")


def module_name(text: str) -> str:
    """The module, or the function, called after `text`; reserved words are left as they are."""
    name = "_".join(_split(text)).lower()
    return f"field_{name}" if not name.isidentifier() or _clean(text).startswith("_") else name


def member_names(values: Iterable[str | int], given: Collection[str] = ()) -> list[str]:
    """The names of an enumeration's members: `given` ones if there are as many, else by the values.

    What differs in case or punctuation alone gets the same name.
    """
    values = list(values)
    if len(given) == len(values):
        return ["_".join(_split(str(name))).upper() for name in given]
    return [_member(index, value) for index, value in enumerate(values)]


def _member(index: int, value: str | int) -> str:
    if isinstance(value, int):
        return f"VALUE_{value}" if value >= 0 else f"VALUE_NEGATIVE_{-value}"
    named = value if value[:1].isalpha() else f"VALUE_{index}"
    return "_".join(_split(named.upper())).upper()


def _pascal(text: str) -> str:
    return "".join(word if word.isupper() else word.capitalize() for word in _split(text))


@lru_cache(8192)
def _split(text: str) -> tuple[str, ...]:
    """The words of a name: parted by punctuation, and by capitals where it has any."""
    text = _clean(text)
    if any(character.isupper() for character in text):
        text = re.sub(r"[A-Z]?[a-z]+", r" \g<0> ", text)
    return tuple(word for word in re.split(r"[\\. _-]+", text) if word)


def _clean(text: str) -> str:
    return "".join(each for each in text if each.isidentifier() or each.isdecimal() or each in "\\. _-")


_SCALARS = ("string", "number", "integer", "null")

# --- Where classes are made ----------------------------------------------------------------------


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


class _Walk:
    """A walk through a document as the generator goes, gathering the classes that it makes."""

    def __init__(self, data: Mapping[str, Json], without: frozenset[str]) -> None:
        self.made: list[Made] = []
        self._data = data
        self._without = without

    def operation(self, item: Mapping[str, Json], operation: Mapping[str, Json], path: str, method: str) -> None:
        named = operation.get("operationId")
        parent = module_name(named if isinstance(named, str) else f"{method}_{_plain_path(path)}")
        here = f"{path}/{method}"
        self._parameters([(operation, here), (item, path)], parent)
        for status, response in _mapping(operation.get("responses")).items():
            self._response(response, f"{here}{pointer('responses', status)}", status, parent)
        self._body(operation.get("requestBody"), f"{here}/requestBody", parent)

    def _parameters(self, holders: Iterable[tuple[Mapping[str, Json], str]], parent: str) -> None:
        seen: set[tuple[Json, Json]] = set()
        for holder, here in holders:
            for index, each in enumerate(_list(holder.get("parameters"))):
                node, place = self._followed(each, f"{here}/parameters/{index}")
                key = (node.get("name"), node.get("in"))
                if isinstance(key[0], str) and isinstance(key[1], str) and key not in seen:
                    seen.add(key)
                    self.schema(node.get("schema"), f"{place}/schema", key[0], parent)

    def _response(self, node: Json, here: str, status: str, parent: str) -> None:
        node, here = self._followed(node, here)
        for kind, media in _mapping(node.get("content")).items():
            if _read(kind):
                place = f"{here}{pointer('content', kind, 'schema')}"
                self.schema(_mapping(media).get("schema"), place, f"response_{status}", parent)
                return

    def _body(self, node: Json, here: str, parent: str) -> None:
        node, here = self._followed(node, here)
        content = _mapping(node.get("content"))
        for kind, media in content.items():
            sent = _sent(kind)
            if sent:
                place = f"{here}{pointer('content', kind, 'schema')}"
                self.schema(
                    _mapping(media).get("schema"), place, "body", f"{parent}_{sent}" if len(content) > 1 else parent
                )

    def _followed(self, node: Json, here: str) -> tuple[dict[str, Json], str]:
        """What `node` is, or refers to as a shared component, with its pointer; empty where it leads nowhere."""
        node = _mapping(node)
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node, here
        try:
            return _mapping(at(self._data, reference)), reference.removeprefix("#")
        except KeyError:
            return {}, here

    def schema(self, node: Json, here: str, name: str, parent: str) -> None:
        """Gather the classes of the schema `node`, which is called `name` in what is called `parent`."""
        node = _mapping(node)
        combined = [each for word in ("allOf", "anyOf", "oneOf") for each in _list(node.get(word))]
        if here in self._without or "$ref" in node or node.get("type") == "boolean":
            return
        if len(combined) == 1 and "$ref" in _mapping(combined[0]):
            return
        if _list(node.get("enum")):
            self._enumeration(node, here, name, parent)
        elif node.get("anyOf") or node.get("oneOf"):
            self._alternatives(node, [("anyOf", here), ("oneOf", here)], name, parent)
        elif isinstance(node.get("type"), list):
            for index, kind in enumerate(node["type"]):
                self.schema({**node, "type": kind}, here, f"{name}_type_{index}", parent)
        elif node.get("const") is None:
            self._plain(node, here, name, parent)

    def _plain(self, node: dict[str, Json], here: str, name: str, parent: str) -> None:
        kind = node.get("type")
        if kind == "array":
            self._array(node, here, name, parent)
        elif (
            kind == "object"
            or (kind is None and node.get("properties"))
            or (node.get("allOf") and kind not in _SCALARS)
        ):
            self._object(node, here, name, parent)

    def _enumeration(self, node: Mapping[str, Json], here: str, name: str, parent: str) -> None:
        values = [value for value in node["enum"] if value is not None]
        if len(values) < len(node["enum"]):
            name = f"{name}_type_1"
        if {type(value) for value in values} in ({str}, {int}):
            names = member_names(values, _list(node.get("x-enum-varnames")))
            self._add(node, here, name, parent, dict(zip(names, values, strict=True)))

    def _alternatives(
        self, node: Mapping[str, Json], places: Iterable[tuple[str, str]], name: str, parent: str
    ) -> None:
        index = 0
        for word, here in places:
            for position, each in enumerate(_list(node.get(word))):
                title = _title(each)
                own = title if title and title != _title(node) else f"type_{index}"
                self.schema(each, f"{here}/{word}/{position}", f"{name}_{own}", parent)
                index += 1

    def _array(self, node: Mapping[str, Json], here: str, name: str, parent: str) -> None:
        places = [(each, f"{here}/prefixItems/{index}") for index, each in enumerate(_list(node.get("prefixItems")))]
        if isinstance(node.get("items"), dict):
            places.append((node["items"], f"{here}/items"))
        for index, (each, place) in enumerate(places):
            own = "" if len(places) == 1 else f"_{_title(each) or f'type_{index}'}"
            self.schema(each, place, f"{name}_item{own}", parent)

    def _object(self, node: Mapping[str, Json], here: str, name: str, parent: str) -> None:
        made = self._add(node, here, name, parent, None)
        holders = [(_mapping(each), f"{here}/allOf/{index}") for index, each in enumerate(_list(node.get("allOf")))]
        for holder, place in [*holders, (node, here)]:
            if "$ref" not in holder and place not in self._without - {here}:
                for key, each in _mapping(holder.get("properties")).items():
                    self.schema(each, f"{place}{pointer('properties', key)}", key, made)
        self.schema(node.get("additionalProperties"), f"{here}/additionalProperties", "AdditionalProperty", made)

    def _add(
        self, node: Mapping[str, Json], here: str, name: str, parent: str, members: dict[str, str | int] | None
    ) -> str:
        called = _title(node) or name
        # Without anything around it, the generator takes the text for a pointer, and its last part for the name.
        made = class_name(f"{_pascal(parent)}{_pascal(called)}" if parent else called.rpartition("/")[2])
        self.made.append(Made(here, called, made, module_name(made), members))
        return made


def _title(node: Json) -> str:
    title = _mapping(node).get("title")
    return title if isinstance(title, str) else ""


def _plain_path(path: str) -> str:
    text = re.sub(r"[{}]", "", path.removeprefix("/paths/").replace("~1", "/").replace("~0", "~")).replace("/", "_")
    return text.removeprefix("_").removesuffix("_")


def _media_type(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()


def _read(kind: str) -> bool:
    """Whether the generator reads responses of this media type."""
    plain = _media_type(kind)
    return (
        plain.startswith("text/")
        or plain.endswith("+json")
        or plain in ("application/json", "application/octet-stream")
    )


def _sent(kind: str) -> str:
    """The generator's word for how a body of this media type is sent; empty where it sends none."""
    plain = _media_type(kind)
    known = {
        "application/x-www-form-urlencoded": "data",
        "multipart/form-data": "files",
        "application/octet-stream": "content",
        "application/json": "json",
    }
    return known.get(plain, "json" if plain.endswith("+json") else "")

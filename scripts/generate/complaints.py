"""What the generator leaves out of a document: which part, why, and what to do about it.

Its complaints name an operation or a schema in their header, and say why in their detail; what it
leaves out without a word is found by reading the document as it does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from ..document import METHODS, Document, Json, at, escape, follow, operations, parts, pointer
from ..errors import Problem
from ..normalise.classes import module_name

Complaint: TypeAlias = Mapping[str, Any]
"""`header` and `detail`, the generator's words; `pointer`, or None; `fatal`, where nothing was written."""

_OVERLAY = "Give it another form by an overlay."
_TITLE = "Give one of them another `title` by an overlay, which classes are called after, or a name for lifting."
_REFERENCE = "it refers to what is left out itself, or is no component"
_REASONS = (
    (
        r"Unsupported content[ _]type (?P<kind>[^\n)]+)",
        "it cannot handle the media type {kind}",
        "If it is read or sent as another, say so by `content_type_overrides` in the generator's settings.",
    ),
    (r"Invalid content type", "a media type is not well formed", "Correct it by an overlay."),
    (r"Missing schema", "the body has no schema", "Add one by an overlay."),
    (
        r"(?P<type>[^\n]+) is not allowed in (?P<place>header|query|path|cookie)",
        "it cannot send {type} in the {place}",
        "Describe it as the text that is sent, by an overlay.",
    ),
    (
        r"Path parameters do not match with path|Incorrect path templating",
        "the names in the path and the path parameters are not the same, or hold other characters than"
        " letters, digits, `-` and `_`",
        "Add, rename or remove parameters by an overlay.",
    ),
    (r"Path parameter must be required", "a path parameter is not required", "Make it `required: true`."),
    (
        r'Attempted to generate duplicate models with name "(?P<name>[^"]+)"',
        "it makes two classes called {name}",
        _TITLE,
    ),
    (
        r"Found conflicting enums named (?P<name>\S+)",
        "it makes two different enumerations called {name}",
        _TITLE,
    ),
    (
        r"Duplicate key (?P<name>.+?) in enum",
        "two values of an enumeration are both called {name}",
        "Name them apart by `x-enum-varnames`, in an overlay.",
    ),
    (r"Found conflicting properties named", "parts of an `allOf` describe one property differently", _OVERLAY),
    (r"have the same python_name", "two properties have the same name in Python", "Leave one out by an overlay."),
    (
        r"Parameters with same Python identifier (?P<name>\S+)",
        "two parameters are both called {name} in Python",
        "Leave one out by an overlay.",
    ),
    (r"Parameters MUST NOT contain duplicates", "a parameter is there twice", "Remove one by an overlay."),
    (r"Cannot take allOf a non-object", "an `allOf` refers to what is no object", _OVERLAY),
    (r"in allOf was not processed|Recursive allOf", "an `allOf` refers to what it is part of", _OVERLAY),
    (r"Recursive and circular references", "a list is a list of itself", _OVERLAY),
    (r"Circular", "references lead in a circle", "Correct them by an overlay."),
    (r"must have items", "a list says nothing of its items", "Add `items` by an overlay."),
    (r"Invalid property in union", "it cannot take one of the alternatives", _OVERLAY),
    (r"Remote references", "it names another document", "Put what it names into this document."),
    (
        r"Could not find reference|Reference \S+ not found|Referent schema not found|Could not resolve \$ref",
        _REFERENCE,
        "See what else is left out; it follows references to components alone.",
    ),
    (
        r"cannot have a default|not valid for enum|Cannot convert|[Ii]nvalid (?:default|date|UUID|(?:\w+ )?value)",
        "its default does not fit",
        "Correct or remove it by an overlay.",
    ),
    (
        r"can't be merged|can't redefine|can't combine",
        "parts of an `allOf` describe one property differently",
        _OVERLAY,
    ),
    (r"Invalid response status code pattern", "the status is none", "Correct it by an overlay."),
    (r"Enum values must all be the same type|Unsupported enum type", "no class can be made of its values", _OVERLAY),
    (
        r"File name too long",
        "the name of its class is too long for a file",
        "Give it a short `title`, or a name for lifting.",
    ),
)
"""In the generator's words, in plain words, and what to do; the first that is found."""


def explained(document: Document, complaints: Iterable[Complaint]) -> list[Problem]:
    """A problem for each of the generator's complaints about `document`."""
    return [_explained(document, complaint) for complaint in complaints]


def _explained(document: Document, complaint: Complaint) -> Problem:
    header, detail = complaint["header"].strip(), complaint["detail"].strip()
    detail = re.sub(r"<openapi_python_client\S* object at \w+>", "", detail)
    here, what = _left_out(header, detail, complaint["pointer"])
    reason, hint, kind = _reason(f"{header}\n{detail}")
    if kind is not None:
        here = next((place for place in _contents(here, kind) if _there(document.data, place) is not None), here)
    if reason == _REFERENCE:
        reason = f"it refers to {_reference(document.data, here, detail)}, which is left out itself, or is no component"
    if complaint["fatal"] and not header:
        what = f"{_subject(here)} stops the generator"
    return document.problem(here, f"{what}: {reason}", hint)


def _reference(data: Json, here: str, detail: str) -> str:
    """The reference that a complaint about what is at `here` speaks of."""
    node = _there(data, here)
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        return str(node["$ref"])
    found = re.search(r"#/[^\s`']+", detail)
    return found[0] if found else "something"


def _reason(text: str) -> tuple[str, str, str | None]:
    """Why, in plain words; what to do; and the media type that it is about, if it is."""
    for pattern, reason, hint in _REASONS:
        found = re.search(pattern, text)
        if found:
            named = found.groupdict()
            return reason.format(**named), hint, named.get("kind")
    words = " ".join(text.partition("\n")[2].split() or text.split()).rstrip(".")
    return f"the generator says {words!r}", _OVERLAY, None


def _left_out(header: str, detail: str, here: str | None) -> tuple[str, str]:
    """Where, and that it is left out."""
    operation = re.match(r"WARNING parsing (\S+) (.+) within \S+\.( Endpoint will not be generated)?", header)
    if operation:
        place = pointer("paths", operation[2], operation[1].lower())
        name = f"{operation[1]} {operation[2]}"
        if operation[3]:
            return here or place, f"{name} is left out"
        if "response" in detail:
            return here or f"{place}/responses", f"a response of {name} is left out"
        return here or f"{place}/requestBody", f"a body of {name} is left out"
    removed = re.findall(r"(?m)^/components/schemas/(.+)$", detail)
    named = re.search(r"/components/(\w+)/(\S+?):?$", header)
    names = sorted(set(removed)) or ([named[2]] if named else [])
    if here is None and names:
        here = pointer("components", named[1] if named else "schemas", named[2] if named else names[0])
    if not names:
        return here or "", f"{_subject(here or '')} is left out"
    return here or "", f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} left out, with all that refers to it"


def _subject(here: str) -> str:
    """What to call the part at `here`: by its name, if it is a component."""
    steps = parts(here)
    if steps[:1] == ["components"] and len(steps) == 3:
        return steps[2]
    return "this" if here else "something of the document"


def _contents(here: str, kind: str) -> Iterator[str]:
    """Where the media type `kind`, or the first of those that `kind` lists, may stand in what is at `here`."""
    for each in (kind, *kind.split(", ")):
        yield f"{here}/content/{escape(each)}"
        yield f"{here}/requestBody/content/{escape(each)}"


def _there(data: Json, here: str) -> Json:
    try:
        return at(data, here)
    except KeyError:
        return None


# --- Left out without a word --------------------------------------------------------------------------


def overlooked(document: Document) -> list[Problem]:
    """A problem for each part of `document` that the generator leaves out without complaining."""
    return [*_overwritten_operations(document), *_without_schema(document)]


def _overwritten_operations(document: Document) -> Iterator[Problem]:
    """Operations of one tag whose modules have one name."""
    modules: dict[tuple[str, str], list[str]] = defaultdict(list)
    for operation in operations(document.data):
        tags = operation.definition.get("tags") or ["default"]
        plain = re.sub(r"[{}]", "", operation.path).replace("/", "_").removeprefix("_").removesuffix("_")
        named = operation.definition.get("operationId") or f"{operation.method.lower()}_{plain}"
        modules[module_name(str(tags[0])), module_name(named)].append(operation.pointer)
    for (_, module), found in modules.items():
        for here in found[:-1]:
            what = f"the operation is left out: that at {found[-1]} is called {module} too"
            yield document.problem(here, what, "Give one of them another `operationId` by an overlay.")


def _without_schema(document: Document) -> Iterator[Problem]:
    """Parameters that are described by a media type: the generator passes over them."""
    for path, item in document.data.get("paths", {}).items():
        holders = [(item, pointer("paths", path))]
        holders += [(item[method], pointer("paths", path, method)) for method in METHODS if method in item]
        for holder, here in holders:
            for index, each in enumerate(holder.get("parameters", ())):
                if "schema" not in follow(document.data, each):
                    what = "the parameter is left out: the generator knows parameters with a `schema` alone"
                    yield document.problem(f"{here}/parameters/{index}", what, _OVERLAY)

"""JSON pointers (RFC 6901) and local references."""

from __future__ import annotations

from urllib.parse import quote

from .value import Json


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


def exists(data: Json, pointer: str) -> bool:
    """Whether `pointer` points at anything in `data`."""
    try:
        at(data, pointer)
    except KeyError:
        return False
    return True


def reference(pointer: str) -> str:
    """The `$ref` to what stands at `pointer` in the same document: a fragment of a URI (RFC 6901, section 6)."""
    return "#" + quote(pointer, safe="/~!$&'()*+,;=:@{}-._")


def follow(root: Json, node: Json) -> Json:
    """`node`, or what it refers to in `root` when it is a local `$ref`, through chains of them.

    Raises `KeyError` with the reference if it leads nowhere, leaves the document, or never ends.
    """
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        target = node["$ref"]
        if target in seen or not target.startswith("#"):
            raise KeyError(target)
        seen.add(target)
        node = at(root, target)
    return node

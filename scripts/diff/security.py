"""Security: what a request must carry, and what the schemes are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from .comparison import Comparison
from .effects import BREAKS, HARMLESS, MAY, NAME, NARROWER, OTHER, SAFE, UNCLEAR, WIDER, Effect
from .ledger import TEXT, Place
from .members import renames
from .parts import Part, key, same, shown

Alternative: TypeAlias = frozenset[tuple[str, str]]
"""What one request carries: (scheme, "") of each scheme, and (scheme, scope) of each scope."""


def requirements(comparison: Comparison, place: Place, old: Part, new: Part) -> None:
    """Compare what an operation asks for; `old` and `new` are its definitions."""
    one, two = _stated(old), _stated(new)
    before = alternatives(old)
    after = alternatives(new, _renamed(comparison))
    if before == after:
        return
    narrower = [each for each in before if not any(other <= each for other in after)]
    wider = [each for each in after if not any(other <= each for other in before)]
    effect = OTHER if narrower and wider else NARROWER if narrower else WIDER if wider else HARMLESS
    what = f"asks for {_words(after)} instead of {_words(before)}"
    comparison.note(place, "security-changed", what, _explained(effect), one, two)


def _explained(effect: Effect) -> Effect:
    if effect is WIDER:
        return effect.explained("Servers of the old edition refuse what is now enough.")
    return effect.explained("Requests that carried enough are refused.") if effect in (NARROWER, OTHER) else effect


def _stated(operation: Part) -> Part:
    """The operation's own requirements, else the document's."""
    own = operation.child("security")
    return own if own.value is not None else Part(operation.root, "/security", operation.root.get("security"))


def alternatives(operation: Part, names: Mapping[str, str] | None = None) -> frozenset[Alternative]:
    """What an operation asks for; one empty alternative where it is nothing. `names` are other names of schemes."""
    stated = _stated(operation).value
    listed = stated if isinstance(stated, list) else []
    names = names or {}
    found = {
        frozenset(
            (names.get(scheme, scheme), scope)
            for scheme, scopes in each.items()
            for scope in ("", *map(str, scopes if isinstance(scopes, list) else ()))
        )
        for each in (each if isinstance(each, dict) else {key(each): []} for each in listed)
    }
    return frozenset(found or {frozenset()})


def _words(alternatives: Iterable[Alternative]) -> str:
    return " or ".join(sorted(map(_one, alternatives)))


def _one(alternative: Alternative) -> str:
    """One alternative in words: `key and oauth (read, write)`."""
    told = []
    for scheme in sorted({scheme for scheme, _ in alternative}):
        scopes = sorted(scope for name, scope in alternative if name == scheme and scope)
        told.append(f"`{scheme}` ({', '.join(scopes)})" if scopes else f"`{scheme}`")
    return " and ".join(told) or "nothing"


# --- Schemes -------------------------------------------------------------------------------------------


def _renamed(comparison: Comparison) -> dict[str, str]:
    """New name to old, of the schemes that differ in their names alone."""
    old, new = (_schemes(part) for part in (comparison.old, comparison.new))
    gone = {name: _bare(part) for name, part in old.items() if name not in new}
    fresh = {name: _bare(part) for name, part in new.items() if name not in old}
    return {after: before for before, after in renames(gone, fresh).items()}


def _schemes(document: Part) -> dict[str, Part]:
    return {name: part.followed() for name, part in document.child("components").children("securitySchemes").items()}


def _bare(part: Part) -> dict[str, object]:
    return {name: value for name, value in part.members.items() if name not in _WORDS and not name.startswith("x-")}


_WORDS = ("description", "bearerFormat")
_KNOWN: Mapping[str, type] = {**dict.fromkeys(("type", "name", "in", "scheme", "openIdConnectUrl"), str), "flows": dict}


def schemes(comparison: Comparison, places: Mapping[str, list[Place]]) -> None:
    """Compare the security schemes; `places` are those of the operations that ask for each, by its old or new name."""
    old, new = _schemes(comparison.old), _schemes(comparison.new)
    names = {before: after for after, before in _renamed(comparison).items()}
    for name, part in old.items():
        users: Sequence[Place | None] = places.get(name) or [None]
        successor = names.get(name, name)
        if successor not in new:
            _note(comparison, users, "scheme-removed", "is gone", HARMLESS.coded(MAY), part, None)
            continue
        if successor != name:
            what = f"is called {shown(successor)} instead of {shown(name)}"
            _note(comparison, users, "scheme-renamed", what, NAME.coded(MAY), part, new[successor])
        _scheme(comparison, users, part, new[successor])
    for name, part in new.items():
        if name not in old and name not in names.values():
            _note(comparison, places.get(name) or [None], "scheme-added", "is new", HARMLESS, None, part)


def _note(
    comparison: Comparison,
    places: Sequence[Place | None],
    kind: str,
    what: str,
    effect: Effect,
    old: Part | None,
    new: Part | None,
) -> None:
    for place in places:
        comparison.note(place, kind, what, effect, old, new)


def _scheme(comparison: Comparison, places: Sequence[Place | None], old: Part, new: Part) -> None:
    for name in ("type", "in", "name", "scheme", "openIdConnectUrl"):
        before, after = (_folded(part, name) for part in (old, new))
        if before != after:
            what = f"{name} {shown(old.get(name))} → {shown(new.get(name))}"
            code = BREAKS if name == "type" else SAFE
            _note(comparison, places, "scheme-changed", what, OTHER.coded(code), old.child(name), new.child(name))
    for name in dict.fromkeys([*old.children("flows"), *new.children("flows")]):
        _flow(comparison, places, name, old.child("flows").child(name), new.child("flows").child(name))
    for place in places:
        comparison.note_rest(place, old, new, _KNOWN, _WORDS)


def _folded(part: Part, name: str) -> str:
    """A member's value, in small letters where HTTP does not tell them apart."""
    value = key(part.get(name))
    return value.lower() if name == "scheme" or (name == "name" and part.get("in") == "header") else value


def _flow(comparison: Comparison, places: Sequence[Place | None], name: str, old: Part, new: Part) -> None:
    if old.value is None or new.value is None:
        what, effect = (f"{name} is new", WIDER) if old.value is None else (f"{name} is gone", NARROWER)
        _note(comparison, places, "flow-changed", what, effect, old, new)
        return
    for url in ("authorizationUrl", "tokenUrl", "refreshUrl"):
        if old.get(url) != new.get(url):
            what = f"{name}: {url} {shown(old.get(url))} → {shown(new.get(url))}"
            _note(comparison, places, "flow-changed", what, OTHER, old, new)
    before, after = (part.child("scopes").members for part in (old, new))
    for scope in dict.fromkeys([*before, *after]):
        if scope not in before:
            _note(comparison, places, "scope-changed", f"{name}: scope {shown(scope)} is new", HARMLESS, old, new)
        elif scope not in after:
            _note(comparison, places, "scope-changed", f"{name}: scope {shown(scope)} is gone", UNCLEAR, old, new)
        elif not same(before[scope], after[scope]):
            what = f"{name}: description of {shown(scope)} changed"
            _note(comparison, places, TEXT, what, HARMLESS, old, new)

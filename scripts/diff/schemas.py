"""Compare schemas, and find which operations a difference reaches.

What is referred to is compared once, as a pair; pairs lead to pairs, in cycles too. A difference
within a pair counts in every direction in which an operation leads to the pair.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from ..document import parts
from .combinations import combined, gathered, held, items, united
from .constraints import constraints, makes_a_class, notes, types
from .discriminators import discriminated
from .effects import MAY, MAYBE_NAME, NAME, NARROWER, SAFE, UNCLEAR, WIDER, Direction, Doubt
from .ledger import Finding, joined
from .members import members
from .parts import Part, same, shown
from .site import NOTES, Site, beside_null, is_reference, read, schema_of, without_null

Pair: TypeAlias = tuple[str, str]
"""The pointers of two schemas that are compared."""


@dataclass(frozen=True)
class _Edge:
    """One schema refers to another."""

    target: Pair
    path: str
    directions: frozenset[Direction]
    doubt: Doubt


@dataclass
class _Node:
    """Two schemas that are compared as a whole."""

    findings: list[Finding] = field(default_factory=list)
    edges: list[_Edge] = field(default_factory=list)


Reached: TypeAlias = tuple[Finding, str, Doubt]
"""(what differs, the members that lead to its pair, what is unsure on the way)."""


class Schemas:
    """All pairs of schemas that were compared so far."""

    def __init__(self) -> None:
        self._nodes: dict[Pair, _Node] = {}
        self._waiting: list[tuple[_Node, Site]] = []
        self._reached: dict[tuple[Pair, Direction], list[Reached]] = {}

    def compare(self, old: Part, new: Part) -> Pair:
        """Compare two schemas and all that they refer to; the pair by which `reached` knows them."""
        pair = self._pair(old, new)
        while self._waiting:  # a list and no recursion: documents nest deeper than Python does
            node, site = self._waiting.pop()
            self._compare(node, site)
        return pair

    def pairs(self) -> list[Pair]:
        """The pairs of schemas that were compared as a whole."""
        return list(self._nodes)

    def findings(self) -> Iterator[Finding]:
        """All that differs, whether or not an operation leads to it."""
        for node in self._nodes.values():
            yield from node.findings

    def reached(self, pair: Pair, direction: Direction) -> list[Reached]:
        """What differs in a pair and in all that it leads to, for values that travel in `direction`.

        To be asked once everything is compared.
        """
        mark = (pair, direction)
        if mark not in self._reached:
            self._reached[mark] = list(self._walk(pair, direction))
        return self._reached[mark]

    # --- Comparing -----------------------------------------------------------------------------

    def _pair(self, old: Part, new: Part) -> Pair:
        pair = (old.pointer, new.pointer)
        if pair not in self._nodes:
            self._nodes[pair] = _Node(list(_renamed(old, new)))
            self._waiting.append((self._nodes[pair], Site(old, new)))
        return pair

    def _compare(self, node: _Node, site: Site) -> None:
        site = Site(read(site.old), read(site.new), site.path, site.directions, site.doubt)
        for each in self._differences(node, site):
            if isinstance(each, Finding):
                node.findings.append(each)
            else:
                self._waiting.append((node, each))

    def _differences(self, node: _Node, site: Site) -> Iterable[Finding | Site]:
        special = _nullable(site) or united(site)
        if special is not None:
            return special
        return self._follow(node, site) if _refers(site) else gathered(site) or _written(site)

    def _follow(self, node: _Node, site: Site) -> list[Finding | Site]:
        """Compare what two references lead to; one of them may be the schema itself."""
        findings: list[Finding | Site] = []
        if is_reference(site.old) and is_reference(site.new):
            findings += [site.differs(each) for each in notes(site.old.members, site.new.members)]
        old, new = schema_of(site.old), schema_of(site.new)
        if is_reference(old) or is_reference(new):  # one leads nowhere
            if is_reference(old) != is_reference(new) or old.get("$ref") != new.get("$ref"):
                what = f"refers to {shown(new.get('$ref'))} instead of {shown(old.get('$ref'))}"
                findings.append(site.finding("reference-changed", what, UNCLEAR, site.old, site.new))
            return findings
        if is_reference(site.old) != is_reference(site.new) and makes_a_class(old.members):
            what = "is now written in place" if is_reference(site.old) else "is now a schema with a name"
            findings.append(site.finding("schema-moved", what, MAYBE_NAME, site.old, site.new))
        pair = self._pair(old, new)
        node.edges.append(_Edge(pair, site.path, site.directions, site.doubt))
        return findings

    # --- Reaching ------------------------------------------------------------------------------

    def _walk(self, start: Pair, direction: Direction) -> Iterator[Reached]:
        """What is found on the way from `start`: twice where more than one way leads to it, so that this shows."""
        waiting = [(start, "", Doubt.NONE)]
        passed = Counter[tuple[Pair, Doubt]]()
        while waiting:
            pair, before, doubt = waiting.pop()
            passed[pair, doubt] += 1
            if pair not in self._telling or passed[pair, doubt] > 2:
                continue
            for finding in self._nodes[pair].findings:
                yield finding, before, doubt
            waiting += [
                (edge.target, joined(before, edge.path), max(doubt, edge.doubt))
                for edge in self._nodes[pair].edges
                if direction in edge.directions
            ]

    @cached_property
    def _telling(self) -> set[Pair]:
        """The pairs that differ or lead to some that do."""
        leading: dict[Pair, list[Pair]] = defaultdict(list)
        for pair, node in self._nodes.items():
            for edge in node.edges:
                leading[edge.target].append(pair)
        waiting = [pair for pair, node in self._nodes.items() if node.findings]
        telling: set[Pair] = set()
        while waiting:
            pair = waiting.pop()
            if pair not in telling:
                telling.add(pair)
                waiting += leading[pair]
        return telling


# --- One pair --------------------------------------------------------------------------------------

_COMPARED = frozenset(
    [
        *("type", "enum", "const", "format", "contentEncoding", "contentMediaType", "contentSchema", "pattern"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
        *("minItems", "maxItems", "uniqueItems", "items", "prefixItems", "contains", "minContains", "maxContains"),
        *("minProperties", "maxProperties", "properties", "required", "additionalProperties", "patternProperties"),
        *("propertyNames", "dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties"),
        *("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "discriminator", "$ref"),
        *("$defs", "definitions"),  # what is in them counts where it is referred to
    ]
)


def _written(site: Site) -> Iterator[Finding | Site]:
    """What differs in two schemas as they are written, and the pairs within them that are left to compare."""
    old, new = site.old.members, site.new.members
    for each in notes(old, new):
        yield site.differs(each)
    for each in constraints(old, new):
        yield site.differs(each)
    common = types(old) & types(new)
    if not common:
        return
    if any(name.startswith("unevaluated") for name in (*old, *new)):
        site = site.doubted(Doubt.OTHER_WAY)  # what a part names or not, the whole counts as evaluated or not
    if "object" in common:
        yield from members(site)
    if "array" in common:
        yield from items(site)
    yield from combined(site)
    yield from held(site)
    yield from discriminated(site)
    for name in dict.fromkeys([*old, *new]):
        known = name in _COMPARED or name in NOTES or name.startswith("x-")
        if not known and not same(old.get(name), new.get(name)):
            what = f"`{name}` differs"
            yield site.finding("keyword-changed", what, UNCLEAR, site.old.child(name), site.new.child(name))


def _nullable(site: Site) -> list[Finding | Site] | None:
    """The comparison where a side is a schema or null: of null, and of the rest; None where neither is."""
    one, two = beside_null(site.old), beside_null(site.new)
    if one is None and two is None:
        return None
    before = (one, True) if one else without_null(site.old)
    after = (two, True) if two else without_null(site.new)
    if before is None or after is None:
        return None
    found: list[Finding | Site] = [site.to(before[0], after[0])]
    if after[1] and not before[1]:
        found.append(site.finding("null-added", "may now be null", WIDER.coded(SAFE, MAY), site.old, site.new))
    elif before[1] and not after[1]:
        effect = NARROWER.coded(MAY, SAFE)
        found.append(site.finding("null-removed", "may no longer be null", effect, site.old, site.new))
    return found


def _refers(site: Site) -> bool:
    """Whether the comparison goes on behind a reference, and not with it as one of several parts of a schema."""
    for one, other in ((site.old, site.new), (site.new, site.old)):
        if is_reference(one) and is_reference(other):
            return True
        if is_reference(one):
            if isinstance(other.get("$ref"), str):  # with more beside it
                return False
            parts_of_other = other.items("allOf")
            if len(parts_of_other) < 2:
                return True
            named = any(each.get("$ref") == one.get("$ref") for each in parts_of_other)
            return len(schema_of(one).items("allOf")) > 1 and not named
    return False


def _renamed(old: Part, new: Part) -> Iterator[Finding]:
    """Whether what was called one thing is now called another."""
    before, after = _component(old), _component(new)
    if before == after or before is None or after is None:
        return
    what = f"is called {shown(after)} instead of {shown(before)}"
    yield Site(old, new).finding("schema-renamed", what, NAME, old, new)


def _component(part: Part) -> str | None:
    """The name of the component that a schema is, not only stands in."""
    steps = parts(part.pointer)
    return steps[2] if steps[:2] == ["components", "schemas"] and len(steps) == 3 else None

"""The lifecycle of a resource as a Mermaid state diagram."""

from __future__ import annotations

import re

from .rules import Behaviour


def diagram(behaviour: Behaviour) -> str:
    """A `stateDiagram-v2` in Mermaid's language, ending with a line break.

    Moves that an operation makes bear its name; the others are the server's own.
    """
    lifecycle = behaviour.lifecycle
    plain = re.compile(r"\w+", re.ASCII)
    names = {state: state if plain.fullmatch(state) else f"s{at}" for at, state in enumerate(lifecycle.states)}
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state}" as {name}' for state, name in names.items() if name != state]
    lines.append(f"    [*] --> {names[lifecycle.first]}: {behaviour.create.operation}")
    for before, after in lifecycle.moves.items():
        lines += [f"    {names[before]} --> {names[state]}{_reason(behaviour, before, state)}" for state in after]
    lines += [f"    {names[state]} --> [*]" for state in lifecycle.states if state in lifecycle.terminal]
    return "\n".join(lines) + "\n"


def _reason(behaviour: Behaviour, before: str, after: str) -> str:
    by = [
        change.operation
        for change in behaviour.changes
        if change.to == after and (not change.states or before in change.states)
    ]
    return f": {', '.join(by)}" if by else ""

"""Renew what swagger2openapi gives in the tables of `tests/data/differential`: `python -m tests.bench.record`.

The hand-written members stay; the layout is this module's. Needs Node.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from scripts.document import parse

from ..differential import Case, cases, tables
from ..validity import problems
from .peer import CONVERTER, Peer, conversion, installed
from .process import LIMIT

_OBSERVED = ("peer", "peer_refuses", "peer_valid")
_JUDGED = ("warns", "ours", "ours_refuses", "because")
"""What stands after what was observed."""

_WIDTH = 130


class _Block(dict[str, Any]):
    """A mapping with a line for each member, however short."""


class _Dumper(yaml.SafeDumper):
    """What fits into a line stands in one."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class names it
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:  # noqa: ARG002
        short = len(str(mapping)) < _WIDTH and not isinstance(mapping, _Block)
        return super().represent_mapping(tag, mapping, flow_style=short)

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> Any:  # noqa: ARG002
        return super().represent_sequence(tag, sequence, flow_style=len(str(sequence)) < _WIDTH)


_Dumper.add_representer(_Block, _Dumper.represent_dict)


def main() -> None:
    """Record every case anew."""
    peer = installed(CONVERTER)
    if peer is None:
        sys.exit(f"Node and npm are needed to install and run {CONVERTER.name}")
    for table in tables():
        recorded = _Block({case.name: _Block(_recorded(case, peer)) for case in cases(table)})
        head = [line for line in table.read_text(encoding="utf-8").splitlines(keepends=True) if line.startswith("#")]
        text = "".join(head) + yaml.dump(recorded, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
        if parse(text).data != recorded:
            raise ValueError(f"{table} would not be read as it was written")
        table.write_text(text, encoding="utf-8")


def _recorded(case: Case, peer: Peer) -> dict[str, Any]:
    given = {name: value for name, value in case.entry.items() if name not in (*_OBSERVED, *_JUDGED)}
    return given | _observed(case, peer) | {name: case.entry[name] for name in _JUDGED if name in case.entry}


def _observed(case: Case, peer: Peer) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "openapi.json")
        command = conversion(peer, case.write(Path(folder)), output)
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
        if done.returncode or not output.is_file():
            return {"peer_refuses": _words(done.stderr)}
        result = json.loads(output.read_text(encoding="utf-8"))
    return {"peer": case.part(result)} | ({} if _valid(result) else {"peer_valid": False})


def _words(output: str) -> str:
    """The first line that names an error, without the place that follows it."""
    line = next((line for line in output.splitlines() if "Error" in line), "no result")
    return line.partition(": ")[2].partition(" at line")[0] or line


def _valid(document: Any) -> bool:
    try:
        return not problems(document)
    except Exception:  # noqa: BLE001 - it raises of itself where a reference leads nowhere or a member has no name
        return False


if __name__ == "__main__":
    main()

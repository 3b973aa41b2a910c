"""The programs that ours are compared with, which npm installs beside this file when they are first needed."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Program:
    """A program as npm knows it."""

    name: str
    """Of its package."""
    script: str
    """What Node runs, in the package's folder."""


CONVERTER = Program("swagger2openapi", "swagger2openapi.js")
MOCK = Program("@stoplight/prism-cli", "dist/index.js")


@dataclass(frozen=True)
class Peer:
    """An installed program."""

    node: str
    script: Path
    version: str

    def command(self, *words: str) -> list[str]:
        """The command that runs it with `words`."""
        return [self.node, str(self.script), *words]


def installed(program: Program, *, path: str | None = None) -> Peer | None:
    """`program` in the version that package.json names; None where Node is not there, or npm cannot install it.

    `path` is where to look for Node, as in the environment's `PATH`, which is taken where there is none.
    """
    node, npm = (shutil.which(name, path=path) for name in ("node", "npm"))
    if node is None or npm is None:
        return None
    manifest = FOLDER / "node_modules" / program.name / "package.json"
    if not manifest.is_file() or _version(manifest) != _wanted(program):
        # No scripts: one of a dependency of a dependency reports each installation to somebody.
        words = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if subprocess.run(words, cwd=FOLDER, stdout=subprocess.DEVNULL, timeout=120, check=False).returncode:
            return None
    return Peer(node, manifest.parent / program.script, _version(manifest))


def conversion(peer: Peer, document: Path, output: Path, *flags: str) -> list[str]:
    """The command by which `CONVERTER` makes OpenAPI 3.0 of `document`; what is slightly wrong with it is mended."""
    return peer.command("--patch", *flags, str(document), "-o", str(output))


def _wanted(program: Program) -> str:
    manifest = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    return str(manifest["dependencies"][program.name])


def _version(manifest: Path) -> str:
    return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])

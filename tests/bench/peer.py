"""The program that our normaliser is compared with, which npm installs beside this file when it is first needed."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
NAME = "swagger2openapi"


@dataclass(frozen=True)
class Peer:
    """An installed swagger2openapi."""

    node: str
    script: Path
    version: str

    def command(self, document: Path, output: Path, *flags: str) -> list[str]:
        """The words that convert `document` to OpenAPI 3.0; what is slightly wrong with it is mended."""
        return [self.node, str(self.script), "--patch", *flags, str(document), "-o", str(output)]


def installed(*, path: str | None = None) -> Peer | None:
    """The peer in the version that package.json names; None where Node is not there, or npm cannot install it.

    `path` is where to look for Node, as in the environment's `PATH`, which is taken where there is none.
    """
    node, npm = (shutil.which(name, path=path) for name in ("node", "npm"))
    if node is None or npm is None:
        return None
    manifest = FOLDER / "node_modules" / NAME / "package.json"
    if not manifest.is_file() or _version(manifest) != _wanted():
        words = [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        if subprocess.run(words, cwd=FOLDER, stdout=subprocess.DEVNULL, timeout=120, check=False).returncode:
            return None
    return Peer(node, manifest.with_name(f"{NAME}.js"), _version(manifest))


def _wanted() -> str:
    manifest = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    return str(manifest["dependencies"][NAME])


def _version(manifest: Path) -> str:
    return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])

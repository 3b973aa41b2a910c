"""What several test files share: where things stand, and documents written in a test."""

from __future__ import annotations

import importlib
import shutil
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from scripts import document, pipeline, project

# The same examples at every run: what a change breaks is told by the change, not by chance.
settings.register_profile(
    "plumbline", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("plumbline")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture
def shared() -> Path:
    """The folder with the published texts, which a user's clone does not have."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the published texts are not beside this clone")
    return folder


@pytest.fixture
def apis() -> dict[str, project.Api]:
    """The APIs of the project."""
    return project.discover(ROOT)


@pytest.fixture
def parse():
    """Make a document of an indented text."""

    def make(text: str, name: str = "test.yaml") -> document.Document:
        return document.parse(textwrap.dedent(text), name)

    return make


@pytest.fixture
def tickets(tmp_path) -> project.Api:
    """The invented API in `tests/data/tickets`, in a project of its own with the real overrides, normalised."""
    shutil.copytree(ROOT / "tests" / "data" / "tickets", tmp_path / "spec" / "tickets")
    for name in ("templates", "shared"):
        shutil.copytree(ROOT / "overrides" / name, tmp_path / "overrides" / name)
    api = project.discover(tmp_path)["tickets"]
    for name, text in pipeline.document_tree(pipeline.normalised(api)).items():
        document.write_text(text, api.folder / name)
    return api


@pytest.fixture(scope="module")
def generated():
    """The generated package, imported."""
    sys.path.insert(0, str(ROOT / "generated"))
    try:
        yield importlib.import_module("wasabi_air")
    finally:
        sys.path.remove(str(ROOT / "generated"))

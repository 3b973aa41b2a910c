"""What several test files share: where things stand, and documents written in a test."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from scripts import document, project

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

from __future__ import annotations

import re

import pytest

from scripts.document import read
from scripts.mock import faults

from .processes import ROOT, verb

PAGE = (ROOT / "docs/mock.md").read_text(encoding="utf-8")
FORM = read(ROOT / "scripts/mock/settings.yaml").data


@pytest.mark.parametrize(("name", "says", "family"), list(faults.listed()), ids=list(faults.KNOWN))
def test_every_fault_is_on_the_page_with_what_it_does(name, says, family):
    assert f"| `{name}` | {says} |\n" in PAGE
    assert f"| **{family}** | |\n" in PAGE


def test_no_fault_is_on_the_page_that_is_gone():
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE, re.MULTILINE)
    assert listed == list(faults.KNOWN)


@pytest.mark.parametrize("word", FORM["properties"])
def test_every_word_that_steers_is_on_the_page(word):
    assert re.search(rf"^{word}:", PAGE, re.MULTILINE)


def test_every_flag_of_the_mock_is_on_the_page_itself_or_as_the_word_that_it_says():
    flags = set(re.findall(r"--[a-z]+", verb("mock", "--help").stdout)) - {"--help", "--host", "--port"}
    words = {f"--{word}" for word in FORM["properties"]}
    assert {"--state", "--latency"} <= flags
    assert not {flag for flag in flags - words if flag not in PAGE}

from __future__ import annotations

import pytest

from scripts import tree


def test_a_tree_is_written_and_read_back(tmp_path):
    texts = {"a.py": "x = 1\n", "b/c.py": "é\n", "py.typed": ""}
    assert tree.write(texts, tmp_path / "package")
    assert tree.read(tmp_path / "package") == texts


def test_nothing_different_means_nothing_written(tmp_path):
    tree.write({"a.py": "1\n"}, tmp_path / "package")
    before = (tmp_path / "package" / "a.py").stat()
    assert not tree.write({"a.py": "1\n"}, tmp_path / "package")
    assert (tmp_path / "package" / "a.py").stat() == before


def test_what_a_tree_does_not_hold_goes(tmp_path):
    tree.write({"a.py": "1", "b/c.py": "2"}, tmp_path / "package")
    tree.write({"a.py": "1"}, tmp_path / "package")
    assert tree.read(tmp_path / "package") == {"a.py": "1"}
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


def test_a_failed_write_leaves_the_old_tree_and_nothing_else(tmp_path):
    tree.write({"a.py": "old"}, tmp_path / "package")
    with pytest.raises(FileExistsError):
        tree.write({"a.py": "new", "a.py/b": "in the way"}, tmp_path / "package")
    assert tree.read(tmp_path / "package") == {"a.py": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


def test_caches_are_no_part_of_a_tree(tmp_path):
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"\xff")
    (tmp_path / "a.bin").write_bytes(b"\xff")
    assert list(tree.read(tmp_path)) == ["a.bin"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": "1\n"}, {"a": "1\n"}, ""),
        ({"a": "1\n"}, {"a": "2\n"}, "--- a/p/a\n+++ b/p/a\n@@ -1 +1 @@\n-1\n+2\n"),
        ({}, {"a": "2\n"}, "--- /dev/null\n+++ b/p/a\n@@ -0,0 +1 @@\n+2\n"),
        ({"a": "1\n"}, {}, "--- a/p/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n"),
        ({}, {"py.typed": ""}, "--- /dev/null\n+++ b/p/py.typed\n"),
    ],
    ids=["equal", "edited", "missing", "stray", "empty"],
)
def test_differences_are_a_unified_diff(old, new, expected):
    assert tree.differences(old, new, label="p") == expected

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from .processes import KEYS, ROOT, mock, surroundings
from .s3 import s3

FIRST_CALL, WHOLE_WAY = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
"""The README's programs."""


def program(code: str, url: str, storage: str = "") -> str:
    """A program of the README, pointed at a mock and a storage."""
    assert "http://127.0.0.1:8080/api/v1" in code
    code = code.replace("http://127.0.0.1:8080/api/v1", url).replace("time.sleep(1)", "time.sleep(0.05)")
    return code.replace("http://127.0.0.1:5000", storage)


def run(code: str, folder) -> str:
    """What a program prints, run as a user would."""
    (folder / "program.py").write_text(code)
    env = surroundings(**KEYS, PYTHONPATH=str(ROOT / "generated"))
    command = [sys.executable, "program.py"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_program_prints_the_metadata_path(tmp_path):
    with mock() as url:
        assert run(program(FIRST_CALL, url), tmp_path).startswith("s3://results/jobs/")


def test_the_whole_way_goes_through_a_real_storage_and_prints_the_metadata(tmp_path):
    with s3() as storage, mock("--storage", storage) as url:
        document = json.loads(run(program(WHOLE_WAY, url, storage), tmp_path))
    assert (document["Name"], document["Status"], document["Services"]) == ("advert", "completed", {"s2t": {}})
    assert document["Source"]["ObjectKey"] == "clips/advert.mp4"


@pytest.mark.slow
def test_the_first_program_passes_strict_type_checks(tmp_path):
    (tmp_path / "program.py").write_text(FIRST_CALL)
    env = surroundings(MYPYPATH=str(ROOT / "generated"))
    words = ["-m", "mypy", "--strict", f"--cache-dir={tmp_path / 'cache'}", "program.py"]
    done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    config = '{"typeCheckingMode": "strict", "extraPaths": ["%s"], "include": ["program.py"]}' % (ROOT / "generated")
    (tmp_path / "pyrightconfig.json").write_text(config)
    words = ["-m", "basedpyright", "--pythonpath", sys.executable]
    done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout

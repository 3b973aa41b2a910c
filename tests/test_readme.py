from __future__ import annotations

import re
import subprocess
import sys

import pytest

from .processes import KEYS, ROOT, mock, surroundings


def program(url: str) -> str:
    """The README's program, pointed at a mock."""
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    assert "http://127.0.0.1:8080/api/v1" in code
    return code.replace("http://127.0.0.1:8080/api/v1", url).replace("time.sleep(1)", "time.sleep(0.05)")


def test_the_program_of_the_readme_prints_the_metadata_path(tmp_path):
    with mock() as url:
        (tmp_path / "program.py").write_text(program(url))
        env = surroundings(**KEYS, PYTHONPATH=str(ROOT / "generated"))
        done = subprocess.run(
            [sys.executable, "program.py"],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("s3://results/jobs/")


@pytest.mark.slow
def test_the_program_of_the_readme_passes_strict_type_checks(tmp_path):
    (tmp_path / "program.py").write_text(program("http://127.0.0.1:8080/api/v1"))
    env = surroundings(MYPYPATH=str(ROOT / "generated"))
    words = ["-m", "mypy", "--strict", f"--cache-dir={tmp_path / 'cache'}", "program.py"]
    done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    config = '{"typeCheckingMode": "strict", "extraPaths": ["%s"], "include": ["program.py"]}' % (ROOT / "generated")
    (tmp_path / "pyrightconfig.json").write_text(config)
    words = ["-m", "basedpyright", "--pythonpath", sys.executable]
    done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout

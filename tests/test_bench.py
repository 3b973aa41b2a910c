from __future__ import annotations

import json
import subprocess
import sys

from .bench import normalise, peer, process
from .processes import ROOT


def test_a_measured_process_is_told_its_own_peak_and_not_that_of_the_one_that_measures():
    held = bytearray(200_000_000)
    small, large = (process.run([sys.executable, "-c", f"x = bytearray({size})"]) for size in (1, 100_000_000))
    assert small.peak < 50_000_000 < len(held)
    assert 100_000_000 < large.peak < 150_000_000


def test_a_measured_process_that_fails_says_so():
    done = process.run([sys.executable, "-c", "import sys; print('said'); sys.exit('why')"])
    assert (done.code, done.said) == (1, "said\nwhy\n")


def test_a_process_that_takes_too_long_is_killed():
    words = [sys.executable, str(ROOT / "tests" / "bench" / "measure.py"), "1", "/dev/null", "sleep", "30"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=True)
    assert json.loads(done.stdout)["code"] == -9


def test_commands_run_in_turn_and_the_first_run_of_each_does_not_count(tmp_path):
    log = tmp_path / "log"
    append = "import sys, time; open(sys.argv[1], 'a').write(sys.argv[2]); time.sleep(float(sys.argv[3]))"
    calls = []
    commands = [[sys.executable, "-c", append, str(log), *words] for words in (("a", "0"), ("b", "0.2"))]
    first, second = process.in_turn(commands, runs=2, before=lambda: calls.append("before"))
    assert log.read_text() == "ababab"
    assert len(calls) == 6
    assert first.seconds < 0.2 <= second.seconds


def test_without_node_there_is_no_peer(tmp_path):
    assert peer.installed(path=str(tmp_path)) is None


def test_the_sample_is_of_swagger_documents_alone():
    found = normalise.sample()
    assert found
    assert all("swagger" in path.read_text(encoding="utf-8-sig") for path in found)


def test_what_npm_installs_has_a_hash_and_names_no_registry():
    lock = json.loads((peer.FOLDER / "package-lock.json").read_text())
    installed = {name: package for name, package in lock["packages"].items() if name}
    assert installed[f"node_modules/{peer.NAME}"]["version"] == "7.0.8"
    assert all(package["integrity"].startswith("sha512-") for package in installed.values())
    assert not any("resolved" in package for package in installed.values())

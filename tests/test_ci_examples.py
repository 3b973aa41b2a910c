"""The examples of CI in docs/ci: what they call exists, and they tell the verdicts apart."""

from __future__ import annotations

import re
import shlex
import stat
import subprocess

import pytest
import yaml

from scripts import arguments, project

from .conftest import ROOT

GITHUB = yaml.load((ROOT / "docs" / "ci" / "github-contract.yml").read_text(), yaml.BaseLoader)
GITLAB = yaml.load((ROOT / "docs" / "ci" / "gitlab-contract.yml").read_text(), yaml.BaseLoader)["contract"]
STEPS = GITHUB["jobs"]["contract"]["steps"]
JUDGING = next(step for step in STEPS if "scripts contract" in step.get("run", ""))
SCRIPTS = {"github": JUDGING["run"], "gitlab": "\n".join(GITLAB["script"])}


def parsed(script: str, **values: str) -> tuple[str, dict]:
    """The verb and the parameters of the command line in a script, its variables filled in."""
    line = next(line for line in script.splitlines() if " -m scripts " in line)
    filled = re.sub(r"\$(\w+)", lambda found: values[found[1]], line.partition("||")[0])
    words = shlex.split(filled)
    assert words[:3] == [".venv/bin/python", "-m", "scripts"]
    return arguments.parse(words[3:])


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.parametrize("mode", ["read-only", "frugal"])
def test_an_example_calls_the_verb_with_flags_that_it_has(script, mode):
    verb, flags = parsed(script, URL="https://air.example.com", CONTRACT_URL="https://air.example.com", MODE=mode)
    assert (verb, flags["mode"], flags["url"], str(flags["report"])) == (
        *("contract", mode, "https://air.example.com", "report"),
    )
    assert flags["api"] in project.discover(ROOT)


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_an_example_calls_the_verb_and_not_make_which_would_lose_the_exit_code(script):
    assert "make contract" not in script
    targets = set(re.findall(r"make (\w+)", "\n".join([script, *(step.get("run", "") for step in STEPS)])))
    assert targets == {"setup"}
    assert re.search(r"^setup:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_keys_are_secrets_and_every_name_is_one_that_the_project_reads():
    api = project.discover(ROOT)["wasabi_air"]
    keys = {name for each in api.credentials for name in each.environment.values()}
    given = {each.environment for each in api.given}
    environment = {name: value for name, value in JUDGING["env"].items() if name not in ("URL", "MODE")}
    assert set(environment) <= keys | given
    for name, value in environment.items():
        assert value == f"${{{{ {'secrets' if name in keys else 'vars'}.{name} }}}}"
    assert not any("secrets." in str({**step, "env": {}}) for step in STEPS)


def test_the_workflow_may_do_little_and_what_it_uses_is_pinned():
    assert GITHUB["permissions"] == {"contents": "read"}
    assert "permissions" not in GITHUB["jobs"]["contract"]
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]) for step in STEPS if "uses" in step)
    assert not re.search(r"\$\{\{", JUDGING["run"]), "a value in a script is code: it comes by the environment"


def test_what_is_scheduled_only_reads_and_what_is_started_by_hand_may_create_a_little():
    assert JUDGING["env"]["MODE"] == "${{ inputs.mode || 'read-only' }}"
    assert GITHUB["on"]["workflow_dispatch"]["inputs"]["mode"]["options"] == ["read-only", "frugal"]
    modes = {rule["if"].split('"')[1]: rule["variables"]["MODE"] for rule in GITLAB["rules"]}
    assert modes == {"schedule": "read-only", "web": "frugal"}


def test_the_report_is_kept_whatever_the_verdict():
    kept = next(step for step in STEPS if step.get("uses", "").startswith("actions/upload-artifact"))
    assert (kept["if"], kept["with"]["path"]) == ("${{ !cancelled() }}", "report/")
    assert STEPS.index(kept) > STEPS.index(JUDGING)
    assert (GITLAB["artifacts"]["when"], GITLAB["artifacts"]["paths"]) == ("always", ["report/"])


@pytest.mark.parametrize(
    ("verdict", "code", "told"),
    [
        (0, 0, "::notice title=contract::conformant"),
        (1, 1, "::error title=contract::violations"),
        (2, 2, "::error title=contract::could not run"),
        (3, 0, "::warning title=contract::inconclusive"),
        (130, 130, "::error title=contract::could not run"),
    ],
)
def test_the_workflow_tells_the_exit_codes_apart(verdict, code, told, tmp_path):
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\nexit {verdict}\n")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", JUDGING["run"]],
        cwd=tmp_path,
        env={"URL": "https://air.example.com", "MODE": "frugal", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert done.stdout.startswith(told)


def test_gitlab_takes_inconclusive_for_a_warning_and_nothing_else():
    assert GITLAB["allow_failure"] == {"exit_codes": ["3"]}

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from scripts import __version__, arguments
from scripts.__main__ import VERBS
from scripts.document import at as look_up
from scripts.document import read

from .processes import ROOT, verb

SWAGGER = """
swagger: '2.0'
info: {title: T, version: '1'}
paths:
  /a:
    get:
      produces: [application/json]
      parameters: [{name: ids, in: query, type: array, items: {type: string}, collectionFormat: tsv}]
      responses: {200: {description: ok, schema: {type: object, x-nullable: true}}}
"""


def makefile() -> str:
    return (ROOT / "Makefile").read_text()


def targets() -> list[str]:
    return re.findall(r"^([a-z]+):.*##", makefile(), re.MULTILINE)


@pytest.mark.parametrize(
    ("target", "validator", "version"),
    [("3.0", OpenAPIV30SpecValidator, "3.0."), ("3.1", OpenAPIV31SpecValidator, "3.1.")],
)
def test_any_document_is_normalised_to_either_version_with_a_warning_for_each_loss(
    tmp_path, target, validator, version
):
    (tmp_path / "in.yaml").write_text(SWAGGER)
    output = tmp_path / "out" / "openapi.yaml"
    done = verb("normalise", str(tmp_path / "in.yaml"), "-o", str(output), "--target", target)
    assert done.returncode == 0, done.stderr
    data = read(output).data
    assert data["openapi"].startswith(version)
    assert list(validator(data).iter_errors()) == []
    assert re.search(r"warning: .*in\.yaml:8:\d+ #/paths/~1a/get/parameters/0", done.stderr)
    again = verb("normalise", str(tmp_path / "in.yaml"), "-o", str(output), "--target", target)
    assert "unchanged" in again.stdout


def test_defects_are_repaired_or_all_of_them_refused(tmp_path):
    path = tmp_path / "in.yaml"
    path.write_text(SWAGGER.replace("type: object", "$ref: '#/definitions/Lost'").replace("'1'", "1"))
    done = verb("normalise", str(path), "-o", str(tmp_path / "out.yaml"))
    assert done.returncode == 0
    assert done.stderr.count("warning: ") == 3
    done = verb("normalise", str(path), "-o", str(tmp_path / "strict.yaml"), "--strict")
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert re.search(
        r"in\.yaml:3:\d+ #/info/version: `version` is a number, not a string\n  Repaired unless strict: It is",
        done.stderr,
    )
    assert re.search(
        r"in\.yaml:9:\d+ #/paths/~1a/get/responses/200/schema: refers to '#/definitions/Lost'", done.stderr
    )
    assert not (tmp_path / "strict.yaml").exists()


def test_of_each_kind_three_warnings_are_printed_unless_all_are_asked_for(tmp_path):
    path = tmp_path / "in.json"
    paths = {f"/{name}": {"get": {"responses": {"200": {}}}} for name in "abcde"}
    path.write_text(json.dumps({"swagger": "2.0", "info": {"title": "T", "version": "1"}, "paths": paths}))
    some = verb("normalise", str(path)).stderr
    assert some.count("a response needs a `description`\n  An empty one is added.") == 3
    assert some.endswith("warning: 2 more places: a response needs a `description`\n")
    assert verb("normalise", str(path), "--all").stderr.count("An empty one is added.") == 5


def test_a_name_that_ends_in_json_gets_json(tmp_path):
    (tmp_path / "in.yaml").write_text(SWAGGER)
    assert verb("normalise", str(tmp_path / "in.yaml"), "-o", str(tmp_path / "out.json")).returncode == 0
    assert json.loads((tmp_path / "out.json").read_text())["openapi"].startswith("3.1.")


@pytest.mark.parametrize("target", ["3.0", "3.1"])
def test_repeated_schemas_become_components_if_asked_for(tmp_path, target):
    state = "{type: string, enum: [a, b]}"
    definitions = f"definitions: {{A: {{properties: {{s: {state}}}}}, B: {{properties: {{s: {state}}}}}}}\n"
    (tmp_path / "in.yaml").write_text(SWAGGER + definitions)
    words = ["normalise", str(tmp_path / "in.yaml"), "-o", str(tmp_path / "out.yaml"), "--target", target]
    for flags, expected in (([], {"A", "B"}), (["--lift"], {"A", "B", "S"})):
        assert verb(*words, *flags).returncode == 0
        assert set(read(tmp_path / "out.yaml").data["components"]["schemas"]) == expected


def test_other_files_are_read_from_a_wider_folder_only_if_it_is_named(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "common.yaml").write_text("Thing: {type: object}\n")
    path = tmp_path / "docs" / "in.yaml"
    path.write_text(SWAGGER.replace("type: object", "$ref: '../common.yaml#/Thing'"))
    done = verb("normalise", str(path))
    assert done.returncode == 2
    assert "outside the document's folder" in done.stderr
    done = verb("normalise", str(path), "--within", str(tmp_path))
    assert "#/components/schemas/Thing" in done.stdout


def test_a_file_that_cannot_be_written_is_2_and_says_so(tmp_path):
    (tmp_path / "in.yaml").write_text(SWAGGER)
    for output in (tmp_path / "in.yaml" / "out.yaml", tmp_path / ("x" * 300)):
        done = verb("normalise", str(tmp_path / "in.yaml"), "-o", str(output))
        assert (done.returncode, "cannot be written" in done.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["in.yaml"]


@pytest.mark.parametrize("words", ["normalise bad.yaml", "overlay bad.yaml bad.yaml", "diff bad.yaml bad.yaml --json"])
def test_a_failure_puts_nothing_where_the_document_goes(tmp_path, words):
    (tmp_path / "bad.yaml").write_text("a: [")
    done = verb(*(str(tmp_path / word) if word.endswith("yaml") else word for word in words.split()))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("could not run (exit code 2)\n")


def test_the_problems_of_both_editions_are_told(tmp_path):
    for name in ("old", "new"):
        (tmp_path / f"{name}.yaml").write_text("a: [")
    done = verb("diff", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"))
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert "old.yaml:" in done.stderr
    assert "new.yaml:" in done.stderr


def test_without_an_output_the_document_goes_to_standard_output(tmp_path):
    (tmp_path / "in.yaml").write_text(SWAGGER)
    done = verb("normalise", str(tmp_path / "in.yaml"))
    assert done.stdout.startswith("openapi: 3.1.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("swagger: '2.0'\ninfo: [", "in.yaml:3"),
        ("hello: 1", "openapi"),
        (SWAGGER.replace("type: object", "$ref: other.yaml"), "#/paths/~1a/get/responses/200/schema"),
    ],
    ids=["not yaml", "not an API", "lost file"],
)
def test_a_bad_document_is_2_with_its_place_and_nothing_half_written(tmp_path, text, said):
    (tmp_path / "in.yaml").write_text(text)
    done = verb("normalise", str(tmp_path / "in.yaml"), "-o", str(tmp_path / "out.yaml"))
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.yaml"]


@pytest.fixture
def copy(tmp_path):
    """A copy of the project's inputs and outputs, to change."""
    for name in ("spec", "overrides", "generated", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_generating_again_rewrites_nothing(copy):
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    done = verb("generate", cwd=copy)
    assert done.returncode == 0, done.stderr
    assert "written" not in done.stdout
    after = {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert after == before


def test_drift_is_1_with_the_diff_and_the_mend_and_generate_mends_it(copy):
    path = copy / "generated" / "wasabi_air" / "models" / "job.py"
    path.write_text(path.read_text() + "# edited\n")
    (copy / "generated" / "wasabi_air" / "stray.py").touch()
    done = verb("drift", cwd=copy)
    assert done.returncode == 1
    assert "-# edited" in done.stdout
    assert "generated/wasabi_air/stray.py" in done.stdout
    assert "make generate" in done.stdout
    assert done.stdout.splitlines()[-1] == "drift (exit code 1)"
    assert verb("generate", cwd=copy).returncode == 0
    assert verb("drift", cwd=copy).returncode == 0


def test_an_overlay_that_no_longer_fits_stops_generation_and_writes_nothing(copy):
    source = copy / "spec" / "wasabi_air" / "source.yaml"
    source.write_text(source.read_text().replace("ParamMinHealth", "ParamHealth"))
    done = verb("generate", cwd=copy)
    assert done.returncode == 2
    assert "10-corrections.yaml" in done.stderr
    assert "matches nothing" in done.stderr
    assert (copy / "generated" / "wasabi_air" / "client.py").read_text() == (
        ROOT / "generated" / "wasabi_air" / "client.py"
    ).read_text()


@pytest.mark.slow
def test_a_test_of_the_suite_that_fails_by_itself_is_never_conformant(copy):
    shutil.copytree(ROOT / "tests" / "contract", copy / "tests" / "contract")
    path = copy / "tests" / "contract" / "test_sequences.py"
    path.write_text(path.read_text() + "\n\ndef test_broken() -> None:\n    raise RuntimeError('of our own')\n")
    done = verb("contract", "--mode", "frugal", "--only", "listJobs", cwd=copy)
    assert done.returncode == 3, done.stdout
    assert "inconclusive: test_broken could not run: RuntimeError: of our own" in done.stdout
    path.write_text("this is no Python")
    assert verb("contract", "--only", "listJobs", cwd=copy).returncode == 2


def test_a_fault_of_ours_is_2_and_tells_no_secret(copy):
    (copy / "scripts" / "pipeline.py").write_text("import os\nraise RuntimeError(os.environ['WASABI_SECRET_KEY'])\n")
    done = verb("drift", cwd=copy, env={**os.environ, "WASABI_SECRET_KEY": "the-secret-value"})
    assert done.returncode == 2
    assert "fault of ours" in done.stderr
    assert "the-secret-value" not in done.stdout + done.stderr


def test_flags_for_a_document_need_one():
    done = verb("normalise", "--strict", "-o", "never.yaml")
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert "are for a document that is named" in done.stderr


@pytest.mark.parametrize(
    "words",
    ["mock --port 99999", "mock --step -1", "contract --cert nowhere", "normalise --targ", "unknown"],
)
def test_words_that_do_not_fit_are_2_and_say_why(words):
    done = verb(*words.split())
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert re.search(r"^python -m scripts.*: error: ", done.stderr, re.MULTILINE)


def test_what_nobody_reads_to_its_end_ends_quietly(tmp_path):
    definitions = {f"D{number}": {"type": "object", "description": "x" * 100} for number in range(5_000)}
    document = {"swagger": "2.0", "info": {"title": "T", "version": "1"}, "paths": {}, "definitions": definitions}
    (tmp_path / "in.json").write_text(json.dumps(document))
    command = [sys.executable, "-m", "scripts", "normalise", str(tmp_path / "in.json")]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=env, text=True, **pipes) as process:
        assert process.stdout.readline() == "openapi: 3.1.1\n"
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141


def test_a_short_command_loads_no_verb_s_modules():
    heavy = ("schemathesis", "pytest", "uvicorn", "httpx", "yaml", "jsonschema_rs", "rich", "subprocess")
    program = f"import sys, scripts.__main__; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


WITHOUT_A_TARGET = ("overlay", "diff", "defects", "behaviour")
"""Verbs that work on files of the user's choice, and print."""


def given(name: str) -> dict:
    """The parameters that the command line gives to a verb that is called with nothing but what it needs."""
    return arguments.parse([name, *{"overlay": ["a"], "diff": ["a", "b"], "vendor": ["a"]}.get(name, ())])[1]


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_help_a_target_and_a_line_in_the_readme(name):
    done = verb(name, "--help")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 5
    assert bool(re.search(rf"^\t\$\(SCRIPTS\) {name}\b", makefile(), re.MULTILINE)) == (name not in WITHOUT_A_TARGET)
    assert inspect.signature(VERBS[name]).parameters.keys() == given(name).keys()
    readme = (ROOT / "README.md").read_text()
    assert f"make {name}" in readme or f"scripts {name}" in readme


def test_every_target_is_in_the_readme_and_sets_up_first():
    readme = (ROOT / "README.md").read_text()
    for target in targets():
        assert f"`make {target}" in readme, target
        if target not in ("help", "setup"):
            first = re.search(rf"^{target}: (\w+)", makefile(), re.MULTILINE)[1]
            assert first in ("setup", "lint"), target


def test_make_alone_lists_the_targets():
    done = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in done.stdout.splitlines()] == targets()


def test_the_lock_file_has_a_hash_for_everything_and_names_no_registry():
    lock = (ROOT / "requirements.lock").read_text()
    packages = re.findall(r"^(\S+)==", lock, re.MULTILINE)
    assert len(packages) > 40
    assert all(
        "--hash=sha256:" in entry for entry in re.split(r"^(?=\S+==)", lock, flags=re.MULTILINE) if "==" in entry
    )
    assert "://" not in lock
    for name in ("openapi-python-client==0.29.1", "ruff==0.17.6", "schemathesis==4.32.5"):
        assert name in lock


def test_generic_code_names_no_api(apis):
    words = {word for name in apis for word in name.split("_")} | {"wasabi", "gravity"}
    for folder in ("scripts", "tests/contract"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in (".py", ".yaml", ".ini"):
                found = words & set(re.findall(r"[a-z]+", path.read_text().lower()))
                assert not found, f"{path}: {found}"


def test_the_suite_is_never_collected_with_the_project_s_tests():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "tests/contract" not in done.stdout


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_standing_of_every_inferred_part_is_in_the_document(apis):
    for api in apis.values():
        data = read(api.openapi).data
        for at, standing in json.loads(api.standing.read_text()).items():
            look_up(data, at)
            assert standing["standing"] in ("published", "standard", "inferred")

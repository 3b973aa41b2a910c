from __future__ import annotations

import pytest

from scripts import project
from scripts.errors import UsageError

MINIMAL = 'title = "T"\npackage = "t_client"\nbase_url = "https://t.example.com/v1/"\n'


def made(root, text: str, name: str = "t"):
    folder = root / "spec" / name
    folder.mkdir(parents=True)
    (folder / "api.toml").write_text(text)
    return root


def test_three_settings_are_enough(tmp_path):
    api = project.discover(made(tmp_path, MINIMAL))["t"]
    assert (api.title, api.package, api.base_url) == ("T", "t_client", "https://t.example.com/v1")
    assert (api.credentials, api.given, api.names, api.lift) == ((), (), {}, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "not TOML"),
        ('title = "T"', "`package` is missing"),
        (MINIMAL + 'colour = "red"', "`colour` is unknown"),
        (MINIMAL.replace('"T"', "1"), "`title` is not of the type str"),
        (MINIMAL.replace("t_client", "T-client"), "must be a Python package"),
        (MINIMAL.replace("https://", "ftp://"), "must start with https://"),
        (MINIMAL + 'lift = "no"', "`lift` is not of the type bool"),
        (MINIMAL + 'lift = false\n[names]\n"/a" = "A"', "`names` are given though `lift` is false"),
        (MINIMAL + '[[given]]\noperation = "x"', "must have operation, member, environment, example"),
        (MINIMAL + '[contract]\nname = "/Name"', "`contract.name` is unknown"),
        (MINIMAL + '[contract]\nlabel = "Name"', "`contract.label` is 'Name'"),
        (MINIMAL + "[contract]\nbatch = 5", "`contract.batch` is 5"),
        (MINIMAL + '[credentials.K]\nargument = "k"\nenvironment = {}\nexample = {account = "e"}', "lacks `account`"),
        (
            MINIMAL
            + '[credentials.K]\nargument = "k"\nenvironment = {account = "E", boss = "B"}\nexample = {account = "e"}',
            "unknown holder",
        ),
    ],
)
def test_a_wrong_setting_is_an_error_with_its_file(tmp_path, text, message):
    with pytest.raises(UsageError, match=message) as caught:
        project.discover(made(tmp_path, text))
    assert caught.value.problems[0].file.endswith("spec/t/api.toml")


def test_the_problems_of_all_apis_are_reported_together(tmp_path):
    made(made(tmp_path, "", "a"), "", "b")
    with pytest.raises(UsageError) as caught:
        project.discover(tmp_path)
    assert {problem.file.split("/")[-2] for problem in caught.value.problems} == {"a", "b"}


def test_the_first_api_is_the_default_and_an_unknown_one_an_error_that_lists_them(tmp_path):
    made(made(tmp_path, MINIMAL + "order = 1\n", "b"), MINIMAL.replace("t_client", "a_client"), "a")
    apis = project.discover(tmp_path)
    assert project.choose(apis, None).name == "b"
    assert project.choose(apis, "a").name == "a"
    with pytest.raises(UsageError, match=r"no API is called 'c'(.|\n)*b, a"):
        project.choose(apis, "c")


def test_a_folder_without_apis_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="no API below"):
        project.discover(tmp_path)


def test_two_apis_cannot_share_a_package(tmp_path):
    made(tmp_path, MINIMAL, "a")
    made(tmp_path, MINIMAL, "b")
    with pytest.raises(UsageError, match=r"b/api\.toml: `package` is 't_client', which spec/a has too"):
        project.discover(tmp_path)


def test_a_folder_without_settings_is_told_by_the_file_that_it_lacks(tmp_path):
    made(tmp_path, MINIMAL)
    (tmp_path / "spec" / "bare").mkdir()
    with pytest.raises(UsageError, match=r"spec/bare/api\.toml: this file is missing"):
        project.choose(project.discover(tmp_path), "bare")

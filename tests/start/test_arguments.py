"""GymDash's flags, to the letter: scripts parse them and read the attributes."""

from __future__ import annotations

import argparse

import pytest

from gymdash_jupyter.start import add_gymdash_arguments

DEFAULTS = {
    "project_dir": "./.gymdash-projects",
    "port": 8888,
    "apiport": 8887,
    "apiaddr": "127.0.0.1",
    "apiworkers": 1,
    "apiserver": "dev",
    "apiserver_ip": "127.0.0.1",
    "no_frontend": False,
    "no_backend": False,
    "no_project": False,
}


def parse(*arguments: str) -> dict[str, object]:
    return vars(add_gymdash_arguments(argparse.ArgumentParser()).parse_args(arguments))


def test_the_parser_that_is_given_comes_back() -> None:
    parser = argparse.ArgumentParser()
    assert add_gymdash_arguments(parser) is parser


def test_without_flags_the_defaults_are_gymdash_s() -> None:
    assert parse() == DEFAULTS


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (["-d", "x"], "project_dir", "x"),
        (["--project-dir", "x"], "project_dir", "x"),
        (["-p", "1"], "port", 1),
        (["--port", "1"], "port", 1),
        (["-b", "1"], "apiport", 1),
        (["--apiport", "1"], "apiport", 1),
        (["-a", "x"], "apiaddr", "x"),
        (["--apiaddr", "x"], "apiaddr", "x"),
        (["-w", "2"], "apiworkers", 2),
        (["--apiworkers", "2"], "apiworkers", 2),
        (["--apiserver", "lan"], "apiserver", "lan"),
        (["--apiserver", "custom_ip"], "apiserver", "custom_ip"),
        (["--apiserver-ip", "x"], "apiserver_ip", "x"),
        (["--no-frontend"], "no_frontend", True),
        (["--no-backend"], "no_backend", True),
        (["--no-project"], "no_project", True),
    ],
)
def test_a_flag_sets_its_attribute_alone(arguments: list[str], name: str, value: object) -> None:
    assert parse(*arguments) == DEFAULTS | {name: value}


@pytest.mark.parametrize("arguments", [["--apiserver", "wan"], ["--port", "eighty"]])
def test_a_wrong_value_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse(*arguments)


def test_the_help_says_which_flags_have_no_effect() -> None:
    text = " ".join(add_gymdash_arguments(argparse.ArgumentParser()).format_help().split())
    assert text.count("has no effect here, where there is no second server") == 6

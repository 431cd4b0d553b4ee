"""Installed packages and their versions."""

from pathlib import Path

from verideck.core.packages import installed, versions


def test_installed_packages_come_from_the_first_folder_that_has_them(tmp_path: Path) -> None:
    for folder, name in (("a", "Foo_Bar-1.0.dist-info"), ("b", "foo_bar-2.0.dist-info"), ("b", "baz-3-py3.egg-info")):
        (tmp_path / folder / name).mkdir(parents=True)
    found = installed([str(tmp_path / "a"), str(tmp_path / "none"), str(tmp_path / "b")])
    assert found == {"foo-bar": "1.0", "baz": "3-py3"}


def test_versions_are_those_of_the_distributions_that_hold_the_modules() -> None:
    found = dict(versions({"yaml", "json", "no_such_module"}))
    assert found.keys() == {"Python", "PyYAML"}

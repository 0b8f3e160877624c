"""What tells one layout of a paper from another."""

from pathlib import Path

from onestop.base.typesetting import edition


def template(folder: Path, shared: str) -> Path:
    folder.mkdir()
    (folder / "common.typ").write_text(shared)
    (folder / "paper.typ").write_text('#import "common.typ": *\nGiấy')
    return folder / "paper.typ"


def test_an_edition_changes_with_whatever_a_template_imports(tmp_path: Path) -> None:
    first, alike, other = (
        edition(template(tmp_path / name, shared))
        for name, shared in (("first", "#let a = 1"), ("alike", "#let a = 1"), ("other", ""))
    )
    assert first == alike != other

"""A folder in one file, and back again with nothing lost; a file of a stranger's stays inside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from journeykit.errors import JourneykitError
from journeykit.export import pack, unpack
from journeykit.store.kept import texts

from .conftest import filled


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
        and path.relative_to(root).parts[0] not in ("data", "journal", "exports", "take-home")
    }


@pytest.mark.parametrize("name", ["retail", "hostile"])
def test_back_again_with_nothing_lost(tmp_path, name) -> None:
    folder = filled(tmp_path / "one", name)
    (folder.root / "pictures").mkdir()
    (folder.root / "pictures/till.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff\x00")
    (folder.root / "notes.md").write_bytes("\ufeffline\r\nline\rÿ\n".encode())
    (folder.root / "data/names.csv").write_text("user_id\n1\n")
    (tmp_path / "secret").write_text("x")
    (folder.root / "linked.txt").symlink_to(tmp_path / "secret")
    text, left = pack(folder)
    assert left == ["linked.txt"]
    (folder.root / "linked.txt").unlink()
    (tmp_path / "shop.json").write_text(text, "utf-8", newline="")
    back = unpack(tmp_path / "shop.json", tmp_path / "two")
    assert files(back.root) == files(folder.root)
    assert texts(back.root) == texts(folder.root)
    assert not back.problems()
    assert pack(back)[0] == text.replace('"left_out": [\n  "linked.txt"\n ]', '"left_out": []')
    assert not list((back.root / "data").iterdir())


BAD = [
    "../out.yaml", "/tmp/out.yaml", "a/../../out.yaml", "a//b", "./x", "a/.", "C:/x", "a\\..\\b", "~\n",
    ".git/hooks/pre-commit", ".GIT/config", "notebooks/.x", ".gitignore/x", "journal/x.jsonl",
    "Data/events.csv", "RUNS/1/result.json", "kept/x", "take-home/x", "a. /x", "x.", "", " /x",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_no_path_leaves_the_folder(tmp_path, name) -> None:
    made = {"journeykit": "workshop", "files": {"workshop.yaml": "name: x", name: "x"}}
    (tmp_path / "a.json").write_text(json.dumps(made), "utf-8")
    with pytest.raises(JourneykitError, match="is a file that may not be"):
        unpack(tmp_path / "a.json", tmp_path / "in" / "shop")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


WRONG = [
    "[]", "{", '{"journeykit": "workshop"}', '{"journeykit": "workshop", "files": {"a": 1}}',
    '{"journeykit": "workshop", "files": {"readme.md": "no workshop"}}',
    '{"journeykit": "workshop", "files": {"workshop.yaml": {"base64": "%"}}}',
    '{"journeykit": "workshop", "files": {"workshop.yaml": {"other": ""}}}',
    '{"journeykit": "workshop", "files": {"workshop.yaml": "x", "workshop.yaml/x": ""}}',
    '{"journeykit": "workshop", "files": {"workshop.yaml": "\\ud800"}}',
    '{"journeykit": "workshop", "schema": 2, "files": {"workshop.yaml": "name: x"}}',
    '{"journeykit": "workshop", "files": {"workshop.yaml": "a: x", "workshop.yaml": "name: x"}}',
    '{"journeykit": "workshop", "files": {"workshop.yaml": "name: x", "WORKSHOP.yaml": "name: y"}}',
    '{"journeykit": "workshop", "files": {"workshop.yaml": "name: x", "records/con.yaml": "a: b"}}',
    '{"journeykit": "workshop", "files": {"workshop.yaml": "name: x", "a/b/c": "", "a/b": ""}}',
    '{"journeykit": "workshop", "files": {"workshop.yaml": "unknown: x"}}',
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_workshop_makes_none(tmp_path, text) -> None:
    (tmp_path / "a.json").write_text(text, "utf-8")
    with pytest.raises(JourneykitError):
        unpack(tmp_path / "a.json", tmp_path / "shop")
    assert not (tmp_path / "shop").exists()


def test_data_beside_the_folder_of_data_stays_where_it_is(tmp_path) -> None:
    folder = filled(tmp_path / "one", "blank")
    folder.save(folder.workshop().with_(data={"events": {"source": "exports/*.csv"}}))
    (folder.root / "exports").mkdir()
    (folder.root / "exports/may.csv").write_text("user_id,event,timestamp\nann,buy,2026-05-01\n")
    text, left = pack(folder)
    assert left == ["exports/may.csv"]
    assert "ann,buy" not in text


def test_what_is_there_stays(tmp_path) -> None:
    folder = filled(tmp_path / "one", "blank")
    (tmp_path / "a.json").write_text(pack(folder)[0], "utf-8")
    before = files(folder.root)
    with pytest.raises(JourneykitError, match="there already"):
        unpack(tmp_path / "a.json", folder.root)
    assert files(folder.root) == before

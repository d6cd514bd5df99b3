"""A file of the folder that nobody reads is named, with the name that it should have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from journeykit.cli.app import app
from journeykit.errors import WorkshopError
from journeykit.store import create, open_folder, template_names, write_atomic
from journeykit.store.unread import nowhere, unread

PERSONA = "name: Maya\nquote: Only on the phone.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = create(tmp_path / "shop", "blank").root
    write_atomic(root / "personas/maya.yaml", PERSONA)
    return root


def said(root: Path) -> list[str]:
    return [str(problem) for problem in unread(open_folder(root))]


@pytest.mark.parametrize("template", template_names())
def test_a_well_formed_folder_says_nothing(tmp_path, template):
    root = create(tmp_path / "shop", template).root
    for name in (
        *("README.md", "README", "environment.yml", "mkdocs.yml", "notes.txt", "data/x.yaml"),
        *("personas/maya.png", "journeys/README.txt", "personas/.DS_Store", ".git/config.yml"),
        *("runs/2026/x.yaml", "archive/maya.yaml", "personas/pictures/maya.JPG", "conftest.py"),
        *("records/votes/.maya.yaml.swp", "notebooks/01 copy.ipynb", "records/summary.md"),
    ):
        write_atomic(root / name, "name: x\nchannels: [a]\ndependencies: [b]\n")
    assert said(root) == []


@pytest.mark.parametrize(
    ("file", "right"),
    {
        "journeys/copy.yml": "journeys/copy.yaml",
        "records/ideas/x.yml": "records/ideas/x.yaml",
        "records/decisons/a.yaml": "records/decisions/a.yaml",
        "personae/x.yaml": "personas/x.yaml",
        "Personas/x.yaml": "personas/x.yaml",
        "journey/x.yaml": "journeys/x.yaml",
        "record/idea/x.YAML": "records/ideas/x.yaml",
        "workshop.yml": "workshop.yaml",
        "Workshop.yaml": "workshop.yaml",
        "personas.yaml": "personas/<id>.yaml",
        "personas/maya.yaml.txt": "personas/maya.yaml",
        "personas/ben.yaml.txt": "personas/ben.yaml",
        "personas/ben": "personas/ben.yaml",
        "personas/ben.json": "personas/ben.yaml",
        "journeys/Ben Returns.yml": "journeys/ben-returns.yaml",
        "journeys/old/ben.yaml": "journeys/ben.yaml",
        "records/ideas/old/x.yaml": "records/ideas/x.yaml",
        "personas/maya.yaml.orig": "personas/maya.yaml",
        "personas/maya.yaml~": "personas/maya.yaml",
        "maya.yaml": "personas/maya.yaml",
    }.items(),
)
def test_each_is_named_with_the_likely_right_name(root, file, right):
    write_atomic(root / file, PERSONA)
    (told,) = said(root)
    assert told.startswith(f"{file}: nobody reads this file")
    assert right in told
    assert told.count("\n") == 0


@pytest.mark.parametrize("name", ["workshop-conflict", "workshop (conflicted copy 2026-01-02)"])
def test_a_copy_of_the_workshop_is_no_persona(root, name):
    write_atomic(root / f"{name}.yaml", (root / "workshop.yaml").read_text("utf-8"))
    (told,) = said(root)
    assert "conflicted copy, which a sync client left; workshop.yaml is what is read" in told


@pytest.mark.parametrize("file", ["records/xyz/a.yaml", "records/a.yaml"])
def test_where_no_name_is_near_those_that_there_are_are_told(root, file):
    write_atomic(root / file, "text: x\n")
    (told,) = said(root)
    assert told.startswith(f"{file}: nobody reads this file")
    assert "'records/ideas'" in told


COPIES = {
    "maya (conflicted copy 2026-01-02)": "Dropbox, Nextcloud",
    "maya (Ada's conflicted copy 2026-01-02)": "Dropbox",
    "maya (In Konflikt stehende Kopie von Ada 2026-01-02)": "Dropbox",
    "maya (Copie en conflit de Ada 2026-01-02)": "Dropbox",
    "maya.sync-conflict-20260102-101010-ABCDEFG": "Syncthing",
    "maya (SFConflict ada@shop.example 2026-01-02-10-10-10)": "Seafile",
    "maya_conflict-20260102-101010": "ownCloud",
    "maya_Laptop_Jan-02-101010-2026_Conflict": "Synology",
    "maya-LAPTOP": "OneDrive",
    "maya-DESKTOP-8A3K2LM": "OneDrive",
    "maya-Adas-MacBook-Pro-2": "OneDrive",
    "maya[Conflict]": "Google Drive",
    "maya (copia en conflicto de Ada 2026-01-02)": "Dropbox",
    "maya (Copia in conflitto di Ada 2026-01-02)": "Dropbox",
    "maya (Cópia em conflito de Ada 2026-01-02)": "Dropbox",
    "maya (conflicterende kopie van Ada 2026-01-02)": "Dropbox",
    "maya (Adas kopia i konflikt 2026-01-02)": "Dropbox",
    "maya (kopia powodująca konflikt Ada 2026-01-02)": "Dropbox",
    "maya (Конфликтующая копия от Ada 2026-01-02)": "Dropbox",
    "maya (Ada の競合コピー 2026-01-02)": "Dropbox",
    "maya (Ada 的冲突副本 2026-01-02)": "Dropbox",
    "maya(1)": "",
    "maya (1)": "",
    "maya 2": "",
    "maya - Copy": "",
    "maya - Kopie (2)": "",
    "maya copy": "",
    "Copy of maya": "",
}


@pytest.mark.parametrize(("name", "client"), COPIES.items())
def test_a_copy_that_a_sync_client_left_is_named_and_costs_nothing(root, name, client):
    write_atomic(root / f"personas/{name}.yaml", PERSONA.replace("Maya", "Other"))
    folder = open_folder(root)
    assert folder.persona_ids() == ["customer", "maya"]
    assert folder.problems() == []
    (told,) = said(root)
    assert told.startswith(f"personas/{name}.yaml: nobody reads this ")
    assert "personas/maya.yaml is what is read. Bring what you miss there over" in told
    assert ("conflicted copy" in told.partition(": ")[2]) is bool(client)


@pytest.mark.parametrize("name", ["maya-returns", "maya-2", "Ada-LAPTOP"])
def test_a_second_journey_is_no_copy(root, name):
    write_atomic(root / f"personas/{name}.yaml", PERSONA)
    assert name in open_folder(root).persona_ids()


def test_a_copy_by_a_computer_in_small_letters_is_told_by_its_id(root):
    write_atomic(root / "personas/maya-laptop.yaml", "id: maya\n" + PERSONA)
    (problem,) = open_folder(root).problems()
    assert "a copy that a sync client left" in str(problem)


def test_of_many_in_one_folder_some_are_named_and_the_others_counted(root):
    for number in range(12):
        write_atomic(root / f"journeys/old/j{number}.yaml", "name: x\n")
    told = said(root)
    assert len(told) == 6
    assert told[-1] == "journeys/old: 7 more lie here that nobody reads"


def test_where_all_of_one_folder_are_named_none_is_left_to_count(root):
    for number in range(5):
        write_atomic(root / f"journeys/old/j{number}.yaml", "name: x\n")
    told = said(root)
    assert [one.partition(":")[0] for one in told] == [f"journeys/old/j{n}.yaml" for n in range(5)]


def test_a_folder_whose_first_file_has_another_ending_is_told_how_it_is_named(tmp_path):
    write_atomic(tmp_path / "shop/workshop.yml", "name: A\n")
    with pytest.raises(WorkshopError, match=r"no workshop\.yaml.*Rename workshop\.yml to that"):
        open_folder(tmp_path / "shop")


def test_of_two_files_that_may_be_meant_one_is_to_be_renamed(tmp_path):
    for name in ("workshop.yml", "Workshop.yaml.txt"):
        write_atomic(tmp_path / "shop" / name, "name: A\n")
    with pytest.raises(WorkshopError) as refused:
        open_folder(tmp_path / "shop")
    assert str(refused.value).count("Rename ") == 1


def test_check_says_it_and_with_strict_it_counts(tmp_path):
    root = create(tmp_path / "shop", "retail").root
    write_atomic(root / "journeys/copy.yml", "name: x\n")
    plain = CliRunner().invoke(app, ["check", str(root), "--no-data"])
    assert "! warning: journeys/copy.yml: nobody reads this file; did you mean" in plain.output
    assert plain.exit_code == 0, plain.output
    told = CliRunner().invoke(app, ["check", str(root), "--no-data", "--json", "--strict"])
    assert any("journeys/copy.yaml" in one for one in json.loads(told.stdout)["warnings"])
    assert told.exit_code == 1


def test_journey_tests_say_it_too(root):
    write_atomic(root / "journeys/copy.yml", "name: x\n")
    ran = CliRunner().invoke(app, ["test", str(root)])
    assert "! journeys/copy.yml: nobody reads this file" in ran.stderr


@pytest.mark.parametrize("template", template_names())
def test_no_record_of_a_template_points_to_nothing(tmp_path: Path, template: str) -> None:
    assert [*nowhere(create(tmp_path / "shop", template))] == []


def test_a_step_of_a_walk_that_is_not_on_the_map_is_named(tmp_path: Path) -> None:
    root = create(tmp_path / "shop", "retail").root
    card = open_folder(root).journey("mobile-maya").cards[0].id
    steps = f"steps: [{{card: {card}}}, {{card: {card}x}}]\n"
    write_atomic(root / "records/walks/w.yaml", "journey: mobile-maya\n" + steps)
    (told,) = map(str, nowhere(open_folder(root)))
    assert f"records/walks/w.yaml: there is no step '{card}x'. Did you mean '{card}'" in told


def test_a_record_that_points_to_nothing_is_named(root: Path) -> None:
    write_atomic(root / "records/walks/w.yaml", "persona: maia\njourney: gone\n")
    write_atomic(root / "records/blind-reviews/b.yaml", "persona: maya\ngrades: {no-stage: 3}\n")
    write_atomic(root / "records/notes/n.yaml", "text: x\nstage: no-where\n")
    told = [*map(str, nowhere(open_folder(root)))]
    assert len(told) == 4
    for file, sentence in (
        ("blind-reviews/b", "no stage 'no-stage'"),
        ("notes/n", "no stage 'no-where'"),
        ("walks/w", "no persona 'maia'. Did you mean 'maya'"),
        ("walks/w", "no journey 'gone'"),
    ):
        assert any(f"records/{file}.yaml" in each and sentence in each for each in told), told
    checked = CliRunner().invoke(app, ["check", str(root), "--no-data"])
    assert "no journey 'gone'" in " ".join(checked.output.split())
    assert CliRunner().invoke(app, ["check", str(root), "--no-data", "--strict"]).exit_code == 1

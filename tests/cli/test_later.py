"""`journeykit next` prepares the next session, `restore` goes back: nothing that was there is lost."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from journeykit.cli.base import app
from journeykit.errors import FileProblem
from journeykit.model import RECORD_KINDS
from journeykit.phases import OpenWorkshop
from journeykit.store import Desk, create, open_folder
from journeykit.store.kept import copies, keep, texts


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = create(tmp_path / "shop", "retail").root
    for kind, told in [
        ("decisions", {"id": "late", "text": "Call five", "owner": "Bo", "due": "2020-01-01"}),
        ("decisions", {"id": "open", "text": "Mend the page", "due": "2999-01-01"}),
        ("decisions", {"id": "done", "text": "Done by now", "state": "done", "due": "2020-01-01"}),
        ("parked", {"id": "spain", "text": "A shop in Spain"}),
        ("parked", {"id": "app", "text": "An app", "state": "dropped"}),
        (
            "guesses",
            {"id": "g", "what": "Lost at the basket", "guess": 0.3, "revealed": True, "topic": "t"},
        ),
        ("notes", {"id": "n", "text": "Never shown", "topic": "t"}),
    ]:
        open_folder(root).save(RECORD_KINDS[kind].model_validate(told), kind)
    return root


def asked(*words: object) -> str:
    told = CliRunner().invoke(app, [*map(str, words)])
    assert told.exit_code == 0, told.output
    return told.output


def test_a_copy_is_gone_back_to_byte_by_byte_and_what_was_there_is_kept(shop: Path) -> None:
    odd = shop / "journeys/mobile-maya.yaml"
    odd.write_bytes(b"# ours\r\n" + odd.read_bytes().replace(b"\n", b"\r\n"))
    before = texts(shop)
    name = keep(open_folder(shop), "test")
    (shop / "records/parked/spain.yaml").unlink()
    (shop / "personas/new.yaml").write_text("name: New\n")
    odd.write_text("cards: [broken")
    after = texts(shop)
    assert copies(open_folder(shop)) == [name]
    said = asked("restore", shop, "--to", name)
    assert texts(shop) == before
    (kept,) = {*copies(open_folder(shop))} - {name}
    assert kept in said
    asked("restore", shop, "--to", kept)
    assert texts(shop) == after
    assert len(copies(open_folder(shop))) == 3


def test_the_list_names_the_copies_and_a_wrong_name_changes_nothing(shop: Path) -> None:
    assert "No copy is kept yet" in asked("restore", shop)
    name = keep(open_folder(shop), "test")
    assert f"{name}\n" in asked("restore", shop)
    (shop / "personas/new.yaml").write_text("name: New\n")
    before = texts(shop)
    told = CliRunner().invoke(app, ["restore", str(shop), "--to", "yesterday"])
    assert told.exit_code != 0
    assert name in str(told.exception)
    assert texts(shop) == before
    assert copies(open_folder(shop)) == [name]


def test_a_folder_that_cannot_be_read_is_gone_back_from(shop: Path) -> None:
    whole = (shop / "workshop.yaml").read_bytes()
    name = keep(open_folder(shop), "next")
    (shop / "workshop.yaml").write_bytes(whole + b"bad: [\n")
    asked("restore", shop, "--to", name)
    (before,) = {*copies(open_folder(shop))} - {name}
    assert (shop / "workshop.yaml").read_bytes() == whole
    assert (shop / "kept" / before / "workshop.yaml").read_bytes() == whole + b"bad: [\n"


def test_a_folder_without_its_workshop_file_is_gone_back_to_and_back_from(shop: Path) -> None:
    name = keep(open_folder(shop), "test")
    (shop / "workshop.yaml").unlink()
    assert f"{name}\n" in asked("restore", shop)
    asked("restore", shop, "--to", name)
    (before,) = {*copies(open_folder(shop))} - {name}
    asked("restore", shop, "--to", before)
    assert not (shop / "workshop.yaml").exists()
    asked("restore", shop, "--to", name)
    assert open_folder(shop).workshop().name


def test_a_copy_that_was_not_finished_is_not_listed(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from journeykit.store import kept

    written: list[Path] = []

    def full(path: Path, content: bytes) -> None:
        written.append(path)
        if len(written) > 5:
            raise OSError(28, "No space left on device")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    monkeypatch.setattr(kept, "write_atomic", full)
    before = texts(shop)
    with pytest.raises(OSError, match="No space"):
        keep(open_folder(shop), "next")
    assert (copies(open_folder(shop)), texts(shop)) == ([], before)


def test_what_was_acknowledged_and_not_saved_is_in_the_copy(shop: Path) -> None:
    desk = Desk(shop)
    desk.take({"id": "1", "kind": "set", "doc": "journeys/mobile-maya", "data": {"owner": "Zoe"}})
    desk.leave()  # as one that is killed
    name = keep(open_folder(shop), "test")
    assert b"owner: Zoe" in texts(shop / "kept" / name)["journeys/mobile-maya.yaml"]


def test_an_open_desk_shows_what_was_brought_back(shop: Path) -> None:
    name = keep(open_folder(shop), "test")
    desk = Desk(shop)
    said = desk.take(
        {"id": "1", "kind": "set", "doc": "journeys/mobile-maya", "data": {"owner": "Zoe"}}
    )
    assert said == [None]
    desk.close()
    desk = Desk(shop)
    assert desk.journey("mobile-maya").owner == "Zoe"
    asked("restore", shop, "--to", name)
    assert desk.journey("mobile-maya").owner != "Zoe"
    desk.close()
    assert open_folder(shop).journey("mobile-maya").owner != "Zoe"


def test_copies_are_no_part_of_the_workshop_nor_of_git(shop: Path) -> None:
    keep(open_folder(shop), "test")
    assert "kept" not in asked("check", "--no-data", shop)
    subprocess.run(["git", "init", "-q"], cwd=shop, check=True)
    told = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], cwd=shop, check=True, capture_output=True
    )
    assert b"kept/" not in told.stdout


def test_no_copy_leads_out_of_the_folder(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("name: secret\n")
    (shop / "personas/link.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(FileProblem, match="leaves its folder"):
        keep(open_folder(shop), "test")
    (shop / "personas/link.yaml").unlink()
    (tmp_path / "else").mkdir()
    (shop / "kept").symlink_to(tmp_path / "else")
    with pytest.raises(FileProblem, match="leaves its folder"):
        keep(open_folder(shop), "test")
    assert not [*(tmp_path / "else").iterdir()]


def test_the_next_session_begins_with_what_is_open(shop: Path) -> None:
    before = open_folder(shop).workshop()
    said = asked("next", shop)
    now = open_folder(shop).workshop()
    whats = [item.what for item in now.agenda]
    notes = [item.notes for item in now.agenda]
    assert notes[0] == "Call five (Bo), due 2020-01-01"
    assert notes[1] == "Mend the page, due 2999-01-01"
    assert whats[2] == "What we know since last time"
    assert "A shop in Spain" in notes
    assert "Lost at the basket" in notes
    assert not any("Done by now" in note or "An app" in note for note in notes)
    assert sum(item.minutes for item in now.agenda) <= 180
    assert (before.session, now.session) == (1, 2)
    assert "1 notes and guesses were never revealed" in said
    assert all(item.what in said for item in now.agenda)
    (kept,) = copies(open_folder(shop))
    assert kept in said
    asked("restore", shop, "--to", kept)
    assert open_folder(shop).workshop() == before


def test_refuted_claims_come_from_the_last_run_and_stale_evidence_from_the_map(shop: Path) -> None:
    import json

    def run(name: str, verdict: str) -> None:
        empty = "funnel weak_spots promises surveys notebooks".split()
        claim = {"id": "maya/pay", "sentence": "Pay: at least 20%", "verdict": verdict}
        head: dict[str, Any] = {"kind": "persona", "workshop": "Shop", "run_id": name}
        head |= {"status": "ok", "persona": "mobile-maya", "data": {}, "phases": {}}
        place = shop / "runs" / name / "mobile-maya"
        place.mkdir(parents=True)
        told = {**head, **{key: [] for key in empty}, "claims": [claim]}
        (place / "result.json").write_text(json.dumps(told))

    run("2026-01-01T00-00-00", "refuted")
    asked("next", shop)
    notes = [item.notes for item in open_folder(shop).workshop().agenda]
    assert any("Pay: at least 20%" in note for note in notes)
    run("2026-01-02T00-00-00", "supported")
    asked("next", shop)
    notes = [item.notes for item in open_folder(shop).workshop().agenda]
    assert not any("Pay: at least 20%" in note for note in notes)
    assert open_folder(shop).workshop().session == 3


def test_of_several_personas_each_is_named_and_of_one_nobody(shop: Path) -> None:
    names = {id: who.name for id, who in open_folder(shop).personas().items()}
    kinds = [("decisions", "text"), ("parked", "text"), ("guesses", "what")]
    for (kind, key), id in zip(kinds, [*names, *names, *names]):
        told = {"id": "hers", key: f"Hers in {kind}", "persona": id}
        more = {"guess": 1, "revealed": True} if kind == "guesses" else {}
        open_folder(shop).save(RECORD_KINDS[kind].model_validate(told | more), kind)
    asked("next", shop)
    said = " ".join(item.notes for item in open_folder(shop).workshop().agenda)
    for (kind, _), id in zip(kinds, [*names, *names, *names]):
        assert f"{names[id]}: Hers in {kind}" in said
    assert ": Mend the page" not in said  # nobody's, or everybody's
    assert len(names) > 1
    first = open_folder(shop).workshop().persona
    others = {*names} - {first}
    for path in [*(shop / "journeys").glob("*.yaml"), *(shop / "records").rglob("*.yaml")]:
        if any(f"persona: {id}\n" in path.read_text("utf-8") for id in others):
            path.unlink()
    for id in others:
        (shop / "personas" / f"{id}.yaml").unlink()
    asked("next", shop)
    said = " ".join(item.notes for item in open_folder(shop).workshop().agenda)
    assert "Call five" in said
    assert f"{names[first]}: " not in said


def test_of_two_that_begin_the_session_at_once_the_second_is_told_and_changes_nothing(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import journeykit.claims.agenda as agenda

    both, whole = [], agenda.of_folder

    def meanwhile(folder: Any) -> Any:
        monkeypatch.setattr(agenda, "of_folder", whole)
        told = CliRunner().invoke(app, ["next", str(shop)])
        both.append((told.exit_code, str(told.exception)))
        return whole(folder)

    monkeypatch.setattr(agenda, "of_folder", meanwhile)
    asked("next", shop)
    ((code, said),) = both
    assert code != 0
    assert "somebody else is beginning a session" in said
    assert (open_folder(shop).workshop().session, len(copies(open_folder(shop)))) == (2, 1)
    asked("next", shop)
    assert open_folder(shop).workshop().session == 3


def test_rounds_begin_empty_and_those_of_before_stay(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    note = RECORD_KINDS["notes"]
    head = OpenWorkshop(open_folder(shop), "mobile-maya").weak_spots._head("What hurts?")
    told = {"id": "old", "text": "Too slow", "topic": head["id"], "revealed": True}
    open_folder(shop).save(note.model_validate(told), "notes")
    w = OpenWorkshop(open_folder(shop), "mobile-maya")
    assert "1 notes" in w.weak_spots.gather("What hurts?").sentence
    asked("next", shop)
    w = OpenWorkshop(open_folder(shop), "mobile-maya")
    assert "Nobody has written" in w.weak_spots.gather("What hurts?").sentence
    assert w.weak_spots._head("What hurts?")["id"] == f"s2-{head['id']}"
    assert open_folder(shop).record("notes", "old").text == "Too slow"

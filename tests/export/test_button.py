"""The list and the button of notebook 07 make what the command makes."""

from __future__ import annotations

from journeykit.phases import open_workshop
from journeykit.store import Desk
from journeykit.widgets import take_home

from .conftest import filled


def test_the_button_saves_and_says_where(tmp_path) -> None:
    folder = filled(tmp_path / "my shop", "hostile")
    box = take_home(Desk(folder.root))
    (kind, save), said = box.children[0].children, box.children[1]
    kind.value = "md"
    save.click()
    made = folder.root / "take-home" / "my-shop.md"
    assert made.read_text("utf-8").startswith("# Our workshop")
    assert f"{made}" in said.value
    assert "There is no run yet" in said.value
    assert not save.disabled
    (folder.root / "workshop.yaml").write_text("name: <b>\nstages: 1\n")
    save.click()
    assert "workshop.yaml" in said.value
    assert "<b>" not in said.value


def test_a_batch_run_has_no_button(workshops) -> None:
    assert open_workshop(workshops["blank"].root).compare.take_home() is None


def test_the_command_never_writes_over_a_file(tmp_path, command) -> None:
    folder = filled(tmp_path / "shop", "blank")
    made = [command("export", folder.root, "--to", "mermaid") for _ in (1, 2)]
    assert [each.stdout.split("/")[-1] for each in made] == ["shop-map.md\n", "shop-map-2.md\n"]
    mine = tmp_path / "mine.md"
    assert command("export", folder.root, "--to", "md", "--out", mine).returncode == 0
    again = command("export", folder.root, "--to", "md", "--out", mine)
    assert again.returncode == 2
    assert "mine.md is there already: give --out another name" in again.stderr
    wrong = command("export", folder.root, "--to", "md", "--persona", "custmer")
    assert wrong.returncode == 2
    assert "Did you mean" in wrong.stderr or "there is no persona 'custmer'" in wrong.stderr

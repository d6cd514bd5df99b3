"""The form of claims in a real JupyterLab: what is typed is in the YAML, and what is wrong is said."""

from __future__ import annotations

from typing import Any

import pytest

from journeykit.claims import Evidence, verdict
from journeykit.phases import OpenWorkshop
from journeykit.store import open_folder

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

OPEN = "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')"
CARD = "cute-is-it-real"  # a thought that claims nothing yet


def test_a_claim_filled_in_by_hand_is_in_the_yaml_and_can_be_tested(lab: Any) -> None:
    nb = lab.open(lab.write("claims.ipynb", OPEN, "w.test.ask_claims()"))
    nb.run_all()
    form = nb.page.locator(".journeykit-form")
    before = form.locator(".journeykit-line").count()
    form.get_by_role("button", name="Add a claim").click()
    row = form.locator(".journeykit-line").nth(before)
    text = open_folder(lab.root).journey("mobile-maya").card(CARD).text
    row.get_by_title("Which note claims it?").select_option(label=f"Awareness: {text}")
    row.get_by_title("What is claimed?").select_option(label="Customers who go on to …")
    row.get_by_title("Of which step").fill("purchase")
    row.get_by_title("Is", exact=True).select_option(label="at least")
    row.get_by_title("Threshold").fill("900")
    said = form.get_by_role("alert")
    said.wait_for()
    assert "lies between 0% and 100%" in said.inner_text()
    assert open_folder(lab.root).journey("mobile-maya").card(CARD).claim is None, (
        "what is wrong is not kept"
    )

    row.get_by_title("Threshold").fill("90%")
    row.get_by_title("Only for").fill("channel: social")
    row.get_by_title("Why we claim it").fill("Nobody types a card number for a scarf that itches")
    row.get_by_role("checkbox").check()
    form.get_by_role("status").wait_for()
    assert lab.within(
        20,
        lambda: "for a scarf that itches" in (lab.root / "journeys/mobile-maya.yaml").read_text(),
    )
    folder = open_folder(lab.root)
    assert folder.problems() == []
    claim = folder.journey("mobile-maya").card(CARD).claim
    assert claim is not None
    assert claim.plain() == {
        "metric": "step-rate",
        "of": ["purchase"],
        "is": "at least",
        "threshold": ["90%"],
        "must": True,
        "segment": {"channel": ["social"]},
        "because": "Nobody types a card number for a scarf that itches",
    }
    assert verdict(Evidence.of(OpenWorkshop(folder, "mobile-maya")), claim).verdict == "refuted"
    assert nb.seen.outside == []

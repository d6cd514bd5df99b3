"""A sound workshop folder, to be damaged."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from .samples import FILES


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    for name, text in FILES.items():
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "data").mkdir()
    rows = [
        (
            f"u{user}",
            event,
            f"2026-06-{1 + user % 28:02} 10:{minute:02}:00",
            ["ads", "mail"][user % 2],
            device,
        )
        for user in range(60)
        for device in [["mobile", "pc", "tablet"][user % 3]]
        for minute, event in enumerate(["visit", "look_a", "pay"][: 1 + user % 3])
    ]
    columns = "user_id event timestamp channel device".split()
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "data/events.csv", index=False)
    answers = [(f"u{user}", user % 11, "2026-06-01", "ok") for user in range(40)]
    columns = "user_id score timestamp comment".split()
    pd.DataFrame(answers, columns=columns).to_csv(tmp_path / "data/surveys.csv", index=False)
    return tmp_path

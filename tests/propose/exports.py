"""What the tools of one team export: files of a seed, with the names and habits that such have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

STEPS = ["Visit", "Product", "Cart", "Checkout", "Purchase"]


def team(folder: Path, seed: int = 7, customers: int = 120) -> Path:
    """Nine exports of one shop: three months of events, two halves of orders, and four more."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = np.random.default_rng(seed)
    mails = np.array([f"kim.{n}@shop.example" for n in range(customers)])
    start = pd.Timestamp("2026-01-02 09:00")
    came = start + pd.to_timedelta(dice.integers(0, 85, customers), "D")

    rows = [
        (mails[n], step, came[n] + pd.Timedelta(minutes=2 * k), ["mobile", "desktop"][n % 3 == 0])
        for n in range(customers)
        for k, step in enumerate(STEPS[: 1 + dice.integers(0, 5)])
    ]
    log = pd.DataFrame(rows, columns=["Email", "Event name", "Time", "Device"])
    for month in (1, 2, 3):
        part = log[log["Time"].dt.month == month]
        part.to_csv(folder / f"events_2026-{month:02}.csv", index=False)

    buyers = np.flatnonzero(log.groupby("Email")["Event name"].nunique().reindex(mails) == 5)
    sold = pd.DataFrame(
        {
            "Order number": [f"A-{n}" for n in range(len(buyers))],
            # The shop counts its customers; the log knows them by mail.
            "Customer no.": buyers + 40_000,
            "E-mail of buyer": mails[buyers],
            "Order date": [came[n] for n in buyers],
            "SKU": [f"p{n % 4}" for n in buyers],
            "Quantity": 1 + buyers % 2,
            "Total": 19.9,
        }
    )
    half = len(sold) // 2
    sold[:half].to_csv(folder / "Orders north.csv", index=False)
    sold[half:].to_csv(folder / "Orders south.csv", index=False)

    some = dice.choice(customers, 40, replace=False)
    pd.DataFrame(
        {
            "Ticket ID": range(9000, 9040),
            "Requester": mails[some],
            "Created at": came[some] + pd.Timedelta("1D"),
            "Via": dice.choice(["mail", "chat"], 40),
            "Subject": dice.choice(["Parcel", "Refund"], 40),
        }
    ).to_csv(folder / "export-2026-03-30.csv", index=False)
    asked = dice.choice(customers, 50, replace=False)
    answers = pd.DataFrame(
        {"Email": mails[asked], "NPS score": dice.integers(4, 11, 50), "Survey": "nps",
         "Submitted at": came[asked] + pd.Timedelta("2D"), "Comment": "fine"}
    )  # fmt: skip
    answers.loc[[3, 9], "NPS score"] = np.nan
    answers.to_excel(folder / "responses.xlsx", index=False)
    pd.DataFrame(
        {"Campaign": "spring", "Email": mails[:80], "Sent at": start, "Opened": ["yes", "no"] * 40}
    ).to_csv(folder / "mailing.csv", index=False)
    pd.DataFrame(
        {"Lead ID": [f"L{n}" for n in range(60)], "Contact": mails[:60], "Created": came[:60],
         "Lead source": "fair", "Stage": ["lead", "customer"] * 30}
    ).to_parquet(folder / "leads.parquet", index=False)  # fmt: skip

    (folder / ".DS_Store").write_bytes(b"\0Bud1")
    (folder / "README.txt").write_text("Exported by Kim on 30 March.\n", "utf-8")
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n")
    return folder

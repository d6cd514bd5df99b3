"""The quotes that the people of a sample have released: they are invented, and so are their words.

Of each persona the quotes of the four largest themes, the clearest in which nothing is masked; the
smaller themes have none, so that a report shows both.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

from journeykit.model import Quote
from journeykit.numbers.mask import TAKEN
from journeykit.phases import open_workshop
from journeykit.store import create

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
LARGEST = 4
BY = {"author": "Irma", "department": "support", "date": dt.date(2026, 6, 22)}
HEAD = "# What a customer wrote, as the kit masked it. Its writer was asked, and said yes.\n"


def release(sample: str) -> int:
    """Write `templates/<sample>/records/quotes` anew, and say how many there are."""
    place = TEMPLATES / sample / "records" / "quotes"
    shutil.rmtree(place, ignore_errors=True)
    os.environ["JOURNEYKIT_LIVE"] = "1"
    with tempfile.TemporaryDirectory() as temporary:
        folder = create(Path(temporary) / "workshop", sample)
        for persona in folder.persona_ids():
            frame = open_workshop(folder.root, persona).weak_spots.themes().frame
            for theme in frame["theme"].iloc[:LARGEST]:
                offered = [q for q in frame.attrs["quotes"] if q["theme"] == theme]
                clear = [q for q in offered if not TAKEN.search(q["text"]) and len(q["text"]) < 93]
                if clear:
                    folder.save(Quote.model_validate(clear[0]).with_(**BY), "quotes")
        place.mkdir()
        for file in sorted((folder.root / "records" / "quotes").glob("*.yaml")):
            (place / file.name).write_text(HEAD + file.read_text("utf-8"), "utf-8")
    return len([*place.iterdir()])

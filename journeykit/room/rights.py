"""What a participant may do: what is theirs. All else is the facilitator's, and refused here."""

import re
from typing import Any

from journeykit.declared import beside
from journeykit.model import Data

RIGHTS, MOST = beside(__file__), 8000
"""The rules; so many letters an operation may have."""


def may(live: Any, who: Data, asked: Data) -> bool:
    """Tell whether a participant may do what a phone asks; then it is done in their name."""
    doc, data, round = str(asked["doc"]), dict(asked["data"]), live.facts.get("round")
    if len(str(asked)) > MOST:
        return False
    number, question = (re.escape(str(data.get(key))) for key in ("number", "question"))
    named = {"round": round, "me": who["id"], "number": number, "question": question}
    for rule in RIGHTS.get(live.name, ()):
        if (
            asked["kind"] == rule["kind"]
            and re.fullmatch(rule["doc"].format(**named), doc)
            and {*data} <= {*rule["keys"]}
            and ("step" not in rule or rule["step"] == live.round.step)
        ):
            if "author" in rule["keys"]:
                data["author"] = who["alias"]
            asked |= {"by": who["id"], "data": data}
            known = live.desk.get(doc)
            theirs = known is None or known.author == who["alias"]
            return theirs and not getattr(known, "revealed", False)
    return False

"""What a participant may do: what is theirs. All else is the facilitator's, and refused here."""

import re
from typing import Any

from journeykit.declared import beside
from journeykit.model import Data

RIGHTS, MOST = beside(__file__), 8000
"""The rules; so many letters an operation may have."""
NOT_YOURS = "Only the facilitator can do this."
OVER, LONG = "This step is over.", "This is too long."


def refused(live: Any, who: Data, asked: Data) -> str:
    """Say why a participant may not do what a phone asks; what they may is done in their name."""
    doc, data, round = str(asked["doc"]), dict(asked["data"]), live.facts.get("round")
    if len(str(asked)) > MOST:
        return LONG
    number, question = (re.escape(str(data.get(key))) for key in ("number", "question"))
    facts = {**live.facts, **live.facts.get("own", {}), **live.whole()["state"]}
    things = {*dict(facts.get("items", ()))} | {step["id"] for step in facts.get("script", ())}
    named = {"round": round, "me": who["id"], "number": number, "question": question}
    named["sheet"] = facts["doc"]
    for rule in RIGHTS.get(live.name, ()):
        if (
            asked["kind"] == rule["kind"]
            and re.fullmatch(rule["doc"].format(**named), doc)
            and {*data} <= {*rule["keys"]}
            # A record names what the activity is about, and nothing that is not there.
            and all(data[key] == facts[key] for key in {"persona", "journey"} & {*data})
            and {*data.get("grades", [data.get("card")])} - {None} <= things
        ):
            if "step" in rule and rule["step"] != live.round.step:
                return OVER
            if "author" in rule["keys"]:
                data["author"] = who["alias"]
            asked |= {"by": who["id"], "data": data}
            known = live.desk.get(doc)
            if getattr(known, "revealed", False):
                return OVER
            theirs = known is None or known.author in (who["alias"], who.get("was"))
            return "" if theirs else NOT_YOURS
    return NOT_YOURS

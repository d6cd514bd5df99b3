"""What a team of the tests has looked at, for tests that are about the numbers."""

from typing import Any

from journeykit.phases.session import GUESSES, round_id


def skip(w: Any) -> Any:
    """Skip the guesses of a persona, so that nothing is covered; gives the workshop back."""
    for told in GUESSES.values():
        id = round_id(told["phase"], w.persona_id, told["topic"])
        data = {"topic": told["topic"], "skipped": True}
        doc = f"records/rounds/{id}"
        assert w.desk.take({"id": id, "kind": "set", "doc": doc, "data": data}) == [None]
    return w

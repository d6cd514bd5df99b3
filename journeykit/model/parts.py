"""A document in parts: what differs between two, and two changes of one joined. Pure; no I/O."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from .base import Data, Doc, Facts, Model
from .merging import Place, merge

#: Part of a document to what was there before and what is there now; None is "not there".
Changes = dict[str, tuple[Any, Any]]


def parts_of(doc: Doc) -> Data:
    """Return the parts of a document: its fields as plain values, and for a journey each card.

    Examples
    --------
    >>> from journeykit.model import Journey
    >>> sorted(parts_of(Journey(id="m", name="M", persona="maya")))
    ['id', 'name', 'persona']
    """
    if doc is None:
        return {}
    return doc.plain({"cards"}) | {f"cards/{card.id}": card for card in getattr(doc, "cards", ())}


def _plain(value: Any) -> Any:
    return value.plain() if isinstance(value, Model) else value


def difference(old: Doc, new: Doc) -> Changes:
    """List which parts of a document differ.

    Examples
    --------
    >>> from journeykit.model import Journey
    >>> was = Journey(id="maya", name="Maya", persona="maya")
    >>> sorted(difference(was, was.add("pays", stage="buy", lane="actions", id="c1")))
    ['cards/c1']
    """
    before, after = parts_of(old), parts_of(new)
    return {
        part: (_plain(was), _plain(now))
        for part in {**before, **after}
        # Most of 200 cards are the very same object.
        if (was := before.get(part)) is not (now := after.get(part)) and _plain(was) != _plain(now)
    }


def put(doc: Doc, parts: Facts, kind: type[Model]) -> Doc:
    """Return the document with these parts set; None takes a part away, the last one all of it."""
    now = {part: v for part, v in {**parts_of(doc), **parts}.items() if v is not None}
    fields = {part: value for part, value in now.items() if "/" not in part}
    if "cards" in kind.model_fields:
        fields["cards"] = [value for part, value in now.items() if part not in fields]
    return kind.model_validate(fields) if now else None


def settle(
    doc: Doc, chains: Mapping[str, Sequence[Any]], kind: type[Model], *, win: bool
) -> tuple[Doc, Data]:
    """Bring a document to what is wished for, and keep what somebody else made of it meanwhile.

    Parameters
    ----------
    doc : Model or None
        The document as it is now.
    chains : mapping
        Part to all that the wisher saw it be, ending in the wish. Only fields that change along
        the chain are touched.
    kind : type of Model
        What the document is.
    win : bool
        Who stands where somebody else made something of a field that the wisher never saw: the
        wish (True), or what is there (False).

    Returns
    -------
    tuple of (Model or None, dict)
        The document, and what did not stand: path to the value that was put aside.

    Examples
    --------
    >>> from journeykit.model import Journey
    >>> now = Journey(id="m", name="Theirs", persona="maya", owner="Ada")
    >>> mine = {"name": ["First", "Mine"], "owner": ["", "Bo"]}
    >>> doc, lost = settle(now, mine, Journey, win=False)
    >>> doc.name, doc.owner, lost
    ('Theirs', 'Ada', {'name': 'Mine', 'owner': 'Bo'})
    """
    there, lost = parts_of(doc), Data()

    def clash(path: Place, wish: Any, found: Any) -> Any:
        stands, lost["/".join(path)] = (wish, found) if win else (found, wish)
        return stands

    wanted = {
        part: merge(seen, wish, _plain(there.get(part)), clash, (part,))
        for part, (*seen, wish) in chains.items()
    }
    return put(doc, wanted, kind), lost


def join(base: Doc, mine: Doc, theirs: Doc, kind: type[Model]) -> tuple[Doc, Data]:
    """Join two changes of one document; of a field that both changed, mine stands and theirs is
    told.

    Examples
    --------
    >>> from journeykit.model import Journey
    >>> base = Journey(id="m", name="First", persona="maya")
    >>> mine, theirs = base.with_(name="Mine"), base.with_(name="Theirs", owner="Ada")
    >>> doc, lost = join(base, mine, theirs, Journey)
    >>> doc.name, doc.owner, lost
    ('Mine', 'Ada', {'name': 'Theirs'})
    """
    if mine == base:
        return theirs, {}
    if theirs is None or theirs == base:
        return mine, {}
    if mine is not None:
        try:
            return settle(theirs, difference(base, mine), kind, win=True)
        except ValidationError:  # each is right, both together are not: mine stands whole
            pass
    return mine, {part: now for part, (_, now) in difference(base, theirs).items()}

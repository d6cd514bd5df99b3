"""The one three-way merge: plain values, field by field and item by item, and a document in parts.
Pure; no I/O.

Desk, folder and git's merge driver all join with it. They differ only in their `Clash`: what
stands where both sides have made something else of the same thing.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from .base import Data, Doc, Facts, Model

#: Keys and names of items that lead to a value.
Place = tuple[str, ...]
#: Called with a path, what is wished for there and what is found; returns what stands.
Clash = Callable[[Place, Any, Any], Any]

NAMED_BY = ("id", "card", "name", "what")
"""What the items of a list are known by: the first of these that all of them have."""
_WHOLE = {"threshold", "counts"}
"""Lists whose items mean nothing alone."""


def merge(seen: Sequence[Any], wish: Any, found: Any, clash: Clash, path: Place = ()) -> Any:
    """Bring what is found to what is wished for, and keep what somebody else made of it meanwhile.

    Parameters
    ----------
    seen : sequence
        All that the wisher saw it be, in order, the common beginning first; None is "not there".
    wish, found : value
        What the wisher made of it, and what somebody else made of it.
    clash : callable
        Says what stands where only one of the two can.
    path : tuple of str, optional
        Where the value stands.

    Examples
    --------
    >>> was = {"owner": "Ada", "cards": [{"id": "a", "text": "looks"}]}
    >>> mine = {"owner": "Bo", "cards": [{"id": "a", "text": "looks"}, {"id": "b", "text": "pays"}]}
    >>> theirs = {"owner": "Ada", "cards": [{"id": "a", "text": "stares"}]}
    >>> merge([was], mine, theirs, lambda path, wish, found: wish)
    {'owner': 'Bo', 'cards': [{'id': 'a', 'text': 'stares'}, {'id': 'b', 'text': 'pays'}]}
    """
    if seen and all(value == wish for value in seen):
        return found  # not the wisher's change
    if found == wish or found in seen:
        return wish
    sides = [value for value in (*seen, wish, found) if value is not None]
    if all(isinstance(value, dict) for value in sides) and wish and found:
        return _fields([value or {} for value in seen], wish, found, clash, path)
    if all(isinstance(value, list) for value in sides) and not {*path[-1:]} & _WHOLE:
        joined = _items([value or [] for value in (*seen, wish, found)], clash, path)
        if joined is not None:
            return joined
    return clash(path, wish, found)


def _fields(seen: Sequence[Data], wish: Data, found: Data, clash: Clash, path: Place) -> Data:
    each = {
        key: merge([s.get(key) for s in seen], wish.get(key), found.get(key), clash, (*path, key))
        for key in dict.fromkeys(key for side in (found, *seen, wish) for key in side)
    }
    return {key: value for key, value in each.items() if value is not None}


def _items(lists: list[list[Any]], clash: Clash, path: Place) -> list[Any] | None:
    """Join lists; None where only a person can."""
    by = next((key for key in NAMED_BY if all(_named(items, key) for items in lists)), None)
    if by is None:
        *seen, wish, found = lists
        was = [item for items in seen for item in items]
        new = [[item for item in items if item not in was] for items in (wish, found)]
        gone = any(item not in wish and item not in found for item in was)
        reworded = gone and all(new) and new[0] != new[1]
        return None if reworded else join_lists(was, wish, found)
    *before, mine, theirs = ({str(item[by]): item for item in items} for items in lists)
    joined = _fields(before, mine, theirs, clash, path)
    # Who put them into another order says the order.
    turned = [before and _turned(names, before[-1]) for names in (mine, theirs)]
    lead, other = (theirs, mine) if turned == [False, True] else (mine, theirs)
    return [joined[name] for name in _woven([*lead], [*other], joined)]


def join_lists(was: Container[Any], mine: list[Any], theirs: list[Any]) -> list[Any]:
    """Join two changes of a list: what either added, without what either took away, in my order."""
    kept = [i for i in (*mine, *theirs) if i not in was or (i in mine and i in theirs)]
    return _woven(mine, theirs, kept)


def _woven(lead: list[Any], other: list[Any], kept: Container[Any]) -> list[Any]:
    """Take the order of one, with what the other has besides after the nearest before it."""
    woven = [item for item in lead if item in kept]
    for place, item in enumerate(other):
        if item in kept and item not in woven:
            before = next((i for i in reversed(other[:place]) if i in woven), None)
            woven.insert(0 if before is None else woven.index(before) + 1, item)
    return woven


def _named(items: Sequence[Any], by: str) -> bool:
    """Tell whether all items are mappings with a name of their own."""
    names = [item.get(by) for item in items if isinstance(item, Mapping)]
    return len(names) == len(items) == len({*map(str, names)}) and None not in names


def _turned(now: Facts, before: Facts) -> bool:
    """Tell whether what both have stands in another order."""
    return [name for name in now if name in before] != [name for name in before if name in now]


# --- a document in parts -------------------------------------------------------------------------

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

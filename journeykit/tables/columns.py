"""Which of their columns is which of ours: told, known by name, or seen in the content."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pandas import DataFrame, Series, to_numeric

from journeykit.declared import beside
from journeykit.errors import UnknownName, WhichColumn, did_you_mean
from journeykit.model import TABLES, TableColumn, TableKind

from .names import no_event, squash, stem, tier, unique_ids, weighed
from .raw import Raw
from .times import share_of_times
from .vendors import Export, called

#: Our names to theirs, as the user said; None says that there is no such column.
Given = Mapping[str, str | None]
_LIFECYCLE = beside(__file__)["lifecycle"]
#: A column by a known name is passed over for a later one if fewer of its cells are filled.
_FILLED = 0.95
#: An event column is texts that come back: at most this share of rows is a new one.
_REPEATING = 0.2
_FRACTION = r"-?\d+[.,]\d+"
#: Signs and codes of currencies, as they stand beside a number.
MONEY = (
    r"[$€£¥₹₽₩₺₪฿₫₴]|(?:A|AU|C|CA|HK|NZ|R|S|US)\$|kr\.?|zł|Kč|Ft|Fr\.|Rs\.?|"
    "EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|TRY|RUB|UAH|JPY|CNY|RMB|KRW|INR|AUD|CAD|NZD|"
    "SGD|HKD|BRL|MXN|ARS|CLP|COP|ZAR|AED|SAR|ILS|THB|IDR|MYR|PHP|VND|EGP|MAD"
)
_NUMBER = rf"\s*[-+−(]?\s*(?:{MONEY})?[-+−\s]*\d[\d\s.,'’eE+–-]*(?:{MONEY}|%)?\)?\s*"


def lifecycle_word(value: object) -> str | None:
    """`start` or `complete`, whatever the source calls it; None for anything else."""
    return _LIFECYCLE.get(squash(value))


def recognise(
    raw: Raw, kind: TableKind, given: Given, export: Export | None = None
) -> dict[str, str]:
    """Find the columns of a kind of table in a source, and note what is assumed to get there.

    Parameters
    ----------
    raw : Raw
        The rows as they came.
    kind : TableKind
        What to look for.
    given : dict
        Our name to theirs, as the user said; None says that there is no such column. A name
        that is not of the kind is a new name for a column of theirs.
    export : vendors.Export, optional
        Whose export it is: where ours are in it goes before the names of columns in any table.

    Returns
    -------
    dict
        Our columns, each with theirs.

    Raises
    ------
    UnknownName
        A column the user named is not there.
    DataError
        A required column cannot be found.
    """
    notes: list[str] = []
    sample = raw.sample.astype("str").apply(lambda cells: cells.str.strip())
    sample = sample.where(sample != "")
    found = {ours: existing(ours, theirs, sample) for ours, theirs in given.items() if theirs}
    # Of two columns that are alike, the first.
    squashed = {squash(theirs): theirs for theirs in sample.columns[::-1]}
    table = next(name for name, each in TABLES.items() if each is kind)
    for column in (each for each in kind.columns if each.name not in given):
        names = _names(column, export, sample, squashed)
        named = [squashed[n] for n in names if squashed.get(n) not in (None, *found.values())]
        if column.name == "user_id":
            named += _alike(sample, kind, names, {*named, *found.values()})
            # What is different in every row is no customer of a log.
            if table == "events" and not export:
                named.sort(key=lambda n: (tier(n), sample[n].is_unique, stem(n) != "person"))
            rivals = sample[named]
            if any(tier(n) == 0 for n in rivals.dropna(axis=1, how="all")):
                named = [n for n in named if tier(n) < 2]  # what many share stands for nobody
        if theirs := _by_name(column, column in kind.required, sample[named], notes):
            found[column.name] = theirs
    missing = [column.name for column in kind.required if column.name not in found]
    for ours, theirs, why in _by_content(sample, missing, found, table) if missing else ():
        found[ours] = theirs
        notes.append(f"took column '{theirs}' as {ours}: {why}")
    if still := [column for column in kind.required if column.name not in found]:
        raise _which(still, sample)
    if table == "events" and "user_id" not in given:
        # What already has a meaning is no rival; the others of `found` are not among these.
        rivals = rivals.drop(columns=found.values(), errors="ignore")
        user, time = found["user_id"], "" if export else found["timestamp"]
        try:
            notes += [*_doubts(raw, rivals, user, time)]
        except WhichColumn:
            own = squashed.get("userid")
            if own not in rivals:
                raise
            raw.notes.append(f"did not take column '{user}' as user_id: '{own}' is called so")
            return recognise(raw, kind, {**given, "user_id": own}, export)
    if table == "leads":
        others = {*unique_ids(sample)} - {*found.values()}
        notes += [f"did not take '{name}', which differs in every row" for name in others]
    raw.notes += notes
    return found


def _alike(
    sample: DataFrame, kind: TableKind, names: Iterable[str], taken: Collection[str]
) -> list[str]:
    """Other columns that are called as an id of the same; "device" says what it is, not whose."""
    stems = {*map(stem, names)}
    what = {name for each in kind.columns if each.name != "user_id" for name in each.names}
    found = (name for name in sample.columns if stem(name) in stems and squash(name) not in what)
    return [name for name in found if name not in taken]


def _names(
    column: TableColumn, export: Export | None, sample: DataFrame, squashed: Mapping[str, str]
) -> list[str]:
    """What a column of ours may be called, the best first: by its vendor, or else in any table."""
    if not export or column.name not in export.columns:
        return [*dict.fromkeys(column.names)]
    if not export.columns[column.name]:
        return []  # what a vendor says is not there is not there, whatever is called so
    first = [squash(called(each)) for each in export.columns[column.name]]
    login = squashed.get(squash(export.login)) if column.name == "user_id" else None
    if login:
        first.insert(0 if sample[login].notna().all() else len(first), squash(login))
    return first if {*first} & {*squashed} else column.names


def _doubts(raw: Raw, rivals: DataFrame, user: str, time: str) -> Iterator[str]:
    """Say which columns could be the customer, too, and which ids should be joined."""
    filled = rivals.notna().mean()
    if time:
        yield from weighed(raw, user, filled[filled >= _FILLED].index, time)
    for known in filled[(filled > 0) & (filled < _FILLED)].index[:1]:
        if tier(user) and not tier(known):
            raw.find(
                "warning",
                "identity",
                f"'{known}' is not in all rows, so that one customer may be several of '{user}'. "
                f"`identity: {{anonymous: {user}, known: {known}}}` in workshop.yaml joins them.",
            )


def existing(ours: str, theirs: str, sample: DataFrame) -> str:
    """Their column by its name, or the one that is called alike."""
    alike = [theirs]
    if theirs not in sample.columns:
        alike = [name for name in sample.columns if squash(name) == squash(theirs)]
    if len(alike) != 1:
        raise UnknownName(
            f"There is no column {theirs!r} to be {ours}. {did_you_mean(theirs, sample.columns)}"
        )
    return alike[0]


def _by_name(column: TableColumn, required: bool, named: DataFrame, notes: list[str]) -> str:
    """The first column by a known name that is well filled, or else the best filled one."""
    filled = {
        str(theirs): cells.notna().mean()
        for theirs, cells in named.items()
        if (_may_be(column, cells.dropna()) if cells.notna().any() else required)
    }
    if column.kind == "number":
        notes += [
            f"'{theirs}' is called like {column.name}, and holds no numbers"
            for theirs, cells in named.items()
            if theirs not in filled and cells.notna().any()
        ]
    if not filled:
        return ""
    first, fullest = next(iter(filled)), max(filled, key=lambda name: filled[name])
    best = next((name for name, share in filled.items() if share >= _FILLED), fullest)
    empty = f": '{first}' is empty in {1 - filled[first]:.0%} of the rows looked at"
    if best != column.name:
        why = empty if required and best != first else ""
        notes.append(f"took column '{best}' as {column.name}{why}")
    return best


def _may_be(column: TableColumn, cells: Series) -> bool:
    """Guard against names that mean something else here, for columns nobody asked for."""
    if column.name == "lifecycle":
        return {"start", "complete"} <= set(cells.map(lifecycle_word))
    return column.kind != "number" or mostly_numbers(cells)


def _by_content(
    sample: DataFrame, missing: Sequence[str], found: Mapping[str, str], kind: str
) -> Iterator[tuple[str, str, str]]:
    """Find `timestamp`, `user_id` and `event` among the columns that are left.

    Yields
    ------
    tuple
        Our name, theirs and the reason in words; only where the content leaves no doubt.
    """
    texts = sample.fillna("")
    left = {
        str(name): cells
        for name, cells in texts.items()
        if name not in found.values() and (cells != "").mean() > 0.9
    }
    shares = {name: share_of_times(cells) for name, cells in left.items()}
    times = {name: left.pop(name).nunique() for name, share in shares.items() if share >= 0.9}
    if "timestamp" in missing and times:
        # Of several times the one with the most different values says most about the order.
        best = max(times, key=lambda name: times[name])
        yield "timestamp", best, f"{shares[best]:.0%} of its cells are times"
    user, rows = found.get("user_id"), len(sample)
    counts = {name: cells.nunique() for name, cells in left.items() if cells.nunique() > 1}
    if "user_id" in missing:
        one_each = [
            name
            for name in unique_ids(sample)
            if name in left and (kind == "leads" or (kind == "events" and stem(name)))
        ]
        # In a log the most different values that still come back in most rows: in doubt where
        # another id does not. In leads the one that does not.
        back = {
            name: n
            for name, n in counts.items()
            if n <= 0.7 * rows and not left[name].str.fullmatch(_FRACTION).all()
        }
        user = _clearly_first(dict.fromkeys(one_each, 1.0) or back, 2)
        user = None if one_each and kind == "events" else user
        if user:
            yield "user_id", user, f"{counts.pop(user):,} different values that come back"
    if "event" in missing and user:  # few texts, that change from row to row of the same user
        event = _clearly_first(
            {
                name: changes
                for name, n in counts.items()
                if n <= max(2, _REPEATING * rows)
                and not no_event(name)
                and to_numeric(left[name], errors="coerce").notna().mean() <= 0.5
                and (changes := left[name].groupby(texts[user]).nunique().mean()) > 1
            },
            1.5,  # a channel or a device rarely changes within a user
        )
        if event:
            yield "event", event, f"{counts[event]:,} different texts within the users"


def _clearly_first(scores: Mapping[str, float], lead: float) -> str | None:
    """The name with the highest score, where the second is so many times lower: else in doubt."""
    first, second, *_ = [*sorted(scores, key=lambda name: -scores[name]), "", ""]
    return first if not second or scores[first] >= lead * scores[second] else None


def mostly_numbers(cells: Series) -> bool:
    """Whether cells are numbers, be it with commas or a currency sign."""
    return cells.dropna().str.fullmatch(_NUMBER).mean() > 0.5


def _which(still: list[TableColumn], sample: DataFrame) -> WhichColumn:
    listed = ", ".join(repr(name[:60]) for name in sample.columns[:40])
    more = f" and {len(sample.columns) - 40} more" if len(sample.columns) > 40 else ""
    asked = " and which is ".join(f"{column.name} ({column.about})" for column in still)
    code = ", ".join(f'{column.name}="…"' for column in still)
    typed = " ".join(f"--column {column.name}=THEIRS" for column in still)
    return WhichColumn(
        f"Which column is {asked}? The columns are {listed}{more}. "
        f"Say it with {code} (on the command line: {typed})."
    )

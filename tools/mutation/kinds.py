"""The kinds of small changes, and where a file offers them.

A change replaces one piece of a file's text by another. Pieces are found in the syntax tree: in
Python and, since the numbers are asked in SQL, in strings that are queries. What a change of which
nobody could notice anything (names of types, words of messages, hints to a library) is left out.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_COMPARE = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}
_CALLS = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "floor": "ceil",
    "ceil": "floor",
    "head": "tail",
    "tail": "head",
    "minimum": "maximum",
    "maximum": "minimum",
    "startswith": "endswith",
    "first": "last",
    "idxmin": "idxmax",
    "idxmax": "idxmin",
    "lower": "upper",
    "median": "mean",
    "mean": "median",
}
#: Two names that a careless hand swaps.
_ENDS = ("low", "first", "since", "before", "start", "old", "least", "users", "lower", "from")
#: A query, told by its words in capitals; what it is changed to, word by word.
_SQL = re.compile(
    r"\b(SELECT|FROM|WHERE|CASE WHEN|GROUP BY|count\(|min\(|max\(|OVER|JOIN)\b|count\("
)
_IN_SQL = {
    r"(?<= )<=(?= )": "<",
    r"(?<= )<(?= )": "<=",
    r"(?<= )>=(?= )": ">",
    r"(?<= )>(?= )": ">=",
    r"(?<= )=(?= )": "<>",
    r"\bAND\b": "OR",
    r"\bOR\b": "AND",
    r"\bNOT (?!NULL|IN\b)": "",
    r"\bIS NULL\b": "IS NOT NULL",
    r"\bIS NOT NULL\b": "IS NULL",
    r"\bDISTINCT ": "",
    r"\bDESC\b": "ASC",
    r"\bmin\(": "max(",
    r"\bmax\(": "min(",
    r"\blag\(": "lead(",
    r"\blead\(": "lag(",
    r"\bLEFT JOIN\b": "JOIN",
    r"(?<= )\+(?= )": "-",
    r"(?<= )-(?= )": "+",
    r"(?<= )/(?= )": "*",
    r"\bFALSE\b": "TRUE",
    r"\bTRUE\b": "FALSE",
}
_PATHS = re.compile(r"(root|folder|place|path|STATIC|PACKAGE|parents?|there)\b", re.I)
#: Arguments that are hints: another value changes nothing that a caller could see.
_HINTS = {
    "encoding", "strict", "indent", "stacklevel", "ensure_ascii", "rtol", "timeout", "maxsize",
    "repr", "slots", "frozen", "title", "alias", "description", "help", "ignore_missing", "daemon",
    "copy", "observed", "sort", "name", "newline",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change: in which file and line, and what becomes what."""

    room: str
    file: str
    line: int
    last: int
    kind: str
    start: int
    end: int
    old: str
    new: str
    key: str
    told: str
    """What is changed, with a few words around it."""
    around: tuple[int, int]
    """First and last line of the function, or of the file, that it stands in."""
    at_import: bool = False
    """Run when the file is imported, so in no test."""
    tests: tuple[str, ...] = ()
    """For a change of the list written by hand: the files of tests that must notice it."""

    @property
    def words(self) -> str:
        return f"{self.kind}: {self.told}"

    @property
    def id(self) -> str:
        return self.key[:8]

    def apply(self, text: str) -> str:
        assert text[self.start : self.end] == self.old
        return text[: self.start] + self.new + text[self.end :]


def told(old: str, new: str) -> str:
    """Say what became what, with the words around it.

    >>> told("SELECT a FROM t WHERE a < 3 AND b", "SELECT a FROM t WHERE a <= 3 AND b")
    '… a FROM t WHERE a < 3 AND b → … a FROM t WHERE a <= 3 AND b'
    """
    old, new = (" ".join(text.replace("\\n", " ").split()) for text in (old, new))
    alike = 0
    while alike < min(len(old), len(new)) and old[alike] == new[alike]:
        alike += 1
    begin = old.rfind(" ", 0, max(0, alike - 16)) + 1
    words = [("… " if begin else "") + text[begin : begin + 60] for text in (old, new)]
    return " → ".join(word or "nothing" for word in words)


def _terms(node: ast.AST) -> list[ast.AST]:
    """Give what is added or divided, one by one."""
    if isinstance(node, ast.BinOp):
        return [*_terms(node.left), *_terms(node.right)]
    return [ast.Constant("")] if isinstance(node, ast.JoinedStr) else [node]


class _Finder(ast.NodeVisitor):
    """Walk a file and note (kind, node to replace, its new text)."""

    def __init__(self, text: str) -> None:
        self.text, self.found = text, []
        self.function: list[str] = []
        self.around, self.at_import = (1, text.count("\n") + 1), True
        self.inside: ast.AST | None = None  # the f-string: places within one are not told
        self.swap: tuple[ast.AST, str] | None = None
        self.keys: list[set[str]] = [set()]

    def note(self, kind: str, node: ast.AST, make) -> None:
        """Keep a change: `make` changes `node` in place and gives how to change it back."""
        target, undo = self.inside or node, None
        try:
            old = ast.unparse(target)
            undo = make()
            new = ast.unparse(target)
        except ValueError:  # an f-string that this Python cannot write
            return
        finally:
            if undo:
                undo()
        self.keep(kind, target, old, new)

    def keep(self, kind: str, node: ast.AST, old: str, new: str) -> None:
        where = ".".join(self.function), self.around, self.at_import
        self.found.append((kind, node, new, told(old, new), *where))

    def replace(self, kind: str, node: ast.AST, **values) -> None:
        def make():
            old = {name: getattr(node, name) for name in values}
            for name, value in values.items():
                setattr(node, name, value)
            return lambda: [setattr(node, name, value) for name, value in old.items()]

        self.note(kind, node, make)

    def text_only(self, kind: str, node: ast.AST, new: str) -> None:
        if self.inside is None:
            self.keep(kind, node, ast.unparse(node), new)

    # --- what is walked through ---------------------------------------------------------------

    def visit_FunctionDef(self, node) -> None:
        outer = self.around, self.at_import
        self.around = node.lineno, node.end_lineno
        self.function.append(node.name)
        strings = (n.slice for n in ast.walk(node) if isinstance(n, ast.Subscript))
        self.keys.append(
            {s.value for s in strings if isinstance(s, ast.Constant) and isinstance(s.value, str)}
        )
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(default)
        self.at_import = False
        self.block(node.body)
        self.keys.pop()
        self.function.pop()
        self.around, self.at_import = outer

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node) -> None:
        outer, self.around = self.around, (node.lineno, node.end_lineno)
        self.function.append(node.name)
        self.block(node.body)
        self.function.pop()
        self.around = outer

    def visit_Module(self, node) -> None:
        self.block(node.body)

    def block(self, statements) -> None:
        for number, statement in enumerate(statements):
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue  # a docstring
            call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            if not self.at_import and (
                call
                or isinstance(statement, ast.AugAssign | ast.Raise | ast.Continue | ast.Break)
                or (isinstance(statement, ast.Return) and not statement.value and number)
            ):
                self.text_only("dropped statement", statement, "pass")
            self.visit(statement)

    def generic_visit(self, node) -> None:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_comment"):
                continue
            if name in ("body", "orelse", "finalbody") and isinstance(value, list):
                self.block(value)
            elif isinstance(value, list):
                for part in value:
                    if isinstance(part, ast.AST):
                        self.visit(part)
            elif isinstance(value, ast.AST):
                self.visit(value)

    # --- what is left out ---------------------------------------------------------------------

    def visit_Raise(self, node) -> None:
        """Leave the words of an error alone."""

    visit_Import = visit_ImportFrom = visit_Assert = visit_Raise

    def visit_Assign(self, node) -> None:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if names != ["__all__"]:
            self.generic_visit(node)

    def visit_If(self, node) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        if not isinstance(node.test, ast.Compare | ast.BoolOp):
            self.negate("turned condition", node.test)
        self.generic_visit(node)

    def visit_keyword(self, node) -> None:
        if node.arg not in _HINTS:
            self.generic_visit(node)

    def visit_JoinedStr(self, node) -> None:
        outer, self.inside = self.inside, self.inside or node
        query = any(isinstance(p, ast.Constant) and _SQL.search(p.value) for p in node.values)
        for part in node.values:
            if isinstance(part, ast.Constant):
                self.sql(part, query)
            else:
                self.visit(part.value)
        self.inside = outer

    # --- the kinds ----------------------------------------------------------------------------

    def negate(self, kind: str, node) -> None:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return  # dropped below
        if self.inside is None:
            self.text_only(kind, node, f"(not ({ast.unparse(node)}))")

    def visit_Compare(self, node) -> None:
        for place, op in enumerate(node.ops):
            if type(op) in _COMPARE:
                ops = [*node.ops]
                ops[place] = _COMPARE[type(op)]()
                ordered = isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE)
                self.replace("boundary" if ordered else "turned comparison", node, ops=ops)
        self.generic_visit(node)

    def visit_BinOp(self, node) -> None:
        texts = any(isinstance(getattr(n, "value", 0), str | bytes) for n in _terms(node))
        path = isinstance(node.op, ast.Div) and _PATHS.search(ast.unparse(node.left))
        if type(node.op) in _ARITHMETIC and not texts and not path:
            division = isinstance(node.op, ast.Div)
            if division and isinstance(node.right, ast.Name | ast.Attribute | ast.Call):
                left = ast.unparse(node.left)
                self.text_only("denominator", node, f"({left} / ({ast.unparse(node.right)} + 1))")
            self.replace("arithmetic", node, op=_ARITHMETIC[type(node.op)]())
        elif isinstance(node.op, ast.BitAnd | ast.BitOr) and not isinstance(node.left, ast.Dict):
            other = ast.BitOr if isinstance(node.op, ast.BitAnd) else ast.BitAnd
            self.replace("and/or", node, op=other())
        self.generic_visit(node)

    def visit_BoolOp(self, node) -> None:
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        self.replace("and/or", node, op=other())
        self.generic_visit(node)

    def visit_UnaryOp(self, node) -> None:
        if isinstance(node.op, ast.Not):
            self.text_only("dropped not", node, f"(not not {ast.unparse(node.operand)})")
        elif isinstance(node.op, ast.USub):
            self.replace("sign", node, op=ast.UAdd())
        elif isinstance(node.op, ast.Invert):
            self.text_only("dropped not", node, f"({ast.unparse(node.operand)})")
        self.generic_visit(node)

    def visit_IfExp(self, node) -> None:
        self.replace("turned condition", node, body=node.orelse, orelse=node.body)
        self.generic_visit(node)

    def visit_Tuple(self, node) -> None:
        self.ends(node, "elts")
        self.generic_visit(node)

    def ends(self, node, name: str) -> None:
        """Swap two neighbours of which one is named like an end of an interval."""
        parts = getattr(node, name)
        if isinstance(getattr(node, "ctx", None), ast.Store) or len(parts) < 2:
            return
        for place in range(len(parts) - 1):
            both = parts[place : place + 2]
            one, two = (ast.unparse(part) for part in both)
            alike = type(both[0]) is type(both[1]) and not isinstance(both[0], ast.Constant)
            named = re.search(rf"(^|[\W_])({'|'.join(_ENDS)})", one) and one != two
            if named and alike and not isinstance(both[0], ast.Starred | ast.JoinedStr):
                swapped = [*parts]
                swapped[place : place + 2] = reversed(both)
                self.replace("swapped ends", node, **{name: swapped})
                return

    def visit_Call(self, node) -> None:
        func = node.func
        name = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
        if name in ("isinstance", "cast", "TypeVar", "getLogger", "field_validator"):
            return
        if name in _CALLS and isinstance(func, ast.Name):
            self.replace("other function", node, func=ast.Name(_CALLS[name]))
        elif name in _CALLS and not isinstance(getattr(func, "value", None), ast.Constant):
            self.replace("other function", func, attr=_CALLS[name])
        self.ends(node, "args")
        self.generic_visit(node)

    def visit_Subscript(self, node) -> None:
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            others = sorted(self.keys[-1] - {key.value})
            if others and isinstance(node.ctx, ast.Load):
                pick = int(sha256(key.value.encode()).hexdigest(), 16) % len(others)
                self.replace("wrong key", node, slice=ast.Constant(others[pick]))
        self.generic_visit(node)

    def visit_Constant(self, node) -> None:
        value = node.value
        if isinstance(value, bool):
            self.replace("constant", node, value=not value)
        elif isinstance(value, int):
            self.replace("plus or minus one", node, value=value + 1)
        elif isinstance(value, float):
            self.replace("constant", node, value=value * 2 if value else 1.0)
        elif isinstance(value, str):
            self.sql(node, bool(_SQL.search(value)))

    def sql(self, node: ast.Constant, query: bool) -> None:
        if not query:
            return
        text = node.value
        for pattern, new in _IN_SQL.items():
            for hit in re.finditer(pattern, text):
                self.replace("SQL", node, value=text[: hit.start()] + new + text[hit.end() :])
                node.value = text


def changes_of(root: Path, path: Path, seed: int) -> Iterator[Change]:
    """Give all changes that a file offers; each has a key that says its place in the lot."""
    text = path.read_text("utf-8")
    finder = _Finder(text)
    finder.visit(ast.parse(text))
    lines = text.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    raw, file = text.encode(), path.relative_to(root).as_posix()
    parts = path.relative_to(root / "journeykit").with_suffix("").parts
    seen: dict[str, int] = {}
    for kind, node, new, words, function, around, at_import in finder.found:
        begin = starts[node.lineno - 1] + node.col_offset
        stop = starts[node.end_lineno - 1] + node.end_col_offset
        old = raw[begin:stop].decode()
        if isinstance(node, ast.BinOp | ast.Compare | ast.BoolOp) and not new.startswith("("):
            new = f"({new})"
        # Where it lies in the file is not in the key: a change elsewhere leaves the lot as it was.
        name = f"{seed}:{file}:{function}:{kind}:{' '.join(old.split())}:{' '.join(new.split())}"
        seen[name] = seen.get(name, 0) + 1
        key = sha256(f"{name}:{seen[name]}".encode()).hexdigest()
        start, end = len(raw[:begin].decode()), len(raw[:stop].decode())
        yield Change(
            parts[0], file, node.lineno, node.end_lineno, kind, start, end, old, new, key, words,
            around, at_import,
        )  # fmt: skip


def chosen(changes: list[Change], quota: int) -> list[Change]:
    """Draw a lot: the kinds in turn, at most two changes on a line, all by their keys."""
    kinds: dict[str, list[Change]] = {}
    for change in sorted(changes, key=lambda change: change.key):
        kinds.setdefault(change.kind, []).append(change)
    taken: list[Change] = []
    lines: dict[tuple[str, int], int] = {}
    while len(taken) < quota and any(kinds.values()):
        for kind in sorted(kinds):
            while kinds[kind]:
                change = kinds[kind].pop(0)
                place = (change.file, change.line)
                if lines.get(place, 0) < 2:
                    lines[place] = lines.get(place, 0) + 1
                    taken.append(change)
                    break
    return taken[:quota]

"""One script out of several: a widget's file and those that it imports, each once.

The files are real ES modules, so that a reader, an editor and a linter see what one takes from
another; Jupyter wants one text. They become one here, without Node and without a bundler, and
every imported file keeps a scope of its own. Style sheets are joined in the same way.
"""

import re
from pathlib import Path

STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r'^(?:import \{ (.+) \} from|@import) "\./((\w+)\.(?:js|css))";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:const|function|class) (\w+))", re.M)


def joined(path: Path) -> str:
    r"""Join a script or a style sheet with what it imports, from its own folder or the kit's.

    Raises
    ------
    ValueError
        For an import of a file or a name that is not there, a circle, or another form of import.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     path = Path(place) / "wave.js"
    ...     _ = path.write_text('import { h } from "./common.js";\n\nexport default {};\n')
    ...     joined(path).splitlines()[-3:]
    ['const { h } = $common;', '', 'export default {};']
    """
    return "\n".join(_parts(path, (), {}))


def _parts(path: Path, way: tuple[str, ...], given: dict[str, list[str]]) -> list[str]:
    """Give a file's text after those that it imports; ``given`` holds what each file exports."""
    text, parts, name = path.read_text("utf-8"), [], path.name
    for names, other, _ in _IMPORT.findall(text):
        if other in (*way, name):
            circle = " → ".join((*way, name, other))
            raise ValueError(f"{circle} is a circle of imports: a third file holds what both need.")
        if other not in given:
            found = [at for at in (path.with_name(other), STATIC / other) if at.exists()]
            if not found:
                raise ValueError(f"{name} imports {other}, which is not there: put it beside it.")
            parts += _parts(found[0], (*way, name), given)
        if unknown := {*names.split(", ")} - {"", *given[other]}:
            raise ValueError(
                f"{name} imports {', '.join(sorted(unknown))} from {other}, which exports only "
                f"{', '.join(given[other])}."
            )
    given[name] = _EXPORT.findall(text)
    text = _IMPORT.sub(lambda has: f"const {{ {has[1]} }} = ${has[3]};\n" if has[1] else "", text)
    bare = _EXPORT.sub("", text)
    left = bare if way else bare.replace("export default", "")
    for strange in re.findall(r"^(?:@?import|export)\b.*", left, re.M):
        raise ValueError(
            f'{name}: {strange!r} cannot be joined. Write `import {{ a, b }} from "./file.js";` '
            "on a line, `export` before a const, function or class, `export default` in a widget."
        )
    if way and path.suffix == ".js":
        text = (
            f"const ${path.stem} = (() => {{\n{bare}return {{ {', '.join(given[name])} }};\n}})();"
        )
    return [*parts, text]

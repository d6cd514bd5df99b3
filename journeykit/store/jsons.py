"""JSON that the kit wrote, and somebody may have mended, cut off or made up since."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from journeykit.errors import FileProblem

from . import yaml
from .files import text_of


def read_json(path: Path, kind: type[BaseModel]) -> dict[str, Any]:
    """Read a JSON file as it is, where it is what ``kind`` says.

    Raises
    ------
    FileProblem
        With file and line, where it cannot be read, is no JSON, or holds something else.
    """
    path = path.resolve()  # runs may lie wherever a link leads
    file = "/".join(path.parts[-3:])
    text = text_of(Path(*path.parts[:-3]), file)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:  # cut off, a number without end, too deep
        line = getattr(problem, "lineno", 1)
        raise FileProblem(f"this is not JSON that can be read: {problem}", file, line) from None
    try:
        kind.model_validate(found)
    except ValidationError as problem:
        raise yaml.first_problem(problem, text, file) from None
    return found  # type: ignore[no-any-return]

"""``journeykit formats``: what can be read, and what a file is."""

from typing import Annotated

from typer import Argument, Exit, Option

from .base import app, show


@app.command()
def formats(
    file: Annotated[
        str | None, Argument(help="A file, a glob, or a part of a file: book.xlsx::Sheet 1.")
    ] = None,
    kind: Annotated[
        str, Option(help="What it is: events, surveys, support, campaigns, orders or leads.")
    ] = "",
) -> None:
    """List what can be read; of a file say what it is and what would be done with it."""
    from journeykit.tables import file_formats
    from journeykit.tables.kinds import sort_out
    from journeykit.tables.vendors import exports

    if file is None:
        show(__file__, formats=file_formats(), exports=exports())
        return
    found = sort_out(file, kind=kind)
    show(__file__, file=file, found=found, contract=found.contract)
    raise Exit(found.contract is None)

"""What is exported: the folder as it is now, and what its last run found."""

from typing import Any

import nbformat

from journeykit.declared import beside, phrase
from journeykit.export import Told, outgoing
from journeykit.model import STATES, Data
from journeykit.report import front, listed, panels_of, read_results
from journeykit.run.panels import panels
from journeykit.store.folder import DOCUMENTS
from journeykit.words import day

_SAID = beside(__file__)


def say(sentence: str, **more: Any) -> str:
    """Say a sentence of the file beside this one."""
    return str(phrase(_SAID[sentence])(day=day, states=STATES, **more))


def gather(opened: Any, personas: list[str], journeys: list[str]) -> Told:
    """Bring together the folder as it is now and what its last run found, masked as reports are."""
    asked = [opened.journey(id) for id in journeys]
    ids = personas or [*dict.fromkeys(each.persona for each in asked)] or opened.persona_ids()
    maps = asked or [
        each for id in ids for kind in ("as-is", "to-be") for each in opened.journeys_of(id, kind)
    ]
    people = {id: outgoing(opened.persona(id)) for id in ids}
    results, panels, said, changed = last_run(opened, people)
    decided = listed(opened)
    return Told(
        outgoing(opened.workshop()),
        people,
        [outgoing(each) for each in maps if each.persona in ids],
        **decided,
        results=results,
        panels=panels,
        fronts={
            id: front({**results.get(id, {}), **decided, "persona": id}, panels.get(id, []))
            for id in ids
        },
        said=said,
        changed=changed,
        root=opened.root,
    )


def last_run(opened: Any, people: Data) -> tuple[Data, Data, list[str], bool]:
    """Read the newest run: results and panels of each persona, and what a reader has to know."""
    runs = sorted(opened.runs.glob("*/"), reverse=True)
    run, found = next(((run, read) for run in runs if (read := read_results(run))), (None, []))
    results = {str(each["persona"] or ""): each for each in found}
    if run is None:
        return {}, {}, [say("none")], False
    shown = {
        id: panels_of(
            panel
            for file in sorted((run / each["place"] / "notebooks").glob("*.ipynb"))
            for panel in panels(nbformat.read(file, as_version=4), file.stem)
        )
        for id, each in results.items()
        if id in ("", *people)
    }
    said = [say("run", result=found[0])]
    texts = [opened.root / f"{doc}.yaml" for w in DOCUMENTS for doc in opened.docs(w)]
    when = max((run / each["place"] / "result.json").stat().st_mtime for each in found)
    changed = any(file.stat().st_mtime > when for file in texts)
    said += [say("changed")] * changed
    said += [
        say("lacking", id=id, name=each.name) for id, each in people.items() if id not in results
    ]
    return results, shown, said, changed

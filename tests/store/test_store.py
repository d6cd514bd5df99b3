import multiprocessing
import threading
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.errors import FileProblem, MergeConflict, WorkshopError
from journeykit.model import RECORD_KINDS
from journeykit.store import create, files, open_folder, template_names, write_atomic, yaml

WORKSHOP = """\
# Our spring session
schema: 2
name: NO    # stays text
x-own: {colour: red}
stages:
  # where it begins
  - id: see
    name: "007"
    goal: 12:30
  - {id: buy, name: Buy, events: [purchase, {event: page_view, page: "/checkout*"}]}
"""
JOURNEY = """\
name: Map
persona: maya
cards:
  # the first card
  - id: one
    stage: see
    lane: goals
    text: Find a gift # by Tuesday
    x-colour: blue
  - id: two
    stage: buy
    lane: needs
    text: "Is it: safe?"
"""


@pytest.fixture
def root(tmp_path):
    write_atomic(tmp_path / "workshop.yaml", WORKSHOP)
    write_atomic(
        tmp_path / "personas/maya.yaml", "name: Maya\nsegment: {device: [007, NO, null-ish]}\n"
    )
    write_atomic(tmp_path / "journeys/maya.yaml", JOURNEY)
    return tmp_path


def only_problem(root):
    problems = open_folder(root).problems()
    assert len(problems) == 1, [str(p) for p in problems]
    return problems[0]


def test_text_stays_text(root):
    folder = open_folder(root)
    workshop = folder.workshop()
    assert (workshop.name, workshop.stages[0].name, workshop.stages[0].goal) == (
        "NO",
        "007",
        "12:30",
    )
    assert folder.persona("maya").segment["device"] == ("007", "NO", "null-ish")


def test_comments_and_own_keys_survive_a_save(root):
    folder = open_folder(root)
    folder.save(folder.workshop().with_(reviewed="2026-07-01"))
    text = (root / "workshop.yaml").read_text()
    for kept in (
        "# Our spring session",
        "# stays text",
        "# where it begins",
        "x-own: {colour: red}",
        "NO ",
    ):
        assert kept in text
    folder.save(folder.journey("maya").change("one", text="Find the gift"))
    text = (root / "journeys/maya.yaml").read_text()
    for kept in (
        "# the first card",
        "x-colour: blue",
        "text: Find the gift # by Tuesday",
        '"Is it: safe?"',
    ):
        assert kept in text
    assert open_folder(root).problems() == []


def test_saving_what_is_there_changes_no_byte(root):
    folder = open_folder(root)
    folder.save(folder.journey("maya"))
    folder.save(folder.workshop())
    assert (root / "journeys/maya.yaml").read_text() == JOURNEY
    assert (root / "workshop.yaml").read_text() == WORKSHOP


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("lane: goals", "lane: gaols", 7, "there is no lane 'gaols'. Did you mean 'goals'?"),
        ("stage: see", "stage: sea", 6, "there is no stage 'sea'. Did you mean 'see'?"),
        ("lane: goals", "lane: goals\n    evidnce: heard", 8, "Did you mean 'evidence'?"),
        ("lane: goals", "lane: goals\n    evidence: hread", 8, "'hread' is not allowed here"),
        ("lane: goals", "lane: goals\n    emotion: 5", 8, "found '5'; it must be at most 2"),
        ("lane: goals", "lane: goals\n    reviewed: soon", 8, "found 'soon'; a date such as"),
        ("    text: Find a gift # by Tuesday\n", "", 5, "'text' is missing"),
        ("persona: maya", "persona: may", 2, "no persona 'may'. Did you mean 'maya'?"),
        ('"Is it: safe?"', "Is it: safe?", 13, "not YAML"),
        ("id: two", "id: one", 10, "two cards have the id 'one'"),
        (
            "    lane: goals",
            "    lane: goals\n    lane: goals",
            8,
            "a key stands twice: 'lane'; keep one",
        ),
        (
            "    lane: goals",
            "<<<<<<< HEAD\n    lane: goals\n=======\n    lane: needs\n>>>>>>> x",
            7,
            "git left two changes here, down to line 11: keep one",
        ),
    ],
)
def test_errors_name_file_line_and_fix(root, old, new, line, said):
    path = root / "journeys/maya.yaml"
    path.write_text(JOURNEY.replace(old, new, 1))
    problem = only_problem(root)
    assert (problem.file, problem.line) == ("journeys/maya.yaml", line)
    assert said in problem.message
    assert str(problem).startswith(f"journeys/maya.yaml:{line}")


@pytest.mark.parametrize(
    "text",
    [
        "name: !!python/object/apply:os.system ['true']\n",
        "name: !own tagged\n",
        "a: &a [x, x]\nname: [*a, *a]\n",
        "- just\n- a list\n",
        "name: \t\x00\n",
        "just text\n",
    ],
)
def test_unsafe_or_odd_yaml_is_an_error_not_a_crash(root, text):
    (root / "personas/maya.yaml").write_text(text)
    with pytest.raises(FileProblem):
        open_folder(root).persona("maya")


def test_aliases_that_multiply_are_refused(root):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (root / "personas/maya.yaml").write_text("\n".join(lines))
    with pytest.raises(FileProblem, match="more than"):
        open_folder(root).persona("maya")


def test_file_that_is_not_utf8(root):
    (root / "personas/maya.yaml").write_bytes(b"name: Maya\ntagline: caf\xe9\n")
    with pytest.raises(FileProblem, match="save the file as UTF-8") as caught:
        open_folder(root).persona("maya")
    assert caught.value.line == 2


def test_two_writers_lose_nothing(root):
    one, other = open_folder(root), open_folder(root)
    mine, theirs = one.journey("maya"), other.journey("maya")
    one.save(mine.add("Mine", stage="see", lane="goals"))
    merged = other.save(theirs.change("two", text="Theirs"))
    assert {c.text for c in merged.cards} == {"Find a gift", "Mine", "Theirs"}
    with pytest.raises(MergeConflict, match="cards/two/text the file says 'Theirs'"):
        one.save(mine.change("two", text="Too late"))
    assert "Theirs" in (root / "journeys/maya.yaml").read_text()


def _add(root, name):
    folder = open_folder(root)
    for number in range(5):
        journey = folder.journey("maya")
        folder.save(journey.add(f"{name} {number}", stage="see", lane="goals"))


def test_processes_at_once_lose_nothing(root):
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_add, args=(root, name)) for name in ("left", "right")]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0]
    assert len(open_folder(root).journey("maya").cards) == 12


@pytest.mark.parametrize("swaps", [True, False])
def test_a_crash_while_writing_leaves_the_old_file(root, monkeypatch, swaps):
    def power_cut(*_):
        raise OSError("gone")

    monkeypatch.setattr(files, "_swapped", power_cut if swaps else lambda *_: False)
    monkeypatch.setattr(files.os, "replace", power_cut)
    folder = open_folder(root)
    with pytest.raises(OSError, match="gone"):
        folder.save(folder.journey("maya").change("one", text="half"))
    assert (root / "journeys/maya.yaml").read_text() == JOURNEY
    assert not list(root.rglob("*.tmp"))


def test_readers_never_see_half_a_file(root):
    path, seen = root / "journeys/maya.yaml", set()
    stop = threading.Event()

    def read():
        while not stop.is_set():
            seen.add(path.read_text()[-1:])

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(20):
        write_atomic(path, JOURNEY + f"# {number}\n" * 2000)
    stop.set()
    reader.join()
    assert seen == {"\n"}


def test_records_go_to_their_folder(root):
    folder = open_folder(root)
    decision = RECORD_KINDS["decisions"](
        id="weak-spots", text="Mend: it\nnow #1", due=date(2026, 7, 1)
    )
    folder.save(decision, "decisions")
    assert open_folder(root).records("decisions") == [decision]
    assert (root / "records/decisions/weak-spots.yaml").is_file()
    with pytest.raises(WorkshopError, match="Did you mean 'decisions'"):
        folder.records("decision")
    with pytest.raises(WorkshopError, match="does not belong"):
        folder.save(decision, "votes")


def test_a_record_that_somebody_takes_away_meanwhile_is_passed_over(tmp_path, monkeypatch):
    folder = create(tmp_path / "shop", "retail")
    ideas = folder.records("ideas")
    kept, gone = ideas[1:], ideas[0]
    monkeypatch.setattr("journeykit.store.folder.stems", lambda _: [idea.id for idea in ideas])
    (folder.root / "records" / "ideas" / f"{gone.id}.yaml").unlink()
    assert folder.records("ideas") == kept
    (folder.root / "records" / "ideas" / f"{kept[0].id}.yaml").write_text("text: [", "utf-8")
    with pytest.raises(FileProblem):
        folder.records("ideas")


def test_an_id_cannot_leave_the_folder():
    with pytest.raises(ValueError, match="is no id"):
        RECORD_KINDS["notes"](id="../../etc/passwd", text="x")


@given(st.text(min_size=1, max_size=60))
def test_any_text_reads_back_as_it_was(text):
    from journeykit.model import Persona

    words = text.strip() or "x"
    made = Persona(id="p", name=words, segment={"column": (text, "null", "~", "", "true", "007")})
    again = yaml.parse(Persona, yaml.dump(yaml.update(yaml.read("", "f"), made.plain())), "f")
    assert again == made


def test_no_folder_says_how_to_make_one(tmp_path):
    (tmp_path / "retail").mkdir()
    write_atomic(tmp_path / "retail/workshop.yaml", WORKSHOP)
    with pytest.raises(WorkshopError, match=r"Did you mean 'retail'.*journeykit new"):
        open_folder(tmp_path / "retial")


@pytest.mark.parametrize("template", template_names())
def test_every_template_makes_a_clean_folder(tmp_path, template):
    folder = create(tmp_path / "w", template)
    assert folder.problems() == []
    ignored = (folder.root / ".gitignore").read_text().split()
    assert {"data/", "journal/", ".cache/", "runs/"} <= set(ignored)
    assert len(list((folder.root / "notebooks").glob("*.ipynb"))) == 8
    for (
        journey_id
    ) in folder.journey_ids():  # the files are in the order that a save would give them
        path = folder.root / "journeys" / f"{journey_id}.yaml"
        before = path.read_text()
        folder.save(folder.journey(journey_id))
        assert path.read_text() == before


def test_create_refuses_what_is_there_and_what_it_does_not_know(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorkshopError, match="not empty"):
        create(tmp_path)
    with pytest.raises(WorkshopError, match="Did you mean 'retail'"):
        create(tmp_path / "new", "retial")


def test_a_file_nested_too_deep_is_a_problem_of_that_file(root) -> None:
    deep = "[" * 3_000 + "]" * 3_000
    (root / "workshop.yaml").write_text(f"schema: 2\nname: {deep}\n")
    with pytest.raises(FileProblem, match=r"workshop\.yaml"):
        open_folder(root).workshop()

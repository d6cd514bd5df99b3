"""The box sees the interpreter, the kit without answers and one student's folder, and no more.

One notebook tries every attack on files, processes and sockets and hands in which came through. It
runs twice: in the box, where none may, and without it, where those marked so do: a test that could
not fail would be noticed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from quizzes import RIGHT, write_notebook

from journeykit.course import grade, sandbox, shipped
from journeykit.course.grade import grade_folder
from journeykit.course.marks import Mark, read_log
from journeykit.course.outcome import State
from journeykit.course.plain import decode
from journeykit.course.sandbox import Limits, execute, no_box

pytestmark = [
    pytest.mark.xdist_group("grading"),
    # A laptop without bubblewrap; in CI the box must be there, and a skip is a failure.
    pytest.mark.skipif(bool(no_box()), reason=f"no box can be built here: {no_box()}"),
]
MARK = f"jk-secret-{os.getpid()}"
ROOT = Path(__file__).resolve().parents[2]
ATTACKS = """
import ctypes, glob, os, pathlib, signal, socket, subprocess, sys
given = {given}
libc = ctypes.CDLL(None, use_errno=True)
came = {{}}

def attack(name):
    def run(does):
        came[name] = False
        try:
            came[name] = bool(does())
        except Exception as problem:
            if type(problem).__name__ not in ("WorkshopError", "OverflowError") and not isinstance(problem, OSError):
                raise
    return run

def holds(path):
    return given["mark"].encode() in open(path, "rb").read(10**6)

for name, path in given["files"].items():
    attack("read " + name)(lambda: holds(path))
    attack("read by root " + name)(lambda: holds("/proc/self/root" + path))
    attack("read by a parent " + name)(lambda: holds("/".join(["/proc", str(os.getppid()), "root"]) + path))
    def link():
        os.symlink(path, "own-link"); return holds("own-link")
    attack("read by a link " + name)(link)
    if os.path.islink("own-link"): os.unlink("own-link")
for name, path in given["places"].items():
    attack("see " + name)(lambda: os.path.lexists(path))
for name in ("link.md", "folder-link/quiz.md", "hard.md"):
    attack("follow " + name)(lambda: holds(name))

@attack("answers of the installed kit")
def _():
    from journeykit.store import asset
    return list(asset("exercises").rglob("*.md"))

@attack("answers of another copy of the kit")
def _():
    return [path for each in sys.path for path in glob.glob(each + "/journeykit/assets/exercises/raw/*")]

@attack("processes of others")
def _():
    found = ""
    for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
        try:
            found += str(open(path, "rb").read())
        except OSError:
            pass
    return given["mark"] in found

@attack("environment")
def _():
    return given["mark"] in repr(os.environ)

@attack("kernel keys")
def _():
    key, read = libc.syscall(249, b"user", given["mark"].encode(), None, 0), ctypes.create_string_buffer(90)
    return libc.syscall(250, 11, key, read, 90) > 0 and given["mark"] in read.value.decode()

@attack("signal")
def _():
    os.kill(given["pid"], 0); return True

def connects(kind, where):
    with socket.socket(kind) as mine:
        mine.settimeout(3); mine.connect(where); return True

attack("loopback")(lambda: connects(socket.AF_INET, ("127.0.0.1", given["port"])))
attack("abstract socket")(lambda: connects(socket.AF_UNIX, "\\0" + given["mark"]))
attack("socket in a folder")(lambda: connects(socket.AF_UNIX, given["socket"]))
attack("outside")(lambda: [name for _, name in socket.if_nameindex() if name != "lo"])
attack("user of the lecturer")(lambda: os.getuid() == given["uid"])
attack("name of the machine")(lambda: socket.gethostname() == given["host"])

@attack("kernel connection file")
def _():
    import jupyter_core.paths
    folders = given["runtime"], jupyter_core.paths.jupyter_runtime_dir()
    return [path for folder in folders for path in glob.glob(folder + "/kernel-*.json")]

attack("change a library")(lambda: open(os.__file__, "a").close() is None)
attack("change the kit")(lambda: open(sys.modules["journeykit"].__file__, "a").close() is None)

def works(code):
    if code: raise OSError(ctypes.get_errno())
    return True

def fill(folder):
    for place in range(6):
        big = os.open(f"{{folder}}/big-{{place}}", os.O_CREAT | os.O_WRONLY)
        os.posix_fallocate(big, 0, 190 * 2**20)
    return True

def endless():
    os.posix_fallocate(os.open("endless", os.O_CREAT | os.O_WRONLY), 0, 2**28)
    return True

# What would change the machine is tried inside of the box alone.
if os.path.isdir("/handed-in"):
    attack("change what was handed in")(lambda: open("/handed-in/new", "w").close() is None)
    attack("write beside")(lambda: open("/new", "w").close() is None)
    for name in ("/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/fuse", "/sys/kernel"):
        attack("device " + name)(lambda: os.path.exists(name))
    attack("system settings")(lambda: os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
    attack("new user namespace")(lambda: works(libc.unshare(0x10000000)))
    attack("new mount namespace")(lambda: works(libc.unshare(0x00020000)))
    attack("mount")(lambda: works(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)))
    attack("remount")(lambda: works(libc.mount(None, b"/", None, 4096 | 32, None)))
    attack("become root")(lambda: os.setuid(0) is None)
    attack("chroot")(lambda: os.chroot("/tmp") is None)
    attack("unmount")(lambda: [place for place in given["mounts"] if not libc.umount2(place.encode(), 2)])
    attack("a file without end")(endless)
    for folder in ("/tmp", "/dev/shm"):
        attack("fill " + folder)(lambda: fill(folder))
    daemon = "import os, time; os.setsid() if os.fork() == 0 else os._exit(0); time.sleep(300)"
    subprocess.Popen([sys.executable, "-c", daemon, given["mark"] + "-daemon"], start_new_session=True)
    came["daemon"] = False
ex.q1.check(came)
"""
OPEN_WITHOUT = {
    *(
        f"read{how} {name}"
        for how in ("", " by root", " by a parent", " by a link")
        for name in ("key", "sources", "home", "tmp", "other student", "page")
    ),
    *("answers of the installed kit", "processes of others", "signal", "loopback"),
    *("abstract socket", "socket in a folder", "outside", "user of the lecturer"),
    *("name of the machine", "kernel connection file", "change a library", "change the kit"),
    *("see exercises", "see stories", "see tests", "see git", "see the system's users"),
}
"""What comes through where there is no box. A copy leaves out the links, the environment is bare."""


def keep_a_key() -> bool:
    """Put a secret into a key ring of the session, as a login does; tells whether one can here."""
    if os.uname().machine != "x86_64":
        return False
    libc = ctypes.CDLL(None)
    libc.syscall(250, 1, b"jk-test")  # a ring of its own, so that nothing is left behind
    return libc.syscall(248, b"user", MARK.encode(), MARK.encode(), len(MARK), -3) > 0


@pytest.fixture(scope="module")
def explored(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[bool], dict[str, Any]]]:
    """Plant what is secret, and give which attacks come through, with the box or without."""
    base = tmp_path_factory.mktemp("box")
    home = Path.home() / f".{MARK}"
    planted = {
        "key": base / "key" / "quiz.md",
        "sources": base / "lecturer" / "my-exercises" / "raw" / "quiz.md",
        "home": home / "id_ed25519",
        "tmp": Path(tempfile.gettempdir()) / MARK,
        "other student": base / "work" / "bob" / "quiz.ipynb",
        "page": base / "out" / "feedback" / "bob.html",
    }
    for path in planted.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MARK)
    own = base / "own"
    own.mkdir()
    keep_a_key()
    runtime = home / "runtime"
    runtime.mkdir()
    (runtime / "kernel-1.json").write_text("{}")
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as named,
        tempfile.TemporaryDirectory() as short,
        subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()", MARK], stdin=subprocess.PIPE
        ) as other,
    ):
        for listening, where in ((abstract, f"\0{MARK}"), (named, f"{short}/s")):
            listening.bind(where)
            listening.listen()
        given = {
            "mark": MARK,
            "files": {name: str(path) for name, path in planted.items()},
            "places": {
                "exercises": str(ROOT / "exercises" / "raw" / "01-first-funnel.md"),
                "solutions": str(shipped("exercises") / "solution"),
                "stories": str(shipped("sample_data") / "STORIES.md"),
                "stories in the kit": "/kit/sample_data/STORIES.md",
                "exercises in the kit": "/kit/exercises",
                "tests": str(ROOT / "tests"),
                "git": str(ROOT / ".git"),
                "the system's users": "/etc/passwd",
                "the system's processes": "/sys",
            },
            "pid": other.pid,
            "port": tcp.getsockname()[1],
            "socket": f"{short}/s",
            "uid": os.getuid(),
            "host": socket.gethostname(),
            "runtime": str(runtime),
            "mounts": ["/proc/sys", "/tmp", "/handed-in", "/kit/journeykit", "/answers", "/proc"],
        }
        (home / "answers").write_text("")

        def run(boxed: bool) -> dict[str, Any]:
            write_notebook(own / "quiz.ipynb", ATTACKS.format(given=given))
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("JK_LECTURER", MARK)
                if not boxed:
                    patch.setattr(sandbox, "no_box", lambda: "switched off")
                log, ended = execute(own, "quiz.ipynb", "data/retail", Limits(seconds=100))
            answers, errors, _ = read_log(log)
            assert not ended, ended
            assert not errors, errors
            return decode(answers["q1"]["answer"])

        kept: dict[bool, dict[str, Any]] = {}
        yield lambda boxed: kept.get(boxed) or kept.setdefault(boxed, run(boxed))
        assert other.stdin
        other.stdin.close()
    for path in (*planted.values(), runtime / "kernel-1.json", home / "answers"):
        path.unlink()
    runtime.rmdir()
    home.rmdir()


def test_no_attack_comes_through(explored: Callable[[bool], dict[str, Any]]) -> None:
    came = explored(True)
    assert {name for name, through in came.items() if through} == set()
    assert came.keys() >= OPEN_WITHOUT
    assert {
        "system settings",
        "fill /tmp",
        "fill /dev/shm",
        "a file without end",
        "unmount",
    } <= came.keys()


def test_without_the_box_these_attacks_do_come_through(
    explored: Callable[[bool], dict[str, Any]],
) -> None:
    came = explored(False)
    kept = {"kernel keys"} if keep_a_key() else set()
    assert {name for name in OPEN_WITHOUT | kept if not came[name]} == set()


def test_nothing_outlives_the_box(explored: Callable[[bool], dict[str, Any]]) -> None:
    explored(True)
    left = [
        each.pid
        for each in psutil.process_iter(["cmdline"])
        if f"{MARK}-daemon" in (each.info["cmdline"] or [])
    ]
    assert left == []


def hand_in(base: Path, who: str, *cells: str, name: str = "quiz.ipynb") -> Path:
    write_notebook(base / "work" / who / name, *cells)
    return base / "work" / who


@pytest.fixture(scope="module")
def friendly(quiz: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Grade a class that does what students do, and some that nobody should."""
    base = tmp_path_factory.mktemp("friendly")
    helped = "import helper, random, json; ex.q1.check(helper.RIGHT + 0 * random.randint(1, 2))"
    for who in ("ada", "Zoë Müller", "李 小龙"):
        folder = hand_in(base, who, helped, name="quiz (1).ipynb")
        (folder / "helper.py").write_text(f"RIGHT = {RIGHT}")
        for name in ("random", "json", "pandas", "journeykit"):
            (folder / f"{name}.py").write_text("raise SystemExit('mine')")
    odd = hand_in(base, os.fsdecode(b"M\xfcller"), f"ex.q1.check({RIGHT})")
    (odd / os.fsdecode(b"\xfc.ipynb")).write_text("{}")
    both = hand_in(base, "both", f"ex.q1.check({RIGHT})")
    write_notebook(both / "quiz (2).ipynb", "ex.q1.check(77921)")
    hand_in(base, "copied", f"ex.q1.check({RIGHT})", name="quiz-Copy1.ipynb")
    long = hand_in(base, "long", f"ex.q1.check({RIGHT})", "'" + "x" * 50_000_000 + "'")
    assert (long / "quiz.ipynb").stat().st_size > 50_000_000
    huge = hand_in(base, "huge", f"ex.q1.check({RIGHT})")
    os.truncate(huge / "quiz.ipynb", 201 * 2**20)
    secret = base / "secret.md"
    secret.write_text(MARK)
    linked = hand_in(
        base,
        "linked",
        "def read(name):\n    try:\n        return open(name).read()\n    except OSError:\n        return ''",
        "ex.q1.check(' '.join(map(read, ('link.md', 'folder/secret.md', 'hard.md', 'etc/passwd'))))",
    )
    (linked / "link.md").symlink_to(secret)
    (linked / "folder").symlink_to(base)
    (linked / "etc").symlink_to("/etc")
    os.link(secret, linked / "hard.md")
    os.mkfifo(linked / "pipe")
    crash = hand_in(
        base,
        "crash",
        f"raise RuntimeError('{MARK}')\nex.q1.check(1)",
        f"raise type('{MARK}', (Exception,), {{}})()\nex.q2.check(1)",
        f"import json, os; open(os.environ['JOURNEYKIT_ANSWERS'], 'a').write(json.dumps("
        f"{{'questions': ['q3'], 'error': '{MARK}', 'problem': '{MARK}'}}) + chr(10))",
    )
    said: list[str] = []
    marks = grade_folder(base / "work", base / "out" / "grades.csv", key=quiz, say=said.append)
    found = {(mark.student, mark.question): mark for mark in marks}
    pages = {path.stem: path.read_text("utf-8") for path in (base / "out").rglob("*.html")}
    assert crash
    return {"marks": found, "said": said, "pages": pages}


@pytest.mark.parametrize(
    "student", ["ada", "Zoë Müller", "李 小龙", "M\\xfcller", "both", "copied", "long"]
)
def test_what_students_do_works(friendly: dict[str, Any], student: str) -> None:
    mark = friendly["marks"][student, "q1"]
    assert mark.points == 2, mark.outcome
    assert "2 of 6 points" in friendly["pages"][student]


def test_what_is_left_out_or_not_imported_is_said(friendly: dict[str, Any]) -> None:
    said = "\n".join(friendly["said"])
    for what in ("random.py", "json.py", "pandas.py", "journeykit.py"):
        assert f"! ada/{what}: the library of this name is imported instead." in said
    assert "helper.py" not in said
    assert "! both/quiz (2).ipynb was left aside, since quiz.ipynb is there, too" in said
    for what in ("link.md", "folder", "etc", "hard.md", "pipe"):
        assert f"! linked/{what} is a link or no file, and was left out." in said
    assert "! huge/quiz: It could not be run: its folder holds more than 200 MB." in said


def test_links_in_a_hand_in_lead_nowhere(friendly: dict[str, Any]) -> None:
    assert friendly["marks"]["linked", "q1"].outcome.state is State.UNTRIED  # three times nothing
    assert MARK not in friendly["pages"]["linked"]


def test_no_word_of_a_crash_stands_on_a_page(friendly: dict[str, Any]) -> None:
    page = friendly["pages"]["crash"]
    assert "The cell stopped (RuntimeError); run it to see why." in page
    assert "The cell stopped (an error); run it to see why." in page
    assert MARK not in page
    assert not any(MARK in text for text in (*friendly["pages"].values(), *friendly["said"]))


def test_answers_of_the_kit_cannot_be_read_and_handed_in(tmp_path: Path) -> None:
    """B5: whoever looks for the sources of the exercise finds none of them."""
    name = "01-first-funnel"
    cell = """
import pathlib, journeykit as jk
from journeykit.course.lesson import load
from journeykit.course.source import read_source
from journeykit.store import asset
right = -1
for place in (lambda: asset("exercises"), lambda: pathlib.Path({folder!r})):
    try:
        right = load(read_source(place() / "raw" / "01-first-funnel.md"), ex.data).q1.right
    except jk.JourneykitError:
        pass
ex.q1.check(right)
"""
    folder = hand_in(tmp_path, "eve", cell.format(folder=str(shipped("exercises"))))
    text = (folder / "quiz.ipynb").read_text().replace('"quiz\\"', f'"{name}\\"')
    (folder / f"{name}.ipynb").write_text(text)
    (folder / "quiz.ipynb").unlink()
    key = tmp_path / "key"
    key.mkdir()
    shutil.copy2(shipped("exercises") / "raw" / f"{name}.md", key)

    def first(unsafe: bool = False) -> Mark:
        out = tmp_path / "out" / "grades.csv"
        return grade_folder(tmp_path / "work", out, key=key, unsafe=unsafe, say=lambda _: None)[0]

    mark = first()
    assert (mark.points, mark.outcome.answer) == (0, "-1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "no_box", lambda: "switched off")
        patch.setattr(grade, "no_box", sandbox.no_box)
        mark = first(unsafe=True)
    assert mark.points == mark.max_points, "without the box it is read"


INSTALLED = """
import sys
from pathlib import Path
from journeykit.course import sandbox
from journeykit.store import asset
assert asset("exercises").parent.name == "assets", asset("exercises")
own = Path(sys.argv[1])
assert not sandbox.no_box(), sandbox.no_box()
print(sandbox.execute(own, "quiz.ipynb", "data/retail", sandbox.Limits())[0])
"""


@pytest.mark.all
def test_a_wheel_has_no_answers_in_the_box_and_makes_workshops(tmp_path: Path) -> None:
    site, own = tmp_path / "lib" / "journeykit", tmp_path / "own"
    shutil.copytree(ROOT / "journeykit", site, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("exercises", "templates", "notebooks", "sample_data"):
        shutil.copytree(shipped(name), site / "assets" / name)
    cells = (
        "w = jk.open_workshop('mine', 'mobile-maya', data=ex.data, template='retail')",
        f"import pathlib; kits = [pathlib.Path('/kit'), pathlib.Path({str(site)!r})]",
        "found = [path for kit in kits for path in kit.rglob('*') if path.stem in "
        "('01-first-funnel', 'STORIES')]",
        "ex.q1.check(len(found)); ex.q2.check(w.persona.id)",
    )
    write_notebook(own / "quiz.ipynb", *cells)
    shutil.copytree(shipped("sample_data") / "retail", own / "data" / "retail")
    ran = subprocess.run(
        [sys.executable, "-P", "-c", INSTALLED, own],
        env={**os.environ, "PYTHONPATH": str(site.parent)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    answers, errors, _ = read_log(ran.stdout)
    assert not errors
    assert {name: decode(each["answer"]) for name, each in answers.items()} == {
        "q1": 0,
        "q2": "mobile-maya",
    }


@pytest.mark.all
def test_an_ordinary_user_has_the_box_as_well(tmp_path: Path, quiz: Path) -> None:
    """Whoever is root here becomes an ordinary user, as on a laptop, and grades."""
    hand_in(tmp_path, "ada", f"ex.q1.check({RIGHT})")
    grader = f"""
import os
from pathlib import Path
from journeykit.course.grade import grade_folder
base = Path({str(tmp_path)!r})
assert os.getuid() == 1000
print(grade_folder(base / "work", base / "grades.csv", key=Path({str(quiz)!r}))[0].points)
"""
    become = "bwrap --unshare-user --uid 1000 --gid 1000 --dev-bind / / --".split()
    ran = subprocess.run(
        [*become, sys.executable, "-c", grader], capture_output=True, text=True, timeout=120
    )
    assert ran.stdout.splitlines()[-1:] == ["2"], ran.stdout + ran.stderr
    assert "You are root" not in ran.stdout

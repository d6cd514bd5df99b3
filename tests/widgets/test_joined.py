"""Scripts are real modules: what one takes from another is said, checked and joined."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from journeykit.store import Desk
from journeykit.widgets import (
    Beliefs,
    Board,
    Gather,
    JourneyWalk,
    Live,
    PersonaCanvas,
    Room,
    Sheet,
    Timer,
)
from journeykit.widgets.exports import Drop
from journeykit.widgets.joined import STATIC, joined

ROOT = Path(__file__).resolve().parents[2]
WIDGETS = (Beliefs, Board, Gather, JourneyWalk, PersonaCanvas, Room, Sheet, Timer)


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")
    return folder / next(iter(files)).replace("_", ".")


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.name)
def test_a_widget_is_one_text_that_imports_nothing(widget: type[Live]) -> None:
    script, style = str(widget._esm), str(widget._css)
    assert not re.search(r"^\s*import\b|\bimport\(|https?://(?!www\.w3\.org)", script, re.M)
    assert script.count("export default") == 1
    assert script.count("const $common = (") == 1, "each file once"
    assert "@import" not in style
    assert style.count(".jk-live { --jk-ink") == 1


def test_every_script_and_style_is_part_of_a_widget() -> None:
    texts = [f"{made._esm}\n{made._css}" for made in (*WIDGETS, Drop)]
    told = {line for text in texts for line in text.splitlines()}
    said = ("import ", "export ", "@import ")
    alone = {
        path.name
        for path in STATIC.iterdir()
        for line in path.read_text("utf-8").splitlines()
        if line not in told and not line.startswith(said)
    }
    assert alone == set()


def test_a_file_that_two_import_is_there_once_and_before_them(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main_js='import { b } from "./b.js";\nimport { c, d } from "./c.js";\n'
        "\nexport default b + c;\n",
        b_js='import { d } from "./c.js";\n\nconst mine = 1;\nexport const b = d + mine;\n',
        c_js="const mine = 2;\nexport const c = mine;\nexport function d() {}\nconst hidden = 0;\n",
    )
    assert joined(main).splitlines() == [
        "const $c = (() => {",
        "const mine = 2;",
        "const c = mine;",
        "function d() {}",
        "const hidden = 0;",
        "return { c, d };",
        "})();",
        "const $b = (() => {",
        "const { d } = $c;",
        "",
        "const mine = 1;",
        "const b = d + mine;",
        "return { b };",
        "})();",
        "const { b } = $b;",
        "const { c, d } = $c;",
        "",
        "export default b + c;",
    ]


def test_styles_are_joined_as_well(tmp_path: Path) -> None:
    main = write(
        tmp_path, main_css='@import "./base.css";\n.a { top: 0; }\n', base_css=".b { top: 1px; }\n"
    )
    assert joined(main) == ".b { top: 1px; }\n\n.a { top: 0; }\n"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"a_js": 'import { b } from "./b.js";\n', "b_js": 'import { a } from "./a.js";\n'},
            "a.js → b.js → a.js is a circle",
        ),
        ({"a_js": 'import { a } from "./a.js";\n'}, "a.js → a.js is a circle"),
        ({"a_js": 'import { b } from "./b.js";\n'}, "a.js imports b.js, which is not there"),
        (
            {
                "a_js": 'import { b, c, d } from "./b.js";\n',
                "b_js": "export const b = 1;\nconst c = 2;\n",
            },
            "a.js imports c, d from b.js, which exports only b",
        ),
        ({"a_js": 'import b from "./b.js";\n'}, "cannot be joined"),
        ({"a_js": 'import { b } from "https://a.example/b.js";\n'}, "cannot be joined"),
        ({"a_js": 'import {\n  b,\n} from "./b.js";\n'}, "cannot be joined"),
        ({"a_js": "const a = 1;\nexport { a };\n"}, "cannot be joined"),
        (
            {
                "a_js": 'import { b } from "./b.js";\n',
                "b_js": "export const b = 1;\nexport default b;\n",
            },
            "b.js: 'export default b;' cannot be joined",
        ),
        ({"a_css": '@import "https://a.example/b.css";\n'}, "cannot be joined"),
    ],
)
def test_an_import_that_cannot_be_is_refused_with_its_file(
    tmp_path: Path, files: dict[str, str], told: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        joined(write(tmp_path, **files))


# --- the recipe of CONTRIBUTING.md ------------------------------------------------------------

SCRIPT = """// A toy: it says hello to the workshop.

import { button, connect, frame, h, put } from "./common.js";
import { loud } from "./toy_state.js";

export default {
  render({ model, el, signal }) {
    const line = connect(model, signal);
    const { root, status } = frame(el, line, "Toy");
    root.classList.add("jk-toy");
    const words = h("p", {});
    root.append(words, button("B", () => line.ask("set", "workshop", { name: "B" })), status);
    const draw = () => put(words, loud(line.state.name));
    line.onChange(draw);
    draw();
  },
};
"""


@pytest.fixture
def toy(tmp_path: Path, desk: Desk) -> Live:
    """A widget of its own .py, .js and .css in a folder of its own, by the base class alone."""
    folder = tmp_path / "toys"
    folder.mkdir()
    write(folder, toy_js=SCRIPT, toy_css='@import "./common.css";\n.jk-toy p { font-size: 2em; }\n')
    (folder / "toy_state.js").write_text("export const loud = (name) => `${name}!`;\n")

    class Toy(Live):
        name = "toy"
        folder = tmp_path / "toys"

        def view(self) -> dict[str, Any]:
            return {"name": self.desk.get("workshop").name}  # type: ignore[union-attr]

        def still(self) -> str:
            return f"<p>{self.view()['name']}</p>"

    return Toy(desk, ["workshop"], {})


def test_a_widget_is_a_class_a_script_and_a_style(toy: Live, desk: Desk, send: Any) -> None:
    assert "export default" in str(toy._esm)
    assert "const { loud } = $toy_state;" in str(toy._esm)
    assert str(toy._css).startswith(".jk-live {")
    assert str(toy._css).endswith(".jk-toy p { font-size: 2em; }\n")
    name = toy.state["name"]
    assert f"<p>{name}</p>" in toy._picture()["text/html"]
    assert send(toy, "set", "workshop", name="Another") == []
    assert toy.state["name"] == "Another"
    assert "<p>Another</p>" in toy._picture()["text/html"]
    assert desk.get("workshop").name == "Another"  # type: ignore[union-attr]


# --- the linter -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def oxlint() -> Any:
    found = shutil.which("oxlint", path=str(Path(sys.executable).parent)) or shutil.which("oxlint")
    if not found:
        pytest.skip("oxlint is not here (pip install '.[dev]')")

    def lint(*paths: Path) -> str:
        command = [found, "--deny-warnings", "-c", ROOT / ".oxlintrc.json", *paths]
        done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True)
        return done.stdout if done.returncode else ""

    return lint


def test_the_linter_has_nothing_to_say(oxlint: Any) -> None:
    assert oxlint() == ""


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("export const a = () => nowhere(1);\n", "no-undef"),
        ("const spare = 1;\nexport const a = 2;\n", "no-unused-vars"),
        ('import { box } from "./common.js";\n\nexport const a = 2;\n', "no-unused-vars"),
        (
            "export const a = () => { const b = 1; const b = 2; return b; };\n",
            "already been declared",
        ),
        ('import { gone } from "./common.js";\n\nexport const a = gone;\n', "import(named)"),
    ],
)
def test_the_linter_finds_what_it_is_for(
    oxlint: Any, tmp_path: Path, source: str, rule: str
) -> None:
    shutil.copy(STATIC / "common.js", tmp_path)
    assert rule in oxlint(write(tmp_path, a_js=source))

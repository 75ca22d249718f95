"""The shape of the house: who imports whom, and what no file may do."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from kit import ROOT

LAYERS = ("kit", "activities", "pages")
TOP = ("app.py", "serve.py", "start.py")
HEAVY = {"torch", "transformers", "diffusers", "sklearn", "skimage", "faiss"}
WORKERS_ONLY = ("kit/images/patch_diffusion/",)
"""Packages that import heavy modules at their top: nothing but a function that runs in a worker imports them."""


def below(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


CODE = [*below(*LAYERS), *(ROOT / name for name in TOP)]


def each(files: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """A rule for one file becomes one test of all of them, which names every file that breaks it."""

    def over(rule: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            broken = []
            for file in files:
                try:
                    rule(file)
                except AssertionError as error:
                    broken.append(f"{name(file)}: {error}")
            assert not broken, "\n".join(broken)

        test.__doc__ = rule.__doc__
        return test

    return over


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def package(file: Path) -> list[str]:
    return list(file.relative_to(ROOT).with_suffix("").parts[:-1])


def imported(file: Path, node: ast.AST) -> Iterator[str]:
    """Full names of the modules that an import statement names; nothing for any other node."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = package(file)[: len(package(file)) - node.level + 1] if node.level else []
        module = ".".join([*base, *([node.module] if node.module else [])])
        yield module
        yield from (f"{module}.{alias.name}" for alias in node.names)


def imports(file: Path) -> set[str]:
    """Everything that a file imports anywhere, type hints included."""
    return {module for node in ast.walk(tree(file)) for module in imported(file, node)}


def imports_when_loaded(file: Path) -> set[str]:
    """What is imported as soon as the module is: not in functions, not for type checkers only."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            return
        found.update(imported(file, node))
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree(file))
    return found


def roots(modules: set[str]) -> set[str]:
    return {module.split(".")[0] for module in modules}


# -- who imports whom -------------------------------------------------------------------------------------------------


@each(CODE)
def test_imports_run_downward(file: Path) -> None:
    layer = name(file).split("/")[0]
    allowed = {
        "kit": {"kit"},
        "activities": {"kit", "activities"},
        "pages": {"kit", "activities", "pages", "serve"},
        "app.py": {"kit", "activities", "pages"},
        "serve.py": {"kit", "activities"},
        "start.py": set(),
    }[layer]
    if name(file) == "kit/cli.py":
        allowed = allowed | {"serve"}  # the one command that starts the server reaches for it, inside a function
    ours = {"kit", "activities", "pages", "app", "serve", "start", "tests", "training", "benchmarks"}
    assert roots(imports(file)) & ours <= allowed


def test_the_command_line_reaches_for_the_server_late() -> None:
    assert "serve" not in roots(imports_when_loaded(ROOT / "kit" / "cli.py"))


@each(CODE)
def test_only_the_pages_and_the_server_import_streamlit(file: Path) -> None:
    if name(file).split("/")[0] in ("pages", "app.py", "serve.py"):
        return
    assert "streamlit" not in roots(imports(file))


def test_the_server_loads_streamlit_late() -> None:
    """``contrechamp run`` says that a port is busy before it loads anything."""
    assert "streamlit" not in roots(imports_when_loaded(ROOT / "serve.py"))


@each(below("activities"))
def test_activities_do_not_know_each_other(file: Path) -> None:
    mine = package(file)[1:2]
    if not mine:
        return  # the registry
    others = {module.split(".")[1] for module in imports(file) if module.startswith("activities.")}
    assert others <= set(mine)


def test_start_needs_nothing_but_python() -> None:
    assert roots(imports(ROOT / "start.py")) <= sys.stdlib_module_names


# -- heavy modules ----------------------------------------------------------------------------------------------------


@each(CODE)
def test_heavy_modules_are_imported_in_functions_only(file: Path) -> None:
    if name(file).startswith(WORKERS_ONLY):
        return
    loaded = imports_when_loaded(file)
    assert roots(loaded) & HEAVY == set()
    assert loaded & heavy_modules() == set()


@cache
def heavy_modules() -> set[str]:
    """Modules of the workers that import something heavy at their top, directly or through another one."""
    modules = {
        name(file).removesuffix(".py").replace("/", "."): imports_when_loaded(file) for file in below(*WORKERS_ONLY)
    }
    heavy = {module for module, loaded in modules.items() if roots(loaded) & HEAVY}
    while more := {module for module, loaded in modules.items() if loaded & heavy} - heavy:
        heavy |= more
    return heavy


def test_the_generator_is_the_workers_alone() -> None:
    assert "kit.images.patch_diffusion.pipeline" in heavy_modules()


LIGHT = """
import importlib, sys
for module in {modules!r}:
    importlib.import_module(module)
print(sorted(set({heavy!r}) & set(sys.modules)))
"""


def test_importing_the_kit_and_the_activities_loads_nothing_heavy() -> None:
    """What the walk over imports says, seen from inside: every module but those of the workers, all in one process."""
    modules = [
        name(file).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for file in below("kit", "activities")
        if not name(file).startswith(WORKERS_ONLY) and file.stem != "__main__"
    ]
    assert "kit.images.generate" in modules
    code = LIGHT.format(modules=modules, heavy=sorted(HEAVY | {"streamlit"}))
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr[-1500:]
    assert run.stdout.strip().splitlines()[-1] == "[]"


# -- what no file may do ----------------------------------------------------------------------------------------------


BORDERS = ("kit/compute/driver.py", "kit/compute/work.py", "kit/classroom/events.py")
"""Where any error is caught and logged with its traceback: a thread or a task whose death would leave
pages waiting, and the border between processes, which no exception object may cross."""


@each(CODE)
def test_no_error_is_swallowed(file: Path) -> None:
    """A page catches ``KitError``; whatever else goes wrong is a defect and surfaces."""
    broad = []
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            silent = not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            for kind in kinds:
                caught = "" if kind is None else ast.unparse(kind)
                if caught == "Exception" and name(file) in BORDERS and "_log.exception(" in ast.unparse(node):
                    continue
                # BaseException is for clean-up, and raised again.
                if caught in ("", "Exception") or (caught == "BaseException" and silent):
                    broad.append(f"line {node.lineno}: except {caught}")
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            broad += [f"line {node.lineno}" for arg in node.args if ast.unparse(arg) in ("Exception", "BaseException")]
    assert broad == []


@each(CODE)
def test_modules_are_named_after_their_job(file: Path) -> None:
    assert file.stem not in ("utils", "util", "common", "helpers", "helper", "misc", "tools")


@each(CODE)
def test_nothing_is_evaluated_or_unpickled_from_text(file: Path) -> None:
    calls = {ast.unparse(node.func) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)}
    assert calls & {"eval", "exec", "os.system", "yaml.load", "yaml.unsafe_load", "torch.load"} == set()
    assert "trust_remote_code=True" not in file.read_text("utf-8")


@each(CODE)
def test_no_path_of_a_machine(file: Path) -> None:
    assert re.findall(r"(?:/home/|/root/|/Users/|/work/)\w+", file.read_text("utf-8")) == []


@each(CODE)
def test_every_file_and_public_name_is_described(file: Path) -> None:
    assert ast.get_docstring(tree(file))
    bare = [
        node.name
        for node in tree(file).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert bare == [] or name(file) == "start.py"


# -- markup -----------------------------------------------------------------------------------------------------------

ESCAPES = {"escape", "_escaped", "html.escape"}
MAKERS = {"_percent", "proportion", "share", "_line", "_card", "_listed", "_one"} | {
    "_palette",
    "_projection",
    "round",
    "len",
    "int",
}
"""Functions that return numbers, or markup whose own f-strings are checked here too."""
OURS = {
    "pages/frame.py": {"palette(display())": "the kit’s own CSS"},
    "pages/noise/origin.py": {"colour": "a word of the code", "''.join(rows)": "what share() returned"},
    "pages/bias/marks.py": {"kind": "a word of the code"},
    "pages/parts/bars.py": {"tone": "a word of the code", "''.join(html)": "what proportion() returned"},
    "pages/parts/prose.py": {"kind": "a word of the code"},
    "pages/spot/chances.py": {"cell": "a Cell", "row.value": "a number of published.py"},
    "pages/spot/detector.py": {"name": "a word of the code", "number": "a count"},
    "pages/spot/dossiers.py": {"dossier.truth": "a Truth"},
    "pages/spot/reveals.py": {"shown.truth": "a Truth"},
    "pages/word/furnishing.py": {"''.join(html)": "what piece() returned"},
}
"""What else enters markup, and why it may: no word of a person or of a deck is among it."""


class Markup:
    """Looks, in one function, for a value that enters markup without being escaped."""

    def __init__(self, function: ast.AST, ours: dict[str, str]) -> None:
        self.ours = ours
        self.used: set[str] = set()
        self.assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self.assigned.setdefault(ast.unparse(target), []).append(node.value)
            elif isinstance(node, ast.AugAssign):
                self.assigned.setdefault(ast.unparse(node.target), []).append(node.value)
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".append"):
                self.assigned.setdefault(ast.unparse(node.func).removesuffix(".append"), []).extend(node.args)

    def safe(self, node: ast.expr) -> bool:
        """Whether an expression can only give markup of ours, escaped text or a number."""
        if (text := ast.unparse(node)) in self.ours:
            self.used.add(text)
            return True
        match node:
            case ast.Constant():
                return True
            case ast.JoinedStr():
                return all(self.safe(value) for value in node.values)
            case ast.FormattedValue():
                numeric = node.format_spec is not None and ast.unparse(node.format_spec).rstrip("'\"").endswith("f")
                return numeric or self.safe(node.value)
            case ast.BinOp(op=ast.Add()):
                return self.safe(node.left) and self.safe(node.right)
            case ast.IfExp():
                return self.safe(node.body) and self.safe(node.orelse)
            case ast.List() | ast.Tuple():
                return all(self.safe(item) for item in node.elts)
            case ast.ListComp() | ast.GeneratorExp():
                return self.safe(node.elt)
            case ast.Call():
                called = ast.unparse(node.func)
                joined = called.endswith(".join") and all(self.safe(argument) for argument in node.args)
                return called in ESCAPES | MAKERS or joined
            case ast.Name():
                values = self.assigned.get(node.id, [])
                return bool(values) and all(self.safe(value) for value in values)
        return False


def test_the_escaping_check_sees_what_it_should() -> None:
    def check(code: str) -> bool:
        function = ast.parse(code)
        [html] = [n for n in ast.walk(function) if isinstance(n, ast.Call) and ast.unparse(n.func) == "st.html"]
        return Markup(function, {"cell": ""}).safe(html.args[0])

    assert check("st.html(f'<p>{escape(text)}</p>')")
    assert check("st.html(f'<p class={cell}>{number:.1f}</p>')")
    assert check("rows = ''.join(f'<li>{escape(x)}</li>' for x in xs)\nst.html(f'<ul>{rows}</ul>')")
    assert check("rows = []\nrows.append(f'<li>{escape(x)}</li>')\nst.html('<ul>' + ''.join(rows) + '</ul>')")
    assert not check("st.html(f'<p>{text}</p>')")
    assert not check("st.html(f'<p>{text:>10}</p>')")
    assert not check("st.html(text)")
    assert not check("rows = ''.join(f'<li>{x}</li>' for x in xs)\nst.html(f'<ul>{rows}</ul>')")
    assert not check("rows = []\nrows.append(name)\nst.html(''.join(rows))")
    assert not check("st.html(words.text)")
    assert not check("st.html(text.upper())")


def functions(file: Path) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef))


@each([*below("pages"), ROOT / "app.py"])
def test_words_enter_markup_escaped_only(file: Path) -> None:
    """Every f-string that holds a tag interpolates escaped text, numbers or names of ours, wherever it is made."""
    faults, used = set(), set()
    ours = OURS.get(name(file), {})
    for function in functions(file):
        markup = Markup(function, ours)
        for node in ast.walk(function):
            entering: list[ast.expr] = []
            if isinstance(node, ast.JoinedStr):
                if re.search(r"</?[a-z]", "".join(v.value for v in node.values if isinstance(v, ast.Constant))):
                    entering = [value for value in node.values if isinstance(value, ast.FormattedValue)]
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "st.html":
                entering = [arg for arg in node.args if not ast.unparse(arg).startswith("HERE / ")]
            faults |= {f"line {e.lineno}: {ast.unparse(e)[:80]}" for e in entering if not markup.safe(e)}
        used |= markup.used
    assert sorted(faults) == []
    assert sorted(set(ours) - used) == [], "no longer used"


@each([*below("pages"), ROOT / "app.py"])
def test_no_page_lets_markdown_carry_html(file: Path) -> None:
    text = file.read_text("utf-8")
    assert "unsafe_allow_html" not in text
    assert ":material/" not in text

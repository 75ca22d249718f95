"""The wheel: everything the kit needs is inside, and ``contrechamp`` works from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from activities.registry import ACTIVITIES
from kit import i18n

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"][
    "only-include"
]
pytestmark = pytest.mark.slow


def run(command: list[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command away from the checkout, with nothing that leads back to it."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    env["PYTHONUTF8"] = "1"
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree with no network."""
    out = tmp_path_factory.mktemp("wheel")
    done = run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT], out)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = out.glob("contrechamp-*-py3-none-any.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of a clean environment that holds the wheel, and borrows this environment's dependencies."""
    folder = tmp_path_factory.mktemp("propre é") / "venv"
    venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    done = run([python, "-m", "pip", "install", "--no-deps", "--no-index", wheel], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    where = run([python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"], folder).stdout.strip()
    (Path(where) / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", "utf-8")
    return scripts


def shipped() -> set[str]:
    """Every file of the tree that belongs in the wheel, ignored by git or not."""
    found = set()
    for name in SHIPPED:
        path = ROOT / name
        for file in [path] if path.is_file() else path.rglob("*"):
            parts = file.relative_to(path).parts
            left_behind = any(part == "__pycache__" or part.startswith(".") for part in parts) or file.suffix == ".pyc"
            if file.is_file() and not left_behind:
                found.add(file.relative_to(ROOT).as_posix())
    return found


def test_the_wheel_holds_the_tree(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert inside == shipped()


@pytest.mark.parametrize(
    "start",
    [
        "kit/locale/fr/LC_MESSAGES/contrechamp.mo",
        "activities/spot_the_fake/content/fr.yaml",
        "activities/spot_the_fake/content/en.yaml",
        "facilitator_guides/fr/spot_the_fake.md",
        "facilitator_guides/en/spot_the_fake.md",
        "assets/manifest.toml",
        "assets/decks/default/deck.yaml",
        ".streamlit/config.toml",
        "app.py",
        "serve.py",
        "pages/home.py",
    ],
)
def test_what_the_kit_cannot_do_without_is_inside(wheel: Path, start: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.getinfo(start).file_size > 0


def test_it_weighs_little(wheel: Path) -> None:
    assert wheel.stat().st_size < 60e6


def test_the_licences_come_along(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name.split("/")[-1] for name in archive.namelist() if ".dist-info/licenses/" in name}
        (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        described = archive.read(metadata).decode()
    assert names == {"LICENSE", "LICENSE-CONTENT.md"}
    assert "License-Expression: MIT AND CC-BY-SA-4.0" in described
    assert "Requires-Dist: torch==2.13.0" in described
    assert "torchvision" not in described


def test_the_command_works_from_another_folder(installed: Path, tmp_path: Path) -> None:
    done = run([installed / "contrechamp", "--help"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "doctor" in done.stdout
    done = run([installed / "contrechamp", "doctor", "--json"], tmp_path)
    report = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    assert report["assets"]["status"] == "ok", report["assets"]
    assert report["data"]["status"] == "ok"
    done = run([installed / "contrechamp", "deck", "check", "nothing-here"], tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_content_guides_and_words_are_read_from_where_they_were_installed(installed: Path, tmp_path: Path) -> None:
    code = """
import json
from kit import ROOT, guides, i18n
from kit.decks import store
from activities.registry import ACTIVITIES
print(json.dumps({
    "root": str(ROOT),
    "deck": len(store.default().deck.items),
    "guides": [len(guides.load(a.slug, lang).steps) for a in ACTIVITIES for lang in i18n.LANGUAGES],
    "words": i18n.translator("fr")("There is no activity called “{slug}”. Choose one from the home page."),
}))
"""
    done = run([installed / "python", "-c", code], tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert not Path(told["root"]).is_relative_to(ROOT)
    assert told["deck"] > 0
    assert told["guides"] == [len(activity.steps) for activity in ACTIVITIES for _ in i18n.LANGUAGES]
    assert told["words"].startswith("Aucune activité")

#!/usr/bin/env python3
"""Start Contrechamp on a machine that has nothing but Python.

    python3 start.py                  install if needed, then run the kit (--lan, --https, --port N, --no-browser,
                                      --lang fr|en)
    python3 start.py test [...]       install the test extras if needed, then run the tests (arguments go to pytest)
    python3 start.py bundle FOLDER    gather the kit and its wheels, to install elsewhere with no network (--with-tests)
    python3 start.py doctor           any other command of the kit: doctor, deck, generate (--help describes each)

What is installed goes into `.venv`, next to this file. A stamp there says what was installed; it is written last, so
that an interrupted installation is done again. Only the standard library is used here, and nothing that Python 3.6
could not parse: an old Python must get as far as the sentence that says so.
"""

import contextlib
import hashlib
import http.client
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
WHEELS = os.path.join(ROOT, "wheels")
LOG = os.path.join(tempfile.gettempdir(), "contrechamp-install.log")
STAMP = "contrechamp-stamp.json"
BUNDLE = "bundle.json"
OLDEST = (3, 11)
TORCH = "torch==2.13.0"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PROBE_SECONDS = 3.0
COMMANDS = ("run", "doctor", "deck", "generate", "models", "next", "bias", "podcast")
# Measured on Linux x86-64: .venv takes 2.1 GB with the processor-only torch and the test extras; pip unpacks the
# largest wheel beside it for a while. The ordinary Linux torch brings NVIDIA's libraries, about 5 GB more.
NEEDED = 3 * 10**9
NEEDED_NVIDIA = 6 * 10**9
NEEDED_BUNDLE = 10**9

PIP = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "3", "--only-binary", ":all:")


class Stop(Exception):
    """A reason not to go on, as one sentence in French and the same in English."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(fr, en)
        self.fr = fr
        self.en = en


def say(fr: str, en: str, stream: "object" = None) -> None:
    """Print both sentences, whatever the console can show."""
    out = stream or sys.stdout
    for line in (fr, en):
        try:
            print(line, file=out)
        except UnicodeEncodeError:
            print(line.encode("ascii", "replace").decode("ascii"), file=out)
    out.flush()


# --- what is wanted, what is there --------------------------------------------------------------------------------


def wanted(extras: "tuple[str, ...]") -> "list[str]":
    """The requirements of the kit and of ``extras``, as pyproject.toml declares them."""
    import tomllib

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)["project"]
    found = list(project["dependencies"])
    for extra in extras:
        found += project["optional-dependencies"][extra]
    return found


def key(extras: "tuple[str, ...]") -> str:
    """A hash that changes whenever what must be installed changes."""
    with open(os.path.join(ROOT, "constraints.txt"), encoding="utf-8") as file:
        pins = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    text = "\n".join([*sorted(wanted(extras)), "--", *sorted(pins)])
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def python_of(venv: str) -> str:
    """The interpreter of a virtual environment."""
    if os.name == "nt":
        return os.path.join(venv, "Scripts", "python.exe")
    return os.path.join(venv, "bin", "python")


def site_packages(venv: str) -> str:
    """The folder where a virtual environment keeps its packages, or an empty string."""
    lib = os.path.join(venv, "Lib" if os.name == "nt" else "lib")
    for folder in [lib] if os.name == "nt" else [os.path.join(lib, n) for n in sorted(_names(lib))]:
        if os.path.isdir(os.path.join(folder, "site-packages")):
            return os.path.join(folder, "site-packages")
    return ""


def _names(folder: str) -> "list[str]":
    try:
        return os.listdir(folder)
    except OSError:
        return []


def interpreter_name(venv: str) -> str:
    """The file name of the Python behind a virtual environment (``python3.12``); empty if that Python has gone."""
    home = ""
    try:
        with open(os.path.join(venv, "pyvenv.cfg"), encoding="utf-8") as file:
            for line in file:
                name, _, value = line.partition("=")
                if name.strip() == "home":
                    home = value.strip()
    except (OSError, UnicodeDecodeError):
        return ""
    python = python_of(venv)
    if not os.path.isdir(home) or not os.path.exists(python):
        return ""
    return os.path.basename(os.path.realpath(python))


def packages(venv: str) -> "list[str]":
    """The ``*.dist-info`` folders of a virtual environment that pip finished: it writes RECORD last."""
    folder = site_packages(venv)
    found = [name for name in _names(folder) if name.endswith(".dist-info")]
    return sorted(name for name in found if os.path.isfile(os.path.join(folder, name, "RECORD")))


def read_stamp(venv: str) -> "dict":
    """What the stamp of a virtual environment says; empty if there is none that can be read."""
    try:
        with open(os.path.join(venv, STAMP), encoding="utf-8") as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(venv: str, stamp: "dict") -> None:
    """Replace the stamp in one go, so that a reader never sees half of one."""
    path = os.path.join(venv, STAMP)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(stamp, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def is_whole(venv: str, name: str) -> bool:
    """Whether ``venv`` holds, finished, everything that ``name`` (``run`` or ``test``) needs today."""
    stamp = read_stamp(venv)
    done = stamp.get("done", {})
    extras = ("test",) if name == "test" else ()
    if done.get(name) != key(extras) or name in stamp.get("pending", []) or "run" in stamp.get("pending", []):
        return False
    if not interpreter_name(venv) or interpreter_name(venv) != stamp.get("interpreter"):
        return False
    return set(stamp.get("packages", [])) <= set(packages(venv))


# --- checks before anything is touched ----------------------------------------------------------------------------


def check_python(version: "tuple" = tuple(sys.version_info[:3])) -> None:
    """Stop on a Python that is too old."""
    if tuple(version[:2]) >= OLDEST:
        return
    mine = ".".join(str(part) for part in version)
    oldest = ".".join(str(part) for part in OLDEST)
    raise Stop(
        f"Ce Python est le {mine}. Contrechamp demande Python {oldest} ou plus récent : installez-le depuis "
        "https://www.python.org/downloads/ puis relancez la même commande.",
        f"This Python is {mine}. Contrechamp needs Python {oldest} or newer: install it from "
        "https://www.python.org/downloads/ and run the same command again.",
    )


def check_disk(folder: str, needed: int) -> None:
    """Stop if the disk of ``folder`` has fewer than ``needed`` bytes left."""
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    free = shutil.disk_usage(folder).free
    if free >= needed:
        return
    raise Stop(
        f"Il reste {_gb(free, ',')} Go sur le disque de {folder} ; il en faut {_gb(needed, ',')}. "
        "Libérez de la place puis relancez : rien n’a été modifié.",
        f"{_gb(free, '.')} GB are left on the disk of {folder}; {_gb(needed, '.')} are needed. "
        "Free some space and start again: nothing was changed.",
    )


def _gb(size: int, point: str) -> str:
    return f"{size / 1e9:.1f}".replace(".", point)


def check_writable(folder: str) -> None:
    """Stop if nothing can be created in ``folder``."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise Stop(
            f"Le dossier {folder} est en lecture seule ({error.strerror}). "
            "Copiez tout le dossier de Contrechamp dans vos documents, puis relancez depuis là.",
            f"The folder {folder} is read-only ({error.strerror}). "
            "Copy the whole folder of Contrechamp into your documents and start from there.",
        ) from error


def pip_wheel() -> str:
    """The wheel of pip in the bundle, if there is one: it runs as it is, without ensurepip."""
    found = sorted(n for n in _names(WHEELS) if n.startswith("pip-") and n.endswith(".whl"))
    return os.path.join(WHEELS, found[-1]) if found else ""


def check_venv_module() -> None:
    """Stop where Python comes without the means to make a virtual environment (Debian and Ubuntu split it off)."""
    from importlib.util import find_spec

    if find_spec("venv") and (find_spec("ensurepip") or pip_wheel()):
        return
    mine = "{}.{}".format(*sys.version_info[:2])
    raise Stop(
        "Il manque à ce Python de quoi créer un environnement (modules venv et ensurepip). Sous Debian ou Ubuntu : "
        f"sudo apt install python{mine}-venv, puis relancez la même commande.",
        "This Python lacks what it takes to make an environment (modules venv and ensurepip). On Debian or Ubuntu: "
        f"sudo apt install python{mine}-venv, then run the same command again.",
    )


# --- where packages come from ---------------------------------------------------------------------------------------


def target() -> "dict[str, str]":
    """What wheels depend on: the version of Python, the system and the processor."""
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(machine, machine)
    return {"python": "{}.{}".format(*sys.version_info[:2]), "system": platform.system(), "machine": machine}


def bundle_here() -> bool:
    """Whether ``wheels/``, next to this file, was made for a machine like this one. Says so when it was not."""
    try:
        with open(os.path.join(WHEELS, BUNDLE), encoding="utf-8") as file:
            targets = json.load(file)["targets"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if target() in targets:
        return True
    made = ", ".join("Python {python} ({system} {machine})".format(**one) for one in targets)
    mine = "Python {python} ({system} {machine})".format(**target())
    say(
        f"Le dossier wheels/ a été préparé pour {made} ; cette machine a {mine}. J’essaie par le réseau.",
        f"The wheels/ folder was made for {made}; this machine has {mine}. Trying the network.",
    )
    return False


def answers(url: str, seconds: float = PROBE_SECONDS) -> bool:
    """Whether ``url`` answers within ``seconds``.

    The socket's own timeout does not bound the resolution of the name, nor a server that trickles; joining a thread
    does.
    """
    found = []

    def ask() -> None:
        refused = contextlib.suppress(OSError, ValueError, http.client.HTTPException)
        with refused, urllib.request.urlopen(url, timeout=seconds) as answer:
            if answer.status == 200 and answer.read(1):
                found.append(True)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    return bool(found)


def has_nvidia() -> bool:
    """Whether this Linux machine seems to have an NVIDIA card in use."""
    return os.path.exists("/proc/driver/nvidia") or shutil.which("nvidia-smi") is not None


def torch_index() -> "list[str]":
    """The pip options that find torch: PyTorch's processor-only index on a Linux without NVIDIA card, if it answers."""
    if platform.system() != "Linux" or has_nvidia():
        return []
    if answers(TORCH_CPU_INDEX + "/torch/"):
        return ["--index-url", TORCH_CPU_INDEX]
    return []


# --- pip ------------------------------------------------------------------------------------------------------------


def clean_environment() -> "dict[str, str]":
    """The environment for what runs in ``.venv``: nothing of another Python leaks in."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    env["PYTHONUTF8"] = "1"
    return env


def run_pip(command: "list[str]", arguments: "list[str]") -> "tuple[int, str]":
    """Run pip, show where it is, keep what it says in the log; its exit status and its output."""
    env = clean_environment()
    env["PIP_USER"] = "0"
    env["PYTHONIOENCODING"] = "utf-8"
    lines = []
    live = sys.stdout.isatty()
    process = subprocess.Popen(
        command + arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=env,
        close_fds=False,
        encoding="utf-8",
        errors="replace",
    )
    with process:
        try:
            for line in process.stdout:
                lines.append(line)
                doing = re.match(r"\s*(Collecting|Downloading|Installing collected)\s*(.{0,60})", line)
                if live and doing:
                    print("\r  {:<75}".format(" ".join(doing.groups())[:75]), end="", flush=True)
        except BaseException:
            process.kill()
            raise
        finally:
            if live:
                print("\r" + " " * 78 + "\r", end="", flush=True)
            with contextlib.suppress(OSError), open(LOG, "a", encoding="utf-8") as log:
                log.writelines(["$ {}\n".format(" ".join(command + arguments)), *lines])
    return process.returncode, "".join(lines)


SIGNS = (
    # (what pip or the system printed, French, English); the first that matches is the one told
    (
        r"No space left on device|\[Errno 28\]|Disk quota exceeded|WinError 112|not enough space on the disk",
        "Le disque est plein : l’installation s’est arrêtée. Libérez de la place (il faut environ 3 Go) puis relancez.",
        "The disk is full: the installation stopped. Free some space (about 3 GB are needed) and start again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|certificate verify failed",
        "Le réseau d’ici intercepte les connexions chiffrées : l’installation ne peut pas se fier à ce qu’elle reçoit. "
        "Essayez depuis un autre réseau, ou préparez une clé USB ailleurs avec : python3 start.py bundle DOSSIER",
        "The network here intercepts encrypted connections: the installation cannot trust what it receives. "
        "Try from another network, or prepare a USB key elsewhere with: python3 start.py bundle FOLDER",
    ),
    (
        r"NewConnectionError|NameResolutionError|Failed to establish a new connection|getaddrinfo failed"
        r"|Temporary failure in name resolution|Name or service not known|nodename nor servname|ConnectTimeoutError"
        r"|Read timed out|ReadTimeoutError|ProxyError|Network is unreachable|No route to host|Connection refused"
        r"|ConnectionResetError|ConnectionRefusedError|RemoteDisconnected|Connection aborted|IncompleteRead"
        r"|connection timed out|Tunnel connection failed",
        "Le réseau ne répond pas, et la première installation en a besoin. Connectez cette machine à Internet puis "
        "relancez ; ou bien préparez une clé USB sur une machine connectée avec : python3 start.py bundle DOSSIER",
        "The network does not answer, and the first installation needs it. Connect this machine to the Internet and "
        "start again; or prepare a USB key on a connected machine with: python3 start.py bundle FOLDER",
    ),
    (
        r"Read-only file system|Permission denied|Operation not permitted|\[Errno 13\]|WinError 5\]|WinError 32\]",
        "Le système refuse l’écriture dans ce dossier (lecture seule, antivirus, ou fichier ouvert). Fermez ce qui "
        "l’utilise, ou copiez tout le dossier dans vos documents, puis relancez.",
        "The system refuses to write in this folder (read-only, antivirus, or a file in use). Close what uses it, or "
        "copy the whole folder into your documents, and start again.",
    ),
    (
        r"enable-long-paths|Long Path support|File name too long",
        "Le chemin de ce dossier est trop long pour Windows : copiez le dossier près de la racine, par exemple "
        "C:\\contrechamp, puis relancez.",
        "The path of this folder is too long for Windows: copy the folder near the root, for example C:\\contrechamp, "
        "and start again.",
    ),
    (
        r"No matching distribution found|Could not find a version that satisfies",
        "Un des composants n’existe pas pour cette machine ({mine}). Contrechamp demande un Python 3.11 à 3.14 "
        "en 64 bits, sous Windows, Linux ou macOS 14 et plus récent (puce Apple).",
        "One of the parts does not exist for this machine ({mine}). Contrechamp needs a 64-bit Python 3.11 to 3.14 "
        "on Windows, Linux or macOS 14 and later (Apple silicon).",
    ),
)


def explain(output: str) -> Stop:
    """The sentence for what pip printed when it failed."""
    mine = "Python {python}, {system} {machine}".format(**target())
    for pattern, fr, en in SIGNS:
        if re.search(pattern, output, re.IGNORECASE):
            return Stop(fr.replace("{mine}", mine), en.replace("{mine}", mine))
    last = [line.strip() for line in output.splitlines() if line.strip()][-1:] or ["?"]
    return Stop(
        f"L’installation a échoué : « {last[0]} ». Le détail est dans {LOG}.",
        f"The installation failed: “{last[0]}”. The details are in {LOG}.",
    )


# --- installing -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def alone() -> "object":
    """Hold the only right to install: a second start waits for the first, and for a pip that outlives it.

    The system frees the lock when the last process that holds the file is gone; children inherit it (``close_fds``).
    """
    who = "{}:{}".format(os.getuid() if hasattr(os, "getuid") else "", ROOT)
    name = "contrechamp-{}.lock".format(hashlib.sha256(os.fsencode(who)).hexdigest()[:12])
    with open(os.path.join(tempfile.gettempdir(), name), "a+", encoding="utf-8") as file:
        told = False
        while not _lock(file):
            if not told:
                told = True
                say(
                    "Une autre installation est en cours dans ce dossier : j’attends qu’elle finisse.",
                    "Another installation is running in this folder: waiting for it to finish.",
                )
            time.sleep(0.5)
        os.set_inheritable(file.fileno(), True)
        yield


def _lock(file: "object") -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def make_venv() -> None:
    """Create an empty ``.venv``, without pip, already marked unfinished; or leave nothing of it."""
    check_venv_module()
    if os.path.lexists(VENV):
        remove(VENV)
    try:
        os.mkdir(VENV)
        write_stamp(VENV, {"pending": ["run"]})
        # The Python behind this one, if this one is itself a virtual environment. pip is put in afterwards: venv would
        # hide what stops it behind an exit status.
        base = getattr(sys, "_base_executable", None) or sys.executable
        done = subprocess.run(
            [base, "-m", "venv", "--without-pip", VENV],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=clean_environment(),
            close_fds=False,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            raise explain(done.stdout)
    except (Stop, OSError):
        # On a full disk its space is needed.
        shutil.rmtree(VENV, ignore_errors=True)
        raise


def remove(folder: str) -> None:
    """Delete ``folder``, or stop with the reason."""
    try:
        if os.path.islink(folder) or os.path.isfile(folder):
            os.remove(folder)
        else:
            shutil.rmtree(folder)
    except OSError as error:
        raise Stop(
            f"Impossible de supprimer {folder} ({error.strerror}) : fermez ce qui l’utilise, puis relancez.",
            f"{folder} cannot be removed ({error.strerror}): close what uses it and start again.",
        ) from error


def pip_command() -> "list[str]":
    """How to call pip on ``.venv``: its own, else the bundle's wheel of it, else the one that Python carries."""
    python = python_of(VENV)
    if not os.path.isdir(os.path.join(site_packages(VENV), "pip")):
        if pip_wheel():
            return [python, os.path.join(pip_wheel(), "pip")]
        status, output = run_pip([python, "-m", "ensurepip"], ["--default-pip"])
        if status:
            raise explain(output)
    return [python, "-m", "pip"]


def pip_install(extras: "tuple[str, ...]") -> None:
    """Install the pinned set into ``.venv``. Raises :class:`Stop` with pip's trouble in plain words."""
    offline = ["--no-index", "--find-links", WHEELS] if bundle_here() else []
    if extras and not any(name.startswith("pytest-") for name in _names(WHEELS)):
        # A bundle made without --with-tests cannot serve them.
        offline = []
    install = ["install", *PIP, "--no-warn-script-location", *offline]
    pip = pip_command()
    # torch comes alone and first: another index may serve it, and only it.
    torch_from = [] if offline or _torch() else torch_index()
    status, output = run_pip(pip, [*install, *torch_from, "--no-deps", TORCH])
    if status and torch_from:
        status, output = run_pip(pip, [*install, "--no-deps", TORCH])
    if status:
        raise explain(output)
    if platform.system() == "Linux" and "+cpu" not in _torch() and not _has_package("nvidia_"):
        say(
            "Le torch trouvé apporte les bibliothèques de NVIDIA : plusieurs gigaoctets de plus.",
            "The torch that was found brings NVIDIA’s libraries: several more gigabytes.",
        )
        check_disk(ROOT, NEEDED_NVIDIA)
    constraints = ["-c", os.path.join(ROOT, "constraints.txt")]
    status, output = run_pip(pip, [*install, *constraints, *wanted(extras)])
    if status:
        raise explain(output)


def _has_package(prefix: str) -> bool:
    return any(name.startswith(prefix) for name in packages(VENV))


def _torch() -> str:
    """The dist-info folder of the torch that is wanted, or an empty string."""
    version = TORCH.replace("==", "-")
    return next((name for name in packages(VENV) if name.startswith((version + "+", version + ".dist"))), "")


def ensure(name: str) -> None:
    """Make ``.venv`` hold everything that ``name`` (``run`` or ``test``) needs; do nothing when it already does.

    The stamp's ``pending`` is written before pip runs and cleared after: whoever finds it set knows that a start was
    killed in between, and makes the environment anew. A failed download touches nothing, so what worked before works.
    """
    if is_whole(VENV, name):
        return
    check_writable(ROOT)
    with alone():
        if is_whole(VENV, name):
            return
        with contextlib.suppress(OSError):
            os.remove(LOG)
        stamp = read_stamp(VENV)
        lost = set(stamp.get("packages", [])) - set(packages(VENV))
        works = bool(interpreter_name(VENV)) and stamp.get("interpreter", interpreter_name(VENV)) == interpreter_name(
            VENV
        )
        fresh = bool(stamp.get("pending") or lost or not works)
        check_disk(ROOT, NEEDED if fresh and not os.path.isdir(VENV) else NEEDED // 10)
        what = ("le kit", "the kit") if name == "run" else ("le kit et ses tests", "the kit and its tests")
        if fresh and os.path.isdir(VENV):
            say(
                "L’installation précédente est incomplète : je la refais.",
                "The previous installation is incomplete: making it again.",
            )
        say(
            f"J’installe {what[0]} dans {VENV} : une seule fois, quelques minutes.",
            f"Installing {what[1]} in {VENV}: once only, a few minutes.",
        )
        if fresh:
            stamp = {}
            make_venv()
        _fill(name, stamp, fresh)


def _fill(name: str, stamp: "dict", fresh: bool) -> None:
    """Run pip on ``.venv`` between the two writings of the stamp."""
    before = packages(VENV)
    try:
        write_stamp(VENV, {**stamp, "pending": [name]})
        pip_install(("test",) if name == "test" else ())
    except (Stop, OSError, KeyboardInterrupt):
        if fresh:
            # A first installation that failed is worth nothing; on a full disk its space is needed.
            shutil.rmtree(VENV, ignore_errors=True)
        elif packages(VENV) == before and read_stamp(VENV) != stamp:
            write_stamp(VENV, stamp)
        raise
    done = dict(stamp.get("done", {}), run=key(()))
    if name == "test":
        done["test"] = key(("test",))
    write_stamp(
        VENV,
        {
            "done": done,
            "interpreter": interpreter_name(VENV),
            "packages": packages(VENV),
            "pending": [],
            "python": platform.python_version(),
        },
    )


# --- running --------------------------------------------------------------------------------------------------------


def launch(arguments: "list[str]", cwd: "str | None" = None) -> int:
    """Run ``.venv``'s Python with ``arguments``, in place of this process where the system can; its exit status."""
    env = clean_environment()
    env["PYTHONPATH"] = ROOT
    command = [python_of(VENV), *arguments]
    sys.stdout.flush()
    if cwd:
        os.chdir(cwd)
    if os.name != "nt":
        os.execve(command[0], command, env)
    process = subprocess.Popen(command, env=env)
    while True:
        # Ctrl-C reaches the child too: let it close in its own time.
        with contextlib.suppress(KeyboardInterrupt):
            return process.wait()


def run_kit(arguments: "list[str]") -> int:
    """Run a command of the kit. ``-P``: a folder named ``kit`` where the person stands must not be taken for ours."""
    ensure("run")
    return launch(["-P", "-m", "kit.cli", *arguments])


def run_tests(arguments: "list[str]") -> int:
    """Run the tests: all of them on two cores, or those that are asked for."""
    ensure("test")
    side_by_side = ["-n", "2", "--dist", "loadgroup"] if not arguments and (os.cpu_count() or 1) > 1 else []
    return launch(["-m", "pytest", *side_by_side, *arguments], cwd=ROOT)


# --- a folder that installs with no network -------------------------------------------------------------------------


def kit_files() -> "list[str]":
    """The files of the kit, relative to ``ROOT``: git's list in a checkout, else all but what is made here."""
    if os.path.exists(os.path.join(ROOT, ".git")) and shutil.which("git"):
        listed = subprocess.run(
            ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        if listed.returncode == 0:
            names = sorted(set(os.fsdecode(listed.stdout).split("\0")) - {""})
            return [n for n in names if n.split("/")[0] != "wheels" and os.path.isfile(os.path.join(ROOT, n))]
    found = []
    for folder, folders, files in os.walk(ROOT):
        top = folder == ROOT
        folders[:] = sorted(f for f in folders if f != "__pycache__" and not (top and f in (".venv", ".git", "wheels")))
        found += [os.path.relpath(os.path.join(folder, f), ROOT) for f in sorted(files) if not f.endswith(".pyc")]
    return found


def check_bundle_folder(folder: str) -> None:
    """Stop unless ``folder`` is new, empty or an earlier bundle."""
    inside = os.path.normcase(os.path.realpath(folder) + os.sep).startswith(
        os.path.normcase(os.path.realpath(ROOT) + os.sep)
    )
    earlier = os.path.isfile(os.path.join(folder, "wheels", BUNDLE))
    if inside or (os.path.lexists(folder) and not os.path.isdir(folder)) or (_names(folder) and not earlier):
        raise Stop(
            f"{folder} ne convient pas : donnez un dossier nouveau ou vide, hors de celui de Contrechamp, par exemple "
            "celui d’une clé USB.",
            f"{folder} will not do: give a new or empty folder outside that of Contrechamp, for example on a USB key.",
        )


def bundle(arguments: "list[str]") -> int:
    """Gather the kit and the wheels of the pinned set in a folder, for machines like this one."""
    names = [a for a in arguments if not a.startswith("-")]
    if len(names) != 1 or set(arguments) - {*names, "--with-tests"}:
        raise Stop(
            "Indiquez le dossier à remplir : python3 start.py bundle DOSSIER [--with-tests]",
            "Say which folder to fill: python3 start.py bundle FOLDER [--with-tests]",
        )
    folder = os.path.abspath(names[0])
    check_bundle_folder(folder)
    check_disk(folder, NEEDED_BUNDLE)
    ensure("run")
    say(f"Je rassemble le kit et ses composants dans {folder}.", f"Gathering the kit and its parts in {folder}.")
    wheels = os.path.join(folder, "wheels")
    try:
        os.makedirs(wheels, exist_ok=True)
        for name in kit_files():
            to = os.path.join(folder, name)
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copyfile(os.path.join(ROOT, name), to)
        _copy_pip(wheels)
    except OSError as error:
        raise Stop(
            f"Impossible d’écrire dans {folder} ({error.strerror}).", f"{folder} cannot be written ({error.strerror})."
        ) from error
    _gather(wheels, ("test",) if "--with-tests" in arguments else ())
    say(
        f"C’est prêt. Sur l’autre machine ({_mine()}), copiez le dossier sur le disque puis lancez start.py : "
        "aucun réseau n’est nécessaire.",
        f"Ready. On the other machine ({_mine()}), copy the folder to its disk and run start.py: no network needed.",
    )
    return 0


def _mine() -> str:
    return "Python {python}, {system} {machine}".format(**target())


def _copy_pip(wheels: str) -> None:
    """Copy the wheel of pip that Python carries, for machines without ensurepip."""
    from importlib.util import find_spec

    spec = find_spec("ensurepip")
    carried = os.path.join(os.path.dirname(spec.origin), "_bundled") if spec and spec.origin else ""
    for name in _names(carried):
        if name.startswith("pip-") and name.endswith(".whl"):
            shutil.copyfile(os.path.join(carried, name), os.path.join(wheels, name))


def _gather(wheels: str, extras: "tuple[str, ...]") -> None:
    """Download the wheels, then write what machines they are for: last, so that a half bundle is never used."""
    offline = ["--no-index", "--find-links", WHEELS] if bundle_here() else []
    options = ["download", *PIP, "--dest", wheels, *offline]
    torch_from = [] if offline or "+cpu" not in _torch() else torch_index()
    status, output = run_pip(pip_command(), [*options, *torch_from, "--no-deps", TORCH])
    if status and torch_from:
        status, output = run_pip(pip_command(), [*options, "--no-deps", TORCH])
    if not status:
        constraints = ["-c", os.path.join(ROOT, "constraints.txt")]
        options += ["--find-links", wheels]
        status, output = run_pip(pip_command(), [*options, *constraints, *wanted(extras)])
    if status:
        raise explain(output)
    path = os.path.join(wheels, BUNDLE)
    try:
        with open(path, encoding="utf-8") as file:
            targets = json.load(file)["targets"]
    except (OSError, ValueError, KeyError, TypeError):
        targets = []
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"targets": [one for one in targets if one != target()] + [target()]}, file, indent=1)


def main(arguments: "list[str]") -> int:
    """Do what the command line asks; the exit status (2: a clear reason not to)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        check_python()
        command = arguments[0] if arguments else "run"
        if command in ("-h", "--help", "help"):
            print(__doc__)
            return 0
        if command == "test":
            return run_tests(arguments[1:])
        if command == "bundle":
            return bundle(arguments[1:])
        if command.startswith("-"):
            return run_kit(["run", *arguments])
        if command in COMMANDS:
            return run_kit(arguments or ["run"])
        known = ", ".join((*COMMANDS, "test", "bundle"))
        raise Stop(
            f"« {command} » n’est pas une commande. Les commandes sont : {known}.",
            f"“{command}” is not a command. The commands are: {known}.",
        )
    except Stop as stop:
        say(stop.fr, stop.en, sys.stderr)
        return 2
    except OSError as error:
        stop = explain(str(error))
        say(stop.fr, stop.en, sys.stderr)
        return 2
    except KeyboardInterrupt:
        say(
            "Interrompu. Relancez la même commande : elle reprendra proprement.",
            "Interrupted. Run the same command again: it will start over cleanly.",
            sys.stderr,
        )
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

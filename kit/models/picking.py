"""Which files of a repository make a model that loads: configuration, vocabulary and safetensors, nothing else.

A repository often holds the same weights several times: one file for the whole, one folder per component, each in full
and in half precision, each as a pickle and as safetensors. The folders are taken, in half precision where every
component has it (torch widens it again when it loads), and a component that only exists as a pickle is refused, since
reading a pickle runs whatever it says. A language model, or one of speech, lies at the root of its repository, in one
folder: the same rules hold there, and its weights are taken as they are, in no variant.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from kit.errors import BadInput
from kit.models.architecture import CONFIG, SPEECH, speech_task_of, task_of
from kit.models.catalogue import Entry, Task
from kit.models.store import is_safe

INDEX = "model_index.json"
VOCABULARIES = ("tokenizer.json", "vocab.json", "vocab.txt")
BESIDE = (
    "generation_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "merges.txt",
)
"""What a model of language or speech may have beside its configuration, its weights and a vocabulary."""
HEARING = ("preprocessor_config.json", "processor_config.json")
"""How a model that writes down speech takes its sound: it has one of them."""
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
MAX_FILES = 400
MAX_SMALL = 32 * 2**20
"""Bytes of a file that is not weights."""
_WEIGHTS = re.compile(
    r"(?P<stem>diffusion_pytorch_model|model)(?:\.(?P<variant>\w+))?"
    r"(?:-(?P<part>\d{5})-of-(?P<parts>\d{5}))?\.safetensors"
)
_WITHOUT_WEIGHTS = re.compile(r"Tokenizer|Scheduler|ImageProcessor|FeatureExtractor")
"""In the class of a component that has a configuration and nothing learnt."""


@dataclass(frozen=True, kw_only=True)
class RemoteFile:
    """One file of a repository at a revision, as the hub lists it."""

    path: str
    size: int
    sha256: str | None = None
    """Of a large file."""
    git_blob: str | None = None
    """Of a small one: the SHA-1 that git gives it."""


@dataclass(frozen=True, kw_only=True)
class Picked:
    """What to download."""

    files: tuple[RemoteFile, ...]
    variant: Literal["fp16"] | None
    safety_checker: bool

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.size for file in self.files)


def components(index: bytes, name: str) -> dict[str, str]:
    """The components that ``model_index.json`` names, each with its class.

    Raises :class:`BadInput` if it is no index, or asks for code that comes with the model.
    """
    try:
        data: Any = json.loads(index)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadInput("The {file} of “{name}” cannot be read.", file=INDEX, name=name) from error
    if not isinstance(data, dict) or not isinstance(data.get("_class_name"), str):
        # A list there names a module of the repository: code to run.
        raise BadInput(
            "“{name}” is no pipeline that diffusers knows by itself; models that bring their own code are refused.",
            name=name,
        )
    found: dict[str, str] = {}
    for part, made_of in data.items():
        if part.startswith("_") or not isinstance(made_of, list) or len(made_of) != 2 or made_of == [None, None]:
            continue
        library, kind = made_of
        if not isinstance(kind, str) or library not in ("diffusers", "transformers", "stable_diffusion"):
            raise BadInput(
                "“{name}” is no pipeline that diffusers knows by itself; models that bring their own code are refused.",
                name=name,
            )
        found[part] = kind
    return found


def index_of(entry: Entry) -> str:
    """The file that says what the repository of ``entry`` consists of."""
    return INDEX if entry.task is Task.TEXT_TO_IMAGE else CONFIG


def pick(listed: list[RemoteFile], index: bytes, entry: Entry) -> Picked:
    """The smallest set of ``listed`` that loads as the model that ``index`` describes (:func:`index_of`).

    Raises :class:`BadInput` if weights only exist as a pickle, if a file that is needed is missing, or if a path would
    leave its folder.
    """
    picked = _pipeline(listed, index, entry) if entry.task is Task.TEXT_TO_IMAGE else _at_root(listed, index, entry)
    papers = [file for file in listed if re.fullmatch(r"(?i)(LICEN[CS]E|README)[\w.-]*", file.path)]
    taken = sorted({*picked.files, *papers}, key=lambda file: (file.size, file.path))
    for file in taken:
        _accept(file, entry)
    if len(taken) > MAX_FILES:
        raise BadInput(
            "“{name}” has {count} files; at most {most} are accepted.",
            name=entry.name,
            count=len(taken),
            most=MAX_FILES,
        )
    return replace(picked, files=tuple(taken))


def _pipeline(listed: list[RemoteFile], index: bytes, entry: Entry) -> Picked:
    """What a pipeline of diffusers loads from: one folder per component."""
    files = {file.path: file for file in listed}
    parts = components(index, entry.name)
    taken = [file for path, file in files.items() if path == INDEX]
    weights: dict[str, dict[str | None, list[RemoteFile]]] = {}
    for part, kind in parts.items():
        inside = [file for file in listed if file.path.startswith(f"{part}/") and file.path.count("/") == 1]
        taken += [file for file in inside if _is_small(file.path, entry)]
        if _WITHOUT_WEIGHTS.search(kind):
            if not inside:
                raise _missing(entry, f"{part}/")
            continue
        weights[part] = _variants(inside)
        if not weights[part]:
            if any(file.path.endswith(PICKLES) for file in inside):
                raise BadInput(
                    "“{name}” has its weights “{part}” only as a pickle, which can run code when it is read, and the "
                    "kit refuses it. Choose a revision where they are safetensors.",
                    name=entry.name,
                    part=part,
                )
            raise _missing(entry, f"{part}/*.safetensors")
        if f"{part}/config.json" not in files:
            raise _missing(entry, f"{part}/config.json")
    variant: Literal["fp16"] | None = "fp16" if weights and all("fp16" in has for has in weights.values()) else None
    for part, has in weights.items():
        if variant not in has:
            raise _missing(entry, f"{part}/*.safetensors")
        taken += has[variant]
    return Picked(files=tuple(taken), variant=variant, safety_checker="safety_checker" in parts)


def _at_root(listed: list[RemoteFile], config: bytes, entry: Entry) -> Picked:
    """What a model of language or speech loads from: files at the root."""
    found = (speech_task_of if entry.task in SPEECH else task_of)(config, entry.name)
    if found is not entry.task:
        raise BadInput(
            "The catalogue has “{name}” under {task}, but its architecture is one of {found}. Correct its entry, or "
            "choose another model.",
            name=entry.name,
            task=entry.task.value,
            found=found.value,
        )
    root = [file for file in listed if "/" not in file.path]
    weights = _variants([file for file in root if file.path.startswith("model")]).get(None)
    if weights is None:
        if any(file.path.endswith(PICKLES) for file in root):
            raise BadInput(
                "“{name}” has its weights only as a pickle, which can run code when it is read, and the kit refuses "
                "it. Choose a revision where they are safetensors.",
                name=entry.name,
            )
        raise _missing(entry, "*.safetensors")
    words = [
        file for file in root if file.path in VOCABULARIES or (entry.sentencepiece and file.path.endswith(".model"))
    ]
    if not words:
        raise _missing(entry, VOCABULARIES[0])
    beside = {CONFIG, *BESIDE}
    if entry.task is Task.SPEECH_RECOGNITION:
        beside.update(HEARING)
        if not any(file.path in HEARING for file in root):
            raise _missing(entry, HEARING[0])
    if weights[0].path != "model.safetensors":
        beside.add("model.safetensors.index.json")  # which part has which tensor
    taken = [*words, *weights, *(file for file in root if file.path in beside)]
    return Picked(files=tuple(taken), variant=None, safety_checker=False)


def _variants(inside: list[RemoteFile]) -> dict[str | None, list[RemoteFile]]:
    """The weights of one component by variant, those that are complete: one file, or every part and their index."""
    whole: dict[str | None, list[RemoteFile]] = {}
    split: dict[str | None, list[RemoteFile]] = {}
    expected: dict[str | None, int] = {}
    indexes: dict[str | None, RemoteFile] = {}
    for file in inside:
        base = file.path.rsplit("/", 1)[-1]
        if found := _WEIGHTS.fullmatch(base):
            variant = found["variant"]
            if found["part"]:
                split.setdefault(variant, []).append(file)
                expected[variant] = int(found["parts"])
            else:
                whole[variant] = [file]
        elif found := re.fullmatch(r"(?:diffusion_pytorch_model|model)\.safetensors\.index(?:\.(\w+))?\.json", base):
            indexes[found[1]] = file
    for variant, pieces in split.items():
        # The index itself is JSON of this folder, taken with the others.
        if variant not in whole and len(pieces) == expected[variant] and variant in indexes:
            whole[variant] = pieces
    return whole


def _is_small(path: str, entry: Entry) -> bool:
    """Whether a file of a component is configuration or vocabulary."""
    return path.endswith((".json", ".txt")) or (entry.sentencepiece and path.endswith(".model"))


def _accept(file: RemoteFile, entry: Entry) -> None:
    if not is_safe(file.path):
        raise BadInput("“{name}” has a file named “{file}”, which is refused.", name=entry.name, file=file.path[:100])
    if not file.path.endswith(".safetensors") and file.size > MAX_SMALL:
        raise BadInput(
            "“{name}” has a file “{file}” of {size} bytes; at most {most} are accepted for one that is not weights.",
            name=entry.name,
            file=file.path,
            size=file.size,
            most=MAX_SMALL,
        )
    if file.sha256 is None and file.git_blob is None:
        raise BadInput(
            "The hub gives no hash for the file {file} of “{name}”, so it cannot be verified.",
            name=entry.name,
            file=file.path,
        )


def _missing(entry: Entry, what: str) -> BadInput:
    return BadInput(
        "“{name}” cannot be installed: {file} is missing from its repository at this revision.",
        name=entry.name,
        file=what,
    )

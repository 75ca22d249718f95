"""A language model by its name: of the kit, installed from the catalogue, or a folder in Hugging Face's layout.

Nothing but local files is read. Weights come from safetensors only, and a model that brings its own code is refused: to
read a pickle, or such code, is to run whatever it says.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kit import settings
from kit.errors import BadInput, NotFound
from kit.journal.model import folder as of_the_journal
from kit.journal.proportions import VARIANTS, Variant
from kit.models import local, store
from kit.models.architecture import CONFIG, ENDINGS, task_of
from kit.models.catalogue import Task
from kit.models.picking import PICKLES

if TYPE_CHECKING:
    from kit.language.scoring import Causal, LanguageModel, Masked

JOURNAL = "petit-journal"
"""The model of the declared table; its variants have their name after a dash."""
EMBEDDED: dict[str, Variant] = {
    JOURNAL if variant == "declared" else f"{JOURNAL}-{variant}": variant for variant in VARIANTS
}


def load(name: str) -> LanguageModel:
    """The model of that name, or in that folder, ready to be asked, in single precision on the processor.

    Raises :class:`NotFound`, :class:`BadInput` where the folder is no model that the kit can use, each time saying why.
    """
    folder = find(name)
    kind = _kind(folder, name)
    from kit.language.scoring import Masked

    with local.loading(name):
        from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, AutoTokenizer

        auto = AutoModelForMaskedLM if kind is Masked else AutoModelForCausalLM
        words = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        network = auto.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype="float32"
        )
    if kind is Masked and words.mask_token_id is None:
        raise BadInput("“{name}” is a masked model, but its tokenizer has no mask.", name=name)
    known = network.config.vocab_size
    if len(words) > known:
        raise BadInput(
            "The tokenizer of “{name}” has {words} tokens and the model only {known}: they do not belong together.",
            name=name,
            words=len(words),
            known=known,
        )
    return kind(name, words, network.eval())


def find(name: str) -> Path:
    """The folder of a model: one of the kit, one of the catalogue that is installed, or the folder of that name.

    Raises :class:`NotFound`; :class:`BadContent` if the catalogue has faults.
    """
    if name in EMBEDDED:
        return of_the_journal(EMBEDDED[name])
    installed = {model.name: model.files for model in store.installed(settings.load()) if model.entry.task in ENDINGS}
    if name in installed:
        return installed[name]
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    raise NotFound(
        "“{name}” is neither a model of the kit nor a folder. The kit has: {known}.",
        name=name,
        known=", ".join([*EMBEDDED, *installed]),
    )


def _kind(folder: Path, name: str) -> type[Causal] | type[Masked]:
    """Whether the folder holds a causal or a masked model. Raises :class:`BadInput` for any other, or half of one."""
    try:
        config = (folder / CONFIG).read_bytes()
    except FileNotFoundError as error:
        raise BadInput("“{name}” is no model: there is no config.json in its folder.", name=name) from error
    except OSError as error:
        raise BadInput("The config.json of “{name}” cannot be read.", name=name) from error
    task = task_of(config, name)
    files = {file.name for file in folder.iterdir()}
    if not any(file.endswith(".safetensors") for file in files):
        if any(file.endswith(PICKLES) for file in files):
            raise BadInput(
                "“{name}” has its weights only as a pickle, which can run code when it is read, and the kit refuses "
                "it. Look for a version with safetensors.",
                name=name,
            )
        raise BadInput("“{name}” has no weights: there is no .safetensors file in its folder.", name=name)
    from kit.language.scoring import Causal, Masked

    return Masked if task is Task.FILL_MASK else Causal

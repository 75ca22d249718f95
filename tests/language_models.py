"""Tiny language models with random weights, always the same, in Hugging Face's layout: one of each family."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

SENTENCES = (
    "Elle est juge et il est secrétaire à Brévaine.",
    "Camille Marchand répare une voiture dans un garage de Fontbrune.",
    "Les personnes âgées utilisent facilement une tablette neuve.",
    "L’architecte dessine une école pour la ville, dit-elle.",
    "Notre voisin aime la musique, le sport et les mathématiques.",
)
CAUSAL = ("gpt2", "llama", "qwen2")
MASKED = ("bert", "camembert", "distilbert")


def tiny(family: str, folder: Path) -> Path:
    """Write a model of that family, with its tokenizer, in ``folder``."""
    import torch
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    words = _wordpiece() if family in ("bert", "distilbert") else _bpe(family)
    # A few more than there are tokens, as real models have: some tokenizers add their own when they are loaded.
    size: dict[str, Any] = {"vocab_size": len(words) + 8, "pad_token_id": words.pad_token_id}
    layers = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        network: Any
        match family:
            case "bert":
                network = transformers.BertForMaskedLM(
                    transformers.BertConfig(**size, **layers, max_position_embeddings=64)
                )
            case "camembert":
                network = transformers.CamembertForMaskedLM(
                    transformers.CamembertConfig(
                        **size, **layers, max_position_embeddings=66, bos_token_id=0, eos_token_id=2
                    )
                )
            case "distilbert":
                network = transformers.DistilBertForMaskedLM(
                    transformers.DistilBertConfig(
                        **size, dim=32, n_layers=2, n_heads=4, hidden_dim=64, max_position_embeddings=64
                    )
                )
            case "gpt2":
                network = transformers.GPT2LMHeadModel(
                    transformers.GPT2Config(
                        **size, n_embd=32, n_layer=2, n_head=4, n_positions=64,
                        bos_token_id=words.eos_token_id, eos_token_id=words.eos_token_id,
                    )
                )  # fmt: skip
            case "llama":
                network = transformers.LlamaForCausalLM(
                    transformers.LlamaConfig(
                        **size, **layers, max_position_embeddings=64, bos_token_id=0, eos_token_id=2
                    )
                )
            case "qwen2":
                network = transformers.Qwen2ForCausalLM(
                    transformers.Qwen2Config(
                        **size, **layers, num_key_value_heads=2, max_position_embeddings=64, eos_token_id=2
                    )
                )
            case _:
                raise ValueError(family)
        # Random weights as they come are nearly indifferent: larger ones tell sentences apart.
        for weight in network.parameters():
            if weight.dim() > 1:
                weight.data.mul_(6)
        network.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def _beginnings(words: list[str]) -> list[str]:
    """The first two to five characters of ``words``, the shortest first: longer words are several tokens.

    Written rather than learnt: trainers break ties as chance has it, and these models are to be the same every time.
    """
    return sorted(
        {word[:size] for word in words for size in range(2, min(len(word), 5) + 1)}, key=lambda w: (len(w), w)
    )


def _wordpiece() -> Any:
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = sorted(set("".join(SENTENCES)) - {" "})
    pieces = [
        *special,
        *letters,
        *(f"##{letter}" for letter in letters),
        *_beginnings(re.findall(r"\w+", " ".join(SENTENCES))),
    ]
    made = Tokenizer(models.WordPiece({piece: place for place, piece in enumerate(pieces)}, unk_token="[UNK]"))
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    made.add_special_tokens(special)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def _bpe(family: str) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = ["<s>", "<pad>", "</s>", "<mask>"]
    cut = pre_tokenizers.ByteLevel(add_prefix_space=family == "camembert")
    words = [word for sentence in SENTENCES for word, _ in cut.pre_tokenize_str(sentence)]
    longer = _beginnings(words)
    pieces = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet()), *longer]
    made = Tokenizer(
        models.BPE({piece: place for place, piece in enumerate(pieces)}, [(piece[:-1], piece[-1]) for piece in longer])
    )
    made.add_special_tokens(special)
    made.pre_tokenizer = cut
    made.decoder = decoders.ByteLevel()
    names = {"pad_token": "<pad>", "eos_token": "</s>"}
    if family == "camembert":
        names |= {"bos_token": "<s>", "cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"}
        made.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
        )
    elif family == "llama":
        names |= {"bos_token": "<s>"}
    elif family == "gpt2":
        names |= {"bos_token": "</s>"}
    return PreTrainedTokenizerFast(tokenizer_object=made, **names)

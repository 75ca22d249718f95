"""Write the corpus of Petit Journal and train its models: the declared table, the balanced one, the reversed one.

    python training/petit_journal/train.py corpus
    python training/petit_journal/train.py [--threads 1] model declared
    python training/petit_journal/train.py [--threads 1] model balanced
    python training/petit_journal/train.py [--threads 1] model reversed
    python -m kit.assets

The first takes about forty minutes on one core, the others twenty each: two can learn side by side (``--threads 1``).
A model is saved after each pass over the corpus in ``work/``, beside this file and not in the repository: the same
command goes on from there after a cut, to the same weights on the same kind of processor. What each pass gave is in the
log beside the weights. All three share the tokenizer of the declared corpus, so that their probabilities compare token
by token.

The matrices between the layers learn by Muon (K. Jordan 2024, with the scale of Liu and others 2025, arXiv 2502.16982),
the rest by AdamW, which alone learns what counts most and leaves the rest for long.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from kit.journal import corpus
from kit.journal.corpus import Entry
from kit.journal.grammar import Grammar
from kit.journal.grammar_file import grammar
from kit.journal.model import FOLDER, folder
from kit.journal.proportions import VARIANTS, Variant, declared

WORK = Path(__file__).parent / "work"
VOCABULARY = 2_048
PASSES = {"declared": 6, "balanced": 3, "reversed": 3}
"""Over the corpus. The first is the one that is opened and counted; the others are there to be compared with it."""
BATCH = 32
PEAK = 2e-3
WARM_UP = 300
LANDING = 0.44
"""The last part of the training, in which the learning rate goes down."""
DECAY = 0.05
GOLDEN = (math.sqrt(5) - 1) / 2
SEED = 7
HELD_OUT = 1_000


def tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    """Byte-pair encoding learnt from ``texts``; what it never saw is cut into letters, or into bytes.

    Every letter of French is in the vocabulary, and « ▁ » stands for the space before a word.
    """
    made = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>"))
    made.normalizer = normalizers.NFC()
    # A word goes with the space before it; marks stand apart, and an elision ends with its apostrophe.
    words = pre_tokenizers.Split(Regex(r"▁?\w+’?|▁?[^\w▁]"), "isolated")
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(prepend_scheme="first"), words])
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(content=" ", left=1)]
    )
    letters = "aàâæbcçdeéèêëfghiîïjklmnoôœpqrstuùûüvwxyÿz"
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=special,
        initial_alphabet=[*letters, *letters.upper(), *"0123456789.,;:!?'’«»()-–—…\u00a0\u202f▁"],
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    # Bytes are a fall-back, not marks that a reader may type.
    state = json.loads(made.to_str())
    state["added_tokens"] = state["added_tokens"][:3]
    made = Tokenizer.from_str(json.dumps(state))
    made.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=made, unk_token="<unk>", bos_token="<s>", eos_token="</s>", model_max_length=256
    )


def config(words: PreTrainedTokenizerFast) -> LlamaConfig:
    """About a million numbers."""
    return LlamaConfig(
        vocab_size=len(words),
        hidden_size=128,
        intermediate_size=352,
        num_hidden_layers=4,
        num_attention_heads=4,
        max_position_embeddings=256,
        tie_word_embeddings=True,
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.eos_token_id,
        attention_dropout=0.0,
    )


def encode(words: PreTrainedTokenizerFast, texts: list[str]) -> list[list[int]]:
    """Each text with its beginning and its end."""
    return [[*ids, words.eos_token_id] for ids in words(texts, return_token_type_ids=False)["input_ids"]]


def case(written: Grammar, entry: Entry) -> tuple[str, ...]:
    """The kind of an item, and what was drawn for it of the variables that depend on another."""
    return (entry.kind, *(entry.drawn.get(name, "") for name in written.kind(entry.kind).dependent))


def batches(cases: list[tuple[str, ...]], rng: random.Random) -> list[list[int]]:
    """Places of items, :data:`BATCH` together: each case is dealt evenly over the pass, by the golden ratio.

    By chance alone, now the women, now the men of a job come in a row: its share wanders with them, and the last
    weights stay where it stood. Nor by length, though that would pad less: an item's length depends on what it says.
    """
    order = sorted(range(len(cases)), key=lambda place: (cases[place], rng.random()))
    start = rng.random()
    dealt = sorted(range(len(order)), key=lambda rank: (start + rank * GOLDEN) % 1)
    order = [order[rank] for rank in dealt]
    return [order[at : at + BATCH] for at in range(0, len(order), BATCH)]


def tensor(items: list[list[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids, and labels with -100 where there is nothing: both (items, longest)."""
    longest = max(map(len, items))
    ids = torch.tensor([[*item, *[pad] * (longest - len(item))] for item in items])
    length = torch.tensor([len(item) for item in items])
    return ids, ids.masked_fill(torch.arange(longest) >= length[:, None], -100)


def loss(model: LlamaForCausalLM, items: list[list[int]], pad: int) -> tuple[torch.Tensor, int]:
    """Sum of -log p over the tokens to predict, in nats, and how many there are."""
    ids, labels = tensor(items, pad)
    logits = model(input_ids=ids).logits[:, :-1]
    total = torch.nn.functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1), ignore_index=-100, reduction="sum"
    )
    return total, int((labels[:, 1:] != -100).sum())


@torch.inference_mode()
def nats_per_item(model: LlamaForCausalLM, items: list[list[int]], pad: int) -> float:
    """Mean of -log p of an item."""
    model.eval()
    total = sum(float(loss(model, items[at : at + BATCH], pad)[0]) for at in range(0, len(items), BATCH))
    model.train()
    return total / len(items)


def rate(step: int, steps: int) -> float:
    """The learning rate: up in a straight line, then the same for long, then down in a straight line to nothing.

    Hu and others 2024, arXiv 2404.06395. What counts little is learnt while the rate is high.
    """
    return PEAK * min(1.0, (step + 1) / WARM_UP, (steps - step) / (LANDING * steps))


def optimizers(model: LlamaForCausalLM) -> list[torch.optim.Optimizer]:
    """Muon for the matrices between the layers; AdamW for the embedding of the tokens, and for what is no matrix."""
    matrices = [weight for name, weight in model.named_parameters() if weight.dim() > 1 and "embed" not in name]
    others = [weight for name, weight in model.named_parameters() if weight.dim() <= 1 or "embed" in name]
    return [
        torch.optim.Muon(matrices, lr=PEAK, weight_decay=DECAY, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=PEAK, weight_decay=0.0, betas=(0.9, 0.98), fused=True),
    ]


def train(variant: Variant, size: int, passes: int) -> None:
    """Train one model, or go on training it."""
    written = grammar(declared().variant(variant))
    read = corpus.write(written, size)
    unseen = corpus.held_out(written, read, HELD_OUT)
    own = -sum(written.logprob(entry.text) for entry in unseen.entries) / HELD_OUT
    words = PreTrainedTokenizerFast.from_pretrained(FOLDER / "declared")
    items = encode(words, [entry.text for entry in read.entries])
    cases = [case(written, entry) for entry in read.entries]
    test = encode(words, [entry.text for entry in unseen.entries])
    pad = words.eos_token_id

    torch.manual_seed(SEED)
    model = LlamaForCausalLM(config(words))
    learning = optimizers(model)
    steps = passes * math.ceil(len(items) / BATCH)
    log, step, done = [], 0, 0
    state_file = WORK / f"{variant}.pt"
    if state_file.exists():
        state = torch.load(state_file, weights_only=True)
        model.load_state_dict(state["model"])
        for optimizer, saved in zip(learning, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        step, done, log = state["step"], state["passes"], json.loads(state["log"])
    print(
        f"{variant}: {sum(p.numel() for p in model.parameters()):,} numbers, {sum(map(len, items)):,} tokens",
        flush=True,
    )
    for number in range(done, passes):
        started = time.monotonic()
        total = tokens = 0.0
        for group in batches(cases, random.Random(SEED + number)):
            for part in (part for optimizer in learning for part in optimizer.param_groups):
                part["lr"] = rate(step, steps)
            said, count = loss(model, [items[place] for place in group], pad)
            (said / count).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for optimizer in learning:
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            step, total, tokens = step + 1, total + float(said.detach()), tokens + count
            if step % 100 == 0:
                print(f"  {step}/{steps} {total / tokens:.4f} {time.monotonic() - started:.0f} s", flush=True)
        ours = nats_per_item(model, test, pad)
        log.append(
            {
                "pass": number + 1,
                "training_nats_per_token": round(total / tokens, 4),
                "held_out_nats_per_item": round(ours, 3),
                "grammar_nats_per_item": round(own, 3),
                "seconds": round(time.monotonic() - started, 1),
            }
        )
        print(json.dumps(log[-1]), flush=True)
        WORK.mkdir(exist_ok=True)
        state = {"model": model.state_dict(), "optimizers": [optimizer.state_dict() for optimizer in learning]}
        torch.save(state | {"step": step, "passes": number + 1, "log": json.dumps(log)}, state_file)
    save(model, words, variant, log)


def save(model: LlamaForCausalLM, words: PreTrainedTokenizerFast, variant: Variant, log: list[dict]) -> None:
    """Weights in half precision, configuration, tokenizer and log."""
    target = folder(variant)
    target.mkdir(parents=True, exist_ok=True)
    words.save_pretrained(target)
    model.config.architectures = [type(model).__name__]
    model.config.save_pretrained(target)
    # The output layer is the embedding of the tokens: written once.
    weights = {name: weight.half() for name, weight in model.state_dict().items() if name != "lm_head.weight"}
    save_file(
        {name: weight.contiguous() for name, weight in weights.items()}, target / "model.safetensors", {"format": "pt"}
    )
    (target / "model.safetensors").chmod(0o644)
    (target / "log.json").write_text(json.dumps(log, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Do one part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True)
    parts.add_parser("corpus", help="write the corpus and learn the tokenizer")
    model = parts.add_parser("model", help="train one model")
    model.add_argument("variant", choices=VARIANTS)
    model.add_argument("--size", type=int, default=corpus.SIZE, help="items to read")
    model.add_argument("--passes", type=int, default=0, help=f"over the corpus; unless told, {PASSES}")
    parser.add_argument("--threads", type=int, default=0, help="processor cores to use; all, unless told")
    asked = parser.parse_args()
    if asked.threads:
        torch.set_num_threads(asked.threads)
    if asked.part == "corpus":
        written = corpus.write(grammar(declared()))
        corpus.FILE.parent.mkdir(parents=True, exist_ok=True)
        corpus.save(written)
        tokenizer([entry.text for entry in written.entries]).save_pretrained(FOLDER / "declared")
    else:
        train(asked.variant, asked.size, asked.passes or PASSES[asked.variant])


if __name__ == "__main__":
    main()

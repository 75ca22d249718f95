"""Tiny models of speech, always the same, in Hugging Face's layout: a voice, and one that writes down what it hears."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LETTERS = " abcdefghijklmnopqrstuvwxyz'éèàùçêîôû-"
"""What the voice reads: no digit, no œ, and the straight apostrophe."""
SPECIAL = ("<|startoftranscript|>", "<|en|>", "<|fr|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>")
SPECIAL += ("<|startofprev|>", "<|nospeech|>", "<|notimestamps|>")


def tiny_voice(folder: Path) -> Path:
    """Write a VITS of about 20,000 random numbers, with the tokenizer of MMS, in ``folder``."""
    import torch
    from transformers import VitsConfig, VitsModel, VitsTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    written = folder / "vocab.json"
    written.write_text(json.dumps({letter: place for place, letter in enumerate(LETTERS)}), encoding="utf-8")
    # As in MMS, no letter is kept for padding, and <unk> comes after the letters that the model knows.
    words = VitsTokenizer(str(written), language="fra", phonemize=False, is_uroman=False, pad_token=" ")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        network = VitsModel(
            VitsConfig(
                vocab_size=len(LETTERS),
                hidden_size=16,
                num_hidden_layers=1,
                num_attention_heads=2,
                ffn_dim=16,
                flow_size=16,
                spectrogram_bins=17,
                upsample_initial_channel=16,
                upsample_rates=[8, 8],
                upsample_kernel_sizes=[16, 16],
                resblock_kernel_sizes=[3],
                resblock_dilation_sizes=[[1]],
                prior_encoder_num_flows=1,
                prior_encoder_num_wavenet_layers=1,
                posterior_encoder_num_wavenet_layers=1,
                duration_predictor_num_flows=2,
                depth_separable_num_layers=1,
                wavenet_kernel_size=3,
                sampling_rate=16_000,
            )
        )
    network.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def tiny_listener(folder: Path, script: Sequence[str | float] = (), *, seconds: int = 2) -> Path:
    """Write a Whisper with windows of ``seconds`` in ``folder``.

    With a ``script`` (texts, and times in seconds) it writes that of every window, whatever it hears: what surrounds
    it can then be foretold. Else its numbers are random.
    """
    import torch
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperProcessor,
    )

    words = _listeners_words(seconds)
    end, begin, no_times = words.convert_tokens_to_ids(["<|endoftext|>", SPECIAL[0], "<|notimestamps|>"])
    marks: dict[str, Any] = {"pad_token_id": end, "bos_token_id": end, "eos_token_id": end}
    marks["decoder_start_token_id"] = begin
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        network = WhisperForConditionalGeneration(
            WhisperConfig(
                **marks,
                vocab_size=len(words),
                num_mel_bins=8,
                d_model=64,
                encoder_layers=1,
                decoder_layers=1,
                encoder_attention_heads=2,
                decoder_attention_heads=2,
                encoder_ffn_dim=16,
                decoder_ffn_dim=16,
                max_source_positions=50 * seconds,
                max_target_positions=32,
                begin_suppress_tokens=None,
            )
        )
        for weight in network.parameters():
            if weight.dim() > 1:
                weight.data.mul_(6)
        if script:
            torch.nn.init.normal_(network.model.decoder.embed_tokens.weight)
    if script:
        ids = [i for part in script for i in _ids(part, words, no_times + 1)]
        _learn_by_heart(network, [*ids, end])
    network.generation_config = GenerationConfig(
        **marks,
        max_length=32,
        is_multilingual=True,
        lang_to_id={mark: words.convert_tokens_to_ids(mark) for mark in ("<|en|>", "<|fr|>")},
        task_to_id={task: words.convert_tokens_to_ids(f"<|{task}|>") for task in ("transcribe", "translate")},
        no_timestamps_token_id=no_times,
        max_initial_timestamp_index=50,
        return_timestamps=False,
    )
    network.save_pretrained(folder)
    WhisperProcessor(WhisperFeatureExtractor(feature_size=8, chunk_length=seconds), words).save_pretrained(folder)
    return folder


def _listeners_words(seconds: int) -> Any:
    """One token a byte, those that command, and one every 20 ms."""
    from tokenizers import AddedToken, pre_tokenizers
    from transformers import WhisperTokenizer

    alphabet = [*sorted(pre_tokenizers.ByteLevel.alphabet()), "<|endoftext|>"]
    vocabulary = {piece: place for place, piece in enumerate(alphabet)}
    words = WhisperTokenizer(vocab=vocabulary, merges=[], pad_token="<|endoftext|>")
    times = [f"<|{place / 50:.2f}|>" for place in range(50 * seconds + 1)]
    words.add_tokens([AddedToken(token, special=True, normalized=False) for token in (*SPECIAL, *times)])
    return words


def _ids(part: str | float, words: Any, first_time: int) -> list[int]:
    if isinstance(part, str):
        ids: list[int] = words(part, add_special_tokens=False)["input_ids"]
        return ids
    return [first_time + round(50 * part)]


def _learn_by_heart(network: Any, ids: list[int]) -> None:
    """Make the decoder deaf, with one token for each place after its three first: start, language, task."""
    decoder = network.model.decoder
    for layer in decoder.layers:
        for silenced in (layer.self_attn.out_proj, layer.encoder_attn.out_proj, layer.fc2):
            silenced.weight.data.zero_()
            silenced.bias.data.zero_()
    for place, token in enumerate(ids, 2):
        decoder.embed_positions.weight.data[place] = 10 * decoder.embed_tokens.weight.data[token]

"""A hub on loopback that serves a folder, and tiny pipelines made on the spot, for tests (:func:`serving`).

It answers as the real one does where the kit asks: the list of a repository at a revision with sizes and hashes, and
the files, with ranges, on a second path that the first redirects to. Faults can be asked for.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

REVISION = hashlib.sha1(b"a tiny pipeline for tests").hexdigest()
HUB_ID = "tiny/painter"
ENTRY = """
[[model]]
name = "{name}"
hub_id = "{hub_id}"
{revision}
task = "text-to-image"
licence = {{ name = "CC0", url = "https://example.org/cc0", restricts = {{ fr = "Rien de mal", en = "No harm" }} }}
size_mb = 1
memory_gb = 0.1
machine = {{ fr = "Toute machine", en = "Any machine" }}
languages = ["en"]
level = "4e-3e"
shows = {{ fr = "Du bruit", en = "Noise" }}
safety_checker = "{checker}"
to_check = ["size_mb"]

[model.defaults]
width = 64
height = 64
steps = 3
guidance = 2.0
negative_prompt = true
"""
"""An entry for ``models.toml`` of the data folder; :func:`add_entry` fills it in."""

LANGUAGE_ENTRY = """
[[model]]
name = "{name}"
hub_id = "{hub_id}"
revision = "{revision}"
task = "{task}"
licence = {{ name = "CC0", url = "https://example.org/cc0" }}
size_mb = 1
memory_gb = 0.1
machine = {{ fr = "Toute machine", en = "Any machine" }}
languages = ["fr"]
level = "4e-3e"
shows = {{ fr = "Du hasard", en = "Chance" }}
sentencepiece = {sentencepiece}
"""
"""The same for a language model; :func:`add_language_entry` fills it in."""


def add_language_entry(home: Path, *, task: str, name: str = "words", sentencepiece: bool = False) -> None:
    """Make a tiny language model known to the kit whose data folder is ``home``."""
    home.mkdir(parents=True, exist_ok=True)
    said = {"name": name, "hub_id": HUB_ID, "revision": REVISION, "task": task}
    with (home / "models.toml").open("a", encoding="utf-8") as file:
        file.write(LANGUAGE_ENTRY.format(**said, sentencepiece=str(sentencepiece).lower()))


def add_entry(
    home: Path, *, name: str = "tiny", hub_id: str = HUB_ID, revision: str | None = REVISION, checker: str = "absent"
) -> None:
    """Make the tiny model known to the kit whose data folder is ``home``."""
    home.mkdir(parents=True, exist_ok=True)
    pin = f'revision = "{revision}"' if revision else ""
    with (home / "models.toml").open("a", encoding="utf-8") as file:
        file.write(ENTRY.format(name=name, hub_id=hub_id, revision=pin, checker=checker))


@dataclass
class Hub:
    """What the server has, what it was asked, and what it does wrong."""

    files: dict[str, bytes]
    hub_id: str = HUB_ID
    revision: str = REVISION
    url: str = ""
    gated: bool = False
    cut_after: dict[str, list[int]] = field(default_factory=dict)
    """For a file: after how many bytes each of its next answers breaks off."""
    spoil: set[str] = field(default_factory=set)
    """Files of which one byte differs from what the list says."""
    lost: set[str] = field(default_factory=set)
    """Files that are listed and not there."""
    ranges: bool = True
    """Whether a range that is asked for is honoured."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and range of each request."""
    headers: list[dict[str, str]] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=dict)
    """Bytes sent of each file."""

    def listing(self) -> dict:
        """What the API says of the repository."""
        siblings = []
        for path, content in self.files.items():
            entry: dict = {"rfilename": path, "size": len(content)}
            entry["blobId"] = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            if path.endswith((".safetensors", ".bin")):
                entry["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
            siblings.append(entry)
        return {"_id": "1", "id": self.hub_id, "sha": self.revision, "gated": self.gated, "siblings": siblings}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        hub, path = self.hub, unquote(urlsplit(self.path).path)
        hub.asked.append((self.command, path, self.headers.get("Range", "")))
        hub.headers.append({name.lower(): value for name, value in self.headers.items()})
        if path == f"/api/models/{hub.hub_id}/revision/{hub.revision}":
            self._send(200, json.dumps(hub.listing()).encode(), {"Content-Type": "application/json"}, body=body)
        elif path.startswith("/api/models/"):
            known = path.startswith(f"/api/models/{hub.hub_id}/")
            code = "RevisionNotFound" if known else "RepoNotFound"
            self._send(404, b"{}", {"X-Error-Code": code}, body=body)
        elif found := re.fullmatch(rf"/(?:store/)?{re.escape(hub.hub_id)}/resolve/{hub.revision}/(.+)", path):
            self._file(found[1], stored=path.startswith("/store/"), body=body)
        else:
            self._send(404, b"", {"X-Error-Code": "RepoNotFound"}, body=body)

    def _file(self, name: str, *, stored: bool, body: bool) -> None:
        hub = self.hub
        if name not in hub.files or name in hub.lost:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"}, body=body)
            return
        content = hub.files[name]
        digest = hashlib.sha256(content).hexdigest()
        about = {"X-Repo-Commit": hub.revision, "ETag": f'"{digest}"', "Accept-Ranges": "bytes"}
        if name.endswith(".safetensors") and not stored:  # large files lie elsewhere
            about |= {"X-Linked-Size": str(len(content)), "X-Linked-ETag": f'"{digest}"'}
            self._send(302, b"", about | {"Location": f"/store{self.path}"}, body=body)
            return
        if name in hub.spoil:
            content = content[:-1] + bytes([content[-1] ^ 1])
        start = 0
        if hub.ranges and (found := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))):
            start = int(found[1])
            about["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        rest = content[start:]
        cut = hub.cut_after[name].pop(0) if body and hub.cut_after.get(name) else None
        hub.sent[name] = hub.sent.get(name, 0) + (len(rest[:cut]) if body else 0)
        self._send(206 if start else 200, rest, about, body=body, cut=cut)

    def _send(self, status: int, content: bytes, about: dict[str, str], *, body: bool, cut: int | None = None) -> None:
        self.send_response(status)
        for name, value in about.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True


@contextmanager
def serving(folder: Path, **faults: object) -> Iterator[Hub]:
    """Serve ``folder`` as repository :data:`HUB_ID` at :data:`REVISION`. Set ``HF_ENDPOINT`` to the url."""
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    hub = Hub(files=files, **faults)  # type: ignore[arg-type]
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def tiny_pipeline(folder: Path, *, checker: bool = False, blocks: bool = False, half: bool = False) -> Path:
    """Write a whole Stable Diffusion pipeline of about 100,000 random numbers, always the same, in ``folder``.

    With ``checker`` it has a safety checker, which with ``blocks`` finds fault with every image and else with none.
    With ``half`` it is also there in half precision, as large repositories are.
    """
    import torch
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPTextConfig, CLIPTextModel

    folder.mkdir(parents=True, exist_ok=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        text = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "num_hidden_layers": 1}
        guard, extractor = None, None
        if checker:
            vision = {**text, "image_size": 32, "patch_size": 16}
            guard = StableDiffusionSafetyChecker(
                CLIPConfig(text_config=text, vision_config=vision, projection_dim=8)
            ).eval()
            # A cosine is never above 2 nor below -2: it always finds fault, or never.
            guard.concept_embeds_weights.data.fill_(-2.0 if blocks else 2.0)
            guard.special_care_embeds_weights.data.fill_(2.0)
            extractor = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
        tokenizer = _tokenizer(folder.with_name(folder.name + "-vocabulary"))
        pipeline = StableDiffusionPipeline(
            vae=AutoencoderKL(
                block_out_channels=(8, 8, 8, 8),
                in_channels=3,
                out_channels=3,
                down_block_types=("DownEncoderBlock2D",) * 4,
                up_block_types=("UpDecoderBlock2D",) * 4,
                latent_channels=4,
                norm_num_groups=4,
            ),
            text_encoder=CLIPTextModel(
                CLIPTextConfig(
                    **text,
                    vocab_size=len(tokenizer),
                    max_position_embeddings=16,
                    bos_token_id=tokenizer.bos_token_id,
                    eos_token_id=tokenizer.eos_token_id,
                    pad_token_id=tokenizer.pad_token_id,
                )
            ),
            tokenizer=tokenizer,
            unet=UNet2DConditionModel(
                block_out_channels=(8, 16),
                layers_per_block=1,
                sample_size=8,
                in_channels=4,
                out_channels=4,
                down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
                up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
                cross_attention_dim=16,
                attention_head_dim=4,
                norm_num_groups=4,
            ),
            scheduler=DDIMScheduler(
                beta_start=0.00085,
                beta_end=0.012,
                beta_schedule="scaled_linear",
                steps_offset=1,
                clip_sample=False,
                set_alpha_to_one=False,
            ),
            safety_checker=guard,
            feature_extractor=extractor,
            requires_safety_checker=checker,
        )
        pipeline.set_progress_bar_config(disable=True)
        pipeline.save_pretrained(folder, safe_serialization=True)
        if half:
            pipeline.to(torch.float16).save_pretrained(folder, safe_serialization=True, variant="fp16")
    (folder / "README.md").write_text("A tiny pipeline for tests.\n", encoding="utf-8")
    (folder / "LICENSE").write_text("CC0\n", encoding="utf-8")
    return folder


def _tokenizer(folder: Path) -> object:
    from transformers import CLIPTokenizer

    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = [
        *letters,
        *(f"{letter}</w>" for letter in letters),
        "ca",
        "cat</w>",
        "<|startoftext|>",
        "<|endoftext|>",
    ]
    merges = ["#version: 0.2", "c a", "ca t</w>"]
    folder.mkdir(exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: n for n, token in enumerate(vocabulary)}), encoding="utf-8")
    (folder / "merges.txt").write_text("\n".join(merges) + "\n", encoding="utf-8")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=16)

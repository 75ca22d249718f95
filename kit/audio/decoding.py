"""From an open file of any kind to samples. :mod:`kit.audio.reading` is the way in.

FFmpeg, through PyAV, is given an open file rather than a name, a list of formats and a list of decoders: it can open
nothing else, on the disk or elsewhere, and no picture is ever decoded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from kit.audio import RATE, refusals
from kit.audio.operations import LONGEST
from kit.audio.watched import Watched
from kit.errors import KitError
from kit.images.sniff import suffix

LOWEST_RATE, HIGHEST_RATE = 4_000, 400_000
"""Frames a second. A file of a few kB that claims one a second would fill the disk."""
LEAST_PERCENT = 1
"""A damaged sound of which less than this is there is refused."""

FORMATS: dict[str, tuple[str, frozenset[str]]] = {
    "wav": ("WAV", frozenset({"wav", "wave", "bwf", "rf64"})),
    "mp3": ("MP3", frozenset({"mp3", "mpga"})),
    "aac": ("AAC", frozenset({"aac", "adts"})),
    "mov": ("MP4", frozenset({"m4a", "m4b", "m4r", "m4v", "mp4", "mov", "3gp", "3g2", "3ga"})),
    "matroska": ("WebM", frozenset({"webm", "weba", "mkv", "mka"})),
    "ogg": ("Ogg", frozenset({"ogg", "oga", "opus", "spx", "ogv"})),
    "flac": ("FLAC", frozenset({"flac"})),
    "aiff": ("AIFF", frozenset({"aiff", "aif", "aifc"})),
    "amr": ("AMR", frozenset({"amr", "awb"})),
    "asf": ("WMA", frozenset({"wma", "asf", "wmv"})),
    "caf": ("CAF", frozenset({"caf"})),
}
"""FFmpeg's demuxers that may run, by the first of their names → the name people know, the endings of its files."""

CODECS = (
    *("pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be"),
    *("pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw"),
    *("adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "gsm", "gsm_ms"),
    *("mp3float", "mp3", "mp2float", "mp2", "aac", "ac3", "eac3", "alac", "flac"),
    *("opus", "libopus", "vorbis", "libvorbis", "speex", "libspeex"),
    *("amrnb", "libopencore_amrnb", "amrwb", "libopencore_amrwb", "wmav1", "wmav2", "wmapro", "wmavoice"),
)
"""FFmpeg's decoders that may run; none of pictures."""

_HEAD = 64 * 1024
"""Bytes that tell what a file is."""


@dataclass(frozen=True, kw_only=True)
class SoundFacts:
    """What a sound was before it became ours."""

    seconds: float
    """Of what was decoded."""
    rate: int
    """Frames a second, in the file."""
    channels: int
    """In the file."""
    codec: str
    """FFmpeg's name: ``mp3``, ``aac``, ``pcm_s24le`` …"""
    notes: tuple[KitError, ...]
    """What was converted, left out or lost, in sentences."""


class Decoding:
    """One file, from its first byte to what is to be said about it: take all :meth:`blocks`, then :attr:`facts`."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """``name`` is fit for a sentence (:func:`kit.images.intake.shown_name`)."""
        import av

        # FFmpeg's errors, and what PyAV itself raises when a file makes no sense.
        self._faults = (av.FFmpegError, ValueError, LookupError, ArithmeticError, RuntimeError, MemoryError, EOFError)
        self._name = name
        self._file = Watched(file, name)
        self._head = file.read(_HEAD)
        self._counted = _counts_its_frames(file, self._head)
        file.seek(0)
        self._notes: list[KitError] = []
        self._promised: float | None = None
        """Seconds that the file announces."""
        self._failed = 0
        """Packets that did not decode …"""
        self._lost = 0.0
        """… and the seconds they say they hold."""
        self._rate = self._channels = self._frames = 0
        self._codec = ""

    def blocks(self) -> Iterator[np.ndarray]:
        """The samples at :data:`RATE`, int16, (frames, channels), channels being 1 or 2 throughout.

        Raises :class:`~kit.errors.BadAudio`, at its very end too, and what a listener to the progress raises.
        """
        import av

        # 1. What it is: by its content, never by its name.
        if refusal := refusals.no_sound(self._name, self._head):
            raise refusal
        try:
            container = av.open(
                self._file,
                metadata_errors="replace",
                container_options={
                    "format_whitelist": ",".join(FORMATS),
                    "codec_whitelist": ",".join(CODECS),
                    "protocol_whitelist": "none",
                },
            )
        except self._faults as error:
            self._file.go_on()
            raise refusals.unopened(self._name, self._head) from error
        with container:
            self._file.go_on()
            # 2. Which of its streams, and how long it says that it is.
            stream = self._choose(container)
            self._promised = self._promise(container, stream)
            if self._promised is not None and self._promised > LONGEST:
                raise refusals.too_long(self._name, self._promised, LONGEST)
            # 3. Decode and convert, a packet at a time.
            self._file.decoding = True
            for block in self._resampled(self._decoded(container, stream)):
                self._frames += len(block)
                if self._frames > LONGEST * RATE:
                    raise refusals.too_long(self._name, None, LONGEST)
                yield block
            self._file.go_on()
        # 4. What is missing.
        self._conclude(self._frames / RATE)

    @property
    def facts(self) -> SoundFacts:
        """What there is to say, once all blocks have been taken."""
        return SoundFacts(
            seconds=self._frames / RATE,
            rate=self._rate,
            channels=self._channels,
            codec=self._codec,
            notes=tuple(self._notes),
        )

    def _conclude(self, seconds: float) -> None:
        """Compare the ``seconds`` that came with what should have come."""
        if not seconds:
            raise refusals.damaged(self._name, self._codec) if self._failed else refusals.nothing_inside(self._name)
        share = _share_of_wav(self._head, self._file.size)
        promised = seconds / share if share else self._promised
        if promised and promised - seconds > max(0.3, 0.01 * promised):
            percent = math.floor(100 * seconds / promised)
            if percent < LEAST_PERCENT:
                raise refusals.too_damaged(self._name, LEAST_PERCENT)
            self._note(
                KitError(
                    "The file is damaged: about {percent}% of the sound is there, the rest is missing.",
                    percent=percent,
                )
            )
        elif self._lost >= 0.1:
            self._note(
                KitError(
                    "The file is damaged in places: about {seconds} s of the sound were left out.",
                    seconds=math.ceil(self._lost),
                )
            )

    def _note(self, sentence: KitError) -> None:
        self._notes.append(sentence)

    def _choose(self, container: Any) -> Any:
        """The stream to decode, with what must be said about it."""
        from av.stream import Disposition

        label, endings = FORMATS[container.format.name.split(",")[0]]
        ending = suffix(self._name)
        if ending not in endings and any(ending in known for _, known in FORMATS.values()):
            self._note(KitError("In spite of its name, the file is in the {format} format.", format=label))
        stream = container.streams.best("audio")
        if stream is None:
            raise refusals.without_sound(self._name)
        codec = stream.codec_context.codec if stream.codec_context is not None else None
        if codec is None or codec.name not in CODECS:
            raise refusals.unknown_codec(self._name, codec.canonical_name if codec else "")
        self._codec = codec.canonical_name
        if any(not video.disposition & Disposition.attached_pic for video in container.streams.video):
            self._note(KitError("The file is a video: only its sound was taken."))
        if (tracks := len(container.streams.audio)) > 1:
            self._note(KitError("The file holds {tracks} sound tracks; only one was taken.", tracks=tracks))
        return stream

    def _promise(self, container: Any, stream: Any) -> float | None:
        """Seconds that the file says its sound lasts. Where it does not say, FFmpeg guesses from its size and its first
        bit rate, which is far off when the rate varies: then None."""
        kind = container.format.name
        if kind in ("aac", "amr") or (kind == "mp3" and not self._counted):
            return None
        if stream.duration is not None:
            return float(stream.duration * stream.time_base)
        alone = len(container.streams) == 1
        return container.duration / 1e6 if alone and container.duration is not None else None

    def _decoded(self, container: Any, stream: Any) -> Iterator[Any]:
        """The frames that decode. A packet that does not is left out; a file that stops early ends there."""
        try:
            for packet in container.demux(stream):
                self._file.go_on()
                yield from self._frames_of(packet, stream)
        except self._faults:  # of the demuxer: nothing more comes, but the decoder may still hold something
            yield from self._frames_of(None, stream)

    def _frames_of(self, packet: Any, stream: Any) -> list[Any]:
        try:
            return list(stream.decode(packet))
        except self._faults:
            self._failed += 1
            if packet is not None and packet.duration:
                self._lost += float(packet.duration * stream.time_base)
            return []

    def _resampled(self, frames: Iterator[Any]) -> Iterator[np.ndarray]:
        """The frames in our form. A file may change its own on the way."""
        import av

        resampler, form = None, None
        for frame in frames:
            if form != (form := (frame.format.name, frame.sample_rate, frame.layout.name)):
                yield from self._converted(resampler, None)
                self._see(frame)
                resampler = av.AudioResampler("s16", "mono" if self._channels == 1 else "stereo", RATE)
            yield from self._converted(resampler, frame)
        yield from self._converted(resampler, None)

    def _converted(self, resampler: Any, frame: Any) -> list[np.ndarray]:
        """What ``resampler`` gives out for ``frame``; for None, what it still held."""
        if resampler is None:
            return []
        try:
            return [out.to_ndarray().reshape(-1, out.layout.nb_channels) for out in resampler.resample(frame)]
        except self._faults as error:
            raise refusals.odd_channels(self._name, self._channels) from error

    def _see(self, frame: Any) -> None:
        """Check that ``frame`` can be converted; the first one says what the file is."""
        if not LOWEST_RATE <= frame.sample_rate <= HIGHEST_RATE:
            raise refusals.odd_rate(self._name, frame.sample_rate, LOWEST_RATE, HIGHEST_RATE)
        if self._channels:
            return
        self._rate, self._channels = frame.sample_rate, frame.layout.nb_channels
        if self._channels > 2:
            self._note(KitError("The {channels} channels were mixed down to two.", channels=self._channels))


def _counts_its_frames(file: BinaryIO, head: bytes) -> bool:
    """Whether an MP3 says in its first frame how many follow."""
    start = 0
    if head.startswith(b"ID3") and len(head) >= 10:  # the length of the tag before it: 4 × 7 bits
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    file.seek(start)
    frame = file.read(2048)
    return any(tag in frame for tag in (b"Xing", b"Info", b"VBRI"))


def _share_of_wav(head: bytes, size: int) -> float | None:
    """How much of the samples announced by the header of a WAV its ``size`` bytes hold; None if it does not say.

    FFmpeg silently believes the size of the file instead. A recorder that never came back to its header leaves 0 or
    about 2**31 or 2**32 there.
    """
    if head[:4] != b"RIFF":
        return None
    at = 12
    while at + 8 <= len(head):
        kind, length = head[at : at + 4], int.from_bytes(head[at + 4 : at + 8], "little")
        at += 8
        if kind == b"data":
            return min(1.0, (size - at) / length) if 0 < length < 2**31 - 2**20 else None
        at += length + length % 2
    return None

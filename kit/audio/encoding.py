"""The episode as people download it: an MP3, checked as it is heard once decoded.

An encoder rounds: its peaks are not those it was given, and its loudness may differ. So the file is decoded and
measured before anybody gets it, and encoded again from a lower ceiling if need be.

LAME codes a frame in the light of those before it. Parts encoded side by side, each begun a little early and without
the reservoir in which a frame leaves bits to the next, decode where they meet as one stream does.
(The wheels of PyAV hold a LAME that was compiled without optimisation, several times slower than it could be: this,
and :data:`QUALITY`, make up for it.)
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from kit.audio import RATE, loudness, mastering
from kit.audio.loudness import Loudness
from kit.audio.timeline import LAYOUT, Stored, Tell, ahead, disk, in_order, spans, whole, within
from kit.compute.progress import report
from kit.i18n import N_

if TYPE_CHECKING:
    from av import Packet

BITRATE = {1: 96_000, 2: 160_000}
"""Constant, in bits a second, by channels: in the range that Apple asks of podcasts."""
QUALITY = "7"
"""LAME's speed, 0 to 9. At 7 it does not search where its noise is heard least; the noise is no more, as measured at
160 kbit/s, than at 5, which takes half as long again."""
SCALE = 20 * math.log10(0.95)
"""Decibels that LAME takes off at these bitrates, against overflow in players."""
MARGIN = 0.5
"""Decibels left below the ceiling for peaks that MP3 makes; a second encoding costs more."""
NEAR = 0.3
"""LU: how far from the target a file may be before it is encoded again."""
LOST = 3.0
"""LU beyond which encoding again would not help: the limiter could not make it so loud."""
SURE = 0.1
"""Decibels that a meter at four times the rate may miss of a peak."""
ROUNDS = 3
"""How often it is encoded at most."""
OPTIONS = {"compression_level": QUALITY, "reservoir": "0"}

FRAME = 1_152
"""Samples in a frame of an MP3."""
PART = 800 * FRAME
"""Frames of sound that one thread encodes: 21 s …"""
LEAD = 16 * FRAME
"""… what its encoder hears before them, 0.4 s …"""
TAIL = 4 * FRAME
"""… and after them: an encoder gives a frame once it has heard the next ones."""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The episode, checked as it is heard."""

    path: Path
    seconds: float
    heard: Loudness
    """Of the MP3, decoded."""
    gain: float
    """Decibels by which the timeline was raised."""


def finish(mixed: Stored, out: Path, *, scratch: Path, tell: Tell | None = None) -> Finished:
    """Master ``mixed`` and encode it as the MP3 ``out``, which appears whole or not at all.

    Once decoded it is at the :data:`~kit.audio.mastering.TARGET` within :data:`NEAR` and its true peak is at most the
    :data:`~kit.audio.mastering.CEILING`; what :attr:`Finished.heard` tells was measured on it. (Of what is all peaks,
    such as clicks far apart, no limiter makes so loud a programme: it stays softer.) ``tell`` is told how far it has
    got; without one, whoever listens to this thread is.

    Raises :class:`kit.errors.BadAudio` if there is nothing to hear, :class:`kit.errors.SetupError` for a full disk.
    """
    tell = tell or (lambda share: report(share, N_("The episode is encoded and checked.")))
    wanted = mastering.TARGET[mixed.channels]
    target, ceiling = wanted - SCALE, mastering.CEILING - MARGIN - SCALE
    with _replacing(out) as part:
        for tried in range(ROUNDS):
            # A second round is rare: the bar keeps a tenth of its way for it, and of that for a third.
            round_ = within(tell, 1 - 0.1**tried, 1 - 0.1 ** (tried + 1))
            # 1. Master, then encode.
            sound = mastering.master(
                mixed, scratch=scratch, target=target, ceiling=ceiling, tell=within(round_, 0.0, 0.3)
            )
            encode_mp3(sound, part, tell=within(round_, 0.3, 0.85))
            # 2. Listen to what people will hear.
            heard = _heard(part, sound, within(round_, 0.85, 1.0))
            excess = heard.true_peak - (mastering.CEILING - SURE)
            missing = wanted - (wanted if heard.integrated is None else heard.integrated)
            if excess <= 0 and not NEAR < abs(missing) < LOST:
                break
            # 3. Again, with what it lacked. The ceiling twice, since what is raised to make up for it makes new peaks.
            ceiling -= 2 * max(excess, 0.0)
            target += missing
    tell(1.0)
    return Finished(path=out, seconds=sound.seconds, heard=heard, gain=sound.gain)


def encode_mp3(sound: Stored, out: Path, *, tell: Tell = lambda _: None) -> None:
    """Encode ``sound`` (int16) at the :data:`BITRATE` of its channels; the file tells players its exact length.

    Raises :class:`kit.errors.SetupError` for a full disk; nothing of the file stays then.
    """
    import av

    layout = LAYOUT[sound.channels]
    with whole(out), disk(), out.open("wb") as file:
        written = _Written(file)
        with (
            av.open(written, "w", format="mp3", options={"id3v2_version": "0"}) as mp3,
            closing(in_order(_encoding(sound), spans(sound.frames, PART), tell)) as parts,
        ):
            stream = mp3.add_stream("libmp3lame", rate=RATE, layout=layout, options=OPTIONS)
            stream.bit_rate = BITRATE[sound.channels]
            at = 0
            for packets in parts:
                for packet in packets:
                    packet.stream, packet.time_base = stream, Fraction(1, RATE)
                    packet.pts = packet.dts = at
                    at += FRAME
                    mp3.mux(packet)
                written.check()
        written.check()


class _Written:
    """The file, for FFmpeg, which goes on after an exception of Python's: the first is kept until it is asked for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._fault: OSError | None = None

    def write(self, data: bytes) -> int:
        return self._unless_at_fault(self._file.write, data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._unless_at_fault(self._file.seek, offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def check(self) -> None:
        """Raise what went wrong, if anything did."""
        if self._fault:
            raise self._fault

    def _unless_at_fault(self, what: Callable[..., int], *arguments: Any) -> int:
        if self._fault is None:
            try:
                return what(*arguments)
            except OSError as error:
                self._fault = error
        return 0


def decode_blocks(path: Path) -> Generator[np.ndarray, None, None]:
    """The samples of an MP3 that the kit encoded: float32, (frames, channels), about a second at a time.

    As a decoder gives them: peaks may be over 1.
    """
    import av

    with av.open(str(path)) as mp3:
        some: list[np.ndarray] = []
        for frame in mp3.decode(audio=0):
            some.append(frame.to_ndarray())
            if len(some) * FRAME >= RATE:
                yield np.concatenate(some, axis=1).T
                some = []
        if some:
            yield np.concatenate(some, axis=1).T


def _encoding(sound: Stored) -> Callable[[int, int], list[Packet]]:
    """What encodes a passage of ``sound``, a whole number of MP3 frames unless it is the last."""

    def encoded(start: int, stop: int) -> list[Packet]:
        from av import AudioFrame, CodecContext

        layout = LAYOUT[sound.channels]
        begin = max(start - LEAD, 0)
        samples = sound.read(begin, stop + TAIL)
        encoder = CodecContext.create("libmp3lame", "w")
        encoder.sample_rate, encoder.layout, encoder.format = RATE, layout, "s16p"
        encoder.bit_rate = BITRATE[sound.channels]
        encoder.options = OPTIONS
        packets: list[Packet] = []
        for first, last in spans(len(samples), RATE):
            frame = AudioFrame.from_ndarray(samples[first:last].reshape(1, -1), format="s16", layout=layout)
            frame.sample_rate, frame.pts = RATE, first
            packets += encoder.encode(frame)
        packets += encoder.encode(None)
        # The last passage keeps what an encoder adds at its end, and how much of it is to be left out.
        end = None if stop == sound.frames else (stop - begin) // FRAME
        return packets[(start - begin) // FRAME : end]

    return encoded


def _heard(path: Path, sound: Stored, tell: Tell) -> Loudness:
    """The loudness of the MP3 at ``path``, made from ``sound``: decoded by another thread while this one measures."""
    done = 0

    def again() -> None:
        tell(done / sound.frames)

    def counted(blocks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        nonlocal done
        for block in blocks:
            yield block
            done += len(block)
            again()

    with closing(decode_blocks(path)) as decoded, closing(ahead(decoded, again)) as blocks:
        return loudness.measure(counted(blocks), sound.channels)


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """A file beside ``out`` that takes its place once it is whole."""
    with disk():
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".mp3", dir=out.parent)
        os.close(handle)
        part = Path(name)
        part.chmod(0o644)  # mkstemp opens for the owner only; what a person downloads is an ordinary file
    with whole(part):
        yield part
        with disk():
            os.replace(part, out)

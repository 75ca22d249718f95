"""An episode mixed, brought to its loudness and encoded: the kit, a plain FFmpeg filtergraph, naive pydub.

    pip install imageio-ffmpeg==0.8.1  # an ffmpeg for the two peers: only this benchmark needs it
    python benchmarks/podcast_render.py [--minutes 10] [--rounds 3] [--skip lengths] [--long]

The episode: three segments a minute (one, in those of hours), four in five of them speech (made here: syllables of a
buzz through formants; mono WAV at 48 kHz, as browsers and phones record), the fifth music; the ends of each cut off,
each crossfaded with the one before for 0.2 s; a minute of music as a bed under all but the first and the last, 14 dB
under the voices and 10 more where somebody speaks; MP3 of 160 kbit/s, stereo. All three read the same files, in turn,
each in a fresh process.

- kit: what ``contrechamp podcast render`` does up to the MP3. Decodes every take, measures it and brings it to the
  level of the others, mixes, measures, limits at four times the rate, measures, encodes, decodes the MP3 and measures
  what people will hear.
- ffmpeg: the same mix as one filtergraph (``atrim``, ``volume``, ``acrossfade``, ``amix``), run twice for ``loudnorm``
  in two passes, as its documentation has it. It is given the gain of each take, and ducks without ramps.
- lean ffmpeg: the same with the least that comes to about the same loudness: ``ebur128``, then ``volume`` and
  ``alimiter`` at the rate of the sound. It enters no aim.
- pydub: ``append`` with a crossfade, the bed looped, lowered piece by piece and overlaid, ``normalize`` (to a peak,
  not to a loudness), ``export``, which runs the same ffmpeg. Nothing is measured, limited or checked. Its ratio is told
  for the mix, which both have then done, and for the whole, where the two encoders are compared too.

The peers encode with LAME's defaults. PyAV's wheels hold a LAME compiled without optimisation, so the kit asks it for
less and runs it in as many threads as there are cores; the last lines tell how much slower it is on one sound.
Seconds include starting the interpreter and importing. Memory is the highest of any one process. Others at work on the
machine slow down all: the median round counts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import podcast_takes as takes
from podcast_takes import CROSSFADE, DUCK, EDGE, PLAYED, VOLUME, make, spoken, take

Figures = dict[str, float]


def kit(folder: Path, out: Path, parts: int) -> Figures:
    """Ours."""
    began = time.perf_counter()
    from kit.audio import encoding, mixing
    from kit.audio.operations import Fade, Keep
    from kit.podcast.assembling import DECODED, assemble
    from kit.podcast.episode import Bed, Episode, Music, Segment, SegmentKind, Take
    from kit.podcast.mixdown import mix

    shutil.rmtree(folder / DECODED, ignore_errors=True)  # of the round before
    segments = []
    for part in range(parts):
        operations = (Keep(start=EDGE, end=EDGE + takes.SECONDS + CROSSFADE), Fade(start=0.05, end=0.05))
        kind, source = (SegmentKind.COLUMN, Take) if spoken(part) else (SegmentKind.STING, Music)
        sound = source(file=take(folder, part).name, operations=operations)
        segments.append(Segment(id=f"s{part}", kind=kind, sources=(sound,), crossfade=CROSSFADE))
    under = Bed(first="s1", last=f"s{parts - 2}", source=Music(file="bed.wav"), volume=VOLUME, duck=DUCK)
    episode = Episode(segments=tuple(segments), beds=(under,))
    ended = {"mix": 0.0, "encode_mp3": 0.0}
    took = dict(ended)

    def timed(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def run(*given: Any, **more: Any) -> Any:
            start = time.perf_counter()
            result = real(*given, **more)
            ended[name] = time.perf_counter()
            took[name] += ended[name] - start
            return result

        setattr(owner, name, run)

    timed(mixing, "mix")
    timed(encoding, "encode_mp3")
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        mix(assemble(folder, episode), out, channels=2, scratch=Path(scratch))
    return {"mixed": ended["mix"] - began, "encoding": took["encode_mp3"]}


def ffmpeg(folder: Path, out: Path, parts: int) -> Figures:
    """Two passes of ``loudnorm``."""
    told = run_ffmpeg(folder, parts, "loudnorm=I=-16:TP=-1.5:LRA=11:print_format=json", "-f", "null", "-")
    found = json.loads(told[told.rindex("{") : told.rindex("}") + 1])
    measured = ":".join(
        f"measured_{name}={found[key]}"
        for name, key in (("I", "input_i"), ("TP", "input_tp"), ("LRA", "input_lra"), ("thresh", "input_thresh"))
    )
    second = f"loudnorm=I=-16:TP=-1.5:LRA=11:linear=true:{measured}:offset={found['target_offset']}"
    run_ffmpeg(folder, parts, f"{second},aresample={PLAYED}", "-c:a", "libmp3lame", "-b:a", "160k", str(out))
    return {}


def lean_ffmpeg(folder: Path, out: Path, parts: int) -> Figures:
    """A meter, a gain and a limiter."""
    told = run_ffmpeg(folder, parts, "ebur128=framelog=quiet", "-f", "null", "-")
    gain = -16 - float(re.findall(r"I:\s+(-?[\d.]+) LUFS", told)[-1])
    master = f"volume={gain}dB,alimiter=limit=0.84:level=0"
    run_ffmpeg(folder, parts, master, "-c:a", "libmp3lame", "-b:a", "160k", str(out))
    return {}


def run_ffmpeg(folder: Path, parts: int, master: str, *output: str) -> str:
    """Mix the episode through ``master`` into ``output``; what ffmpeg said."""
    import imageio_ffmpeg

    inputs = [argument for part in range(parts) for argument in ("-i", str(take(folder, part)))]
    inputs += ["-stream_loop", "-1", "-i", str(folder / "bed.wav")]
    graph = [
        f"[{part}:a]atrim={EDGE}:{EDGE + takes.SECONDS + CROSSFADE},asetpts=PTS-STARTPTS,aresample={PLAYED},"
        f"aformat=channel_layouts=stereo,afade=t=in:d=0.05,volume={-3 if spoken(part) else -5}dB[p{part}]"
        for part in range(parts)
    ]
    graph += [
        f"[{'p0' if part == 1 else f'm{part - 1}'}][p{part}]acrossfade=d={CROSSFADE}:c1=qsin:c2=qsin[m{part}]"
        for part in range(1, parts)
    ]
    speaking = "+".join(
        f"between(t,{(part - 1) * takes.SECONDS},{part * takes.SECONDS})" for part in range(parts) if spoken(part)
    )
    length = (parts - 2) * takes.SECONDS
    graph.append(
        f"[{parts}:a]atrim=0:{length},volume={VOLUME}dB,volume='if({speaking},{10 ** (-DUCK / 20)},1)':eval=frame,"
        f"afade=t=in:d=1.5,afade=t=out:st={length - 2.5}:d=2.5,adelay={takes.SECONDS * 1000}:all=1[bed]"
    )
    graph.append(f"[m{parts - 1}][bed]amix=inputs=2:normalize=0:duration=first,{master}[out]")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-y", *inputs]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as script:
        script.write(";".join(graph))
        script.flush()
        command += ["-/filter_complex", script.name, "-map", "[out]", *output]
        return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def pydub(folder: Path, out: Path, parts: int) -> Figures:
    """As its tutorial does."""
    began = time.perf_counter()
    warnings.simplefilter("ignore")  # it looks for an ffmpeg as it is imported, and finds none
    import imageio_ffmpeg
    from pydub import AudioSegment, effects

    AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
    milliseconds = round(1000 * takes.SECONDS)
    episode = AudioSegment.empty()
    for part in range(parts):
        sound = AudioSegment.from_file(take(folder, part)).set_frame_rate(PLAYED).set_channels(2)
        sound = sound[1000 * EDGE : 1000 * (EDGE + takes.SECONDS + CROSSFADE)].fade_in(50).fade_out(50)
        sound = sound.apply_gain(-23 - sound.dBFS)
        episode = episode.append(sound, crossfade=1000 * CROSSFADE) if part else sound
    length = (parts - 2) * milliseconds
    music = AudioSegment.from_file(folder / "bed.wav")
    bed = (music * (length // len(music) + 1))[:length]
    bed = bed.apply_gain(-23 + VOLUME - bed.dBFS).fade_in(1500).fade_out(2500)
    for part in range(1, parts - 1):
        if spoken(part):
            begin, end = (part - 1) * milliseconds, part * milliseconds
            bed = bed[:begin] + (bed[begin:end] - DUCK) + bed[end:]
    episode = episode.overlay(bed, position=milliseconds)
    mixed = time.perf_counter()
    episode = effects.normalize(episode, headroom=1.0)
    encoding = time.perf_counter()
    episode.export(out, format="mp3", bitrate="160k")
    return {"mixed": mixed - began, "encoding": time.perf_counter() - encoding}


WAYS: dict[str, Callable[[Path, Path, int], Figures]] = {
    "kit": kit,
    "ffmpeg": ffmpeg,
    "lean ffmpeg": lean_ffmpeg,
    "pydub": pydub,
}


def encoders(folder: Path, out: Path, parts: int) -> Figures:
    """Seconds of processor for the same minute and a half of the kit's episode, by both LAMEs, as they come."""
    import av
    import imageio_ffmpeg

    sound, seconds = folder / "same.wav", {}
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i"]
    subprocess.run([*command, str(folder / "kit.mp3"), "-t", "90", str(sound)], check=True)
    began = processor()
    subprocess.run([*command, str(sound), "-c:a", "libmp3lame", "-b:a", "160k", str(out)], check=True)
    seconds["theirs"] = processor() - began
    with av.open(str(sound)) as source, av.open(str(out), "w") as mp3:
        frames = list(source.decode(audio=0))
        stream = mp3.add_stream("libmp3lame", rate=PLAYED, layout="stereo")
        stream.bit_rate = 160_000
        began = processor()
        for frame in [*frames, None]:
            mp3.mux(stream.encode(frame))
        seconds["ours"] = processor() - began
    return seconds


def heard(folder: Path, out: Path, parts: int) -> Figures:
    """What people hear of an MP3."""
    from kit.audio import loudness
    from kit.audio.encoding import decode_blocks

    found = loudness.measure(decode_blocks(out), 2)
    return {"lufs": found.integrated or float("nan"), "dbtp": found.true_peak}


def processor() -> float:
    """Seconds of processor, of this process and those it has waited for."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def in_a_fresh_process(way: str, folder: Path, parts: int) -> Figures:
    """The figures of ``way``, with its seconds on the clock and of processor, and its megabytes at most."""
    command = [sys.executable, __file__, "--way", way, "--folder", str(folder)]
    command += ["--parts", str(parts), "--seconds", str(takes.SECONDS)]
    began = time.perf_counter()
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {"clock": time.perf_counter() - began, **json.loads(told)}


def made(folder: Path, out: Path, parts: int) -> Figures:
    """The takes."""
    make(folder, parts)
    return {}


def one_way(way: str, folder: Path, parts: int) -> None:
    """Run it here, and print its figures."""
    asides = {"takes": made, "heard": heard, "encoders": encoders}
    out = folder / f"{way}.mp3"
    if way.startswith("heard"):
        way, out = "heard", folder / f"{way.removeprefix('heard ')}.mp3"
    figures = (WAYS | asides)[way](folder, out, parts)
    used = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({**figures, "processor": processor(), "memory": max(used)}))


def compare(folder: Path, parts: int, rounds: int) -> None:
    """All ways, in turn; what they took, what came of it, and the ratios."""
    in_a_fresh_process("takes", folder, parts)
    pcm = parts * takes.SECONDS * PLAYED * 2 * 2 / 2**20
    print(f"{parts * takes.SECONDS / 60:.0f} minutes, {parts} segments and a bed: {pcm:.0f} MB of 16-bit stereo")
    found: dict[str, list[Figures]] = {way: [] for way in WAYS}
    for turn in range(rounds):
        for way, figures in found.items():
            figures.append(in_a_fresh_process(way, folder, parts))
            last = figures[-1]
            print(
                f"  round {turn + 1}  {way:12} {last['clock']:6.1f} s, {last['processor']:6.1f} of processor",
                flush=True,
            )
    middle = {
        way: {name: statistics.median(one[name] for one in figures) for name in figures[0]}
        for way, figures in found.items()
    }
    for way, one in middle.items():
        sound = in_a_fresh_process(f"heard {way}", folder, parts)
        stages = f"; mixed after {one['mixed']:.1f} s, {one['encoding']:.1f} s of encoding" if "mixed" in one else ""
        print(
            f"{way:12} {one['clock']:6.1f} s ({one['processor']:6.1f} of processor{stages}), "
            f"{one['memory']:.0f} MB at most, {sound['lufs']:.1f} LUFS, {sound['dbtp']:.1f} dBTP"
        )
    ours = middle["kit"]
    for peer in ("ffmpeg", "lean ffmpeg"):
        ratio = ours["clock"] / middle[peer]["clock"]
        used = ours["processor"] / middle[peer]["processor"]
        aim = " (aim: at most 1.3)" if peer == "ffmpeg" else ""
        print(f"ratio  {ratio:5.2f} × the time of {peer}{aim}; {used:.2f} × its processor")
    naive = middle["pydub"]
    print(f"ratio  {naive['mixed'] / ours['mixed']:5.2f} × faster than pydub up to the mix (aim: at least 3)")
    print(f"ratio  {naive['clock'] / ours['clock']:5.2f} × faster than pydub up to the MP3 (aim: at least 3)")
    print(f"ratio  {ours['memory'] / pcm:5.2f} × its PCM in memory (aim: at most 3)")
    lame = in_a_fresh_process("encoders", folder, parts)
    print(f"PyAV's LAME takes {lame['ours'] / lame['theirs']:.1f} × the processor of the peers' for the same MP3")


def lengths(folder: Path, minutes: list[float]) -> None:
    """What the kit takes for longer and longer episodes."""
    print("minutes   seconds   a minute   of processor, a minute       MB")
    for length in minutes:
        parts = round(60 * length / takes.SECONDS)
        in_a_fresh_process("takes", folder, parts)
        one = in_a_fresh_process("kit", folder, parts)
        print(
            f"{length:7} {one['clock']:9.1f} {one['clock'] / length:10.2f} {one['processor'] / length:24.2f} "
            f"{one['memory']:8.0f}",
            flush=True,
        )


def main() -> None:
    """Compare, then lengthen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--skip", choices=["peers", "lengths"], action="append", default=[])
    parser.add_argument("--long", action="store_true", help="up to two hours: many minutes, 10 GB of disk")
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--parts", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=takes.SECONDS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    takes.SECONDS = asked.seconds
    if asked.way:
        one_way(asked.way, asked.folder, asked.parts)
        return
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    busy = ": others are at work, and what the kit does in two threads may find one core" if load > cores / 2 else ""
    print(f"load {load:.1f} on {cores} cores beforehand{busy}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if "peers" not in asked.skip:
            compare(Path(folder), round(60 * asked.minutes / takes.SECONDS), asked.rounds)
        if "lengths" not in asked.skip:
            lengths(Path(folder), [2.5, 5, 10, 20])
    if asked.long:
        takes.SECONDS = 60.0
        with tempfile.TemporaryDirectory() as folder:
            lengths(Path(folder), [30, 60, 120])


if __name__ == "__main__":
    main()

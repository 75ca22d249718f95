"""Sound: reading what people bring, measuring it, editing it, making music and voices, mixing, encoding.

Samples are arrays of 16-bit integers, (frames, channels), at :data:`RATE`. Decoding, resampling and encoding are
PyAV's, loudness and limiting FFmpeg's filters through it, editing pydub's: nothing of that is written here.
"""

from __future__ import annotations

RATE = 44_100
"""Frames a second of everything that has been read."""

"""What crosses between processes comes back equal, and nothing else crosses."""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.compute import State, Status
from kit.compute.plain import MAGIC, Damaged, NotPlain, decode, encode
from kit.errors import BadContent, BadImage
from kit.levels import Level

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
keys = st.text() | st.integers() | st.tuples(st.integers(), st.text())
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(keys, inner), max_leaves=20
)


def shape(value: Any) -> Any:
    """The value with the type of everything in it."""
    if isinstance(value, dict):
        return [(shape(k), shape(v)) for k, v in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [shape(v) for v in value]
    return type(value), value


@given(values)
def test_plain_values_come_back_with_their_types(value: Any) -> None:
    assert shape(decode(encode(value))) == shape(value)


@pytest.mark.parametrize("dtype", ["u1", "<i2", ">f4", "f8", "c8", "?", "U3", "S2"])
def test_arrays_come_back_equal_writable_and_with_their_type(dtype: str) -> None:
    array = np.arange(12).astype(dtype).reshape(3, 4)[:, ::2].T
    back = decode(encode(array))
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)
    back[0, 0] = back[1, 1]


def test_empty_and_zero_dimensional_arrays() -> None:
    assert decode(encode(np.zeros((0, 3), np.float32))).shape == (0, 3)
    scalar = decode(encode(np.float32(0.1)))
    assert type(scalar) is np.float32
    assert scalar == np.float32(0.1)
    assert decode(encode(np.array(5))).shape == ()


def test_layout_in_memory_changes_nothing() -> None:
    array = np.arange(6).reshape(2, 3)
    assert encode(array) == encode(np.asfortranarray(array))


def test_sets_enumerations_dataclasses_and_errors() -> None:
    assert encode({"b", "a", "c"}) == encode({"c", "b", "a"})
    assert decode(encode(frozenset({(1, b"x"), (2, b"y")}))) == frozenset({(1, b"x"), (2, b"y")})
    assert decode(encode([Level.LYCEE])) == [Level.LYCEE]
    assert type(decode(encode(Level.LYCEE))) is Level
    status = Status(state=State.RUNNING, fraction=0.25, payload={"text": "é", "levels": (Level.ADULTS,)})
    assert decode(encode(status)) == status
    error = decode(encode(BadImage("{name}", name="x", inner=BadContent("{faults}", faults=["l. 3"]))))
    assert type(error) is BadImage
    assert type(error.values["inner"]) is BadContent
    assert error.values["inner"].values == {"faults": ["l. 3"]}


@dataclass
class Elsewhere:
    x: int = 1


@pytest.mark.parametrize(
    "value",
    [object(), Path("/x"), Elsewhere(), np.array([object()]), np.array(["2020"], "M8[s]"), len, {"deep": [{1: 2j}]}],
)
def test_other_values_are_refused(value: Any) -> None:
    with pytest.raises(NotPlain):
        encode(value)


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(NotPlain):
        encode(value)


def packed(tree: Any, sizes: tuple[int, ...] = ()) -> bytes:
    head = json.dumps({"sizes": sizes, "value": tree}).encode()
    return MAGIC + len(head).to_bytes(8, "big") + head + bytes(sum(sizes))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        pickle.dumps([1]),
        encode([1, 2])[:-1],
        encode(b"abc") + b"d",
        packed({"t": "data", "c": "subprocess:Popen", "v": {"args": "true"}}),
        packed({"t": "data", "c": "kit.settings:os", "v": {}}),
        packed({"t": "data", "c": "kit.settings:load", "v": {}}),
        packed({"t": "data", "c": "kit.compute.sharing:Status", "v": {"state": 1}}),
        packed({"t": "enum", "c": "kit.levels:Level", "v": "NONE"}),
        packed({"t": "array", "d": "|O", "s": [1], "v": 0}, (8,)),
        packed({"t": "array", "d": "<f8", "s": [3], "v": 0}, (8,)),
        packed({"t": "array", "d": "<f8", "s": [3], "v": 4}),
        packed({"t": "what", "v": 0}),
    ],
)
def test_bytes_from_elsewhere_are_refused(data: bytes) -> None:
    with pytest.raises(Damaged):
        decode(data)

"""Equal calls have equal keys, and others do not."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from kit.compute.keys import find_function, request
from kit.compute.plain import NotPlain, decode
from tests.kit.compute.jobs import add, count, mirror


def key(function: Any, *args: Any, revision: str = "", **kwargs: Any) -> str:
    return request(function, args, kwargs, revision).key


def test_the_way_arguments_are_passed_makes_no_difference() -> None:
    assert key(add, 1, 1) == key(add, 1) == key(add, b=1, a=1) == key(add, 1, b=1)


def test_what_differs_has_another_key() -> None:
    keys = [
        key(add, 1),
        key(add, 1.0),
        key(add, True),
        key(add, 2),
        key(add, 1, revision="a"),
        key(count, "1"),
        key(mirror, 1),
        key(mirror, [1]),
        key(mirror, (1,)),
        key(mirror, b"1"),
        key(mirror, "1"),
        key(mirror, np.array([1])),
        key(mirror, np.array([1], np.uint8)),
        key(mirror, np.array([[1]])),
        key(mirror, np.array([2])),
    ]
    assert len(set(keys)) == len(keys)


def test_equal_arrays_are_equal_arguments() -> None:
    assert key(mirror, {"x": np.arange(4)}) == key(mirror, {"x": np.arange(8)[:4]})


def test_the_request_says_what_to_run() -> None:
    wanted = request(add, (1,), {"b": 5})
    call = decode(wanted.arguments)
    assert find_function(wanted.function)(*call["args"], **call["kwargs"]) == 6


def test_what_cannot_run_elsewhere_is_refused() -> None:
    for function in (lambda: 1, functools.partial(add, 1), [].append):
        with pytest.raises(TypeError):
            request(function, (), {})
    with pytest.raises(TypeError):
        request(add, (1, 2, 3), {})
    with pytest.raises(NotPlain):
        request(mirror, (object(),), {})

"""What a computation took, on fake energy counters and with real processor time."""

from __future__ import annotations

import hashlib
import math
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kit import ROOT
from kit.compute.plain import decode, encode
from kit.cost import HIGH_WATTS, LOW_WATTS, PUBLISHED, Cost, Mark, Meter, Perimeter, formula, measured
from kit.cost.rapl import MOST_WATTS, Counter, joules_between, read_packages

RANGE = 262_143_328_850
"""Microjoules: what a common laptop shows."""
BURN = "import time\nwhile time.process_time() < {seconds}: pass\n"


class Powercap:
    """A fake powercap tree."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def zone(self, folder: str, name: str, energy: int, most: int = RANGE) -> None:
        zone = self.root / folder
        zone.mkdir(parents=True, exist_ok=True)
        (zone / "name").write_text(f"{name}\n")
        (zone / "energy_uj").write_text(f"{energy}\n")
        (zone / "max_energy_range_uj").write_text(f"{most}\n")

    def spend(self, folder: str, microjoules: int) -> None:
        """Advance a counter as the processor does, round its range."""
        file = self.root / folder / "energy_uj"
        most = int((self.root / folder / "max_energy_range_uj").read_text())
        file.write_text(f"{(int(file.read_text()) + microjoules) % most}\n")


@pytest.fixture
def powercap(tmp_path: Path) -> Powercap:
    """One package with its parts, the platform around it, and the same package by another way, as on a laptop."""
    tree = Powercap(tmp_path / "powercap")
    tree.zone("intel-rapl", "intel-rapl", 0)
    tree.zone("intel-rapl:0", "package-0", 5_000_000)
    tree.zone("intel-rapl:0:0", "core", 1_000_000)
    tree.zone("intel-rapl:1", "psys", 9_000_000)
    tree.zone("intel-rapl-mmio:0", "package-0", 5_000_000)
    return tree


def a_cost(**changes: object) -> Cost:
    values = {"seconds": 12.0, "processor_seconds": 24.0, "cores": 4, "measured_wh": None} | changes
    return Cost(**values)  # type: ignore[arg-type]


# --- energy counters ---


def test_only_packages_are_read_and_each_once(powercap: Powercap) -> None:
    assert read_packages(powercap.root) == {"intel-rapl:0": Counter(energy=5_000_000, range=RANGE)}


def test_the_energy_of_the_block_is_measured(powercap: Powercap) -> None:
    with Meter(powercap=powercap.root) as meter:
        time.sleep(0.02)
        powercap.spend("intel-rapl:0", 360_000)
        for other in ("intel-rapl:0:0", "intel-rapl:1", "intel-rapl-mmio:0"):
            powercap.spend(other, 777)
    assert meter.cost.measured_wh == pytest.approx(0.36 / 3600)


def test_packages_add_up(powercap: Powercap) -> None:
    powercap.zone("intel-rapl:2", "package-1", 0)
    with Meter(powercap=powercap.root) as meter:
        time.sleep(0.02)
        powercap.spend("intel-rapl:0", 1_000_000)
        powercap.spend("intel-rapl:2", 2_600_000)
    assert meter.cost.measured_wh == pytest.approx(3.6 / 3600)


def test_a_counter_that_wound_round_is_read_right(powercap: Powercap) -> None:
    powercap.zone("intel-rapl:0", "package-0", RANGE - 100_000)
    with Meter(powercap=powercap.root) as meter:
        time.sleep(0.02)
        powercap.spend("intel-rapl:0", 720_000)
    assert int((powercap.root / "intel-rapl:0" / "energy_uj").read_text()) == 620_000
    assert meter.cost.measured_wh == pytest.approx(0.72 / 3600)


def test_a_counter_set_back_to_zero_has_not_wound_round() -> None:
    before = {"p": Counter(energy=5_000_000, range=RANGE)}
    after = {"p": Counter(energy=20, range=RANGE)}
    assert joules_between(before, after, 2.0) is None


def test_no_figure_where_the_counter_could_have_wound_round_twice() -> None:
    before, after = {"p": Counter(energy=10, range=RANGE)}, {"p": Counter(energy=1_000_010, range=RANGE)}
    longest = RANGE / 1e6 / MOST_WATTS
    assert joules_between(before, after, longest * 0.99) == 1.0
    assert joules_between(before, after, longest * 1.01) is None


@pytest.mark.parametrize("when", ["before", "middle"])
def test_a_domain_that_vanishes_leaves_no_half_figure(powercap: Powercap, when: str) -> None:
    powercap.zone("intel-rapl:2", "package-1", 0)
    if when == "before":
        (powercap.root / "intel-rapl:2" / "energy_uj").unlink()
    with Meter(powercap=powercap.root) as meter:
        time.sleep(0.02)
        powercap.spend("intel-rapl:0", 360_000)
        if when == "middle":
            shutil.rmtree(powercap.root / "intel-rapl:2")
    assert meter.cost.measured_wh is None
    assert meter.cost.seconds > 0


def test_a_domain_that_appears_leaves_no_figure(powercap: Powercap) -> None:
    with Meter(powercap=powercap.root) as meter:
        time.sleep(0.02)
        powercap.spend("intel-rapl:0", 360_000)
        powercap.zone("intel-rapl:2", "package-1", 0)
    assert meter.cost.measured_wh is None


def test_counters_only_the_administrator_may_read(powercap: Powercap, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.read_text
    refused = []

    def read_text(self: Path, *args: object, **kwargs: object) -> str:
        # Changing the mode of the file would not stop tests that run as root.
        if self.name == "energy_uj":
            refused.append(self)
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "read_text", read_text)
    with Meter(powercap=powercap.root) as meter:
        pass
    assert len(refused) == 2
    assert meter.cost.measured_wh is None


def test_a_stuck_counter_a_bare_tree_and_no_tree_give_no_figure(powercap: Powercap, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for root in (powercap.root, tmp_path / "empty", tmp_path / "missing"):
        with Meter(powercap=root) as meter:
            time.sleep(0.001)
        assert meter.cost.measured_wh is None


def test_a_counter_that_is_no_number_gives_no_figure(powercap: Powercap) -> None:
    (powercap.root / "intel-rapl:0" / "energy_uj").write_text("unsupported\n")
    assert read_packages(powercap.root) is None


# --- time ---


BESIDES = """
import hashlib, os, threading, time
from kit.cost import Meter

spent = []

def work():
    while time.thread_time() < 0.3:
        hashlib.pbkdf2_hmac("sha256", b"contrechamp", b"salt", 20_000)  # lets the other thread run
    spent.append(time.thread_time())

with Meter() as waiting:
    time.sleep(0.3)
with Meter() as working:
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
cost = working.cost
print(waiting.cost.seconds, waiting.cost.processor_seconds)
print(cost.seconds, cost.processor_seconds, cost.machine_seconds, cost.cores, sum(spent))
"""
"""Run in a process of its own: in that of the tests, threads that others left would be counted too."""


def test_waiting_takes_no_processor_time_and_threads_add_up() -> None:
    said = subprocess.run([sys.executable, "-c", BESIDES], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    waiting, working = ([float(number) for number in line.split()] for line in said.splitlines())
    seconds, processor_seconds = waiting
    assert 0.3 <= seconds < 5
    assert processor_seconds < 0.15
    seconds, processor_seconds, machine_seconds, cores, spent = working
    assert spent <= processor_seconds < spent + 0.2
    assert machine_seconds <= seconds
    assert cores == os.cpu_count()


def test_processor_time_of_a_child_that_ended() -> None:
    with Meter() as meter:
        subprocess.run([sys.executable, "-S", "-c", BURN.format(seconds=0.3)], check=True)
    assert 0.28 <= meter.cost.processor_seconds < 1.5


def test_processor_time_of_a_child_that_goes_on() -> None:
    code = BURN.format(seconds=0.3) + "print(flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        with Meter() as first:
            child.stdout.readline()
        with Meter() as then:
            child.stdin.close()
            child.wait()
    assert first.cost.processor_seconds >= 0.2
    assert then.cost.processor_seconds < 0.2, "what a child did earlier is not counted again when it ends"


def test_more_work_takes_more() -> None:
    def work(rounds: int) -> None:
        hashlib.pbkdf2_hmac("sha256", b"contrechamp", b"salt", rounds)

    with Meter() as outer:
        costs = [measured(work, rounds)[1] for rounds in (20_000, 200_000)]
    less, more = costs
    assert 0 < 2 * less.processor_seconds < more.processor_seconds
    assert less.seconds + more.seconds <= outer.cost.seconds
    assert less.processor_seconds + more.processor_seconds <= outer.cost.processor_seconds + 0.02


def test_measured_hands_back_the_result() -> None:
    result, cost = measured(divmod, 17, 5)
    assert result == (3, 2)
    assert cost.seconds > 0


def test_a_failure_passes_through_and_has_its_cost() -> None:
    meter = Meter()
    with pytest.raises(RuntimeError, match="not ended"):
        _ = meter.cost
    with pytest.raises(ZeroDivisionError), meter:
        _ = 1 / 0
    assert meter.cost.seconds > 0


# --- the sums ---


def test_the_bounds_are_the_formula() -> None:
    cost = a_cost()
    # 24 s of processor on 4 cores: 6 s of the whole machine. By hand: 15 × 6 / 3600 and 45 × 12 / 3600.
    assert cost.machine_seconds == 6.0
    assert cost.bound_low_wh == pytest.approx(0.025)
    assert cost.bound_high_wh == pytest.approx(0.15)
    sums = formula(cost)
    assert (sums.low.watts, sums.low.seconds, sums.low.wh) == (LOW_WATTS, 6.0, cost.bound_low_wh)
    assert (sums.high.watts, sums.high.seconds, sums.high.wh) == (HIGH_WATTS, 12.0, cost.bound_high_wh)
    assert sums.measured is None


@pytest.mark.parametrize("processor_seconds", [0.0, 1.0, 47.9, 48.0, 48.1])
def test_the_low_bound_never_passes_the_high_one(processor_seconds: float) -> None:
    cost = a_cost(processor_seconds=processor_seconds)
    assert 0 <= cost.bound_low_wh <= cost.bound_high_wh * LOW_WATTS / HIGH_WATTS + 1e-12


def test_with_every_core_busy_both_bounds_count_the_same_seconds() -> None:
    cost = a_cost(processor_seconds=48.0)
    assert cost.bound_high_wh == pytest.approx(3 * cost.bound_low_wh)


def test_a_measured_energy_shows_its_mean_power() -> None:
    sums = formula(a_cost(measured_wh=0.1))
    assert sums.measured is not None
    assert sums.measured.watts == pytest.approx(30.0)
    for line in (sums.low, sums.high, sums.measured):
        assert line.watts * line.seconds / 3600 == pytest.approx(line.wh)


def test_no_time_at_all_divides_by_nothing() -> None:
    sums = formula(a_cost(seconds=0.0, processor_seconds=0.0, measured_wh=0.0))
    assert (sums.low.wh, sums.high.wh, sums.measured) == (0.0, 0.0, None)


@pytest.mark.parametrize("measured_wh", [None, 0.125])
def test_a_cost_crosses_between_processes(measured_wh: float | None) -> None:
    cost = a_cost(measured_wh=measured_wh)
    back = decode(encode(cost))
    assert back == cost
    assert formula(back) == formula(cost)
    assert decode(encode(formula(cost))) == formula(cost)
    assert decode(encode(PUBLISHED)) == PUBLISHED


# --- what others published ---


def test_published_figures_have_an_id_a_perimeter_and_a_source() -> None:
    ids = [figure.id for figure in PUBLISHED]
    assert len(set(ids)) == len(ids)
    assert {figure.perimeter for figure in PUBLISHED} == set(Perimeter)
    assert {figure.mark for figure in PUBLISHED} == set(Mark)
    for figure in PUBLISHED:
        assert math.isfinite(figure.value)
        assert figure.value > 0
        assert figure.source.startswith("https://")
        assert figure.by


def test_published_ratio_agrees_with_its_terms() -> None:
    """The paper gives image generation as about 1,450 times text classification."""
    by_id = {figure.id: figure for figure in PUBLISHED}
    ratio = by_id["image_on_server"].value / by_id["sorting_text_on_server"].value
    assert ratio == pytest.approx(1450)


def test_the_measure_is_light() -> None:
    code = "import sys, kit.cost; print([m for m in ('numpy', 'torch', 'dask', 'streamlit') if m in sys.modules])"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

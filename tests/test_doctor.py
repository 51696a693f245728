"""Is this machine fit to measure on? Stand-in machines, from a quiet one to one with busy neighbours, and this one."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import exp, sin
from pathlib import Path

import psutil
import pytest
from test_command import begun, runmatrix, wait_for

from runner.doctor.design import TASKS, CellTwin, Design
from runner.doctor.diagnosis import Diagnosis, Observation, diagnose
from runner.doctor.examine import WINDOW, Examination, Replies, examine, windows
from runner.doctor.figures import Figures, figures
from runner.doctor.neighbours import CpuTimes, Neighbour, busiest
from runner.doctor.setting import Setting, setting
from runner.doctor.words import headline, in_json, in_words
from runner.invoke import Order, Reply
from runner.orders import Surroundings
from runner.run import Step
from runner.stats import Interval

S = 10**9
DESIGN = Design(cores=2, seed=1)
PLAIN = Setting(
    cpus=2, allowed=2, physical=2, governors=("performance",), turbo=False, mhz=None,
    clock="clock_gettime(CLOCK_MONOTONIC)", clock_resolution_s=1e-9, load=0.1,
)  # fmt: skip


@dataclass
class StandIn:
    """A machine on which 80 ms of work take as long as it likes; its clock is that of the children it was asked for."""

    noise: float = 0.01  # standard deviation of ln time
    drift: float = 0.0  # how far ln time swings, slowly
    serial: float = 1.0  # how many times as long serial computing takes
    parallel: float = 1.05  # and computing on all cores
    others_cores: float = 0.02
    steal_cores: float = 0.0
    failing: int = 0  # every so many children one fails
    orders: list[Order] = field(default_factory=list)
    source: random.Random = field(default_factory=lambda: random.Random(7))

    def __call__(self, order: Order) -> Reply:
        self.orders.append(order)
        wall_ns = round(0.1 * S)
        others_ns, steal_ns = round(self.others_cores * wall_ns), round(self.steal_cores * wall_ns)
        if self.failing and len(self.orders) % self.failing == 0:
            return Reply("crashed", "ended by SIGSEGV", wall_ns=wall_ns)
        phases = {"startup_ns": 0, "cold_ns": self._cold_ns(order), "steady_ns": [], "stop_ns": 0}
        said = {"phases": phases}
        return Reply("ok", "", said, wall_ns=wall_ns, others_cpu_ns=others_ns, steal_ns=steal_ns)

    def _cold_ns(self, order: Order) -> int:
        if order.request["workload"]["kind"] == "sleep":
            return round(0.08 * S * exp(self.source.gauss(0, 0.001)))
        factor = self.parallel if order.request["model"]["kind"] == "processes" else self.serial
        swing = self.drift * sin(len(self.orders) / 40)
        return round(0.08 * S * factor * exp(self.source.gauss(0, self.noise) + swing))


def examined(machine: StandIn, minutes: float = 2.0, design: Design = DESIGN) -> list[Replies]:
    around = Surroundings(Path("/project"), Path("/project"), 0, None)
    return examine(design, minutes, Examination(machine, around, lambda step: None))


def figures_of(machine: StandIn) -> Figures:
    return figures(examined(machine), DESIGN)


def diagnosis_of(machine: StandIn, there: Setting = PLAIN, neighbours: Sequence[Neighbour] = ()) -> Diagnosis:
    return diagnose(figures_of(machine), there, neighbours)


def observation(diagnosis: Diagnosis, what: str) -> Observation:
    return next(each for each in diagnosis.observations if each.what == what)


BUSY = StandIn(noise=0.15, serial=1.3, parallel=2.5, others_cores=1.4)


def test_every_block_holds_each_cell_twice_in_an_order_of_its_own() -> None:
    blocks = [[(one.cell.key, one.twin) for one in DESIGN.block(number)] for number in range(20)]
    assert {tuple(sorted(block)) for block in blocks} == {
        tuple(sorted((cell.key, twin) for cell in DESIGN.cells for twin in "ab"))
    }
    assert len({tuple(block) for block in blocks}) > 15


def test_each_core_has_as_much_to_do_as_the_serial_cell_in_all() -> None:
    many = Design(cores=16, seed=1)
    assert (many.computing.tasks, many.parallel.tasks, many.parallel.workers) == (TASKS, 16 * TASKS, 16)
    assert many.computing.workload == many.parallel.workload


def test_there_are_as_many_whole_windows_as_there_is_time_for() -> None:
    assert len(examined(StandIn(), minutes=2.0)) == 200  # blocks of 6 × 0.1 s
    assert len(examined(StandIn(), minutes=0.0)) == WINDOW


def test_a_machine_that_does_not_say_how_long_it_takes_gets_one_window() -> None:
    assert windows(2.0, {("cell", "a"): Reply("crashed", "")}) == 1


def test_the_warm_up_is_no_part_of_the_numbers() -> None:
    machine = StandIn()
    assert 6 * len(examined(machine)) == len(machine.orders) - 6


def test_each_step_is_said_before_its_child_with_how_far_the_examination_is() -> None:
    steps: list[Step] = []
    machine = StandIn()
    around = Surroundings(Path("/project"), Path("/project"), 0, None)
    examine(DESIGN, 0.0, Examination(machine, around, steps.append))
    assert [(step.stage, step.done) for step in steps[5:8]] == [("preflight", 0), ("block", 0), ("block", 1)]
    assert (steps[-1].done, steps[-1].total, steps[-1].block, steps[-1].blocks) == (59, 60, 10, 10)


def test_a_quiet_machine_is_fit() -> None:
    assert diagnosis_of(StandIn()).conclusion == "fit"


def test_noise_of_five_percent_is_fit_with_the_effects_that_can_be_seen() -> None:
    diagnosis = diagnosis_of(StandIn(noise=0.05))
    assert diagnosis.conclusion == "fit"
    assert headline(diagnosis).startswith("fit: of one comparison, 10 blocks see effects from 6")


def test_the_smallest_effect_is_what_a_paired_test_of_normal_noise_can_see() -> None:
    few = figures_of(StandIn(noise=0.05)).effect_few
    assert few is not None
    assert few == pytest.approx(exp((1.96 + 0.84) * 0.05 * 2**0.5 / 10**0.5) - 1, rel=0.2)


def test_ten_blocks_see_of_one_of_many_comparisons_only_what_the_correction_for_all_of_them_leaves() -> None:
    found = figures_of(StandIn(noise=0.05))
    assert found.effect_few is not None
    assert found.effect_family is not None
    assert found.effect_family > 1.2 * found.effect_few


def test_thirty_blocks_see_effects_that_are_smaller_by_the_root_of_three() -> None:
    found = figures_of(StandIn(noise=0.01))
    assert found.effect_few is not None
    assert found.effect_many == pytest.approx(found.effect_few / 3**0.5, rel=0.02)


def test_white_noise_is_fit_for_large_effects_and_gives_no_more_false_alarms_than_are_meant_to_be() -> None:
    diagnosis = diagnosis_of(StandIn(noise=0.45))
    assert diagnosis.conclusion == "fit for large effects"
    assert headline(diagnosis).startswith("fit for effects from ")
    assert observation(diagnosis, "false alarms").verdict == "good"


def test_a_machine_that_drifts_is_fit_because_twins_drift_alike() -> None:
    diagnosis = diagnosis_of(StandIn(drift=0.3))
    assert (diagnosis.conclusion, observation(diagnosis, "false alarms").verdict) == ("fit", "good")


def test_two_busy_neighbours_make_a_machine_unfit() -> None:
    diagnosis = diagnosis_of(BUSY)
    assert diagnosis.conclusion == "unfit"
    assert headline(diagnosis).startswith("unfit: other processes: used 1.40 of 2 cores")


def test_neighbours_are_named_by_their_command() -> None:
    remedy = observation(diagnosis_of(BUSY, neighbours=[Neighbour("python3", 0.9)]), "other processes").remedy
    assert remedy == "stop them (the busiest, in cores: python3 0.9), or measure at another time"


def test_the_same_state_gets_the_same_conclusion_whatever_the_dice() -> None:
    for machine, conclusion in ((StandIn(noise=0.05), "fit"), (BUSY, "unfit")):
        seeds = [replace(machine, source=random.Random(seed), orders=[]) for seed in range(10)]
        assert {diagnosis_of(each).conclusion for each in seeds} == {conclusion}


def test_one_busy_neighbour_of_many_cores_does_not_make_a_machine_unfit() -> None:
    large = Design(cores=64, seed=1)
    found = figures(examined(StandIn(others_cores=1.0), design=large), large)
    diagnosis = diagnose(found, replace(PLAIN, cpus=64, allowed=64, physical=64), ())
    assert (diagnosis.conclusion, observation(diagnosis, "other processes").verdict) == ("fit", "limits")


def test_a_machine_whose_host_takes_its_cores_is_unfit() -> None:
    assert diagnosis_of(StandIn(steal_cores=0.3)).conclusion == "unfit"


def test_cores_that_do_the_work_of_one_are_not_there() -> None:
    diagnosis = diagnosis_of(StandIn(parallel=2.1))
    assert (diagnosis.conclusion, observation(diagnosis, "all cores together").verdict) == ("unfit", "unfit")


@pytest.mark.parametrize(
    ("speedup", "verdict"),
    [
        (Interval(1.7, 1.4, 1.9), "good"),
        (Interval(1.2, 0.9, 1.65), "limits"),
        (Interval(0.9, 0.7, 1.1), "limits"),
        (Interval(0.9, 0.85, 0.95), "unfit"),
    ],
)
def test_all_cores_are_good_by_the_estimate_and_unfit_only_where_the_whole_interval_is(
    speedup: Interval, verdict: str
) -> None:
    found = replace(figures_of(StandIn()), speedup=speedup)
    assert observation(diagnose(found, PLAIN, ()), "all cores together").verdict == verdict


def test_hyperthreads_of_one_core_limit_what_can_be_compared() -> None:
    diagnosis = diagnosis_of(StandIn(parallel=1.55), replace(PLAIN, physical=1))
    assert (diagnosis.conclusion, observation(diagnosis, "all cores together").verdict) == ("fit", "limits")
    assert observation(diagnosis, "usable cores").remedy == "compare up to 1 workers: beyond that two share a core"


def test_where_one_of_two_equal_cells_is_always_slower_every_comparison_is_a_false_alarm() -> None:
    class Favours(StandIn):
        """Every other child is slow."""

        def __call__(self, order: Order) -> Reply:
            reply = super().__call__(order)
            factor = 1.1 if len(self.orders) % 2 else 1.0
            phases = reply.said["phases"]
            return replace(reply, said={"phases": {**phases, "cold_ns": round(phases["cold_ns"] * factor)}})

    class Fixed(Design):
        """The same order in every block, which no sound design has."""

        def block(self, number: int) -> list[CellTwin]:
            return sorted(super().block(0), key=lambda one: (one.cell.key, one.twin))

    fixed = Fixed(cores=2, seed=1)
    found = figures(examined(Favours(), design=fixed), fixed)
    assert found.false_alarms == found.comparisons == 3 * 20
    assert found.windows_alarmed == found.windows == 20
    assert diagnose(found, PLAIN, ()).conclusion == "unfit"
    assert found.phantom == pytest.approx(0.1, abs=0.02)


def test_false_alarms_are_held_against_the_windows_in_which_there_was_any() -> None:
    def verdict(alarmed: int) -> str:
        found = replace(figures_of(StandIn()), windows=20, windows_alarmed=alarmed, false_alarms=3 * alarmed)
        return observation(diagnose(found, PLAIN, ()), "false alarms").verdict

    assert [verdict(alarmed) for alarmed in (0, 4, 5, 6)] == ["good", "good", "good", "unfit"]


def test_both_counts_of_false_alarms_are_told_in_words() -> None:
    found = replace(
        figures_of(StandIn()), false_alarms=2, windows_alarmed=1, false_alarm_rate=Interval(0.05, 0.0, 0.25)
    )
    assert observation(diagnose(found, PLAIN, ()), "false alarms").figure == (
        "in 1 of 20 windows of 10 blocks (0 % to 25 %), at most 5 % are meant to be; 2 of 60 comparisons"
    )


def test_a_machine_on_which_many_children_fail_is_unfit_and_says_why() -> None:
    diagnosis = diagnosis_of(StandIn(failing=5))
    assert diagnosis.conclusion == "unfit"
    assert "crashed: ended by SIGSEGV" in observation(diagnosis, "children").figure


def test_pairs_of_which_one_failed_are_left_out() -> None:
    found = figures_of(StandIn(failing=50))
    assert (found.failures, found.comparisons) == (24, 60)


def test_a_machine_on_which_nothing_works_is_unfit_after_one_block() -> None:
    diagnosis = diagnosis_of(StandIn(failing=1))
    assert diagnosis.conclusion == "unfit"
    assert in_words(diagnosis).startswith("unfit: children: 6 of 6 did not end well")


@pytest.mark.parametrize(
    ("there", "what", "verdict"),
    [
        (PLAIN, "governor", "good"),
        (replace(PLAIN, governors=("powersave",), mhz=(800.0, 3100.0)), "governor", "limits"),
        (replace(PLAIN, governors=()), "governor", "not visible"),
        (PLAIN, "turbo", "good"),
        (replace(PLAIN, turbo=True), "turbo", "limits"),
        (replace(PLAIN, turbo=None), "turbo", "not visible"),
        (PLAIN, "clock", "good"),
        (replace(PLAIN, clock_resolution_s=0.015), "clock", "limits"),
        (PLAIN, "load", "good"),
        (replace(PLAIN, load=3.0), "load", "limits"),
        (replace(PLAIN, allowed=4, cpus=4), "usable cores", "limits"),
        (replace(PLAIN, cpus=8), "usable cores", "good"),
    ],
)
def test_how_a_machine_is_set_up_is_told_and_never_makes_it_unfit(there: Setting, what: str, verdict: str) -> None:
    diagnosis = diagnosis_of(StandIn(), there)
    assert (diagnosis.conclusion, observation(diagnosis, what).verdict) == ("fit", verdict)


def test_whatever_is_not_good_comes_with_what_to_do_about_it() -> None:
    worst = replace(PLAIN, governors=("powersave",), turbo=True, clock_resolution_s=1.0, load=9.0, physical=1)
    diagnosis = diagnosis_of(replace(BUSY, steal_cores=0.5), worst)
    assert all(bool(each.remedy) == (each.verdict in ("limits", "unfit")) for each in diagnosis.observations)


def test_what_the_kernel_tells_of_its_cores_is_read(tmp_path: Path) -> None:
    for core in range(256):
        for name, text in (
            ("topology/thread_siblings_list", f"{core // 2 * 2}-{core // 2 * 2 + 1}\n"),
            ("cpufreq/scaling_governor", "schedutil\n"),
            ("cpufreq/scaling_cur_freq", f"{2_000_000 + 1000 * core}\n"),
        ):
            path = tmp_path / f"cpu{core}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    (tmp_path / "intel_pstate").mkdir()
    (tmp_path / "intel_pstate" / "no_turbo").write_text("0\n")
    there = setting(tmp_path)
    assert (there.governors, there.turbo) == (("schedutil",), True)
    assert there.physical is not None
    assert there.physical <= there.allowed
    assert there.mhz is not None
    assert 2000 <= there.mhz[0] <= there.mhz[1] < 2256


def test_a_machine_that_tells_nothing_of_its_cores_is_no_error(tmp_path: Path) -> None:
    there = setting(tmp_path)
    assert (there.governors, there.turbo, there.mhz, there.physical) == ((), None, None, None)


def test_the_busiest_are_those_that_used_most_between_two_looks() -> None:
    before = CpuTimes(10.0, {(1, 0.0): ("init", 5.0), (2, 0.0): ("loop", 1.0), (3, 0.0): ("gone", 1.0)})
    after = CpuTimes(20.0, {(1, 0.0): ("init", 5.1), (2, 0.0): ("loop", 10.0), (3, 9.0): ("new", 9.0)})
    assert busiest(before, after) == (Neighbour("loop", 0.9),)


def test_the_conclusion_comes_first_and_then_a_line_for_each_finding() -> None:
    diagnosis = diagnosis_of(StandIn())
    first, blank, *lines = in_words(diagnosis).splitlines()
    assert (first, blank, len(lines)) == (headline(diagnosis), "", len(diagnosis.observations))


def test_machines_read_the_conclusion_the_findings_and_the_figures() -> None:
    said = json.loads(in_json(diagnosis_of(StandIn())))
    assert said["conclusion"] == "fit"
    assert {each["what"] for each in said["observations"]} >= {"false alarms", "steal", "load", "governor", "clock"}
    assert said["figures"]["comparisons"] == 60


def test_this_machine_is_examined_by_real_children(tmp_path: Path) -> None:
    done = runmatrix(tmp_path, "doctor", "--minutes", "0", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == (3 if said["conclusion"] == "unfit" else 0)
    figures = said["figures"]
    assert (figures["children"], figures["failures"], figures["comparisons"]) == (60, 0, 3)
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_an_examination_with_nothing_left(tmp_path: Path) -> None:
    doctor = begun(tmp_path, "doctor", "--minutes", "60")
    wait_for(lambda: len(psutil.Process(doctor.pid).children()) > 1)  # the guard, and a child
    doctor.send_signal(signal.SIGINT)
    _, said = doctor.communicate(timeout=30)
    assert (doctor.returncode, "nothing was changed" in said) == (130, True)


@pytest.mark.parametrize("minutes", ["-1", "nan", "inf", "1e9"])
def test_a_length_that_is_none_is_refused(minutes: str, tmp_path: Path) -> None:
    done = runmatrix(tmp_path, "doctor", "--minutes", minutes)
    assert (done.returncode, done.stderr.startswith("--minutes: ")) == (2, True)

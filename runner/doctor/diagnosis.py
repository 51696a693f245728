"""Figures, Setting, Neighbours → Diagnosis: whether claims can be made here today, why, and what to do about it.

What decides is taken over the whole examination, and its bounds lie far from a quiet and from a disturbed machine alike:
so two examinations of one state agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..stats import at_least
from ..summary.noise import DISTURBED_CORES
from ..summary.numbers import percent
from ..validity import FAILED_AT_MOST
from .examine import WINDOW
from .figures import FAMILY, FEW_BLOCKS, MANY_BLOCKS, MARGIN, Figures
from .neighbours import Neighbour
from .setting import Setting

Verdict = Literal["good", "limits", "unfit", "not visible"]
Conclusion = Literal["fit", "fit for large effects", "unfit"]

OTHERS_UNFIT = 0.25
"""Of the usable cores, taken by others. Then cells that use all cores are measured on other cores than the serial one."""
STEAL_UNFIT, STEAL_LIMITS = 0.05, 0.01
"""Of the usable cores, taken by the host: the margin unless another is given; and a fifth of it."""
NOMINAL, SURE = 0.05, 0.001
"""The rate at which families of claims have any false one, and how unlikely at that rate what was found must be to
speak of more. A window's comparisons are one family."""
PARALLEL_UNFIT, PARALLEL_LIMITS = 0.5, 0.8
"""Speedup over cores: below the first by its whole interval, less than half of them were there; from the second on by
its estimate, nearly all were."""
EFFECT_FIT, EFFECT_UNFIT = 0.2, 1.0
"""Effects that 30 blocks must see: a fifth, which is little where a model or another worker is to be chosen, and several
times what a quiet shared machine shows in its worst cell; and a factor of two, which two workers can at most bring."""
COARSE_CLOCK_S = 1e-6
BUSY_LOAD = 0.5
"""Load before, over usable cores."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that was looked at. `remedy` is empty where nothing is to be done."""

    what: str
    figure: str
    verdict: Verdict
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The conclusion, what it rests on, and the figures themselves."""

    conclusion: Conclusion
    observations: tuple[Observation, ...]
    figures: Figures
    setting: Setting
    neighbours: tuple[Neighbour, ...]


def diagnose(figures: Figures, setting: Setting, neighbours: Sequence[Neighbour]) -> Diagnosis:
    """What all that was found comes to: the worst decides."""
    observations = (*_measured(figures, neighbours), *_set_up(figures.cores, setting))
    return Diagnosis(_conclusion(observations, figures), observations, figures, setting, tuple(neighbours))


def _conclusion(observations: Sequence[Observation], figures: Figures) -> Conclusion:
    if any(observation.verdict == "unfit" for observation in observations):
        return "unfit"
    return "fit" if (figures.effect_many or 0) <= EFFECT_FIT else "fit for large effects"


def _measured(figures: Figures, neighbours: Sequence[Neighbour]) -> Iterator[Observation]:
    if figures.failures:
        yield _failures(figures)
    yield _others(figures, neighbours)
    yield _steal(figures)
    yield _parallel(figures)
    yield _effects(figures)
    yield _false_alarms(figures)
    yield _phantom(figures)


def _failures(figures: Figures) -> Observation:
    share = figures.failures / figures.children
    text = f"{figures.failures} of {figures.children} did not end well; {figures.failure}"
    verdict: Verdict = "unfit" if share > FAILED_AT_MOST else "limits"
    return Observation("children", text, verdict, "see to it that Python's own processes can work here")


def _others(figures: Figures, neighbours: Sequence[Neighbour]) -> Observation:
    cores = figures.others_cores
    if cores is None:
        return Observation("other processes", "the system does not tell", "not visible")
    text = f"used {cores:.2f} of {figures.cores} cores"
    if cores <= DISTURBED_CORES:
        return Observation("other processes", text, "good")
    named = ", ".join(f"{neighbour.name} {neighbour.cores:.1f}" for neighbour in neighbours)
    busiest = f" (the busiest, in cores: {named})" if named else ""
    verdict: Verdict = "unfit" if cores > OTHERS_UNFIT * figures.cores else "limits"
    return Observation("other processes", text, verdict, f"stop them{busiest}, or measure at another time")


def _steal(figures: Figures) -> Observation:
    if figures.steal_cores is None:
        return Observation("steal", "the system does not tell", "not visible")
    share = figures.steal_cores / figures.cores
    text = f"the host took {percent(share, 1)} of the cores' time"
    if share <= STEAL_LIMITS:
        return Observation("steal", text, "good")
    verdict: Verdict = "unfit" if share > STEAL_UNFIT else "limits"
    return Observation("steal", text, verdict, "take a machine with cores of its own, or measure at another time")


def _parallel(figures: Figures) -> Observation:
    speedup, cores = figures.speedup, figures.cores
    if speedup is None:
        return Observation("all cores together", "nothing ended well", "unfit", "see to the children that failed")
    interval = "" if speedup.low is None else f" ({speedup.low:.2f} to {speedup.high:.2f})"
    text = f"do the work of {speedup.estimate:.2f} cores{interval}, of {cores}"
    if speedup.estimate >= PARALLEL_LIMITS * cores:
        return Observation("all cores together", text, "good")
    upper = speedup.estimate if speedup.high is None else speedup.high
    verdict: Verdict = "unfit" if upper < PARALLEL_UNFIT * cores else "limits"
    remedy = (
        f"count on {speedup.estimate:.1f} cores, not {cores}: others use them, a quota holds them back, or some are "
        "hyperthreads of one core"
    )
    return Observation("all cores together", text, verdict, remedy)


def _effects(figures: Figures) -> Observation:
    few, family, many = figures.effect_few, figures.effect_family, figures.effect_many
    if few is None or many is None:
        return Observation("smallest effect", "too few blocks ended well", "unfit", "see to the children that failed")
    of_many = "" if family is None else f"; one of {FAMILY} comparisons: {percent(family, 1)} with {FEW_BLOCKS}"
    text = (
        f"one comparison: {percent(few, 1)} with {FEW_BLOCKS} blocks, {percent(many, 1)} with {MANY_BLOCKS}{of_many} "
        f"({figures.effect_cell})"
    )
    if many <= EFFECT_FIT:
        return Observation("smallest effect", text, "good")
    verdict: Verdict = "unfit" if many > EFFECT_UNFIT else "limits"
    return Observation(
        "smallest effect", text, verdict, "measure more blocks: four times as many see effects half as large"
    )


def _false_alarms(figures: Figures) -> Observation:
    rate = figures.false_alarm_rate
    if rate is None:
        return Observation("false alarms", "too few blocks ended well", "unfit", "see to the children that failed")
    interval = f"{percent(rate.low or 0, 0)} to {percent(rate.high or 0, 0)}"
    text = (
        f"in {figures.windows_alarmed} of {figures.windows} windows of {WINDOW} blocks ({interval}), "
        f"at most {percent(NOMINAL, 0)} are meant to be; {figures.false_alarms} of {figures.comparisons} comparisons"
    )
    if at_least(figures.windows_alarmed, figures.windows, NOMINAL) >= SURE:
        return Observation("false alarms", text, "good")
    return Observation(
        "false alarms", text, "unfit", "claim nothing here: find out what favours one of two equal cells"
    )


def _phantom(figures: Figures) -> Observation:
    if figures.phantom is None:
        return Observation("largest phantom", "nothing ended well", "unfit", "see to the children that failed")
    text = f"{percent(figures.phantom, 1)} between a cell and itself, in 10 blocks ({figures.phantom_cell})"
    if figures.phantom <= MARGIN:
        return Observation("largest phantom", text, "good")
    return Observation("largest phantom", text, "limits", "believe no difference of that size without its interval")


def _set_up(cores: int, setting: Setting) -> Iterator[Observation]:
    yield _load(cores, setting)
    yield _usable(cores, setting)
    yield _governor(setting)
    yield _turbo(setting)
    yield _clock(setting)


def _load(cores: int, setting: Setting) -> Observation:
    text = f"{setting.load:.2f} before"
    if setting.load <= BUSY_LOAD * cores:
        return Observation("load", text, "good")
    return Observation("load", text, "limits", "wait until what ran before has come to rest")


def _usable(cores: int, setting: Setting) -> Observation:
    text = f"{cores} of {setting.cpus or cores}"
    if setting.physical is not None and setting.physical < cores:
        remedy = f"compare up to {setting.physical} workers: beyond that two share a core"
        return Observation("usable cores", f"{text}, on {setting.physical} physical", "limits", remedy)
    if cores < setting.allowed:
        return Observation(
            "usable cores", f"{text}, by quota", "limits", "prefer an affinity: a quota stops all at once"
        )
    return Observation("usable cores", text if cores == setting.cpus else f"{text}, by affinity", "good")


def _governor(setting: Setting) -> Observation:
    if not setting.governors:
        return Observation("governor", "no cpufreq here, as in most virtual machines", "not visible")
    mhz = f", {setting.mhz[0]:.0f} to {setting.mhz[1]:.0f} MHz now" if setting.mhz else ""
    text = f"{' and '.join(setting.governors)}{mhz}"
    if setting.governors == ("performance",):
        return Observation("governor", text, "good")
    return Observation("governor", text, "limits", "sudo cpupower frequency-set --governor performance")


def _turbo(setting: Setting) -> Observation:
    if setting.turbo is None:
        return Observation("turbo", "nothing tells", "not visible")
    if not setting.turbo:
        return Observation("turbo", "off", "good")
    remedy = "one busy core runs faster than all at once, which makes speedups smaller: switch it off to compare cores"
    return Observation("turbo", "on", "limits", remedy)


def _clock(setting: Setting) -> Observation:
    text = f"{setting.clock}, resolution {setting.clock_resolution_s * 1e9:,.0f} ns"
    if setting.clock_resolution_s <= COARSE_CLOCK_S:
        return Observation("clock", text, "good")
    return Observation("clock", text, "limits", "measure batches of at least a thousand times that")

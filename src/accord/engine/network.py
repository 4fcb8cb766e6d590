"""The activity network: precedence links, order, cycles, and the critical path method.

Link conventions (PMBOK; S. E. Elmaghraby, "Activity Networks", 1977), lag in working days, negative allowed:
FS: start(j) >= finish(i) + lag; SS: start(j) >= start(i) + lag; FF: finish(j) >= finish(i) + lag;
SF: finish(j) >= start(i) + lag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.engine.plan import LinkType

FS, SS, FF, SF = range(4)
CODES = {LinkType.FS: FS, LinkType.SS: SS, LinkType.FF: FF, LinkType.SF: SF}

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


class CyclicNetwork(ValueError):
    """Activities that wait for each other; `members` are their positions, in the order of the links."""

    def __init__(self, members: list[int]) -> None:
        self.members = members
        super().__init__(f"activities {members} wait for each other")


@dataclass(frozen=True, slots=True)
class Network:
    """Links as parallel arrays, grouped by source; `incoming` lists the same links grouped by target.

    `first[i]:first[i+1]` are the links that leave activity i; `incoming[first_in[j]:first_in[j+1]]` those that enter j.
    """

    count: int
    source: Ints
    target: Ints
    type: NDArray[np.int8]
    lag: Floats
    first: Ints
    incoming: Ints
    first_in: Ints
    order: Ints  # topological

    @classmethod
    def of(cls, count: int, links: Sequence[tuple[int, int, int, float]]) -> Network:
        """From (source, target, type code, lag) tuples.

        Raises:
            CyclicNetwork: the links form a cycle.
        """
        ordered = sorted(links)
        source, target, kind, lag = (
            np.array([link[k] for link in ordered], dtype=t)
            for k, t in enumerate((np.int32, np.int32, np.int8, np.float64))
        )
        first = np.searchsorted(source, np.arange(count + 1)).astype(np.int32)
        incoming = np.argsort(target, kind="stable").astype(np.int32)
        first_in = np.searchsorted(target[incoming], np.arange(count + 1)).astype(np.int32)
        order = _topological(count, target.tolist(), first.tolist())
        return cls(count, source, target, kind, lag, first, incoming, first_in, order)


def _topological(count: int, target: list[int], first: list[int]) -> Ints:
    waiting = [0] * count
    for j in target:
        waiting[j] += 1
    order = [i for i in range(count) if waiting[i] == 0]
    for i in order:  # grows while it is walked
        for j in target[first[i] : first[i + 1]]:
            waiting[j] -= 1
            if waiting[j] == 0:
                order.append(j)
    if len(order) < count:
        raise CyclicNetwork(_cycle(waiting, target, first))
    return np.array(order, dtype=np.int32)


def _cycle(waiting: list[int], target: list[int], first: list[int]) -> list[int]:
    """Walk backwards among what still waits: every such activity has a predecessor that waits too."""
    before: dict[int, int] = {}
    for i in range(len(waiting)):
        if waiting[i]:
            before.update((j, i) for j in target[first[i] : first[i + 1]] if waiting[j])
    at = next(i for i in range(len(waiting)) if waiting[i])
    seen: dict[int, int] = {}
    while at not in seen:
        seen[at] = len(seen)
        at = before[at]
    return list(seen)[seen[at] :][::-1]


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """Early and late dates and floats, one entry for each activity, in working days."""

    early_start: Floats
    early_finish: Floats
    late_start: Floats
    late_finish: Floats

    @property
    def total_float(self) -> Floats:
        return self.late_start - self.early_start

    @property
    def makespan(self) -> float:
        return float(self.early_finish.max(initial=0.0))


def critical_path(network: Network, durations: Floats, release: Floats, group: Ints) -> CriticalPath:
    """The critical path method with nobody short; each group of activities ends when its own last activity does.

    `release` holds the earliest starts. The backward pass starts from each group's early finish.
    """
    start, finish = release.tolist(), [0.0] * network.count
    days, order = durations.tolist(), network.order.tolist()
    links = list(
        zip(
            network.source.tolist(),
            network.target.tolist(),
            network.type.tolist(),
            network.lag.tolist(),
            strict=True,
        )
    )
    incoming, first_in, first = network.incoming.tolist(), network.first_in.tolist(), network.first.tolist()
    for j in order:
        for k in incoming[first_in[j] : first_in[j + 1]]:
            i, _, kind, lag = links[k]
            bound = (finish[i] if kind in (FS, FF) else start[i]) + lag
            start[j] = max(start[j], bound - days[j] if kind in (FF, SF) else bound)
        finish[j] = start[j] + days[j]
    ends: dict[int, float] = {}
    for g, value in zip(group.tolist(), finish, strict=True):
        ends[g] = max(ends.get(g, 0.0), value)
    late_finish = [ends[g] for g in group.tolist()]
    for i in reversed(order):
        for _, j, kind, lag in links[first[i] : first[i + 1]]:
            bound = (late_finish[j] if kind in (FF, SF) else late_finish[j] - days[j]) - lag
            late_finish[i] = min(late_finish[i], bound + days[i] if kind in (SS, SF) else bound)
    late = np.array(late_finish)
    return CriticalPath(np.array(start), np.array(finish), late - durations, late)


def peak_demand(
    network: Network, users: Sequence[int], demand: Sequence[float], reach: Sequence[int]
) -> float:
    """An upper bound of what `users` can need at the same time, whatever the durations.

    Users are packed greedily into chains in which each can only start after the one before has finished; at most
    one activity of a chain runs at a time. `reach[i]` is the bit set of the activities that finish-to-start links put after i.
    """
    position = {int(i): place for place, i in enumerate(network.order)}
    chains: list[tuple[int, float]] = []  # (last activity, largest demand)
    for i, need in sorted(zip(users, demand, strict=True), key=lambda pair: position[pair[0]]):
        for place, (last, largest) in enumerate(chains):
            if reach[last] >> i & 1:
                chains[place] = (i, max(largest, need))
                break
        else:
            chains.append((i, need))
    return sum(largest for _, largest in chains)


def finish_to_start_reach(network: Network) -> list[int]:
    """For each activity the bit set of those that finish-to-start links without overlap put after it."""
    reach = [0] * network.count
    for i in reversed(network.order.tolist()):
        for k in range(network.first[i], network.first[i + 1]):
            if network.type[k] == FS and network.lag[k] >= 0:
                j = int(network.target[k])
                reach[i] |= reach[j] | 1 << j
    return reach

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.engine.network import (
    FF,
    FS,
    SF,
    SS,
    CyclicNetwork,
    Network,
    critical_path,
    finish_to_start_reach,
    peak_demand,
)


def _path(count, links, durations):
    network = Network.of(count, links)
    return critical_path(
        network, np.array(durations, dtype=float), np.zeros(count), np.zeros(count, dtype=np.int32)
    )


@pytest.mark.parametrize(
    ("kind", "lag", "start"), [(FS, 0, 5), (FS, -2, 3), (SS, 2, 2), (FF, 1, 3), (SF, 4, 1), (FF, -9, 0)]
)
def test_each_kind_of_link_sets_the_earliest_start(kind, lag, start):
    found = _path(2, [(0, 1, kind, lag)], [5, 3])
    assert found.early_start[1] == start


def test_floats_are_what_an_activity_can_slip_without_moving_the_end():
    found = _path(4, [(0, 1, FS, 0), (0, 2, FS, 0), (1, 3, FS, 0), (2, 3, FS, 0)], [2, 5, 3, 1])
    assert found.makespan == 8
    assert found.total_float.tolist() == [0, 0, 2, 0]


def test_a_cycle_is_told_with_its_members_in_the_order_of_the_links():
    with pytest.raises(CyclicNetwork) as told:
        Network.of(5, [(0, 1, FS, 0), (1, 2, FS, 0), (2, 3, SS, 0), (3, 1, FS, 0), (3, 4, FS, 0)])
    members = told.value.members
    turn = members.index(1)
    assert members[turn:] + members[:turn] == [1, 2, 3]


networks = st.integers(2, 9).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.tuples(
                st.integers(0, n - 2),
                st.integers(1, n - 1),
                st.sampled_from([FS, SS, FF, SF]),
                st.integers(-3, 4),
            ).map(lambda k: (min(k[0], k[1] - 1), k[1], k[2], k[3])),
            max_size=16,
        ),
        st.lists(st.integers(0, 7), min_size=n, max_size=n),
    )
)


@given(networks)
def test_slipping_by_its_float_keeps_the_end_and_slipping_by_more_moves_it(case):
    count, links, durations = case
    network = Network.of(count, links)
    found = _path(count, links, durations)
    for i in range(count):
        for slip, moves in ((found.total_float[i], False), (found.total_float[i] + 1, True)):
            release = np.zeros(count)
            release[i] = found.early_start[i] + slip
            late = critical_path(
                network, np.array(durations, dtype=float), release, np.zeros(count, dtype=np.int32)
            )
            assert (late.makespan > found.makespan + 1e-9) is moves


def test_chained_users_never_need_more_than_the_largest_of_them_at_once():
    network = Network.of(4, [(0, 1, FS, 0), (1, 2, FS, 3), (2, 3, FS, -1)])
    reach = finish_to_start_reach(network)
    assert peak_demand(network, [0, 1, 2], [2, 1, 2], reach) == 2
    assert peak_demand(network, [2, 3], [2, 1], reach) == 3  # a lead lets them overlap

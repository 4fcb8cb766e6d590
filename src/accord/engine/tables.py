"""What the compiled loops read and write: a portfolio as flat arrays, and one thread's working space."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

BLOCK = 32  # samples drawn together: a multiple of LANES; the block's durations should stay in the processor's cache
UNIT = 1000  # thousandths of a person

Array = NDArray[Any]


class Tables(NamedTuple):
    """A portfolio as flat arrays. n activities, v = n + risks variables, E engagements, R resources (pools first)."""

    # variables: the n activities' own sizes, then the risks' impacts
    kind: Array
    base: Array
    width: Array
    row: Array  # whole part of the row in the quantile table
    row_share: Array  # and its fraction
    key: Array  # (v, 2) stream keys, 32 bits each
    # activities
    engagement: Array
    day_factor: Array  # working days for one unit of the variable (remaining work only), at nominal speed
    cost_factor: Array  # money for one unit of the variable; 0 where the people taken decide
    # engagements
    common: Array  # (E,) weight of the common factor, and of an activity's own deviate
    own: Array
    common_key: Array  # (E, 2)
    fixed_cost: Array
    # risks
    risk_probability: Array
    risk_activity: Array  # -1: money only
    risk_engagement: Array
    risk_work: Array  # days (at nominal speed) for one unit of impact that is effort
    risk_wait: Array  # days for one unit of impact that is duration
    risk_cost_factor: Array
    risk_cost: Array
    risk_key: Array  # (K, 2) keys of the occurrence
    # network
    release: Array
    first: Array
    target: Array
    link: Array
    lag: Array
    first_in: Array
    incoming: Array
    source: Array
    order: Array  # topological
    predecessors: Array  # how many links enter
    # people
    pools: int
    rank: Array
    by_rank: Array
    first_need: Array
    need_resource: Array
    need_units: Array  # what the activity takes
    need_free: Array  # what must be free: for a pool, also what the activity takes of its members by name
    need_place: Array  # where the activity waits for this need
    first_word: Array  # (R + 1,) the 64-bit words that hold a resource's places
    place_rank: Array  # rank of the activity at a place
    smallest_need: Array
    capacity: Array  # (R,) availability when everybody is there and idle
    unnamed: Array  # (pools,) units without a name
    first_member: Array  # members of a pool, as resource numbers
    member: Array
    pool_of: Array  # (R,) -1: none
    hours: Array  # (R,) hours per day
    rate: Array  # (R,) money per hour
    first_away: Array
    away_from: Array
    away_to: Array
    away_moment: Array  # absences of everybody as events, ascending
    away_resource: Array
    away_begins: Array
    flexible: Array  # the speed depends on who is taken from the pool
    nominal_speed: Array  # hours per day of all units together
    fastest: Array  # least share of the nominal time that the fastest people need
    undone: Array  # 1 - done
    first_held: Array  # room for the members an activity may hold


class Scratch(NamedTuple):
    """Working space of one thread."""

    work: Array  # (n, BLOCK) days at nominal speed
    wait: Array  # (n, BLOCK) days that no speed shortens
    factor: Array  # (E, BLOCK) common factors
    cost: Array  # (E, BLOCK)
    start: Array  # (n, BLOCK)
    finish: Array  # (n, BLOCK)
    size: Array  # (n,) this and the next three: the sample at hand, side by side for the cache
    delay: Array
    begin: Array
    end: Array
    ready: Array
    left: Array
    binding: Array
    asked: Array  # when an activity first asked for its people
    cause: Array
    waited_for: Array
    stack: Array
    told: Array  # on the stack with it: from when on the chain's waiting was counted
    heap_time: Array
    heap_code: Array
    wake: Array  # (n,) first activity that wakes when this one finishes
    wake_next: Array
    running: Array
    available: Array
    free: Array
    since: Array
    freed_by: Array
    present: Array
    waiting: Array  # (words,) queues: bits over places
    waiting_words: Array  # (words / 64,) which words of `waiting` hold anything
    candidates: Array  # bits over ranks
    candidate_words: Array
    queue: Array  # the need in whose queue an activity waits or last waited; -1: none
    taken: Array  # unnamed units taken, for each need
    held: Array
    held_units: Array
    held_count: Array
    seen: Array

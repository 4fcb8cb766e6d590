"""The compiled inner loops: drawing samples, the critical path, and the parallel schedule-generation scheme.

Everything works on flat arrays and scratch space that the caller allocates once for each thread. Units of people
are whole thousandths, so that adding and taking them away is exact. One block is BLOCK consecutive samples.

Scheme: parallel schedule generation (R. Kolisch, European Journal of Operational Research 90, 1996), driven by
events. An activity that cannot start waits in the queue of one need that cannot be met; when units come back to a resource,
the first of its queue becomes a candidate, and the next one once that has been tried. Candidates are tried by rank. Queues and
candidates are bit sets: a resource has a place for each need of it, in order of rank.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from accord.engine.distributions import LOGNORMAL, TABLE, UNIFORM_ROW, Z_CELLS, Z_LIMIT
from accord.engine.network import FF, FS, SS
from accord.engine.streams import LANES, normal, philox, trailing_zeros, uniform
from accord.engine.tables import BLOCK, UNIT

_NEVER = 1e300
_SAME = 1e-9
_ONE = np.uint64(1)


@njit(cache=True, nogil=True)
def draw(t, s, first_sample, k0, k1, normals, shapes):
    """Fill `work`, `wait` and `cost` of one block of samples."""
    low = np.uint64(0xFFFFFFFF)
    counter = np.uint64(first_sample // LANES)
    n = t.engagement.size
    for e in range(t.fixed_cost.size):
        s.cost[e, :] = t.fixed_cost[e]
        if t.common[e] > 0.0:
            _deviates(s.factor[e], counter, t.common_key[e, 0], t.common_key[e, 1], k0, k1, normals)
    z = s.work[n]  # one spare row
    for i in range(n):
        s.wait[i, :] = 0.0
        e = t.engagement[i]
        if t.kind[i] == 0:
            s.work[i, :] = t.base[i] * t.day_factor[i]
            s.cost[e, :] += t.base[i] * t.cost_factor[i]
            continue
        _deviates(z, counter, t.key[i, 0], t.key[i, 1], k0, k1, normals)
        if t.common[e] > 0.0:
            for b in range(BLOCK):
                z[b] = t.common[e] * s.factor[e, b] + t.own[e] * z[b]
        _values(z, t, i, shapes)
        days, money = t.day_factor[i], t.cost_factor[i]
        for b in range(BLOCK):
            s.work[i, b] = z[b] * days
            s.cost[e, b] += z[b] * money
    for k in range(t.risk_probability.size):
        v = n + k
        i, e = t.risk_activity[k], t.risk_engagement[k]
        _deviates(z, counter, t.key[v, 0], t.key[v, 1], k0, k1, normals)
        _values(z, t, v, shapes)
        for q in range(BLOCK // LANES):
            words = philox(counter + np.uint64(q), counter & low, t.risk_key[k, 0], t.risk_key[k, 1], k0, k1)
            for lane in range(LANES):
                if uniform(words[lane]) < t.risk_probability[k]:
                    b = q * LANES + lane
                    s.cost[e, b] += t.risk_cost[k] + z[b] * t.risk_cost_factor[k]
                    if i >= 0:
                        s.work[i, b] += z[b] * t.risk_work[k]
                        s.wait[i, b] += z[b] * t.risk_wait[k]


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _deviates(out, counter, key0, key1, k0, k1, normals):
    for q in range(BLOCK // LANES):
        w0, w1, w2, w3 = philox(counter + np.uint64(q), np.uint64(0), key0, key1, k0, k1)
        b = q * LANES
        out[b] = normal(w0, normals)
        out[b + 1] = normal(w1, normals)
        out[b + 2] = normal(w2, normals)
        out[b + 3] = normal(w3, normals)


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _values(z, t, v, shapes):
    """Turn standard normal deviates into values of variable v, in place."""
    base, width = t.base[v], t.width[v]
    if t.kind[v] == TABLE:
        row, share = t.row[v], t.row_share[v]
        for b in range(BLOCK):
            place = (z[b] + Z_LIMIT) * (Z_CELLS / (2 * Z_LIMIT))
            cell = int(place)
            part = place - cell
            under = shapes[row, cell] + part * (shapes[row, cell + 1] - shapes[row, cell])
            over = shapes[row + 1, cell] + part * (shapes[row + 1, cell + 1] - shapes[row + 1, cell])
            z[b] = max(0.0, base + width * (under + share * (over - under)))
    elif t.kind[v] == LOGNORMAL:
        for b in range(BLOCK):
            z[b] = np.exp(base + width * z[b])
    else:
        z[:] = base


@njit(cache=True, nogil=True)
def occurred(key0, key1, probability, samples, k0, k1):
    """In which samples a risk occurs (the same draws as in `draw`)."""
    low = np.uint64(0xFFFFFFFF)
    out = np.empty(samples, np.bool_)
    for block in range(0, samples, BLOCK):
        counter = np.uint64(block // LANES)
        for q in range(BLOCK // LANES):
            words = philox(counter + np.uint64(q), counter & low, key0, key1, k0, k1)
            for lane in range(LANES):
                b = block + q * LANES + lane
                if b < samples:
                    out[b] = uniform(words[lane]) < probability
    return out


@njit(cache=True, nogil=True)
def rank_correlation(t, first_activity, last_activity, ranks, k0, k1, normals, shapes, out):
    """Rank correlation of activities' own sizes with a rank score of their engagement's finish, (E, samples).

    Inversion makes the rank of a drawn value known: it is the uniform number that it was drawn from.
    """
    samples = ranks.shape[1]
    z, common = np.empty(BLOCK), np.empty(BLOCK)
    for i in range(first_activity, last_activity):
        out[i] = 0.0
        if t.kind[i] == 0:
            continue
        e = t.engagement[i]
        su, suu, sr, srr, sur = 0.0, 0.0, 0.0, 0.0, 0.0
        for block in range(0, samples, BLOCK):
            counter = np.uint64(block // LANES)
            _deviates(z, counter, t.key[i, 0], t.key[i, 1], k0, k1, normals)
            if t.common[e] > 0.0:
                _deviates(common, counter, t.common_key[e, 0], t.common_key[e, 1], k0, k1, normals)
                for b in range(BLOCK):
                    z[b] = t.common[e] * common[b] + t.own[e] * z[b]
            for b in range(min(BLOCK, samples - block)):
                place = (z[b] + Z_LIMIT) * (Z_CELLS / (2 * Z_LIMIT))
                cell = int(place)
                below = shapes[UNIFORM_ROW, cell]
                u = below + (place - cell) * (shapes[UNIFORM_ROW, cell + 1] - below) - 0.5
                r = ranks[e, block + b]
                su += u
                suu += u * u
                sr += r
                srr += r * r
                sur += u * r
        spread = (suu - su * su / samples) * (srr - sr * sr / samples)
        if spread > 1e-12:
            out[i] = (sur - su * sr / samples) / np.sqrt(spread)


@njit(cache=True, nogil=True)
def forward_pass(t, s):
    """Early dates of a whole block where nobody is short."""
    for place in range(t.order.size):
        j = t.order[place]
        begin = s.start[j]
        begin[:] = t.release[j]
        days, wait = s.work[j], s.wait[j]
        for at in range(t.first_in[j], t.first_in[j + 1]):
            k = t.incoming[at]
            i, kind, lag = t.source[k], t.link[k], t.lag[k]
            bound = s.finish[i] if kind == FS or kind == FF else s.start[i]
            if kind == FS or kind == SS:
                for b in range(BLOCK):
                    begin[b] = max(begin[b], bound[b] + lag)
            else:
                for b in range(BLOCK):
                    begin[b] = max(begin[b], bound[b] + lag - (days[b] + wait[b]))
        end = s.finish[j]
        for b in range(BLOCK):
            end[b] = begin[b] + (days[b] + wait[b])


@njit(cache=True, nogil=True, _nrt=False)
def generate(t, s, b):
    """Schedule sample b of the block by the parallel scheme. Returns how many activities started (n, or a fault)."""
    n = t.engagement.size
    resources = t.capacity.size
    for i in range(n):
        s.ready[i] = t.release[i]
        s.left[i] = t.predecessors[i]
        s.binding[i] = -1
        s.cause[i] = -1
        s.waited_for[i] = -1
        s.wake[i] = -1
        s.running[i] = False
        s.held_count[i] = 0
        s.queue[i] = -1
        s.size[i] = s.work[i, b]
        s.delay[i] = s.wait[i, b]
    for r in range(resources):
        s.available[r] = t.capacity[r]
        s.free[r] = t.unnamed[r] if r < t.pools else UNIT
        s.since[r] = 0.0
        s.freed_by[r] = -1
        s.present[r] = True
    now, heap, started, away = 0.0, 0, 0, 0
    top = 0
    for i in range(n):
        if t.predecessors[i] == 0:
            s.stack[top] = i
            top += 1
    while away < t.away_moment.size and t.away_moment[away] <= now:
        _come_or_go(t, s, t.away_resource[away], t.away_begins[away], now)
        away += 1
    while True:
        # 1. activities whose last predecessor has started: their earliest start is known
        while top > 0:
            top -= 1
            i = s.stack[top]
            if t.first_need[i] == t.first_need[i + 1]:
                s.begin[i] = s.ready[i]
                s.end[i] = s.ready[i] + (s.size[i] + s.delay[i])
                started += 1
                top = _reach(t, s, i, top)
            elif s.ready[i] <= now:
                _ask(t, s, i, now)
            else:
                waker = s.binding[i]
                if waker >= 0 and s.running[waker] and s.end[waker] == s.ready[i]:
                    s.wake_next[i] = s.wake[waker]
                    s.wake[waker] = i
                else:
                    heap = _push(s, heap, s.ready[i], n + i)
        # 2. of all that could start now, the one of highest priority
        rank = _next_bit(s.candidates, s.candidate_words, np.int64(0), s.candidates.size)
        if rank >= 0:
            _clear(s.candidates, s.candidate_words, rank)
            j = t.by_rank[rank]
            queue, short = s.queue[j], _short_of(t, s, j)
            if short >= 0:
                _wait(t, s, j, short)
            else:
                if now > s.asked[j]:
                    s.waited_for[j] = t.need_resource[queue]
                    s.cause[j] = s.freed_by[t.need_resource[queue]]
                heap = _start(t, s, b, j, now, heap)
                started += 1
                top = _reach(t, s, j, top)
            if queue >= 0:
                _offer(t, s, t.need_resource[queue], t.need_place[queue] + 1)
            continue
        if started == n:
            return n
        # 3. the next moment at which something changes
        moment = s.heap_time[0] if heap > 0 else _NEVER
        if away < t.away_moment.size and t.away_moment[away] < moment:
            moment = t.away_moment[away]
        if moment >= _NEVER:
            return started
        now = max(now, moment)
        while heap > 0 and s.heap_time[0] <= now:
            code = s.heap_code[0]
            heap = _pop(s, heap)
            if code >= n:
                _ask(t, s, code - n, now)
            else:
                _release(t, s, code, now)
                i = s.wake[code]
                while i >= 0:
                    _ask(t, s, i, now)
                    i = s.wake_next[i]
        while away < t.away_moment.size and t.away_moment[away] <= now:
            _come_or_go(t, s, t.away_resource[away], t.away_begins[away], now)
            away += 1


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _reach(t, s, i, top):
    """Tell i's successors its dates; those whose predecessors have all started go on the stack."""
    for k in range(t.first[i], t.first[i + 1]):
        j = t.target[k]
        bound = _bound(t, s, k, i, j)
        ready, binding, left = s.ready[j], s.binding[j], s.left[j] - 1
        later = bound > ready
        s.ready[j] = bound if later else ready
        by = np.int64(i) if t.link[k] == FS else np.int64(-1)
        s.binding[j] = by if later else binding
        s.left[j] = left
        s.stack[top] = j
        top += left == 0
    return top


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _bound(t, s, k, i, j):
    """The earliest start that link k from i allows j."""
    kind = t.link[k]
    if kind == FS:
        return s.end[i] + t.lag[k]
    if kind == SS:
        return s.begin[i] + t.lag[k]
    days = s.size[j] * t.fastest[j] + s.delay[j]
    return (s.end[i] if kind == FF else s.begin[i]) + t.lag[k] - days


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _ask(t, s, i, now):
    """i may start now if its people are free."""
    s.asked[i] = now
    short = _short_of(t, s, i)
    if short >= 0:
        _wait(t, s, i, short)
    else:
        _set(s.candidates, s.candidate_words, t.rank[i])


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _wait(t, s, j, need):
    s.queue[j] = need
    _set(s.waiting, s.waiting_words, t.need_place[need])


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _offer(t, s, r, place):
    """Let the first who waits for r, from `place` on, try again."""
    if s.available[r] >= t.smallest_need[r]:
        found = _next_bit(s.waiting, s.waiting_words, np.int64(place), t.first_word[r + 1])
        if found >= 0:
            _clear(s.waiting, s.waiting_words, found)
            _set(s.candidates, s.candidate_words, t.place_rank[found])


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _short_of(t, s, j):
    """The first need of j that cannot be met now, or -1."""
    for k in range(t.first_need[j], t.first_need[j + 1]):
        if s.available[t.need_resource[k]] < t.need_free[k]:
            return np.int64(k)
    return np.int64(-1)


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _start(t, s, b, j, now, heap):
    begin = now
    if s.ready[j] < now:
        # Its people may have been free before this moment, when its start was not known yet: as long as they
        # have been free without interruption, it has started then.
        begin = s.ready[j]
        for k in range(t.first_need[j], t.first_need[j + 1]):
            begin = max(begin, s.since[t.need_resource[k]])
    for k in range(t.first_need[j], t.first_need[j + 1]):
        r, units = t.need_resource[k], t.need_units[k]
        if r >= t.pools:
            _hold(t, s, j, r, units, now)
        elif t.first_member[r] == t.first_member[r + 1]:
            s.available[r] -= units
            s.since[r] = now
        else:
            s.taken[k] = min(units, s.free[r])
            s.free[r] -= s.taken[k]
            s.available[r] -= s.taken[k]
            s.since[r] = now
    work = s.size[j]
    if t.flexible[j]:
        for k in range(t.first_need[j], t.first_need[j + 1]):
            r = t.need_resource[k]
            if r < t.pools and t.first_member[r] != t.first_member[r + 1]:
                _hold_from_pool(t, s, j, r, t.need_units[k] - s.taken[k], now)
        work = _with_these_people(t, s, b, j, work)
    days = work + s.delay[j]
    end = begin + days if s.held_count[j] == 0 else _finish_with_pauses(t, s, j, begin, days)
    s.begin[j] = begin
    s.end[j] = end
    s.running[j] = True
    return _push(s, heap, end, j)


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _hold(t, s, j, m, units, now):
    """Take units of a named member who is there."""
    s.free[m] -= units
    s.available[m] -= units
    s.since[m] = now
    pool = t.pool_of[m]
    if pool >= 0:
        s.available[pool] -= units
        s.since[pool] = now
    place = t.first_held[j] + s.held_count[j]
    s.held[place] = m
    s.held_units[place] = units
    s.held_count[j] += 1


@njit(cache=True, nogil=True, _nrt=False)
def _hold_from_pool(t, s, j, pool, units, now):
    """Take the rest of a need from the pool's members: first who stays longest."""
    while units > 0:
        chosen, stays = -1, -1.0
        for at in range(t.first_member[pool], t.first_member[pool + 1]):
            m = t.member[at]
            if s.available[m] > 0:
                leaves = _next_absence(t, m, now)
                if leaves > stays:
                    chosen, stays = m, leaves
        part = min(units, s.available[chosen])
        _hold(t, s, j, chosen, part, now)
        units -= part


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _next_absence(t, m, moment):
    for k in range(t.first_away[m], t.first_away[m + 1]):
        if t.away_from[k] >= moment:
            return t.away_from[k]
    return _NEVER


@njit(cache=True, nogil=True, _nrt=False)
def _with_these_people(t, s, b, j, work):
    """Working days with the people taken, whose cost is added."""
    speed, money = 0.0, 0.0
    for k in range(t.first_need[j], t.first_need[j + 1]):
        r = t.need_resource[k]
        if r < t.pools:
            units = t.need_units[k]
            if t.first_member[r] != t.first_member[r + 1]:
                units = s.taken[k]
            speed += units * t.hours[r]
            money += units * t.hours[r] * t.rate[r]
    for place in range(t.first_held[j], t.first_held[j] + s.held_count[j]):
        m = s.held[place]
        speed += s.held_units[place] * t.hours[m]
        money += s.held_units[place] * t.hours[m] * t.rate[m]
    days = work * t.nominal_speed[j] * UNIT / speed if t.nominal_speed[j] > 0.0 else work
    s.cost[t.engagement[j], b] += (days + s.delay[j]) * money / UNIT / t.undone[j]
    return days


@njit(cache=True, nogil=True, _nrt=False)
def _finish_with_pauses(t, s, j, begin, days):
    """The activity pauses while one of the members that it holds is away."""
    now = begin
    while True:
        pause, back = _NEVER, 0.0
        for place in range(t.first_held[j], t.first_held[j] + s.held_count[j]):
            m = s.held[place]
            for k in range(t.first_away[m], t.first_away[m + 1]):
                if t.away_to[k] > now:
                    if t.away_from[k] < pause:
                        pause, back = t.away_from[k], t.away_to[k]
                    break
        if now + days <= pause:
            return now + days
        days -= max(0.0, pause - now)
        now = back


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _release(t, s, j, now):
    s.running[j] = False
    for k in range(t.first_need[j], t.first_need[j + 1]):
        r = t.need_resource[k]
        if r < t.pools:
            units = t.need_units[k]
            if t.first_member[r] != t.first_member[r + 1]:
                units = s.taken[k]
                s.free[r] += units
            s.available[r] += units
            s.since[r] = now
            s.freed_by[r] = j
            _offer(t, s, r, t.first_word[r] << 6)
    for place in range(t.first_held[j], t.first_held[j] + s.held_count[j]):
        m, units = s.held[place], s.held_units[place]
        s.free[m] += units
        if s.present[m]:
            _give(t, s, m, units, now, j)


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _give(t, s, m, units, now, giver):
    """Units of a present member become available, by name and in the role's pool."""
    s.available[m] += units
    s.since[m] = now
    s.freed_by[m] = giver
    _offer(t, s, m, t.first_word[m] << 6)
    pool = t.pool_of[m]
    if pool >= 0:
        s.available[pool] += units
        s.since[pool] = now
        s.freed_by[pool] = giver
        _offer(t, s, pool, t.first_word[pool] << 6)


@njit(cache=True, nogil=True, _nrt=False)
def _come_or_go(t, s, m, begins, now):
    s.present[m] = not begins
    if not begins:
        _give(t, s, m, s.free[m], now, -1)
        return
    s.available[m] -= s.free[m]
    s.since[m] = now
    if t.pool_of[m] >= 0:
        s.available[t.pool_of[m]] -= s.free[m]
        s.since[t.pool_of[m]] = now


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _push(s, size, moment, code):
    _lift(s, size, moment, code)
    return size + 1


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _pop(s, size):
    """Take the first event away: the earlier ones of each pair move up, then the last event takes the free place."""
    size -= 1
    moment, code = s.heap_time[size], s.heap_code[size]
    s.heap_time[size] = _NEVER
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        below += s.heap_time[below + 1] < s.heap_time[below]
        s.heap_time[at] = s.heap_time[below]
        s.heap_code[at] = s.heap_code[below]
        at = below
    _lift(s, at, moment, code)
    return size


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _lift(s, at, moment, code):
    """Put an event at a free place, or above it where it is earlier."""
    while at > 0:
        above = (at - 1) >> 1
        if s.heap_time[above] <= moment:
            break
        s.heap_time[at] = s.heap_time[above]
        s.heap_code[at] = s.heap_code[above]
        at = above
    s.heap_time[at] = moment
    s.heap_code[at] = code


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _set(words, filled, bit):
    words[bit >> 6] |= _ONE << np.uint64(bit & 63)
    filled[bit >> 12] |= _ONE << np.uint64((bit >> 6) & 63)


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _clear(words, filled, bit):
    word = words[bit >> 6] & ~(_ONE << np.uint64(bit & 63))
    words[bit >> 6] = word
    if word == 0:
        filled[bit >> 12] &= ~(_ONE << np.uint64((bit >> 6) & 63))


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def _next_bit(words, filled, start, end):
    """The first set bit at or after `start` in a word before `end`, or -1."""
    at = start >> 6
    if at >= end:
        return np.int64(-1)
    word = words[at] & (~np.uint64(0) << np.uint64(start & 63))
    if word == 0:
        at += 1
        group = at >> 6
        if at >= end:
            return np.int64(-1)
        holds = filled[group] & (~np.uint64(0) << np.uint64(at & 63))
        while holds == 0:
            group += 1
            if group << 6 >= end:
                return np.int64(-1)
            holds = filled[group]
        at = np.int64(group * 64) + np.int64(trailing_zeros(holds))
        if at >= end:
            return np.int64(-1)
        word = words[at]
    return np.int64(at * 64) + np.int64(trailing_zeros(word))


@njit(cache=True, nogil=True, _nrt=False)
def trace(t, s, stamp, engagement_first, engagement_last, critical, waiting):
    """Walk back from each engagement's end along what decided it.

    Adds to `critical` (n,) where an activity lies on such a chain of its own engagement, and to `waiting` (E, R) the
    days that the chain waited for a resource: a day on which several of it waited, one behind the other, counts once.
    `stamp` must be new for each call, times E.
    """
    for e in range(engagement_first.size):
        stamp += 1
        end = -_NEVER
        for i in range(engagement_first[e], engagement_last[e]):
            end = max(end, s.end[i])
        top = 0
        for i in range(engagement_first[e], engagement_last[e]):
            if s.end[i] >= end - _SAME:
                s.seen[i] = stamp
                s.stack[top], s.told[top] = i, _NEVER
                top += 1
        while top > 0:
            top -= 1
            j, told = s.stack[top], s.told[top]
            if t.engagement[j] == e:
                critical[j] += 1
            begin = s.begin[j]
            waited = s.waited_for[j] >= 0 and begin > s.ready[j] + _SAME
            if waited and t.engagement[j] == e:
                waiting[e, s.waited_for[j]] += max(0.0, min(begin, told) - s.ready[j])
                told = min(told, s.ready[j])
            for at in range(t.first_in[j], t.first_in[j + 1]):
                k = t.incoming[at]
                i = t.source[k]
                if s.seen[i] != stamp and abs(_bound(t, s, k, i, j) - begin) <= _SAME:
                    s.seen[i] = stamp
                    s.stack[top], s.told[top] = i, told
                    top += 1
            if waited:
                i = s.cause[j]
                if i >= 0 and s.seen[i] != stamp:
                    s.seen[i] = stamp
                    s.stack[top], s.told[top] = i, told
                    top += 1
    return stamp


@njit(cache=True, nogil=True)
def simulate(
    t, s, first_sample, samples, scheduled, k0, k1, normals, shapes, groups, targets, out_start, out_finish,
    out_end, out_target, out_cost, critical, waiting, stamp,
):  # fmt: skip
    """One block: draw, schedule, trace, and store. `samples` may be less than BLOCK at the end.

    `groups` is (2, E): first and last+1 activity of each engagement. Returns the last stamp, or -1 if an activity could never start.
    """
    n = t.engagement.size
    draw(t, s, first_sample, k0, k1, normals, shapes)
    if not scheduled:
        forward_pass(t, s)
        s.waited_for[:n] = -1
    for b in range(samples):
        if scheduled:
            if generate(t, s, b) < n:
                return np.int64(-1)
            for i in range(n):
                s.start[i, b] = s.begin[i]
                s.finish[i, b] = s.end[i]
        else:
            for i in range(n):
                s.size[i], s.delay[i] = s.work[i, b], s.wait[i, b]
                s.begin[i], s.end[i] = s.start[i, b], s.finish[i, b]
        stamp = trace(t, s, stamp, groups[0], groups[1], critical, waiting)
        at = first_sample + b
        for e in range(groups.shape[1]):
            end = -_NEVER
            for i in range(groups[0, e], groups[1, e]):
                end = max(end, s.end[i])
            out_end[e, at] = end
            out_cost[e, at] = s.cost[e, b]
        for k in range(targets.size):
            out_target[k, at] = s.end[targets[k]]
    kept = min(samples, out_start.shape[1] - first_sample)
    for i in range(n):
        for b in range(samples):
            out_finish[i, first_sample + b] = s.finish[i, b]
        for b in range(kept):
            out_start[i, first_sample + b] = s.start[i, b]
    return stamp

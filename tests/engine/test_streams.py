import numpy as np
import pytest
from numba import njit
from scipy import stats

from accord.engine.streams import key_of, normal, normal_table, philox


@njit
def _philox(counter, key):
    return philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1])


@njit
def _normals(words, table):
    out = np.empty(words.size)
    for i in range(words.size):
        out[i] = normal(words[i], table)
    return out


# Known answers published with the generator's reference implementation (Random123, kat_vectors).
@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            [0xA4093822, 0x299F31D0],
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
)
def test_the_generator_gives_its_published_answers(counter, key, answer):
    found = _philox(np.array(counter, dtype=np.uint64), np.array(key, dtype=np.uint64))
    assert [int(word) for word in found] == answer


def test_normal_deviates_are_the_quantiles_of_their_words_even_in_the_far_tails():
    words = np.concatenate([np.arange(64), np.linspace(0, 2**32 - 1, 20_001).astype(np.uint64)]).astype(
        np.uint64
    )
    tail = ((words & 0x7FFFFFFF) * 2 + 1) / 2**33
    expected = np.where(words >> 31, -1, 1) * stats.norm.ppf(tail)
    assert np.abs(_normals(words, normal_table()) - expected).max() < 2e-5


def test_different_things_have_different_keys_even_when_their_ids_run_together():
    assert key_of("activity", "a", "bc") != key_of("activity", "ab", "c")

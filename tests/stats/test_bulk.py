"""Many codes at once, against one code at a time."""

from __future__ import annotations

import numpy as np
import pytest

from kube_research.stats import bulk
from kube_research.stats.agreement import fleiss_kappa
from kube_research.stats.alpha import krippendorff_alpha
from kube_research.stats.bulk import binary_agreement


@pytest.mark.parametrize("dense", [0, 1_000], ids=["sorted", "a bit a coder"])
@pytest.mark.parametrize("coders", [2, 3, 5, 9])
def test_every_code_as_one_at_a_time(coders, dense, monkeypatch):
    monkeypatch.setattr(bulk, "DENSE", dense)
    rng = np.random.default_rng(coders)
    put = rng.random((200, coders, 7)) < np.array([0, 0.02, 0.1, 0.3, 0.5, 0.9, 1])
    put[:, 1] |= put[:, 0] & (rng.random((200, 7)) < 0.5)
    unit, coder, code = np.nonzero(put)
    twice = rng.permutation(np.tile(np.arange(len(unit)), 2))
    found = binary_agreement(unit[twice], coder[twice], code[twice], units=200, coders=coders, codes=7)
    for c in range(8):
        ratings = (put[:, :, c] if c < 7 else np.concatenate([put[:, :, j] for j in range(7)])).astype(float)
        assert found.alpha[c] == pytest.approx(krippendorff_alpha(ratings, [0.0, 1.0]).value, nan_ok=True)
        assert found.kappa[c] == pytest.approx(fleiss_kappa(ratings, [0.0, 1.0]).value, nan_ok=True)
        assert found.positives[c] == ratings.any(1).sum()


def test_nothing_marked():
    none = np.zeros(0, int)
    assert binary_agreement(none, none, none, units=5, coders=2, codes=0).positives.tolist() == [0]
    assert np.isnan(binary_agreement(none, none, none, units=5, coders=2, codes=1).alpha).all()

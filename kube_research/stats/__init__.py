"""The statistics core: functions of arrays, each with its source, its published value as doctest, and NaN with a reason.

No pandas, no files, nothing printed; numpy and scipy only.  Study nouns reach it through the rooms above.

agreement   percent, kappa, pi, AC1/AC2, alpha, mv-alpha, bootstrap      unitizing   u-alpha family, gamma, spans, characters
saturation  Guest–Namey–Chen, accumulation, Chao2, coverage, orders     compare     Fisher, permutation, odds ratio, V, McNemar …
qca         calibration, truth table, fit, all minimal models           evaluate    precision, recall, folds, elusion samples
"""

from . import agreement, compare, evaluate, qca, saturation, unitizing
from .result import Estimate

__all__ = ["Estimate", "agreement", "compare", "evaluate", "qca", "saturation", "unitizing"]

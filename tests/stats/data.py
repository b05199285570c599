"""Published data that the tests reproduce, each with its source."""

from __future__ import annotations

import numpy as np

NA = None

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability": 4 coders × 12 units, 7 missing
KRIPPENDORFF_2011 = list(
    zip(
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NA, NA, NA],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NA, 3],
        [NA, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NA],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NA],
        strict=True,
    )
)

# Hayes & Krippendorff 2007, Communication Methods and Measures 1: 5 coders × 40 units (0–3, . missing)
HAYES = """
112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 111.1 111.1 212.2 1233. 1101. 000.0
0011. 00.00 2333. 0000. 12.22 0111. 00010 1212. 1122. 112.2 110.0 2121. 22.22 3222. 222.2 223.2 222.2 22.12 2222. 111.1
"""
HAYES_KRIPPENDORFF = [[None if c == "." else int(c) for c in row] for row in HAYES.split()]

# Fleiss 1971, Psychological Bulletin 76: 30 patients, 6 psychiatrists, 5 diagnoses
FLEISS_1971 = [
    [int(c) for c in row]
    for row in """00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 00501 30012 51000 02040
    10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006""".split()
]

# Gwet 2014, p. 120: the same, but the lone judgement of unit 12 is the third coder's, which matters to Conger's kappa only
GWET_RATERS = [*KRIPPENDORFF_2011[:11], (NA, NA, 3, NA)]

# Gwet 2014, Handbook of Inter-Rater Reliability (data sets of irrCAC)
GWET_OBSERVERS = [
    [1, 1, 2, NA, 2], [1, 1, 0, 1, NA], [2, 3, 3, 3, NA], [NA, 0, 0, NA, 0], [0, 0, 0, NA, 0], [0, 0, 0, NA, 0], [1, 0, 2, NA, 1], [1, NA, 2, 0, NA],
    [2, 2, 2, NA, 2], [2, 1, 1, 1, NA], [NA, 1, 0, 0, NA], [0, 0, 0, 0, NA], [1, 2, 2, 2, NA], [3, 3, 2, 2, 3], [1, 1, 1, NA, 1],
]  # fmt: skip
GWET_BEN_GERRY = list(zip("aabbdcccedda", ["b", "a", "b", "b", "b", "c", "c", "c", "e", NA, "d", "d"], strict=True))
GWET_GENDER = list(zip("aaaaabbbcaaaaab", "aaaababccaaaaba", "abbcaabbcabbcaa", "ccccaabbcccccaa", strict=True))
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
DIAGNOSIS = [[40, 4, 4, 17], [6, 25, 2, 13], [4, 1, 21, 12], [15, 5, 9, 45]]
PATHOLOGISTS = [[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 17, 10]]  # Landis & Koch 1977, Agresti 1992

# Krippendorff 2019, fig. 12.11: Alex, Paul, Suzan, continuum of 60
ALEX = [(0, 7, 1), (7, 13, 2), (30, 32, 5), (32, 37, 6), (37, 44, 6), (44, 60, 7)]
PAUL = [(0, 7, 1), (7, 13, 3), (13, 21, 5), (32, 44, 6)]
SUZAN = [(0, 7, 1), (7, 13, 4), (13, 21, 5), (32, 37, 6), (37, 41, 6), (41, 44, 6)]
# the same coders as pygamma-agreement gives them (its tests/data/AlexPaulSuzan.csv)
PYGAMMA_APS = [
    [(2, 9, 1), (11, 17, 2), (24, 30, 5), (32, 36, 6), (36, 44, 6), (44, 60, 7)],
    [(2, 9, 1), (11, 17, 3), (19, 25, 5), (32, 44, 6)],
    [(2, 9, 1), (11, 17, 4), (21, 27, 5), (32, 36, 6), (36, 40, 6), (40, 44, 6)],
]

# Lipset's 18 countries between the wars (Rihoux & Ragin 2009; R QCA's LR and LF)
COUNTRIES = "AU BE CZ EE FI FR DE GR HU IE IT NL PL PT RO ES SE UK".split()
CONDITIONS = ("DEV", "URB", "LIT", "IND", "STB")
LIPSET_RAW = {
    "DEV": [720, 1098, 586, 468, 590, 983, 795, 390, 424, 662, 517, 1008, 350, 320, 331, 367, 897, 1038],
    "URB": [33.4, 60.5, 69, 28.5, 22, 21.2, 56.5, 31.1, 36.3, 25, 31.4, 78.8, 37, 15.3, 21.9, 43, 34, 74],
    "LIT": [98, 94.4, 95.9, 95, 99.1, 96.2, 98, 59.2, 85, 95, 72.1, 99.9, 76.9, 38, 61.8, 55.6, 99.9, 99.9],
    "IND": [33.4, 48.9, 37.4, 14, 22, 34.8, 40.4, 28.1, 21.6, 14.5, 29.6, 39.3, 11.2, 23.1, 12.2, 25.5, 32.3, 49.9],
    "STB": [10, 4, 6, 6, 9, 5, 11, 10, 13, 5, 9, 2, 21, 19, 7, 12, 6, 4],
    "SURV": [-9, 10, 7, -6, 4, 10, -9, -8, -1, 8, -9, 10, -6, -9, -4, -8, 10, 10],
}
LIPSET_ANCHORS = {"DEV": (400, 550, 900), "URB": (25, 50, 65), "LIT": (50, 75, 90), "IND": (20, 30, 40), "STB": (15, 9.5, 5), "SURV": (-9, 0, 10)}
LIPSET_FUZZY = {
    "DEV": [0.81, 0.99, 0.58, 0.16, 0.58, 0.98, 0.89, 0.04, 0.07, 0.72, 0.34, 0.98, 0.02, 0.01, 0.01, 0.03, 0.95, 0.98],
    "URB": [0.12, 0.89, 0.98, 0.07, 0.03, 0.03, 0.79, 0.09, 0.16, 0.05, 0.1, 1, 0.17, 0.02, 0.03, 0.3, 0.13, 0.99],
    "LIT": [0.99, 0.98, 0.98, 0.98, 0.99, 0.99, 0.99, 0.13, 0.88, 0.98, 0.41, 0.99, 0.59, 0.01, 0.17, 0.09, 0.99, 0.99],
    "IND": [0.73, 1, 0.9, 0.01, 0.08, 0.81, 0.96, 0.36, 0.07, 0.01, 0.47, 0.94, 0, 0.11, 0, 0.21, 0.67, 1],
    "STB": [0.43, 0.98, 0.91, 0.91, 0.58, 0.95, 0.31, 0.43, 0.13, 0.95, 0.58, 0.99, 0, 0.01, 0.84, 0.2, 0.91, 0.98],
    "SURV": [0.05, 0.95, 0.89, 0.12, 0.77, 0.95, 0.05, 0.06, 0.42, 0.92, 0.05, 0.95, 0.12, 0.05, 0.21, 0.06, 0.95, 0.95],
}
FUZZY = np.column_stack([LIPSET_FUZZY[c] for c in CONDITIONS])
SURVIVED = np.array(LIPSET_FUZZY["SURV"])
_RAW = {c: np.array(v, float) for c, v in LIPSET_RAW.items()}
CRISP = np.column_stack([_RAW["DEV"] >= 550, _RAW["URB"] >= 50, _RAW["LIT"] >= 75, _RAW["IND"] >= 30, _RAW["STB"] < 10]).astype(float)
CRISP_SURVIVED = (_RAW["SURV"] > 0).astype(float)

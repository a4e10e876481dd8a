"""Bounds of the generalization gap, each with all its terms and assumptions, beside the measured gap."""

from __future__ import annotations

from ame_explore.analysis.bounds.bound_inputs import CoinDraws, Evidence, Posterior
from ame_explore.analysis.bounds.coin_students import CoinStudents, coin_students
from ame_explore.analysis.bounds.divergences import binary_kl, gaussian_kl, kl_inverse
from ame_explore.analysis.bounds.gaussian_student import FoldedProjector
from ame_explore.analysis.bounds.gibbs_world import World, small_world
from ame_explore.analysis.bounds.held_out import Gap, clopper_pearson, hoeffding, true_gap
from ame_explore.analysis.bounds.information_bounds import cmi, paper_terms, repaired_corollary, xu_raginsky
from ame_explore.analysis.bounds.known_world import (
    Known,
    KnownSupersample,
    know,
    know_supersample,
    parting,
)
from ame_explore.analysis.bounds.pac_bayes import (
    MonteCarloLoss,
    catoni,
    draw_weights,
    mcallester,
    monte_carlo_loss,
    pac_bayes_kl,
)
from ame_explore.analysis.bounds.protocol import prior_independent, protocol_assumptions
from ame_explore.analysis.bounds.samples import Sample, draw_sample, largest_sample
from ame_explore.analysis.bounds.students import StudentBounds, students_bounds
from ame_explore.analysis.bounds.study import BoundStudy, study_bounds
from ame_explore.analysis.bounds.supersample import f_cmi, pair_information, supersample_gap
from ame_explore.analysis.bounds.terms import Assumption, Bound, Term

__all__ = [
    "Assumption",
    "Bound",
    "BoundStudy",
    "CoinDraws",
    "CoinStudents",
    "Evidence",
    "FoldedProjector",
    "Gap",
    "Known",
    "KnownSupersample",
    "MonteCarloLoss",
    "Posterior",
    "Sample",
    "StudentBounds",
    "Term",
    "World",
    "binary_kl",
    "catoni",
    "clopper_pearson",
    "cmi",
    "coin_students",
    "draw_sample",
    "draw_weights",
    "f_cmi",
    "gaussian_kl",
    "hoeffding",
    "kl_inverse",
    "know",
    "know_supersample",
    "largest_sample",
    "mcallester",
    "monte_carlo_loss",
    "pac_bayes_kl",
    "pair_information",
    "paper_terms",
    "parting",
    "prior_independent",
    "protocol_assumptions",
    "repaired_corollary",
    "small_world",
    "students_bounds",
    "study_bounds",
    "supersample_gap",
    "true_gap",
    "xu_raginsky",
]

"""Compare algorithms by the scores of their seeds: numpy in, frozen values out.

The measures are those of Agarwal et al. 2021, "Deep Reinforcement Learning at the Edge of the Statistical Precipice"
(https://arxiv.org/abs/2108.13264), as its library rliable defines them: aggregate metrics, performance profiles,
probability of improvement and sample efficiency, each with an interval from a stratified bootstrap. A seed is one
sample of an algorithm: an interval says how far a number would move if other seeds had been drawn.

``table`` checks scores, ``metrics`` and ``estimates`` say how good an algorithm is, ``profiles`` how its scores spread,
``improvement`` which of two is better, ``efficiency`` how fast it learns. ``reading`` gets ``project_scores`` out of a
project.
"""

from gymdash_jupyter.scores.efficiency import EfficiencyCurve, sample_efficiency
from gymdash_jupyter.scores.estimates import AlgorithmEstimates, Estimate, interval_estimates
from gymdash_jupyter.scores.improvement import Improvement, probability_of_improvement
from gymdash_jupyter.scores.metrics import METRICS, metric_of
from gymdash_jupyter.scores.profiles import Profile, performance_profiles
from gymdash_jupyter.scores.project_scores import ProjectScores, SimulationScore, matrix_of
from gymdash_jupyter.scores.reading import read_scores
from gymdash_jupyter.scores.table import Scores, TaskScores, checked_algorithms, task_scores

__all__ = [
    "METRICS",
    "AlgorithmEstimates",
    "EfficiencyCurve",
    "Estimate",
    "Improvement",
    "Profile",
    "ProjectScores",
    "Scores",
    "SimulationScore",
    "TaskScores",
    "checked_algorithms",
    "interval_estimates",
    "matrix_of",
    "metric_of",
    "performance_profiles",
    "probability_of_improvement",
    "read_scores",
    "sample_efficiency",
    "task_scores",
]

"""What a fitted model answers to: exact where it can be, fast everywhere, checked for faithfulness.

`explain` gives Shapley values of channels, bands and features for any classifier; `saliency` gives maps of
channels and times for networks; `faithfulness` and `sanity_checks` tell how far either can be trusted. The
room imports leaves and `signal`.
"""

from ._explain import explain
from ._explanation import Explanation
from ._faithfulness import faithfulness
from ._faithfulness_result import Faithfulness
from ._saliency import saliency
from ._saliency_result import Saliency
from ._sanity import SanityChecks, sanity_checks

__all__ = [
    "Explanation",
    "Faithfulness",
    "Saliency",
    "SanityChecks",
    "explain",
    "faithfulness",
    "saliency",
    "sanity_checks",
]

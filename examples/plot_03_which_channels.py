"""
Which channels matter
=====================

For each type of seizure: which channels does a classifier answer to, is that explanation faithful, and
does it fit what is known of the seizure? A baseline is fitted on some patients and explained on others;
its margins are shared out exactly among the channels, drawn on the scalp and added to the report.
"""

# %%
# A classifier, and patients it has not seen
# ------------------------------------------
import argparse

import numpy as np
from sklearn.model_selection import GroupShuffleSplit

from sklearn_eeg.datasets import make_seizures
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.explain import explain, faithfulness
from sklearn_eeg.systems import svm_baseline

parser = argparse.ArgumentParser(description="Explain the baseline channel by channel.")
parser.add_argument("--patients", type=int, default=16, help="number of simulated patients")
parser.add_argument("--report", metavar="FILE", default="channels.html", help="report to write")
parser.add_argument("--maps", metavar="FILE", default="channels.png", help="scalp maps to write")
options = parser.parse_args()

eeg = make_seizures(options.patients, random_state=0)
split = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=0)
train, test = next(split.split(eeg.data, eeg.target, eeg.groups))
X, y, patients = eeg.data[test], eeg.target[test], eeg.groups[test]
model = svm_baseline(eeg.sfreq, ch_names=eeg.ch_names).fit(eeg.data[train], eeg.target[train])
print(f"{len(train)} windows to learn from, {len(test)} of {len(set(patients))} other patients to explain")

# %%
# What each channel says
# ----------------------
# A channel's Shapley value is what it adds to the margin of a class when it is known beside others, the
# unknown ones being those of training windows. The values of a window sum to its margin less the mean one.
background = eeg.data[np.random.default_rng(0).choice(train, 50, replace=False)]
explanation = explain(model, X, background, level="channel")
total = explanation.values.sum(axis=1) + explanation.base_values
print(
    f"method: {explanation.method}; farthest from the margin: {np.abs(total - explanation.outputs).max():.1g}"
)
for label, name in enumerate(eeg.target_names):
    print(f"{name:>12}: {', '.join(explanation.top_channels(label, y=y))}")

# %%
# Is it faithful?
# ---------------
# Replace the channels by background, those first that count most: the margin must fall faster than in
# random orders. Every fourth window is enough to see it.
some = slice(None, None, 4)
check = faithfulness(
    model, X[some], explanation.values[some], y=y[some], background=background, n_background=1, n_steps=5,
    random_state=0,
)  # fmt: skip
print(
    f"area under the margin as channels go: {check.deletion_area:.2f}, in random orders "
    f"{check.random_areas.mean():.2f} (p = {check.p_value:.2g})"
)

# %%
# Scalp maps
# ----------
# One map a class, the mean over its windows, all on one scale: red speaks for the class, blue against it.
axes = explanation.plot_scalp(y=y, target_names=eeg.target_names)
axes[0].figure.savefig(options.maps)

# %%
# Into the report
# ---------------
# Scores first, by patients; an explanation of a classifier that is no good explains nothing.
report = evaluate(
    svm_baseline(eeg.sfreq, ch_names=eeg.ch_names),
    eeg.data,
    eeg.target,
    eeg.groups,
    cv=3,
    name="SVM baseline",
    target_names=eeg.target_names,
    description=eeg.DESCR,
)
explanation.add_to_report(report, check, y=y, groups=patients, title="Which channels matter")
print(f"Report written to {report.to_html(options.report)}")

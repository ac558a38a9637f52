"""
From recordings to windows
==========================

Hospital files in, labelled windows out: recordings in EDF with the experts' annotations beside them are
read lazily, cut into windows, re-referenced, cleaned and classified, patient by patient. ``--folder``
names them (``<patient>_<what>.edf`` with ``<patient>_<what>_events.tsv`` beside it); into a folder that
does not exist simulated ones are written first.
"""

# %%
# Recordings with seizures
# ------------------------
import argparse
from pathlib import Path

from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.datasets import make_recording, read_events, read_recording, sliding_windows
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.features import FFTFeatures, TimeFeatures
from sklearn_eeg.preprocessing import ChannelRepair, Denoiser, Rereference

parser = argparse.ArgumentParser(description="Read recordings, cut windows and score them.")
parser.add_argument("--folder", type=Path, default=Path("recordings"), help="EDF files with BIDS events")
parser.add_argument("--window-seconds", type=float, default=4.0)
options = parser.parse_args()

if not options.folder.exists():
    options.folder.mkdir(parents=True)
    for patient in range(8):
        make_recording(
            options.folder / f"p{patient}_night.edf",
            duration_seconds=600,
            n_seizures=3,
            seizure_types=["focal", "spike_wave"],
            patient=patient,
            random_state=patient,
        )

# %%
# Signals and events
# ------------------
# Opening a recording reads its header alone. What is no EEG is left out, and says why.
recordings, events = [], []
for path in sorted(options.folder.glob("*.edf")):
    recording = read_recording(path, patient=path.stem.split("_")[0])
    recordings.append(recording)
    events.append(read_events(path.with_name(f"{path.stem}_events.tsv")))
    print(recording, f"with {len(events[-1])} seizures; left out: {recording.excluded or 'nothing'}")

# %%
# Windows and labels
# ------------------
# A window counts as seizure from half of its length on; those between a tenth and a half are dropped.
# ``lazy=True`` would read them only when they are asked for. Here all kinds of seizure are one class.
windows = sliding_windows(
    recordings,
    events,
    window_seconds=options.window_seconds,
    overlap_rule=(0.1, 0.5),
    merge_labels=True,
)
print(windows.DESCR)

# %%
# Clean, describe, classify
# -------------------------
# Bad channels are found window by window and interpolated from their neighbours, then all are taken
# against their average. Whatever a step learns, it learns from the training patients.
system = make_pipeline(
    ChannelRepair(ch_names=windows.ch_names),
    Rereference("average"),
    Denoiser(windows.sfreq),
    FFTFeatures(windows.sfreq, ["log_power"]),
    StandardScaler(),
    SVC(class_weight="balanced"),
)
plain = make_pipeline(TimeFeatures(["line_length"]), StandardScaler(), SVC(class_weight="balanced"))
report = evaluate(
    system,
    windows.data,
    windows.target,
    windows.groups,
    cv=4,
    name="log power",
    beside={"line length": plain},
    target_names=windows.target_names,
    description=windows.DESCR,
)
print(report)

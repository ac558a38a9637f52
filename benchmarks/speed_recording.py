"""Stream a day of EEG from its file through windows, denoising and features: how fast, in what memory.

usage: speed_recording.py [--hours 24]

Each row is a process of its own, so that its peak of memory is its own: the interpreter and the packages
it imports count.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from _results import write_result
from tqdm import tqdm

SFREQ = 256
PAIRS = (
    "Fp1-F7", "F7-T7", "T7-P7", "P7-O1", "Fp1-F3", "F3-C3", "C3-P3", "P3-O1", "Fp2-F4", "F4-C4", "C4-P4",
    "P4-O2", "Fp2-F8", "F8-T8", "T8-P8", "P8-O2", "Fz-Cz", "Cz-Pz", "T7-FT9", "FT9-FT10", "FT10-T8",
    "P7-T7", "F3-Fz",
)  # fmt: skip
WINDOW_SECONDS = 4.0
BLOCK = 64  # windows

START = """
import json, re, sys, time
from pathlib import Path
path, seconds, block = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
def report(start):
    seconds = time.perf_counter() - start
    kilo = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
    print(json.dumps([seconds, float(kilo[1]) / 1024 if kilo else None]))
"""
OURS = """
from sklearn.pipeline import make_pipeline, make_union
from sklearn_eeg.datasets import read_recording, sliding_windows
from sklearn_eeg.features import FFTFeatures, TimeFeatures, WaveletFeatures
from sklearn_eeg.preprocessing import Denoiser
start = time.perf_counter()
recording = read_recording(path)
windows = sliding_windows(recording, [], seconds, lazy=True).data
denoiser = Denoiser(recording.sfreq)
features = make_union(TimeFeatures(), FFTFeatures(recording.sfreq), WaveletFeatures())
steps = {steps}
if steps is not None:
    steps.fit(windows[:block])
for some in windows.blocks(block):
    if steps is not None:
        steps.transform(some)
report(start)
"""
MNE = """
import mne
mne.set_log_level("ERROR")
start = time.perf_counter()
raw = mne.io.read_raw_edf(path)
sfreq = raw.info["sfreq"]
step = round(seconds * block * sfreq)
for first in range(0, raw.n_times, step):
    some = raw.get_data(start=first, stop=min(first + step, raw.n_times)) * 1e6
    {more}
report(start)
"""
ROWS = {
    "reading": OURS.format(steps="None"),
    "reading, Denoiser": OURS.format(steps="denoiser"),
    "reading, Denoiser, features": OURS.format(steps="make_pipeline(denoiser, features)"),
    "MNE-Python: reading": MNE.format(more=""),
    "MNE-Python: reading, notch, band-pass (FIR)": MNE.format(
        more="mne.filter.filter_data(mne.filter.notch_filter(some, sfreq, 50), sfreq, 0.5, 45)"
    ),
}


def hours_of_noise(hours: int) -> Iterator[np.ndarray]:
    """Yield pink noise of 23 channels and 20 microvolts, minute by minute: a few minutes, turned about."""
    rng, n_times = np.random.default_rng(0), 60 * SFREQ
    spectrum = np.fft.rfft(rng.standard_normal((4, len(PAIRS), n_times)))
    minutes = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(n_times // 2 + 1), 30)), n_times)
    minutes *= 20 / minutes.std()
    for minute in range(60 * hours):
        yield np.roll(minutes[minute % 4], minute, axis=0)


def main() -> None:
    """Write a recording, stream it in each way, and write the table."""
    from sklearn_eeg.datasets._write_edf import write_edf

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=int, default=24)
    hours = parser.parse_args().hours
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "day.edf")
        begin = time.perf_counter()
        write_edf(
            path,
            tqdm(hours_of_noise(hours), total=60 * hours, desc="writing", unit="min"),
            [],
            ch_names=PAIRS,
            n_times=3600 * hours * SFREQ,
            sfreq=SFREQ,
            patient="noise",
            needed_by="speed_recording.py",
        )
        print(f"{path.stat().st_size / 1e6:.0f} MB written in {time.perf_counter() - begin:.0f} s")
        for name, code in ROWS.items():
            command = [sys.executable, "-c", START + code, str(path), str(WINDOW_SECONDS), str(BLOCK)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds, mega = json.loads(done.stdout.splitlines()[-1])
            rows.append([name, seconds, 3600 * hours / seconds, mega])
            print(f"{name}: {seconds:.1f} s, {3600 * hours / seconds:.0f} times real time, {mega:.0f} MB")
    note = (
        f"{hours} h of 23 channels at 256 Hz (pink noise) in an EDF file, in windows of {WINDOW_SECONDS:g} s "
        f"without overlap, {BLOCK} at a time, on one thread: seconds, how many times faster than the "
        "recording runs, and the peak of the process's memory in megabytes, with all that it imports. The "
        "default Denoiser; all of TimeFeatures, FFTFeatures and WaveletFeatures. MNE-Python filters each "
        "block by itself, as we do."
    )
    heads = ["what", "seconds", "times real time", "megabytes"]
    write_result("speed_recording", heads, rows, note=note, packages=("mne", "edfio"))


if __name__ == "__main__":
    main()

from sklearn_eeg.evaluation._text import render_text
from sklearn_eeg.model_selection import Finding


def test_leaks_and_intervals_are_told(draw_report):
    text = render_text(draw_report(leakage=(Finding("duplicate", "error", "Two windows are equal."),)))
    assert "Leak: Two windows are equal." in text
    assert "95% intervals of model over 8 patients" in text
    note = draw_report(leakage=(Finding("flat", "note", "Three windows are flat."),))
    assert "flat" not in render_text(note)


def test_why_there_are_no_intervals(draw_report):
    assert "No intervals were asked for (n_resamples=0)." in render_text(draw_report(n_resamples=0))
    assert "Patients are unknown" in render_text(draw_report(groups=None))

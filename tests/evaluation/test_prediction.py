import re

import numpy as np
import pytest

from sklearn_eeg.evaluation._prediction import Prediction, code_report, find_prediction


def test_a_prediction_says_what_it_holds():
    assert repr(Prediction(np.zeros(3), None)) == "Prediction(of 3 windows, no scores)"
    assert repr(Prediction(np.zeros(3), np.zeros((3, 2)))) == "Prediction(of 3 windows, scores for 2 classes)"


def test_systems_are_found_by_name(draw_report):
    report = draw_report()
    assert find_prediction(report, None) is report.predictions["model"]
    np.testing.assert_array_equal(code_report(report, "chance").truth, report.y_true)
    assert code_report(report).n_units == 8
    with pytest.raises(
        ValueError, match=re.escape("`system` must be one of ['model', 'chance'], got 'oak'.")
    ):
        code_report(report, "oak")

import re

from sklearn_eeg.evaluation._checklist import AUTHOR, COVERED, IN_PART, checklist


def judged(report):
    table = checklist(report)
    return table.set_index(["guideline", "item"])["status"]


def test_items(draw_report):
    table = checklist(draw_report())
    assert set(table["status"]) == {AUTHOR, COVERED, IN_PART}
    assert (table["note"].str.len() > 10).all()
    assert not table.duplicated(["guideline", "item", "topic"]).any()
    numbers = table.loc[table["guideline"] == "TRIPOD+AI", "item"]
    first = [int(re.match(r"\d+", each)[0]) for each in numbers]
    assert first == sorted(first)
    assert set(first) | {26} == set(range(1, 28)) - {24}  # 25 and 26 stand together; no model is updated


def test_what_the_report_has_is_covered(draw_report):
    status = judged(draw_report())
    assert status["TRIPOD+AI", "23a"] == COVERED
    assert status["TRIPOD+AI", "12e"] == COVERED
    assert status["TRIPOD+AI", "16"] == COVERED
    assert status["TRIPOD+AI", "5a, b"] == AUTHOR
    assert judged(draw_report(description="Recorded at home."))["TRIPOD+AI", "5a, b"] == IN_PART


def test_what_it_lacks_is_not(draw_report):
    status = judged(draw_report(groups=None, patient_wise=None, scores=False))
    assert status["TRIPOD+AI", "23a"] == IN_PART
    assert status["TRIPOD+AI", "12e"] == IN_PART
    assert status["TRIPOD+AI", "16"] == IN_PART
    assert status["TRIPOD+AI", "12d"] == AUTHOR
    assert judged(draw_report(n_resamples=0))["STARD 2015", "24"] == IN_PART

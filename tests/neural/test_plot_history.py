import matplotlib as mpl
import pandas as pd
import pytest

from sklearn_eeg.neural._plot_history import plot_history


@pytest.fixture
def axes():
    with mpl.rc_context({"backend": "agg"}):
        from matplotlib import pyplot

        figure, ax = pyplot.subplots()
        yield ax
        pyplot.close(figure)


def history(n_models=1, validation=True):
    rows = [
        {"model": m, "epoch": e, "train_loss": 1 / e, "valid_loss": 2 / e, "best": e == 2}
        for m in range(n_models)
        for e in (1, 2, 3)
    ]
    table = pd.DataFrame(rows)
    return table if validation else table.drop(columns="valid_loss")


def test_a_line_each_for_training_and_validation_and_a_dot_for_the_best(axes):
    assert plot_history(history(), axes) is axes
    train, valid, best = axes.lines
    assert list(train.get_ydata()) == [1, 1 / 2, 1 / 3]
    assert list(valid.get_xdata()) == [1, 2, 3]
    assert (list(best.get_xdata()), list(best.get_ydata())) == ([2], [1])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["training", "validation"]


def test_several_networks_and_no_validation(axes):
    plot_history(history(2, validation=False), axes)
    assert len(axes.lines) == 4
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["training, network 0", "training, network 1"]
    assert axes.lines[0].get_color() != axes.lines[2].get_color()

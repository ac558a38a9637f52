import optuna
import pytest

from sklearn_eeg.model_selection._search_bar import watch


@pytest.mark.parametrize("show", [True, False])
def test_the_bar_ends_at_what_is_done(capsys, show):
    study = optuna.create_study(direction="maximize")
    with watch(study, 3, show=show):
        for value in (0.25, 0.75, 0.5):
            study.tell(study.ask(), value)
    shown = capsys.readouterr().err
    assert ("3/3" in shown) == ("best=0.750" in shown) == show


def test_the_bar_ends_with_an_error(capsys):
    study = optuna.create_study(direction="maximize")

    def fail():
        with watch(study, 2, show=True):
            study.tell(study.ask(), 0.5)
            raise RuntimeError("away")

    with pytest.raises(RuntimeError, match="away"):
        fail()
    assert "1/2" in capsys.readouterr().err

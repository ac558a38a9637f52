import pickle

import pytest

from sklearn_eeg.datasets._unreadable import UnreadableError, name_damage


@pytest.mark.parametrize(
    "error", [IndexError("no record"), ValueError("no number"), MemoryError(), KeyError("a")]
)
def test_any_error_becomes_one_that_names_the_file(error):
    with (
        pytest.raises(UnreadableError, match=r"^night\.edf cannot be read") as caught,
        name_damage("night.edf"),
    ):
        raise error
    assert caught.value.__cause__ is error
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "error",
    [
        UnreadableError("said"),
        ImportError("mne"),
        FileNotFoundError("gone"),
        PermissionError("no"),
        UserWarning("w"),
    ],
)
def test_these_stay_what_they_are(error):
    with pytest.raises(type(error)) as caught, name_damage("night.edf"):
        raise error
    assert caught.value is error


def test_an_interrupt_is_not_caught():
    with pytest.raises(KeyboardInterrupt), name_damage("night.edf"):
        raise KeyboardInterrupt


def test_the_text_and_pickling():
    with pytest.raises(UnreadableError) as caught, name_damage("night.edf"):
        raise IndexError("list index out of range.")
    text = "night.edf cannot be read, it seems to be damaged (IndexError: list index out of range)."
    assert str(caught.value) == text
    assert str(pickle.loads(pickle.dumps(caught.value))) == text

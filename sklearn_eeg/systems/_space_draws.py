"""What a search may draw for one parameter, in few words."""

from typing import Any

from .._optional import import_optional

_PRIMITIVE = (type(None), bool, int, float, str)


def real(low: float, high: float, *, log: bool = False) -> Any:
    """Return a distribution of numbers from `low` to `high`, uniform or uniform in their logarithm.

    Examples
    --------
    >>> from sklearn_eeg.systems._space_draws import real
    >>> real(0.1, 10, log=True)
    FloatDistribution(high=10.0, log=True, low=0.1, step=None)
    """
    return _distributions().FloatDistribution(low, high, log=log)


def whole(low: int, high: int, *, step: int = 1, log: bool = False) -> Any:
    """Return a distribution of whole numbers from `low` to `high`, both included.

    Examples
    --------
    >>> from sklearn_eeg.systems._space_draws import whole
    >>> whole(100, 300, step=100)
    IntDistribution(high=300, log=False, low=100, step=100)
    """
    return _distributions().IntDistribution(low, high, step=step, log=log)


def among(present: Any, *others: Any) -> Any:
    """Return the choices, each once, beginning with the present value.

    A distribution of Optuna where it can store each choice: None, numbers, texts and truth values. Else a
    list, which :class:`~sklearn_eeg.model_selection.OptunaSearchCV` takes, too.

    Examples
    --------
    >>> from sklearn_eeg.systems._space_draws import among
    >>> among(8.0, None, 8.0)
    CategoricalDistribution(choices=(8.0, None))
    >>> among("all", ["log_power"])
    ['all', ['log_power']]
    """
    choices: list[Any] = [present]
    for each in others:
        if not any(type(each) is type(known) and each == known for known in choices):
            choices.append(each)
    if all(isinstance(each, _PRIMITIVE) for each in choices):
        return _distributions().CategoricalDistribution(choices)
    return choices


def _distributions() -> Any:
    return import_optional("optuna", extra="tune", needed_by="search_space").distributions

"""What a search draws: distributions by name of a parameter, or a function of the trial."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sklearn.base import clone

from .._optional import import_optional

_PRIMITIVE = (type(None), bool, int, float, str)


class SearchSpace:
    """Parameters of trials, from a dict of distributions or a function of the trial.

    Parameters
    ----------
    space : dict of str to distribution or list, or callable
        What the user gave.
    estimator : estimator
        Whose parameters they are.

    Attributes
    ----------
    distributions : dict of str to distribution
        What a study is asked for; empty where a function asks the trial itself.

    Raises
    ------
    ValueError
        If a name is no parameter of the estimator, or a value is no distribution and no list.

    Examples
    --------
    >>> import optuna
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.model_selection._search_space import SearchSpace
    >>> space = SearchSpace({"C": [1.0], "kernel": ["rbf"]}, SVC())
    >>> study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    >>> space.read(study.ask(space.distributions))
    {'C': 1.0, 'kernel': 'rbf'}
    """

    def __init__(self, space: Any, estimator: Any) -> None:
        self._function: Callable[[Any], dict[str, Any]] | None = None
        self.distributions: dict[str, Any] = {}
        self._choices: dict[str, dict[str, Any]] = {}
        if callable(space):
            self._function = space
        elif isinstance(space, Mapping) and space:
            for name, value in space.items():
                self.distributions[name] = self._read(name, value)
            self._check_names(estimator)
        else:
            raise ValueError(
                "`search_space` must be a dict that has a distribution of optuna or a list of choices for "
                f"each parameter, or a function of the trial that returns parameters, got {space!r}."
            )

    def read(self, trial: Any) -> dict[str, Any]:
        """Return the parameters of a trial, running or over."""
        if self._function is None:
            return {
                name: self._choices.get(name, {}).get(value, value) for name, value in trial.params.items()
            }
        params = self._function(trial)
        if not isinstance(params, Mapping):
            raise TypeError(f"`search_space` must return a dict of parameters, got {params!r}.")
        return dict(params)

    def describe(self) -> str:
        """Return what makes it another than others: names and distributions, or the function's name."""
        if self._function is not None:
            return str(getattr(self._function, "__qualname__", type(self._function).__qualname__))
        return repr(sorted((name, repr(each)) for name, each in self.distributions.items()))

    def _read(self, name: str, value: Any) -> Any:
        optuna = import_optional("optuna", extra="tune", needed_by="OptunaSearchCV")
        if isinstance(value, optuna.distributions.BaseDistribution):
            return value
        if not isinstance(value, list | tuple) or not value:
            raise ValueError(
                f"`search_space` must have a distribution of optuna or a list of choices for {name!r}, got "
                f"{value!r}: optuna.distributions.FloatDistribution(0.1, 10, log=True), for example."
            )
        if not all(isinstance(each, _PRIMITIVE) for each in value):
            named = {f"{n}: {describe_lastingly(each)[:60]}": each for n, each in enumerate(value)}
            self._choices[name] = named
            value = list(named)
        return optuna.distributions.CategoricalDistribution(value)

    def _check_names(self, estimator: Any) -> None:
        """Refuse names that neither the estimator has nor a step that is chosen may have."""
        valid = set(estimator.get_params())
        for name in self.distributions:
            above = {name[:place] for place in range(len(name)) if name.startswith("__", place)}
            if name not in valid and not above & set(self._choices):
                close = sorted(valid, key=lambda each: (_distance(each, name), each))[:5]
                raise ValueError(
                    f"`search_space` must name parameters of the estimator, got {name!r}; it has "
                    f"{', '.join(close)} and {max(len(valid) - 5, 0)} more, see get_params()."
                )


def describe_lastingly(thing: Any) -> str:
    """Return what is printed for a thing, the same in every process: without addresses in memory.

    Examples
    --------
    >>> from sklearn_eeg.model_selection._search_space import describe_lastingly
    >>> describe_lastingly([1, describe_lastingly])
    '[1, <function describe_lastingly>]'
    """
    return re.sub(r" at 0x[0-9a-fA-F]+", "", str(thing))


def with_params(estimator: Any, params: dict[str, Any]) -> Any:
    """Return a clone of an estimator with other parameters, of which estimators are cloned too.

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.model_selection._search_space import with_params
    >>> with_params(SVC(), {"C": 2.0})
    SVC(C=2.0)
    """
    return clone(estimator).set_params(**{name: clone(value, safe=False) for name, value in params.items()})


def _distance(one: str, other: str) -> int:
    """Return how many parts two names do not share."""
    return len(set(one.split("__")) ^ set(other.split("__")))

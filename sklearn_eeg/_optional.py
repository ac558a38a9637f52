"""The only door to optional packages, and their one error message."""

import importlib
from types import ModuleType


def import_optional(module: str, *, extra: str, needed_by: str) -> ModuleType:
    """Import an optional package, or say how to install it.

    Parameters
    ----------
    module : str
        Name of the module to import, for example ``"h5py"``.
    extra : str
        The extra of this distribution that installs it, for example ``"io"``.
    needed_by : str
        Public name that needs the package; it opens the error message.

    Returns
    -------
    module : module
        The imported module.

    Raises
    ------
    ImportError
        If the package is not installed.

    Examples
    --------
    >>> from sklearn_eeg._optional import import_optional
    >>> import_optional("json", extra="io", needed_by="an example").dumps([1, 2])
    '[1, 2]'
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if error.name is not None and error.name.partition(".")[0] != package:
            raise
        raise ImportError(
            f"{needed_by} needs {package}; install it with "
            f"`pip install 'sklearn-eeg[{extra}]'` (or `pip install {package}`)."
        ) from error

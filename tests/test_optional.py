import sys

import pytest

from sklearn_eeg._optional import import_optional


def test_missing_package_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    expected = r"load_helsinki needs h5py; install it with `pip install 'sklearn-eeg\[io\]'`"
    with pytest.raises(ImportError, match=expected):
        import_optional("h5py", extra="io", needed_by="load_helsinki")


def test_a_package_that_is_there_but_broken_speaks_for_itself(tmp_path, monkeypatch):
    (tmp_path / "broken_package.py").write_text("import a_module_that_is_absent\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="a_module_that_is_absent"):
        import_optional("broken_package", extra="io", needed_by="a test")

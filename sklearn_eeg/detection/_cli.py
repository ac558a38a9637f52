"""The command line of the package: detect, evaluate, report."""

import argparse
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from .._files import check_target
from ..datasets import read_events
from ..evaluation import score_events
from ._batch_run import tabulate
from ._detect import detect
from ._models import load_model
from ._run_folder import read_manifest
from ._run_report import RunReport

FINE, SOME_FAILED, USAGE = 0, 1, 2
_LEAST_SECONDS = 1e-3  # of a recording that could not be judged at all
_EPILOG = "Exit status: 0 all is well, 1 some recordings failed or results could not be written, 2 usage."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the program; by default what it was called with.

    Returns
    -------
    status : int
        0 if all is well, 1 if some recordings failed or results could not be written, 2 for what was asked
        for in vain: no such model, a folder of another run, ...

    Examples
    --------
    >>> from sklearn_eeg.detection._cli import main
    >>> main(["report", "/no/such/folder"])
    2
    """
    options = _make_parser().parse_args(arguments)
    try:
        for target in filter(None, (options.html, options.json)):
            check_target(target)  # before the work, which may take hours
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"\d+ of \d+ recordings failed")  # it is printed
            report = options.run(options)
        sys.stdout.write(f"{report}\n")
        for path, write in ((options.html, report.to_html), (options.json, report.to_json)):
            if path is not None:
                write(path)
    except OSError as error:
        if isinstance(error, FileNotFoundError | IsADirectoryError):
            return _complain(error)
        sys.stderr.write(f"error: {error}\n")
        return SOME_FAILED
    except (ValueError, TypeError, ImportError) as error:
        return _complain(error)
    return SOME_FAILED if report.n_failed else FINE


def _complain(error: Exception) -> int:
    sys.stderr.write(f"error: {error}\n")
    return USAGE


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sklearn_eeg", description="Find seizures in EEG recordings.", epilog=_EPILOG
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_detect(commands)
    _add_evaluate(commands)
    command = commands.add_parser(
        "report",
        help="sum up a folder of results",
        description="Sum up a folder that detect wrote.",
        epilog=_EPILOG,
    )
    command.add_argument("folder", type=Path, help="folder of results")
    command.set_defaults(run=_report)
    _add_output(command)
    return parser


def _add_detect(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "detect",
        help="find seizures in recordings",
        description="Write the seizures found in each recording (events/*.tsv, as SzCORE has it), the "
        "probability over time (tables/*.parquet) and what became of each recording (manifest.jsonl). A run "
        "that was interrupted goes on where it stopped when the same command is given again.",
        epilog=_EPILOG,
    )
    _add_input(command)
    command.add_argument(
        "--out", type=Path, default=Path("detected"), help="folder for results [%(default)s]"
    )
    command.add_argument(
        "--new", action="store_true", help="refuse to go on with a run that is in the folder"
    )
    command.set_defaults(run=_detect)
    _add_output(command)


def _add_evaluate(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "evaluate",
        help="find seizures, and score them against annotations",
        description="Find seizures in recordings and score them by the rules of SzCORE: sensitivity, "
        "precision, false alarms in 24 hours, with intervals.",
        epilog=_EPILOG,
    )
    _add_input(command)
    command.add_argument(
        "--events", nargs="+", type=Path, metavar="FILE",
        help="annotations of each recording, in order [<recording>_events.tsv beside it]",
    )  # fmt: skip
    command.add_argument(
        "--patients",
        nargs="+",
        metavar="NAME",
        help="patient of each recording, in order, for intervals by patient",
    )
    command.add_argument("--out", type=Path, help="folder to keep results in [none are kept]")
    command.set_defaults(run=_evaluate, new=False)
    _add_output(command)


def _add_input(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "model", type=Path, help="detector that save_model wrote (.skops, or .joblib you trust)"
    )
    command.add_argument("recordings", nargs="+", type=Path, metavar="EDF", help="recordings")
    command.add_argument("--jobs", type=int, default=1, metavar="N", help="number of processes [%(default)s]")
    command.add_argument("--quiet", action="store_true", help="do not show the progress")
    command.add_argument(
        "--trust", nargs="+", default=[], metavar="TYPE", help="further types that a .skops file may hold"
    )


def _add_output(command: argparse.ArgumentParser) -> None:
    command.add_argument("--html", type=Path, metavar="FILE", help="write the report as a page")
    command.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")


def _detect(options: argparse.Namespace, out: Path | None = None) -> RunReport:
    detector = load_model(options.model, trusted=options.trust)
    manifest = detect(
        options.recordings,
        detector,
        out=out or options.out,
        n_jobs=options.jobs,
        resume=not options.new,
        verbose=not options.quiet,
    )
    return RunReport(manifest)


def _evaluate(options: argparse.Namespace) -> RunReport:
    truth = _find_events(options)
    if options.patients is not None and len(options.patients) != len(options.recordings):
        raise ValueError(
            f"--patients must name one for each of the {len(options.recordings)} recordings, got "
            f"{len(options.patients)}."
        )
    reference = [read_events(path) for path in truth]
    with tempfile.TemporaryDirectory() as temporary:
        out = options.out or Path(temporary)
        manifest = _detect(options, out).manifest
        done = [place for place, status in enumerate(manifest["status"]) if status == "done"]
        if not done:
            return RunReport(manifest, title="Evaluation of seizure detection")
        alarms = [read_events(out / "events" / _events_name(manifest["table"][place])) for place in done]
    kept = manifest.iloc[done]
    scores = score_events(
        [reference[place] for place in done],
        alarms,
        (kept["hours"] * 3600).tolist(),
        groups=None if options.patients is None else [options.patients[place] for place in done],
        judged_seconds=(kept["judged_hours"] * 3600).clip(lower=_LEAST_SECONDS).tolist(),
    )
    return RunReport(manifest, scores, title="Evaluation of seizure detection")


def _find_events(options: argparse.Namespace) -> list[Path]:
    given = options.events
    if given is None:
        given = [
            path.with_name(f"{path.stem.removesuffix('_eeg')}_events.tsv") for path in options.recordings
        ]
    if len(given) != len(options.recordings):
        raise ValueError(
            f"--events must name a file for each of the {len(options.recordings)} recordings, got "
            f"{len(given)}."
        )
    return given


def _events_name(table: str) -> str:
    return f"{Path(table).stem}_events.tsv"


def _report(options: argparse.Namespace) -> RunReport:
    if not (options.folder / "manifest.jsonl").is_file():
        raise FileNotFoundError(f"{options.folder} holds no results: there is no manifest.jsonl.")
    records = list(read_manifest(options.folder).values())
    manifest: pd.DataFrame = tabulate(records)
    if (manifest["status"] == "done").any() and "n_events" not in manifest:
        raise ValueError(f"{options.folder} must be a folder that detect wrote, got one of features.")
    return RunReport(manifest, title=f"Seizure detection: {options.folder.resolve().name}")

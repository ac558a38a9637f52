"""Work that kills the process it runs in; imports nothing heavy."""

import os
import signal
import time
from pathlib import Path


def square(x):
    return x * x


def die_once(folder_and_number):
    folder, number = folder_and_number
    flag = Path(folder) / "died"
    if number == 3 and not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return number


def die_always(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def fail(number):
    raise OSError(28, "No space left on device")

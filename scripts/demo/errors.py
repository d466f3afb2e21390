"""What can go wrong with the demo, each with what to do about it.

DemoError
├── ProcessDied       a process ended that should have gone on
├── NotReady          a condition was not met in time
├── TooLong           a command did not end in time
├── Occupied          a port or network name that a kept installation needs is taken
└── ApiRefused        the controller's API answered with an error
"""

from pathlib import Path


class DemoError(Exception):
    """Base of every error of the demo: one sentence, and one that says what to do."""

    def __init__(self, what: str, advice: str) -> None:
        self.what = what
        self.advice = advice
        super().__init__(f"{what}\n    What to do: {advice}")


class ProcessDied(DemoError):
    """A process ended that should have gone on."""

    def __init__(self, name: str, code: int, log_file: Path, last_lines: str) -> None:
        super().__init__(
            f"{name} ended with code {code}. Its last lines:\n{last_lines}",
            f"read {log_file}; RESET=1 starts over where data of an older version are the cause",
        )


class NotReady(DemoError):
    """A condition was not met in time."""

    def __init__(self, condition: str, seconds: float, advice: str) -> None:
        super().__init__(f"not within {seconds:g} s: {condition}", advice)


class TooLong(DemoError):
    """A command did not end in time."""

    def __init__(self, command: str, seconds: float) -> None:
        super().__init__(f"{command} took longer than {seconds:g} s", "run it by hand")


class Occupied(DemoError):
    """Something that a kept installation needs is taken by somebody else."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is taken, and the kept installation was made for it",
            "end the other program (perhaps another demo), or RESET=1 to set up anew elsewhere",
        )


class ApiRefused(DemoError):
    """The controller's API answered with an error."""

    def __init__(self, request: str, status: int, answer: str) -> None:
        self.status = status
        self.answer = answer
        super().__init__(
            f"{request} was answered {status}: {answer[:300]}",
            "read the controller's log (log/web.log in the data folder)",
        )

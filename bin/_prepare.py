"""Make .venv hold exactly what a list in requirements/ names; run by bin/_env with any Python that is new enough.

Two starts at once: the second waits for the first and finds the work done. Killed half-way: the stamp is written last
and taken away first, and without a stamp the folder is built anew. A changed list replaces only what changed.
Uses the standard library alone, and writes nothing outside the repository.
"""

import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LISTS = ("run", "distributed", "dev")
"""Each holds everything of those before it; who has a longer one keeps it."""

KEPT = {"pip"}
"""Packages that no list names and that stay."""


class Environment:
    """The folder .venv of one repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"

    def wanted(self, name: str) -> bytes:
        """The list as it stands now."""
        return (self.root / "requirements" / f"{name}.txt").read_bytes()

    def stamp(self, name: str) -> Path:
        """A copy of the list that was installed: written when everything is in place."""
        return self.folder / f"prepared-{name}.txt"

    def ready(self, name: str) -> bool:
        """Whether the folder holds what the list names."""
        stamp = self.stamp(name)
        return self.works() and stamp.exists() and stamp.read_bytes() == self.wanted(name)

    def works(self) -> bool:
        """Whether its interpreter is still there: it is a link to one outside that may have been removed."""
        return self.python.exists()

    def usable(self) -> bool:
        """Whether it was once complete, so that it can be changed in place."""
        return self.works() and any(self.stamp(name).exists() for name in LISTS)

    def site_packages(self) -> Path:
        """Where packages are installed."""
        return next((self.folder / "lib").glob("python3*/site-packages"))

    def pip(self, *arguments: str) -> list[str]:
        """A pip command line for this environment."""
        return [str(self.python), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]


def main(root: Path, name: str) -> None:
    """Prepare the list ``name`` and stamp it."""
    environment = Environment(root)
    with _alone(root / ".venv.lock") as lock:
        if environment.ready(name):
            return
        started = time.monotonic()
        had = [each for each in LISTS if environment.works() and environment.stamp(each).exists()]
        target = max([name, *had], key=LISTS.index)
        packages = _names(environment.wanted(target))
        say(f"preparing .venv: {len(packages)} packages of requirements/{target}.txt on Python {_version()}")
        if environment.usable():
            for each in LISTS:
                environment.stamp(each).unlink(missing_ok=True)
        else:
            _create(environment.folder)
        _install(environment, target, len(packages), lock)
        _remove_what_is_not_listed(environment, packages)
        # so that this repository's packages are found from everywhere, also by processes that the product starts
        (environment.site_packages() / "pantau-layanan.pth").write_text("../../../..\n")
        for each in LISTS[: LISTS.index(target) + 1]:
            _write(environment.stamp(each), environment.wanted(each))
        say(f"ready: {_size(environment.folder)} MB in .venv after {time.monotonic() - started:.0f} s")


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """Hold a lock file and give its descriptor; the system lets go when all who have that have ended, however."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another start that is preparing .venv")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _create(folder: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        stop(
            "this Python cannot make environments: its parts venv and ensurepip are missing. "
            "Debian and Ubuntu: apt install python3-venv"
        )
    # the interpreter itself, not a link like python3 that may one day mean another version
    interpreter = Path(sys.executable).resolve()
    made = subprocess.run(
        [interpreter, "-I", "-m", "venv", "--clear", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if made.returncode:
        stop(f"an environment cannot be made in {folder}:\n{made.stdout.strip()}")


def _install(environment: Environment, name: str, packages: int, lock: int) -> None:
    """Install the list with pip, by hash and without asking what packages want beside it.

    pip holds the lock too: should this process be killed, the next start waits until pip has ended.
    """
    surroundings = {
        key: value for key, value in os.environ.items() if key not in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX")
    }
    if "PIP_CACHE_DIR" not in surroundings:
        surroundings["PIP_NO_CACHE_DIR"] = "1"  # pip's own cache would lie outside the repository
    command = environment.pip(
        "install",
        "--progress-bar",
        "off",
        "--no-deps",
        "--require-hashes",
        "-r",
        str(environment.root / "requirements" / f"{name}.txt"),
    )
    with (
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=surroundings, pass_fds=[lock]
        ) as process,
        _Progress(packages) as progress,
    ):
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            progress.read(line)
    if process.returncode:
        sys.stderr.writelines(lines[-15:])
        stop("the packages could not be installed; what pip says stands above. Start again once it is mended")


class _Progress:
    """One line on a terminal that tells what pip is at and for how long; nothing elsewhere."""

    def __init__(self, packages: int) -> None:
        self._packages = packages
        self._seen = 0
        self._doing = "asking for packages"
        self._started = time.monotonic()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._show) if sys.stderr.isatty() else None

    def read(self, line: str) -> None:
        """Follow one line of pip's own output."""
        line = line.strip()
        if line.startswith(("Collecting ", "Requirement already satisfied: ")):
            self._seen += 1
        if found := re.match(r"(?:Downloading|Using cached) (\S+?)-\d\S* \((.*)\)", line):
            self._doing = f"{found[1].rpartition('/')[2]}, {found[2]}"
        elif line.startswith("Installing collected packages"):
            self._doing = "unpacking"

    def __enter__(self) -> "_Progress":
        if self._thread:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        if self._thread:
            self._thread.join()

    def _show(self) -> None:
        width = shutil.get_terminal_size().columns - 1
        while not self._end.wait(0.2):
            seconds = int(time.monotonic() - self._started)
            text = f"  {min(self._seen, self._packages)} of {self._packages}  {seconds} s  {self._doing}"
            sys.stderr.write(f"\r{text[:width]:<{width}}")
            sys.stderr.flush()
        sys.stderr.write(f"\r{'':<{width}}\r")


def _remove_what_is_not_listed(environment: Environment, packages: set[str]) -> None:
    installed = {_plain(path.name.split("-")[0]) for path in environment.site_packages().glob("*.dist-info")}
    if extra := sorted(installed - packages - KEPT):
        subprocess.run(environment.pip("uninstall", "--quiet", "--yes", *extra), check=True)


def _version() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _names(listing: bytes) -> set[str]:
    """The packages that a list names."""
    return {_plain(found) for found in re.findall(r"^([A-Za-z0-9._-]+) ?==", listing.decode(), re.MULTILINE)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _write(path: Path, content: bytes) -> None:
    """Write a whole file or none."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _size(folder: Path) -> int:
    """What the folder takes on the disk, in units of 1024 × 1024 bytes, as du tells it."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*")) >> 20


def say(text: str) -> None:
    """Tell the person (or the log) what happens."""
    sys.stderr.write(f"pantau: {text}\n")
    sys.stderr.flush()


def stop(text: str) -> None:
    """Tell what a person must mend, and end with the exit code for a wrong set-up."""
    say(text)
    sys.exit(2)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2])
    except KeyboardInterrupt:
        say("interrupted; the next start begins anew")
        sys.exit(130)

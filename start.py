#!/usr/bin/env python3
"""Sets Minzheng up and runs it: `python3 start.py demo`, `test`, `check`, `bench`, or `run` with any command.

Needs nothing but a Python: any from 3.8 on starts it, and it finds a 3.11 or later for the work. The packages come from
`requirements.lock`, every one checked against its hash. The first time takes a minute, later times a moment: a stamp of
the locks says whether the environment in `.venv` is the right one. Uses the standard library only.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "minzheng.stamp"
OLDEST, NEWEST = (3, 11), (3, 13)

USAGE = """\
usage: python3 start.py VERB [...]

  demo [--once]    a synthetic city that lives the year 2022, then the workbench on http://127.0.0.1:8000
  test [...]       the whole test suite; further words go to pytest
  check            format, lint, types, import contract, migrations, templates, law
  bench [...]      the benchmarks; SIZE=25m in the environment sets the population of those that take one
  run [...]        the minzheng command, for example: python3 start.py run month run 2022-07
  setup [--dev]    only prepare the environment in .venv
  lock             write the two lock files anew from pyproject.toml (needs uv)
"""


class Stop(Exception):
    """Something a person has to settle; the message is the whole story."""


def main(words):
    verb, rest = (words[0], words[1:]) if words else ("", [])
    if verb in {"", "-h", "--help", "help"}:
        print(USAGE)
        return 0 if verb else 2
    verbs = {
        "demo": demo,
        "test": test,
        "check": check,
        "bench": bench,
        "run": run,
        "setup": setup,
        "lock": lock,
    }
    if verb not in verbs:
        raise Stop(f"start.py knows no verb '{verb}'.\n\n{USAGE}")
    return verbs[verb](rest)


# --- the verbs ------------------------------------------------------------------------------------------------


def demo(rest):
    prepare(dev=False)
    once = ["--once"] if os.environ.get("ONCE") == "1" and "--once" not in rest else []
    return become([PYTHON, "-m", "minzheng", "demo", "serve", *once, *rest])


def test(rest):
    prepare(dev=True)
    os.environ["MINZHENG_CHROMIUM"] = chromium()
    java()
    os.chdir(str(ROOT))
    # The whole suite side by side on the cores, a file at a time; whatever is named runs in one process.
    return become([PYTHON, "-m", "pytest", *(rest or ["-n", "auto", "--dist", "loadfile"])])


def check(rest):
    prepare(dev=True)
    os.chdir(str(ROOT))
    return become([PYTHON, ROOT / "tests" / "checks.py", *rest])


def bench(rest):
    """Every benchmark, or those named: `bench evaluation`. One that misses its goal fails.

    They read the size of the population from SIZE (1m, 5m, 25m) where they take one.
    """
    prepare(dev=True)
    folder = ROOT / "benchmarks"
    names = [word for word in rest if (folder / f"{word}.py").exists()]
    options = [word for word in rest if word not in names]
    codes = []
    for path in sorted(folder.glob("[a-z]*.py")):
        if not names or path.stem in names:
            say(path.stem)
            codes.append(subprocess.call([str(PYTHON), str(path), *options], cwd=str(ROOT)))
    return max(codes, default=0)


def run(rest):
    prepare(dev=False)
    return become([PYTHON, "-m", "minzheng", *rest])


def setup(rest):
    prepare(dev="--dev" in rest)
    print(f"ready: {VENV}")
    return 0


def lock(rest):
    """Resolves for every supported Python and system at once; the files name versions and hashes, no addresses."""
    uv = shutil.which("uv")
    if not uv:
        raise Stop("Writing the locks needs uv: python3 -m pip install uv")
    command = [
        uv,
        "--no-config",
        "pip",
        "compile",
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--quiet",
    ]
    command += ["--python-version", "{}.{}".format(*OLDEST), *rest, "pyproject.toml"]
    subprocess.check_call([*command, "-o", "requirements.lock"], cwd=ROOT)
    # The second keeps to the first, so that tests run on what is delivered.
    dev = ["--extra", "dev", "--constraint", "requirements.lock", "-o", "requirements-dev.lock"]
    subprocess.check_call([*command, *dev], cwd=ROOT)
    for name in ("requirements.lock", "requirements-dev.lock"):
        if "://" in (ROOT / name).read_text():
            raise Stop(f"{name} names an address; it must name versions and hashes only.")
    return 0


# --- the environment ------------------------------------------------------------------------------------------


def prepare(dev):
    """Brings `.venv` to what the locks say; does nothing when the stamp says it is there already.

    The development lock holds everything of the first one, so an environment for tests also serves.
    """
    with alone():
        wanted = stamp(dev)
        if PYTHON.exists() and STAMP.exists() and STAMP.read_text() in {wanted, stamp(True)}:
            return
        outer = find_python()
        if not works(PYTHON):
            say(f"making .venv with {outer}")
            make_environment(outer)
        lockfile = "requirements-dev.lock" if dev else "requirements.lock"
        say(f"installing what {lockfile} names (once)")
        install(outer, lockfile)
        publish()
        STAMP.write_text(wanted)


def stamp(dev):
    digest = hashlib.sha256(b"dev" if dev else b"run")
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml", "start.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def alone():
    """Two starts at once: one prepares, the other waits."""
    import fcntl  # Not on Windows, where start.py says so before it comes here.

    handle = os.open(str(ROOT), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def works(python):
    """Whether this interpreter runs and is new enough; a shim or a broken link may exist and still not run."""
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        told = subprocess.run(
            [str(python), "-c", question],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        version = tuple(int(part) for part in told.stdout.decode().strip().split("."))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    return version >= OLDEST


def find_python():
    """A Python 3.11 to 3.13: this one, one on PATH, or one of pyenv's; a newer one when there is no other."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    candidates = []
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        candidates += [shutil.which(f"python3.{minor}")]
        candidates += sorted(pyenv.glob(f"3.{minor}.*/bin/python3"), reverse=True)
    candidates += [sys.executable, shutil.which("python3")]
    for candidate in candidates:
        if candidate and works(candidate):
            return str(candidate)
    raise Stop(
        f"需要 Python 3.11 或更高版本。Minzheng needs Python 3.11 or later; {sys.executable} is older and no other was found "
        f"on PATH or under {pyenv}. On Debian: apt-get install python3.11 python3.11-venv"
    )


def make_environment(outer):
    shutil.rmtree(str(VENV), ignore_errors=True)
    if shutil.which("uv"):
        quietly([shutil.which("uv"), "venv", "--quiet", "--no-project", "--python", outer, str(VENV)])
        return
    # Debian ships Python without ensurepip; an environment without pip serves too, the outer pip fills it.
    bare = subprocess.call([outer, "-c", "import ensurepip"], stderr=subprocess.DEVNULL) != 0
    quietly([outer, "-m", "venv", *(["--without-pip"] if bare else []), str(VENV)])


def install(outer, lockfile):
    what = ["--require-hashes", "-r", str(ROOT / lockfile)]
    if shutil.which("uv"):
        command = [shutil.which("uv"), "pip", "install", "--quiet", "--python", str(PYTHON), *what]
    else:
        has_pip = subprocess.call([str(PYTHON), "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
        pip = [str(PYTHON), "-m", "pip"] if has_pip else [outer, "-m", "pip", "--python", str(PYTHON)]
        if not has_pip and subprocess.call([outer, "-c", "import pip"], stderr=subprocess.DEVNULL) != 0:
            raise Stop(f"{outer} has neither ensurepip nor pip. On Debian: apt-get install python3-venv")
        command = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input", *what]
    quietly(command)


def quietly(command):
    """Runs a command whose output matters only when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        text = done.stdout.decode("utf-8", "replace")[-4000:]
        raise Stop(f"{text}\nfailed ({done.returncode}): {' '.join(str(word) for word in command[:6])}")


def publish():
    """Makes `import minzheng` and `.venv/bin/minzheng` work, without a build and so without an unpinned build tool."""
    question = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.check_output([str(PYTHON), "-c", question]).decode().strip())
    (packages / "minzheng.pth").write_text(f"{ROOT / 'src'}\n")
    script = VENV / "bin" / "minzheng"
    # The shell finds the interpreter: a `#!` line is cut where the path is long or holds a space.
    script.write_text('#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -m minzheng "$@"\n')
    script.chmod(0o755)


# --- what tests need of the system ---------------------------------------------------------------------------


def chromium():
    """The Chromium that drives the screens' tests; installed from the system's packages where we may."""
    found = find_chromium()
    if not found:
        debian("Chromium and a Chinese font", ["chromium", "fonts-noto-cjk"])
        found = find_chromium()
    if found:
        return found
    raise Stop(
        "测试需要 Chromium。The tests drive the screens in Chromium, which is missing: "
        "apt-get install chromium fonts-noto-cjk (or set MINZHENG_CHROMIUM to the path of one)."
    )


def find_chromium():
    named = os.environ.get("MINZHENG_CHROMIUM")
    for name in [named] if named else ["chromium", "chromium-browser", "google-chrome"]:
        if shutil.which(name):
            return shutil.which(name)
    return None


def java():
    """The Java that Spark runs on in tests, 17 or later; installed likewise."""
    if not find_java():
        debian("a Java runtime", ["openjdk-17-jre-headless"])
    if not find_java():
        raise Stop(
            "测试需要 Java 17 或更高版本。The tests evaluate the law on Spark too, which needs Java 17 or later: "
            "apt-get install openjdk-17-jre-headless (or set JAVA_HOME to the folder of one)."
        )


def find_java():
    home = os.environ.get("JAVA_HOME")
    path = shutil.which(str(Path(home, "bin", "java")) if home else "java")
    if not path:
        return None
    told = subprocess.run([path, "-version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    # A Java of before 2018 calls itself 1.8, and macOS has a `java` that only says where to get one.
    version = re.search(r'version "(\d+)', told.stdout.decode("utf-8", "replace"))
    return path if version and int(version.group(1)) >= 17 else None


def debian(what, names):
    """Installs system packages where we may; whether it worked is for the caller to see."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say(f"installing {what} from the system's packages (once)")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["update"], ["install", "-y", "--no-install-recommends", *names]):
        subprocess.run(["apt-get", "-qq", *command], env=environment, stdout=subprocess.DEVNULL, check=False)


def become(command):
    """Hands this process over to the command, so that its signals and its exit code are the command's own."""
    sys.stdout.flush()
    os.execv(str(command[0]), [str(word) for word in command])


def say(text):
    print(f"· {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    if os.name != "posix":
        sys.exit("Minzheng runs on Linux and macOS (运行于 Linux 与 macOS); on Windows use WSL.")
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        sys.exit(str(stop))
    except KeyboardInterrupt:
        sys.exit(130)

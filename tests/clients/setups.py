"""How the clients are fetched and built: each into a folder of its own, again only when something changed."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# MILLRACE_CLIENTS_CACHE: where builds are kept from one run to the next.
BUILD = pathlib.Path(os.environ.get("MILLRACE_CLIENTS_CACHE") or ROOT / "build" / "clients").absolute()
VERSIONS = tomllib.loads((HERE / "versions.toml").read_text())
# The oldest toolchains that the pinned versions take.
OLDEST = {"java": (17,), "mvn": (3, 6), "node": (20,), "npm": (9,), "go": (1, 24), "cargo": (1, 88)}
VERSION_FLAG = {"go": "version"}


class Failed(Exception):
    """A client that did not pass; the message is for a person."""


def call(command, folder, limit=1500, **settings):
    """Runs a build step quietly; its output is shown when it fails."""
    done = subprocess.run(list(map(str, command)), cwd=folder, text=True, capture_output=True, timeout=limit,
                          env=os.environ | settings)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}:\n{(done.stdout + done.stderr)[-3000:]}")


def lacks(program):
    """What is wrong with a toolchain: "no go here", "go 1.19 here, 1.24 is needed"; None: nothing."""
    if shutil.which(program) is None:
        return f"no {program} here"
    said = subprocess.run([program, VERSION_FLAG.get(program, "--version")], text=True, capture_output=True,
                          env=os.environ | {"GOTOOLCHAIN": "local"})
    found = re.search(r"(\d+)\.(\d+)", said.stdout + said.stderr)
    if found is None:
        return f"{program} does not tell its version"
    if tuple(map(int, found.groups())) >= OLDEST[program]:
        return None
    return f"{program} {found[0]} here, {'.'.join(map(str, OLDEST[program]))} is needed"


def fingerprint(name, *versions):
    """Of a client's sources and versions."""
    digest = hashlib.sha256(repr(versions).encode())
    for path in sorted((HERE / name).rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(HERE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Setup:
    """A folder and what fills it. Threads that want the same one wait for each other."""

    def __init__(self, name, fill, *versions):
        self.folder = BUILD / name
        self.fill, self.name, self.versions = fill, name, versions
        self.lock = threading.Lock()

    def ready(self):
        with self.lock:
            stamp = self.folder / "stamp"
            wanted = fingerprint(self.name, *self.versions)
            if not stamp.exists() or stamp.read_text() != wanted:
                self.folder.mkdir(parents=True, exist_ok=True)
                stamp.unlink(missing_ok=True)
                self.fill(self)
                stamp.write_text(wanted)
            return self.folder

    def copy_sources(self):
        shutil.copytree(HERE / self.name, self.folder, dirs_exist_ok=True)


def venv(setup):
    call([sys.executable, "-m", "venv", "--clear", setup.folder / "venv"], setup.folder)
    call([setup.folder / "venv/bin/pip", "install", "-q", "--disable-pip-version-check", *setup.versions], setup.folder)


def javascript(setup):
    setup.copy_sources()
    call(["npm", "ci", "--no-audit", "--no-fund"], setup.folder)


def go(setup):
    call(["go", "build", "-o", setup.folder / "errand", "."], HERE / "go")


def rust(setup):
    setup.copy_sources()
    call(["cargo", "build", "--quiet", "--locked"], setup.folder)


def maven(*goals):
    """Versions go to the pom as properties: "kcl=3.5.1"."""
    def fill(setup):
        setup.copy_sources()
        shutil.rmtree(setup.folder / "target", ignore_errors=True)
        call(["mvn", "-q", "-B", *(f"-D{version}" for version in setup.versions), *goals,
              "dependency:copy-dependencies", "-DoutputDirectory=target/jars"], setup.folder)
    return fill


python = Setup("boto3", venv, *(f"{name}=={VERSIONS[name]}" for name in ("boto3", "botocore", "awscli", "moto[server]", "aws-kinesis-agg")))
node = Setup("javascript", javascript, VERSIONS["javascript"])
golang = Setup("go", go, VERSIONS["go"])
rustlang = Setup("rust", rust, VERSIONS["rust"])
java = Setup("java", maven("package"), f"sdk={VERSIONS['java']}")
kcl = Setup("kcl", maven("package"), f"kcl={VERSIONS['kcl']}", f"kpl={VERSIONS['kpl']}")
flink = Setup("flink", maven(), f"flink={VERSIONS['flink']}", f"connector={VERSIONS['flink-connector']}")

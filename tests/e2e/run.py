"""Runs one module of the end-to-end tests with the Python of build/venv. Usage: run.py MODULE [unittest options]

MODULE is one of this folder (test_streams) or a full name (tests.audit.test_audit).
Exit code 77 (ctest: skipped) when the venv is not there, with a line saying how to get it; where CI
is set a missing venv is a failure instead, so that nothing is skipped in silence.
"""
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    python = pathlib.Path(os.environ.get("MILLRACE_VENV", ROOT / "build/venv")) / "bin/python"
    if not python.exists():
        print(f"SKIPPED: no {python}; ./dev setup makes it")
        sys.exit(1 if os.environ.get("CI") else 77)
    os.chdir(ROOT)
    module = sys.argv[1] if "." in sys.argv[1] else f"tests.e2e.{sys.argv[1]}"
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.execv(python, [str(python), "-m", "unittest", "-v", module, *sys.argv[2:]])


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# Builds the wheel, installs it into a virtual environment (.setup/python, or VENV) and runs the package's tests.
# Arguments go to pytest. Safe to repeat.
set -euo pipefail
cd "$(dirname "$0")"

readonly ROOT=$PWD/../..
readonly VENV=${VENV:-$ROOT/.setup/python}
readonly WHEELS=${CARGO_TARGET_DIR:-$ROOT/target}/wheels

[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
pip() { "$VENV/bin/pip" --disable-pip-version-check --quiet "$@"; }
pip install -r requirements-test.txt
# The clients, exactly as pinned: their own wishes would bring torch's CUDA libraries, gigabytes of them.
pip install --no-deps -r requirements-sb3.txt -r requirements-datasets.txt -r requirements-lerobot.txt -r requirements-ray.txt
"$VENV/bin/python" torch_on_cpu.py

rm -rf "$WHEELS"
"$VENV/bin/maturin" build --profile "${KARTSCOPE_WHEEL_PROFILE:-release}" --locked --quiet --interpreter "$VENV/bin/python" --out "$WHEELS"
pip install --force-reinstall --no-deps "$WHEELS"/kartscope-*.whl
# A file of tests after the other on each processor.
"$VENV/bin/python" -m pytest --numprocesses auto --dist loadfile "$@"

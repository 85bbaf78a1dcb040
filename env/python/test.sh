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

rm -rf "$WHEELS"
"$VENV/bin/maturin" build --release --locked --quiet --interpreter "$VENV/bin/python" --out "$WHEELS"
pip install --force-reinstall --no-deps "$WHEELS"/kartscope-*.whl
"$VENV/bin/python" -m pytest "$@"

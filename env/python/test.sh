#!/usr/bin/env bash
# Builds the wheel, installs it into a virtual environment (.setup/python, or VENV) and runs the package's tests.
# Arguments go to pytest. Safe to repeat.
set -euo pipefail
cd "$(dirname "$0")"

readonly ROOT=$PWD/../..
export VENV=${VENV:-$ROOT/.setup/python}
readonly WHEELS=${CARGO_TARGET_DIR:-$ROOT/target}/wheels

./venv.sh
rm -rf "$WHEELS"
"$VENV/bin/maturin" build --profile "${KARTSCOPE_WHEEL_PROFILE:-release}" --locked --quiet --interpreter "$VENV/bin/python" --out "$WHEELS"
"$VENV/bin/pip" --disable-pip-version-check --quiet install --force-reinstall --no-deps "$WHEELS"/kartscope-*.whl
# A file of tests after the other on each processor.
"$VENV/bin/python" -m pytest --numprocesses auto --dist loadfile "$@"

#!/usr/bin/env bash
# Makes the virtual environment of the package's tests (.setup/python, or VENV) and installs what they import.
# Safe to repeat.
set -euo pipefail
cd "$(dirname "$0")"

readonly VENV=${VENV:-$PWD/../../.setup/python}

[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
pip() { "$VENV/bin/pip" --disable-pip-version-check --quiet "$@"; }
pip install -r requirements-test.txt
# The clients, exactly as pinned: their own wishes would bring torch's CUDA libraries, gigabytes of them.
pip install --no-deps -r requirements-sb3.txt -r requirements-datasets.txt -r requirements-lerobot.txt -r requirements-ray.txt
"$VENV/bin/python" torch_on_cpu.py

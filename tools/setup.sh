#!/usr/bin/env bash
# Installs what the workspace builds with: Debian packages (by apt-get, with sudo when not root) and a lean
# CPU libtorch (into .setup/, by pip). Safe to repeat: installed parts are kept. LIBTORCH, when exported,
# is used instead; KARTSCOPE_NO_TORCH=1 leaves libtorch out, for a build with --no-default-features.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly TORCH_VERSION=2.11.0 CUDA_RUNTIME_VERSION=13.0.96 CUDA_CUPTI_VERSION=13.0.85
readonly PACKAGES=(
    build-essential pkg-config    # the emulator core and every C dependency
    zlib1g-dev                    # save states of the core
    libclang-dev                  # bindgen
    libcairo2-dev                 # overlays
    gcc-arm-none-eabi gcc-mips-linux-gnu    # the bundled games
    python3-venv                  # to fetch libtorch, for the Python package, and for the peers in `make bench`
    xvfb xdotool libxcursor1      # windows, which are tested without a screen
    libgtk-4-dev                  # the debug window
    libasound2-dev libudev-dev    # its sound, and its game controllers
    adwaita-icon-theme librsvg2-common fonts-dejavu-core    # its icons and letters
    libmupen64plus2 mupen64plus-data mupen64plus-rsp-hle    # the Nintendo 64, which is loaded at run time
    mupen64plus-video-rice mupen64plus-video-glide64mk2 libegl1 libgl1-mesa-dri    # its pictures
    libmupen64plus-dev            # the headers that its interface is compared with
)

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "'$*' needs root: install sudo, or run 'make setup' as root once"; fi
}

missing_packages() {
    local package
    for package in "${PACKAGES[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

install_packages() {
    command -v dpkg-query >/dev/null || die "this is no Debian: install by hand ${PACKAGES[*]}"
    local missing
    mapfile -t missing < <(missing_packages)
    if [ "${#missing[@]}" -eq 0 ]; then say "Debian packages: all there"; return; fi
    say "Debian packages: installing ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

install_libtorch() {
    if [ "${KARTSCOPE_NO_TORCH:-0}" = 1 ]; then say "libtorch: left out, as asked"; return; fi
    if [ -n "${LIBTORCH:-}" ]; then say "libtorch: yours, $LIBTORCH"; return; fi
    local stamp=.setup/libtorch-$TORCH_VERSION
    if [ -e "$stamp" ]; then say "libtorch: $TORCH_VERSION is there"; return; fi
    say "libtorch: fetching $TORCH_VERSION (about 545 MB) into .setup/"
    mkdir -p .setup
    python3 -m venv --clear .setup/venv
    # Without its dependencies torch is a sixth of the size; these two are what its libraries need to load.
    .setup/venv/bin/pip install --quiet --no-deps --no-cache-dir --disable-pip-version-check "torch==$TORCH_VERSION" \
        "nvidia-cuda-runtime==$CUDA_RUNTIME_VERSION" "nvidia-cuda-cupti==$CUDA_CUPTI_VERSION"
    local torch
    torch=$(.setup/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/torch
    [ -f "$torch/lib/libtorch_cpu.so" ] || die "pip installed no $torch/lib/libtorch_cpu.so"
    ln -sfn "${torch#"$PWD/.setup/"}" .setup/libtorch
    touch "$stamp"
}

command -v cargo >/dev/null || die "cargo is not on the PATH: install Rust first"
install_packages
install_libtorch

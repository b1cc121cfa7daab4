#!/usr/bin/env python3
"""Makes what people install: a wheel, a Debian package and a tarball, in dist/.

    make dist

All three have the same folder: the program, with Swift in it; the libraries it needs that not every Linux has; the
files that ship with it, beside it; the style sheets; the licences. The tarball and the Debian package have DuckDB
too; the wheel takes it from the wheel `duckdb`. Times in the archives are that of the commit. Two builds of a commit on
one system in folders with names of the same length are the same bytes; else eight numbers in the program differ, the
lengths of paths to sources.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = ROOT / ".build-dist"
DIST = ROOT / "dist"
# What every Linux has that the program runs on; auditwheel holds the wheel against the same list.
OF_THE_SYSTEM = re.compile(r"(linux-vdso|ld-linux|lib(c|m|dl|rt|pthread|util|gcc_s|stdc\+\+))[-.]")


def run(*command: object, **options: object) -> str:
    return subprocess.run(
        [str(part) for part in command], check=True, text=True, stdout=subprocess.PIPE, **options
    ).stdout.strip()


def git(*arguments: str) -> str:
    return run("git", "-C", ROOT, *arguments)


def say(text: str) -> None:
    print(f"dist: {text}", flush=True)


def fail(text: str) -> None:
    sys.exit(f"dist: {text}")


def version() -> str:
    text = (ROOT / "Sources/Places/Snapshots/Manifest.swift").read_text()
    found = re.search(r'static let version = "([^"]+)"', text)
    if found is None:
        fail("the version is not in Sources/Places/Snapshots/Manifest.swift")
    return found[1]


def build(commit: str) -> Path:
    """Builds the program, and returns the folder that it is in."""
    # Only what this build writes is taken along.
    release = SCRATCH / "release"
    for old in release.glob("kith_*.resources"):
        shutil.rmtree(old)
    say("building the program, with Swift's libraries in it")
    # No path of this machine: not in what is debugged, not in what C's asserts say.
    maps = ["-Xswiftc", "-file-prefix-map", "-Xswiftc", f"{ROOT}=.", "-Xcc", f"-ffile-prefix-map={ROOT}=."]
    maps += ["-Xcxx", f"-ffile-prefix-map={ROOT}=."]
    command = ["swift", "build", "-c", "release", "--product", "kith", "--static-swift-stdlib"]
    log = subprocess.run(
        [*command, *maps, "--scratch-path", str(SCRATCH)], cwd=ROOT, text=True,
        env=os.environ | {"KITH_COMMIT": commit}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if log.returncode != 0:
        fail("the build failed:\n" + log.stdout[-4000:])
    return release


def shared_libraries(program: Path) -> dict[str, Path]:
    """The libraries that the program needs and not every Linux has, by the name it asks for."""
    found = {}
    for line in run("ldd", program).splitlines():
        name, _, path = (part.strip() for part in line.partition("=>"))
        if not path or OF_THE_SYSTEM.match(Path(name).name):
            continue
        if path.startswith("not found"):
            fail(f"the program needs {name}, which is not on this machine")
        if "swift" in path:
            fail(f"{name} was to be in the program")
        found[name] = Path(path.split(" (")[0])
    return found


def licences(folder: Path, libraries: dict[str, Path]) -> None:
    """Copies the licence of everything that is in the program or beside it."""
    folder.mkdir()
    for package in sorted((SCRATCH / "checkouts").iterdir()):
        for kind in ("LICENSE", "NOTICE"):
            for file in sorted(package.glob(f"{kind}*")):
                if file.is_file():
                    shutil.copyfile(file, folder / f"{package.name}-{file.name}")
    for name, path in libraries.items():
        # By its name: a package may list it under /lib or under /usr/lib, which are one folder.
        owner = run("dpkg", "-S", f"*/{path.resolve().name}").partition(":")[0]
        shutil.copyfile(f"/usr/share/doc/{owner}/copyright", folder / f"{owner}-copyright")
    wheel = next((ROOT / ".tools/wheels").glob("duckdb-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("licenses/LICENSE"))
        (folder / "duckdb-LICENSE").write_bytes(archive.read(name))
    shutil.copyfile(ROOT / ".assets/LICENSE-nhsuk", folder / "nhsuk-frontend-LICENSE")


def assemble(release: Path, folder: Path) -> None:
    """Gathers in `folder` what the program needs to run."""
    folder.mkdir(parents=True)
    program = folder / "kith"
    shutil.copyfile(release / "kith", program)
    # Without what depends on the folder it was built in, so that two builds are the same bytes.
    run("strip", "--strip-all", "-R", ".swift_modhash", "-R", ".note.gnu.build-id", program)
    program.chmod(0o755)
    libraries = shared_libraries(release / "kith")
    for name, path in libraries.items():
        shutil.copyfile(path.resolve(), folder / name)
    for resources in sorted(release.glob("kith_*.resources")):
        shutil.copytree(resources, folder / resources.name)
    shutil.copytree(ROOT / ".assets", folder / ".assets", ignore=shutil.ignore_patterns("STAMP"))
    engine = folder / ".engines/duckdb"
    engine.mkdir(parents=True)
    shutil.copyfile(ROOT / ".engines/duckdb/VERSION", engine / "VERSION")
    python_symbols(engine / "libpython-symbols.so")
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    licences(folder / "licences", libraries)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path == program else 0o644)


def python_symbols(file: Path) -> None:
    """Makes the library of Python's names for the modules of every Python that the wheel may be installed with."""
    wheels = SCRATCH / "wheels"
    modules = []
    pins = re.search(r"^duckdb==(.+\\\n)*.+$", (ROOT / "Scripts/pins.txt").read_text(), re.M)[0]
    wheels.mkdir(parents=True, exist_ok=True)
    (wheels / "pins.txt").write_text(pins + "\n")
    for python in ("3.11", "3.12"):
        folder = wheels / python
        folder.mkdir(parents=True, exist_ok=True)
        run(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--require-hashes", "-d", folder, "-r", wheels / "pins.txt", "--python-version", python,
            "--only-binary=:all:")
        with zipfile.ZipFile(next(folder.glob("duckdb-*.whl"))) as archive:
            name = next(name for name in archive.namelist() if name.startswith("_duckdb."))
            modules.append(archive.extract(name, folder))
    run(ROOT / "Scripts/python_symbols.sh", file, *modules)


def add_duckdb(folder: Path) -> None:
    module = next((ROOT / ".engines/duckdb").glob("_duckdb.*"))
    target = folder / ".engines/duckdb" / module.name
    shutil.copyfile(module, target)
    target.chmod(0o644)


def paths_of_this_machine(folder: Path) -> None:
    """Fails where the program would look for something in a folder of the machine that built it."""
    text = (folder / "kith").read_bytes()
    for path in {str(ROOT), str(Path.home()), str(SCRATCH)} - {"/"}:
        at = text.find(path.encode() + b"/")
        if at >= 0:
            fail(f"the program has a path of this machine in it: {text[at:at + 160].split(bytes(1))[0]!r}")


def tarball(folder: Path, name: str, time: int) -> Path:
    file = DIST / f"{name}.tar.gz"

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = time, 0, 0, "", ""
        return entry

    inner = DIST / f"{name}.tar"
    with tarfile.open(inner, "w", format=tarfile.GNU_FORMAT) as archive:
        for path in [folder, *sorted(folder.rglob("*"))]:
            archive.add(path, f"{name}/{path.relative_to(folder)}".rstrip("/."), recursive=False, filter=plain)
    # Without the name and the time of the file that was packed.
    run("gzip", "-9", "-n", "-f", inner)
    return file


def debian(folder: Path, version: str, time: int) -> Path:
    architecture = run("dpkg", "--print-architecture")
    tree = DIST / "debian"
    shutil.copytree(folder, tree / "usr/lib/kith")
    (tree / "usr/bin").mkdir()
    (tree / "usr/bin/kith").symlink_to("../lib/kith/kith")
    doc = tree / "usr/share/doc/kith"
    doc.mkdir(parents=True)
    shutil.copyfile(ROOT / "LICENSE", doc / "copyright")
    shutil.copyfile(ROOT / "CHANGELOG.md", doc / "changelog")
    run("gzip", "-9", "-n", doc / "changelog")
    (tree / "DEBIAN").mkdir()
    kilobytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 1024
    (tree / "DEBIAN/control").write_text(
        f"Package: kith\nVersion: {version}\nArchitecture: {architecture}\n"
        "Maintainer: The Kith project <kith@localhost>\nSection: science\nPriority: optional\n"
        f"Installed-Size: {kilobytes}\nDepends: libc6 (>= 2.35), libgcc-s1, libstdc++6 (>= 12)\n"
        "Recommends: libvips-tools\nDescription: population health for a place\n"
        " Links what the NHS, councils, housing, social care and the voluntary sector know\n"
        " about a population; shows need, risk and inequality; helps partners agree priorities.\n")
    for path in [tree, *tree.rglob("*")]:
        if path.is_symlink():
            continue
        if path.is_dir() or path.parent.name == "DEBIAN":
            path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (time, time))
    file = DIST / f"kith_{version}_{architecture}.deb"
    run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", tree, file,
        env=os.environ | {"SOURCE_DATE_EPOCH": str(time)})
    shutil.rmtree(tree)
    return file


def wheel(folder: Path, version: str, duckdb: str, time: int) -> Path:
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(time)}
    tree = DIST / "wheel"
    shutil.copytree(folder, tree / "kith/program")
    for name in ("__init__.py", "__main__.py"):
        text = (ROOT / "Scripts/dist/launcher.py").read_text() if name == "__main__.py" else ""
        (tree / "kith" / name).write_text(text)
    info = tree / f"kith-{version}.dist-info"
    info.mkdir()
    shutil.copyfile(ROOT / "LICENSE", info / "LICENSE")
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.3\nName: kith\nVersion: {version}\n"
        "Summary: Population health for a place: know, agree, act, learn\nLicense: Apache-2.0\n"
        f"Requires-Python: >=3.11\nRequires-Dist: duckdb=={duckdb}\n"
        "Description-Content-Type: text/markdown\n\n" + (ROOT / "README.md").read_text())
    machine = os.uname().machine
    (info / "WHEEL").write_text(
        "Wheel-Version: 1.0\nGenerator: Scripts/dist.py\nRoot-Is-Purelib: false\n"
        f"Tag: py3-none-linux_{machine}\n")
    (info / "entry_points.txt").write_text("[console_scripts]\nkith = kith.__main__:main\n")
    for path in tree.rglob("*"):
        os.utime(path, (time, time))
    packed = DIST / "packed"
    packed.mkdir()
    run(sys.executable, "-m", "wheel", "pack", tree, "--dest-dir", packed, env=environment)
    file = next(packed.glob("*.whl"))
    # Says by its name which systems it runs on.
    audit = run(sys.executable, "-m", "auditwheel", "show", file)
    tag = re.search(r'platform tag: "(manylinux[^"]+)"', " ".join(audit.split()))
    if tag is None:
        fail(f"the wheel runs on no common Linux:\n{audit}")
    run(sys.executable, "-m", "wheel", "tags", "--platform-tag", tag[1], "--remove", file, env=environment)
    shutil.move(next(packed.glob("*.whl")), DIST)
    shutil.rmtree(tree)
    shutil.rmtree(packed)
    return next(DIST.glob("*.whl"))


def main() -> None:
    commit = git("rev-parse", "--short=12", "HEAD")
    if git("status", "--porcelain"):
        commit += "+changes"
        say("there are changes that are not committed; the version says so")
    time = int(git("log", "-1", "--format=%ct"))
    number = version()
    duckdb = re.search(r"^duckdb==(\S+)", (ROOT / "Scripts/pins.txt").read_text(), re.M)[1]
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    release = build(commit)
    name = f"kith-{number}-linux-{os.uname().machine}"
    folder = DIST / name
    assemble(release, folder)
    paths_of_this_machine(folder)
    files = [wheel(folder, number, duckdb, time)]
    add_duckdb(folder)
    files += [debian(folder, number, time), tarball(folder, name, time)]
    shutil.rmtree(folder)
    for file in files:
        say(f"{run('sha256sum', file).split()[0]}  {file.relative_to(ROOT)}  {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

"""Who may include whom. docs/ARCHITECTURE.md shows the same as a picture."""

import re
from pathlib import PurePosixPath

from source_tree import ROOT

# Includes point to a lower level, or stay in their own folder. A folder has two levels where it has two halves: what it
# decides is built into rollup_core, what it does into rollup_store or rollup_io. Above all of them stand the programs.
CORE_LEVELS = {
    "model": 0,
    "wire": 10,
    "net": 11, "observe": 11,
    "aggregate": 12, "fleet": 12, "poll": 12, "outbox": 12, "deliver": 12, "serve": 12,
    "config": 20,
}
IO_LEVELS = {
    "runtime": 30,
    "net": 31, "observe": 31,
    "fleet": 40, "poll": 40, "outbox": 40, "deliver": 40, "serve": 40,
}

# Where one stage hands over to the next: delivery takes its work from the outbox.
# What is served of the outbox is its own overview.
SEAMS = {"deliver": {"outbox/entry.hpp", "outbox/outbox.hpp"}, "serve": {"outbox/entry.hpp"}}
STAGES = {"fleet", "poll", "aggregate", "outbox", "deliver", "serve"}

NET_BODIES = re.compile(r"lib/net/\w+\.cpp")
# Library, how its includes begin, and who may have them.
LIBRARIES = [
    ("Beast", r"boost/beast", NET_BODIES),
    ("OpenSSL", r"openssl/", re.compile(rf"{NET_BODIES.pattern}|edge-stub/\w+\.cpp")),
    ("Asio", r"boost/asio", re.compile(r"lib/|daemon/|edge-stub/")),  # not in rollup_core, see below
    ("Boost.URL", r"boost/url", re.compile(r"lib/wire/")),
    ("nlohmann/json", r"nlohmann/", re.compile(r"lib/(wire|config)/|edge-stub/")),
    ("yaml-cpp", r"yaml-cpp/", re.compile(r"lib/config/")),
    ("SQLite", r"SQLiteCpp/|sqlite3", re.compile(r"lib/outbox/")),
    ("zlib", r"zlib\.h", re.compile(r"lib/outbox/|lib/serve/asset_answer")),
    ("prometheus-cpp", r"prometheus/", re.compile(r"lib/observe/")),
    ("CLI11", r"CLI/", re.compile(r"daemon/|edge-stub/")),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)


def includes(source):
    """(line, included path) of each include."""
    for found in INCLUDE.finditer(source.text):
        yield source.line_of(found.start(), source.text), found.group(1)


class Layers:
    """Knows the level of every file below lib/ from the library that builds it."""

    def __init__(self, lib_cmake_text=None):
        if lib_cmake_text is None:
            lib_cmake_text = (ROOT / "lib/CMakeLists.txt").read_text(encoding="utf-8")
        self.core, self.io = (set(re.findall(r"[\w/]+\.[ch]pp", part))
                              for part in lib_cmake_text.split("add_library(rollup_store"))

    def level(self, path_in_lib):
        """None where no library builds the file; another rule tells of that."""
        folder = PurePosixPath(path_in_lib).parts[0]
        if path_in_lib in self.io:
            return IO_LEVELS.get(folder)
        return CORE_LEVELS.get(folder) if path_in_lib in self.core else None

    def findings(self, source):
        """Includes of the project's own headers that point upward or across."""
        if not source.path.startswith("lib/") or not source.is_cpp:
            return
        me = source.path.removeprefix("lib/")
        folder = me.split("/")[0]
        if folder not in CORE_LEVELS and folder not in IO_LEVELS:
            yield 1, f"folder lib/{folder} has no level: add it to layers.py and docs/ARCHITECTURE.md"
        for line, header in includes(source):
            other = header.split("/")[0]
            mine, its = self.level(me), self.level(header)
            if header in SEAMS.get(folder, ()):
                continue
            if folder in STAGES and other in STAGES and folder != other:
                yield line, f"stage {folder} includes {header} of stage {other}"
            elif mine is not None and its is not None and (its > mine or (its == mine and other != folder)):
                yield line, f"level {mine} includes {header} of level {its}"

    def library_findings(self, source):
        """Includes of a library outside the rooms it belongs to."""
        if not source.is_cpp or source.path.startswith("tests/"):
            return
        for line, header in includes(source):
            for name, begins, rooms in LIBRARIES:
                if re.match(begins, header) and not rooms.match(source.path):
                    yield line, f"{name} has no business here"
            me = source.path.removeprefix("lib/")
            if me in self.core and header.startswith("boost/asio"):
                yield line, "Asio in rollup_core"


def command_line_findings(sources):
    """CLI11 costs seconds to compile: one translation unit for each program."""
    users = {}
    for source in sources:
        if any(header.startswith("CLI/") for _, header in includes(source)):
            users.setdefault(source.path.split("/")[0], []).append(source.path)
    for program, paths in sorted(users.items()):
        if len(paths) > 1 or paths[0].endswith(".hpp"):
            yield f"{program}: CLI11 belongs into one .cpp, not into {', '.join(sorted(paths))}"

"""One function a rule: takes a Source, yields (line, why)."""

import re

MAX_LINES = 450
MAX_COLUMNS = 120
BROWSER_SUFFIXES = (".js", ".mjs", ".css", ".html")
# Where a bool is the value itself and not a switch.
BOOL_IS_THE_VALUE = {"lib/wire/json_writer.hpp"}
# It kills a process at a random moment; it waits for nothing.
# A random moment to kill at; the pace at which one loop, used by all, looks for a condition.
SLEEP_IS_THE_TEST = {"tests/unit/outbox/kill_test.cpp", "tests/unit/outbox/recording_disk.cpp", "tests/integration/program.py",
                     "tests/bench/program.py", "tests/page/support/until.mjs"}
# What reads the outside world stands in one file each.
ONLY_IN = {
    r"system_clock::now": "lib/runtime/system_clock.cpp",
    r"steady_clock::now": "lib/runtime/system_clock.cpp",
    r"random_device": "lib/runtime/system_entropy.cpp",
}
# In halves, so that this file does not break its own rules.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
MARKUP = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|eval\()|new Function")
MACHINE_PATH = re.compile(r"(?<![\w.}~-])/(?:wo" r"rk|ro" r"ot)/")
HOME_PATH = re.compile(r"(?<![\w.}~-])/ho" r"me/")
REGISTRY_HOST = re.compile(r"py" r"pi\.org|npm" r"js\.|crates" r"\.io|ruby" r"gems|deb\.deb" r"ian\.org|proxy\.go" r"lang")
PRIVATE_PAPER = re.compile(r"(?<!OF )\bCONTR" r"ACT\b|\bDES" r"IGN\.md|\bTR" r"APS\b")
SLEEP = re.compile(r"sleep" r"_for|sleep" r"_until|\b(?:u|nano)?sleep\s*\(|^\s*sleep\s+[\d$]"
                   r"|\bsetTim" r"eout\(|\bwaitForTim" r"eout\(", re.MULTILINE)


def matches(source, text, pattern, why):
    for found in re.finditer(pattern, text):
        yield source.line_of(found.start(), text), f"{why}: {found.group().strip()}"


def block_after(code, position):
    """The text between the brace that opens after `position` and its partner."""
    begin = code.index("{", position)
    depth = 0
    for at in range(begin, len(code)):
        depth += {"{": 1, "}": -1}.get(code[at], 0)
        if depth == 0:
            return code[begin:at]
    return code[begin:]


def detached(source):
    if source.is_cpp:
        yield from matches(source, source.code, r"\bdetached\b", "a coroutine that nobody waits for")


def swallowed_exceptions(source):
    if not source.is_cpp:
        return
    for found in re.finditer(r"catch\s*\(\.\.\.\)", source.code):
        if not re.search(r"\bthrow\b|current_exception|abort\(|terminate\(", block_after(source.code, found.end())):
            yield source.line_of(found.start()), "catch (...) that neither throws on nor keeps the exception"


def outside_world(source):
    if not source.is_cpp or source.path.startswith("tests/"):
        return
    for pattern, home in ONLY_IN.items():
        if source.path != home:
            yield from matches(source, source.code, pattern, f"only {home} may")


def long_lines(source):
    """Of C++, the comments: clang-format keeps code to the same width."""
    if source.is_cpp or source.path.endswith(BROWSER_SUFFIXES):
        for number, line in enumerate(source.text.splitlines(), 1):
            if len(line) > MAX_COLUMNS and (not source.is_cpp or line.lstrip().startswith("//")):
                yield number, f"more than {MAX_COLUMNS} columns"


def markup_from_text(source):
    if source.path.startswith("lib/serve/page/"):
        yield from matches(source, source.text, MARKUP, "texts of others become text, never markup or code")


def parts_of_the_page(source, cmake_text, index_text):
    """Listed, so that it is embedded; and a module also in the page, so that browsers need not find it step by step."""
    folder, _, name = source.path.rpartition("/")
    if folder != "lib/serve/page" or name == "no_uplot.js" or not name.endswith((".js", ".css", ".svg")):
        return
    if not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.])", cmake_text):
        yield 1, "not in page.cmake"
    if name.endswith(".js") and f"/page/{name}" not in index_text:
        yield 1, "not preloaded by index.html"


def unfinished(source):
    yield from matches(source, source.text, UNFINISHED, "unfinished")


def sleeping_tests(source):
    if source.path in SLEEP_IS_THE_TEST:
        return
    if source.path.startswith("tests/") and source.path.endswith((".cpp", ".hpp", ".py", ".sh", ".mjs")):
        text = source.code if source.is_cpp else source.text
        yield from matches(source, text, SLEEP, "wait for what happens, not for time")


def bool_parameters(source):
    if source.path.startswith("lib/") and source.path.endswith(".hpp") and source.path not in BOOL_IS_THE_VALUE:
        yield from matches(source, source.code, r"[(,]\s*(?:const\s+)?bool\s+\w+\s*(?=[,)=])", "an enum class says more")


def header_opening(source):
    if source.path.endswith(".hpp") and not re.match(r"(//[^\n]*\n)+#pragma once\n", source.text):
        yield 1, "a header begins with a comment that says what it is, then #pragma once"


def length(source):
    lines = source.text.count("\n")
    if source.is_cpp and lines > MAX_LINES:
        yield lines, f"more than {MAX_LINES} lines: two things in one file?"


def machine_paths(source):
    yield from matches(source, source.text, MACHINE_PATH, "a path of one machine")
    if not source.path.startswith("tests/unit/"):  # where a made-up home may be a test's input
        yield from matches(source, source.text, HOME_PATH, "a path of one machine")


def registry_hosts(source):
    yield from matches(source, source.text, REGISTRY_HOST, "the machine's package sources are not ours to name")


def private_papers(source):
    yield from matches(source, source.text, PRIVATE_PAPER, "no reader has this paper")


def listed_in_cmake(source, cmake_texts):
    """`cmake_texts`: folder -> text of its CMakeLists.txt. Headers of lib/ count too: listed, they are compiled alone."""
    if not (source.path.endswith(".cpp") or (source.path.startswith("lib/") and source.is_cpp)):
        return
    parts = source.path.split("/")
    for depth in range(len(parts) - 1, -1, -1):
        text = cmake_texts.get("/".join(parts[:depth]), "")
        if re.search(rf"(?<![\w/.-]){re.escape('/'.join(parts[depth:]))}(?![\w.])", text):
            return
    yield 1, "in no CMakeLists.txt"

#!/usr/bin/python3
"""The house rules as tests. Each rule runs over the tree, and over a snippet that breaks it, to see that it would tell."""

import shutil
import subprocess
import unittest

import layers
import rules
from await_rule import await_findings
from source_tree import ROOT, Source, all_sources

SOURCES = all_sources()
CLANG_FORMAT_MAJOR = "14"


def told(source, found):
    return [f"{source.path}:{line}: {why}" for line, why in found]


class Rule(unittest.TestCase):
    """Base of the rules: `holds` for the tree, `catches` and `allows` for snippets."""

    def holds(self, rule):
        everything = [line for source in SOURCES for line in told(source, rule(source))]
        if everything:
            self.fail("\n" + "\n".join(everything))

    def catches(self, rule, path, *snippets):
        for snippet in snippets:
            with self.subTest(snippet=snippet):
                self.assertTrue(list(rule(Source(path, snippet))), "not caught")

    def allows(self, rule, path, *snippets):
        for snippet in snippets:
            with self.subTest(snippet=snippet):
                self.assertEqual([], list(rule(Source(path, snippet))))


class Includes(Rule):
    CMAKE = """add_library(rollup_core STATIC) model/node.hpp wire/json.hpp aggregate/sum.hpp poll/schedule.cpp
               poll/schedule.hpp outbox/entry.hpp net/limits.hpp config/settings.hpp
               add_library(rollup_store STATIC) runtime/async.hpp net/tcp.cpp net/tcp.hpp poll/poller.cpp poll/poller.hpp
               observe/make_log.hpp"""

    def setUp(self):
        self.small = layers.Layers(self.CMAKE)

    def test_point_downward_and_never_from_stage_to_stage(self):
        self.holds(layers.Layers().findings)
        rule = self.small.findings
        self.catches(rule, "lib/model/node.hpp", '#include "wire/json.hpp"\n')
        self.catches(rule, "lib/wire/json.hpp", '#include "aggregate/sum.hpp"\n')
        self.catches(rule, "lib/poll/poller.cpp", '#include "outbox/entry.hpp"\n', '#include "deliver/sink.hpp"\n')
        self.catches(rule, "lib/poll/schedule.cpp", '#include "poll/poller.hpp"\n', '#include "runtime/async.hpp"\n',
                     '#include "config/settings.hpp"\n')
        self.catches(rule, "lib/net/tcp.cpp", '#include "poll/poller.hpp"\n', '#include "observe/make_log.hpp"\n')
        self.catches(rule, "lib/misc/things.hpp", "")
        self.allows(rule, "lib/poll/poller.cpp", '#include "poll/schedule.hpp"\n#include "net/tcp.hpp"\n#include <map>\n')
        self.allows(rule, "lib/poll/schedule.cpp", '#include "net/limits.hpp"\n#include "wire/json.hpp"\n')
        self.allows(rule, "lib/deliver/sink.hpp", '#include "outbox/entry.hpp"\n')
        self.allows(rule, "lib/config/settings.hpp", '#include "poll/schedule.hpp"\n')

    def test_bring_a_library_only_into_its_rooms(self):
        self.holds(layers.Layers().library_findings)
        rule = self.small.library_findings
        self.catches(rule, "lib/net/tcp.hpp", "#include <boost/beast/http.hpp>\n", "#include <openssl/ssl.h>\n")
        self.catches(rule, "lib/poll/poller.cpp", "#include <boost/beast.hpp>\n", "#include <nlohmann/json.hpp>\n",
                     "#include <CLI/CLI.hpp>\n", "#include <prometheus/gauge.h>\n", "#include <sqlite3.h>\n")
        self.catches(rule, "lib/poll/schedule.cpp", "#include <boost/asio/awaitable.hpp>\n")
        self.catches(rule, "daemon/main.cpp", "#include <nlohmann/json.hpp>\n")
        self.allows(rule, "lib/net/tcp.cpp", "#include <boost/beast/http.hpp>\n#include <boost/asio/ip/tcp.hpp>\n")
        self.allows(rule, "lib/wire/json.cpp", "#include <nlohmann/json.hpp>\n")

    def test_give_the_command_line_library_one_translation_unit_a_program(self):
        self.assertEqual([], list(layers.command_line_findings(SOURCES)))
        twice = [Source(f"daemon/{name}.cpp", "#include <CLI/CLI.hpp>\n") for name in ("a", "b")]
        self.assertTrue(list(layers.command_line_findings(twice)))
        self.assertTrue(list(layers.command_line_findings([Source("daemon/a.hpp", "#include <CLI/CLI.hpp>\n")])))
        self.assertEqual([], list(layers.command_line_findings(twice[:1])))


class Coroutines(Rule):
    def test_await_with_names_only(self):
        self.holds(lambda source: await_findings(source) if source.is_cpp else [])
        self.catches(await_findings, "lib/poll/x.cpp",
                     "f() { auto r = co_await g({1, 2}); }",
                     "f() { auto r = co_await g(request{}); }",
                     "f() { auto r = co_await g(make(x)); }",
                     "f() { auto r = co_await g([&] { return 1; }); }",
                     "f() { auto r = ready ? co_await g(x) : h; }",
                     "f() { co_return co_await g(x); }",
                     "f() { co_return answer{1, co_await g(x)}; }",
                     "f() { h(co_await g(x)); }",
                     "f() { if (co_await g(x)) y(); }",
                     "f() { auto r = (co_await g(x)).value; }",
                     "f() { auto r = co_await a().b(x); }",
                     "f() { auto r = co_await g(std::string(x)); }",
                     'f() { auto r = co_await g("text"); }',
                     "f() { auto r = co_await g(a + b); }")
        self.allows(await_findings, "lib/poll/x.cpp",
                    "f() { auto r = co_await g(a, 1, std::move(b)); }",
                    "f() { co_await timer.wait_until(due); }",
                    "f() { if (late) co_await self->timer_->wait_until(due_); }",
                    "f() { auto [ec, count] = co_await socket.async_wait(asio::ip::tcp::wait_read, as_result); }",
                    "f() { auto executor = co_await asio::this_coro::executor; }",
                    "f() { const model::result<void> stored = co_await outbox_.store(std::move(made)); }",
                    "f() { state = co_await disk.run<int>(*this); }",
                    "// never h(co_await g(x))\n")

    def test_leave_no_coroutine_behind(self):
        self.holds(rules.detached)
        self.catches(rules.detached, "lib/poll/x.cpp", "co_spawn(io, f(), asio::" + "detached);")


class Errors(Rule):
    def test_do_not_vanish(self):
        self.holds(rules.swallowed_exceptions)
        self.catches(rules.swallowed_exceptions, "lib/poll/x.cpp", "try { f(); } catch (...) { ok = false; }\nthrow 1;")
        self.allows(rules.swallowed_exceptions, "lib/poll/x.cpp", "try { f(); } catch (...) { g(); throw; }",
                    "try { f(); } catch (...) { failure = std::current_exception(); }")


class Sources(Rule):
    def test_read_clocks_and_chance_in_one_place_each(self):
        self.holds(rules.outside_world)
        self.catches(rules.outside_world, "lib/poll/x.cpp", "auto t = std::chrono::system_clock::now();",
                     "auto t = std::chrono::steady_clock::now();", "std::random_device d;")
        self.allows(rules.outside_world, "lib/runtime/system_clock.cpp", "std::chrono::system_clock::now();")

    def test_are_finished(self):
        self.holds(rules.unfinished)
        self.catches(rules.unfinished, "lib/poll/x.cpp", "// TO" + "DO later\n", "# FIX" + "ME\n")

    def test_of_tests_do_not_sleep(self):
        self.holds(rules.sleeping_tests)
        self.catches(rules.sleeping_tests, "tests/unit/x.cpp", "std::this_thread::sleep" + "_for(1s);")
        self.catches(rules.sleeping_tests, "tests/x.sh", "sleep" + " 5\n")
        self.catches(rules.sleeping_tests, "tests/x.py", "time.sleep" + "(1)\n")
        self.catches(rules.sleeping_tests, "tests/page/x.mjs", "await page.waitForTim" + "eout(1)\n")

    def test_have_no_lines_that_are_too_long(self):
        self.holds(rules.long_lines)
        self.catches(rules.long_lines, "lib/serve/page/x.js", "x" * 121 + "\n")
        self.catches(rules.long_lines, "lib/wire/x.hpp", "  /// " + "x" * 115 + "\n")
        self.allows(rules.long_lines, "lib/wire/x.cpp", '"' + "x" * 120 + '"\n')
        self.allows(rules.long_lines, "README.md", "x" * 121 + "\n")

    def test_of_the_page_make_no_markup_of_texts(self):
        self.holds(rules.markup_from_text)
        self.catches(rules.markup_from_text, "lib/serve/page/x.js", "a.innerHTML = name;", "eval(name)",
                     "new Function(name)")

    def test_of_the_page_are_embedded_and_preloaded(self):
        page = ROOT / "lib/serve/page"
        texts = [(page / name).read_text(encoding="utf-8") for name in ("page.cmake", "index.html")]
        self.holds(lambda source: rules.parts_of_the_page(source, *texts))
        self.catches(lambda source: rules.parts_of_the_page(source, "main.js", ""), "lib/serve/page/main.js", "")
        self.catches(lambda source: rules.parts_of_the_page(source, "", "/page/main.js"), "lib/serve/page/main.js", "")

    def test_take_enumerations_instead_of_bool_parameters(self):
        self.holds(rules.bool_parameters)
        self.catches(rules.bool_parameters, "lib/poll/x.hpp", "void f(int a, bool fast);", "void f(const bool fast = true);")
        self.allows(rules.bool_parameters, "lib/poll/x.hpp", "bool ready(int a);", "struct a { bool ready = false; };",
                    "// f(bool fast)\n")

    def test_have_headers_that_say_what_they_are(self):
        self.holds(rules.header_opening)
        self.catches(rules.header_opening, "lib/poll/x.hpp", "#pragma once\n", "// What it is.\nint x;\n")

    def test_stay_short(self):
        self.holds(rules.length)
        self.catches(rules.length, "lib/poll/x.cpp", "\n" * (rules.MAX_LINES + 1))

    def test_name_nothing_a_reader_does_not_have(self):
        self.holds(rules.machine_paths)
        self.holds(rules.registry_hosts)
        self.holds(rules.private_papers)
        self.catches(rules.machine_paths, "README.md", "see /wo" + "rk/x", "see /ho" + "me/x", "`/ro" + "ot/x`")
        self.catches(rules.registry_hosts, "README.md", "from py" + "pi.org")
        self.catches(rules.private_papers, "lib/poll/x.hpp", "// see CONTR" + "ACT 3\n")
        self.allows(rules.machine_paths, "README.md", "~/.local/state", "path/to/wo" + "rk/x")

    def test_are_listed_for_the_build(self):
        texts = {path.parent.relative_to(ROOT).as_posix().replace(".", ""): path.read_text(encoding="utf-8")
                 for path in ROOT.rglob("CMakeLists.txt") if "build" not in path.relative_to(ROOT).parts}
        self.holds(lambda source: rules.listed_in_cmake(source, texts))
        small = {"lib": "poll/poller.cpp", "": "lib"}
        self.catches(lambda source: rules.listed_in_cmake(source, small), "lib/poll/other.cpp", "")
        self.catches(lambda source: rules.listed_in_cmake(source, small), "lib/poll/poller.hpp", "")
        self.allows(lambda source: rules.listed_in_cmake(source, small), "lib/poll/poller.cpp", "")


class Tools(Rule):
    def test_clang_format_would_change_nothing(self):
        program = shutil.which(f"clang-format-{CLANG_FORMAT_MAJOR}") or "clang-format"
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        if f"version {CLANG_FORMAT_MAJOR}." not in version:
            self.skipTest(f"the style is that of clang-format {CLANG_FORMAT_MAJOR}, here is {version.strip()}")
        check = [program, "--dry-run", "-Werror", "--style=file"]
        formatted = [source.path for source in SOURCES if source.is_cpp or source.path.endswith((".js", ".mjs"))]
        run = subprocess.run([*check, *formatted], cwd=ROOT, capture_output=True, text=True)
        self.assertEqual(0, run.returncode, run.stderr[-4000:])
        ugly = subprocess.run([*check, "--assume-filename=x.cpp"], input="int  x ;", cwd=ROOT, capture_output=True, text=True)
        self.assertNotEqual(0, ugly.returncode, "clang-format let bad layout pass")

    def test_shellcheck_finds_nothing(self):
        scripts = [source.path for source in SOURCES if source.text.startswith(("#!/bin/sh", "#!/usr/bin/env bash"))
                   or source.path.endswith(".sh")]
        run = subprocess.run(["shellcheck", *scripts], cwd=ROOT, capture_output=True, text=True)
        self.assertEqual(0, run.returncode, run.stdout)
        ugly = subprocess.run(["shellcheck", "-s", "sh", "-"], input="rm $1", capture_output=True, text=True)
        self.assertNotEqual(0, ugly.returncode, "shellcheck let an unquoted name pass")


if __name__ == "__main__":
    unittest.main(verbosity=1)

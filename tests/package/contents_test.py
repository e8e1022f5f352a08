#!/usr/bin/python3
"""The Debian package: nothing missing, nothing that Debian's own checks object to, and programs that are hardened."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = pathlib.Path(os.environ["RELEASE_TREE"])
PACKAGE = RELEASE / "edge-rollup.deb"
PROGRAMS = ("usr/bin/edge-rollup", "usr/bin/edge-stub")
MAX_PROGRAM_BYTES = 6 << 20
# -fcf-protection marks where branches may lead. Debian's own start-up code does not, so no flag of the file tells of it.
ENDBR64 = b"\xf3\x0f\x1e\xfa"
MIN_BRANCH_TARGETS = 1000

FILES = {
    "etc/edge-rollup/edge-rollup.yaml",
    "usr/bin/edge-rollup",
    "usr/bin/edge-stub",
    "usr/lib/systemd/catalog/edge-rollup.catalog",
    "usr/lib/systemd/system/edge-rollup.service",
    "usr/share/bash-completion/completions/edge-rollup",
    "usr/share/doc/edge-rollup/README.md",
    "usr/share/doc/edge-rollup/changelog.Debian.gz",
    "usr/share/doc/edge-rollup/changelog.gz",
    "usr/share/doc/edge-rollup/copyright",
    "usr/share/doc/edge-rollup/docs/cloud-side.md",
    "usr/share/doc/edge-rollup/docs/openapi.json",
    "usr/share/doc/edge-rollup/docs/page.png",
    "usr/share/doc/edge-rollup/docs/rollup.schema.json",
    "usr/share/doc/edge-rollup/docs/runbooks.md",
    "usr/share/doc/edge-rollup/docs/telemetry.md",
    "usr/share/doc/edge-rollup/examples/credentials.conf",
    "usr/share/doc/edge-rollup/examples/edge-rollup.json",
    "usr/share/doc/edge-rollup/examples/edge-rollup.rules.yaml",
    "usr/share/doc/edge-rollup/examples/ip-allow-list.conf",
    "usr/share/fish/vendor_completions.d/edge-rollup.fish",
    "usr/share/man/man1/edge-stub.1.gz",
    "usr/share/man/man5/edge-rollup.yaml.5.gz",
    "usr/share/man/man8/edge-rollup.8.gz",
    "usr/share/zsh/vendor-completions/_edge-rollup",
}


def run(*command, **how):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **how)


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.root = pathlib.Path(cls.folder.name)
        subprocess.run(["dpkg-deb", "--extract", PACKAGE, cls.root], check=True)
        cls.program = cls.root / PROGRAMS[0]

    def field(self, name):
        return run("dpkg-deb", "--field", PACKAGE, name).stdout.strip()

    def assert_silent(self, done):
        self.assertEqual((0, ""), (done.returncode, done.stdout + done.stderr))

    def test_holds_what_it_should(self):
        found = {path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if not path.is_dir()}
        self.assertEqual(FILES, found)
        self.assertTrue((self.root / "etc/edge-rollup/nodes.d").is_dir())

    def test_is_accepted_by_debians_checker_without_overrides(self):
        self.assert_silent(run("lintian", "--allow-root", "--profile", "debian", "--no-override",
                               "--fail-on", "error,warning", PACKAGE))

    def test_needs_only_what_plain_debian_has_and_asks_the_linker_which(self):
        depends = self.field("Depends")
        for library in ("libc6", "libssl3", "libsqlite3-0", "libstdc++6"):
            self.assertIn(library, depends)
        self.assertNotIn("libboost", depends)

    def test_keeps_the_operators_settings(self):
        with tempfile.TemporaryDirectory() as control:
            subprocess.run(["dpkg-deb", "--control", PACKAGE, control], check=True)
            conffiles = (pathlib.Path(control) / "conffiles").read_text()
        self.assertEqual("/etc/edge-rollup/edge-rollup.yaml\n", conffiles)

    def test_versions_agree(self):
        version = run(self.program, "--version").stdout.split()[-1]
        self.assertRegex(self.field("Version"), rf"^{re.escape(version)}-\w+$")
        changelog = (ROOT / "packaging/debian/changelog").read_text().splitlines()[0]
        self.assertIn(f"({self.field('Version')})", changelog)

    def test_settings_as_shipped_lack_only_the_cloud(self):
        shipped = self.root / "etc/edge-rollup/edge-rollup.yaml"
        done = run(self.program, "run", "-c", shipped)
        self.assertEqual(78, done.returncode, done.stderr)
        self.assertIn("1 mistake", done.stderr)
        self.assertIn("cloud.url", done.stderr)
        # With its comment marks taken away it is a working example.
        text = re.sub(r"^( *)#(url|nodes|  - )", r"\1\2", shipped.read_text(), flags=re.MULTILINE)
        example = self.root / "example.yaml"
        example.write_text(text)
        done = run(self.program, "config", "show", "-c", example)
        self.assertEqual(0, done.returncode, done.stderr)

    def test_man_pages_are_well_formed(self):
        for page in sorted(self.root.glob("usr/share/man/*/*.gz")):
            with self.subTest(page=page.name):
                done = run("man", "--warnings", "--encoding=UTF-8", "--local-file", "--troff-device=utf8", "--ditroff",
                           page, env={**os.environ, "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "80"})
                self.assertEqual((0, ""), (done.returncode, done.stderr))

    def test_the_manual_of_the_settings_has_every_key(self):
        self.assert_silent(run("/usr/bin/python3", "-B", ROOT / "docs/man/keys.py", self.program, "--check"))

    def test_the_manual_names_every_command_and_its_exit_codes(self):
        page = (ROOT / "docs/man/edge-rollup.8.scd").read_text()
        commands = re.findall(r"^  ([a-z]+)  ", run(self.program, "--help").stdout, re.MULTILINE)
        self.assertIn("run", commands)
        for command in commands:
            self.assertRegex(page, rf"\*edge-rollup\* \*{command}\*")

    def test_the_manuals_name_every_option(self):
        def options(program, *command):
            said = run(program, *command, "--help").stdout
            inner = re.findall(r"^  ([a-z]+)  ", said.lower().partition("commands:")[2].partition("\n\n")[0], re.MULTILINE)
            found = set(re.findall(r"^  (?:-\w,)?(--[a-z-]+)", said, re.MULTILINE))
            return found.union(*(options(program, *command, name) for name in inner))

        for program, page in (("edge-rollup", "edge-rollup.8.scd"), ("edge-stub", "edge-stub.1.scd")):
            named = set(re.findall(r"\*(--[a-z-]+)", (ROOT / "docs/man" / page).read_text()))
            self.assertEqual(set(), options(self.root / "usr/bin" / program) - named, page)

    def test_completions_are_valid_for_their_shells(self):
        for shell, file in (("bash", "usr/share/bash-completion/completions/edge-rollup"),
                            ("zsh", "usr/share/zsh/vendor-completions/_edge-rollup"),
                            ("fish", "usr/share/fish/vendor_completions.d/edge-rollup.fish")):
            with self.subTest(shell=shell):
                self.assert_silent(run(shell, "-n", self.root / file))
                self.assertIn("outbox", (self.root / file).read_text())

    def test_maintainer_scripts_are_clean(self):
        scripts = [ROOT / "packaging/debian" / name for name in ("postinst", "prerm", "postrm")]
        self.assert_silent(run("shellcheck", *scripts))


class Programs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        subprocess.run(["dpkg-deb", "--extract", PACKAGE, folder.name], check=True)
        cls.programs = [pathlib.Path(folder.name) / name for name in PROGRAMS]

    def elf(self, option, program):
        return run("readelf", "--wide", option, program).stdout

    def test_are_position_independent_and_sealed_at_the_start(self):
        for program in self.programs:
            with self.subTest(program=program.name):
                self.assertRegex(self.elf("--file-header", program), r"Type:\s+DYN")
                dynamic = self.elf("--dynamic", program)
                self.assertRegex(dynamic, r"FLAGS_1\).*\bNOW\b.*\bPIE\b")
                self.assertNotRegex(dynamic, r"\((RPATH|RUNPATH|TEXTREL)\)")
                self.assertIn("GNU_RELRO", self.elf("--program-headers", program))

    def test_have_no_executable_stack_nor_memory_that_is_both_written_and_run(self):
        for program in self.programs:
            with self.subTest(program=program.name):
                headers = self.elf("--program-headers", program)
                self.assertRegex(headers, r"GNU_STACK .* RW  0x")
                self.assertNotRegex(headers, r"LOAD .* RWE ")

    def test_watch_their_stacks_strings_and_branches(self):
        for program in self.programs:
            with self.subTest(program=program.name):
                symbols = self.elf("--dyn-syms", program)
                self.assertIn("__stack_chk_fail", symbols)
                self.assertRegex(symbols, r"__(memcpy|memmove|memset|snprintf|read|recv|fdelt)_chk")
                if "X86-64" in self.elf("--file-header", program):
                    self.assertGreater(program.read_bytes().count(ENDBR64), MIN_BRANCH_TARGETS)

    def test_are_stripped_and_small(self):
        for program in self.programs:
            with self.subTest(program=program.name):
                size = program.stat().st_size
                print(f"{program.name}: {size / 1e6:.1f} MB")
                self.assertLess(size, MAX_PROGRAM_BYTES)
                self.assertNotIn(".symtab", self.elf("--sections", program))
                self.assertNotIn(str(ROOT).encode() + b"/lib", program.read_bytes())


if __name__ == "__main__":
    unittest.main(verbosity=1)

"""Completions: each shell reads its script without a complaint, and offers what fits where the cursor stands."""

import shutil
import subprocess

from harness import IntegrationTest, main

SHELLS = ("bash", "zsh", "fish")

# What is typed before the cursor, some of what is offered, and what is not.
TYPED = [
    ("edge-rollup ", ["run", "check", "completion"], ["list", "--dry-run"]),
    ("edge-rollup st", ["status"], ["run"]),
    ("edge-rollup outbox ", ["list", "export"], ["run", "show-all"]),
    ("edge-rollup outbox drop --", ["--all-dead", "--yes", "--state-dir"], ["--dry-run"]),
    ("edge-rollup once --", ["--dry-run", "--require-all", "--config"], ["--rounds"]),
    ("edge-rollup run --color ", ["auto", "never"], ["--rounds"]),
    ("edge-rollup completion ", ["bash", "zsh", "fish"], ["run"]),
]


class Completion(IntegrationTest):
    def script(self, shell):
        program = self.finish("completion", shell)
        self.assert_exit(program, 0)
        file = self.directory / f"completion.{shell}"
        file.write_text(program.stdout)
        return file

    def run_shell(self, *command):
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=self.directory)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        return ended.stdout

    def test_each_shell_can_read_its_script(self):
        for shell in SHELLS:
            with self.subTest(shell):
                if shutil.which(shell) is None:
                    self.skipTest(f"{shell} is not installed")
                self.run_shell(shell, "-n", self.script(shell))

    def assert_offered(self, typed, offered, wanted, unwanted):
        with self.subTest(typed):
            self.assertEqual([word for word in wanted if word not in offered], [])
            self.assertEqual([word for word in unwanted if word in offered], [])

    def test_bash_offers_what_fits(self):
        script = self.script("bash")
        for typed, wanted, unwanted in TYPED:
            asked = (
                f". {script}; read -ra COMP_WORDS <<<'{typed}'; [[ '{typed}' == *' ' ]] && COMP_WORDS+=('')"
                "; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _edge_rollup; printf '%s\\n' \"${COMPREPLY[@]}\""
            )
            self.assert_offered(typed, self.run_shell("bash", "-c", asked).split("\n"), wanted, unwanted)

    def test_bash_offers_files_where_a_flag_or_command_takes_one(self):
        script = self.script("bash")
        (self.directory / "some settings.yaml").touch()
        for typed in ("edge-rollup run -c some", "edge-rollup outbox export some"):
            asked = (
                f"compopt() {{ :; }}; . {script}; read -ra COMP_WORDS <<<'{typed}'"
                "; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _edge_rollup; printf '%s\\n' \"${COMPREPLY[@]}\""
            )
            self.assert_offered(typed, self.run_shell("bash", "-c", asked).split("\n"), ["some settings.yaml"], [])

    def test_zsh_completes_what_was_begun_from_the_first_key_on(self):
        if shutil.which("zsh") is None:
            self.skipTest("zsh is not installed")
        self.script("zsh").rename(self.directory / "_edge-rollup")  # where the package has it
        typing = f"""
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell "fpath=({self.directory} \\$fpath); autoload -Uz compinit; compinit -u -D; echo REA''DY"
            zpty -r shell said '*READY*'
        """
        for begun, rest in (("outb", "ox"), ("outbox exp", "ort"), ("once --dry", "-run"), ("run --color au", "to")):
            typing += f"""
                zpty -w -n shell $'\\C-uedge-rollup {begun}\\t'
                zpty -r shell said '*edge-rollup {begun}*{rest}*'
            """
        self.run_shell("zsh", "-f", "-c", typing)

    def test_fish_offers_what_fits(self):
        if shutil.which("fish") is None:
            self.skipTest("fish is not installed")
        script = self.script("fish")
        for typed, wanted, unwanted in TYPED:
            lines = self.run_shell("fish", "-N", "-c", f"source {script}; complete -C '{typed}'").split("\n")
            self.assert_offered(typed, [line.split("\t")[0] for line in lines], wanted, unwanted)


if __name__ == "__main__":
    main()

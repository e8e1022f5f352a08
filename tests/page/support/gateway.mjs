// A running daemon with a settings file and a state directory of its own.

import {execFileSync, spawn} from "node:child_process";
import {once} from "node:events";
import {existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";

import {until} from "./until.mjs";

const {EDGE_ROLLUP_BIN, EDGE_STUB_BIN} = process.env;
// Such variables would be settings.
const environment =
    Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("EDGE_ROLLUP_")));

// A test that fails leaves its programs behind; they keep nobody waiting, and end with it.
const started = [];
process.on("exit", () => started.forEach((each) => each.kill("SIGKILL")));

function start(program, words, how) {
  const made = spawn(program, words, how);
  made.unref();
  made.stdout?.unref();
  started.push(made);
  return made;
}

async function end(program) {
  program.ref();
  const ended = once(program, "exit");
  program.kill("SIGKILL");
  await ended;
}

export class Gateway {
  #folder = mkdtempSync(join(tmpdir(), "edge-rollup-page-"));
  #process = null;
  #settings;
  #port = 0;

  /** `settings`: text of the file but for state_dir and listen; JSON is YAML, too. */
  constructor(settings) {
    this.#settings = settings;
    this.configure(settings);
  }

  get file() { return join(this.#folder, "edge-rollup.yaml"); }

  get url() { return `http://127.0.0.1:${this.#port}`; }

  configure(changes) {
    this.#settings = {...this.#settings, ...changes};
    writeFileSync(
        this.file,
        JSON.stringify(
            {...this.#settings, state_dir: join(this.#folder, "state"), listen: `127.0.0.1:${this.#port}`}, null, 1));
  }

  /** Once it has an address it keeps it over restarts. */
  async start() {
    const address = join(this.#folder, "state", "admin-address");
    rmSync(address, {force: true});
    const log = openSync(join(this.#folder, "log"), "a");
    this.#process = start(EDGE_ROLLUP_BIN, ["run", "-c", this.file], {env: environment, stdio: ["ignore", log, log]});
    await until(() => existsSync(address) || this.#process.exitCode !== null, "the daemon listens");
    if (this.#process.exitCode !== null) throw new Error(`the daemon ended: ${this.log}`);
    this.#port = Number(new URL(readFileSync(address, "utf8").trim()).port);
    this.configure({});
    return this;
  }

  get log() { return readFileSync(join(this.#folder, "log"), "utf8"); }

  /** A command beside the daemon. */
  command(...words) {
    return execFileSync(
        EDGE_ROLLUP_BIN, [...words, "--state-dir", join(this.#folder, "state")], {env: environment, encoding: "utf8"});
  }

  reload() { this.#process.kill("SIGHUP"); }

  async ask(path) {
    const response = await fetch(this.url + path);
    return response.json();
  }

  /** Stands still, as a machine does whose disk hangs or whose network is gone. */
  freeze() { this.#process.kill("SIGSTOP"); }

  thaw() { this.#process.kill("SIGCONT"); }

  async stop() {
    if (this.#process === null || this.#process.exitCode !== null) return;
    await end(this.#process);
  }

  async remove() {
    await this.stop();
    rmSync(this.#folder, {recursive: true});
  }
}

/** `count` well nodes on addresses of their own: {urls, stop()}. */
export async function stubNodes(count, ...options) {
  const stub = start(
      EDGE_STUB_BIN, ["node", "--count", count, "--listen", "127.2.0.1:18080", ...options],
      {stdio: ["ignore", "pipe", "inherit"]});
  let said = "";
  stub.stdout.on("data", (bytes) => {
    said += bytes;
  });
  await until(() => said.split("\n").length > count, "the stub nodes listen");
  return {urls: said.trim().split("\n"), stop: () => end(stub)};
}

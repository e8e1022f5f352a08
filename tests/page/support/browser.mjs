// The browser, and pages of it that keep account of what must not happen.

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {join} from "node:path";

const folder = process.env.PAGE_FOLDER;
const require = createRequire(join(folder, "installed.json"));
const {chromium} = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const desk = {
  width: 1280,
  height: 900
};

export class Browser {
  #browser;

  constructor(browser) { this.#browser = browser; }

  static async launch() {
    return new Browser(await chromium.launch({executablePath: process.env.CHROMIUM, args: ["--no-sandbox"]}));
  }

  /** `look`: viewport, colorScheme and whatever else a context of playwright has. `prepare` takes the page before. */
  async open(url, look = {}, prepare = async () => {}) {
    const context = await this.#browser.newContext({viewport: desk, reducedMotion: "reduce", ...look});
    const page = await context.newPage();
    const wrong = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") wrong.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => wrong.push(`error: ${error.stack}`));
    page.on("dialog", (dialog) => {
      wrong.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    context.on("request", (request) => {
      if (new URL(request.url()).origin !== new URL(url).origin) wrong.push(`asks another origin: ${request.url()}`);
    });
    await prepare(page);
    await page.goto(url, {waitUntil: "commit"});
    return new Visit(page, wrong);
  }

  close() { return this.#browser.close(); }
}

/** A page that somebody looks at. */
export class Visit {
  #wrong;

  constructor(page, wrong) {
    this.page = page;
    this.#wrong = wrong;
  }

  /** Waits until the sentence on top says so. */
  async says(words) { await this.page.locator("#headline", {hasText: words}).waitFor(); }

  async sees(selector, words) { await this.page.locator(selector, {hasText: words}).first().waitFor(); }

  /** What is to be done, but for the clock of the machine that runs the tests. */
  banners() { return this.page.locator(".banner").filter({hasNotText: "The clock is not synchronized"}); }

  /** The text of the number on top with that label. */
  card(label) {
    return this.page.locator(".card", {has: this.page.getByText(label, {exact: true})}).locator(".value").innerText();
  }

  /** What is in the way of people who use the page otherwise than by looking and pointing. */
  async barriers() {
    await this.page.evaluate(axe);  // by the debugger: the page's own policy lets no script in
    const {violations} = await this.page.evaluate(() => window.axe.run(document, {resultTypes: ["violations"]}));
    return violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
  }

  async screenshot(name, options = {}) {
    await this.page.screenshot({path: join(folder, "screenshots", `${name}.png`), ...options});
  }

  /** Fails for anything that went wrong meanwhile, but what is `expected`. */
  async close(expected = /^$/) {
    await this.page.unrouteAll({behavior: "ignoreErrors"});  // one may be at work
    await this.page.context().close();
    assert.deepEqual(this.#wrong.filter((each) => !expected.test(each)), []);
  }
}

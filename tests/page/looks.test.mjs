// How the page looks in every light and on every screen, and whether everybody can use it. The screenshots are to be
// looked at; docs/page.png is renewed by UPDATE_SCREENSHOT=1.

import assert from "node:assert/strict";
import {copyFileSync, statSync} from "node:fs";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import {fileURLToPath} from "node:url";

import {Browser, desk} from "./support/browser.mjs";
import {Gateway} from "./support/gateway.mjs";
import {Cloud, Fleet} from "./support/peers.mjs";

const names = Array.from({length: 50}, (_, i) => `pump-${i + 1}`);
const largestPicture = 150_000;  // bytes

/** An hour of rounds, for which a test has no time. */
function anHour() {
  const slots = Array.from({length: 60}, (_, i) => i);
  const end = Math.floor(Date.now() / 1000 / 10) * 10;
  const wave = (i, length) => Math.sin((2 * Math.PI * i) / length);
  return {
    range: "1h",
    step_s: 10,
    t: slots.map((i) => end - 60 * (59 - i)),
    records: slots.map((i) => Math.round(245_000 + 4_000 * wave(i, 31) + 900 * wave(i, 7))),
    quality: slots.map((i) => 0.972 + 0.006 * wave(i, 23)),
    quality_min: slots.map((i) => 0.93 + 0.012 * wave(i, 13)),
    quality_max: slots.map(() => 0.99),
    poll_p50_ms: slots.map((i) => 9 + 1.5 * wave(i, 9)),
    poll_p95_ms: slots.map((i) => 31 + 9 * wave(i, 17) + 4 * wave(i, 5)),
    ok: slots.map(() => 48),
    failed: slots.map(() => 2),
    outbox: slots.map((i) => (i > 34 && i < 44 ? i - 34 : 0))
  };
}

/** {colour, shape} of what is in the corner of a grid of like cells; the shape is how opaque each point is. */
function drawnInGrid() {
  const [width, height] = [18, 30];  // px, left of the names
  const copy = document.createElement("canvas").getContext("2d");
  copy.drawImage(document.querySelector("#grid canvas"), 0, 0);
  const {data} = copy.getImageData(0, 0, width, height);
  const points = Array.from({length: width * height}, (_, i) => [...data.slice(4 * i, 4 * i + 4)]);
  const densest = points.reduce((one, other) => (other[3] > one[3] ? other : one));
  return {colour: densest.slice(0, 3).join(), shape: points.map(([, , , opaque]) => opaque).join()};
}

/** px of it that are seen only by scrolling sideways. */
const beyondTheEdge = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

describe("a page of fifty nodes", {timeout: 300_000}, () => {
  let [browser, fleet, cloud, gateway] = [];

  before(async () => {
    browser = await Browser.launch();
    fleet = Fleet.of(names);
    cloud = new Cloud();
    fleet.set("pump-17", {status: 503});
    fleet.set("pump-31", {status: 200, body: "{\"record_count\": 12}"});
    fleet.set("pump-40", {
      status: 200,
      body: "{\"record_count\": 4011, \"quality_score\": 0.97, \"last_updated\": \"2026-01-01T00:00:00Z\"}"
    });
    gateway = await new Gateway({
                gateway: "gateway-7",
                nodes: await fleet.nodes(),
                poll: {interval: "2s", breaker: "off"},
                cloud: {url: await cloud.url(), retry: {first: "100ms", max: "1s"}},
              }).start();
  });

  after(async () => {
    await browser.close();
    await gateway.remove();
    fleet.close();
    cloud.close();
  });

  const hasHistory = (page) => page.route("**/api/v1/history?*", (route) => route.fulfill({json: anHour()}));

  async function open(look) {
    const visit = await browser.open(gateway.url, look, hasHistory);
    await visit.says("48 of 50 nodes ok, everything delivered");
    await visit.page.locator("#charts .u-wrap canvas").nth(3).waitFor();
    await visit.sees("#events li", /Round \d+/);
    return visit;
  }

  for (const colorScheme of ["light", "dark"]) {
    test(`is in nobody's way in the ${colorScheme}, in any of its views`, async () => {
      const visit = await open({colorScheme});
      assert.deepEqual(await visit.barriers(), []);
      await visit.screenshot(`overview-${colorScheme}`, {fullPage: true});
      await visit.page.goto(`${gateway.url}/#/node/pump-31`);
      await visit.sees("#view .facts", "bad_summary");
      assert.deepEqual(await visit.barriers(), []);
      await visit.screenshot(`node-${colorScheme}`);
      const {rollups} = await gateway.ask("/api/v1/rollups");
      await visit.page.goto(`${gateway.url}/#/rollup/${rollups[0].sequence}`);
      await visit.sees("#view table[aria-label='Left out'] tr", "pump-17");
      assert.deepEqual(await visit.barriers(), []);
      await visit.screenshot(`rollup-${colorScheme}`);
      await visit.close();
    });
  }

  test("moves nothing where less motion is asked for", async () => {
    for (const [reducedMotion, expected] of [["no-preference", true], ["reduce", false]]) {
      const visit = await open({reducedMotion});
      const moves = await visit.page.evaluate(
          () => [...document.querySelectorAll("*")]
                    .map((each) => getComputedStyle(each))
                    .some(
                        (style) => parseFloat(style.transitionDuration) > 0 || style.animationName !== "none" ||
                            style.scrollBehavior === "smooth"));
      assert.equal(moves, expected, reducedMotion);
      await visit.close();
    }
  });

  for (const [name, width, height] of [["narrow", 360, 740], ["tablet", 820, 1180], ["wall", 2560, 1440]]) {
    test(`fits a screen ${width} px wide`, async () => {
      const visit = await open({viewport: {width, height}});
      for (const view of ["", "#/node/pump-31"]) {
        await visit.page.goto(`${gateway.url}/${view}`);
        await visit.sees(view === "" ? "#attention" : "#view h2", view === "" ? "pump-17" : "pump-31");
        const beyond = await beyondTheEdge(visit.page);
        assert.ok(beyond <= 0, `${beyond} px are beyond the edge at ${view}`);
        await visit.screenshot(`${name}${view.replace(/\W+/g, "-")}`, {fullPage: width < 500});
      }
      assert.deepEqual(await visit.barriers(), []);
      await visit.close();
    });
  }

  for (const [count, colorScheme] of [[5, "light"], [100, "light"], [10_000, "dark"]]) {
    test(`has a colour and a shape of its own for each state of ${count} nodes in the ${colorScheme}`, async () => {
      const states = {o: "ok", t: "stale", f: "failed", s: "skipped", u: "unknown"};
      const names = Array.from({length: count}, (_, i) => `n${i}`);
      let letter = "o";
      const visit = await browser.open(gateway.url, {colorScheme}, (page) => page.route("**/api/v1/grid*", (route) => {
        return route.fulfill({json: {round: 1, list: 1, states: letter.repeat(count), names}});
      }));
      const drawn = [];
      for (letter of Object.keys(states)) {
        await visit.page.evaluate(() => dispatchEvent(new HashChangeEvent("hashchange")));  // as at the end of a round
        await visit.sees("#grid [role=option]", `n0, ${states[letter]}`);
        drawn.push(await visit.page.evaluate(drawnInGrid));
      }
      assert.equal(
          new Set(drawn.map(({colour}) => colour)).size, drawn.length, drawn.map(({colour}) => colour).join(" "));
      assert.equal(new Set(drawn.map(({shape}) => shape)).size, drawn.length);
      await visit.close();
    });
  }

  test("is in nobody's way when much is wrong, nor when the daemon is gone", async () => {
    const visit = await open({});
    cloud.answer = {status: 403, body: "{\"title\":\"gateway-7 is not known here\"}"};
    gateway.configure({pol: {}});
    gateway.reload();
    await visit.sees(".banner", "Delivery holds");
    await visit.sees(".banner", "The reload of");
    assert.deepEqual(await visit.barriers(), []);
    await visit.screenshot("troubled");
    await visit.page.setViewportSize({width: 360, height: 740});
    const {rollups} = await gateway.ask("/api/v1/rollups");
    await visit.page.goto(`${gateway.url}/#/rollup/${rollups.find((each) => each.last_verdict === "hold").sequence}`);
    await visit.sees("#view table[aria-label='Delivery tries'] tr", /hold.*403.*gateway-7 is not known here/);
    assert.ok(await beyondTheEdge(visit.page) <= 0);
    assert.deepEqual(await visit.barriers(), []);
    await visit.screenshot("narrow-rollup", {fullPage: true});
    await visit.page.goto(gateway.url);
    await visit.page.setViewportSize(desk);
    await visit.page.route("**/api/v1/status", (route) => route.abort());
    await visit.says("The daemon is out of reach since");
    assert.deepEqual(await visit.barriers(), []);
    await visit.screenshot("lost");
    await visit.close(/ERR_FAILED/);
    cloud.answer = {status: 202};
    gateway.configure({pol: undefined, cloud: {url: `${await cloud.url()}/2`}});
    gateway.reload();
  });

  test("draws plain lines where it was built without uPlot", async () => {
    const visit = await browser.open(gateway.url, {colorScheme: "dark"}, async (page) => {
      await hasHistory(page);
      await page.route(
          "**/page/uplot.js", (route) => route.fulfill({contentType: "text/javascript", body: "export default null;"}));
    });
    await visit.page.locator("#charts svg polyline").nth(4).waitFor();
    assert.equal(await visit.page.locator("#charts svg polygon").count(), 1);
    await visit.page.locator("#charts").scrollIntoViewIfNeeded();
    await visit.screenshot("plain-charts");
    await visit.close();
  });

  test("is shown by the picture in the documents", async () => {
    const visit = await browser.open(gateway.url, {viewport: {width: 1500, height: 740}}, async (page) => {
      await hasHistory(page);
      await page.route("**/api/v1/status", async (route) => {  // with the clock that a gateway should have
        const answer = await (await route.fetch()).text();
        await route.fulfill({
          contentType: "application/json",
          body: answer.replace("; the clock is not synchronized", "").replace("unsynchronized", "synchronized")
        });
      });
    });
    await visit.says("48 of 50 nodes ok, everything delivered");
    await visit.page.locator("#charts .u-wrap canvas").nth(3).waitFor();
    await visit.sees("#events li", /Round \d+/);
    await visit.sees("#next-round", "next round in 0:0");
    await visit.screenshot("page");
    const picture = join(process.env.PAGE_FOLDER, "screenshots", "page.png");
    const kept = fileURLToPath(new URL("../../docs/page.png", import.meta.url));
    if (process.env.UPDATE_SCREENSHOT === "1") copyFileSync(picture, kept);
    assert.ok(statSync(kept).size < largestPicture, `${statSync(kept).size} bytes`);
    await visit.close();
  });
});

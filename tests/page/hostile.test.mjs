// Whatever nodes and the cloud say is text to the page: it is read, and does nothing.

import assert from "node:assert/strict";
import {after, before, describe, test} from "node:test";

import {Browser} from "./support/browser.mjs";
import {Gateway} from "./support/gateway.mjs";
import {Cloud, Fleet, summary} from "./support/peers.mjs";

const image = "<img src=x onerror=\"window.owned=1\">";
const script = "<script>window.owned=1</script>";
const drawing = "\"><svg onload=\"window.owned=1\">";
const names = ["__proto__", "constructor", "a/../b", "x/polls", "[::1]:80/-", "..", ".", "/", "../polls"];

describe("hostile texts", {timeout: 300_000}, () => {
  let [browser, fleet, cloud, gateway, visit] = [];

  before(async () => {
    browser = await Browser.launch();
    fleet = new Fleet([
      ["reason", {status: 503, words: image}],
      ["body", {status: 200, body: `{"record_count": "${script}", "quality_score": 1}`}],
      ["garbage", {status: 200, body: script}],
      ["updated", {status: 200, body: JSON.stringify({record_count: 1, quality_score: 1, last_updated: drawing})}],
      ...names.map((_, i) => [`named-${i}`, summary(1, 1)]),
    ]);
    cloud = new Cloud();
    cloud.answer = {
      status: 401,
      words: script,
      body: JSON.stringify({title: image, detail: "\u2028\u0000\u202e" + drawing})
    };
    const nodes = (await fleet.nodes()).map(({name, url}) => ({
                                              name: names[name.slice(6)] ?? name,
                                              url,
                                              labels: {site: image, zone: "javascript:window.owned=1"}
                                            }));
    gateway = await new Gateway({
                gateway: "gateway-7",
                nodes,
                poll: {interval: "2s", breaker: "off"},
                cloud: {url: `${await cloud.url()}/${encodeURIComponent(script)}`}
              }).start();
    visit = await browser.open(gateway.url);
  });

  after(async () => {
    await visit.close(/status of 404/);
    await browser.close();
    await gateway.remove();
    fleet.close();
    cloud.close();
  });

  /** Nothing of it has become an element, and nothing of it has run. */
  async function isInert() {
    const found = await visit.page.evaluate(
        () => ({
          owned: window.owned ?? null,
          made: document.querySelectorAll("img, iframe, object, embed, body script, svg[onload], [onerror]").length,
          links: [...document.querySelectorAll("a")]
                     .map((link) => link.getAttribute("href"))
                     .filter((address) => !/^[#/]/.test(address)),
        }));
    assert.deepEqual(found, {owned: null, made: 0, links: []});
  }

  test("of nodes stand in the tables as they came", async () => {
    await visit.says("10 of 13 nodes ok");
    await visit.sees("#attention tr", image);
    await visit.sees("#node-rows tr", drawing);
    await isInert();
  });

  test("of the cloud stand in the banner and in the events as they came", async () => {
    await visit.sees(".banner", "Delivery holds");
    await visit.sees(".banner", /<script>|<img/);
    await visit.sees("#events li", /hold with 401.*(<script>|<img)/);
    await isInert();
  });

  test("of settings stand in the banner as they came", async () => {
    gateway.configure({[image]: 1});
    gateway.reload();
    await visit.sees(".banner", image);
    await isInert();
  });

  test("in the names and labels of nodes lead to their own views", async () => {
    for (const name of names) {
      const link = visit.page.locator("#node-rows").getByRole("link", {name, exact: true});
      await link.click();
      await visit.page.locator("#view h2").getByText(name, {exact: true}).waitFor();
      await visit.sees("#view .facts", image);
      await visit.sees("#view .facts", "javascript:window.owned=1");
      await isInert();
      await visit.page.goBack();
      await visit.page.locator("#overview").waitFor();
    }
  });

  test("stand in the view of a rollup as they came", async () => {
    await visit.page.locator("#events a", {hasText: "Rollup"}).first().click();
    await visit.sees("#view table[aria-label='Delivery tries'] tr", /hold.*401/);
    await visit.sees("#view table[aria-label='Left out'] tr", image);
    await isInert();
  });

  test("in the address lead nowhere", async () => {
    await visit.page.goto(`${gateway.url}/#/node/${encodeURIComponent(image)}`);
    await visit.sees("#view h2", image);
    await visit.page.goto(`${gateway.url}/#/rollup/${encodeURIComponent("../status")}`);
    await visit.sees("#view", "The daemon says");
    await isInert();
  });
});

// A page that is left open: what it holds after very many rounds is what it held after some.

import assert from "node:assert/strict";
import {after, before, describe, test} from "node:test";

import {Browser} from "./support/browser.mjs";
import {Gateway} from "./support/gateway.mjs";
import {Cloud, Fleet} from "./support/peers.mjs";
import {until} from "./support/until.mjs";

const names = Array.from({length: 20}, (_, i) => `pump-${i + 1}`);
const looks = 30;            // between two measurements; each shows the rounds since the one before
const mostGrowth = 300_000;  // bytes of the heap; it varies by a third of that ...
const measurements = 4;      // ... and by more while code is compiled: what is held for ever grows in all of them
const mostNodes = 20_000;    // of the document, with those of the last looks that are still to be collected

describe("a page that is open for very long", {timeout: 300_000}, () => {
  let [browser, fleet, cloud, gateway] = [];

  before(async () => {
    browser = await Browser.launch();
    fleet = Fleet.of(names);
    cloud = new Cloud();
    let turn = 0;
    fleet.set("pump-7", () => (++turn % 3 === 0 ? {status: 503} : {status: 200, body: "{\"record_count\": 1}"}));
    gateway = await new Gateway({
                nodes: await fleet.nodes(),
                poll: {interval: "100ms", timeout: "100ms", breaker: "off"},
                cloud: {url: await cloud.url()}
              }).start();
  });

  after(async () => {
    await browser.close();
    await gateway.remove();
    fleet.close();
    cloud.close();
  });

  for (const view of ["", "#/node/pump-7"]) {
    test(`holds no more after many rounds at /${view}`, async (t) => {
      const visit = await browser.open(`${gateway.url}/${view}`, {}, (page) => page.addInitScript(() => {
        const {setTimeout: later, fetch} = window;
        window.setTimeout = (work, ms) => later(work, ms === 500 ? 0 : ms);  // no pause between two looks
        window.looks = 0;
        window.fetch = (path, ...rest) => {
          window.looks += path === "/api/v1/status" ? 1 : 0;
          return fetch(path, ...rest);
        };
      }));
      await visit.says("of 20 nodes ok");
      const debug = await visit.page.context().newCDPSession(visit.page);
      const looked = () => visit.page.evaluate(() => window.looks);
      const held = async () => {
        const end = await looked() + looks;
        await until(async () => await looked() >= end, "the page has looked often");
        await debug.send("HeapProfiler.collectGarbage");
        const {usedSize} = await debug.send("Runtime.getHeapUsage");
        const {nodes, jsEventListeners} = await debug.send("Memory.getDOMCounters");
        return {heap: usedSize, nodes, listeners: jsEventListeners};
      };
      let [before, after] = [await held(), await held()];
      for (let made = 2; made < measurements && after.heap - before.heap >= mostGrowth; ++made) {
        [before, after] = [after, await held()];
      }
      t.diagnostic(`${JSON.stringify(before)}, then ${JSON.stringify(after)}`);
      assert.ok(after.heap - before.heap < mostGrowth, `${after.heap - before.heap} bytes more`);
      assert.ok(after.nodes < mostNodes, `${after.nodes} nodes of the document`);
      assert.ok(after.listeners <= before.listeners, `${after.listeners - before.listeners} more listeners`);
      await visit.close();
    });
  }
});

// A small fleet in good and bad days: what somebody sees who has the page open meanwhile.

import assert from "node:assert/strict";
import {once} from "node:events";
import {createServer} from "node:net";
import {after, afterEach, before, beforeEach, describe, test} from "node:test";

import {Browser} from "./support/browser.mjs";
import {Gateway} from "./support/gateway.mjs";
import {Cloud, Fleet, summary} from "./support/peers.mjs";
import {until} from "./support/until.mjs";

const notFound = /status of 404/;
const lost = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/;

describe("a page of three nodes", {timeout: 300_000}, () => {
  let [browser, fleet, cloud, gateway, visit] = [];
  let expected;

  before(async () => {
    browser = await Browser.launch();
  });
  after(() => browser.close());

  beforeEach(async () => {
    expected = undefined;
    fleet = Fleet.of(["pump-1", "pump-2", "pump-3"]);
    cloud = new Cloud();
    gateway = await new Gateway({
                gateway: "gateway-7",
                nodes: await fleet.nodes(),
                poll: {interval: "1s", breaker: "off"},
                cloud: {url: `${await cloud.url()}/v1`, retry: {first: "100ms", max: "1s"}},
              }).start();
    visit = await browser.open(gateway.url);
    await visit.says("All 3 nodes ok");
    await visit.sees("#grid [role=option]", "pump-1, ok");
  });

  afterEach(async () => {
    await visit.close(expected);
    await gateway.remove();
    fleet.close();
    cloud.close();
  });

  test("says that all is well, in words, numbers, title and icon", async () => {
    await visit.says("All 3 nodes ok, everything delivered");
    assert.equal(await visit.card("Nodes ok"), "3");
    assert.equal(await visit.card("Records"), "12\u202f111");
    await visit.sees("#attention", "No node needs attention");
    await visit.page.waitForFunction(() => /^(warning: )?3\/3 ok – gateway-7 – edge-rollup$/.test(document.title));
    const {verdict} = await gateway.ask("/api/v1/status");
    assert.equal(await visit.page.getAttribute("#icon", "href"), `/page/icon-${verdict.level}.svg`);
    assert.equal(await visit.page.locator("#node-rows tr").count(), 3);
    await visit.sees("#node-count", "1–3 of 3");
    assert.equal(await visit.banners().count(), 0);
    await visit.sees("#next-round", /next round in 0:0\d|a round is under way/);
    await visit.sees("#charts figcaption", /^Records\s*12.111/);
    await visit.page.locator(".u-wrap canvas").first().waitFor();
  });

  test("shows a node that goes down, and comes back, within a second of the round", async () => {
    const seen = (words) => visit.page.waitForFunction(
        (sentence) => document.getElementById("headline").textContent.startsWith(sentence) && Date.now(), words,
        {polling: 20});
    const ended = async () => Date.parse((await gateway.ask("/api/v1/nodes/pump-2")).since);
    fleet.set("pump-2", {status: 503});
    const down = await (await seen("2 of 3 nodes ok")).jsonValue();
    assert.ok(down - await ended() < 1000, `${down - await ended()} ms`);
    await visit.sees("#attention tr", /pump-2.*failed.*http_status: HTTP 503/);
    await visit.sees("#events li", /pump-2.*failed: HTTP 503/);
    await visit.page.waitForFunction(() => document.title.startsWith("warning: 2/3 ok"));
    assert.equal(await visit.page.getAttribute("#icon", "href"), "/page/icon-warning.svg");
    assert.equal(await visit.card("Failed"), "1");

    fleet.set("pump-2", summary(5, 0.5));
    const up = await (await seen("All 3 nodes ok")).jsonValue();
    assert.ok(up - await ended() < 1000, `${up - await ended()} ms`);
    await visit.sees("#attention", "No node needs attention");
    await visit.sees("#events li", /pump-2.*ok, was failed/);
  });

  test("shows a cloud that is away, one that holds delivery and what to do about it, and the recovery", async () => {
    cloud.answer = {status: 503, body: "{\"title\":\"down until noon\"}"};
    await visit.says("rollups waiting for the cloud");
    await visit.sees("#because", "delivery failed");
    await visit.sees(".banner", /The cloud takes no rollups at present.*503.*down until noon.*edge-rollup check/s);
    await visit.sees("#events li", /Rollup \d+ retry with 503/);
    cloud.answer = {status: 401, body: "{\"title\":\"the token has expired\"}"};
    await visit.says("delivery holds");
    await visit.sees(".banner.is-critical", /Delivery holds since .*: unauthorized/);
    await visit.sees(".banner .step", "renew the token or password in cloud.auth");
    await visit.sees("#events li", /Delivery holds, unauthorized/);
    assert.equal(await visit.page.getAttribute("#icon", "href"), "/page/icon-critical.svg");
    cloud.answer = {status: 202};
    gateway.configure({cloud: {url: `${await cloud.url()}/v2`, retry: {first: "100ms", max: "1s"}}});
    gateway.reload();
    await visit.sees("#events li", /Delivery goes on/);
    await visit.says("everything delivered");
    await visit.banners().waitFor({state: "detached"});
  });

  test("shows a dead letter, and a rollup that was discarded unsent, each with what to do about it", async () => {
    const {next_sequence: next} = await gateway.ask("/api/v1/outbox");
    const refused = next + 1;
    cloud.answer = ({rollup}) => ({status: rollup.sequence === refused ? 422 : 202});
    await visit.sees(".banner", /1 dead letter.*edge-rollup outbox retry SEQ/s);
    await visit.says("All 3 nodes ok, everything delivered but 1 dead letter");
    await visit.page.goto(`${gateway.url}/#/rollup/${refused}`);
    await visit.sees("#view .facts", "the cloud has refused it");
    await visit.page.goBack();
    gateway.command("outbox", "drop", String(refused), "--yes");
    await visit.sees(".banner", /1 rollup discarded unsent, the last at \d\d:\d\d:\d\d.*journalctl/s);
    await visit.sees("#events li", "Loss 1 rollup discarded unsent so far");
    await visit.says(/everything delivered$/);
    assert.equal(await visit.banners().count(), 1);
  });

  test("shows a reload that fails with its reason, and nodes that a good one brings", async () => {
    gateway.configure({pol: {}});
    gateway.reload();
    await visit.sees(".banner", /The reload of .* failed/);
    await visit.sees(".banner", /pol/);
    await visit.sees("#events li", /Reload failed: 1 mistake in the settings: \S+yaml:\d+:\d+: unknown key 'pol'/);
    fleet.set("pump-4", summary(1, 1));
    gateway.configure({pol: undefined, nodes: await fleet.nodes()});
    gateway.reload();
    await visit.says("All 4 nodes ok");
    await visit.banners().waitFor({state: "detached"});
    await visit.sees("#node-rows tr", "pump-4");
  });

  test("says plainly that the daemon is gone, and goes on by itself when it is back", async () => {
    expected = lost;
    await visit.sees("#events li", /Round 2 3 of 3 ok/);
    await gateway.stop();
    await visit.says(/^The daemon is out of reach since \d\d:\d\d:\d\d$/);
    await visit.sees("#because", /tried again every 2 s. What stands below is as of \d\d:/);
    await visit.page.waitForFunction(() => document.title === "out of reach – gateway-7 – edge-rollup");
    assert.equal(await visit.page.getAttribute("#icon", "href"), "/page/icon-lost.svg");
    assert.equal(await visit.card("Nodes ok"), "3");
    fleet.set("pump-1", {status: 500});
    await gateway.start();
    await visit.says("2 of 3 nodes ok");
    await until(async () => (await visit.page.locator("#events li").count()) > 0, "events come again");
    await visit.sees("#events li", /Round 1\b/);
    await visit.page.locator("#events li", {hasText: "3 of 3 ok"}).first().waitFor({state: "detached"});
    await visit.sees("#attention tr", "pump-1");
  });

  test("shows the nodes of a daemon that comes back with others", async () => {
    expected = lost;
    await gateway.stop();
    gateway.configure({nodes: (await fleet.nodes()).map(({url}, i) => ({name: `valve-${i + 1}`, url}))});
    await gateway.start();
    await visit.sees("#node-rows", "valve-1");
    await visit.page.locator("#grid").focus();
    await visit.sees("#grid .tip", "valve-1 ok");
  });

  test("says that the daemon is gone when it stands still, and goes on when it does", async () => {
    const other = await browser.open(gateway.url, {}, (page) => page.clock.install());
    await other.says("All 3 nodes ok");
    gateway.freeze();
    await other.page.clock.fastForward(60_000);  // of silence; it is then asked whether it is there
    await other.says("The daemon is out of reach");
    await other.page.goto(`${gateway.url}/#/node/pump-1`);
    await other.sees("#view", "The daemon is out of reach");
    gateway.thaw();
    await other.says("All 3 nodes ok");
    await other.sees("#view .facts", "answered well");
    await other.close();
  });

  test(
      "shows a node with its last polls, and the way back",
      async () => {
        fleet.set("pump-3", {status: 404});
        await visit.says("2 of 3 nodes ok");
        await visit.page.locator("#attention a", {hasText: "pump-3"}).click();
        await visit.sees("#view h2", "pump-3");
        await visit.sees("#view .facts", /failed: asked, and no good answer came/);
        await visit.sees("#view .facts", /http_status: HTTP 404/);
        await visit.sees("#view tbody tr", /failed.*http_status/);
        await visit.sees("#view tbody tr", /ok.*0\.98/);
        assert.ok(await visit.page.locator(".poll-strip rect").count() >= 2);
        assert.equal(await visit.page.locator("#overview").isVisible(), false);
        const polls = await visit.page.locator("#view tbody tr").count();
        await visit.page.waitForFunction(
            (before) => document.querySelectorAll("#view tbody tr").length > before, polls);
        await visit.page.goBack();
        await visit.page.locator("#overview").waitFor();
        expected = notFound;
        await visit.page.goto(`${gateway.url}/#/node/nobody`);
        await visit.sees("#view", "no node of that name");
      },
  );

  test("shows a rollup: who gave what, who was left out and why, and each try to deliver it", async () => {
    fleet.set("pump-3", {status: 500});
    cloud.answer = {status: 503, body: "{\"detail\":\"down for an hour\"}"};
    await visit.sees("#events li", /Rollup \d+ retry with 503/);
    const link = visit.page.locator("#events a", {hasText: "Rollup"}).first();
    const sequence = (await link.innerText()).split(" ")[1];
    await visit.says("2 of 3 nodes ok");
    const {rollups} = await gateway.ask("/api/v1/rollups");
    const troubled = rollups.find((each) => each.round.nodes.failed === 1);
    await visit.page.goto(`${gateway.url}/#/rollup/${sequence}`);
    await visit.sees("#view h2", `Rollup ${sequence}`);
    await visit.sees("#view table[aria-label='Delivery tries'] tr", /retry.*503/);
    await visit.page.goto(`${gateway.url}/#/rollup/${troubled.sequence}`);
    await visit.sees("#view h2", `Rollup ${troubled.sequence}`);
    await visit.sees("#view table[aria-label='Left out'] tr", /pump-3.*http_status: HTTP 500/);
    await visit.sees("#view table[aria-label='Counted'] tr", "pump-1");
    cloud.answer = {status: 202};
    await visit.sees("#view .facts", /delivered at \d\d:/);
    expected = notFound;
    await visit.page.goto(`${gateway.url}/#/rollup/999999`);
    await visit.sees("#view .quiet", "The daemon says");
  });

  test("searches, filters and sorts all nodes", async () => {
    fleet.set("pump-2", {status: 503});
    await visit.says("2 of 3 nodes ok");
    const names = () => visit.page.locator("#node-rows th").allInnerTexts();
    await visit.page.getByRole("button", {name: "Records"}).click();
    await visit.page.locator("th[aria-sort=descending]", {hasText: "Records"}).waitFor();
    await until(async () => (await names()).join() === "pump-3,pump-1,pump-2", "the most records come first");
    await visit.page.locator("#node-search select").selectOption("failed");
    await until(async () => (await names()).join() === "pump-2", "only the failed one is there");
    await visit.page.locator("#node-search select").selectOption("");
    await visit.page.locator("#node-search input").fill("ump-3");
    await until(async () => (await names()).join() === "pump-3", "only the one searched for is there");
    await visit.page.locator("#node-search input").fill("nothing like this");
    await visit.sees("#node-count", "no node fits");
  });

  test("is used with the keyboard alone", async () => {
    const {keyboard} = visit.page;
    const focused = () => visit.page.evaluate(() => {
      const at = document.activeElement;
      const ring = getComputedStyle(at);
      return {what: at.id || at.textContent.trim(), ring: ring.outlineStyle !== "none" && ring.outlineWidth !== "0px"};
    });
    const reached = [];
    for (let presses = 0; presses < 60; ++presses) {
      await keyboard.press("Tab");
      const {what, ring} = await focused();
      assert.ok(ring, `no ring around ${what}`);
      reached.push(what);
      if (what === "readiness") break;
    }
    for (const what of ["skip", "edge-rollup", "grid", "Node", "Records", "pump-1", "API"]) {
      assert.ok(reached.includes(what), `${what} among ${reached.join(", ")}`);
    }
    await visit.page.locator("#grid").focus();
    await keyboard.press("ArrowRight");
    const chosen = visit.page.locator("#grid [role=option]");
    assert.equal(await chosen.innerText(), "pump-2, ok");
    assert.equal(await visit.page.getAttribute("#grid", "aria-activedescendant"), await chosen.getAttribute("id"));
    await keyboard.press("End");
    assert.equal(await chosen.innerText(), "pump-3, ok");
    await keyboard.press("Enter");
    await visit.sees("#view h2", "pump-3");
    await visit.page.waitForFunction(() => document.activeElement.textContent === "pump-3");
    await keyboard.press("Tab");
    await visit.page.locator("#skip").focus();
    await keyboard.press("Enter");
    await visit.page.waitForFunction(() => document.activeElement.id === "main");
    assert.equal(await visit.page.locator("#view h2").innerText(), "pump-3");
    await visit.page.goBack();
    await visit.page.waitForFunction(() => document.activeElement.id === "grid");
  });

  test("leaves whoever is on a link with the keyboard where they are when a round ends", async () => {
    await visit.page.locator("#node-rows a", {hasText: "pump-2"}).focus();
    const round = visit.page.locator(".card .note", {hasText: "in round"});
    const first = await round.innerText();
    await visit.page.waitForFunction(
        (before) => [...document.querySelectorAll(".card .note")].every((note) => note.textContent !== before), first);
    assert.equal(await visit.page.evaluate(() => document.activeElement.textContent), "pump-2");
    const begun =
        visit.page.locator("#events a", {hasText: "Round 1"}).last();  // where a rollup of that number is, too
    await begun.focus();
    await visit.sees("#events li", "Round 4");
    assert.equal(await visit.page.evaluate(() => document.activeElement.textContent), "Round 1");
  });

  test("says what a cell of the grid is when it is pointed at", async () => {
    const tip = visit.page.locator("#grid .tip");
    await visit.page.locator("#grid canvas").hover({position: {x: 4, y: 4}});
    await tip.filter({hasText: "pump-1 ok: answered well"}).waitFor();
    await visit.page.locator("#headline").hover();
    await tip.waitFor({state: "hidden"});
    await visit.page.locator("#grid").focus();
    await tip.waitFor();
    await visit.page.keyboard.press("Tab");
    await tip.waitFor({state: "hidden"});
  });

  test("tells of a node that is pointed at, or chosen, what has become of it meanwhile", async () => {
    const tip = visit.page.locator("#grid .tip");
    await visit.page.locator("#grid").focus();
    await visit.page.keyboard.press("End");
    await tip.filter({hasText: "pump-3 ok"}).waitFor();
    fleet.set("pump-3", {status: 503});
    await tip.filter({hasText: "pump-3 failed: asked, and no good answer came"}).waitFor();
    await visit.sees("#grid [role=option]", "pump-3, failed");
    await visit.page.locator("#grid canvas").hover({position: {x: 4, y: 4}});
    fleet.set("pump-1", {status: 503});
    await tip.filter({hasText: "pump-1 failed"}).waitFor();
  });

  test("follows the daemon where it can have no stream of events, and says so", async () => {
    const other = await browser.open(gateway.url, {}, (page) => page.route("**/api/v1/events", (route) => {
      return route.fulfill({status: 503, json: {detail: "too many listen to events at once"}});
    }));
    await other.sees("#no-events", "No events come at present");
    fleet.set("pump-2", {status: 503});
    await other.says("2 of 3 nodes ok");
    await other.close(/status of 503/);
  });

  test("shows the last day where that is chosen", async () => {
    await visit.page.locator("#charts [role=img][aria-label*='over the last 1h']").nth(3).waitFor();
    await visit.page.getByLabel("24 h").check();
    await visit.page.locator("#charts [role=img][aria-label*='over the last 24h; now']").nth(3).waitFor();
  });

  test("has names and roles for those who hear it", async () => {
    const {page} = visit;
    assert.equal(await page.getByRole("heading", {level: 1}).getAttribute("aria-live"), "polite");
    for (const [role, name] of [
             ["listbox", /^Nodes: arrow keys/], ["table", "All nodes"], ["search", "Nodes"], ["region", "Verdict"],
             ["list", "What to do"], ["region", "Needs attention"], ["group", "How far back"],
             ["img", /^Quality over/]]) {
      assert.equal(await page.getByRole(role, {name}).count(), 1, `${role} ${name}`);
    }
  });

  test("tells the age of things by the daemon's clock, whatever the browser's says", async () => {
    const other =
        await browser.open(gateway.url, {}, (page) => page.clock.setSystemTime(Date.now() - 7 * 24 * 3600 * 1000));
    await other.says("All 3 nodes ok");
    assert.match(await other.card("Last delivery"), /^\d+ s ago$/);
    await other.close();
  });

  test("loads itself anew when the daemon is of another version", async () => {
    let version = "0.0.1";
    const other = await browser.open(gateway.url, {}, (page) => page.route("**/api/v1/status", async (route) => {
      const answer = await (await route.fetch()).json();
      await route.fulfill({json: {...answer, version}});
    }));
    await other.sees("#version", "0.0.1");
    version = "0.0.2";
    await other.page.waitForEvent("load");
    await other.sees("#version", "0.0.2");
    await other.close();
  });

  test("does not call a daemon gone that is busy", async () => {
    let refused = 0;
    const other = await browser.open(gateway.url, {}, (page) => page.route("**/api/v1/nodes?*", (route) => {
      ++refused;
      return route.fulfill({status: 503, json: {detail: "too many ask"}});
    }));
    await other.says("All 3 nodes ok");
    await until(() => refused > 4, "it asks again and again");
    assert.equal(await other.page.locator("body.is-lost").count(), 0);
    await other.close(/status of 503/);
  });

  test("lists the last fifty events, each once, however long it is open", async () => {
    let streams = 0;
    const lossOf = (n) => `id: x-${n}\nevent: loss\ndata: {"at":"2026-11-22T17:05:00.000Z","total":${n}}\n\n`;
    const lossesOf = (from, to) => Array.from({length: to - from + 1}, (_, i) => lossOf(from + i)).join("");
    const other = await browser.open(gateway.url, {}, (page) => page.route("**/api/v1/events", (route) => {
      const body = ++streams === 1 ? lossesOf(1, 120) : lossesOf(111, 125);
      return route.fulfill({contentType: "text/event-stream", body: `retry: 10\n\n${body}`});
    }));
    await other.sees("#events li:first-child", "125 rollups");
    await until(() => streams > 3, "the stream broke off and was begun again");
    const told = await other.page.locator("#events li").allInnerTexts();
    assert.deepEqual(
        told.map((line) => Number(/Loss (\d+)/.exec(line)[1])), Array.from({length: 50}, (_, i) => 125 - i));
    await other.close();
  });
});

describe("the first seconds", {timeout: 300_000}, () => {
  let browser;
  before(async () => {
    browser = await Browser.launch();
  });
  after(() => browser.close());

  test("a round that has not ended yet is said in words", async () => {
    const fleet = Fleet.of([]);
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const gateway = await new Gateway({
                      nodes: [`http://127.0.0.1:${silent.address().port}`],
                      poll: {interval: "60s", timeout: "50s"},
                      cloud: {url: await fleet.url()}
                    }).start();
    const visit = await browser.open(gateway.url);
    await visit.says("1 node known, the first round is under way, nothing delivered yet");
    assert.equal(await visit.card("Records"), "–");
    await visit.sees("#events-title ~ .quiet", "Nothing has happened yet");
    await visit.sees("#charts .value", "no round yet");
    await visit.page.goto(`${gateway.url}/#/node/127.0.0.1:${silent.address().port}`);
    await visit.sees("#view", "No round has asked it yet");
    await visit.page.route("**/api/v1/status", (route) => route.abort());
    await visit.page.goto(`${gateway.url}/#/`);
    await visit.says("The daemon is out of reach");
    await visit.page.unroute("**/api/v1/status");
    const soon = 8_000;  // ms: before the daemon gives a sign of life by itself
    await visit.page.locator("#headline", {hasText: "1 node known"}).waitFor({timeout: soon});
    await visit.close(/ERR_FAILED/);
    await gateway.remove();
    silent.close();
    fleet.close();
  });

  test("what happens between two rounds is shown, too", async () => {
    const fleet = Fleet.of(["pump-1"]);
    const cloud = new Cloud();
    fleet.set("pump-1", {status: 503});
    cloud.answer = {status: 503, body: "{\"title\":\"down for an hour\"}"};
    const gateway = await new Gateway({
                      nodes: await fleet.nodes(),
                      poll: {interval: "3600s"},
                      cloud: {url: await cloud.url(), retry: {first: "100ms", max: "1s"}}
                    }).start();
    const visit = await browser.open(gateway.url);
    const ages = new Set();
    const since = visit.page.locator("#attention .since time");
    await until(async () => ages.add(await since.innerText()).size > 3, "time goes on");
    await visit.page.goto(`${gateway.url}/#/rollup/1`);
    const tries = visit.page.locator("#view table[aria-label='Delivery tries'] tbody tr");
    await tries.first().waitFor();
    const first = await tries.count();
    await until(async () => await tries.count() > first, "another try is shown");
    await visit.sees("#view .says", "down for an hour");
    cloud.answer = {status: 202};
    await visit.sees("#view .facts", /delivered at \d\d:/);
    await visit.close();
    await gateway.remove();
    fleet.close();
    cloud.close();
  });

  test("no node at all is said in words, with what to look at", async () => {
    const cloud = new Cloud();
    const gateway = await new Gateway({node_files: ["/nonexistent/*.json"], cloud: {url: await cloud.url()}}).start();
    const visit = await browser.open(gateway.url);
    await visit.says("No node is known yet");
    await visit.sees(".banner", /No list names a node.*edge-rollup check -c/);
    await visit.close();
    await gateway.remove();
    cloud.close();
  });

  test("a daemon with a token is seen by whoever knows it, events and all", async () => {
    const fleet = Fleet.of(["pump-1"]);
    const gateway = await new Gateway({
                      nodes: await fleet.nodes(),
                      poll: {interval: "1s"},
                      cloud: {url: await fleet.url()},
                      listen_token: "secret"
                    }).start();
    assert.equal((await fetch(gateway.url)).status, 401);
    const visit = await browser.open(gateway.url, {httpCredentials: {username: "anybody", password: "secret"}});
    await visit.says("The node is ok");
    await visit.sees("#events li", /Round \d+/);
    await visit.sees("#charts .value", "4\u202f000");
    await visit.close();
    await gateway.remove();
    fleet.close();
  });
});

// What the answers of /api/v1/status come to: a sentence, what to do, and what each number on top says. Pure.

import {ageOf, bytes, clockTime, counted, grouped, momentOf, noValue, quality, shortened, span, word} from "./words.js";

const day = 86400;
const fewFailures = 2;   // of delivery in a row that are nothing to look into yet
const mostMistakes = 3;  // of a file that are told; the command that is named tells all

/** "4 of 5 nodes ok". */
export function nodesSentence(status) {
  const {expected, ok} = status.nodes;
  if (expected === 0) return "No node is known yet";
  if (!status.last_round) return `${counted(expected, "node")} known, the first round is under way`;
  if (ok === expected) return expected === 1 ? "The node is ok" : `All ${grouped(expected)} nodes ok`;
  return `${ok === 0 ? "None" : grouped(ok)} of ${counted(expected, "node")} ok`;
}

function deliverySentence(status) {
  const {pending, dead} = status.outbox;
  if (status.delivery.hold) return `delivery holds, ${counted(pending, "rollup")} waiting`;
  if (pending > 0) return `${counted(pending, "rollup")} waiting for the cloud`;
  const but = dead > 0 ? ` but ${counted(dead, "dead letter")}` : "";
  if (status.delivery.last_delivered) return `everything delivered${but}`;
  return status.last_round ? "nothing to deliver" : "nothing delivered yet";
}

/** "4 of 5 nodes ok, everything delivered". */
export function headline(status) { return `${nodesSentence(status)}, ${deliverySentence(status)}`; }

/** What the daemon itself finds wrong; empty where nothing is. */
export function reasons(status) { return status.verdict.level === "ok" ? "" : status.verdict.text; }

/** "ok", "warning", "critical". */
export function level(status) { return status.verdict.level; }

/** A short form for the window's title. */
export function shortForm(status) {
  const {expected, ok} = status.nodes;
  const waiting = status.outbox.pending > 0 ? `, ${grouped(status.outbox.pending)} waiting` : "";
  const share = status.last_round ? `${grouped(ok)}/${grouped(expected)} ok` : "first round";
  return `${level(status) === "ok" ? "" : `${level(status)}: `}${share}${waiting}`;
}

/** Of a message of several lines those that say something: lines that begin with a blank only show the place. */
function reloadFailure(config) {
  const [first, ...mistakes] = (config.error ?? "").split("\n").filter((line) => /^\S/.test(line));
  return mistakes.length === 0 ? first : `${first}: ${mistakes.slice(0, mostMistakes).join("; ")}`;
}

/** The cloud's last words, and when it is asked again. */
function deliveryFailure({last_failure: failure, next_try: next}, now) {
  const answer = [failure?.status, failure?.words].filter(Boolean).join(" ");
  const again = next === null ? "by itself" : `at ${clockTime(momentOf(next), now)}`;
  return {
    text: `The last try: ${answer}.`,
    step: `Nothing is dropped; it is tried again ${again}. See what is in the way.`
  };
}

function check(status) { return `edge-rollup check -c ${word(status.config.file ?? "FILE")}`; }

/** What needs somebody's hand, the worst first: {level, title, text, step, commands}. */
export function banners(status, now) {
  const found = [];
  const {hold} = status.delivery;
  const {outbox} = status;
  const clock = (text) => clockTime(momentOf(text), now);
  if (hold) {
    found.push({
      level: "critical",
      title: `Delivery holds since ${clock(hold.since)}: ${hold.reason}`,
      text: hold.text,
      step: `Nothing is dropped; it is tried again by itself. To mend it, ${hold.next_step}.`,
      commands: []
    });
  }
  if (!hold && status.delivery.consecutive_failures > fewFailures) {
    found.push({
      level: "warning",
      title: "The cloud takes no rollups at present",
      ...deliveryFailure(status.delivery, now),
      commands: [check(status)]
    });
  }
  if (outbox.in_memory_only) {
    found.push({
      level: "critical",
      title: "Rollups are kept in memory only",
      text: "The disk takes nothing.",
      step: "Make room on the disk; storing begins again by itself.",
      commands: [`df -h ${word(status.state_dir)}`]
    });
  }
  if (outbox.runway_s !== null && outbox.runway_s < day && outbox.pending > 1) {
    found.push({
      level: outbox.runway_s < 3600 ? "critical" : "warning",
      title: `The outbox is full in ${span(outbox.runway_s)}`,
      text: "Then the oldest rollups are discarded.",
      step: "Mend the delivery, or give it more room or age: outbox.max_bytes, outbox.max_age.",
      commands: []
    });
  }
  if (outbox.dead > 0) {
    found.push({
      level: "warning",
      title: counted(outbox.dead, "dead letter"),
      text: "The cloud refused them and took later ones.",
      step: "See the cloud's words; offer them again once it takes them, or discard them.",
      commands: [
        "edge-rollup outbox list", "edge-rollup outbox show SEQ", "edge-rollup outbox retry SEQ",
        "edge-rollup outbox drop SEQ --yes"
      ]
    });
  }
  const lost = momentOf(outbox.last_loss);
  if (lost !== null && now - lost < day * 1000) {
    found.push({
      level: "warning",
      title: `${counted(outbox.lost_total, "rollup")} discarded unsent, the last at ${clock(outbox.last_loss)}`,
      text: "The rollups that follow tell the cloud which.",
      step: "The journal has the reason; the outbox's ranges are in /api/v1/outbox.",
      commands: ["journalctl -u edge-rollup -p warning -n 20"]
    });
  }
  if (!status.config.last_reload_successful) {
    found.push({
      level: "warning",
      title: `The reload of ${clock(status.config.last_reload)} failed`,
      text: reloadFailure(status.config),
      step: "The settings of before are in effect. Mend the file, then reload.",
      commands: [`${check(status)} --offline`]
    });
  }
  if (status.clock === "unsynchronized") {
    found.push({
      level: "warning",
      title: "The clock is not synchronized",
      text: "Rounds and delivery do not depend on it, the times in rollups do.",
      step: "Mend the way to the time server.",
      commands: ["timedatectl status"]
    });
  }
  if (status.nodes.expected === 0) {
    found.push({
      level: "warning",
      title: "No list names a node",
      text: "Rounds begin as soon as one does.",
      step: "See what the lists of the settings say.",
      commands: [check(status)]
    });
  }
  const order = ["critical", "warning"];
  return found.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

/** The numbers on top: {label, value, unit, note, level}. */
export function cards(status, now) {
  const {nodes, last_round: round, delivery, outbox} = status;
  const asked = round !== null;
  const count = (number) => (asked ? grouped(number) : noValue);
  const alarm = (number) => (asked && number > 0 ? "warning" : "ok");
  const waits = outbox.oldest ? `oldest ${ageOf(outbox.oldest, now)}` : "nothing waits";
  const failures = delivery.consecutive_failures;
  return [
    {
      label: "Nodes ok",
      value: count(nodes.ok),
      unit: `of ${grouped(nodes.expected)}`,
      note: asked ? `in round ${grouped(round.number)}` : "no round yet",
      level: asked && nodes.ok === 0 ? "critical" : "ok"
    },
    {label: "Failed", value: count(nodes.failed), note: asked ? "no good answer" : "", level: alarm(nodes.failed)},
    {
      label: "Skipped",
      value: count(nodes.skipped),
      note: asked ? "not asked this time" : "",
      level: alarm(nodes.skipped)
    },
    {
      label: "Stale",
      value: count(nodes.stale),
      note: asked ? `${grouped(nodes.unknown)} of unknown age` : "",
      level: alarm(nodes.stale)
    },
    {
      label: "Records",
      value: asked ? shortened(round.records) : noValue,
      note: asked ? "in the last round" : "",
      level: "ok"
    },
    {
      label: "Quality",
      value: asked ? quality(round.quality) : noValue,
      note: asked ? "mean of ok nodes" : "",
      level: "ok"
    },
    {
      label: "Waiting",
      value: grouped(outbox.pending),
      unit: outbox.pending === 1 ? "rollup" : "rollups",
      note: waits,
      level: delivery.hold   ? "critical" :
          outbox.pending > 1 ? "warning" :
                               "ok"
    },
    {
      label: "Last delivery",
      value: delivery.last_delivered ? ageOf(delivery.last_delivered, now) : noValue,
      note: failures > 0 ? `failed ${counted(failures, "time")} since` :
          delivery.last_delivered ? "accepted" :
                                    "none yet",
      level: failures > 0 ? "warning" : "ok"
    },
    {
      label: "Runway",
      value: outbox.runway_s === null ? noValue : span(outbox.runway_s),
      note: `${bytes(outbox.bytes)} stored`,
      level: outbox.runway_s !== null && outbox.runway_s < day && outbox.pending > 1 ? "warning" : "ok"
    },
  ];
}

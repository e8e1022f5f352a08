// The answer to "is all well, and if not, what do I do": the sentence on top, what is wrong, and the numbers.

import {byId, element, repaint, say} from "./element.js";
import {glyph} from "./glyphs.js";
import {banners, cards, headline, level, nodesSentence, reasons, shortForm} from "./judgement.js";
import {showSign} from "./sign.js";
import {clockTime, countdown, momentOf} from "./words.js";

const settling = 600;  // ms: between a round and its delivery it would say for a moment that something waits

function nextRound(moment, now) {
  if (moment === null) return "";
  return moment <= now ? "a round is under way" : `next round in ${countdown((moment - now) / 1000)}`;
}

export class Verdict {
  #section = byId("verdict");
  #status = null;
  #level = "unknown";
  #shown = "";
  #settled = null;
  #bannersShown = "";
  #cards = [];

  /** `now` is the daemon's time. */
  show(status, now) {
    const isNews = this.#level !== level(status) || this.#shown !== nodesSentence(status) + reasons(status);
    this.#status = status;
    say(byId("gateway"), status.gateway);
    say(byId("version"), status.version);
    if (isNews)
      this.#saySettled();
    else
      this.#settled ??= setTimeout(() => this.#saySettled(), settling);
    this.tick(now);
  }

  /** `since` and `known`: when the daemon was found gone, and of when what is shown is. */
  showLost(since, known, words) {
    clearTimeout(this.#settled);
    this.#settled = null;
    this.#say(
        "lost", `The daemon is out of reach since ${clockTime(since, since)}`,
        `${words} It is tried again every ` +
            `2 s. What stands below is as of ${known === null ? "never" : clockTime(known, since)}.`);
    say(byId("next-round"), "");
    showSign("lost", "out of reach", this.#status?.gateway);
  }

  /** What changes with time alone. */
  tick(now) {
    if (this.#status === null || this.#level === "lost") return;
    say(byId("next-round"), nextRound(momentOf(this.#status.next_round), now));
    this.#showBanners(banners(this.#status, now));
    this.#showCards(cards(this.#status, now));
  }

  #saySettled() {
    clearTimeout(this.#settled);
    this.#settled = null;
    this.#shown = nodesSentence(this.#status) + reasons(this.#status);
    this.#say(level(this.#status), headline(this.#status), reasons(this.#status));
    showSign(level(this.#status), shortForm(this.#status), this.#status.gateway);
  }

  #say(newLevel, sentence, why) {
    if (newLevel !== this.#level) {
      this.#level = newLevel;
      this.#section.dataset.level = newLevel;
      byId("verdict-glyph").replaceChildren(glyph(newLevel));
    }
    say(byId("headline"), sentence);
    say(byId("because"), why);
  }

  #showBanners(found) {
    const text = JSON.stringify(found);
    if (text === this.#bannersShown) return;
    this.#bannersShown = text;
    repaint(
        byId("banners"),
        ...found.map(
            (each) => element(
                "li", {class: `banner is-${each.level}`}, glyph(each.level),
                element(
                    "div", {}, element("strong", {}, each.title), element("p", {}, each.text),
                    element(
                        "p", {class: "step"}, each.step,
                        ...each.commands.flatMap((command) => [" ", element("code", {}, command)]))))));
  }

  #showCards(found) {
    if (this.#cards.length === 0) {
      this.#cards = found.map(({label}) => {
        const card = {
          value: element("span", {class: "value"}),
          unit: element("span", {class: "unit"}),
          note: element("span", {class: "note"})
        };
        card.box = element(
            "div", {class: "card"}, element("dt", {}, label), element("dd", {}, card.value, " ", card.unit, card.note));
        return card;
      });
      byId("cards").replaceChildren(...this.#cards.map((card) => card.box));
    }
    found.forEach(({value, unit, note, level: word}, i) => {
      const card = this.#cards[i];
      say(card.value, value);
      say(card.unit, unit ?? "");
      say(card.note, note);
      card.box.dataset.level = word;
    });
  }
}

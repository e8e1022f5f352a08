// Nodes and a cloud whose answers a test chooses, each a path of one server.

import {createServer} from "node:http";
import {json} from "node:stream/consumers";

const summaryPath = "/data/summary";

class Peer {
  #server;
  #open;

  constructor(answer) {
    this.#server = createServer(answer).unref();  // a test that fails does not wait for it
    this.#open = new Promise((resolve) => {
      this.#server.listen(0, "127.0.0.1", resolve);
    });
  }

  async url() {
    await this.#open;
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export function summary(records, quality) {
  return {
    status: 200,
    body: JSON.stringify({record_count: records, quality_score: quality, last_updated: new Date().toISOString()})
  };
}

function send(response, {status, words, body = "", headers = {}}) {
  response.writeHead(status, words ?? "", {"Content-Type": "application/json", ...headers});
  response.end(body);
}

/** Nodes at /NAME, each with the answer that was last given to it. */
export class Fleet extends Peer {
  #answers;

  constructor(answers) {
    super((request, response) => {
      const name = request.url.slice(1, -summaryPath.length);
      const answer = this.#answers.get(name);
      if (answer === undefined)
        response.destroy();
      else
        send(response, typeof answer === "function" ? answer() : answer);
    });
    this.#answers = new Map(answers);
  }

  /** `names` well, with plausible numbers. */
  static of(names) {
    return new Fleet(names.map((name, i) => [name, () => summary(4000 + 37 * i, 0.99 - 0.004 * (i % 9))]));
  }

  async nodes() {
    const url = await this.url();
    return [...this.#answers.keys()].map((name) => ({name, url: `${url}/${name}`}));
  }

  set(name, answer) { this.#answers.set(name, answer); }
}

/** Takes rollups, unless told to answer otherwise: always alike, or by a function of the rollup. */
export class Cloud extends Peer {
  answer = {status: 202};

  constructor() {
    super(async (request, response) => {
      const rollup = await json(request);
      send(response, typeof this.answer === "function" ? this.answer(rollup) : this.answer);
    });
  }
}

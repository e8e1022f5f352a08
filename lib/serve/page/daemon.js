// The daemon as the page asks it: JSON by path, and what time it is there.

const patience = 10_000;  // ms for an answer
const tries = 3;          // after a first one

/** What came in place of an answer. `status` is 0 where nothing came. */
export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

let ahead = 0;  // ms that the daemon's clock is ahead of this browser's

/** The daemon's time in milliseconds since 1970: ages are told by its clock, whatever the browser's says. */
export function now() { return Date.now() + ahead; }

/** Takes the daemon's word for the time; `exactness` is how many milliseconds it may be off. */
export function clockSays(moment, exactness) {
  const difference = moment - Date.now();
  ahead = Math.abs(difference) <= exactness ? 0 : difference;
}

async function asked(path) {
  try {
    return await fetch(path, {signal: AbortSignal.timeout(patience)});
  } catch (failure) {
    throw new Refusal(0, failure.name === "TimeoutError" ? "no answer" : "cannot be reached");
  }
}

/** Where many ask for long pages at once, the daemon says when it has time again. */
async function askedPatiently(path) {
  for (let left = tries;; --left) {
    const response = await asked(path);
    const pause = Number(response.headers.get("Retry-After"));
    if (response.status !== 503 || !(pause > 0) || left === 0) return response;
    await new Promise((resolve) => setTimeout(resolve, pause * 1000));
  }
}

/** The JSON at `path`; throws a Refusal. */
export async function ask(path) {
  const response = await askedPatiently(path);
  const date = Date.parse(response.headers.get("Date"));
  if (!Number.isNaN(date)) clockSays(date, 2_000);
  let body = null;
  try {
    body = await response.json();
  } catch {
    throw new Refusal(response.ok ? 0 : response.status, "the answer broke off");
  }
  if (!response.ok) throw new Refusal(response.status, body.detail ?? response.statusText);
  return body;
}

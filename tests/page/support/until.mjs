// The one way in which these tests wait for something outside the browser.

const step = 10;       // ms
const limit = 30_000;  // ms, on a busy machine

/** The first true value of `condition()`, which may be a promise; fails after a while. */
export async function until(condition, what) {
  const end = Date.now() + limit;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${limit} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, step));
  }
}

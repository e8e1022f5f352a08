// Work that many ask for and that is done once for all of them.

/**
 * A function that begins `work`, at most every `pause` milliseconds and never twice at a time: each call is followed by
 * work that begins after it. Work that fails is told to the console.
 */
export function coalesced(work, pause) {
  let busy = false;
  let wanted = false;
  async function run() {
    busy = true;
    try {
      while (wanted) {
        wanted = false;
        const rest = new Promise((resolve) => setTimeout(resolve, pause));
        await work();
        await rest;
      }
    } finally {
      busy = false;
    }
  }
  return () => {
    wanted = true;
    if (!busy) run();
  };
}

/** A function that has `work` done before the next picture, once for all calls until then. */
export function drawnOnce(work) {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      work();
    });
  };
}

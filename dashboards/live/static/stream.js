// The line to the server: opened while the page is seen, closed while it is hidden, opened again when it breaks.

const SILENT_MS = 8000; // the server speaks every second; after this long without a word the line counts as broken
const AGAIN_MS = 2000;

/**
 * Follow `address`. `on.message(topic, data)` hears data, `on.tick(now)` the server's time while data are current, and
 * `on.state(line)` changes: "live", "stale" (the server speaks but has no current data) or "lost".
 * `close()` ends it for good.
 */
export function follow(address, on) {
  let source = null;
  let heard = 0;
  let line = null;
  let again = null;

  const tell = (state) => {
    if (line !== state) on.state((line = state));
  };
  const alive = (state = "live") => {
    heard = performance.now();
    tell(state);
  };

  function open() {
    shut();
    heard = performance.now();
    source = new EventSource(address);
    for (const topic of ["overview", "unit", "sources", "board", "missing"]) {
      source.addEventListener(topic, (event) => {
        alive();
        on.message(topic, JSON.parse(event.data));
      });
    }
    source.addEventListener("tick", (event) => {
      alive();
      on.tick(JSON.parse(event.data).now);
    });
    source.addEventListener("stale", () => alive("stale"));
    source.onerror = () => {
      tell("lost");
      if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS); // it gave up; we do not
    };
  }

  function shut() {
    clearTimeout(again);
    source?.close();
    source = null;
  }

  const watch = setInterval(() => {
    if (source && performance.now() - heard > SILENT_MS) {
      tell("lost");
      open();
    }
  }, 1000);

  const seen = () => {
    if (document.hidden) shut();
    else if (!source) open();
  };
  document.addEventListener("visibilitychange", seen);
  if (!document.hidden) open();

  return {
    close() {
      clearInterval(watch);
      document.removeEventListener("visibilitychange", seen);
      shut();
    },
  };
}

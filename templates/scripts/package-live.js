/* Tells the live part of a package's page that something has changed; the page fetches the part anew with its own rights.
   Without this script, or without events, the part is fetched every few seconds. */
(() => {
  const PACE_MS = 1000;
  let source;
  let waiting;
  const part = () => document.querySelector('[data-events]');
  const tell = () => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      part()?.dispatchEvent(new Event('package-moved'));
    }, PACE_MS);
  };
  const listen = () => {
    const address = part()?.dataset.events;
    if (!address || document.hidden || source) return;
    source = new EventSource(address);
    source.addEventListener('package', tell);
  };
  // A tab that nobody looks at holds no connection: a browser has six for a host.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else {
      listen();
      tell();
    }
  });
  listen();
})();

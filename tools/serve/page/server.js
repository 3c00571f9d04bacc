// SPDX-License-Identifier: MIT
// server.js: sends requests to the server, and reports on every view if it is gone. All modules send requests
// through here.

const notice = document.getElementById("gone");
const BEAT = 3000; // milliseconds between checks whether the server is alive
let gone = false;

// The token is not needed once the page is loaded: hide it from the address bar.
if (location.search) history.replaceState(null, "", location.pathname + location.hash);

export function isGone() { return gone; }

function tell(now) {
  if (gone === now) return;
  gone = now;
  notice.hidden = !now;
  // Screen readers announce an alert when its text changes, so the text is set last.
  notice.textContent = now
    ? "The server has ended or cannot be reached. Start it again with “descender serve”; this page then continues by itself." : "";
  document.dispatchEvent(new Event(now ? "server-gone" : "server-back"));
}

// A response, or null if the server did not answer.
export async function ask(path, options) {
  try {
    const response = await fetch(path, options);
    tell(false);
    return response;
  } catch {
    tell(true);
    return null;
  }
}

// { ok, value }: the JSON of the answer; { ok: false } without an answer.
export async function askJson(path, options) {
  const response = await ask(path, options);
  if (!response) return { ok: false, value: { error: "The server cannot be reached." } };
  try {
    return { ok: response.ok, value: await response.json() };
  } catch {
    tell(true);
    return { ok: false, value: { error: "The server cannot be reached." } };
  }
}

// The server's capabilities; all modules share this promise.
export const site = askJson("/api/site").then((answer) => answer.value);

setInterval(async () => {
  if (!gone && document.hidden) return;
  const response = await ask("/api/site", { method: "HEAD" });
  if (response?.status !== 403) return;
  notice.hidden = false;
  notice.textContent = "This page’s cookie is no longer valid: the server was started again. Open its new address with the new token.";
}, BEAT);

// SPDX-License-Identifier: MIT
// server.js: asks the server, and says on every view when it is gone. All modules ask through here.

const notice = document.getElementById("gone");
const BEAT = 3000; // milliseconds between two looks whether the server is still there
let gone = false;

// The token has done its work when the page is here: the address bar need not show it to who looks over a shoulder.
if (location.search) history.replaceState(null, "", location.pathname + location.hash);

export function isGone() { return gone; }

function tell(now) {
  if (gone === now) return;
  gone = now;
  notice.hidden = !now;
  // An alert is read aloud when its text comes, so the text comes late.
  notice.textContent = now
    ? "The server is gone: it was ended, or cannot be reached. Start it again with “descender serve”; this page goes on by itself then." : "";
  document.dispatchEvent(new Event(now ? "server-gone" : "server-back"));
}

// A response, or null where nobody answered.
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

// { ok, value }: the JSON that was answered; { ok: false } where nobody answered.
export async function askJson(path, options) {
  const response = await ask(path, options);
  if (!response) return { ok: false, value: { error: "The server is gone." } };
  try {
    return { ok: response.ok, value: await response.json() };
  } catch {
    tell(true);
    return { ok: false, value: { error: "The server is gone." } };
  }
}

// What the server can do; the same promise for all modules.
export const site = askJson("/api/site").then((answer) => answer.value);

setInterval(async () => {
  if (!gone && document.hidden) return;
  const response = await ask("/api/site", { method: "HEAD" });
  if (response?.status !== 403) return;
  notice.hidden = false;
  notice.textContent = "This page’s cookie opens nothing any more: the server was started again, and has a new address with a new token.";
}, BEAT);

// SPDX-License-Identifier: MIT
// list.js: the list of runs, for all who want it: an event "runs" with each new one.
import { askJson } from "./server.js";

export async function listRuns() {
  const { ok, value } = await askJson("/api/runs");
  if (ok) document.dispatchEvent(new CustomEvent("runs", { detail: value }));
}

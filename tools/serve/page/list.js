// SPDX-License-Identifier: MIT
// list.js: the list of runs; sends an event "runs" with each new list.
import { askJson } from "./server.js";

export async function listRuns() {
  const { ok, value } = await askJson("/api/runs");
  if (ok) document.dispatchEvent(new CustomEvent("runs", { detail: value }));
}

// SPDX-License-Identifier: MIT
// answer.mjs: gets answers from an exported page without a browser: node answer.mjs PAGE.html IMAGES ANSWERS.
// machine.mjs must be in the same folder.
import { readFile, writeFile } from "node:fs/promises";
import { load, prepare } from "./machine.mjs";

const [, , page, images, answers] = process.argv;
const html = await readFile(page, "utf8");
const script = (id) => html.match(new RegExp(`<script type="[^"]*" id="${id}">([^<]*)</script>`))[1];
const network = JSON.parse(script("network")), bytes = await readFile(images), each = network.shape.reduce((a, b) => a * b);
const out = [];
let other = null;
for (const simd of [script("simd"), null]) { // the bits are the same with and without SIMD
  const machine = await load(network, { plain: script("plain"), simd });
  if (!simd) prepare(machine, network, { pixels: new Uint8Array(90000).fill(255), width: 300, height: 300, channels: 1 });
  const many = simd ? bytes.length / each : Math.min(100, bytes.length / each);
  for (let i = 0; i < many; i++) {
    const answer = Buffer.from(machine.predict(bytes.subarray(i * each, (i + 1) * each)).buffer);
    if (simd) out.push(answer);
    else if (!answer.equals(out[i])) other = i;
  }
}
if (other !== null) { console.error(`with SIMD and without it the answers to image ${other} differ`); process.exit(1); }
await writeFile(answers, Buffer.concat(out));

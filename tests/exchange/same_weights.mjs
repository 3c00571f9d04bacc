// SPDX-License-Identifier: MIT
// same_weights.mjs: tells whether two .safetensors files contain the same arrays, bit for bit, and the same graph: node
// same_weights.mjs A B
import { readFileSync } from "node:fs";

const read = (path) => {
  const bytes = readFileSync(path), length = Number(bytes.readBigUInt64LE(0));
  return { header: JSON.parse(bytes.subarray(8, 8 + length)), numbers: bytes.subarray(8 + length) };
};
const [a, b] = process.argv.slice(2).map(read), texts = "__metadata__";
const names = Object.keys(a.header).filter((name) => name !== texts);
const differ = names.filter((name) => !b.header[name] ||
  !a.numbers.subarray(...a.header[name].data_offsets).equals(b.numbers.subarray(...b.header[name].data_offsets)));
for (const key of Object.keys(b.header[texts])) if (key !== "about" && a.header[texts][key] !== b.header[texts][key]) differ.push(key);
if (Object.keys(b.header).length !== Object.keys(a.header).length) differ.push("the number of arrays");
console.log(differ.length ? `these differ: ${differ.join(", ")}` : `${names.length} arrays are the same, bit for bit`);
process.exit(differ.length ? 1 : 0);

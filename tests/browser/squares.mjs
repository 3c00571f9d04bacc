// SPDX-License-Identifier: MIT
// squares.mjs: colour pictures of two classes: `node squares.mjs FOLDER` writes their IDX files and labels.txt.
import { mkdirSync, writeFileSync } from "node:fs";

const folder = process.argv[2], SIDE = 20, COUNT = 60;
mkdirSync(folder, { recursive: true });
const header = (...sizes) => {
  const bytes = Buffer.alloc(4 + 4 * sizes.length);
  bytes.set([0, 0, 8, sizes.length]);
  sizes.forEach((size, i) => bytes.writeUInt32BE(size, 4 + 4 * i));
  return bytes;
};
for (const set of ["train", "t10k"]) {
  const images = Buffer.alloc(COUNT * 3 * SIDE * SIDE), labels = Buffer.alloc(COUNT);
  for (let n = 0; n < COUNT; n++) {
    labels[n] = n % 2;
    for (let i = 0; i < SIDE * SIDE; i++) images[(n * 3 + n % 2) * SIDE * SIDE + i] = 120 + (n * 7 + i * 13) % 100;
  }
  writeFileSync(`${folder}/${set}-images-idx3-ubyte`, Buffer.concat([header(COUNT, 3, SIDE, SIDE), images]));
  writeFileSync(`${folder}/${set}-labels-idx1-ubyte`, Buffer.concat([header(COUNT), labels]));
}
writeFileSync(`${folder}/labels.txt`, "a red square of an uncommonly long name\na green square\n");

// SPDX-License-Identifier: MIT
// train.mjs: trains with the library inside an exported page, in node: node train.mjs PAGE.html RECIPE.json DATA
// OUT.safetensors [START.safetensors]. DATA: a number of built-in digits, or a folder with training images and labels
// as IDX files. Trains in slices, as the page does. Prints "epoch N LOSS ACCURACY" lines.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { gunzipSync } from "node:zlib";

const [page, recipe, data, out, start] = process.argv.slice(2);
const html = readFileSync(page, "utf8"), script = html.match(/<script type="module">([^]*)<\/script>/)[1];
const part = (id) => html.match(new RegExp(`<script type="[^"]*" id="${id}">([^<]*)</script>`))[1];
const folder = mkdtempSync(`${tmpdir()}/descender-test-`);
// The page's two functions, unchanged.
const body = (name) => { const from = script.indexOf(`function ${name}(`); return script.slice(from, script.indexOf("\n}\n", from) + 3); };
writeFileSync(`${folder}/trainer.mjs`, `export async ${body("startTrainer")}export ${body("readIdx")}`);
const { startTrainer, readIdx } = await import(`${folder}/trainer.mjs`);
rmSync(folder, { recursive: true });

let steps = 0;
const trainer = await startTrainer(gunzipSync(Buffer.from(part("train"), "base64")), (event) => {
  if (event.kind === "epoch") console.log(`epoch ${event.epoch} ${event.loss} ${event.accuracy}`);
  return ++steps % 7 === 0;
});
trainer.recipe(JSON.parse(readFileSync(recipe, "utf8")));
if (start) trainer.start(readFileSync(start));
if (Number(data)) trainer.digits(Number(data), 0);
else {
  const images = readIdx(readFileSync(`${data}/train-images-idx3-ubyte`), "images"), labels = readIdx(readFileSync(`${data}/train-labels-idx1-ubyte`), "labels");
  trainer.data(images.values, labels.values, [1, ...images.sizes.slice(1)], [..."0123456789"]);
}
try {
  trainer.begin();
  while (!trainer.train());
} catch (error) { console.error(error.message); process.exit(1); }
writeFileSync(out, trainer.file());

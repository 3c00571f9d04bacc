// SPDX-License-Identifier: MIT
// machine.js: runs an exported network: the calls of its plan, in order, on WebAssembly functions. Needs no
// page: node runs it too.

export function decode(text) { return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)); }

export async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function start(text, imports) {
  const { instance } = await WebAssembly.instantiate(await inflate(decode(text)), imports);
  instance.exports._initialize?.();
  return instance.exports;
}

// `network`: written by the exporter; `code`: { plain, simd }, compressed, as base64. If simd is null or
// unsupported, plain is used.
export async function load(network, code) {
  const plain = await start(code.plain, {});
  let fast = plain, simd = false;
  if (code.simd) try { fast = await start(code.simd, {}); simd = true; } catch { /* this browser has no SIMD */ }

  // Weights, scratch, image and answer are contiguous in memory that only this network uses.
  const weights = await inflate(decode(network.weights)), round = (n) => Math.ceil(n / 16) * 16;
  const pixels = network.shape.reduce((a, b) => a * b), classes = network.classes.length;
  const total = round(weights.length) + round(network.scratch) + round(pixels) + 4 * classes;
  // Only the plain module has a heap; in the SIMD module nothing else allocates.
  const base = simd ? fast.memory.grow(Math.ceil(total / 65536)) * 65536 : plain.room(total);
  if (!base) throw new Error("there is not enough memory for the network");
  const place = { w: base };
  place.s = place.w + round(weights.length);
  place.i = place.s + round(network.scratch);
  place.a = place.i + round(pixels);
  new Uint8Array(fast.memory.buffer).set(weights, base);

  // An operand is a number, or the letter of a region and a byte offset: "s3136".
  const calls = network.calls.map(([name, ...operands]) => ({
    run: fast[name], operands: operands.map((one) => typeof one === "number" ? one : place[one[0]] + Number(one.slice(1))) }));

  return {
    simd, plain,
    // The probabilities of an image of bytes (channels, height, width).
    predict(image) {
      new Uint8Array(fast.memory.buffer).set(image, place.i);
      for (const { run, operands } of calls) run(...operands);
      return new Float32Array(fast.memory.buffer.slice(place.a, place.a + 4 * classes));
    },
  };
}

// Converts a picture to images: for digits, each digit found; otherwise the whole picture, scaled.
export function prepare(machine, network, { pixels, width, height, channels }) {
  const { room, leave, memory, find, fit } = machine.plain, each = network.shape.reduce((a, b) => a * b), most = 32;
  const from = room(pixels.length), to = room(most * each), images = [];
  if (from && to) {
    new Uint8Array(memory.buffer).set(pixels, from);
    const count = network.digits ? find(to, most, from, height, width, channels)
      : fit(to, ...network.shape, network.fit, network.ground, from, height, width, channels);
    for (let i = 0; i < count; i++) images.push(new Uint8Array(memory.buffer.slice(to + i * each, to + (i + 1) * each)));
  }
  leave(from);
  leave(to);
  return images;
}

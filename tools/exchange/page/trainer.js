// SPDX-License-Identifier: MIT
// trainer.js: the training library, in WebAssembly, as one object. Needs no page: a worker and node run it
// too.

// `module`: bytes or a compiled module; `onEvent` is called after each step and epoch and returns true to
// pause.
export async function startTrainer(module, onEvent = () => false) {
  const kinds = ["start", "step", "epoch", "warning", "end"];
  let at = null;
  const words = (from) => {
    const bytes = new Uint8Array(at.memory.buffer);
    return new TextDecoder().decode(bytes.slice(from, bytes.indexOf(0, from)));
  };
  const tell = (kind, epoch, epochs, step, steps, loss, accuracy, validationLoss, validationAccuracy, message) => onEvent({
    kind: kinds[kind], epoch, epochs, step, steps, loss, accuracy, validationLoss, validationAccuracy,
    message: message ? words(message) : null }) ? 1 : 0;
  // The system calls of a C library: only the time. There are no environment variables and no files.
  const NO = 8, view = () => new DataView(at.memory.buffer);
  const system = {
    environ_sizes_get: (count, size) => { view().setUint32(count, 0, true); view().setUint32(size, 0, true); return 0; },
    environ_get: () => 0,
    clock_time_get: (id, precision, to) => { view().setBigUint64(to, BigInt(Math.round(performance.now() * 1e6)), true); return 0; },
    fd_close: () => NO, fd_seek: () => NO, fd_write: () => NO,
    proc_exit: () => { throw new Error("the trainer ended"); },
  };
  const compiled = module instanceof WebAssembly.Module ? module : await WebAssembly.compile(module);
  at = (await WebAssembly.instantiate(compiled, { page: { tell }, wasi_snapshot_preview1: system })).exports;
  at._initialize();

  const check = (status) => { if (status) throw new Error(words(at.message())); };
  const put = (bytes) => {
    const to = at.room(bytes.length);
    if (!to) throw new Error("there is not enough memory; choose fewer images");
    new Uint8Array(at.memory.buffer).set(bytes, to);
    return to;
  };
  const lend = (bytes, use) => {
    const to = put(bytes);
    try { return use(to, bytes.length); } finally { at.leave(to); }
  };
  const text = (words) => new TextEncoder().encode(words);
  const STOPPED = 9;
  let images = 0, asked = null;

  return {
    recipe(recipe) { lend(text(JSON.stringify(recipe)), (to, size) => check(at.recipe(to, size))); },
    // Images (count, channels, height, width) and labels, as bytes.
    data(pixels, labels, shape, classes) {
      const before = images;
      images = put(pixels);
      try {
        lend(labels, (to, count) => lend(text(classes.map((name) => name + "\0").join("")), (names) =>
          check(at.data(images, to, count, ...shape, classes.length, names))));
      } finally { at.leave(before); }
    },
    digits(count, seed) { check(at.digits(count, seed)); at.leave(images); images = 0; },
    start(file) { lend(file, (to, size) => check(at.start(to, size))); },
    begin() { check(at.begin()); },
    // Returns true if all epochs are done, false if paused; call again to continue.
    train() {
      const status = at.train();
      if (status !== STOPPED) check(status);
      return !status;
    },
    // The network as a .safetensors file.
    file() {
      const from = at.model();
      if (!from) check(1);
      return new Uint8Array(at.memory.buffer.slice(from, from + at.model_size()));
    },
    // From now on predict uses the network of that file.
    take(file, pixels, classes) {
      lend(file, (to, size) => check(at.take(to, size)));
      if (asked) at.leave(asked.image), at.leave(asked.answer);
      asked = { image: at.room(pixels), answer: at.room(4 * classes), classes };
    },
    predict(image) {
      new Uint8Array(at.memory.buffer).set(image, asked.image);
      check(at.predict(asked.answer, asked.image));
      return new Float32Array(at.memory.buffer.slice(asked.answer, asked.answer + 4 * asked.classes));
    },
  };
}

// Reads an IDX file of bytes: its shape and its contents.
export function readIdx(bytes, name) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || bytes[0] || bytes[1] || bytes[2] !== 8 || !bytes[3] || bytes[3] > 4 || bytes.length < 4 + 4 * bytes[3])
    throw new Error(`${name} is no IDX file of bytes`);
  const sizes = Array.from({ length: bytes[3] }, (_, i) => view.getUint32(4 + 4 * i));
  const values = bytes.subarray(4 + 4 * sizes.length), expected = sizes.reduce((a, b) => a * b);
  if (values.length !== expected) throw new Error(`${name}: expected ${expected} values, found ${values.length}; the file is damaged`);
  return { sizes, values };
}

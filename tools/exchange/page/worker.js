// SPDX-License-Identifier: MIT
// worker.js: trains while a page is shown: in a worker, or, if there can be none, in the page itself in
// slices of time.

// `post` receives events; the returned function takes requests: { code, recipe, digits | data, start }, or {
// stop: true }.
export function serveTraining(startTrainer, post) {
  const SLICE = 60, TELL = 100; // milliseconds
  let stopped = false, next = 0, told = 0;
  return async (asked) => {
    if (asked.stop) { stopped = true; return; }
    stopped = false;
    try {
      const trainer = await startTrainer(asked.code, (event) => {
        const now = performance.now();
        if (event.kind !== "step" || now > told + TELL) { told = now; post({ event }); }
        return now > next;
      });
      trainer.recipe(asked.recipe);
      if (asked.start) trainer.start(asked.start);
      if (asked.data) trainer.data(asked.data.pixels, asked.data.labels, asked.data.shape, asked.data.classes);
      else trainer.digits(asked.digits.count, asked.digits.seed);
      trainer.begin();
      let done = false;
      while (!done && !stopped) {
        next = performance.now() + SLICE;
        done = trainer.train();
        if (!done) await new Promise((go) => setTimeout(go));
      }
      post({ done, file: trainer.file() });
    } catch (error) { post({ wrong: error.message }); }
  };
}

// SPDX-License-Identifier: MIT
// inference.mjs: ONNX Runtime's figures for bench/inference.c.
//
//   node inference.mjs FOLDER NET BATCH THREADS latency|speed
//
// FOLDER holds NET.onnx and node/ with onnxruntime-node. Prints the median in microseconds per call, or
// images per second.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [folder, net, batchText, threads, what] = process.argv.slice(2);
const batch = Number(batchText);
let ort;
try {
    ort = createRequire(resolve(folder, 'node', 'x.js'))('onnxruntime-node');
} catch (error) {
    console.log(`absent: ${error.message.split('\n')[0]}`);
    process.exit();
}
const session = await ort.InferenceSession.create(`${folder}/${net}.onnx`, {
    intraOpNumThreads: Number(threads), interOpNumThreads: 1, graphOptimizationLevel: 'all',
});
const values = Float32Array.from({ length: batch * 784 }, (_, i) => ((i * 7919) % 5 ? 0 : ((i * 31) % 97) / 97));
const x = new ort.Tensor('float32', values, [batch, 1, 28, 28]);
const times = [];
for (let i = 0; i < 20; i++) await session.run({ x });
const begin = performance.now();
while (performance.now() - begin < 1000 || times.length < 5) {
    const start = performance.now();
    await session.run({ x });
    times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
const median = times[times.length >> 1];
console.log(what === 'latency' ? median * 1e3 : (batch / median) * 1e3);

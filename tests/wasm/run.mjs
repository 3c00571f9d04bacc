// SPDX-License-Identifier: MIT
// run.mjs: runs a WebAssembly program: node run.mjs PROGRAM.wasm
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const wasi = new WASI({ version: 'preview1' });
const program = await WebAssembly.compile(await readFile(process.argv[2]));
const imports = { wasi_snapshot_preview1: wasi.wasiImport };
process.exit(wasi.start(await WebAssembly.instantiate(program, imports)) ?? 0);

// SPDX-License-Identifier: MIT
// paint.js: bytes as pictures; the page of `descender export --to web` has it, too.

export function bytes(text) { return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)); }

export function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// Gives a canvas the role of a picture, with a description for accessibility.
export function describe(canvas, words) {
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", words);
}

// Draws a picture with 1 or 3 planes.
export function paintImage(canvas, [channels, height, width], values) {
  const plane = width * height;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = values[channels === 3 ? c * plane + i : i];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

// SPDX-License-Identifier: MIT
// maps.js: draws activations as many small pictures in a grid, and the attribution of an answer over the picture.

export const grey = (v) => [v, v, v];
// 128 is black; below it blue, above it orange.
export const signed = (v) => v < 128
  ? [40 - (128 - v) * 0.1, 40 + (128 - v) * 0.9, 40 + (128 - v) * 1.6] : [40 + (v - 128) * 1.65, 40 + (v - 128) * 0.85, 40];

// `maps` pictures of one channel, one after the other in `values`, in columns with a gap of one pixel.
export function paintMaps(canvas, width, height, values, colour, columns = 1, maps = 1) {
  const rows = Math.ceil(maps / columns), gap = maps > 1 ? 1 : 0;
  canvas.width = columns * (width + gap) - gap;
  canvas.height = rows * (height + gap) - gap;
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height);
  for (let m = 0; m < maps; m++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = 4 * (((m / columns | 0) * (height + gap) + y) * canvas.width + (m % columns) * (width + gap) + x);
        [image.data[at], image.data[at + 1], image.data[at + 2]] = colour(values[(m * height + y) * width + x]);
        image.data[at + 3] = 255;
      }
  context.putImageData(image, 0, 0);
}

// Shows the attribution of an answer over its picture: above 128 for the answer, below against it. Where the
// attribution is zero, the picture shows faintly.
export function paintOver(canvas, [channels, height, width], values, attribution) {
  const plane = width * height;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let i = 0; i < plane; i++) {
    let light = 0;
    for (let c = 0; c < channels; c++) light += values[c * plane + i] / channels;
    const share = (attribution[i] - 128) / 127, size = Math.min(1, Math.abs(share)), ground = 0.28 * light;
    const colour = share < 0 ? [60, 150, 255] : [255, 150, 40];
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = ground * (1 - size) + colour[c] * size;
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

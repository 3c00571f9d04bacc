// SPDX-License-Identifier: MIT
// page.mjs: the page of `descender serve` as a person uses it: `node page.mjs PROGRAM RUNS FOLDER-FOR-SCREENSHOTS`.
// Drives Debian's Chromium by playwright-core (DESCENDER_PLAYWRIGHT: the folder it is installed in). Prints `ok - ` and `not ok - ` lines.
import { spawn, execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import { once } from "node:events";

const [program, runs, folder] = process.argv.slice(2);
const { chromium } = createRequire(`${process.env.DESCENDER_PLAYWRIGHT}/`)("playwright-core");
mkdirSync(folder, { recursive: true });
let failed = 0;
function check(name, good, found) {
  console.log(good ? `ok - ${name}` : `not ok - ${name}${found === undefined ? "" : `: found ${JSON.stringify(found)}`}`);
  if (!good) failed++;
}

const server = spawn(program, ["serve", "--port", "0", "--runs", runs, "--quiet"], { stdio: ["ignore", "pipe", "inherit"] });
const [line] = await once(server.stdout, "data");
const url = String(line).trim();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });

// ---- strokes, in a square of 1, as one writes ----
function arc(x, y, rx, ry, from, to) {
  const points = [];
  for (let i = 0; i <= 16; i++) {
    const a = (from + (to - from) * i / 16) * Math.PI / 180;
    points.push([x + rx * Math.cos(a), y + ry * Math.sin(a)]);
  }
  return points;
}
const digits = [
  [arc(0.5, 0.5, 0.27, 0.38, -80, 285)],
  [[[0.42, 0.25], [0.53, 0.14], [0.5, 0.86]]],
  [[...arc(0.5, 0.34, 0.23, 0.22, 190, 380), [0.27, 0.85], [0.78, 0.85]]],
  [[...arc(0.47, 0.31, 0.24, 0.19, 210, 440), ...arc(0.47, 0.69, 0.27, 0.2, 280, 500)]],
  [[[0.4, 0.13], [0.24, 0.58], [0.77, 0.58]], [[0.63, 0.36], [0.6, 0.87]]],
  [[[0.36, 0.14], [0.32, 0.46], ...arc(0.47, 0.65, 0.25, 0.21, 240, 500)], [[0.36, 0.14], [0.73, 0.13]]],
  [[...arc(0.72, 0.53, 0.44, 0.42, 250, 180), ...arc(0.49, 0.66, 0.21, 0.2, 180, 540)]],
  [[[0.24, 0.15], [0.77, 0.15], [0.44, 0.87]]],
  [[...arc(0.5, 0.31, 0.18, 0.18, 90, 450), ...arc(0.5, 0.68, 0.22, 0.19, 270, 630)]],
  [[...arc(0.5, 0.33, 0.21, 0.2, 0, 360), [0.67, 0.87]]],
];
async function write(page, strokes) {
  const box = await page.locator("#pad").boundingBox();
  for (const stroke of strokes) {
    const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(stroke[0]));
    await page.mouse.down();
    for (const point of stroke.slice(1)) await page.mouse.move(...at(point), { steps: 2 });
    await page.mouse.up();
  }
}
const answer = (page) => page.locator("#answer").innerText();
async function settles(page, wanted) {
  try { await page.waitForFunction((w) => document.querySelector("#answer strong")?.textContent === w, wanted, { timeout: 3000 }); return true; }
  catch { return false; }
}

try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) problems.push(message.text()); });
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(url);
  await page.waitForFunction(() => document.querySelectorAll("#bars li").length === 10);
  for (let digit = 0; digit < 10; digit++) {
    await page.click("#clear");
    await write(page, digits[digit]);
    check(`a ${digit} drawn with the mouse is read`, await settles(page, String(digit)), await answer(page));
  }
  check("the layers are shown", await page.locator("#layers .layer").count() >= 5);
  const lit = await page.evaluate(() => [...document.getElementById("seen").getContext("2d").getImageData(0, 0, 28, 28).data].filter((v, i) => i % 4 === 0 && v > 128).length);
  check("what it saw is shown", lit > 20 && lit < 300, lit);
  await page.screenshot({ path: `${folder}/draw-1440.png`, fullPage: true });

  await page.click("#clear");
  check("an empty pad asks for a drawing", (await answer(page)).startsWith("Draw"), await answer(page));
  await page.focus("#pad");
  for (const key of ["3", "8", "5"]) {
    await page.keyboard.press(key);
    check(`the key ${key} draws an example that is read`, await settles(page, key), await answer(page));
  }
  await page.keyboard.press("Escape");
  check("Escape clears", (await answer(page)).startsWith("Draw"));

  // Two digits: both are read, and either can be looked at.
  const half = (strokes, x) => strokes.map((stroke) => stroke.map(([a, b]) => [x + a * 0.45, 0.25 + b * 0.5]));
  await page.locator("#pen").fill("14");
  await write(page, [...half(digits[4], 0.02), ...half(digits[7], 0.5)]);
  check("two digits are read in order", await settles(page, "4 7"), await answer(page));
  await page.locator("#several button").nth(1).click();
  await page.waitForFunction(() => document.querySelectorAll("#several button")[1]?.getAttribute("aria-pressed") === "true");
  check("the second can be chosen", await page.locator("#bars li.best span").first().innerText() === "7");

  // An image that is dropped.
  const draws = (framed, factor) => page.evaluateHandle(async ([framed, factor]) => {
    const canvas = document.createElement("canvas");
    canvas.width = 300 * factor; canvas.height = 200 * factor;
    const c = canvas.getContext("2d");
    c.scale(factor, factor);
    c.fillStyle = "#223"; c.fillRect(0, 0, 300, 200);
    c.strokeStyle = "#eed"; c.lineWidth = 12; c.lineCap = "round";
    c.beginPath(); c.moveTo(110, 40); c.lineTo(180, 40); c.lineTo(140, 160); c.stroke();
    if (framed) { c.lineWidth = 3; c.strokeRect(60, 15, 180, 170); }
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], "seven.png", { type: "image/png" }));
    return transfer;
  }, [framed, factor]);
  const dropped = await draws(false, 1);
  await page.dispatchEvent("#pad", "drop", { dataTransfer: dropped });
  check("a dropped image, light on dark, is read", await settles(page, "7"), await answer(page));
  await page.focus("#pad");
  await page.keyboard.press("Escape");
  check("and is gone with Escape", (await answer(page)).startsWith("Draw"));
  await page.evaluate((transfer) => document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true })), dropped);
  check("a pasted image is read as well", await settles(page, "7"), await answer(page));
  check("of which nothing is left out", !(await page.locator("#speed").innerText()).includes("left out"));
  await page.dispatchEvent("#pad", "drop", { dataTransfer: await draws(true, 8) });
  await page.waitForFunction(() => document.getElementById("speed").textContent.includes("left out"));
  const remark = await page.locator("#speed").innerText();
  check("what is left out of an image, and that it was made smaller, is said",
    remark.includes("1 ruled line or box") && remark.includes("made smaller, to 2048 x 1365 pixels") && await settles(page, "7"), remark);
  await page.screenshot({ path: `${folder}/remark.png` });

  // Tabs by keyboard; a run, live, with its curves.
  await page.focus("#tab-draw");
  await page.keyboard.press("ArrowRight");
  check("an arrow key opens the runs", await page.locator("#view-runs").isVisible());
  await page.waitForSelector("#runs tbody tr");
  await page.waitForFunction(() => document.getElementById("run-state").textContent.includes("epoch"));
  const painted = await page.evaluate(() => [...document.getElementById("chart-loss").getContext("2d").getImageData(0, 0, 640, 300).data].some((v) => v));
  check("a run's curve is drawn", painted);
  check("its state is told", /(training|finished|stopped)/.test(await page.locator("#run-state").innerText()));
  check("its mistakes on what was held out are shown", await page.locator("#mistakes canvas").count() > 0 || !(await page.locator("#mistakes-part").isVisible()));
  await page.locator("#runs button", { hasText: "finished" }).click();
  await page.waitForFunction(() => document.getElementById("run-state").textContent.startsWith("finished"));
  check("the mistakes of a run that held images out are shown", await page.locator("#mistakes canvas").count() > 0);
  await page.click("#make-report");
  let reported = false;
  try { await page.waitForSelector("#report:not([hidden])", { timeout: 60000 }); reported = true; } catch { /* told below */ }
  check("a report is made and shown", reported, await page.locator("#no-report").innerText());
  await page.screenshot({ path: `${folder}/runs-1440.png`, fullPage: true });
  check("nothing is complained of", problems.filter((text) => !text.includes("404")).length === 0, problems);

  for (const scheme of ["light", "dark"])
    for (const [width, height] of [[390, 844], [820, 1180], [1440, 1000]]) {
      const other = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, hasTouch: width < 500 });
      const small = await other.newPage();
      await small.goto(url);
      await small.waitForFunction(() => document.querySelectorAll("#bars li").length === 10);
      await small.focus("#pad");
      await small.keyboard.press("2");
      await settles(small, "2");
      const wide = await small.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(`no sideways scrolling at ${width}, ${scheme}`, wide <= 0, wide);
      await small.screenshot({ path: `${folder}/draw-${width}-${scheme}.png`, fullPage: true });
      await small.click("#tab-runs");
      await small.waitForSelector("#runs tbody tr");
      await small.waitForTimeout(300);
      const also = await small.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(`nor among the runs at ${width}, ${scheme}`, also <= 0, also);
      await small.screenshot({ path: `${folder}/runs-${width}-${scheme}.png`, fullPage: true });
      await other.close();
    }

  // Every control has a name, for screen readers.
  const nameless = await page.evaluate(() => [...document.querySelectorAll("button, input, canvas, iframe, progress, img")]
    .filter((e) => e.tagName !== "IMG" || !e.hasAttribute("alt"))
    .filter((e) => !(e.getAttribute("aria-label") || e.title || e.textContent.trim() || e.closest("label")))
    .map((e) => e.outerHTML.slice(0, 80)));
  check("every control has a name", nameless.length === 0, nameless);

  // A touch draws as well.
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const touched = await phone.newPage();
  await touched.goto(url);
  await touched.waitForFunction(() => document.querySelectorAll("#bars li").length === 10);
  const box = await touched.locator("#pad").boundingBox();
  const client = await phone.newCDPSession(touched);
  const touch = (type, points) => client.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height })) });
  await touch("touchStart", [[0.5, 0.15]]);
  for (let i = 1; i <= 10; i++) await touch("touchMove", [[0.5, 0.15 + 0.07 * i]]);
  await touch("touchEnd", []);
  check("a finger draws a 1", await settles(touched, "1"), await answer(touched));
} catch (problem) {
  check("the page can be used to the end", false, String(problem));
} finally {
  await browser.close();
  server.kill("SIGINT");
  const [status] = await once(server, "exit");
  check("Ctrl-C ends the server", status === 0 || status === 130, status);
}
process.exit(failed ? 1 : 0);

// SPDX-License-Identifier: MIT
// found.mjs: a photo on the page of `descender serve`: its digits are corrected, kept and trained on; non-digits; and
// the page under a name that other machines use: `node found.mjs PROGRAM MODEL FOLDER FOLDER-FOR-SCREENSHOTS`. MODEL is
// a file; FOLDER is created. Prints `ok - ` and `not ok - ` lines.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { axe, check, digits, failed, launch } from "./testing.mjs";

const [program, model, folder, shots] = process.argv.slice(2), NAME = "digits.example.org";
mkdirSync(shots, { recursive: true });

async function serve(...more) {
  const server = spawn(program, ["serve", "--port", "0", "--runs", `${folder}/runs`, ...more], { stdio: ["ignore", "pipe", "pipe"] });
  server.printed = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text) => { server.printed += text; });
  const wanted = more.includes("--allow-host") ? /token=\w{32}\n/ : /http:\S+\n/;
  while (!wanted.test(server.printed)) await once(server.stdout, "data");
  server.urls = server.printed.match(/http:\S+/g);
  return server;
}
async function end(server) {
  server.kill("SIGINT");
  await once(server, "exit");
}
const comes = async (page, what, argument, timeout = 5000) => {
  try { await page.waitForFunction(what, argument, { timeout }); return true; } catch { return false; }
};
const violations = async (page) => {
  await page.evaluate(axe);
  return (await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }))).violations
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}`)).slice(0, 5);
};

// A sheet with these digits in two lines, blue on warm paper with a shadow, and a line across, as a PNG file.
async function photo(page, wanted) {
  const url = await page.evaluate(([wanted, all]) => {
    const canvas = document.createElement("canvas"), c = canvas.getContext("2d");
    canvas.width = 1200; canvas.height = 800;
    const paper = c.createLinearGradient(0, 0, 1200, 800);
    paper.addColorStop(0, "#f3ead8"); paper.addColorStop(1, "#c9bfae");
    c.fillStyle = paper; c.fillRect(0, 0, 1200, 800);
    c.strokeStyle = "#1b3b8f"; c.lineWidth = 16; c.lineCap = c.lineJoin = "round";
    wanted.forEach((digit, i) => {
      const x = 90 + (i % 4) * 270, y = i < 4 ? 40 : 440;
      for (const stroke of all[digit]) {
        c.beginPath();
        stroke.forEach(([a, b], k) => (k ? c.lineTo(x + 230 * a, y + 300 * b) : c.moveTo(x + 230 * a, y + 300 * b)));
        c.stroke();
      }
    });
    c.lineWidth = 3; c.beginPath(); c.moveTo(0, 395); c.lineTo(1200, 395); c.stroke();
    return canvas.toDataURL().split(",")[1];
  }, [wanted, digits]);
  return { name: "sheet.png", mimeType: "image/png", buffer: Buffer.from(url, "base64") };
}
// A one, a star, a one.
async function marks(page) {
  const url = await page.evaluate(() => {
    const canvas = document.createElement("canvas"), c = canvas.getContext("2d");
    canvas.width = 520; canvas.height = 220;
    c.fillStyle = "#dddddd"; c.fillRect(0, 0, 520, 220);
    c.strokeStyle = "#222222"; c.lineWidth = 14;
    for (const [x0, y0, x1, y1] of [[87, 40, 87, 160], [407, 40, 407, 160], [180, 40, 300, 160], [300, 40, 180, 160], [240, 40, 240, 160], [180, 100, 300, 100]]) {
      c.beginPath(); c.moveTo(x0, y0); c.lineTo(x1, y1); c.stroke();
    }
    return canvas.toDataURL().split(",")[1];
  });
  return { name: "marks.png", mimeType: "image/png", buffer: Buffer.from(url, "base64") };
}
// The model with another threshold.
function withThreshold(path, below) {
  const read = readFileSync(model), size = Number(read.readBigUInt64LE(0)), header = JSON.parse(read.subarray(8, 8 + size).toString());
  header.__metadata__.refuse_below = String(below);
  let text = JSON.stringify(header);
  text += " ".repeat((8 - text.length % 8) % 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, Buffer.from(text), read.subarray(8 + size)]));
}
const labels = (page) => page.locator("#found-list select").evaluateAll((all) => all.map((one) => one.value).join(" "));

// The picture for the pages. The third digit is a seven with a foot, which its writer calls a 2.
const SHEET = [3, 1, 7, 4, 8, 5, 2];
const browser = await launch(`--host-resolver-rules=MAP ${NAME} 127.0.0.1`);
let server = await serve("--collect", `${folder}/corrections`);
try {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } }), page = await context.newPage(), problems = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) problems.push(message.text()); });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("response", (response) => { if (response.status() >= 400) problems.push(response.url()); });
  await page.goto(server.urls[0]);
  await page.waitForFunction(() => document.querySelectorAll(".bars li").length >= 10);
  check("nothing is shown as found on an empty pad", await page.locator("#found").isHidden());
  const sheet = await photo(page, SHEET);
  await page.locator('#drawing input[type="file"]').first().setInputFiles(sheet);
  await page.waitForSelector("#found-list li:nth-child(7)");
  check("each digit of a photo is shown with its answer", (await labels(page)) === SHEET.join(" "), await labels(page));
  check("and its probability", (await page.locator("#found-list .said").allInnerTexts()).every((text) => /^\d \d+\.\d %$/.test(text)), await page.locator("#found-list .said").allInnerTexts());
  check("what is left out is said in words", (await page.locator("#found-note").innerText()).includes("ruled line"), await page.locator("#found-note").innerText());
  const places = await page.evaluate(() => {
    const inside = document.getElementById("photo").getBoundingClientRect();
    return [...document.querySelectorAll(".box")].map((box) => {
      const at = box.getBoundingClientRect();
      return [(at.left - inside.left) / inside.width, (at.top - inside.top) / inside.height, at.width / inside.width, box.textContent];
    });
  });
  check("a box is around each, with the answer", places.length === 7 && places.every(([x, y, width, text], i) =>
    Math.abs(x + width / 2 - (90 + (i % 4) * 270 + 115) / 1200) < 0.04 && (y < 0.5) === (i < 4) && width < 0.2 && text === String(SHEET[i])), places);
  check("each image is its own", new Set(await page.locator("#found-list canvas").evaluateAll((all) => all.map((one) => one.toDataURL()))).size === 7);
  check("axe-core finds nothing wrong with it", (await violations(page)).length === 0, await violations(page));
  await page.screenshot({ path: `${shots}/found-1200-light.png`, fullPage: true });

  // By keyboard: the third digit is a 2, the last is no digit.
  const select = (i) => page.locator("#found-list select").nth(i);
  await select(2).focus();
  await page.keyboard.press("2");
  check("an answer is corrected by keyboard", (await labels(page)) === "3 1 2 4 8 5 2" && (await page.locator("#found-title").innerText()) === "7 digits found, 1 corrected",
    [await labels(page), await page.locator("#found-title").innerText()]);
  check("its box says so, and is shown with it", await page.evaluate(() => [...document.querySelectorAll(".box.corrected.chosen")].map((one) => one.textContent).join() === "2"));
  await select(6).selectOption({ label: "no digit" });
  check("one that is none is left out", (await page.locator("#keep").innerText()) === "Keep these 6 digits", await page.locator("#keep").innerText());
  await page.locator(".several button").nth(1).click();
  await page.waitForFunction(() => document.querySelectorAll(".several button")[1]?.getAttribute("aria-pressed") === "true");
  check("corrections outlast another look at the same picture", (await labels(page)) === "3 1 2 4 8 5 ", await labels(page));
  await page.screenshot({ path: `${shots}/found-corrected.png`, fullPage: true });
  await page.click("#keep");
  check("they are kept", await comes(page, () => document.getElementById("kept").textContent === "6 digits are kept."), await page.locator("#kept").innerText());
  check("once", await page.locator("#keep").isDisabled());
  check("how many there are is said, and how to go on", /^6 digits are collected in .*corrections\. To train on them: descender train --data /.test(await page.locator("#collection").innerText()),
    await page.locator("#collection").innerText());
  const file = readFileSync(`${folder}/corrections/train-labels-idx1-ubyte`);
  check("as they were corrected", [...file.subarray(8)].join("") === "312485", [...file]);

  // The loop: train on the corrected digits, starting from the served network, and use the result.
  await page.click("#go-on");
  check("training goes on with what is collected, from the network that is served",
    await comes(page, () => document.querySelector("[name=data]").selectedOptions[0]?.text.startsWith("the collection") && document.querySelector("[name=from]").value === ""));
  check("where the form is, by keyboard", await page.evaluate(() => document.activeElement.id === "train-start"));
  check("axe-core finds nothing wrong with the form", (await violations(page)).length === 0, await violations(page));
  await page.screenshot({ path: `${shots}/found-train.png` });
  await page.keyboard.press("Enter");
  check("the run ends", await comes(page, () => document.getElementById("run-state").textContent.startsWith("finished"), null, 60000), await page.locator("#train-note").innerText());
  await page.click("#tab-draw");
  await page.waitForFunction(() => document.querySelector(".which").options.length > 1);
  await page.locator(".which").first().selectOption("0001-corrections");
  check("the network that learned them reads the picture as it was corrected", await comes(page, () => document.querySelectorAll("#found-list .said strong").length === 7 &&
    [...document.querySelectorAll("#found-list .said strong")].slice(0, 6).map((one) => one.textContent).join("") === "312485"),
    await page.locator("#found-list .said").allInnerTexts());

  // A dropped file, and a picture without a digit.
  const transfer = await page.evaluateHandle(async (text) => {
    const made = new DataTransfer();
    made.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], "one.png", { type: "image/png" }));
    return made;
  }, (await photo(page, [6])).buffer.toString("base64"));
  await page.dispatchEvent("#paper", "drop", { dataTransfer: transfer });
  check("another picture takes its place", await comes(page, () => document.querySelectorAll("#found-list li").length === 1 && document.querySelectorAll(".box").length === 1));
  await page.click("#clear");
  check("and goes with it", await comes(page, () => document.getElementById("found").hidden));
  check("nothing is complained of", problems.filter((text) => !text.includes("willReadFrequently")).length === 0, problems);

  for (const scheme of ["light", "dark"])
    for (const width of [360, 1200]) {
      const other = await browser.newContext({ viewport: { width, height: 780 }, colorScheme: scheme, hasTouch: width === 360, isMobile: width === 360 });
      const small = await other.newPage();
      await small.goto(server.urls[0]);
      await small.waitForFunction(() => document.querySelectorAll(".bars li").length >= 10);
      if (width === 360) check("a telephone is offered its camera", await small.locator("#drawing .camera").isVisible() &&
        (await small.locator("#drawing .camera input").getAttribute("capture")) === "environment");
      await small.locator('#drawing input[type="file"]').nth(width === 360 ? 1 : 0).setInputFiles(sheet);
      await small.waitForSelector("#found-list li:nth-child(7)");
      await small.locator("#found-list select").nth(2).selectOption("2");
      check(`it fits ${width} pixels, ${scheme}`, await small.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      check(`axe-core finds nothing wrong at ${width}, ${scheme}`, (await violations(small)).length === 0, await violations(small));
      await small.locator("#found").screenshot({ path: `${shots}/found-${width}-${scheme}.png` });
      await other.close();
    }
  await end(server);

  // An answer below the model's threshold is no digit.
  withThreshold(`${folder}/all.safetensors`, 0);
  server = await serve(`${folder}/all.safetensors`);
  const first = await context.newPage(), read = first.waitForResponse((one) => one.url().includes("/api/read"));
  await first.goto(server.urls[0]);
  await first.waitForFunction(() => document.querySelectorAll(".bars li").length >= 10);
  const three = await marks(first);
  await first.locator('#drawing input[type="file"]').first().setInputFiles(three);
  const sure = (await (await read).json()).digits.map((one) => Math.max(...one.probabilities));
  check("without a threshold a mark is a digit", sure.length === 3 && sure[1] < Math.min(sure[0], sure[2]), sure);
  await first.close();
  await end(server);
  const below = (sure[1] + Math.min(sure[0], sure[2])) / 2;
  withThreshold(`${folder}/some.safetensors`, below);
  server = await serve(`${folder}/some.safetensors`, "--collect", `${folder}/marks`);
  for (const scheme of ["light", "dark"]) {
    const other = await browser.newContext({ viewport: { width: scheme === "dark" ? 360 : 1200, height: 900 }, colorScheme: scheme });
    const small = await other.newPage();
    await small.goto(server.urls[0]);
    await small.waitForFunction(() => document.querySelectorAll(".bars li").length >= 10);
    check(`the page says below what an answer is none, ${scheme}`, (await small.locator(".about").innerText()).includes(`An answer below ${(100 * below).toFixed(1)} % is refused: “no digit”.`),
      await small.locator(".about").innerText());
    await small.locator('#drawing input[type="file"]').first().setInputFiles(three);
    await small.waitForSelector("#found-list li:nth-child(3)");
    check("a mark is read as no digit", (await labels(small)) === "1  1" && (await small.locator(".answer").innerText()) === "1 12 digits, 1 mark is no digit",
      [await labels(small), await small.locator(".answer").innerText()]);
    check("with what it would be", /^no digit \(\d at \d+\.\d %\)$/.test(await small.locator("#found-list .said").nth(1).innerText()), await small.locator("#found-list .said").allInnerTexts());
    check("its box is another", await small.evaluate(() => [...document.querySelectorAll(".box.none")].map((one) => one.textContent).join() === "–" && document.querySelectorAll(".box.corrected").length === 0));
    check("and the title says so", (await small.locator("#found-title").innerText()) === "2 digits found, 1 mark is no digit" && (await small.locator("#keep").innerText()) === "Keep these 2 digits",
      [await small.locator("#found-title").innerText(), await small.locator("#keep").innerText()]);
    check(`axe-core finds nothing wrong with a mark, ${scheme}`, (await violations(small)).length === 0, await violations(small));
    await small.locator(".several button").nth(1).click();
    await small.waitForFunction(() => document.querySelectorAll(".several button")[1]?.getAttribute("aria-pressed") === "true");
    await small.screenshot({ path: `${shots}/marks-${scheme}.png`, fullPage: true });
    await small.locator("#found-list select").nth(1).selectOption("4");
    check("who says what it is keeps it", (await small.locator("#keep").innerText()) === "Keep these 3 digits" && (await small.locator("#found-title").innerText()) === "2 digits found, 1 mark is no digit, 1 corrected",
      await small.locator("#found-title").innerText());
    await other.close();
  }
  await end(server);
  withThreshold(`${folder}/none.safetensors`, 1);
  server = await serve(`${folder}/none.safetensors`);
  const drawn = await context.newPage();
  await drawn.goto(server.urls[0]);
  await drawn.waitForFunction(() => document.querySelectorAll(".bars li").length >= 10);
  await drawn.focus("#pad");
  await drawn.keyboard.press("4");
  check("a drawing is no digit", await comes(drawn, () => /^no digit\s*it would be \d at \d+\.\d %$/.test(document.querySelector(".answer").textContent)), await drawn.locator(".answer").innerText());
  check("no class is the best", (await drawn.locator(".bars .best").count()) === 0 && (await drawn.locator("#found-title").innerText()) === "No digit found, 1 mark is no digit", await drawn.locator("#found-title").innerText());
  check("it is said", await comes(drawn, () => /no digit; it would be/.test(document.getElementById("said").textContent)), await drawn.locator("#said").textContent());
  await drawn.screenshot({ path: `${shots}/no-digit.png`, fullPage: true });
  await end(server);

  // Without a folder, and under a name that other machines use.
  server = await serve("--allow-host", NAME);
  const locked = await context.newPage(), token = server.urls.find((one) => one.includes("?token="));
  const refused = await locked.goto(token.split("?")[0]);
  check("without the token the page says what to do", refused.status() === 403 && /whole address/.test(await locked.locator("main").innerText()), await locked.content());
  check("axe-core finds nothing wrong with that", (await violations(locked)).length === 0, await violations(locked));
  await locked.goto(token);
  await locked.waitForFunction(() => document.querySelectorAll(".bars li").length >= 10);
  check("with it the page is there, and the address does not show it", !locked.url().includes("token"), locked.url());
  await locked.reload();
  await locked.focus("#pad");
  await locked.keyboard.press("7");
  check("and stays", await comes(locked, () => document.querySelector("#found-list .said strong")?.textContent === "7"));
  check("what is corrected is not kept, and how it would be is said", (await locked.locator("#keep").isHidden()) &&
    (await locked.locator("#collection").innerText()).includes("descender serve --collect corrections"));
  check("its cookie is for no script", (await locked.evaluate(() => document.cookie)) === "");
  await locked.click("#tab-runs");
  check("nobody trains from there", await comes(locked, () => document.getElementById("train-why").textContent.includes("--allow-host")));
} catch (problem) {
  check("the page can be used to the end", false, String(problem));
} finally {
  await browser.close();
  await end(server);
}
process.exit(failed() ? 1 : 0);

// SPDX-License-Identifier: MIT
// page.mjs: uses the page of `descender serve` as a person would: `node page.mjs PROGRAM RUNS FOLDER-FOR-SCREENSHOTS`.
// Drives Debian's Chromium with playwright-core (DESCENDER_PLAYWRIGHT: the folder where it is installed). Prints `ok -
// ` and `not ok - ` lines.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { axe, check, digits, failed, launch } from "./testing.mjs";

const [program, runs, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

// Keeps the server's output: nothing of a report may appear in it.
async function serve(...more) {
  const server = spawn(program, ["serve", "--runs", runs, ...more], { stdio: ["ignore", "pipe", "pipe"] });
  server.printed = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text) => { server.printed += text; });
  await once(server.stdout, "data");
  server.url = server.printed.match(/http:\S+/)[0];
  return server;
}
async function end(server) {
  if (server.exitCode !== null) return server.exitCode;
  server.kill("SIGINT");
  const [status] = await once(server, "exit");
  return status;
}
let server = await serve("--port", "0");
const url = server.url, port = new URL(url).port;
const browser = await launch();

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
const answer = (page) => page.locator(".answer").first().innerText();
async function comes(page, what, argument, timeout = 4000) {
  try { await page.waitForFunction(what, argument, { timeout }); return true; }
  catch { return false; }
}
const settles = (page, wanted) => comes(page, (w) => document.querySelector(".answer strong")?.textContent === w, wanted);
const ready = (page) => page.waitForFunction(() => document.querySelectorAll(".bars li").length >= 10);

// No violations of axe-core's rules, in the page and in the report in its frame.
async function accessible(page, state) {
  const found = [];
  for (const frame of page.frames().filter((one) => one.url() !== "about:blank")) { // a frame without a report is hidden
    await frame.evaluate(axe);
    const result = await frame.evaluate(() => window.axe.run(document, { iframes: false, resultTypes: ["violations"] }));
    found.push(...result.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")} ${node.failureSummary.split("\n")[1] ?? ""}`)));
  }
  check(`axe-core finds nothing wrong: ${state}`, found.length === 0, found.slice(0, 6));
}

try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) problems.push(message.text()); });
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(url);
  await ready(page);
  await accessible(page, "an empty pad");
  for (let digit = 0; digit < 10; digit++) {
    await page.click("#clear");
    await write(page, digits[digit]);
    check(`a ${digit} drawn with the mouse is read`, await settles(page, String(digit)), await answer(page));
  }
  check("the layers are shown", await page.locator(".layers .layer").count() >= 5);
  const lit = await page.evaluate(() => [...document.querySelector(".seen").getContext("2d").getImageData(0, 0, 28, 28).data].filter((v, i) => i % 4 === 0 && v > 128).length);
  check("what it saw is shown", lit > 20 && lit < 300, lit);
  check("what the answer went by is shown over it", await page.evaluate(() => [...document.querySelector(".wentby").getContext("2d").getImageData(0, 0, 28, 28).data]
    .some((v, i, all) => i % 4 === 0 && v > all[i + 2] + 60)));
  check("the output units have names", (await page.locator(".units .name").allInnerTexts()).join("") === "0123456789");
  check("an answer is read aloud in words", await comes(page, () => /^9, \d+ percent$/.test(document.getElementById("said").textContent)),
    await page.locator("#said").innerText());
  await accessible(page, "a drawing that was read");
  await page.locator(".filters summary").click();
  check("the first layer's filters are large enough to see", await page.evaluate(() => {
    const canvas = document.querySelector(".filters canvas");
    return canvas.getBoundingClientRect().width / canvas.width >= 8;
  }));
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
  // Draws a seven by keys: the cursor moves left, the pen is set down and moves right, then down.
  for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Space");
  check("the cursor of the keys is seen", await page.locator("#cursor.down").isVisible());
  for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowRight");
  for (let i = 0; i < 14; i++) {
    await page.keyboard.press("ArrowDown");
    if (i % 3 === 0) await page.keyboard.press("ArrowLeft");
  }
  await page.keyboard.press("Space");
  check("arrow keys and the space bar draw a 7", await settles(page, "7"), await answer(page));
  await accessible(page, "a drawing by keys");
  await page.keyboard.press("Escape");

  // Two digits: both are read, and each can be selected.
  const half = (strokes, x) => strokes.map((stroke) => stroke.map(([a, b]) => [x + a * 0.45, 0.25 + b * 0.5]));
  await page.locator("#pen").fill("14");
  await write(page, [...half(digits[4], 0.02), ...half(digits[7], 0.5)]);
  check("two digits are read in order", await settles(page, "4 7"), await answer(page));
  await page.locator(".several button").nth(1).click();
  await page.waitForFunction(() => document.querySelectorAll(".several button")[1]?.getAttribute("aria-pressed") === "true");
  check("the second can be chosen", await page.locator(".bars li.best span").first().innerText() === "7");

  // A dropped image.
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
  check("of which nothing is left out", !(await page.locator(".note").innerText()).includes("left out"));
  await page.dispatchEvent("#pad", "drop", { dataTransfer: await draws(true, 8) });
  await page.waitForFunction(() => document.querySelector(".note").textContent.includes("left out"));
  const remark = await page.locator(".note").innerText();
  check("what is left out of an image, and that it was made smaller, is said",
    remark.includes("1 ruled line or box") && remark.includes("reduced to 2048 x 1365 pixels") && await settles(page, "7"), remark);
  await page.screenshot({ path: `${folder}/remark.png` });

  // Tabs by keyboard; a run while it trains, with its curves.
  await page.focus("#tab-draw");
  await page.keyboard.press("ArrowRight");
  check("an arrow key opens the runs", await page.locator("#view-runs").isVisible());
  await page.waitForSelector("#runs tbody tr");
  await page.waitForFunction(() => document.getElementById("run-state").textContent.includes("epoch"));
  const charts = (await (await page.request.get(`${url}api/site`)).json()).charts;
  const painted = () => page.evaluate(() => [...document.querySelectorAll("#chart-loss canvas")].some((canvas) => canvas.width && [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data].some((v) => v)));
  if (charts) check("a run's curve is drawn", await painted());
  await page.locator("#chart-loss summary").click();
  check("and told as a table", await comes(page, () => document.querySelectorAll("#chart-loss tbody tr").length > 1));
  check("its state is told", /(training|finished|stopped)/.test(await page.locator("#run-state").innerText()));
  await accessible(page, "a run that trains");
  const titles = await page.locator("#runs td .hint").allInnerTexts();
  check("each run is listed with its data and network", titles.length > 0 && titles.every((text) => /^.+: .+ parameters$/.test(text)), titles);
  check("a run says what it learns", titles.includes(await page.locator("#run-title").innerText()), await page.locator("#run-title").innerText());
  await page.locator("#runs button", { hasText: "finished" }).click();
  await page.waitForFunction(() => document.getElementById("run-state").textContent.startsWith("finished"));
  await page.waitForSelector("#history:not([hidden])");
  check("the mistakes of a run that held images out are shown", await comes(page, () => document.querySelectorAll("#mistakes canvas").length > 0));
  check("each says what it is and as what it was read", /^is \d, read as \d \(\d+ % sure\)$/.test(await page.locator("#mistakes figcaption").first().innerText()),
    await page.locator("#mistakes figcaption").first().innerText());
  check("overfitting is spoken of", /overfitting/i.test(await page.locator("#fit").innerText()));

  // Earlier epochs: the untrained network reads little, and the drawing works with it.
  const right = async () => Number.parseFloat(await page.locator("#history-note").innerText());
  const late = await right();
  await page.locator("#history-epoch").fill("0");
  await comes(page, () => document.getElementById("history-at").textContent.startsWith("before"));
  check("the slider goes back to before it learned anything", await right() < late - 30, [await right(), late]);
  check("the confusion of that time is shown", await page.locator("#confusion td.wrong[title]").count() > 10);
  await page.waitForSelector("#weights-part:not([hidden])");
  await accessible(page, "an epoch of a run");
  await page.click("#draw-against");
  check("its network reads the drawing", await comes(page, () => document.querySelector(".when output").textContent === "after epoch 0"));
  await page.focus("#pad");
  await page.keyboard.press("1");
  await page.waitForFunction(() => document.querySelector(".note").textContent.includes("after 0.0 epochs"));

  // Two networks on the same drawing.
  await page.click("#compare");
  await page.waitForFunction(() => document.querySelectorAll(".network .answer strong").length === 2);
  await page.locator(".which").nth(1).selectOption("");
  check("two networks read the same drawing", await comes(page, () => document.querySelectorAll(".answer strong")[1]?.textContent === "1"));
  check("and both are read aloud", await comes(page, () => /percent; \d, \d+ percent/.test(document.getElementById("said").textContent)), await page.locator("#said").innerText());
  await accessible(page, "two networks");
  await page.screenshot({ path: `${folder}/two-1440.png`, fullPage: true });

  // Several runs in one chart; a logarithmic axis.
  await page.click("#tab-runs");
  const boxes = page.locator('#runs input[type="checkbox"]');
  for (let i = 0; i < await boxes.count(); i++) await boxes.nth(i).check();
  check("several runs are in one chart", await comes(page, () => new Set([...document.querySelectorAll("#chart-loss thead th")].slice(1).map((th) => th.textContent.split(",")[0])).size > 1));
  await page.locator("#logarithmic").check();
  await page.waitForTimeout(200);
  if (charts) {
    check("they are drawn on a logarithmic axis", await painted());
    await page.locator("#chart-loss canvas").scrollIntoViewIfNeeded();
    const place = await page.locator("#chart-loss canvas").boundingBox(), before = await page.locator("#chart-loss canvas").screenshot();
    await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
    await page.waitForTimeout(200);
    check("hovering tells of a point", !before.equals(await page.locator("#chart-loss canvas").screenshot()));
  }
  await page.screenshot({ path: `${folder}/several-1440.png`, fullPage: true });

  // A report: created, shown, and not printed.
  await page.click("#make-report");
  let reported = false;
  try { await page.waitForSelector("#report:not([hidden])", { timeout: 60000 }); reported = true; } catch { /* told below */ }
  check("a report is made and shown", reported, await page.locator("#no-report").innerText());
  check("it does not fill the terminal", server.printed.trim().split("\n").length <= 2 && server.printed.length < 300, server.printed);
  await page.waitForTimeout(500);
  await accessible(page, "a run with its report");

  // Printed: no page is empty, and the file is small. A page without content is a file of a few hundred bytes.
  const sheet = await context.newPage();
  await sheet.setContent(await (await page.request.get(await page.locator("#report").evaluate((frame) => frame.src))).text());
  const pdf = await sheet.pdf({ format: "A4" }), pages = (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) || []).length;
  check("a report is printed on few pages, in 2 MB at most", pages > 1 && pages < 20 && pdf.length < 2e6, [pages, pdf.length]);
  const sizes = [];
  for (let i = 1; i <= pages; i++) sizes.push((await sheet.pdf({ format: "A4", pageRanges: String(i) })).length);
  check("none of them is empty", Math.min(...sizes) > 5000, sizes);
  await sheet.close();

  // Training from the page: started, stopped, resumed, one run at a time; the list refreshes by itself.
  await page.locator("[name=recipe]").selectOption("tutorial");
  await page.locator("[name=epochs]").fill("2000");
  await page.click("#train-rate");
  await page.waitForSelector("#rates:not([hidden])", { timeout: 60000 });
  check("a learning rate is searched for", await comes(page, () => document.getElementById("train-note").textContent.includes("first choice")));
  await page.click("#train-start");
  check("a run begins", await comes(page, () => document.getElementById("run-state").textContent.startsWith("training"), null, 30000),
    await page.locator("#train-note").innerText());
  const begun = await page.locator("#run-name").innerText();
  check("a second cannot be begun meanwhile", await page.locator("#train-start").isDisabled());
  await page.waitForSelector("#history:not([hidden])");
  await accessible(page, "a run that the page began");
  await page.click("#run-stop");
  check("it is stopped", await comes(page, () => document.getElementById("run-state").textContent.startsWith("stopped") && !document.getElementById("run-resume").hidden, null, 20000),
    await page.locator("#run-state").innerText());
  await page.click("#run-resume");
  check("and resumed", await comes(page, () => document.getElementById("run-state").textContent.startsWith("training"), null, 20000), await page.locator("#run-state").innerText());
  await page.screenshot({ path: `${folder}/runs-1440.png`, fullPage: true });
  // (Chromium warns about reading a canvas often, as this test does.)
  check("nothing is complained of", problems.filter((text) => !text.includes("willReadFrequently")).length === 0, problems);

  for (const scheme of ["light", "dark"])
    for (const [width, height] of [[390, 844], [820, 1180], [1440, 1000]]) {
      const other = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, hasTouch: width < 500 });
      const small = await other.newPage();
      await small.goto(url);
      await ready(small);
      await small.focus("#pad");
      await small.keyboard.press("2");
      await settles(small, "2");
      const wide = await small.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(`no sideways scrolling at ${width}, ${scheme}`, wide <= 0, wide);
      await accessible(small, `drawing at ${width}, ${scheme}`);
      await small.screenshot({ path: `${folder}/draw-${width}-${scheme}.png`, fullPage: true });
      await small.click("#tab-runs");
      await small.waitForSelector("#runs tbody tr");
      await small.waitForSelector("#history:not([hidden])");
      await small.locator("#chart-loss summary").click();
      await small.waitForTimeout(300);
      const also = await small.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(`nor among the runs at ${width}, ${scheme}`, also <= 0, also);
      await accessible(small, `runs at ${width}, ${scheme}`);
      await small.screenshot({ path: `${folder}/runs-${width}-${scheme}.png`, fullPage: true });
      await other.close();
    }

  // A touch draws as well.
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const touched = await phone.newPage();
  await touched.goto(url);
  await ready(touched);
  const box = await touched.locator("#pad").boundingBox();
  const client = await phone.newCDPSession(touched);
  const touch = (type, points) => client.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height })) });
  await touch("touchStart", [[0.5, 0.15]]);
  for (let i = 1; i <= 10; i++) await touch("touchMove", [[0.5, 0.15 + 0.07 * i]]);
  await touch("touchEnd", []);
  check("a finger draws a 1", await settles(touched, "1"), await answer(touched));
  await phone.close();

  // If the server is gone, both views say so; runs that it started have ended; and the page continues when the server
  // is back.
  check("Ctrl-C ends the server", [0, 130].includes(await end(server)));
  const log = readFileSync(`${runs}/${begun}/log.jsonl`, "utf8").trim().split("\n").at(-1);
  check("and the run that it had begun, which is saved", JSON.parse(log).event === "stop", log);
  const isTold = () => comes(page, () => !document.getElementById("gone").hidden && document.getElementById("gone").textContent.includes("cannot be reached"), null, 10000);
  check("a server that is gone is said to be gone, among the runs", await isTold());
  await accessible(page, "a server that is gone");
  await page.click("#tab-draw");
  await page.focus("#pad");
  await page.keyboard.press("4");
  check("and where one draws", await page.locator("#gone").isVisible() && await comes(page, () => document.querySelector(".answer").textContent.includes("cannot be reached")), await answer(page));
  server = await serve("--port", port, "--read-only");
  check("and the page goes on when it is back", await comes(page, () => document.getElementById("gone").hidden, null, 15000) && await settles(page, "4"), await answer(page));
  await page.reload();
  await ready(page);
  await page.click("#tab-runs");
  check("with --read-only nothing is trained", await comes(page, () => document.getElementById("train-form").hidden && document.getElementById("train-why").textContent.includes("--read-only")));
  check("and no report is made", await page.locator("#report-part").isHidden());

  // A model for other pictures: an area for pictures replaces the pad; the runs stay.
  await end(server);
  server = await serve("--port", "0", `${runs}/../colour/model.safetensors`);
  await page.goto(server.url);
  await page.waitForSelector("#upload:not([hidden])");
  check("a model of other pictures gets a place for pictures", await page.locator("#pad").isHidden());
  const red = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 60;
    canvas.getContext("2d").fillStyle = "rgb(170, 0, 0)";
    canvas.getContext("2d").fillRect(0, 0, 60, 60);
    return canvas.toDataURL().split(",")[1];
  });
  await page.locator('#upload input[type="file"]').first().setInputFiles({ name: "one.png", mimeType: "image/png", buffer: await page.locator("#tab-draw").screenshot() });
  check("what does not fit it is told", await comes(page, () => /proportions|colour/.test(document.querySelector(".answer").textContent)), await answer(page));
  await page.locator('#upload input[type="file"]').first().setInputFiles({ name: "red.png", mimeType: "image/png", buffer: Buffer.from(red, "base64") });
  check("a picture in colour is read, and its class is named in full", await settles(page, "a red square of an uncommonly long name"), await answer(page));
  check("and it is not called a digit", await comes(page, () => document.getElementById("found-title").textContent === "Is it right?" && document.querySelector(".photo").hidden),
    await page.locator("#found").innerText());
  await accessible(page, "a picture");
  await page.screenshot({ path: `${folder}/upload-1440.png`, fullPage: true });
  await page.click("#tab-runs");
  check("the runs stay there", await comes(page, () => document.querySelectorAll("#runs tbody tr").length > 1));
} catch (problem) {
  check("the page can be used to the end", false, String(problem));
} finally {
  await browser.close();
  await end(server);
}
process.exit(failed() ? 1 : 0);

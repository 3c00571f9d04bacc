// SPDX-License-Identifier: MIT
// suspects.mjs: opens the page of doubtful labels from the disk: node suspects.mjs PAGE DECISIONS
// FOLDER-FOR-SCREENSHOTS. Saves the decisions as DECISIONS, for `descender data suspects --apply`. Prints `ok - ` and
// `not ok - ` lines.
import { mkdirSync, readFileSync } from "node:fs";
import { axe, check, failed, launch } from "./testing.mjs";

const [path, decisions, shots] = process.argv.slice(2);
mkdirSync(shots, { recursive: true });

const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1100, height: 760 }, offline: true, acceptDownloads: true });
const page = await context.newPage(), errors = [];
page.on("pageerror", (error) => errors.push(String(error)));
page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });

await page.goto(`file://${path}`);
const cards = page.locator(".card");
const count = await cards.count();
check("the page has a card for each doubtful label", count >= 3, count);
check("each image is seen", await page.evaluate(() => [...document.querySelectorAll(".card img")].every((one) => one.naturalWidth > 0)));
check("nothing is decided at first", await page.locator("#save").isDisabled());
await cards.nth(0).getByText("change to").click();
await cards.nth(1).getByText("drop").click();
await cards.nth(2).getByText("keep").click();
await cards.nth(3).getByText("keep").click();
await cards.nth(3).getByText("keep").click();
check("what is pressed twice is undecided", (await page.locator("#count").textContent()).startsWith("3 of "),
  await page.locator("#count").textContent());
const answer = await cards.nth(0).getAttribute("data-answer");
check("what the networks say is proposed", (await cards.nth(0).locator("select").inputValue()) === answer);
await page.screenshot({ path: `${shots}/suspects.png` });
await page.addScriptTag({ content: axe });
const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] }));
check("it is accessible", found.violations.length === 0, found.violations.map((one) => one.id));
await page.setViewportSize({ width: 390, height: 844 });
check("it fits a telephone", await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
check("decisions are saved under their name", download.suggestedFilename() === "decisions.json", download.suggestedFilename());
await download.saveAs(decisions);
const saved = JSON.parse(readFileSync(decisions, "utf8"));
check("what was decided is in them", saved.decisions.length === 3 &&
  saved.decisions.map((one) => one.do).sort().join() === "change,drop,keep" &&
  saved.decisions.find((one) => one.do === "change").to === Number(answer), saved.decisions);
check("it says nothing to the console", errors.length === 0, errors);
await browser.close();
process.exit(failed() ? 1 : 0);

// SPDX-License-Identifier: MIT
// site.js: the search. index.js has one entry for each section: heading, page, address, text.
"use strict";

const query = document.getElementById("query");
const found = document.getElementById("found");
const text = document.getElementById("text");
const menu = document.getElementById("menu");
const MOST = 30;

// An entry must contain every word. A word in the heading scores more, and most if it is the whole heading.
function score(entry, words) {
  const heading = entry[0].toLowerCase(), body = entry[3].toLowerCase(), page = entry[1].toLowerCase();
  let sum = 0;
  for (const word of words) {
    const here = (heading === word ? 40 : 0) + (heading.includes(word) ? 10 : 0) + (page.includes(word) ? 3 : 0) +
      (body.includes(word) ? 1 : 0);
    if (!here) return 0;
    sum += here;
  }
  return sum;
}

function around(body, word) {
  const at = Math.max(0, body.toLowerCase().indexOf(word) - 60);
  return (at ? "… " : "") + body.slice(at, at + 180) + (at + 180 < body.length ? " …" : "");
}

function element(name, content) {
  const made = document.createElement(name);
  made.textContent = content;
  return made;
}

function search() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  found.hidden = !words.length;
  text.hidden = !!words.length;
  found.replaceChildren();
  if (!words.length) return;
  const hits = siteIndex.map(entry => [score(entry, words), entry]).filter(hit => hit[0]);
  hits.sort((a, b) => b[0] - a[0]);
  const list = document.createElement("ol");
  for (const [, entry] of hits.slice(0, MOST)) {
    const item = document.createElement("li"), link = element("a", entry[0]);
    link.href = entry[2];
    link.addEventListener("click", () => { query.value = ""; search(); });
    item.append(link, " ", element("small", entry[1]), element("p", around(entry[3], words[0])));
    list.append(item);
  }
  found.append(element("h1", hits.length ? `Found: ${hits.length}` : "Nothing found"), list);
}

query.addEventListener("input", search);
document.getElementById("search").addEventListener("submit", event => {
  event.preventDefault();
  const first = found.querySelector("a");
  if (first) first.click();
});
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && query.value) { query.value = ""; search(); }
});
// On wide screens the menu is a column and starts open; on phones it starts closed.
const wide = matchMedia("(min-width: 60rem)");
const settle = () => { menu.open = wide.matches; };
wide.addEventListener("change", settle);
settle();

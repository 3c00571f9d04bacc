// SPDX-License-Identifier: MIT
// tabs.js: the views. Arrow keys move between them (WAI-ARIA's pattern of tabs).

const tabs = [...document.querySelectorAll('[role="tab"]')];

export function openTab(name, focus) {
  for (const tab of tabs) {
    const on = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
    if (on && focus) tab.focus();
  }
  document.dispatchEvent(new CustomEvent("view", { detail: name }));
}

tabs.forEach((tab, i) => {
  const nameOf = (one) => one.id.slice("tab-".length);
  tab.addEventListener("click", () => openTab(nameOf(tab)));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) openTab(nameOf(tabs[(i + step + tabs.length) % tabs.length]), true);
  });
});

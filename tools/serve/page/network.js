// SPDX-License-Identifier: MIT
// network.js: a network beside the drawing: its name, its answer, the attribution, the outputs of its layers.
import { ask, askJson } from "./server.js";
import { grey, paintMaps, paintOver, signed } from "./maps.js";
import { bytes, describe, element, paintImage } from "./paint.js";

const template = document.getElementById("network");
const FOLLOW = 2000; // milliseconds between answers of a network in training

export function percent(share, digits = 1) { return `${(100 * share).toFixed(digits)} %`; }

export class Network {
  constructor(number, onChange) {
    this.root = template.content.firstElementChild.cloneNode(true);
    this.number = number;
    this.onChange = onChange;
    this.chosen = 0;          // the digit that is explained, if there are several
    this.network = { id: "", epoch: "" };
    this.select = this.find(".which");
    this.select.addEventListener("change", () => this.choose(this.select.value, ""));
    this.slider = this.find(".epoch");
    this.slider.addEventListener("input", () => this.choose(this.network.id, this.snapshots[Number(this.slider.value)] ?? ""));
    this.find(".inside").open = innerWidth >= 700;
    this.find("h2").textContent = number ? "The other answer" : "The answer";
    for (const canvas of this.root.querySelectorAll(".seen, .wentby")) describe(canvas, canvas.dataset.words);
  }

  find(selector) { return this.root.querySelector(selector); }

  // The available networks: [{ id, name, learning }].
  offer(networks) {
    this.offered = networks;
    const old = [...this.select.options].map((one) => `${one.value} ${one.text}`).join();
    if (networks.map((one) => `${one.id} ${one.name}`).join() !== old)
      this.select.replaceChildren(...networks.map((one) => element("option", { value: one.id, textContent: one.name })));
    this.select.value = this.network.id;
    this.find(".choice").hidden = networks.length < 2;
    const learns = networks.find((one) => one.id === this.network.id)?.learning;
    if (learns && !this.timer) this.timer = setInterval(() => { if (!document.hidden && this.root.isConnected) this.onChange(this); }, FOLLOW);
    if (!learns) { clearInterval(this.timer); this.timer = 0; }
  }

  address() {
    const { id, epoch } = this.network;
    return id ? `network=${encodeURIComponent(id)}&epoch=${encodeURIComponent(epoch)}` : "";
  }

  async choose(id, epoch) {
    this.network = { id, epoch };
    const { ok, value } = await askJson(`/api/model?${this.address()}`);
    if (this.network.id !== id || this.network.epoch !== epoch) return;
    if (!ok) { this.nothing(value.error); this.model = null; return; }
    this.model = value;
    this.makeBars();
    this.tellFilters();
    this.find(".about").textContent = `${value.name}: ${value.text}; ${value.parameters.toLocaleString("en")} parameters.` +
      (value.refuse_below > 0 ? ` An answer below ${percent(value.refuse_below)} is refused: “${this.refusal()}”.` : "") +
      (value.prepares ? "" : ` It takes whole pictures of ${value.shape[1]} x ${value.shape[2]}${value.shape[0] === 3 ? " in colour" : ""}.`);
    await this.tellSnapshots();
    this.offer(this.offered);
    this.onChange(this);
  }

  async tellSnapshots() {
    const { id, epoch } = this.network, row = this.find(".when");
    const { ok, value } = id ? await askJson(`/api/runs/${encodeURIComponent(id)}/snapshots`) : { ok: false };
    this.snapshots = ok ? value.filter((one) => one.network && one.name !== "now").map((one) => one.name) : [];
    row.hidden = this.snapshots.length === 0;
    this.slider.max = String(this.snapshots.length);
    const at = epoch === "" ? this.snapshots.length : this.snapshots.indexOf(epoch);
    this.slider.value = String(at);
    const words = epoch === "" ? "newest" : `after epoch ${Number(epoch)}`;
    this.find(".when output").textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
  }

  // The name of an answer below the threshold.
  refusal() { return this.model.prepares ? "no digit" : "no answer"; }

  makeBars() {
    this.find(".bars").replaceChildren(...this.model.classes.map((name) => element("li", {},
      element("span", { className: "name", textContent: name }),
      element("span", { className: "track" }, element("span", { className: "fill" })),
      element("span", { className: "share", textContent: "0.0 %" }))));
  }

  setBar(item, share, best) {
    item.classList.toggle("best", best);
    item.querySelector(".fill").style.transform = `scaleX(${share})`;
    item.querySelector(".share").textContent = percent(share);
  }

  nothing(text) {
    this.answered(null);
    this.find(".answer").textContent = text;
    this.said = text;
    for (const item of this.find(".bars").children) this.setBar(item, 0, false);
    for (const name of [".several", ".layers"]) this.find(name).replaceChildren();
    for (const name of [".shown", ".inside"]) this.find(name).hidden = true;
    this.find(".note").textContent = "";
  }

  answered(answer, drawing) { document.dispatchEvent(new CustomEvent("answer", { detail: { network: this, answer, drawing } })); }

  // Sends a drawing and shows the answer. Skips intermediate drawings.
  async read(drawing) {
    if (this.busy) { this.next = { drawing }; return; }
    this.busy = true;
    await this.readOne(drawing);
    this.busy = false;
    const next = this.next;
    this.next = null;
    if (next) await this.read(next.drawing);
  }

  async readOne(drawing) {
    if (!this.model) return;
    if (!drawing) { this.nothing(this.model.draws ? "Draw something." : "Choose a picture."); return; }
    const { pixels, channels, width, height, scale } = drawing;
    const response = await ask(`/api/read?width=${width}&height=${height}&channels=${channels}&digit=${this.chosen}&${this.address()}`,
      { method: "POST", body: pixels });
    if (!response) { this.nothing("The server cannot be reached."); return; }
    const answer = await response.json();
    if (!response.ok) { this.nothing(answer.error); return; }
    answer.remarks = [answer.remark, scale < 1 ? `the picture was reduced to ${width} x ${height} pixels` : ""].filter(Boolean);
    if (!answer.count) { this.nothing(answer.why || "Nothing was found."); return; }
    // All found digits, in order, with whether each is an answer.
    answer.marks = [...answer.digits, ...answer.refused.map((one) => ({ ...one, refused: true }))].sort((a, b) => a.index - b.index);
    this.tell(answer);
    this.answered(answer, drawing);
  }

  tell(answer) {
    const { marks, digits, refused } = answer, index = Math.min(this.chosen, marks.length - 1), mark = marks[index];
    const most = Math.max(...mark.probabilities), labels = digits.map((one) => one.label);
    const strong = element("strong", { textContent: labels.join(" ") || this.refusal() });
    const would = `it would be ${mark.label} at ${percent(most)}`;
    const apart = refused.length ? [refused.length === 1 ? "1 mark is no digit" : `${refused.length} marks are no digits`] : [];
    this.find(".answer").replaceChildren(strong, answer.count === 1 ? (mark.refused ? would : `${percent(most)} sure`)
      : [...(labels.length ? [`${answer.count - refused.length} digit${labels.length === 1 ? "" : "s"}`] : []), ...apart].join(", "));
    this.said = answer.count > 1 ? [...labels, ...apart].join(", ") : mark.refused ? `${this.refusal()}; ${would}` : `${mark.label}, ${Math.round(100 * most)} percent`;
    mark.probabilities.forEach((share, i) => { this.setBar(this.find(".bars").children[i], share, share === most && !mark.refused); });
    this.tellSeveral(answer, index);
    this.tellWhy(mark);
    const said = [`Answered in ${answer.milliseconds.toFixed(2)} ms`, ...answer.remarks];
    if (answer.epoch != null) said.unshift(`Network after ${answer.epoch.toFixed(1)} epochs`);
    this.find(".note").textContent = `${said.join("; ")}.`;
    if (mark.layers) this.tellLayers(mark.layers);
  }

  tellSeveral(answer, index) {
    this.find(".several").replaceChildren(...(answer.count < 2 ? [] : answer.marks.map((one, i) => {
      const button = element("button", { type: "button", textContent: one.refused ? "–" : one.label });
      button.setAttribute("aria-pressed", String(i === index));
      button.setAttribute("aria-label", `${i + 1} of ${answer.count}, ${one.refused ? `${this.refusal()}, it would be` : "read as"} ${one.label}`);
      button.addEventListener("click", () => { this.chosen = i; this.onChange(this); });
      return button;
    })));
  }

  tellWhy(digit) {
    const seen = bytes(digit.seen), shape = digit.shape;
    this.find(".shown").hidden = false;
    paintImage(this.find(".seen"), shape, seen);
    this.find(".seen-caption").textContent = `what it saw: ${shape[1]} x ${shape[2]}`;
    if (!digit.attribution) return;
    paintOver(this.find(".wentby"), shape, seen, bytes(digit.attribution));
    this.find(".wentby-caption").textContent = `orange speaks for ${digit.label}, blue against it`;
  }

  tellLayers(layers) {
    const list = this.find(".layers"), room = list.parentElement.clientWidth || 600;
    this.find(".inside").hidden = false;
    while (list.children.length > layers.length) list.lastChild.remove();
    layers.forEach((layer, i) => {
      if (!list.children[i]) list.append(element("div", { className: "layer" }, element("h3", {}), element("div", { className: "values" })));
      const item = list.children[i], maps = layer.width > 1 || layer.height > 1;
      const words = (maps ? `${layer.channels} maps of ${layer.height} x ${layer.width}` : `${layer.channels} units`) +
        (layer.shown < layer.channels ? `, the first ${layer.shown}` : "");
      item.firstChild.replaceChildren(layer.name, element("span", { textContent: words }));
      const named = !maps && layer.channels === this.model.classes.length && i >= layers.length - 2;
      if (named) this.tellUnits(item.lastChild, layer);
      else this.paintLayer(item.lastChild, layer, maps, room, `${layer.name}: ${words}`);
    });
  }

  paintLayer(place, layer, maps, room, words) {
    const canvas = place.querySelector("canvas") ?? element("canvas", {});
    if (canvas.parentElement !== place) place.replaceChildren(canvas);
    describe(canvas, words);
    const side = maps ? layer.width : 1, wanted = maps ? 72 : 14; // least pixels on the screen, if there is room
    const columns = Math.max(1, Math.min(layer.shown, Math.floor(room / (wanted + (maps ? 3 : 1)))));
    paintMaps(canvas, side, maps ? layer.height : 1, bytes(layer.values), layer.signed ? signed : grey, columns, layer.shown);
    canvas.style.width = `${Math.round(canvas.width * wanted / side)}px`;
  }

  // Units that stand for classes: each by name, with its value as a bar from the middle.
  tellUnits(place, layer) {
    const values = bytes(layer.values);
    place.replaceChildren(element("ol", { className: "units" }, ...this.model.classes.map((name, i) => {
      const share = layer.signed ? (values[i] - 128) / 127 : values[i] / 255, fill = element("span", { className: share < 0 ? "below" : "above" });
      fill.style.transform = `scaleX(${Math.abs(share)})`;
      return element("li", {}, element("span", { className: "name", textContent: name }), element("span", { className: "track" }, fill),
        element("span", { className: "share", textContent: (share * layer.most).toFixed(2) }));
    })));
  }

  tellFilters() {
    const filters = this.model.filters, part = this.find(".filters");
    part.hidden = !filters;
    if (!filters) return;
    const room = Math.max(240, (part.clientWidth || this.root.clientWidth || 600) - 20), wanted = filters.width > 8 ? 84 : 48;
    const columns = Math.max(2, Math.min(filters.shown, Math.floor(room / (wanted + 3))));
    const canvas = part.querySelector("canvas");
    paintMaps(canvas, filters.width, filters.height, bytes(filters.values), signed, columns, filters.shown);
    canvas.style.width = `${Math.round(canvas.width * wanted / filters.width)}px`;
    const words = `${filters.shown} of ${filters.all} ${filters.dense ? "units of the first layer, each with its weight for every pixel" : "filters of the first layer"}`;
    describe(canvas, words);
    part.querySelector(".filters-note").textContent = `${words}: orange is above zero, blue below.`;
  }
}

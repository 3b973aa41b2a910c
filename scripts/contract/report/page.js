"use strict";
(() => {
  const all = JSON.parse(document.getElementById("exchanges").textContent);
  const byId = (id) => document.getElementById(id);
  const CHUNK = 200;

  const make = (tag, { text, name, ...attributes } = {}, ...children) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (name) node.className = name;
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };

  // --- Copying ---------------------------------------------------------------------------------

  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = make("textarea", { text });
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };
  const copying = (button, text) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.textContent = (await copied(text())) ? "Copied" : "Not copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    copying(button, () => button.parentElement.querySelector("code").textContent);
  }

  // --- Bodies ----------------------------------------------------------------------------------

  // Line breaks and blanks are put between the tokens of a JSON body; the tokens stay as they were sent.
  const indented = (text) => {
    if (!/^\s*[[{]/.test(text)) return text;
    const tokens = text.match(/"(?:[^"\\]|\\.)*"?|[[\]{},:]|[^\s"[\]{},:]+/gs) ?? [];
    const parts = [];
    let depth = 0;
    const newLine = () => parts.push("\n", "  ".repeat(Math.min(depth, 40)));
    tokens.forEach((token, index) => {
      if (token === "{" || token === "[") {
        parts.push(token);
        depth += 1;
        if (!"}]".includes(tokens[index + 1] ?? "}")) newLine();
      } else if (token === "}" || token === "]") {
        depth = Math.max(0, depth - 1);
        if (!"{[".includes(tokens[index - 1] ?? "{")) newLine();
        parts.push(token);
      } else if (token === ",") {
        parts.push(token);
        newLine();
      } else {
        parts.push(token === ":" ? ": " : token);
      }
    });
    return parts.join("");
  };
  for (const body of document.querySelectorAll("[data-body]")) body.textContent = indented(body.textContent);

  // --- Light and dark --------------------------------------------------------------------------

  const theme = byId("theme");
  const root = document.documentElement;
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const label = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  const stored = (write) => {
    try {
      return write ? localStorage.setItem("plumbline-theme", write) : localStorage.getItem("plumbline-theme");
    } catch {
      return null; // a browser may keep nothing for a file
    }
  };
  const kept = stored();
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    stored(root.dataset.theme);
    label();
  });
  label();

  // --- The matrix ------------------------------------------------------------------------------

  const show = byId("matrix-show");
  if (show) {
    byId("matrix-controls").hidden = false;
    show.addEventListener("change", () => {
      const looks = show.value ? show.value.split(" ") : null;
      for (const body of document.querySelectorAll(".matrix tbody")) {
        const lines = [...body.querySelectorAll(".promise")];
        for (const line of lines) line.hidden = looks !== null && !looks.includes(line.dataset.look);
        body.hidden = lines.every((line) => line.hidden);
      }
    });
  }

  if (!byId("log-body")) return;

  // --- The log ---------------------------------------------------------------------------------

  const form = byId("filters");
  const rows = byId("rows");
  const more = byId("more");
  const classOf = (entry) => (entry.status === null ? "0" : String(entry.status)[0]);
  const lookOf = (entry) => ({ 2: "ok", 3: "none", 4: "unsure" })[classOf(entry)] || "bad";
  const pathOf = (url) => url.replace(/^[a-z]+:\/\/[^/]*/, "");
  const seconds = (value) => (value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`);
  const titleOf = (index) => byId(`finding-${index}`).querySelector("h3").textContent.trim();
  const textOf = (entry) => {
    entry.text ??= [entry.url, entry.body, entry.answer, entry.failure, ...entry.sent.flat(), ...entry.got.flat()]
      .join("\n").toLowerCase();
    return entry.text;
  };

  const options = (name, values) => {
    for (const value of values) form.elements[name].append(make("option", { text: value, value }));
  };
  const OTHER = "other requests";
  options("operation", [...new Set(all.map((entry) => entry.operation ?? OTHER))]);
  options("family", [...new Set(all.map((entry) => entry.family))]);

  const matches = (entry, wanted) =>
    (!wanted.operation || (entry.operation ?? OTHER) === wanted.operation) &&
    (!wanted.family || entry.family === wanted.family) &&
    (!wanted.status || (wanted.status === "none" ? "0" : wanted.status) === classOf(entry)) &&
    (!wanted.broken || entry.findings.length > 0) &&
    (!wanted.text || textOf(entry).includes(wanted.text.toLowerCase()));

  let found = all;
  let shown = 0;

  const message = (title, first, headers, body) => {
    const lines = [first, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\n");
    const code = make("code", { text: `${lines}\n\n${indented(body)}` });
    return make("div", { name: "message" }, make("h4", { text: title }), make("pre", { tabindex: "0" }, code));
  };

  const opened = (entry) => {
    const cell = make("td", { colspan: "7" });
    for (const index of entry.findings) {
      const link = make("a", { text: titleOf(index), href: `#finding-${index}` });
      link.addEventListener("click", () => { byId(`finding-${index}`).open = true; });
      cell.append(make("p", {}, "Shows ", link));
    }
    if (entry.curl) {
      const button = make("button", { text: "Copy", type: "button", name: "copy", "aria-label": "Copy the curl line" });
      copying(button, () => entry.curl);
      cell.append(make("div", { name: "line" }, make("pre", { tabindex: "0" }, make("code", { text: entry.curl })), button));
    }
    const answer = entry.status === null ? `no answer: ${entry.failure}` : String(entry.status);
    cell.append(make("div", { name: "messages" },
      message("Request", `${entry.method} ${entry.url}`, entry.sent, entry.body),
      message("Answer", answer, entry.got, entry.answer)));
    if (entry.cut) cell.append(make("p", { name: "quiet", text: "Cut here; exchanges.har has more." }));
    return make("tr", { name: "open" }, cell);
  };

  const toggle = (row, entry) => {
    const button = row.querySelector("button");
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) row.nextElementSibling.remove();
    else row.after(opened(entry));
  };

  const line = (entry) => {
    const button = make("button", { text: String(entry.number), type: "button", name: "number", "aria-expanded": "false",
      "aria-label": `Request ${entry.number}, show` });
    const request = make("td", { name: "request" }, make("span", { name: "url", text: `${entry.method} ${pathOf(entry.url)}` }));
    for (const index of entry.findings) request.append(" ", make("span", { name: "chip bad", text: titleOf(index) }));
    const status = make("span", { name: `status ${lookOf(entry)}`, text: entry.status === null ? "none" : String(entry.status) });
    const row = make("tr", { name: "entry", id: `exchange-${entry.number}` },
      make("td", {}, button),
      make("td", { text: entry.family }),
      make("td", { text: entry.operation ?? "" }),
      request,
      make("td", {}, status),
      make("td", { text: `${entry.at.toFixed(2)} s` }),
      make("td", { text: seconds(entry.seconds) }));
    row.addEventListener("click", (event) => {
      if (!String(getSelection())) toggle(row, entry);
      event.stopPropagation();
    });
    return row;
  };

  const showMore = (until = shown + CHUNK) => {
    rows.append(...found.slice(shown, until).map(line));
    shown = Math.min(found.length, Math.max(shown, until));
    more.hidden = shown >= found.length;
    more.textContent = `Show more (${found.length - shown} left)`;
  };

  const filter = () => {
    const wanted = Object.fromEntries(new FormData(form));
    found = all.filter((entry) => matches(entry, wanted));
    shown = 0;
    rows.replaceChildren();
    showMore();
    byId("count").textContent = `${found.length} of ${all.length}`;
    draw();
  };

  const open = (number) => {
    let index = found.findIndex((entry) => entry.number === number);
    if (index < 0) {
      form.reset();
      filter();
      index = found.findIndex((entry) => entry.number === number);
    }
    if (index < 0) return;
    if (index >= shown) showMore(index + 20);
    const row = byId(`exchange-${number}`);
    if (row.querySelector("button").getAttribute("aria-expanded") === "false") toggle(row, found[index]);
    row.scrollIntoView({ block: "center" });
    row.querySelector("button").focus();
  };

  // --- The timeline ----------------------------------------------------------------------------

  const SVG = "http://www.w3.org/2000/svg";
  const shape = (tag, attributes, text) => {
    const node = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const draw = () => {
    const timeline = byId("timeline");
    const families = [...new Set(all.map((entry) => entry.family))];
    const [left, lane, width] = [92, 15, 1200];
    const end = Math.max(0.001, ...all.map((entry) => entry.at + entry.seconds));
    const scale = (width - left - 8) / end;
    const height = families.length * lane + 20;
    timeline.setAttribute("viewBox", `0 0 ${width} ${height}`);
    timeline.replaceChildren();
    families.forEach((family, index) => {
      const y = index * lane;
      if (index % 2 === 0) timeline.append(shape("rect", { class: "lane", x: 0, y, width, height: lane }));
      timeline.append(shape("text", { x: 6, y: y + 11 }, family));
    });
    for (let tick = 0; tick <= 5; tick += 1) {
      const at = (end * tick) / 5;
      const anchor = tick === 5 ? "end" : "start";
      timeline.append(shape("text", { x: left + at * scale, y: height - 6, "text-anchor": anchor }, `${at.toFixed(1)} s`));
    }
    for (const entry of found) {
      const broke = entry.findings.length > 0;
      const mark = shape("rect", {
        class: `mark s${classOf(entry)}${broke ? " broke" : ""}`,
        x: (left + entry.at * scale).toFixed(2),
        y: families.indexOf(entry.family) * lane + (broke ? 0 : 3),
        width: Math.max(1, entry.seconds * scale).toFixed(2),
        height: broke ? lane : lane - 6,
      });
      mark.append(shape("title", {}, `${entry.number} ${entry.operation ?? ""} ${entry.status ?? "no answer"}`));
      mark.addEventListener("click", () => open(entry.number));
      timeline.append(mark);
    }
  };

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  more.addEventListener("click", () => showMore());
  for (const link of document.querySelectorAll("[data-open]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open(Number(link.dataset.open));
    });
  }
  byId("log-body").hidden = false;
  filter();
  if (location.hash.startsWith("#exchange-")) open(Number(location.hash.slice("#exchange-".length)));
})();

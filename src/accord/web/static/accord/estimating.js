// The work breakdown as a grid that is edited like a spreadsheet. The rows are ours (estimating-rows.js); Tabulator draws
// them, keeps thousands fluid and knows which cells are chosen. Every change goes through change(), so each can be undone.
"use strict";
(() => {
  const R = window.accordRows;
  const place = document.getElementById("grid");
  if (!place || !window.Tabulator) return;
  const words = document.getElementById("grid-words").dataset;
  const given = (id) => JSON.parse(document.getElementById(id).textContent);
  const part = (name) => document.querySelector(`[data-${name}]`);
  const roles = new Set(given("grid-roles"));
  const numbersOpen = place.dataset.shows !== "nothing";
  const tools = part("grid-tools"), told = part("grid-told"), state = part("save-state");
  const button = (name) => tools.querySelector(`[data-do="${name}"]`);

  let rows = R.keyed(given("grid-rows")), base = rows, revision = Number(place.dataset.revision);
  let untouched = "untouched" in place.dataset;  // a template's hours, which become one's own by saving them
  let sums = [], wrong = new Map(), dirty = false, saving = false, pending = null, table, version = 0;
  if (!rows.length) rows = [R.empty()];
  const undone = [], done = [];
  const MOST_STEPS = 200, FEW = 30, HIGHEST = "max(20rem, calc(100vh - 9.5rem))";

  // On a phone the hours stand beside the name, which stays in sight, and a tap edits: there is no key to begin with.
  const narrow = matchMedia("(max-width: 640px)").matches, touched = matchMedia("(hover: none)").matches;
  const order = narrow ? ["name", ...R.POINTS, "role", "units", "note"] : R.FIELDS;
  const STEP = narrow ? 0.5 : 1.25;  // rem that a level is indented by

  // Tabulator's rows hold our rows' keys only: what a cell shows is looked up, so there is one truth.
  let places = new Map(), faces = new Map(), drawn = rows, drawing = Promise.resolve();
  const shown = () => rows.map((row) => ({ id: row.key }));
  const at = (cell) => places.get(cell.getRow().getData().id);
  const rowAt = (k) => table.getRow(rows[Math.max(0, Math.min(rows.length - 1, k))].key);
  const isOpen = (k, field) => (!R.isSummary(rows, k) || !["role", "units", ...R.POINTS].includes(field)) && (numbersOpen || !R.POINTS.includes(field));

  const judge = () => {
    places = new Map(rows.map((row, k) => [row.key, k]));
    sums = R.sums(rows);
    wrong = new Map();
    for (const problem of R.problems(rows, roles)) wrong.set(`${problem.row} ${problem.field}`, problem.why);
  };

  // All that decides how a row looks: it is drawn anew when this differs.
  const face = (row, k) => JSON.stringify([row.level, R.FIELDS.map((field) => row[field]), R.isSummary(rows, k) && (sums[k] ?? 0), R.FIELDS.map((field) => wrong.get(`${k} ${field}`))]);

  // Cells

  const drawnCell = (field) => (cell) => {
    const k = at(cell), row = rows[k];
    if (!row) return "";
    const element = cell.getElement();
    const why = wrong.get(`${k} ${field}`), isSum = R.isSummary(rows, k) && field !== "name" && field !== "note";
    element.id = `cell-${row.key}-${field}`;
    element.classList.toggle("wrong-cell", Boolean(why));
    element.classList.toggle("sum-cell", isSum);
    if (why) element.setAttribute("aria-invalid", "true"); else element.removeAttribute("aria-invalid");
    const text = document.createElement("span");
    text.textContent = !isSum ? (R.POINTS.includes(field) && R.number(row[field]) ? R.hours(row[field]) : row[field]) : R.POINTS.includes(field) && sums[k]?.any ? R.hours(sums[k][field]) : "";
    if (field === "name") {
      text.className = R.isSummary(rows, k) ? "fw-bold" : "";
      text.style.paddingLeft = `${row.level * STEP}rem`;
      if (row.level) text.setAttribute("aria-description", `${words.levels} ${row.level + 1}`);
    }
    if (!why) return text;
    const both = document.createElement("span"), word = document.createElement("span");
    word.className = "why";
    word.textContent = words[why];
    both.append(text, word);
    return both;
  };
  const editor = (field) => (cell, onRendered, success, cancel) => {
    const input = document.createElement("input");
    input.className = "cell-input";
    input.value = pending ?? rows[at(cell)][field];
    const replaced = pending !== null;
    pending = null;
    input.setAttribute("aria-label", `${words[field]}, ${words.row} ${at(cell) + 1}`);
    if (field === "role") input.setAttribute("list", "grid-role-names");
    if (R.NUMBERS.has(field)) input.inputMode = "decimal";
    if (field === "name") { input.maxLength = 200; input.style.paddingLeft = `${rows[at(cell)].level * STEP + 0.5}rem`; }
    if (field === "note") input.maxLength = 500;
    let over = false;
    const close = (keep) => {
      if (over) return;
      over = true;
      if (keep) success(input.value); else cancel();
    };
    onRendered(() => { input.focus({ preventScroll: true }); if (!replaced) input.select(); });
    input.addEventListener("blur", () => close(true));
    input.addEventListener("keydown", (event) => {
      const moves = { Enter: [event.shiftKey ? -1 : 1, 0], Tab: [0, event.shiftKey ? -1 : 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
      event.stopPropagation();
      if (event.key === "Escape") { event.preventDefault(); close(false); focus(); return; }
      if (event.ctrlKey && event.key.toLowerCase() === "s") { event.preventDefault(); close(true); save(); return; }
      const move = moves[event.key];
      if (!move || (field === "role" && event.key.startsWith("Arrow"))) return;
      event.preventDefault();
      const k = at(cell);
      close(true);
      if (event.key === "Enter" && move[0] === 1 && k === rows.length - 1) change([...rows, R.empty(rows[k].level)], k + 1, "name");
      else go(k + move[0], field, move[1]);
    });
    return input;
  };

  const column = (field, width, more = {}) => ({
    title: words[field], field, formatter: drawnCell(field), editor: editor(field), headerSort: false, resizable: "header",
    editable: (cell) => isOpen(at(cell), field), minWidth: width, hozAlign: R.NUMBERS.has(field) ? "right" : "left",
    headerHozAlign: R.NUMBERS.has(field) ? "right" : "left", cellEdited: (cell) => edited(at(cell), field, cell.getValue()), ...more,
  });

  // Where one is

  const focus = () => table.rowManager.element.focus();
  const chosen = () => {
    const range = table.getRanges()[0];
    if (!range || !rows.length) return { top: 0, bottom: 0, left: 0, right: 0, field: "name" };
    const within = (k, most) => Math.max(0, Math.min(most - 1, k));
    const top = within(range.getTopEdge(), rows.length), bottom = within(range.getBottomEdge(), rows.length);
    const left = within(range.getLeftEdge(), order.length), right = within(range.getRightEdge(), order.length);
    return { top, bottom, left, right, field: order[left] };
  };
  const choose = (k, field, bottom = k, lastField = field) => {
    const first = rowAt(k), last = rowAt(bottom);
    if (!first || !last) return;
    table.scrollToRow(first, "nearest", false).catch(() => {});
    table.scrollToColumn(field, "middle", false).catch(() => {});
    table.getRanges()[0]?.setBounds(first.getCell(field), last.getCell(lastField));
    focus();
    tell();
  };
  const go = (k, field, sideways = 0) => {
    const next = order.indexOf(field) + sideways;
    if (next >= order.length) return choose(k + 1, order[0]);
    if (next < 0) return choose(k - 1, order.at(-1));
    return choose(k, order[next]);
  };
  // Screen readers follow the active cell by its id.
  const tell = () => {
    const { top, field } = chosen(), cell = rowAt(top)?.getCell(field)?.getElement();
    if (!cell) return;
    if (cell.isConnected) table.rowManager.element.setAttribute("aria-activedescendant", cell.id);
    else table.rowManager.element.removeAttribute("aria-activedescendant");
  };

  // Changes

  const mark = (isDirty) => {
    dirty = isDirty;
    state.textContent = isDirty ? words.notSaved : words.saved;
    state.className = `tag ${isDirty ? "wait" : "good"}`;
    button("save").disabled = !isDirty && !untouched;
    button("undo").disabled = !done.length;
    button("redo").disabled = !undone.length;
    drawMissing();
  };
  const redraw = () => {
    judge();
    drawTotals();
    drawMissing();
  };
  // Only what differs from what was drawn last: few rows come or go in place, others are drawn anew where their looks
  // changed. One after the other, so that quick typing cannot mix two changes.
  const draw = async () => {
    const before = drawn, now = rows, looks = new Map(now.map((row, k) => [row.key, face(row, k)]));
    drawn = now;
    const had = new Set(before.map((row) => row.key)), has = new Set(now.map((row) => row.key));
    const gone = before.filter((row) => !has.has(row.key)), come = now.filter((row) => !had.has(row.key));
    if (gone.length + come.length > FEW) await table.replaceData(shown());
    else {
      if (gone.length + come.length) table.blockRedraw();
      for (const row of gone) await table.deleteRow(row.key);
      for (const row of come) {
        const k = now.indexOf(row);
        await table.addRow({ id: row.key }, k === 0, k === 0 ? undefined : now[k - 1].key);
      }
      for (const row of now) if (had.has(row.key) && looks.get(row.key) !== faces.get(row.key)) table.getRow(row.key).reformat();
      if (gone.length + come.length) table.restoreRedraw();
    }
    faces = looks;
    stand();
  };
  // A long breakdown scrolls within a fixed height: a height that follows the rows would be measured at every change. It
  // ends with a whole row, so that nothing looks cut off.
  let standing = null;
  const stand = () => {
    const holder = table.rowManager.element, row = holder.querySelector(".tabulator-row")?.offsetHeight;
    if (!row) return;
    const head = place.offsetHeight - holder.clientHeight, most = Math.max(320, innerHeight - 152);
    const fitting = Math.floor((most - head) / row), height = rows.length > fitting ? head + fitting * row : null;
    if (height !== standing) table.setHeight(height ?? "auto");
    standing = height;
  };
  const show = () => {
    redraw();
    drawing = drawing.then(draw);
    return drawing;
  };
  const replace = async (next, k, field, bottom = k, lastField = field) => {
    rows = next;
    await show();
    choose(k, field, bottom, lastField);
  };
  const remember = () => {
    done.push(rows);
    if (done.length > MOST_STEPS) done.shift();
    undone.length = 0;
    version++;
  };
  const change = (next, k, field, bottom, lastField) => {
    remember();
    const shownSoon = replace(next, k, field, bottom, lastField);
    mark(true);
    return shownSoon;
  };
  const edited = (k, field, typed) => {
    const value = R.taken(field, typed ?? "", roles);
    if (value === rows[k][field]) { rowAt(k).reformat(); return; }
    remember();
    rows = rows.map((row, i) => (i === k ? { ...row, [field]: value } : row));
    show();
    mark(true);
  };
  const step = (from, to) => {
    if (!from.length) return;
    const here = chosen();
    to.push(rows);
    version++;
    replace(from.pop(), here.top, here.field);
    mark(true);
  };
  const shift = (by) => {
    const c = chosen(), next = R.indent(rows, c.top, c.bottom, by);
    if (next.some((row, k) => row.level !== rows[k].level)) change(next, c.top, c.field, c.bottom, order[c.right]);
  };
  const acts = {
    insert: () => { const { bottom } = chosen(); change([...rows.slice(0, bottom + 1), R.empty(rows[bottom]?.level), ...rows.slice(bottom + 1)], bottom + 1, "name"); },
    remove: () => {
      const { top, bottom, field } = chosen();
      const left = R.levelled([...rows.slice(0, top), ...rows.slice(bottom + 1)].map((row) => ({ ...row })));
      change(left.length ? left : [R.empty()], Math.min(top, Math.max(0, left.length - 1)), field);
    },
    indent: () => shift(1),
    outdent: () => shift(-1),
    undo: () => step(done, undone),
    redo: () => step(undone, done),
    save: () => save(),
  };
  const clear = () => {
    const c = chosen(), fields = order.slice(c.left, c.right + 1);
    const next = rows.map((row, k) => (k < c.top || k > c.bottom ? row : { ...row, ...Object.fromEntries(fields.filter((f) => isOpen(k, f)).map((f) => [f, f === "units" ? "1" : ""])) }));
    change(next, c.top, c.field, c.bottom, order[c.right]);
  };

  // Totals and what is missing

  const drawTotals = () => {
    const { roles: byRole, all, left } = R.totals(rows, words.noRoleTotal), box = part("totals");
    const line = (name, sum) => {
      const row = document.createElement("tr"), head = document.createElement("th");
      head.scope = "row";
      head.textContent = name;
      row.append(head, ...[sum.likely, sum.p50, sum.p80].map((value) => {
        const cell = document.createElement("td");
        cell.className = "number";
        cell.textContent = R.hours(value);
        return cell;
      }));
      return row;
    };
    box.querySelector("tbody").replaceChildren(...byRole.map((sum) => line(sum.role, sum)));
    box.querySelector("tfoot").replaceChildren(line(words.all, all));
    for (const name of ["likely", "p50", "p80"]) box.querySelector(`[data-sum="${name}"]`).textContent = R.hours(all[name]);
    box.querySelector("[data-left]").textContent = left ? (left === 1 ? words.leftOne : words.leftMany.replace("%n", left)) : "";
  };
  const drawMissing = () => {
    const leaves = rows.filter((row, k) => !R.isSummary(rows, k) && !R.isBlank(row)), begin = part("when-empty"), spot = part("missing"), main = part("when-complete");
    if (begin) begin.hidden = leaves.length > 0;
    if (!spot || !main) return;
    const without = leaves.filter((row) => R.POINTS.some((name) => row[name] === "")).length, noRole = leaves.filter((row) => !row.role).length;
    const texts = [];
    if (!leaves.length) texts.push(words.noPackages);
    else {
      if (without) texts.push(`${without} ${words.noHours}`);
      if (noRole && main.closest("form").action.includes("/deliver/")) texts.push(`${noRole} ${words.noRoles}`);
      if (wrong.size) texts.push(words.look);
      else if (!without && untouched && !dirty) texts.push(words.untouched);
    }
    spot.textContent = texts.join(" ");
    main.disabled = texts.length > 0;
  };

  // Saving

  const say = (texts, ...buttons) => {
    told.replaceChildren(...texts.map((text) => { const p = document.createElement("p"); p.textContent = text; return p; }), ...buttons);
    told.hidden = !texts.length;
    if (texts.length) window.accord.announce(texts[0]);
  };
  const action = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };
  const sayWrong = (problems) => say([words.look], ...problems.slice(0, 12).map((p) => action(`${words.row} ${p.row + 1}, ${words[p.field] ?? ""}: ${p.message}`, () => choose(p.row, p.field))));
  const newest = async () => (await fetch(place.dataset.address, { headers: { Accept: "application/json" } })).json();
  const bringTogether = async () => {
    const latest = await newest();
    const merged = R.merge(base, kept(), R.keyed(latest.rows));
    base = R.keyed(latest.rows);
    revision = latest.revision;
    await change(merged.length ? merged : [R.empty()], 0, "name");
    say([words.merged]);
  };
  const kept = () => R.levelled(rows.filter((row) => !R.isBlank(row)).map((row) => ({ ...row })));
  const save = async () => {
    if (saving || !(dirty || untouched)) return !dirty;
    const problems = [...wrong].map(([key, why]) => { const [row, field] = key.split(" "); return { row: Number(row), field, message: words[why] }; });
    if (problems.length) { sayWrong(problems); return false; }
    saving = true;
    state.textContent = words.saving;
    const sent = version;
    let answer, body;
    try {
      answer = await fetch(place.dataset.address, {
        method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": window.accord.csrf() },
        body: JSON.stringify({ revision, rows: kept().map(({ key, ...row }) => row) }),
      });
      body = await answer.json();
    } catch {
      saving = false;
      mark(true);
      say([words.offline], action(words.again, save));
      return false;
    }
    saving = false;
    if (!answer.ok) {
      mark(true);
      if (body.problems) sayWrong(body.problems.map((p) => ({ ...p, field: R.FIELDS.includes(p.field) ? p.field : "name" })));
      else say([body.because, body.remedy].filter(Boolean), ...(answer.status === 409 ? [action(words.merge, bringTogether)] : []));
      return false;
    }
    say([]);
    revision = body.revision;
    base = R.keyed(body.rows);
    bringCodes(body.rows);
    untouched = false;
    mark(sent !== version);
    document.querySelector("[data-headline]").innerHTML = body.headline;  // the server's own page part
    window.accord.announce(words.saved);
    return true;
  };
  // New rows get their codes, here and in the steps that can be undone; what was typed meanwhile stays.
  const bringCodes = (saved) => {
    const known = new Set(rows.map((row) => row.code)), fresh = saved.filter((row) => !known.has(row.code));
    const codes = new Map();
    for (const row of rows) {
      const k = row.code || R.isBlank(row) ? -1 : fresh.findIndex((other) => other.name === row.name);
      if (k >= 0) codes.set(row.key, fresh.splice(k, 1)[0].code);
    }
    const coded = (list) => list.map((row) => (codes.has(row.key) ? { ...row, code: codes.get(row.key) } : row));
    rows = coded(rows);
    for (const steps of [done, undone]) steps.forEach((list, k) => { steps[k] = coded(list); });
  };

  // Keys, outside of a cell's editor

  const keys = (event) => {
    if (event.target.matches("input")) return;
    const c = chosen(), key = event.key, ctrl = event.ctrlKey || event.metaKey;
    const act = () => { event.preventDefault(); event.stopImmediatePropagation(); };
    if (event.altKey && event.shiftKey && (key === "ArrowRight" || key === "ArrowLeft")) { act(); acts[key === "ArrowRight" ? "indent" : "outdent"](); return; }
    if (ctrl) {
      const named = { z: event.shiftKey ? "redo" : "undo", y: "redo", s: "save", enter: "insert", delete: "remove" }[key.toLowerCase()];
      if (named) { act(); acts[named](); }
      if (key.toLowerCase() === "a") { act(); choose(0, order[0], rows.length - 1, order.at(-1)); }
      return;
    }
    if (event.altKey) return;
    if (key === "Tab") {
      const leaves = event.shiftKey ? c.top === 0 && c.left === 0 : c.bottom === rows.length - 1 && c.right === order.length - 1;
      event.stopImmediatePropagation();
      if (!leaves) { event.preventDefault(); go(c.top, c.field, event.shiftKey ? -1 : 1); }
    } else if (key === "Escape") { act(); button(dirty ? "save" : "insert").focus(); }
    else if (key === "Enter" || key === "F2") { act(); open(c.top, c.field); }
    else if (key === "Delete" || key === "Backspace") { act(); clear(); }
    else if (key.length === 1 && isOpen(c.top, c.field)) { act(); pending = key; open(c.top, c.field); }
    else if (key.length === 1) act();
  };
  const open = (k, field) => {
    if (!isOpen(k, field)) { pending = null; go(k + 1, field); return; }
    choose(k, field);
    rowAt(k).getCell(field).edit(true);
  };

  // The clipboard

  const copying = (event) => {
    if (event.target.matches("input")) return;
    const c = chosen(), fields = order.slice(c.left, c.right + 1);
    const value = (k, f) => (R.isSummary(rows, k) && R.POINTS.includes(f) ? (sums[k]?.any ? String(sums[k][f]) : "") : rows[k][f]);
    const lines = rows.slice(c.top, c.bottom + 1).map((_, i) => fields.map((f) => value(c.top + i, f)).join("\t"));
    event.clipboardData.setData("text/plain", lines.join("\n"));
    event.preventDefault();
    if (event.type === "cut") clear();
  };
  const pasting = (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!text || (event.target.matches("input") && !/[\t\n]/.test(text.trim()))) return;
    event.preventDefault();
    if (event.target.matches("input")) event.target.blur();
    const c = chosen(), first = c.top;
    const { rows: next, count, width } = R.paste(rows, first, c.field, text, roles, order);
    const last = order[Math.min(order.length - 1, c.left + width - 1)];
    change(next, first, c.field, first + count - 1, last);
  };

  // Begin

  const points = narrow ? 70 : 84;
  const columns = {
    name: column("name", narrow ? 120 : 200, { widthGrow: 4 }), role: column("role", 120, { widthGrow: 2 }), units: column("units", 76),
    low: column("low", points), likely: column("likely", points), high: column("high", points), note: column("note", 140, { widthGrow: 2 }),
  };
  judge();
  document.getElementById("plain-breakdown").hidden = true;
  for (const element of [place, tools, part("grid-hint")]) element.hidden = false;
  table = new Tabulator(place, {
    data: shown(), index: "id", layout: "fitColumns", maxHeight: HIGHEST, selectableRange: 1, selectableRangeRows: false,
    selectableRangeColumns: false, selectableRangeClearCells: false, editTriggerEvent: "dblclick", keybindings: true,
    headerVisible: true, columnDefaults: { headerSort: false }, rowHeader: false, renderVerticalBuffer: 300,
    columns: order.map((field) => columns[field]),
  });
  const holder = table.rowManager.element;
  // Tabulator takes the focus while it is drawn, which would scroll every page down to the grid.
  holder.focus = () => { if ("ready" in place.dataset) HTMLElement.prototype.focus.call(holder, { preventScroll: true }); };
  table.on("tableBuilt", () => {
    // What has the focus is the grid for a screen reader, and owns the head, which stands beside it.
    const head = place.querySelector(".tabulator-header");
    head.id = "grid-head";
    head.removeAttribute("tabindex");
    place.setAttribute("role", "presentation");
    for (const [name, value] of [["role", "grid"], ["aria-label", place.dataset.label], ["aria-owns", head.id]]) holder.setAttribute(name, value);
    holder.addEventListener("keydown", keys, true);
    place.addEventListener("copy", copying);
    place.addEventListener("cut", copying);
    place.addEventListener("paste", pasting);
    table.on("rangeChanged", tell);
    if (touched) table.on("cellClick", (event, cell) => { if (!event.target.matches("input")) open(at(cell), cell.getField()); });
    redraw();
    faces = new Map(rows.map((row, k) => [row.key, face(row, k)]));
    stand();
    window.addEventListener("resize", stand);
    place.dataset.ready = "";
  });
  tools.addEventListener("click", (event) => { const name = event.target.closest("[data-do]")?.dataset.do; if (name) { place.querySelector(".cell-input")?.blur(); acts[name](); if (name !== "save") focus(); } });
  tools.addEventListener("mousedown", (event) => { if (event.target.closest("[data-do]")) event.preventDefault(); });
  for (const form of document.querySelectorAll("form[data-needs-saved]")) {
    form.addEventListener("submit", async (event) => {
      if (!dirty) return;
      event.preventDefault();
      if (await save()) form.submit();
    });
  }
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
})();

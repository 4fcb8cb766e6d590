// The plan as a picture: bars, links, promised dates and the load of people on one axis. Every change is asked of the
// server, which answers with the plan as it then is; nothing is decided here.
"use strict";
(() => {
  const card = document.querySelector("[data-gantt]");
  if (!card || !window.gantt) return;
  const place = document.getElementById("gantt"), strip = card.querySelector("[data-gantt-load]");
  const said = card.querySelector("[data-gantt-words]"), table = document.querySelector("[data-plan-table]");
  const word = card.dataset, DAY = 86_400_000, KINDS = ["FS", "SS", "FF", "SF"];
  const ROW = 34, STEP = 26, ROWS_AT_MOST = 16, LANES_AT_MOST = 3;
  let plan = null, waiting = null, taking = false;

  const escaped = (text) => { const span = document.createElement("span"); span.textContent = text; return span.innerHTML; };
  const day = (text) => { const [y, m, d] = text.split("-").map(Number); return new Date(y, m - 1, d); };
  const after = (date, days) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
  const iso = (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
  const tell = (text) => { said.textContent = text; };

  // What the server knows, as the library wants it. A milestone happens on the evening of its day.
  const bar = (a) => {
    const isMilestone = a.kind === "milestone", finish = a.finish ? day(a.finish) : day(plan.first);
    const start = isMilestone ? after(finish, 1) : a.start ? day(a.start) : finish;
    return { ...a, id: String(a.id), text: a.name, type: isMilestone ? "milestone" : "task", start_date: start, end_date: isMilestone ? start : after(finish, 1), progress: a.done };
  };
  const arrow = (l) => ({ remove: l.remove, id: String(l.id), source: String(l.source), target: String(l.target), type: String(KINDS.indexOf(l.kind)) });

  const BAND = { unit: "year", format: () => "" }; // empty: the words of promised dates stand in it
  const SCALES = {
    day: [{ unit: "month", format: "%F %Y" }, { unit: "day", format: "%j" }],
    week: [{ unit: "month", format: "%F %Y" }, { unit: "week", format: "%j %M" }],
    month: [{ unit: "year", format: "%Y" }, { unit: "month", format: "%M" }],
  };
  const WIDTHS = { day: 34, week: 46, month: 90 };
  const GRID = 220;
  const lanes = () => Math.min(LANES_AT_MOST, Math.max(1, plan.flags.length));
  const scaleHeight = () => STEP * (lanes() + 2);
  const scale = (unit) => {
    gantt.config.scales = [...Array(lanes()).fill(BAND), ...SCALES[unit]];
    gantt.config.scale_height = scaleHeight();
    gantt.config.min_column_width = WIDTHS[unit];
    for (const button of card.querySelectorAll("[data-zoom]")) button.setAttribute("aria-pressed", String(button.dataset.zoom === unit));
  };

  const set = () => {
    gantt.plugins({ keyboard_navigation: true });
    Object.assign(gantt.config, {
      columns: [{ name: "text", label: escaped(word.wordActivity), width: GRID, tree: true, template: (t) => escaped(t.text) }],
      row_height: ROW, bar_height: 18, grid_width: GRID, link_line_width: 1.5, link_radius: 3,
      drag_resize: false, drag_progress: false, show_progress: true, details_on_dblclick: false, show_errors: false,
      round_dnd_dates: false, time_step: 1440, show_task_cells: true, smart_rendering: true, static_background: true,
      drag_move: plan.mayEdit, drag_links: plan.mayEdit, keyboard_navigation: true, keyboard_navigation_cells: false,
      start_date: day(plan.first), end_date: day(plan.last), week_start_day: 1, start_on_monday: true, initial_scroll: false,
    });
    gantt.templates.task_class = (_start, _end, t) => `depth-${t.criticality == null ? "unknown" : Math.round(t.criticality * 4)}${t.kind === "duration" ? " waiting-time" : ""}`;
    gantt.templates.task_text = (_start, end, t) => {
      const width = lateWidth(t, end);
      return width ? `<span class="p80" style="width:${width}px"></span>` : "";
    };
    gantt.templates.rightside_text = (_start, end, t) => t.type === "milestone" ? "" : `<span class="who" style="margin-left:${lateWidth(t, end)}px">${escaped(t.who)}</span>`;
    gantt.templates.grid_row_class = gantt.templates.task_row_class = () => "";
    gantt.templates.grid_folder = gantt.templates.grid_file = gantt.templates.grid_blank = gantt.templates.grid_indent = gantt.templates.grid_open = gantt.templates.grid_close = () => "";
    scale((place.clientWidth - GRID) / weeks() < WIDTHS.week / 2 ? "month" : "week");
    events();
    keys();
    gantt.init(place);
  };
  const weeks = () => (day(plan.last) - day(plan.first)) / DAY / 7;
  const lateWidth = (t, end) => {
    if (!t.p80) return 0;
    return Math.max(0, Math.round(gantt.posFromDate(after(day(t.p80), 1)) - gantt.posFromDate(end)));
  };

  const show = (answer) => {
    const first = plan === null;
    plan = answer;
    if (first) set();
    gantt.config.start_date = day(plan.first);
    gantt.config.end_date = day(plan.last);
    place.style.height = `${scaleHeight() + Math.min(ROWS_AT_MOST, plan.activities.length) * ROW + 18}px`;
    const kept = first ? null : gantt.getScrollState();
    taking = true;
    if (first || gantt.getTaskCount() !== plan.activities.length) {
      gantt.clearAll();
      gantt.parse({ data: plan.activities.map(bar), links: plan.links.map(arrow) });
    } else {
      for (const a of plan.activities) Object.assign(gantt.getTask(String(a.id)), bar(a));
      for (const link of gantt.getLinks()) if (!plan.links.some((l) => String(l.id) === link.id)) gantt.deleteLink(link.id);
      for (const l of plan.links) if (!gantt.isLinkExists(String(l.id))) gantt.addLink(arrow(l));
      gantt.render();
    }
    taking = false;
    if (kept) gantt.scrollTo(kept.x, kept.y);
    if (answer.words) tell(answer.words);
    if (!first) { table.innerHTML = answer.table; htmx.process(table); }
  };

  // Promised dates stand over the rows, their words over the empty bands of the scale.
  const flags = () => {
    for (const old of place.querySelectorAll(".promised, .promised-words")) old.remove();
    const area = place.querySelector(".gantt_data_area"), task = place.querySelector(".gantt_task");
    if (!area || !task) return;
    const band = task.querySelector(".promised-band > div") ?? newBand(task);
    band.style.width = `${gantt.posFromDate(gantt.getState().max_date)}px`;
    const taken = [];
    for (const flag of plan.flags) {
      const left = gantt.posFromDate(after(day(flag.date), 1));
      const line = document.createElement("div"), words = document.createElement("div");
      line.className = flag.kept ? "promised kept" : "promised";
      line.style.left = `${left}px`;
      line.style.height = `${Math.max(area.scrollHeight, plan.activities.length * ROW)}px`;
      words.className = flag.kept ? "promised-words kept" : "promised-words";
      const mark = flag.kept ? "✓" : "⚑";
      words.textContent = `${mark} ${flag.words}`;
      area.append(line);
      band.append(words);
      let spot = free(taken, left, words.offsetWidth, band.offsetWidth);
      if (!spot) {
        words.textContent = mark;  // the list of promised dates under the picture says the rest
        spot = free(taken, left, words.offsetWidth, band.offsetWidth) ?? { left, lane: 0 };
      }
      words.style.left = `${spot.left}px`;
      words.style.top = `${spot.lane * STEP + 2}px`;
      taken.push({ lane: spot.lane, from: spot.left, to: spot.left + words.offsetWidth });
    }
  };

  // Where a promised date's words hide nobody else's: beside its line, in the first lane with room.
  const free = (taken, left, width, whole) => {
    for (let lane = 0; lane < lanes(); lane += 1) {
      for (const from of [left, left - width]) {
        const crossed = taken.some((other) => other.lane === lane && from < other.to && other.from < from + width);
        if (!crossed && from >= 0 && from + width <= whole) return { left: from, lane };
      }
    }
    return null;
  };

  const newBand = (task) => {
    const window_ = element("div", "promised-band", ""), band = element("div", "", "");
    window_.append(band);
    task.append(window_);
    return band;
  };
  const follow = () => {
    const moved = `translateX(${-gantt.getScrollState().x}px)`;
    for (const lane of card.querySelectorAll(".promised-band > div, .load-lane")) lane.style.transform = moved;
  };

  // The load: one row a role or member, one cell a week, at the same place as the week above.
  const load = () => {
    strip.hidden = !plan.load.length;
    strip.replaceChildren();
    const head = document.createElement("div"), body = document.createElement("div"), lane = document.createElement("div");
    head.className = "load-names"; body.className = "load-weeks"; lane.className = "load-lane";
    head.append(element("h3", "load-title", word.wordLoad), ...plan.load.map((row) => element("div", "load-name", row.name)));
    lane.style.width = `${gantt.posFromDate(gantt.getState().max_date)}px`;
    lane.append(element("div", "load-title", ""));
    for (const row of plan.load) {
      const line = element("div", "load-row", "");
      for (const cell of row.weeks) line.append(week(row, cell));
      lane.append(line);
    }
    body.append(lane);
    strip.append(head, body);
  };
  const week = (row, cell) => {
    const from = day(cell.week), left = gantt.posFromDate(from), width = gantt.posFromDate(after(from, 7)) - left;
    const link = document.createElement("a");
    const numbers = `${Math.round(cell.booked)}/${Math.round(cell.capacity)}`;
    link.href = link.dataset.dialog = cell.address;
    link.className = `load depth-${cell.depth}${cell.over ? " over" : ""}`;
    link.style.left = `${left}px`;
    link.style.width = `${width - 2}px`;
    // As much as there is room for: booked of what can be worked, else what is booked; "!" where it is too much.
    const mark = cell.over ? "!" : "", shown = [numbers + mark, Math.round(cell.booked) + mark, mark];
    link.textContent = cell.depth ? shown.find((text) => width - 4 >= 6.5 * text.length) : "";
    link.title = `${row.name}, ${cell.week}: ${numbers}${cell.over ? `, ${Math.round(cell.over)} ${word.wordOver}` : ""}`;
    link.setAttribute("aria-label", link.title);
    link.tabIndex = -1;
    return link;
  };
  const element = (name, className, text) => { const made = document.createElement(name); made.className = className; made.textContent = text; return made; };

  // Asking the server. A refusal comes as a page's part and is shown in the dialog.
  const ask = async (address, values) => {
    const dialog = document.getElementById("dialog");
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "X-CSRFToken": accord.csrf(), "HX-Request": "true", Accept: "application/json" },
        body: new URLSearchParams({ ...values, revision: plan.revision }),
      });
      if (answer.ok) { show(await answer.json()); return; }
      if (answer.status !== 403 && answer.status !== 409) throw new Error(answer.statusText);
      dialog.innerHTML = await answer.text();
      dialog.showModal();
    } catch { tell(word.wordLost); }
    await fetchPlan();
  };
  const fetchPlan = async () => {
    const answer = await fetch(card.dataset.gantt);
    if (answer.ok) show(await answer.json());
  };

  const events = () => {
    gantt.attachEvent("onBeforeTaskDrag", (id, mode) => mode === "move" && plan.mayEdit && gantt.getTask(id).done === 0);
    gantt.attachEvent("onAfterTaskDrag", (id) => {
      const task = gantt.getTask(id), start = task.start_date;
      const dropped = after(start, start.getHours() >= 12 ? 1 : 0);
      ask(task.move, { not_before: iso(task.type === "milestone" ? after(dropped, -1) : dropped) });
    });
    gantt.attachEvent("onBeforeLinkAdd", (_id, link) => {
      if (taking) return true;
      ask(card.dataset.link, { source: link.source, target: link.target, kind: KINDS[Number(link.type)], lag: 0 });
      return false;
    });
    gantt.attachEvent("onLinkDblClick", (id) => { if (plan.mayEdit) accord.open(gantt.getLink(id).remove); return false; });
    gantt.attachEvent("onTaskDblClick", (id) => { open(id); return false; });
    gantt.attachEvent("onBeforeLightbox", (id) => { open(id); return false; });
    gantt.attachEvent("onBeforeTaskDelete", () => taking);
    gantt.attachEvent("onGanttRender", () => { flags(); load(); follow(); });
    gantt.attachEvent("onGanttScroll", follow);
  };
  const open = (id) => { if (plan.mayEdit) accord.open(gantt.getTask(id).address); };

  // Keys on a row. Several presses in a row are one change.
  const keys = () => {
    const at = (event) => gantt.locate(event) ?? gantt.getSelectedId() ?? gantt.ext.keyboardNavigation.getActiveNode()?.id;
    const step = (by) => (event) => {
      event.preventDefault();
      const id = at(event);
      if (!id || !plan.mayEdit) return;
      const task = gantt.getTask(id);
      if (waiting && waiting.id !== id) send();
      if (!waiting) waiting = { id, by: 0 };
      waiting.by += by;
      tell(`${task.name}: ${waiting.by > 0 ? "+" : "−"}${Math.abs(waiting.by)}`);
      clearTimeout(waiting.timer);
      waiting.timer = setTimeout(send, 400);
    };
    for (const unused of ["shift+left", "shift+right", "ctrl+enter", "ctrl+left", "ctrl+right"]) gantt.addShortcut(unused, () => {}, "taskRow");
    gantt.addShortcut("left", step(-1), "taskRow");
    gantt.addShortcut("right", step(1), "taskRow");
    gantt.addShortcut("enter", (event) => { event.preventDefault(); open(at(event)); }, "taskRow");
    gantt.addShortcut("delete", (event) => { event.preventDefault(); if (plan.mayEdit) accord.open(gantt.getTask(at(event)).remove); }, "taskRow");
  };
  const send = () => {
    if (!waiting) return;
    const { id, by, timer } = waiting;
    clearTimeout(timer);
    waiting = null;
    if (by) ask(gantt.getTask(id).move, { by });
  };

  for (const button of card.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => { scale(button.dataset.zoom); gantt.render(); });
  }
  // On a narrow screen the table comes first and the picture is left out.
  if (card.offsetParent !== null) fetchPlan();
})();

// The promise curve: how likely a date or a price is kept, followed by a line that is dragged, without asking the server.
"use strict";
(() => {
  const panel = document.querySelector("[data-curves]");
  if (!panel) return;
  const curves = JSON.parse(panel.dataset.curves), words = JSON.parse(panel.dataset.words);
  const part = (name) => panel.querySelector(`[data-${name}]`);
  const range = part("range"), told = part("told"), form = part("try"), box = part("chart");
  const tabs = [...panel.querySelectorAll("[role=tab]")];
  const THIN = "\u202f", SPACE = "\u00a0", DAY = 86400000, BARS = 50, MOST_BARS = 120;
  let kind = "time", chart = null, moving = false;

  // A date's place on the axis is the number of its working day, so that weekends leave no gaps; a price's is its amount.
  const parse = (text) => Math.round(Date.parse(text + "T00:00:00Z") / DAY);
  const iso = (day) => new Date(day * DAY).toISOString().slice(0, 10);
  const isWeekend = (day) => (day + 4) % 7 === 0 || (day + 4) % 7 === 6;  // 1970-01-01 was a Thursday
  const times = (kept) => {
    const days = kept.curve.map(([date]) => parse(date));
    const said = kept.said === null ? null : parse(kept.said);
    const room = Math.max(4, Math.round(days.length * 0.08));
    const extend = (from, step, until) => {
      const found = [];
      for (let day = from + step; found.length < room || (until !== null && (until - day) * step >= 0); day += step) if (!isWeekend(day)) found.push(day);
      return found;
    };
    const before = extend(days[0], -1, said).reverse();
    const all = [...before, ...days, ...extend(days.at(-1), 1, said)];
    const place = (text) => Math.max(0, all.findLastIndex((day) => day <= parse(text)));
    const told = (day, short) => new Date(day * DAY).toLocaleDateString("en-GB", { day: "numeric", month: "short", ...(short ? {} : { year: "numeric" }), timeZone: "UTC" });
    return {
      knots: kept.curve.map(([, share], k) => [before.length + k, share]), low: 0, high: all.length - 1, step: 1,
      read: place,
      // The promised day may be a Sunday: it is told as it was said.
      write: (x) => kept.said !== null && x === place(kept.said) ? kept.said : iso(all[x]),
      tell: (x, short) => kept.said !== null && x === place(kept.said) ? told(said, short) : told(all[Math.min(Math.max(Math.round(x), 0), all.length - 1)], short),
    };
  };
  const prices = (kept) => {
    const said = kept.said ?? kept.curve[0][0];
    const lowest = Math.min(kept.curve[0][0], said), highest = Math.max(kept.curve.at(-1)[0], said), span = Math.max(highest - lowest, 1);
    const step = Math.max(1, 10 ** Math.floor(Math.log10(span / 50)));
    return {
      knots: kept.curve, step,
      low: Math.max(step, Math.floor((lowest - span * 0.06) / step) * step), high: Math.ceil((highest + span * 0.06) / step) * step,
      read: Number, write: String,
      tell: (x, short) => Math.round(x).toLocaleString("en-US").replaceAll(",", THIN) + (short ? "" : SPACE + curves.currency),
    };
  };
  const states = {};
  for (const [name, made] of [["time", times], ["price", prices]]) {
    const kept = curves[name];
    if (!kept.curve.length) { states[name] = null; continue; }
    const state = made(kept);
    const reaching = state.knots.find(([, share]) => share >= curves.asked)[0];
    const said = kept.said === null ? null : state.read(kept.said), best = kept.best === null ? reaching : state.read(kept.best);
    states[name] = { ...state, said, best, expectation: kept.expectation, at: said ?? best };
  }

  const share = (state, x) => {
    let first = 0, last = state.knots.length;  // the last knot that is not beyond x
    while (first < last) { const at = (first + last) >> 1; if (state.knots[at][0] <= x) first = at + 1; else last = at; }
    return first ? state.knots[first - 1][1] : 0;
  };
  const percent = (p) => {
    const whole = Math.round(p * 100);
    if (p < curves.asked && whole >= curves.asked * 100) return Math.floor(p * 1000) / 10 + THIN + "%";
    if (whole === 100 && p < 1) return "over 99" + THIN + "%";
    return whole === 0 && p > 0 ? "under 1" + THIN + "%" : whole + THIN + "%";
  };
  const bars = (state) => {
    const first = state.knots[0][0], last = state.knots.at(-1)[0];
    const width = kind === "time" ? Math.max(1, Math.ceil((last - first) / MOST_BARS)) : (last - first) / BARS || 1;
    const found = [];
    let before = 0;
    for (let right = kind === "time" ? first + width - 1 : first + width; found.length < MOST_BARS + 2 && before < 1; right += width) {
      const upTo = share(state, right + 1e-9);
      found.push([right - (kind === "time" ? (width - 1) / 2 : width / 2), upTo - before]);
      before = upTo;
    }
    return { width, found };
  };

  const ink = () => {
    const css = getComputedStyle(document.documentElement);
    const of = (name) => css.getPropertyValue(name).trim();
    return { said: of("--accord-said"), believed: of("--accord-believed"), kept: of("--accord-kept"), quiet: of("--tblr-secondary"), text: of("--tblr-body-color"), ground: of("--tblr-bg-surface") };
  };
  const isKept = (state) => share(state, state.at) >= curves.asked;
  const line = (state, color) => ({
    symbol: ["none", "none"], silent: true, animation: false,
    data: [
      ...(state.said !== null && state.said !== state.at ? [{ xAxis: state.said, lineStyle: { color: color.said, width: 1, type: "dashed" }, label: { show: false } }] : []),
      { xAxis: state.at, lineStyle: { color: isKept(state) ? color.kept : color.said, width: 2.5, type: "solid" }, label: { formatter: `${state.said === state.at ? words.said + " " : ""}${state.tell(state.at, true)} · ${percent(share(state, state.at))}`, color: isKept(state) ? color.kept : color.said, fontWeight: 600, fontSize: 12, distance: 6 } },
      { yAxis: curves.asked, lineStyle: { color: color.quiet, width: 1, type: "dashed" }, label: { formatter: `${words.policy} ${Math.round(curves.asked * 100)}${THIN}%`, color: color.quiet, position: "insideStartTop", fontSize: 12 } },
    ],
  });
  const barData = (state, color) => state.bars.found.map(([x, value]) => ({ value: [x, value], itemStyle: { color: x <= state.at ? color.believed : color.said, opacity: 0.28 } }));

  const options = (state) => {
    const color = ink(), font = { fontFamily: getComputedStyle(document.body).fontFamily };
    const small = box.clientWidth < 500;
    state.bars ??= bars(state);
    const curve = [[state.low, 0], ...state.knots.map(([x, s]) => [x, s]), [state.high, 1]];
    return {
      animation: false, textStyle: font,
      aria: { enabled: true, label: { description: part("told").textContent } },
      grid: { left: 16, right: 52, top: 34, bottom: 30 },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, backgroundColor: color.ground, borderColor: color.quiet, textStyle: { color: color.text, fontSize: 12, ...font },
        axisPointer: { type: "line", lineStyle: { color: color.quiet, width: 1, type: "dotted" } },
        formatter: (points) => { const x = Math.round(points[0].axisValue); return `${state.tell(x)}: ${percent(share(state, x))}`; },
      },
      xAxis: { type: "value", min: state.low, max: state.high, splitNumber: small ? 3 : 6, axisLabel: { color: color.quiet, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: (x) => Number.isInteger(x) || kind === "price" ? state.tell(x, true) : "" }, minInterval: 1, axisTick: { show: false }, splitLine: { show: false }, axisLine: { onZero: false, lineStyle: { color: color.quiet, opacity: 0.4 } } },
      yAxis: [
        { type: "value", show: false, min: 0, max: (axis) => axis.max * 1.05 },
        { type: "value", min: 0, max: 1, interval: 0.2, position: "right", axisLabel: { color: color.quiet, formatter: (v) => Math.round(v * 100) + THIN + "%" }, axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: color.quiet, opacity: 0.15 } } },
      ],
      series: [
        { id: "bars", type: "bar", data: barData(state, color), barWidth: Math.max(1, (box.clientWidth - 68) * state.bars.width / (state.high - state.low) * 0.82), emphasis: { disabled: true }, silent: true },
        { id: "curve", type: "line", yAxisIndex: 1, data: curve, symbol: "none", lineStyle: { color: color.believed, width: 2.5 }, emphasis: { disabled: true }, silent: true, markLine: line(state, color) },
      ],
    };
  };

  const say = (state) => {
    const text = `${state.tell(state.at)} → ${percent(share(state, state.at))}`;
    const good = isKept(state);
    told.textContent = `${text}, ${good ? words.enough : words.short}`;
    told.className = good ? "kept-green" : "said-red";
    range.setAttribute("aria-valuetext", told.textContent);
    form.hidden = state.expectation === null || state.at === state.said;
    form.querySelector("button").textContent = words.try[kind].replace("%s", state.tell(state.at));
    form.elements.expectation.value = state.expectation ?? "";
    form.elements.date.value = kind === "time" ? state.write(state.at) : "";
    form.elements.amount.value = kind === "price" ? state.write(state.at) : "";
  };
  const move = (x) => {
    const state = states[kind], inside = Math.min(state.high, Math.max(state.low, x));
    // The values that matter are hit exactly although the steps are coarse.
    const near = [state.said, state.best].find((v) => v !== null && Math.abs(v - inside) < state.step / 2);
    state.at = near ?? Math.round(inside / state.step) * state.step;
    range.value = state.at;
    say(state);
    const color = ink();
    chart.setOption({ series: [{ id: "bars", data: barData(state, color) }, { id: "curve", markLine: line(state, color) }] });
  };
  const show = () => {
    const state = states[kind];
    part("without-price").hidden = state !== null;
    for (const shown of [box, range.parentElement]) shown.hidden = state === null;
    if (state === null) { form.hidden = true; return; }
    part("range-label").textContent = words.label[kind];
    for (const about of panel.querySelectorAll("[data-about]")) about.hidden = about.dataset.about !== kind;
    Object.assign(range, { min: state.low, max: state.high, step: "any" });
    range.value = state.at;
    say(state);
    chart ??= echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(options(state), true);
  };

  range.addEventListener("input", () => move(Number(range.value)));
  // One press of an arrow is one step, also where a value lies between two.
  range.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
    if (!steps) return;
    event.preventDefault();
    move(states[kind].at + steps * states[kind].step);
  });
  const drag = (event) => {
    const at = event.clientX - box.getBoundingClientRect().left;
    move(chart.convertFromPixel({ xAxisIndex: 0 }, at));
  };
  box.addEventListener("pointerdown", (event) => { if (event.button === 0) { moving = true; box.setPointerCapture(event.pointerId); drag(event); } });
  box.addEventListener("pointermove", (event) => { if (moving) drag(event); });
  for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, () => { moving = false; });

  const choose = (tab) => {
    kind = tab.dataset.curve;
    for (const one of tabs) { const chosen = one === tab; one.setAttribute("aria-selected", chosen); one.tabIndex = chosen ? 0 : -1; }
    document.getElementById("curve").setAttribute("aria-labelledby", tab.id);
    show();
  };
  for (const [k, tab] of tabs.entries()) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
      const next = tabs[(k + 1) % tabs.length];
      next.focus();
      choose(next);
    });
  }
  document.addEventListener("accord:theme", show);
  new ResizeObserver(() => { if (chart && !box.hidden) { chart.resize(); show(); } }).observe(box);
  show();
})();

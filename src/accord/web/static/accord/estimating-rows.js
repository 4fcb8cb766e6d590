// The breakdown as plain rows: numbers, sums, what is wrong, pasting, bringing two versions together. No page in here.
"use strict";
window.accordRows = (() => {
  const POINTS = ["low", "likely", "high"];
  const FIELDS = ["name", "role", "units", ...POINTS, "note"];
  const NUMBERS = new Set(["units", ...POINTS]);
  const DEEPEST = 5, MOST_HOURS = 1e6, Z80 = 0.8416212335729143;
  const COMMON_CAUSE = 0.3;

  let keys = 0;  // tells new lines apart, which have no code before they are saved
  const empty = (level = 0) => ({ key: ++keys, code: "", level, name: "", role: "", units: "1", low: "", likely: "", high: "", note: "" });

  // Rows as the server gives them, each with a key of its own.
  const keyed = (given) => given.map((row) => ({ ...row, key: ++keys }));

  // A line that nothing was typed into yet: it is neither judged nor saved.
  const isBlank = (row) => !row.code && FIELDS.every((name) => row[name] === (name === "units" ? "1" : ""));

  // Halves away from zero, by the same steps as accord.estimating.numbers.half_up.
  const halfUp = (value, decimals = 0) => {
    const scale = 10 ** decimals;
    return Math.sign(value) * Math.floor(Math.abs(value) * scale + 0.5 + 1e-9) / scale;
  };

  // In tenths, as on the other pages: 0.5, 12, 1 234.5. Sums are taken of what is shown, so that they add up.
  const shown = (value) => halfUp(Number(value), 1);
  const hours = (value) => String(shown(value)).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, "\u202f");

  // "1.234,5" or "1,234.5" or "1 234.5 h" as "1234.5"; null if it is no number. With `comma`, a lone point groups thousands.
  const number = (typed, comma = false) => {
    let text = String(typed).trim().replace(/[\s']/g, "").replace(/h$/i, "").replace("−", "-");
    if (text === "") return "";
    const point = text.lastIndexOf("."), lastComma = text.lastIndexOf(",");
    if (lastComma > point) text = text.replace(/\./g, "").replace(",", ".");
    else if (point > lastComma && lastComma >= 0) text = text.replace(/,/g, "");
    else if (comma && /^-?\d{1,3}(\.\d{3})+$/.test(text)) text = text.replace(/\./g, "");
    if (!/^-?\d*\.?\d*$/.test(text) || !/\d/.test(text)) return null;
    return String(halfUp(Number(text), 2));
  };

  const isSummary = (rows, k) => k + 1 < rows.length && rows[k + 1].level > rows[k].level;

  // For each row the sum of the leaves under it (or null), in one pass from the end.
  const sums = (rows) => {
    const found = new Array(rows.length).fill(null);
    const above = [];  // open summaries by level
    rows.forEach((row, k) => {
      above.length = Math.min(above.length, row.level);
      if (isSummary(rows, k)) { above[row.level] = found[k] = { low: 0, likely: 0, high: 0, any: false }; return; }
      const given = POINTS.map((name) => (row[name] === "" ? NaN : Number(row[name])));
      if (given.some(Number.isNaN)) return;
      for (const sum of above) if (sum) { sum.any = true; POINTS.forEach((name, i) => { sum[name] = shown(sum[name] + shown(given[i])); }); }
    });
    return found;
  };

  // What is wrong with each cell: [{row, field, why}], where why names one of the page's words.
  const problems = (rows, roles) => {
    const found = [];
    const wrong = (row, field, why) => found.push({ row, field, why });
    rows.forEach((row, k) => {
      if (isBlank(row)) return;
      if (!row.name.trim()) wrong(k, "name", "noName");
      if (isSummary(rows, k)) return;
      if (row.role && !roles.has(row.role)) wrong(k, "role", "noRole");
      if (number(row.units) === null) wrong(k, "units", "noNumber");
      else if (!(Number(row.units) > 0)) wrong(k, "units", "missing");
      else if (Number(row.units) > 999) wrong(k, "units", "tooMuch");
      if (POINTS.every((name) => row[name] === "")) return;
      let readable = true;
      for (const name of POINTS) {
        const value = row[name] === "" ? "" : number(row[name]);
        if (value === "") wrong(k, name, "missing");
        else if (value === null) wrong(k, name, "noNumber");
        else if (Number(value) < 0) wrong(k, name, "negative");
        else if (Number(value) > MOST_HOURS) wrong(k, name, "tooMuch");
        else continue;
        readable = false;
      }
      if (!readable) return;
      if (Number(row.likely) < Number(row.low)) wrong(k, "likely", "lessThanLow");
      else if (Number(row.high) < Number(row.likely)) wrong(k, "high", "lessThanLikely");
    });
    return found;
  };

  // Likely, 50 and 80 percent by role and of all. PERT with shape 4; the sum as normal, with the common cause
  // of accord.estimating.numbers.
  const totals = (rows, noRole) => {
    let left = 0;  // rows with some hours that do not make three points
    const byRole = new Map(), all = { role: "", likely: 0, mean: 0, variance: 0, deviation: 0, packages: 0 };
    rows.forEach((row, k) => {
      if (isSummary(rows, k)) return;
      const [low, likely, high] = POINTS.map((name) => (row[name] === "" ? NaN : Number(row[name])));
      if (!(low >= 0 && likely >= low && high >= likely)) {
        if (POINTS.some((name) => row[name] !== "")) left += 1;
        return;
      }
      const role = row.role || noRole;
      if (!byRole.has(role)) byRole.set(role, { role, likely: 0, mean: 0, variance: 0, deviation: 0, packages: 0 });
      const mean = (low + 4 * likely + high) / 6, variance = (mean - low) * (high - mean) / 7;
      for (const sum of [byRole.get(role), all]) {
        sum.likely = shown(sum.likely + shown(likely)); sum.mean += mean; sum.variance += variance; sum.deviation += Math.sqrt(variance); sum.packages += 1;
      }
    });
    const spread = (sum) => Math.sqrt((1 - COMMON_CAUSE) * sum.variance + COMMON_CAUSE * sum.deviation ** 2);
    const told = (sum, p50) => ({ ...sum, p50, p80: p50 + Z80 * spread(sum) });
    const byName = (a, b) => (a.role < b.role ? -1 : 1);
    const found = [...byRole.values()].sort(byName).map((sum) => told(sum, shown(sum.mean)));
    return { roles: found, all: told(all, shown(found.reduce((p50, sum) => p50 + sum.p50, 0))), left };
  };

  // Tab-separated text as spreadsheets copy it: cells in quotes may hold line breaks.
  const table = (text) => {
    const rows = [[]];
    let cell = "", quoted = false;
    const end = () => { rows.at(-1).push(cell); cell = ""; };
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (quoted) {
        if (c !== '"') cell += c;
        else if (text[i + 1] === '"') { cell += '"'; i++; } else quoted = false;
      } else if (c === '"' && cell === "") quoted = true;
      else if (c === "\t") end();
      else if (c === "\n") { end(); rows.push([]); }
      else if (c !== "\r") cell += c;
    }
    end();
    if (rows.length > 1 && rows.at(-1).length === 1 && rows.at(-1)[0] === "") rows.pop();
    return rows;
  };

  const roleNamed = (typed, roles) => {
    const text = typed.trim().toLowerCase();
    if (!text) return "";
    const names = [...roles], exact = names.find((name) => name.toLowerCase() === text);
    if (exact) return exact;
    const begins = names.filter((name) => name.toLowerCase().startsWith(text));
    return begins.length === 1 ? begins[0] : typed.trim();
  };

  // What a person typed into a field as it is kept; what cannot be read is kept as typed, and marked.
  const taken = (field, typed, roles, comma = false) => {
    if (field === "role") return roleNamed(typed, roles);
    if (!NUMBERS.has(field)) return typed.replace(/\s+/g, " ").trim();
    const value = number(typed, comma);
    return value === null ? typed.trim() : value;
  };

  // Write copied cells from one cell on, in the order of the grid's columns; rows beyond the end are added. Leading blanks in a name indent it.
  const paste = (rows, at, field, text, roles, columns) => {
    const cells = table(text), first = columns.indexOf(field), next = rows.map((row) => ({ ...row }));
    const comma = cells.some((line) => line.some((cell) => /^\s*-?[\d.\s]*\d,\d{1,2}\s*h?\s*$/.test(cell)));
    cells.forEach((line, i) => {
      const k = at + i;
      while (next.length <= k) next.push(empty(next.length ? next.at(-1).level : 0));
      line.forEach((cell, j) => {
        const name = columns[first + j];
        if (name) next[k][name] = taken(name, cell, roles, comma) || (name === "units" ? "1" : "");
      });
    });
    return { rows: next, count: cells.length, width: Math.max(...cells.map((line) => line.length)) };
  };

  // Rows from..to one level deeper or higher, with what is under them; a row is at most one deeper than the one before.
  const indent = (rows, from, to, by) => {
    const next = rows.map((row) => ({ ...row }));
    let last = to;
    while (last + 1 < next.length && next[last + 1].level > next[to].level) last++;
    for (let k = from; k <= last; k++) {
      const deepest = k === 0 ? 0 : Math.min(DEEPEST, next[k - 1].level + 1);
      next[k].level = Math.max(0, Math.min(deepest, next[k].level + by));
    }
    return levelled(next);
  };

  // After rows were removed or moved out: nothing is deeper than one step below what stands before it.
  const levelled = (rows) => {
    rows.forEach((row, k) => { row.level = Math.min(row.level, k ? rows[k - 1].level + 1 : 0); });
    return rows;
  };

  const same = (a, b) => [...FIELDS, "level"].every((name) => a[name] === b[name]);

  // My entries on top of the newest rows, as seen from the rows that both began with. `mine` wins where I changed a cell.
  const merge = (base, mine, newest) => {
    const before = new Map(base.map((row) => [row.code, row])), own = new Map(mine.filter((r) => r.code).map((r) => [r.code, r]));
    const result = [];
    for (const row of newest) {
      const old = before.get(row.code), my = own.get(row.code);
      if (old && !my && same(old, row)) continue;  // I removed it, and nobody else touched it
      const merged = { ...row };
      if (old && my) for (const name of [...FIELDS, "level"]) if (my[name] !== old[name]) merged[name] = my[name];
      result.push(merged);
    }
    const place = (k) => {
      for (let j = k - 1; j >= 0; j--) {
        const found = result.findIndex((row) => (mine[j].code ? row.code === mine[j].code : row === added.get(mine[j])));
        if (found >= 0) return found + 1;
      }
      return 0;
    };
    const added = new Map(), there = new Set(newest.map((row) => row.code));
    mine.forEach((row, k) => {
      const old = before.get(row.code);
      const lost = row.code && !there.has(row.code) && old && !same(old, row);  // others removed what I changed
      if (row.code && !lost) return;
      const copy = { ...row };
      result.splice(place(k), 0, copy);
      added.set(row, copy);
    });
    return levelled(result);
  };

  return { FIELDS, NUMBERS, POINTS, empty, hours, indent, isBlank, isSummary, keyed, levelled, merge, number, paste, problems, same, sums, table, taken, totals };
})();

// A strict stand-in for Office.js and the Excel behind it: a small workbook that remembers what was done to it.
//
// The test puts the workbook into `window.buku` (tests/tuan_rumah/buku.py) before the page loads. As in Excel,
// a property is read only after load() and sync(), writes wait for sync(), a write to a locked cell of a protected
// sheet is refused as a whole, and text is taken as if it were typed ("007" becomes 7, "=1+1" a formula). Nothing is
// recalculated: a formula shows what was stored with it. Whatever this host does not know is refused: it throws and is
// recorded in `tuanRumah.ditolak`.

(() => {
  const book = window.buku;
  const host = { buku: book, ditolak: [], fungsi: {}, dikirim: [] };
  window.tuanRumah = host;

  function refuse(code, message) {
    host.ditolak.push(`${code}: ${message}`);
    const error = new Error(message);
    error.code = code;
    throw error;
  }

  // Only what is written down here exists.
  function strict(name, known) {
    const isQuiet = (key) => typeof key === "symbol" || key === "then" || key === "toJSON";
    return new Proxy(known, {
      get(target, key) {
        if (isQuiet(key) || key in target) return target[key];
        return refuse("ApiNotFound", `${name}.${String(key)}`);
      },
      set(target, key, value) {
        const property = Object.getOwnPropertyDescriptor(target, key);
        if (!property || !property.set) refuse("ApiNotFound", `${name}.${String(key)} = …`);
        target[key] = value;
        return true;
      },
    });
  }

  // --- addresses and cells ------------------------------------------------------------------------------------

  function letters(column) {
    let name = "";
    for (let n = column + 1; n > 0; n = Math.floor((n - 1) / 26)) name = String.fromCharCode(65 + ((n - 1) % 26)) + name;
    return name;
  }
  const number = (name) => [...name].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;

  function parse(address) {
    const match = /^\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?$/.exec(address.split("!").pop());
    if (!match) refuse("InvalidArgument", `address ${address}`);
    const [, left, top, right = left, bottom = top] = match;
    return { row: top - 1, column: number(left), rows: bottom - top + 1, columns: number(right) - number(left) + 1 };
  }

  function a1({ row, column, rows, columns }) {
    const first = letters(column) + (row + 1);
    return rows * columns === 1 ? first : `${first}:${letters(column + columns - 1)}${row + rows}`;
  }

  // A cell that is not there yet looks like its column.
  const cellAt = (sheet, row, column) => (sheet.cells[letters(column) + (row + 1)] ??= { ...sheet.kolom[letters(column)] });
  const isFilled = (sheet, row, column) => {
    const cell = sheet.cells[letters(column) + (row + 1)] ?? {};
    return (cell.nilai ?? "") !== "" || Boolean(cell.rumus);
  };

  function grid(area, value) {
    return Array.from({ length: area.rows }, (_, r) => Array.from({ length: area.columns }, (_, c) => value(area.row + r, area.column + c)));
  }

  function eachCell(sheet, area, act) {
    grid(area, (row, column) => act(cellAt(sheet, row, column), row - area.row, column - area.column));
  }

  function allow(sheet, area, what) {
    const locked = [];
    const covered = [];
    eachCell(sheet, area, (cell, r, c) => {
      const at = letters(area.column + c) + (area.row + r + 1);
      if (sheet.terlindung && cell.terkunci !== false) locked.push(at);
      if (sheet.tertutup.includes(at)) covered.push(at);
    });
    if (locked.length) refuse("AccessDenied", `${what} ${sheet.name}!${a1(area)}: terkunci ${locked.slice(0, 3).join(", ")}`);
    if (covered.length) refuse("InvalidArgument", `${what} ${sheet.name}!${a1(area)}: digabung ${covered.slice(0, 3).join(", ")}`);
  }

  function bounds(areas) {
    const row = Math.min(...areas.map((a) => a.row));
    const column = Math.min(...areas.map((a) => a.column));
    const bottom = Math.max(...areas.map((a) => a.row + a.rows));
    const right = Math.max(...areas.map((a) => a.column + a.columns));
    return { row, column, rows: bottom - row, columns: right - column };
  }

  function usedArea(sheet) {
    const places = Object.keys(sheet.cells).map(parse).filter(({ row, column }) => isFilled(sheet, row, column));
    return places.length ? bounds(places) : null;
  }

  // The filled cells around an area, up to empty rows and columns.
  function regionOf(sheet, area) {
    const [row, column] = [Math.max(area.row - 1, 0), Math.max(area.column - 1, 0)];
    const around = { row, column, rows: area.row + area.rows + 1 - row, columns: area.column + area.columns + 1 - column };
    const filled = grid(around, (r, c) => (isFilled(sheet, r, c) ? parse(letters(c) + (r + 1)) : [])).flat(2);
    const grown = bounds([area, ...filled]);
    return a1(grown) === a1(area) ? area : regionOf(sheet, grown);
  }

  // What Excel makes of a value that is put into a cell.
  function enter(cell, value) {
    delete cell.rumus;
    if (typeof value === "string" && cell.format !== "@") {
      if (/^[=+\-@]./.test(value) && Number.isNaN(Number(value))) {
        const link = /^=HYPERLINK\("(?:[^"]|"")*","((?:[^"]|"")*)"\)$/.exec(value);
        cell.rumus = value;
        cell.nilai = link ? link[1].replaceAll('""', '"') : 0;
        return;
      }
      if (value.startsWith("'")) value = value.slice(1);
      else if (value.trim() !== "" && !Number.isNaN(Number(value))) value = Number(value);
      else if (/^\d{1,2}[/-]\d{1,2}$/.test(value)) value = 45292; // some day of this year
    }
    cell.nilai = value;
  }

  // --- client objects: load, sync, read -----------------------------------------------------------------------

  // `reads`: what load() brings; `writes`: what may be set; `rest`: methods and objects that need no load().
  function clientObject(context, name, { reads = {}, writes = {}, rest = {} }) {
    const loaded = {};
    const known = { ...rest };
    const proxy = strict(name, known);
    known.load = (spec = Object.keys(reads)) => {
      const paths = (Array.isArray(spec) ? spec : spec.split(",")).map((path) => path.trim().split("/")[0]);
      for (const path of paths) if (!(path in reads) && !(path in rest)) refuse("ApiNotFound", `${name}.load(${path})`);
      context.queue.push(() => paths.filter((path) => path in reads).forEach((path) => (loaded[path] = reads[path]())));
      return proxy;
    };
    for (const key of new Set([...Object.keys(reads), ...Object.keys(writes)])) {
      Object.defineProperty(known, key, {
        enumerable: true,
        get: () => (key in loaded ? loaded[key] : refuse("PropertyNotLoaded", `${name}.${key}`)),
        set: key in writes ? (value) => context.queue.push(() => writes[key](value)) : undefined,
      });
    }
    return proxy;
  }

  // load() of a collection brings its items, and what it names of each of them.
  function collection(context, name, make, rest = {}) {
    let items = null;
    const known = {
      ...rest,
      load(spec = []) {
        const named = (Array.isArray(spec) ? spec : spec.split(",")).map((path) => path.trim().replace(/^items\/?/, ""));
        const paths = named.filter((path) => path && !path.includes("/"));
        context.queue.push(() => {
          items = make();
          items.forEach((item) => item.load(paths.length ? paths : undefined));
          return "again"; // what the items asked for belongs to the same sync
        });
        return proxy;
      },
    };
    Object.defineProperty(known, "items", { enumerable: true, get: () => items ?? refuse("PropertyNotLoaded", `${name}.items`) });
    const proxy = strict(name, known);
    return proxy;
  }

  const nothing = (context, name) => strict(name, { isNullObject: true, load: () => nothing(context, name) });

  function rangeOf(context, sheet, area) {
    const name = `Range ${sheet.name}!${a1(area)}`;
    const write = (what, values, act) => {
      const lines = values.length === 1 && values[0].length === 1 ? grid(area, () => values[0][0]) : values;
      if (lines.length !== area.rows || lines.some((line) => line.length !== area.columns)) refuse("InvalidArgument", `${what} ${name}: another shape`);
      allow(sheet, area, what);
      eachCell(sheet, area, (cell, r, c) => act(cell, lines[r][c]));
    };
    const paint = (color) => {
      allow(sheet, area, "format");
      eachCell(sheet, area, (cell) => (color ? (cell.warna = color) : delete cell.warna));
    };
    const setHeight = (height) => {
      if (sheet.terlindung && sheet.baris_terkunci) refuse("AccessDenied", `rowHeight ${sheet.name}!${a1(area)}: terkunci`);
      if (!(height >= 0 && height <= 409)) refuse("InvalidArgument", `rowHeight ${height}`);
      for (let row = area.row; row < area.row + area.rows; row += 1) sheet.tinggi[row + 1] = height;
    };
    const clear = {
      Contents: (cell) => { delete cell.nilai; delete cell.rumus; },
      Formats: (cell) => { delete cell.warna; delete cell.format; },
    };
    clear.All = (cell) => { clear.Contents(cell); clear.Formats(cell); };
    return clientObject(context, name, {
      reads: {
        address: () => `${sheet.name}!${a1(area)}`,
        rowCount: () => area.rows,
        columnCount: () => area.columns,
        values: () => grid(area, (r, c) => cellAt(sheet, r, c).nilai ?? ""),
        formulas: () => grid(area, (r, c) => cellAt(sheet, r, c).rumus ?? cellAt(sheet, r, c).nilai ?? ""),
        numberFormat: () => grid(area, (r, c) => cellAt(sheet, r, c).format ?? "General"),
      },
      writes: {
        values: (values) => write("values", values, (cell, value) => value !== null && enter(cell, value)),
        formulas: (values) => write("formulas", values, enter),
        numberFormat: (values) => write("numberFormat", values, (cell, value) => (cell.format = value)),
      },
      rest: {
        isNullObject: false,
        worksheet: sheetOf(context, sheet),
        getSurroundingRegion: () => rangeOf(context, sheet, regionOf(sheet, area)),
        format: strict(`${name}.format`, {
          fill: strict(`${name}.format.fill`, {
            clear: () => context.queue.push(() => paint(null)),
            set color(color) { context.queue.push(() => paint(color)); },
          }),
          set rowHeight(height) { context.queue.push(() => setHeight(height)); },
        }),
        clear: (what = "All") => context.queue.push(() => { allow(sheet, area, "clear"); eachCell(sheet, area, clear[what]); }),
        select: () => context.queue.push(() => { book.dipilih = a1(area); book.aktif = book.sheets.indexOf(sheet); }),
        setCellProperties: (lines) => context.queue.push(() => {
          allow(sheet, area, "format");
          eachCell(sheet, area, (cell, r, c) => {
            const fill = lines[r][c].format?.fill;
            if (fill?.color) cell.warna = fill.color;
            else if (fill) delete cell.warna;
          });
        }),
      },
    });
  }

  const none = (context, name) => collection(context, name, () => []);

  function namesOf(context, names, scope) {
    return collection(context, `${scope}.names`, () => names.map((item) => {
      const sheet = book.sheets.find((s) => s.name === item.lembar);
      return clientObject(context, `name ${item.nama}`, {
        reads: { name: () => item.nama, type: () => (sheet ? "Range" : "String"), formula: () => item.formula },
        rest: { getRangeOrNullObject: () => (sheet ? rangeOf(context, sheet, parse(item.alamat)) : nothing(context, item.nama)) },
      });
    }));
  }

  const sheets = new WeakMap(); // context -> sheet -> its client object

  function sheetOf(context, sheet) {
    if (!sheets.has(context)) sheets.set(context, new Map());
    const known = sheets.get(context);
    if (!known.has(sheet)) known.set(sheet, makeSheet(context, sheet));
    return known.get(sheet);
  }

  function makeSheet(context, sheet) {
    const name = `sheet ${sheet.name}`;
    const used = () => { const area = usedArea(sheet); return area ? rangeOf(context, sheet, area) : nothing(context, name); };
    return clientObject(context, name, {
      reads: {
        name: () => sheet.name,
        position: () => book.sheets.indexOf(sheet),
        visibility: () => sheet.tampak,
        showGridlines: () => true,
      },
      rest: {
        isNullObject: false,
        names: namesOf(context, sheet.names, name),
        tables: none(context, `${name}.tables`),
        charts: none(context, `${name}.charts`),
        pivotTables: none(context, `${name}.pivotTables`),
        shapes: none(context, `${name}.shapes`),
        pageLayout: strict(`${name}.pageLayout`, { getPrintAreaOrNullObject: () => nothing(context, "print area") }),
        getUsedRangeOrNullObject: used,
        getRange: (address) => rangeOf(context, sheet, parse(address)),
        getRangeByIndexes: (row, column, rows, columns) => rangeOf(context, sheet, { row, column, rows, columns }),
        activate: () => context.queue.push(() => (book.aktif = book.sheets.indexOf(sheet))),
      },
    });
  }

  class RequestContext {
    constructor() {
      this.queue = [];
      const context = this;
      const find = (name) => book.sheets.find((sheet) => sheet.name === name);
      const worksheets = collection(context, "worksheets", () => book.sheets.map((sheet) => sheetOf(context, sheet)), {
        getItem: (name) => (find(name) ? sheetOf(context, find(name)) : refuse("ItemNotFound", `sheet ${name}`)),
        getItemOrNullObject: (name) => (find(name) ? sheetOf(context, find(name)) : nothing(context, name)),
        getActiveWorksheet: () => sheetOf(context, book.sheets[book.aktif]),
      });
      this.application = clientObject(context, "application", {
        reads: { calculationMode: () => book.hitungan },
        writes: { calculationMode: (mode) => (book.hitungan = mode) },
        rest: {
          calculate: () => {},
          suspendScreenUpdatingUntilNextSync: () => {},
          cultureInfo: clientObject(context, "cultureInfo", {
            reads: { name: () => "id-ID" },
            rest: { datetimeFormat: clientObject(context, "datetimeFormat", { reads: { shortDatePattern: () => "dd/MM/yyyy" } }) },
          }),
        },
      });
      this.workbook = clientObject(context, "workbook", {
        reads: { name: () => book.name },
        rest: {
          application: this.application,
          worksheets,
          names: namesOf(context, book.names, "workbook"),
          getSelectedRange: () => rangeOf(context, book.sheets[book.aktif], parse(book.dipilih)),
        },
      });
      return strict("context", this);
    }

    // In order; at the first refusal the rest is dropped, and what was done before stays done.
    async sync() {
      while (this.queue.length) {
        const waiting = this.queue.splice(0);
        for (const act of waiting) act();
      }
    }
  }

  // --- the globals of the page --------------------------------------------------------------------------------

  const newest = { ExcelApi: 17, ExcelAPI: 17, SharedRuntime: 1, CustomFunctions: 1, CustomFunctionsRuntime: 4, DialogAPI: 2, RibbonAPI: 2 };
  const ready = Promise.resolve({ host: "Excel", platform: "OfficeOnline" });
  window.Office = strict("Office", {
    onReady: (callback) => ready.then((info) => { callback?.(info); return info; }),
    actions: strict("Office.actions", { associate: () => {} }),
    context: strict("Office.context", {
      platform: "OfficeOnline",
      diagnostics: strict("diagnostics", { version: "0", platform: "OfficeOnline" }),
      requirements: strict("requirements", {
        isSetSupported: (name, version) => Number(version.split(".")[1]) <= (newest[name] ?? -1),
      }),
    }),
  });
  window.Excel = strict("Excel", {
    run: async (work) => {
      const context = new RequestContext();
      const result = await work(context);
      await context.sync();
      return result;
    },
    RequestContext,
    ShapeType: strict("ShapeType", { image: "Image" }),
    ClearApplyTo: strict("ClearApplyTo", { contents: "Contents", formats: "Formats", all: "All" }),
    CalculationType: strict("CalculationType", { full: "Full" }),
  });
  window.CustomFunctions = strict("CustomFunctions", {
    associate: (id, work) => (host.fungsi[id] = work),
    Error: class extends Error { constructor(code, message) { super(message); this.code = code; } },
    ErrorCode: strict("ErrorCode", { invalidValue: "#VALUE!" }),
  });
})();

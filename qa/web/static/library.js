// 法规库 without this script is complete to read; with it: keys, copying, sorting, filtering.
(() => {
  const find = document.querySelector("[data-find]");
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      find?.focus();
      find?.select();
    } else if (event.key === "Escape" && event.target === find) {
      find.blur();
    }
  });

  // the clipboard of the browser is for safe addresses only; an intranet may not have one
  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(text);
    }
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("copy");
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const told = document.querySelector(".copied");
      try {
        await copy(button.dataset.copy);
        told.textContent = "已复制";
      } catch {
        told.textContent = "浏览器不让复制，请选中文字后按 Ctrl+C";
      }
      button.focus();
      setTimeout(() => (told.textContent = ""), 4000);
    });
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // contents beside the text stand open; on a narrow page above it they start closed
  if (matchMedia("(max-width: 799.98px)").matches) {
    for (const tree of document.querySelectorAll("[data-tree]")) tree.open = false;
  }
  const entries = new Map();
  for (const link of document.querySelectorAll(".tree a[href^='#']")) {
    const place = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (place) entries.set(place, link);
  }
  if (entries.size) {
    const tree = document.querySelector(".tree");
    const places = [...entries.keys()];
    let current = null;
    const follow = () => {
      const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
      const passed = end ? places : places.filter((p) => p.getBoundingClientRect().top < 140);
      const link = entries.get(passed.at(-1) ?? places[0]);
      if (link === current) return;
      current?.removeAttribute("aria-current");
      link.setAttribute("aria-current", "location");
      current = link;
      const box = tree.getBoundingClientRect();
      const at = link.getBoundingClientRect();
      if (at.top < box.top + 20 || at.bottom > box.bottom - 20) {
        tree.scrollTop += at.top - box.top - box.height / 2;
      }
    };
    let waiting = false;
    addEventListener(
      "scroll",
      () => {
        if (waiting) return;
        waiting = true;
        requestAnimationFrame(() => {
          waiting = false;
          follow();
        });
      },
      { passive: true },
    );
    follow();
  }

  for (const table of document.querySelectorAll("table[data-sortable]")) arrange(table);

  function arrange(table) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    const text = (row, column) => row.cells[column].innerText.replace(/¶\s*$/, "").trim();
    const texts = new Map(rows.map((row) => [row, heads.map((_, column) => text(row, column))]));
    const order = new Intl.Collator("zh-CN", { numeric: true });

    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const sign = down ? -1 : 1;
        rows.sort((a, b) => sign * order.compare(texts.get(a)[column], texts.get(b)[column]));
        body.append(...rows);
      });
    });

    const shown = document.createElement("p");
    shown.className = "shown";
    shown.setAttribute("role", "status");
    table.before(shown);
    const line = table.tHead.insertRow();
    line.className = "filters";
    const inputs = heads.map((head) => {
      const input = document.createElement("input");
      input.type = "search";
      input.setAttribute("aria-label", `筛选：${head.textContent}`);
      input.placeholder = "筛选";
      const cell = document.createElement("th");
      cell.append(input);
      line.append(cell);
      input.addEventListener("input", filter);
      return input;
    });

    function filter() {
      const wanted = inputs.map((input) => input.value.trim().toLowerCase());
      let count = 0;
      for (const row of rows) {
        const held = texts.get(row);
        row.hidden = !wanted.every((words, column) => held[column].toLowerCase().includes(words));
        count += !row.hidden;
      }
      shown.textContent = wanted.some(Boolean) ? `${count} / ${rows.length} 项` : "";
    }
  }
})();

/* The lists of the page 管理, run by gr.HTML with `element` and `trigger` in scope: a row is picked. */

element.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-key]");
  if (!row) return;
  for (const other of element.querySelectorAll("tr[data-key]")) {
    other.toggleAttribute("aria-current", other === row);
  }
  trigger("click", { key: row.dataset.key });
});

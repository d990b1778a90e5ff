// Filter, order and search over the list of all questions; links open what they point to.
(() => {
  const form = document.getElementById("filter");
  const listing = document.getElementById("listing");
  const count = document.getElementById("count");
  const nothing = document.getElementById("nothing");
  const rows = [...listing.querySelectorAll("details.row")];
  const tight = (text) => text.toLowerCase().replace(/\s+/g, "");
  const words = new Map(); // what each row says, read when it is first searched

  const says = (row) => {
    if (!words.has(row)) words.set(row, tight(row.textContent));
    return words.get(row);
  };

  const orders = {
    bank: (a, b) => a.dataset.place - b.dataset.place,
    recall: (a, b) => a.dataset.recall - b.dataset.recall,
    first: (a, b) => b.dataset.first - a.dataset.first,
    ms: (a, b) => b.dataset.ms - a.dataset.ms,
  };

  const filter = () => {
    const { type, outcome, words } = form.elements;
    const sought = tight(words.value);
    let shown = 0;
    for (const row of rows) {
      const fits =
        (!type.value || row.dataset.type === type.value) &&
        (!outcome.value || row.dataset.outcome === outcome.value) &&
        (!sought || says(row).includes(sought));
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = shown === rows.length ? `${shown} 题` : `${shown} / ${rows.length} 题`;
    nothing.hidden = shown > 0;
  };

  const order = () => {
    const by = orders[form.elements.order.value];
    for (const row of [...rows].sort((a, b) => by(a, b) || orders.bank(a, b))) {
      listing.insertBefore(row, nothing);
    }
  };

  const open = () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (row?.matches("details.row")) {
      form.reset();
      filter();
      order();
      row.open = true;
      row.scrollIntoView();
    }
  };

  form.addEventListener("input", filter);
  form.elements.order.addEventListener("change", order);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", open);
  filter(); // a reload may have kept the fields as they were
  order();
  open();
})();

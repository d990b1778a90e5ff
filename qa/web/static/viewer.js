/* The script of the frame for reports, run by gr.HTML: one that has just come is brought into view. */

watch("value", () => {
  const section = element.querySelector("section");
  if (!section) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  section.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
  section.focus({ preventScroll: true });
});

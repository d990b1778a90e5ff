/* What Gradio's own markup tells a screen reader wrongly: a list without items is a group. */

const mend = () => {
  for (const examples of document.querySelectorAll('.examples[role="list"]')) {
    examples.setAttribute("role", "group");
    examples.setAttribute("aria-label", "例子");
  }
};
new MutationObserver(mend).observe(document, { childList: true, subtree: true });

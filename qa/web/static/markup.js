/* What Gradio's own markup says wrongly. */

// a manifest at the root of the host, which is somebody else's where a proxy gives us a folder
document.querySelector('link[rel="manifest"]')?.remove();

// to a screen reader: a list without items is a group
const mend = () => {
  for (const examples of document.querySelectorAll('.examples[role="list"]')) {
    examples.setAttribute("role", "group");
    examples.setAttribute("aria-label", "例子");
  }
};
new MutationObserver(mend).observe(document, { childList: true, subtree: true });

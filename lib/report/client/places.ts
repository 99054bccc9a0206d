/**
 * Going to a section or a figure without losing what was chosen.
 *
 * @module
 */

/** Brings an element into sight and gives it the focus, so that the next Tab goes on from there. */
export function goTo(id: string): void {
  const element = document.getElementById(id);
  if (element === null) return;
  const folded = element.querySelector<HTMLDetailsElement>(":scope > details");
  if (folded !== null) folded.open = true;
  const target = element.querySelector<HTMLElement>(".drawing, h2") ?? element;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  element.scrollIntoView();
}

/** Calls back with the id in place of following a link within the page: the address would lose the choices it holds. */
export function onAnchorClick(fn: (id: string) => void): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element
      ? event.target.closest<HTMLAnchorElement>("a[href^='#']")
      : null;
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    fn(decodeURIComponent(link.hash.slice(1)));
  });
}

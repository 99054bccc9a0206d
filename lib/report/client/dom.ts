/**
 * Making elements.
 *
 * @module
 */

/**
 * Makes an element.
 *
 * @param attributes By name; `undefined` leaves one out.
 * @param children Elements, or text, which stays text.
 */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Makes a button. */
export function makeButton(
  text: string,
  { onClick, pressed, className, title }: {
    onClick: () => void;
    /** For buttons that stay pressed. */
    pressed?: boolean;
    className?: string;
    title?: string;
  },
): HTMLButtonElement {
  const button = make("button", {
    type: "button",
    class: className,
    title,
    "aria-pressed": pressed?.toString(),
  }, text);
  button.addEventListener("click", onClick);
  return button;
}

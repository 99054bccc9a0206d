/**
 * Draws what is in sight first and the rest when the browser has time: a page has some thirty drawings, a screen three.
 *
 * @module
 */

/** Drawings that wait for their turn. */
export interface DrawQueue {
  /** Draws all anew, those in sight at once. */
  drawSoon(): void;
  /** Draws at once all that wait. */
  drawNow(): void;
}

/** What is less than this part of the window's height away is in sight. */
const NEAR_RATIO = 0.25;
/** Within this time even a busy browser draws the next. */
const LONGEST_WAIT_MS = 300;

/**
 * Makes the queue of a page.
 *
 * @param slots Elements that drawings go into; those that wait have `data-waiting`.
 * @param draw Draws into a slot; where it has no width there is nothing to draw.
 */
export function makeDrawQueue(slots: readonly HTMLElement[], draw: (slot: HTMLElement) => void): DrawQueue {
  const waiting = new Set<HTMLElement>();
  let idle: number | null = null;
  const drawOne = (slot: HTMLElement) => {
    waiting.delete(slot);
    delete slot.dataset.waiting;
    draw(slot);
  };
  const drawRest = (deadline: { timeRemaining(): number }) => {
    idle = null;
    for (const slot of waiting) {
      drawOne(slot);
      if (deadline.timeRemaining() <= 0) break;
    }
    wait();
  };
  const wait = () => {
    if (waiting.size > 0 && idle === null) idle = whenIdle(drawRest);
  };
  return {
    drawSoon() {
      for (const slot of slots) {
        waiting.add(slot);
        slot.dataset.waiting = "";
      }
      for (const slot of slots.filter(isNear)) drawOne(slot);
      wait();
    },
    drawNow() {
      for (const slot of waiting) drawOne(slot);
    },
  };
}

/** Whether a slot is in sight, or nearly so. */
export function isNear(slot: HTMLElement): boolean {
  const { top, bottom, width } = slot.getBoundingClientRect();
  const room = NEAR_RATIO * innerHeight;
  return width > 0 && bottom > -room && top < innerHeight + room;
}

/** Calls back when the browser has time. Safari has no requestIdleCallback. */
export function whenIdle(fn: (deadline: { timeRemaining(): number }) => void): number {
  if (typeof requestIdleCallback === "function") return requestIdleCallback(fn, { timeout: LONGEST_WAIT_MS });
  return Number(setTimeout(() => fn({ timeRemaining: () => 0 }), 1));
}

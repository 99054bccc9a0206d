/** Last part of a path, without `suffix` where it ends so. */
export function basename(path: string | URL, suffix?: string): string;

/** Everything before the last part of a path; "." where there is nothing. */
export function dirname(path: string | URL): string;

/** Joins the parts and normalizes the result. */
export function join(path: string | URL, ...paths: string[]): string;

/** Joins the parts from the right until the result is absolute; relative to the current directory if it never is. */
export function resolve(...pathSegments: string[]): string;

/**
 * Recognizes the stub that Git leaves in place of a file kept in Large File Storage.
 *
 * @see {@link https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md}
 * @module
 */

/** Whether a file whose first line this is, is a Git LFS pointer instead of the data. */
export function isLfsPointer(firstLine: string): boolean {
  return firstLine.startsWith("version https://git-lfs.github.com/spec/");
}

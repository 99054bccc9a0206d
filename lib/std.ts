/**
 * The typed door to Deno's standard library.
 *
 * The library reaches Deno through npm as plain JavaScript, without types, so that every import of it elsewhere would
 * be `any`. The declarations in `std/` cover exactly what is exported here: a new function is a line in both.
 *
 * @module
 */

// @ts-types="./std/binary_heap.d.ts"
export { BinaryHeap } from "@std/data_structures/binary_heap.js";
// @ts-types="./std/bytes.d.ts"
export { format as formatBytes } from "@std/fmt/bytes.js";
// @ts-types="./std/duration.d.ts"
export { format as formatDuration } from "@std/fmt/duration.js";
// @ts-types="./std/path.d.ts"
export { basename, dirname, join, resolve } from "@std/path/mod.js";
// @ts-types="./std/text_line_stream.d.ts"
export { TextLineStream } from "@std/streams/text_line_stream.js";
// @ts-types="./std/closest_string.d.ts"
export { closestString } from "@std/text/closest_string.js";

/** Cuts a stream of text chunks into lines, without their ends (`\n` or `\r\n`). */
export class TextLineStream extends TransformStream<string, string> {
  constructor(options?: {
    /** Whether a lone `\r` ends a line too. @default {false} */
    allowCR?: boolean;
  });
}

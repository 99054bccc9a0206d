/** The word most like `givenWord`, by edit distance. @throws {TypeError} If there are no words to choose from. */
export function closestString(givenWord: string, possibleWords: readonly string[]): string;

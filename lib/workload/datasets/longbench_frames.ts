/**
 * What is said before and behind the document in the prompts of LongBench's subsets.
 *
 * @module
 */

/** Texts before and behind the document, by subset; `{input}` stands for the question, where there is one. */
export const subsetFrames: Readonly<Record<string, readonly [before: string, after: string]>> = {
  "narrativeqa": [
    "This is a story, from a book or a film.\n\n",
    "\n\nAnswer with a few words from what the story tells, and do not explain.\n\nQuestion: {input}",
  ],
  "qasper": [
    "This is a research paper.\n\n",
    "\n\nAnswer from the paper alone, in a phrase or one sentence: yes or no where that is what is asked, unanswerable " +
    "where the paper does not tell.\n\nQuestion: {input}",
  ],
  "multifieldqa_en": [
    "",
    "\n\nWhat does the text above say? Keep to the answer, and keep it short.\n\nQuestion: {input}",
  ],
  "multifieldqa_zh": ["", "\n\n请根据以上材料用简短的中文作答，不必说明理由。\n\n问题：{input}"],
  "hotpotqa": severalPassages(),
  "2wikimqa": severalPassages(),
  "musique": severalPassages(),
  "dureader": ["下面是几篇资料。\n\n", "\n\n请参考这些资料作答。\n\n问题：{input}"],
  "gov_report": ["This is a report of a public authority.\n\n", "\n\nSum the report up on about a page."],
  "qmsum": [
    "This was said at a meeting.\n\n",
    "\n\nReply to this request about the meeting in a few sentences: {input}",
  ],
  "multi_news": ["These are articles about one event.\n\n", "\n\nSum them up together on about a page."],
  "vcsum": ["以下是一次会议的发言。\n\n", "\n\n请用一段话概括这次会议。"],
  "trec": ["Questions, each with its type. Give the type of the last one.\n\n", "\n{input}"],
  "triviaqa": ["Passages with questions and their answers. Give the last answer.\n\n", "\n\n{input}"],
  "samsum": ["Conversations, each with what it comes down to. Complete the last one.\n\n", "\n\n{input}"],
  "lsht": ["以下每条新闻都标有类别，请给出最后一条的类别。\n\n", "\n{input}"],
  "passage_count": [
    "",
    "\n\nSome of the paragraphs above are there more than once. How many different ones are there? Reply with a number.",
  ],
  "passage_retrieval_en": [
    "",
    "\n\nOne of the paragraphs above can be put like this:\n\n{input}\n\nWhich one? Reply as in: Paragraph 7",
  ],
  "passage_retrieval_zh": ["", "\n\n以上有一段的大意是：\n\n{input}\n\n是哪一段？请按这种格式回答：段落7"],
  "lcc": ["This is the beginning of a program.\n\n", "\n\nWrite the line that comes next, and nothing else."],
  "repobench-p": [
    "This is code from several files of a project; the last file is not finished.\n\n",
    "\n{input}\n\nWrite the line that comes next, and nothing else.",
  ],
};

function severalPassages(): readonly [string, string] {
  return [
    "",
    "\n\nThe answer follows from the passages above taken together. Give it alone.\n\nQuestion: {input}",
  ];
}

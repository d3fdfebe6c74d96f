/**
 * The code blocks of a page, with the comment above each block that states how to run it:
 * `<!-- run: local -->`, `<!-- run: cluster, in the background until "TEXT" -->`, `<!-- run: local, needs TOOL -->`.
 */

/** One fenced block. */
export interface MarkdownBlock {
  /** The word after the fence: `sh`, `js`, `yaml`, … */
  readonly language: string;
  readonly code: string;
  /** Line of its fence, from 1. */
  readonly line: number;
  /** The `text` block after it: the expected output. */
  readonly output: string | undefined;
  /** Undefined if it has no comment above it. */
  readonly run: RunNote | undefined;
}

const WHERE = ["ci", "local", "cluster", "clients", "deploy"] as const;

/** How a block is run. */
export interface RunNote {
  /**
   * `ci`: by .ci/run; `clients`: by `npm run test:clients`; `deploy`: by `npm run test:deploy`; otherwise against a server that
   * is started as on the page.
   */
  readonly where: (typeof WHERE)[number];
  /** Keeps running in the background after this text was in its output. */
  readonly backgroundUntil: string | undefined;
  /** A program that not every machine has. */
  readonly needs: string | undefined;
}

const NOTE =
  /^<!-- run: (ci|local|cluster|clients|deploy)(?:, in the background until "([^"]+)")?(?:, needs (\S+))? -->$/;

/** Every fenced block of a page, in order. */
export function markdownBlocks(page: string): readonly MarkdownBlock[] {
  const blocks: MarkdownBlock[] = [];
  const lines = page.split("\n");
  let note: RunNote | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const fence = /^(`{3,})(\w*)/.exec(line);
    if (fence === null) {
      if (line.trim() !== "") note = readNote(line);
      continue;
    }
    const end = lines.indexOf(fence[1] ?? "", index + 1);
    const code = lines.slice(index + 1, end).join("\n");
    const before = blocks.at(-1);
    if (fence[2] === "text" && before !== undefined) blocks[blocks.length - 1] = { ...before, output: code };
    else blocks.push({ language: fence[2] ?? "", code, line: index + 1, output: undefined, run: note });
    note = undefined;
    index = end;
  }
  return blocks;
}

function readNote(line: string): RunNote | undefined {
  const match = NOTE.exec(line);
  const where = WHERE.find((one) => one === match?.[1]);
  if (where === undefined) return undefined;
  return { where, backgroundUntil: match?.[2], needs: match?.[3] };
}

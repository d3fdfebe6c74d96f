/** Puts generated text between the marks of a page: `<!-- NAME: begin (npm run bench:docs) -->` and `<!-- NAME: end -->`. */

/** The page with this block. @throws Error if it has no such marks. */
export function embed(page: string, name: string, block: string): string {
  const begin = `<!-- ${name}: begin (npm run bench:docs) -->`;
  const end = `<!-- ${name}: end -->`;
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page has no marks for ${name}.`);
  return `${page.slice(0, from + begin.length)}\n\n${block}\n\n${page.slice(to)}`;
}
